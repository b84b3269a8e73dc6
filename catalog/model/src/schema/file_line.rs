//! `file_line`. One line of a file.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "file_line",
    summary: "One line of a file.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("line"),
        Attribute::parameter("match"),
        Attribute::parameter("match_for_absence").boolean(),
        Attribute::parameter("multiple").boolean(),
        Attribute::parameter("after"),
        Attribute::parameter("path"),
        Attribute::parameter("replace").boolean(),
        Attribute::parameter("replace_all_matches_not_matching_line").boolean(),
        Attribute::parameter("encoding"),
        Attribute::parameter("append_on_no_match").boolean(),
    ],
    relations: &[Relation::require("File", Rule::Value("path"))],
    titles: Titles::Whole,
};
