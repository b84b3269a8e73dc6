//! `host`. A line of the hosts file.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "host",
    summary: "A line of the hosts file.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("ip"),
        Attribute::property("host_aliases").list(),
        Attribute::property("comment"),
        Attribute::property("target"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
