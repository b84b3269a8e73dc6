//! `concat::fragment`, for a site without the concat module.

use super::{Attribute, Titles, TypeSchema};

/// `concat::fragment` as a native type; see [`super::CONCAT`].
pub static SCHEMA: TypeSchema = TypeSchema {
    name: "concat::fragment",
    summary: "One piece of a `concat`.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("target"),
        Attribute::parameter("content"),
        Attribute::parameter("source").list(),
        Attribute::parameter("order"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
