//! `service`. A service of the init system.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "service",
    summary: "A service of the init system.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure")
            .choice(&["stopped", "running"])
            .aliases(&[("false", "stopped"), ("true", "running")]),
        Attribute::parameter("provider"),
        Attribute::property("enable").choice(&["true", "false", "manual", "mask", "delayed"]),
        Attribute::property("logonaccount"),
        Attribute::property("flags"),
        Attribute::parameter("logonpassword"),
        Attribute::parameter("binary"),
        Attribute::parameter("hasstatus").boolean(),
        Attribute::parameter("path"),
        Attribute::parameter("pattern"),
        Attribute::parameter("restart"),
        Attribute::parameter("start"),
        Attribute::parameter("status"),
        Attribute::parameter("stop"),
        Attribute::parameter("control"),
        Attribute::parameter("hasrestart").boolean(),
        Attribute::parameter("manifest"),
        Attribute::parameter("timeout"),
    ],
    relations: &[],
    titles: Titles::Whole,
};
