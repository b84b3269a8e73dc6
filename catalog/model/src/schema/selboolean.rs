//! `selboolean`. A SELinux boolean.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "selboolean",
    summary: "A SELinux boolean.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("provider"),
        Attribute::property("value").choice(&["on", "off", "true", "false"]),
        Attribute::parameter("persistent").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
