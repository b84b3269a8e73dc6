//! `filebucket`. A store of replaced files.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "filebucket",
    summary: "A store of replaced files.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("server"),
        Attribute::parameter("port"),
        Attribute::parameter("path"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
