//! `concat_fragment`. One piece of a `concat_file`.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "concat_fragment",
    summary: "One piece of a `concat_file`.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("target"),
        Attribute::parameter("content"),
        Attribute::parameter("source"),
        Attribute::parameter("order"),
        Attribute::parameter("tag"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
