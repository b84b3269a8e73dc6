//! `exec`. A command, run when its conditions ask for it.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "exec",
    summary: "A command, run when its conditions ask for it.",
    attributes: &[
        Attribute::parameter("command").namevar().list(),
        Attribute::parameter("provider"),
        Attribute::property("returns").list(),
        Attribute::parameter("path").list(),
        Attribute::parameter("user"),
        Attribute::parameter("group"),
        Attribute::parameter("cwd"),
        Attribute::parameter("logoutput").choice(&["true", "false", "on_failure"]),
        Attribute::parameter("refresh").list(),
        Attribute::parameter("environment").list(),
        Attribute::parameter("umask"),
        Attribute::parameter("timeout"),
        Attribute::parameter("tries"),
        Attribute::parameter("try_sleep"),
        Attribute::parameter("refreshonly").boolean(),
        Attribute::parameter("creates").list(),
        Attribute::parameter("unless").list(),
        Attribute::parameter("onlyif").list(),
    ],
    relations: &[
        Relation::require("File", Rule::Value("cwd")),
        Relation::require("File", Rule::Commands(&["command", "onlyif", "unless"])),
        Relation::require("User", Rule::Value("user")),
    ],
    titles: Titles::Whole,
};
