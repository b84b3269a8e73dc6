//! `augeas`. Edits configuration files through Augeas.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "augeas",
    summary: "Edits configuration files through Augeas.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("provider"),
        Attribute::property("returns"),
        Attribute::parameter("context").list(),
        Attribute::parameter("onlyif").list(),
        Attribute::parameter("changes").list(),
        Attribute::parameter("root"),
        Attribute::parameter("load_path"),
        Attribute::parameter("force"),
        Attribute::parameter("type_check").boolean(),
        Attribute::parameter("lens"),
        Attribute::parameter("incl"),
        Attribute::parameter("show_diff").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
