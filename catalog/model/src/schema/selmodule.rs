//! `selmodule`. A SELinux policy module.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "selmodule",
    summary: "A SELinux policy module.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("syncversion").boolean(),
        Attribute::parameter("selmoduledir"),
        Attribute::parameter("selmodulepath"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
