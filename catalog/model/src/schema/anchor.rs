//! `anchor`. A fixed point in the graph for relationships to hold on to; manages nothing.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "anchor",
    summary: "A fixed point in the graph for relationships to hold on to; manages nothing.",
    attributes: &[Attribute::parameter("name").namevar()],
    relations: &[],
    titles: Titles::Whole,
};
