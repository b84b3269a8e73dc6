//! `package`. A package of the distribution.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "package",
    summary: "A package of the distribution.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure")
            .choice_or_text(&["present", "absent", "purged", "disabled", "latest"]),
        Attribute::parameter("provider"),
        Attribute::parameter("command"),
        Attribute::property("package_settings"),
        Attribute::property("flavor"),
        Attribute::property("mark").choice(&["hold", "none"]),
        Attribute::parameter("source"),
        Attribute::parameter("instance"),
        Attribute::parameter("status"),
        Attribute::parameter("adminfile"),
        Attribute::parameter("responsefile"),
        Attribute::parameter("configfiles").choice(&["keep", "replace"]),
        Attribute::parameter("category"),
        Attribute::parameter("platform"),
        Attribute::parameter("root"),
        Attribute::parameter("vendor"),
        Attribute::parameter("description"),
        Attribute::parameter("allowcdrom").boolean(),
        Attribute::parameter("enable_only").boolean(),
        Attribute::parameter("install_only").boolean(),
        Attribute::parameter("install_options").list(),
        Attribute::parameter("uninstall_options").list(),
        Attribute::parameter("allow_virtual").boolean(),
        Attribute::parameter("reinstall_on_refresh").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
