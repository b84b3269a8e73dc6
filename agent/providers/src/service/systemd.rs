//! Services of systemd.

use ficelle_system::{Command, Output};

use crate::{Context, Instance, ProviderError};

use super::Enable;

/// What systemd says of a unit.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) is_running: bool,
    /// `enabled`, `disabled`, `static`, `masked`, …
    file_state: String,
    needs_reload: bool,
}

impl Unit {
    /// Asks systemd once for everything.
    pub(super) fn read(name: &str, context: &Context<'_>) -> Result<Self, ProviderError> {
        let command = systemctl(&[
            "show",
            "--property=ActiveState,UnitFileState,LoadState,NeedDaemonReload",
            "--",
            name,
        ]);
        let text = context.system.run(&command)?.text();
        let value = |key: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default()
        };
        let mut file_state = value("UnitFileState").to_owned();
        if value("LoadState") == "masked" {
            file_state = "masked".to_owned();
        }
        if matches!(file_state.as_str(), "" | "generated" | "alias" | "indirect") {
            // An init script that systemd wraps: only this command asks its links.
            let output = context
                .system
                .run(&systemctl(&["is-enabled", "--", name]))?;
            file_state = if output.success() && output.text().trim() != "indirect" {
                "enabled".to_owned()
            } else {
                "disabled".to_owned()
            };
        }
        Ok(Self {
            is_running: matches!(value("ActiveState"), "active" | "reloading"),
            needs_reload: value("NeedDaemonReload") == "yes",
            file_state,
        })
    }

    pub(super) fn is_enabled(&self) -> bool {
        matches!(
            &*self.file_state,
            "enabled" | "enabled-runtime" | "static" | "transient"
        )
    }

    /// How it is enabled; `None` where it cannot be (a unit without an install section).
    pub(super) fn enable(&self, wanted: Option<Enable>) -> Option<Enable> {
        match &*self.file_state {
            "masked" | "masked-runtime" if wanted == Some(Enable::Mask) => Some(Enable::Mask),
            "static" | "transient" if wanted != Some(Enable::Mask) => None,
            _ if self.is_enabled() => Some(Enable::True),
            _ => Some(Enable::False),
        }
    }
}

/// Every service of the host.
pub(super) fn instances(context: &Context<'_>) -> Result<Vec<Instance>, ProviderError> {
    let list = |arguments: &[&str]| {
        let command = systemctl(arguments);
        Ok::<_, ProviderError>(context.system.run(&command)?.successful(&command)?.text())
    };
    let files = list(&[
        "list-unit-files",
        "--type",
        "service",
        "--full",
        "--all",
        "--no-pager",
        "--no-legend",
    ])?;
    let active = list(&[
        "list-units",
        "--type",
        "service",
        "--state",
        "active",
        "--full",
        "--plain",
        "--no-pager",
        "--no-legend",
    ])?;
    let running = active
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect::<std::collections::HashSet<_>>();
    let mut instances = Vec::new();
    for line in files.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(state)) = (words.next(), words.next()) else {
            continue;
        };
        if name.ends_with("@.service") {
            continue;
        }
        let ensure = if running.contains(name) {
            "running"
        } else {
            "stopped"
        };
        let enable = match state {
            "enabled" | "enabled-runtime" | "static" | "alias" | "generated" => "true",
            "masked" => "mask",
            _ => "false",
        };
        instances.push(
            Instance::new(name, ensure)
                .with("enable", enable)
                .with("provider", "systemd"),
        );
    }
    Ok(instances)
}

pub(super) fn start(name: &str, context: &Context<'_>) -> Result<(), ProviderError> {
    let unit = Unit::read(name, context)?;
    if unit.file_state.starts_with("masked") {
        change(name, "unmask", context)?;
    }
    reload(&unit, context)?;
    act(name, "start", context)
}

pub(super) fn restart(name: &str, context: &Context<'_>) -> Result<(), ProviderError> {
    reload(&Unit::read(name, context)?, context)?;
    act(name, "restart", context)
}

/// Starts, stops or restarts; a failure carries the end of the service's journal.
pub(super) fn act(name: &str, verb: &str, context: &Context<'_>) -> Result<(), ProviderError> {
    if context
        .system
        .run(&systemctl(&[verb, "--", name]))?
        .success()
    {
        return Ok(());
    }
    let journal = Command::new("journalctl")
        .arguments([
            "-n",
            "50",
            "--since",
            "5 minutes ago",
            "-u",
            name,
            "--no-pager",
        ])
        .variable("LC_ALL", "C.UTF-8");
    let journal = context
        .system
        .run(&journal)
        .as_ref()
        .map_or_else(ToString::to_string, Output::text);
    Err(ProviderError::failed(format!(
        "Systemd {verb} for {name} failed!\njournalctl log for {name}:\n{}",
        journal.trim_end()
    )))
}

pub(super) fn set_enable(
    name: &str,
    enable: Enable,
    context: &Context<'_>,
) -> Result<(), ProviderError> {
    match enable {
        Enable::True => {
            if Unit::read(name, context)?.file_state.starts_with("masked") {
                change(name, "unmask", context)?;
            }
            change(name, "enable", context)
        }
        Enable::False => change(name, "disable", context),
        Enable::Mask => {
            let exists = context
                .system
                .run(&systemctl(&["cat", "--", name]))?
                .success();
            if exists {
                change(name, "disable", context)?;
            }
            change(name, "mask", context)
        }
    }
}

/// Lets systemd read unit files that changed under it.
fn reload(unit: &Unit, context: &Context<'_>) -> Result<(), ProviderError> {
    if unit.needs_reload {
        let command = systemctl(&["daemon-reload"]);
        context.system.run(&command)?.successful(&command)?;
    }
    Ok(())
}

fn change(name: &str, verb: &str, context: &Context<'_>) -> Result<(), ProviderError> {
    let output = context.system.run(&systemctl(&[verb, "--", name]))?;
    if output.success() {
        return Ok(());
    }
    Err(ProviderError::failed(format!(
        "Could not {verb} {name}: {}",
        output.text().trim_end()
    )))
}

fn systemctl(arguments: &[&str]) -> Command {
    Command::new("systemctl")
        .arguments(arguments)
        .variable("SYSTEMD_PAGER", "")
        .variable("LC_ALL", "C.UTF-8")
}
