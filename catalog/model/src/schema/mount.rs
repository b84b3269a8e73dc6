//! `mount`. A line of fstab, and whether it is mounted.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "mount",
    summary: "A line of fstab, and whether it is mounted.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure")
            .choice(&["defined", "unmounted", "absent", "mounted"])
            .aliases(&[("present", "defined")]),
        Attribute::parameter("provider"),
        Attribute::property("device"),
        Attribute::property("blockdevice"),
        Attribute::property("fstype"),
        Attribute::property("options"),
        Attribute::property("pass"),
        Attribute::property("atboot"),
        Attribute::property("dump"),
        Attribute::property("target"),
        Attribute::parameter("remounts").boolean(),
    ],
    relations: &[
        Relation::require("Mount", Rule::Ancestor("name")),
        Relation::before("File", Rule::Descendants("name")),
    ],
    titles: Titles::Whole,
};
