//! `cron`. A job in a user's crontab.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "cron",
    summary: "A job in a user's crontab.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("command"),
        Attribute::property("special"),
        Attribute::property("minute").list(),
        Attribute::property("hour").list(),
        Attribute::property("weekday").list(),
        Attribute::property("month").list(),
        Attribute::property("monthday").list(),
        Attribute::property("environment").list(),
        Attribute::property("user"),
        Attribute::property("target"),
    ],
    relations: &[Relation::require("User", Rule::Value("user"))],
    titles: Titles::Whole,
};
