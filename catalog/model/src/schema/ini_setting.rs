//! `ini_setting`. One setting of an ini file.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "ini_setting",
    summary: "One setting of an ini file.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("value"),
        Attribute::parameter("section"),
        Attribute::parameter("setting"),
        Attribute::parameter("force_new_section_creation").boolean(),
        Attribute::parameter("path"),
        Attribute::parameter("show_diff").choice(&["true", "md5", "false"]),
        Attribute::parameter("key_val_separator"),
        Attribute::parameter("section_prefix"),
        Attribute::parameter("section_suffix"),
        Attribute::parameter("indent_char"),
        Attribute::parameter("indent_width"),
        Attribute::parameter("refreshonly").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
