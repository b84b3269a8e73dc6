//! `resources`. What is done with resources of a type that no catalog names.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "resources",
    summary: "What is done with resources of a type that no catalog names.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("purge").boolean(),
        Attribute::parameter("unless_system_user").choice_or_text(&["true", "false"]),
        Attribute::parameter("unless_uid").list(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
