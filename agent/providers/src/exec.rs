//! `exec`: a command that is run when its conditions ask for it.

mod command;
mod parse;
#[cfg(test)]
mod tests;

use std::time::Duration;

use ficelle_model::{Data, report::Level, schema::TypeSchema};
use ficelle_system::{Output, SystemError};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, Reading,
    ResourceType, Shown, Visibility, parameters::schema,
};

use command::Script;

pub(crate) struct ExecType;

impl ResourceType for ExecType {
    fn schema(&self) -> &'static TypeSchema {
        schema("exec")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(parse::parse(parameters)?))
    }

    fn is_isomorphic(&self) -> bool {
        false
    }
}

/// What is wanted.
#[derive(Debug)]
struct Exec {
    command: Script,
    shell: Shell,
    search_path: Option<Vec<String>>,
    environment: Vec<(String, String)>,
    directory: Option<String>,
    user: Option<String>,
    group: Option<String>,
    umask: Option<u32>,
    timeout: Option<Duration>,
    returns: Vec<i32>,
    tries: u32,
    pause: Duration,
    log_output: LogOutput,
    level: Level,
    refresh: Option<Script>,
    trigger: Trigger,
    creates: Vec<String>,
    unless: Vec<Script>,
    onlyif: Vec<Script>,
    visibility: Visibility,
}

/// Who reads the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    /// Nobody, but for what only a shell understands (provider `posix`).
    WhereNeeded,
    /// `/bin/sh` (provider `shell`).
    Always,
}

/// When output goes to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LogOutput {
    Always,
    Never,
    OnFailure,
}

/// What makes it run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trigger {
    /// Its turn, and changes of what it is subscribed to.
    Turn,
    /// Only changes of what it is subscribed to (`refreshonly`).
    Refresh,
}

/// Whether the conditions ask for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Yes,
    No,
}

impl Provider for Exec {
    type State = Due;

    fn read(&self, context: &Context<'_>) -> Result<Due, ProviderError> {
        match self.trigger {
            Trigger::Refresh => Ok(Due::No),
            Trigger::Turn => self.conditions(context),
        }
    }

    fn diff(&self, state: &Due, _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        if *state == Due::No {
            return Ok(Vec::new());
        }
        let expected = self.returns.iter().map(ToString::to_string);
        Ok(vec![Change::told(
            "returns",
            Shown::text("notrun"),
            Shown::data(Data::Array(expected.map(Data::from).collect())),
            "executed successfully",
        )])
    }

    fn apply(
        &self,
        _change: &Change,
        _state: &mut Due,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        self.execute(context)
    }

    fn is_refreshable(&self) -> bool {
        true
    }

    fn refresh(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        if self.conditions(context)? == Due::No {
            return Ok(());
        }
        match &self.refresh {
            Some(script) => self.run(script, context).map(|_output| ()),
            None => self.execute(context),
        }
    }

    fn reading(&self) -> Reading {
        if self.unless.is_empty() && self.onlyif.is_empty() {
            Reading::Parallel
        } else {
            Reading::InOrder
        }
    }
}

impl Exec {
    /// `creates`, `unless`, `onlyif`, in this order; the first that speaks against it decides.
    fn conditions(&self, context: &Context<'_>) -> Result<Due, ProviderError> {
        if self.creates.iter().any(|path| context.system.exists(path)) {
            return Ok(Due::No);
        }
        for script in &self.unless {
            if self.check(script, context)? == Check::Passed {
                return Ok(Due::No);
            }
        }
        for script in &self.onlyif {
            if self.check(script, context)? != Check::Passed {
                return Ok(Due::No);
            }
        }
        Ok(Due::Yes)
    }

    fn check(&self, script: &Script, context: &Context<'_>) -> Result<Check, ProviderError> {
        let output = match self.run(script, context) {
            Err(ProviderError::System(SystemError::Timeout { .. })) => {
                let message = match self.visibility {
                    Visibility::Shown => format!("Check {script} exceeded timeout"),
                    Visibility::Redacted => "Check [redacted] exceeded timeout".to_owned(),
                };
                context.log_resource(Level::Err, &message);
                return Ok(Check::Failed);
            }
            output => output?,
        };
        if self.visibility == Visibility::Shown {
            for line in output.text().lines() {
                context.log_resource(Level::Debug, line);
            }
        }
        Ok(if output.success() {
            Check::Passed
        } else {
            Check::Failed
        })
    }

    /// Runs the command as often as it may be tried, and judges its status.
    fn execute(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let mut output = self.attempt(context)?;
        for _ in 1..self.tries {
            if self.returns.contains(&output.status) {
                break;
            }
            context.system.pause(self.pause);
            output = self.attempt(context)?;
        }
        let succeeded = self.returns.contains(&output.status);
        let logs = match self.log_output {
            LogOutput::Always => true,
            LogOutput::Never => false,
            LogOutput::OnFailure => !succeeded,
        };
        if logs {
            match self.visibility {
                Visibility::Redacted => {
                    context.log_property(self.level, "returns", "[output redacted]");
                }
                Visibility::Shown => {
                    for line in output.text().lines() {
                        context.log_property(self.level, "returns", line);
                    }
                }
            }
        }
        if succeeded {
            return Ok(());
        }
        let command = match self.visibility {
            Visibility::Redacted => "[command redacted]".to_owned(),
            Visibility::Shown => format!("'{}'", self.command),
        };
        let expected = self
            .returns
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>();
        Err(ProviderError::failed(format!(
            "{command} returned {} instead of one of [{}]",
            output.status,
            expected.join(",")
        )))
    }

    fn attempt(&self, context: &Context<'_>) -> Result<Output, ProviderError> {
        match self.run(&self.command, context) {
            Err(ProviderError::System(SystemError::Timeout { .. })) => {
                Err(ProviderError::failed("Command exceeded timeout"))
            }
            output => output,
        }
    }
}

/// How a condition's command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Passed,
    Failed,
}
