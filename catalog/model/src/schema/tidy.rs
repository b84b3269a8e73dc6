//! `tidy`. Removes old or large files.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "tidy",
    summary: "Removes old or large files.",
    attributes: &[
        Attribute::parameter("path").namevar(),
        Attribute::parameter("recurse").choice_or_text(&["true", "false", "inf"]),
        Attribute::parameter("max_files"),
        Attribute::parameter("matches").list(),
        Attribute::parameter("backup"),
        Attribute::parameter("age"),
        Attribute::parameter("size"),
        Attribute::parameter("type").choice(&["atime", "mtime", "ctime"]),
        Attribute::parameter("rmdirs").boolean(),
    ],
    relations: &[Relation::require("File", Rule::Ancestor("path"))],
    titles: Titles::Whole,
};
