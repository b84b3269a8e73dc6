//! `schedule`. A window of time in which resources may be applied.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "schedule",
    summary: "A window of time in which resources may be applied.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::parameter("range").list(),
        Attribute::parameter("periodmatch").choice(&["number", "distance"]),
        Attribute::parameter("period").choice(&["hourly", "daily", "weekly", "monthly", "never"]),
        Attribute::parameter("repeat"),
        Attribute::parameter("weekday").list(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
