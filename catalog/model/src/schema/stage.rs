//! `stage`. A stage of the run.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "stage",
    summary: "A stage of the run.",
    attributes: &[Attribute::parameter("name").namevar()],
    relations: &[],
    titles: Titles::Whole,
};
