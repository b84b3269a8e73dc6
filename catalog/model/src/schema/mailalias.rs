//! `mailalias`. A line of the aliases file.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "mailalias",
    summary: "A line of the aliases file.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("recipient").list(),
        Attribute::property("file"),
        Attribute::property("target"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
