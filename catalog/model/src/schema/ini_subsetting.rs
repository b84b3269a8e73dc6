//! `ini_subsetting`. One word inside a setting of an ini file.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "ini_subsetting",
    summary: "One word inside a setting of an ini file.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("value"),
        Attribute::parameter("section"),
        Attribute::parameter("setting"),
        Attribute::parameter("subsetting"),
        Attribute::parameter("subsetting_separator"),
        Attribute::parameter("subsetting_key_val_separator"),
        Attribute::parameter("path"),
        Attribute::parameter("show_diff").choice(&["true", "md5", "false"]),
        Attribute::parameter("key_val_separator"),
        Attribute::parameter("quote_char"),
        Attribute::parameter("use_exact_match").boolean(),
        Attribute::parameter("insert_type").choice(&["start", "end", "before", "after", "index"]),
        Attribute::parameter("insert_value"),
        Attribute::parameter("delete_if_empty").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
