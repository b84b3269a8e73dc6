//! `notify`. A message in the log of the run.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "notify",
    summary: "A message in the log of the run.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("message"),
        Attribute::parameter("withpath").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
