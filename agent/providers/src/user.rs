//! `user`: a user of the system.

mod change;
mod keys;
mod read;
#[cfg(test)]
mod tests;

use ficelle_model::{Resource, schema::TypeSchema};

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType,
    nothing::Nothing,
    parameters::{Presence, schema},
};

use read::Current;

pub(crate) struct UserType;

impl ResourceType for UserType {
    fn schema(&self) -> &'static TypeSchema {
        schema("user")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        if !parameters.is_managed() && parameters.data("purge_ssh_keys").is_none() {
            return Ok(Box::new(Nothing));
        }
        Ok(Box::new(User {
            name: parameters.name(),
            ensure: parameters.presence()?,
            uid: parameters.parse("uid")?,
            gid: parameters.text("gid")?,
            groups: groups(parameters)?,
            membership: parameters
                .choice(
                    "membership",
                    &[
                        ("inclusive", Membership::Inclusive),
                        ("minimum", Membership::Minimum),
                    ],
                )?
                .unwrap_or(Membership::Minimum),
            home: parameters.path("home")?,
            manages_home: parameters.boolean("managehome")?.unwrap_or(false),
            shell: parameters.path("shell")?,
            comment: parameters.text("comment")?,
            password: password(parameters)?,
            minimum_age: parameters.parse("password_min_age")?,
            maximum_age: parameters.parse("password_max_age")?,
            warning_days: parameters.parse("password_warn_days")?,
            expiry: expiry(parameters)?,
            is_system: parameters.boolean("system")?.unwrap_or(false),
            allows_duplicate: parameters.boolean("allowdupe")?.unwrap_or(false),
            key_files: keys::files(parameters)?,
            declaration: parameters.resource().clone(),
        }))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        read::instances(context).map(Some)
    }
}

/// What is wanted.
#[derive(Debug)]
struct User {
    name: String,
    ensure: Presence,
    uid: Option<u32>,
    /// A name or a number.
    gid: Option<String>,
    groups: Option<Vec<String>>,
    membership: Membership,
    home: Option<String>,
    manages_home: bool,
    shell: Option<String>,
    comment: Option<String>,
    password: Option<String>,
    minimum_age: Option<i64>,
    maximum_age: Option<i64>,
    warning_days: Option<i64>,
    /// A date; empty for never.
    expiry: Option<String>,
    is_system: bool,
    allows_duplicate: bool,
    /// The files whose keys are removed unless the catalog names them; `None` leaves keys alone.
    key_files: Option<Vec<String>>,
    declaration: Resource,
}

/// Whether the groups named are all that there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Membership {
    Inclusive,
    Minimum,
}

fn groups(parameters: &Parameters<'_>) -> Result<Option<Vec<String>>, ParameterError> {
    let groups = parameters.list("groups")?;
    for group in groups.iter().flatten() {
        if group.is_empty() {
            return Err(parameters.invalid("groups", "Group names must not be empty. If you want to specify \"no groups\" pass an empty array"));
        }
        if group.contains(',') {
            return Err(parameters.invalid(
                "groups",
                "Group names must be provided as an array, not a comma-separated list.",
            ));
        }
        if group.parse::<u32>().is_ok() {
            return Err(
                parameters.invalid("groups", "Group names must be provided, not GID numbers.")
            );
        }
    }
    Ok(groups)
}

fn password(parameters: &Parameters<'_>) -> Result<Option<String>, ParameterError> {
    let password = parameters.text("password")?;
    match &password {
        Some(hash) if hash.contains(':') => {
            Err(parameters.invalid("password", "Passwords cannot include ':'"))
        }
        _ => Ok(password),
    }
}

fn expiry(parameters: &Parameters<'_>) -> Result<Option<String>, ParameterError> {
    let Some(text) = parameters.text("expiry")? else {
        return Ok(None);
    };
    if text == "absent" {
        return Ok(Some(String::new()));
    }
    if read::days_of(&text).is_none() {
        return Err(parameters.invalid(
            "expiry",
            format!("Invalid value {text:?}. Valid values are absent. Valid values match /^\\d{{4}}-\\d{{2}}-\\d{{2}}$/."),
        ));
    }
    Ok(Some(text))
}

impl Provider for User {
    type State = Option<Current>;

    fn read(&self, context: &Context<'_>) -> Result<Option<Current>, ProviderError> {
        read::current(&self.name, context)
    }

    fn diff(
        &self,
        state: &Option<Current>,
        context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        match (self.ensure, state) {
            (Presence::Present, None) => Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => Ok(vec![Change::removed()]),
            (Presence::Absent, None) => Ok(Vec::new()),
            (Presence::Present, Some(current)) => self.compare(current, context),
        }
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Option<Current>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        match (&*change.property, state) {
            ("ensure", None) => self.create(context),
            ("ensure", Some(_)) => self.remove(context),
            (property, Some(current)) => self.modify(property, current, context),
            (_, None) => Ok(()),
        }
    }

    fn generate(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        self.stray_keys(context)
    }
}
