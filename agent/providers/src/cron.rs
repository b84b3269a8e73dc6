//! `cron`: a job in a user's crontab, marked with `# Puppet Name: …` as Puppet marks it.

mod table;
#[cfg(test)]
mod tests;
mod time;

use ficelle_model::{Data, schema::TypeSchema};

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Shown,
    parameters::{Presence, schema},
};

use table::{Job, Table};
use time::FIELDS;

pub(crate) struct CronType;

impl ResourceType for CronType {
    fn schema(&self) -> &'static TypeSchema {
        schema("cron")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let mut times: [Option<Vec<String>>; 5] = Default::default();
        for (field, wanted) in FIELDS.iter().zip(&mut times) {
            *wanted = field.read(parameters)?;
        }
        let special = parameters
            .text("special")?
            .filter(|special| special != "absent");
        if let Some(special) = &special
            && !time::SPECIALS.contains(&special.as_str())
        {
            return Err(
                parameters.invalid("special", format!("Invalid special schedule {special:?}"))
            );
        }
        let has_times = times
            .iter()
            .flatten()
            .any(|values| values.iter().any(|value| value != "*"));
        if special.is_some() && has_times {
            return Err(parameters.combination(format!(
                "{} cannot specify both a special schedule and a value",
                parameters.resource().reference
            )));
        }
        let environment = parameters.list("environment")?.map(|mut lines| {
            lines.retain(|line| line != "absent");
            lines
        });
        for line in environment.iter().flatten() {
            if !line.contains('=') || line.contains('\n') {
                return Err(parameters.invalid(
                    "environment",
                    format!("Invalid environment setting {line:?}"),
                ));
            }
        }
        let ensure = parameters.presence()?;
        let command = parameters
            .text("command")?
            .map(|command| command.trim().to_owned());
        if ensure == Presence::Present && command.as_ref().is_none_or(String::is_empty) {
            return Err(parameters.combination("command is a required attribute"));
        }
        if command
            .as_ref()
            .is_some_and(|command| command.contains('\n'))
        {
            return Err(parameters.invalid("command", "A command must be on one line"));
        }
        let user = match parameters.text("user")? {
            Some(user) => Some(user),
            None => parameters.text("target")?,
        };
        Ok(Box::new(Cron {
            name: parameters.name(),
            ensure,
            user: user.unwrap_or_else(|| "root".to_owned()),
            command,
            times,
            special,
            environment,
        }))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        let mut instances = Vec::new();
        for user in context.system.list(table::DIRECTORY)?.unwrap_or_default() {
            for (index, job) in Table::read(&user, context)?.jobs().enumerate() {
                let name = job.name.clone();
                let name = name.unwrap_or_else(|| format!("unmanaged:{}-{index}", job.command));
                let mut instance = Instance::new(name, "present").with("command", &*job.command);
                if let Some(special) = &job.special {
                    instance = instance.with("special", &**special);
                }
                for (field, value) in FIELDS.iter().zip(&job.times) {
                    if value != "*" {
                        let values = value.split(',').map(Data::from).collect();
                        instance = instance.with(field.name, Data::Array(values));
                    }
                }
                instances.push(instance.with("target", &*user));
            }
        }
        Ok(Some(instances))
    }
}

/// What is wanted.
#[derive(Debug)]
struct Cron {
    name: String,
    ensure: Presence,
    user: String,
    command: Option<String>,
    /// In the order of [`FIELDS`]; `None` leaves as it is.
    times: [Option<Vec<String>>; 5],
    special: Option<String>,
    environment: Option<Vec<String>>,
}

impl Provider for Cron {
    type State = Table;

    fn read(&self, context: &Context<'_>) -> Result<Table, ProviderError> {
        Table::read(&self.user, context)
    }

    fn diff(&self, table: &Table, _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let job = match (self.ensure, self.find(table)) {
            (Presence::Present, None) => return Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => return Ok(vec![Change::removed()]),
            (Presence::Absent, None) => return Ok(Vec::new()),
            (Presence::Present, Some(job)) => job,
        };
        let mut changes = Vec::new();
        if let Some(command) = self
            .command
            .as_ref()
            .filter(|command| **command != job.command)
        {
            let is = Shown::text(&*job.command);
            changes.push(Change::new("command", is, Shown::text(&**command)));
        }
        if let Some(special) = self.special.as_ref()
            && job.special.as_ref() != Some(special)
        {
            let is = Shown::optional(job.special.as_deref());
            changes.push(Change::new("special", is, Shown::text(&**special)));
        }
        for ((field, wanted), is) in FIELDS.iter().zip(&self.times).zip(&job.times) {
            let Some(wanted) = wanted else {
                continue;
            };
            if job.special.is_some() && self.special.is_some() {
                continue;
            }
            if wanted.join(",") != *is || job.special.is_some() {
                let shown = |value: &str| {
                    if value == "*" {
                        Shown::absent()
                    } else {
                        Shown::list(value.split(','))
                    }
                };
                changes.push(Change::new(field.name, shown(is), shown(&wanted.join(","))));
            }
        }
        if let Some(environment) = &self.environment
            && *environment != job.environment
        {
            let is = match job.environment.as_slice() {
                [] => Shown::absent(),
                lines => Shown::list(lines),
            };
            let should = match environment.as_slice() {
                [] => Shown::absent(),
                lines => Shown::bare(lines.join(",")),
            };
            changes.push(Change::new("environment", is, should));
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        table: &mut Table,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let job = self.find(table).cloned();
        if self.ensure == Presence::Absent {
            if let Some(job) = job {
                table.remove(&job);
            }
            return table.write(&self.user, context);
        }
        let before = job.unwrap_or_default();
        let mut after = before.clone();
        after.name = Some(self.name.clone());
        let takes = |property: &str| *change.property == *property || change.property == "ensure";
        if let Some(command) = self.command.as_ref().filter(|_| takes("command")) {
            after.command.clone_from(command);
        }
        if let Some(special) = self.special.as_ref().filter(|_| takes("special")) {
            after.special = Some(special.clone());
        }
        for ((field, wanted), place) in FIELDS.iter().zip(&self.times).zip(&mut after.times) {
            if let Some(wanted) = wanted.as_ref().filter(|_| takes(field.name)) {
                *place = wanted.join(",");
                if self.special.is_none() {
                    after.special = None;
                }
            }
        }
        if let Some(environment) = self.environment.as_ref().filter(|_| takes("environment")) {
            after.environment.clone_from(environment);
        }
        table.put(&before, after);
        table.write(&self.user, context)
    }
}

impl Cron {
    /// The job of this name, or else one without a name that does the same at the same time.
    fn find<'a>(&self, table: &'a Table) -> Option<&'a Job> {
        let mut jobs = table.jobs();
        jobs.find(|job| job.name.as_ref() == Some(&self.name))
            .or_else(|| {
                table.jobs().find(|job| {
                    job.name.is_none()
                        && Some(&job.command) == self.command.as_ref()
                        && job.special == self.special
                        && self.times.iter().zip(&job.times).all(|(wanted, is)| {
                            wanted
                                .as_ref()
                                .map_or_else(|| is == "*", |wanted| wanted.join(",") == *is)
                        })
                })
            })
    }
}
