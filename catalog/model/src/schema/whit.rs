//! `whit`. The beginning or the end of a container in the graph; manages nothing.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "whit",
    summary: "The beginning or the end of a container in the graph; manages nothing.",
    attributes: &[Attribute::parameter("name").namevar()],
    relations: &[],
    titles: Titles::Whole,
};
