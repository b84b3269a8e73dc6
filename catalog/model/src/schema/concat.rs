//! `concat`, for a site without the concat module: the attributes of the module's define over
//! `concat_file`.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

/// `concat` as a native type; not among [`super::types`], because the module's define goes first.
pub static SCHEMA: TypeSchema = TypeSchema {
    name: "concat",
    summary: "A file put together from `concat::fragment` resources.",
    attributes: &[
        Attribute::parameter("path").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("owner"),
        Attribute::parameter("group"),
        Attribute::parameter("mode"),
        Attribute::parameter("warn"),
        Attribute::parameter("show_diff").boolean(),
        Attribute::parameter("backup"),
        Attribute::parameter("replace").boolean(),
        Attribute::parameter("order").choice(&["alpha", "numeric"]),
        Attribute::parameter("ensure_newline").boolean(),
        Attribute::parameter("validate_cmd"),
        Attribute::parameter("selinux_ignore_defaults").boolean(),
        Attribute::parameter("selrange"),
        Attribute::parameter("selrole"),
        Attribute::parameter("seltype"),
        Attribute::parameter("seluser"),
        Attribute::parameter("force").boolean(),
        Attribute::parameter("format"),
        Attribute::parameter("create_empty_file").boolean(),
    ],
    relations: &[Relation::require("File", Rule::Ancestor("path"))],
    titles: Titles::Path,
};
