//! `concat_file`. A file put together from `concat_fragment` resources with the same tag.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "concat_file",
    summary: "A file put together from `concat_fragment` resources with the same tag.",
    attributes: &[
        Attribute::parameter("path").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("tag"),
        Attribute::parameter("owner"),
        Attribute::parameter("group"),
        Attribute::parameter("mode"),
        Attribute::parameter("order").choice(&["alpha", "numeric"]),
        Attribute::parameter("backup"),
        Attribute::parameter("replace").boolean(),
        Attribute::parameter("validate_cmd"),
        Attribute::parameter("ensure_newline").boolean(),
        Attribute::parameter("format").choice(&[
            "plain",
            "yaml",
            "json",
            "json-array",
            "json-pretty",
            "json-array-pretty",
        ]),
        Attribute::parameter("force").boolean(),
        Attribute::parameter("selinux_ignore_defaults").boolean(),
        Attribute::parameter("selrange"),
        Attribute::parameter("selrole"),
        Attribute::parameter("seltype"),
        Attribute::parameter("seluser"),
        Attribute::parameter("show_diff").boolean(),
    ],
    relations: &[Relation::require("File", Rule::Value("path"))],
    titles: Titles::Whole,
};
