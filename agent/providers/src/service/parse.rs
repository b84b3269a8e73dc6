//! Reading a `service`'s parameters.

use crate::{ParameterError, Parameters};

use super::{Enable, Ensure, HasRestart, HasStatus, Manager, Service};

pub(super) fn parse(parameters: &Parameters<'_>) -> Result<Service, ParameterError> {
    let ensure = match parameters.text("ensure")?.as_deref() {
        None => None,
        Some("running" | "true") => Some(Ensure::Running),
        Some("stopped" | "false") => Some(Ensure::Stopped),
        Some(other) => {
            return Err(parameters.invalid_value("ensure", other, &["stopped", "running"]));
        }
    };
    let enable = match parameters.text("enable")?.as_deref() {
        None => None,
        Some("true") => Some(Enable::True),
        Some("false") => Some(Enable::False),
        Some("mask") => Some(Enable::Mask),
        Some(windows @ ("manual" | "delayed")) => {
            return Err(parameters.invalid(
                "enable",
                format!("Setting enable to {windows} is only supported on Microsoft Windows."),
            ));
        }
        Some(other) => {
            let words = ["true", "false", "manual", "mask", "delayed"];
            return Err(parameters.invalid_value("enable", other, &words));
        }
    };
    let manager = match parameters.text("provider")?.as_deref() {
        None => None,
        Some("systemd") => Some(Manager::Systemd),
        Some("debian" | "init" | "base" | "service") => Some(Manager::Init),
        Some(other) => {
            return Err(parameters.invalid(
                "provider",
                format!("Provider {other} is not functional on this host"),
            ));
        }
    };
    let name = parameters.name();
    Ok(Service {
        ensure,
        enable,
        manager,
        start: parameters.text("start")?,
        stop: parameters.text("stop")?,
        restart: parameters.text("restart")?,
        status: parameters.text("status")?,
        has_status: match parameters.boolean("hasstatus")? {
            Some(false) => HasStatus::No,
            _ => HasStatus::Yes,
        },
        has_restart: match parameters.boolean("hasrestart")? {
            Some(false) => HasRestart::No,
            _ => HasRestart::Yes,
        },
        pattern: parameters.text("pattern")?.unwrap_or_else(|| name.clone()),
        name,
    })
}
