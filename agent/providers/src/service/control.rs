//! Starting, stopping and enabling, by the user's own commands or by the service manager.

use fancy_regex::Regex;
use ficelle_system::{Command, Output};

use crate::{Context, ProviderError};

use super::{Enable, HasRestart, HasStatus, Manager, Service, init, systemd};

impl Service {
    /// What looks after the service on this host.
    pub(super) fn manager(&self, context: &Context<'_>) -> Manager {
        self.manager.unwrap_or_else(|| {
            if context.system.exists("/run/systemd/system") {
                Manager::Systemd
            } else {
                Manager::Init
            }
        })
    }

    /// Whether its status is asked of the service manager.
    pub(super) fn asks_itself(&self) -> bool {
        self.status.is_none() && self.has_status == HasStatus::Yes
    }

    pub(super) fn start(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        match (&self.start, self.manager(context)) {
            (Some(line), _) => self.must(line, "start", context),
            (None, Manager::Systemd) => systemd::start(&self.name, context),
            (None, Manager::Init) => init::act(&self.name, "start", context),
        }
    }

    pub(super) fn stop(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        match (&self.stop, self.manager(context)) {
            (Some(line), _) => self.must(line, "stop", context),
            (None, Manager::Systemd) => systemd::act(&self.name, "stop", context),
            (None, Manager::Init) => init::act(&self.name, "stop", context),
        }
    }

    pub(super) fn restart(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let has_own = self.start.is_some() || self.stop.is_some();
        match (&self.restart, self.manager(context)) {
            (Some(line), _) => self.must(line, "restart", context),
            (None, manager) if !has_own && self.has_restart == HasRestart::Yes => match manager {
                Manager::Systemd => systemd::restart(&self.name, context),
                Manager::Init => init::act(&self.name, "restart", context),
            },
            _ => {
                self.stop(context)?;
                self.start(context)
            }
        }
    }

    pub(super) fn set_enable(
        &self,
        enable: Enable,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        match self.manager(context) {
            Manager::Systemd => systemd::set_enable(&self.name, enable, context),
            Manager::Init => init::set_enable(&self.name, enable, context),
        }
    }

    /// Runs a command of the user's.
    pub(super) fn command(
        &self,
        line: &str,
        context: &Context<'_>,
    ) -> Result<Output, ProviderError> {
        Ok(context.system.run(&Command::shell(line))?)
    }

    fn must(&self, line: &str, verb: &str, context: &Context<'_>) -> Result<(), ProviderError> {
        let output = self.command(line, context)?;
        if output.success() {
            return Ok(());
        }
        Err(ProviderError::failed(format!(
            "Could not {verb} Service[{}]: Execution of '{line}' returned {}: {}",
            self.name,
            output.status,
            output.text().trim_end()
        )))
    }

    /// Whether a process's command line fits the pattern.
    pub(super) fn is_among_processes(&self, context: &Context<'_>) -> Result<bool, ProviderError> {
        let pattern = Regex::new(&self.pattern).map_err(|error| {
            ProviderError::failed(format!("Invalid pattern {:?}: {error}", self.pattern))
        })?;
        let own = std::process::id().to_string();
        let entries = context.system.list("/proc")?.unwrap_or_default();
        let processes = entries
            .iter()
            .filter(|name| name.parse::<u32>().is_ok() && **name != own);
        for process in processes {
            // A process may be gone by now.
            let Ok(Some(line)) = context.system.read(format!("/proc/{process}/cmdline")) else {
                continue;
            };
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            if pattern.is_match(&line).unwrap_or(false) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
