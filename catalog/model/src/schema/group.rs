//! `group`. A group of users.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "group",
    summary: "A group of users.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("gid"),
        Attribute::property("members").list(),
        Attribute::property("attributes").list(),
        Attribute::parameter("auth_membership").boolean(),
        Attribute::parameter("allowdupe").boolean(),
        Attribute::parameter("ia_load_module"),
        Attribute::parameter("attribute_membership").choice(&["inclusive", "minimum"]),
        Attribute::parameter("system").boolean(),
        Attribute::parameter("forcelocal").boolean(),
    ],
    relations: &[],
    titles: Titles::Whole,
};
