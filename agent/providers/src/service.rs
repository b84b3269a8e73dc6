//! `service`: whether it runs and whether it starts at boot, through systemd or init scripts.

mod control;
mod init;
mod parse;
mod systemd;
#[cfg(test)]
mod tests;

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Instance, Level, Managed, ParameterError, Parameters, Provider, ProviderError,
    Reading, ResourceType, Shown, parameters::schema,
};

pub(crate) struct ServiceType;

impl ResourceType for ServiceType {
    fn schema(&self) -> &'static TypeSchema {
        schema("service")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(parse::parse(parameters)?))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        systemd::instances(context).map(Some)
    }

    fn instance(
        &self,
        name: &str,
        context: &Context<'_>,
    ) -> Result<Option<Instance>, ProviderError> {
        let unit = systemd::Unit::read(name, context)?;
        let ensure = if unit.is_running {
            "running"
        } else {
            "stopped"
        };
        let enable = if unit.is_enabled() { "true" } else { "false" };
        Ok(Some(
            Instance::new(name, ensure)
                .with("enable", enable)
                .with("provider", "systemd"),
        ))
    }
}

/// What is wanted.
#[derive(Debug)]
struct Service {
    name: String,
    ensure: Option<Ensure>,
    enable: Option<Enable>,
    manager: Option<Manager>,
    start: Option<String>,
    stop: Option<String>,
    restart: Option<String>,
    status: Option<String>,
    has_status: HasStatus,
    has_restart: HasRestart,
    pattern: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ensure {
    Running,
    Stopped,
}

impl Ensure {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }
}

/// Whether it starts at boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enable {
    True,
    False,
    /// It cannot be started at all.
    Mask,
}

impl Enable {
    fn name(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Mask => "mask",
        }
    }
}

/// What looks after services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    Systemd,
    Init,
}

/// Whether it can be asked for its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HasStatus {
    Yes,
    /// It is looked for among the processes.
    No,
}

/// Whether it can restart by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HasRestart {
    Yes,
    /// It is stopped and started.
    No,
}

/// What is there.
#[derive(Clone, Copy, Debug)]
struct Current {
    ensure: Ensure,
    /// `None` where nothing can be said or done about it (a static unit).
    enable: Option<Enable>,
}

impl Provider for Service {
    type State = Current;

    fn read(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        let (mut is_running, enable) = match self.manager(context) {
            Manager::Systemd => {
                let unit = systemd::Unit::read(&self.name, context)?;
                (unit.is_running, unit.enable(self.enable))
            }
            Manager::Init => {
                let is_running = self.asks_itself() && init::is_running(&self.name, context)?;
                (is_running, Some(init::enable(&self.name, context)?))
            }
        };
        if let Some(status) = &self.status {
            is_running = self.command(status, context)?.success();
        } else if self.has_status == HasStatus::No {
            is_running = self.is_among_processes(context)?;
        }
        let ensure = if is_running {
            Ensure::Running
        } else {
            Ensure::Stopped
        };
        Ok(Current { ensure, enable })
    }

    fn diff(&self, state: &Current, context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let mut changes = Vec::new();
        if let Some(wanted) = self.ensure
            && wanted != state.ensure
        {
            let change = Change::new(
                "ensure",
                Shown::text(state.ensure.name()),
                Shown::text(wanted.name()),
            );
            // Started now, it has read whatever the refresh was about.
            // Whether it starts at boot is set in the same step, and told as part of it.
            return Ok(vec![match wanted {
                Ensure::Running => change.dropping_refreshes(),
                Ensure::Stopped => change,
            }]);
        }
        match (self.enable, state.enable) {
            (Some(wanted), Some(is)) if wanted != is => {
                changes.push(Change::new(
                    "enable",
                    Shown::text(is.name()),
                    Shown::text(wanted.name()),
                ));
            }
            (Some(_), None) => {
                let message = format!("Unable to enable or disable static service {}", self.name);
                context.log_resource(Level::Debug, &message);
            }
            _ => {}
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        if change.property == "ensure" {
            match self.ensure {
                Some(Ensure::Running) => self.start(context)?,
                _ => self.stop(context)?,
            }
        }
        match (self.enable, state.enable) {
            (Some(wanted), Some(is)) if wanted != is => self.set_enable(wanted, context),
            _ => Ok(()),
        }
    }

    fn is_refreshable(&self) -> bool {
        true
    }

    fn refresh(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        if self.read(context)?.ensure == Ensure::Running {
            return self.restart(context);
        }
        context.log_resource(Level::Debug, "Skipping restart; service is not running");
        Ok(())
    }

    fn reading(&self) -> Reading {
        match self.status {
            Some(_) => Reading::InOrder,
            None => Reading::Parallel,
        }
    }
}
