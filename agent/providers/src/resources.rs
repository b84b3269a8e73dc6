//! `resources`: what becomes of resources of a type that the catalog does not name.

use ficelle_model::{Reference, Resource, schema::TypeSchema};

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, parameters::schema, registry,
};

pub(crate) struct ResourcesType;

/// Users that belong to the system whatever their number.
const SYSTEM_USERS: &[&str] = &["nobody", "nogroup", "root"];

impl ResourceType for ResourcesType {
    fn schema(&self) -> &'static TypeSchema {
        schema("resources")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let name = parameters.name();
        let Some(kind) = registry::lookup(&name) else {
            return Err(
                parameters.invalid("name", format!("Could not find resource type '{name}'"))
            );
        };
        let spared = match parameters.text("unless_system_user")?.as_deref() {
            None | Some("true" | "yes") => Some(1000),
            Some("false" | "no") => None,
            Some(number) => Some(number.parse().map_err(|_not_a_number| {
                parameters.invalid("unless_system_user", format!("Invalid value {number:?}"))
            })?),
        };
        let mut spared_ids = Vec::new();
        for id in parameters.list("unless_uid")?.unwrap_or_default() {
            spared_ids.push(id.parse().map_err(|_not_a_number| {
                parameters.invalid("unless_uid", format!("Invalid value {id:?}"))
            })?);
        }
        Ok(Box::new(Resources {
            kind,
            purges: parameters.boolean("purge")?.unwrap_or(false),
            spared_below: spared.filter(|_| kind.schema().name == "user"),
            spared_ids,
            declaration: parameters.resource().clone(),
        }))
    }
}

/// What is wanted.
struct Resources {
    kind: &'static dyn ResourceType,
    purges: bool,
    /// Users with a lower number stay.
    spared_below: Option<i64>,
    spared_ids: Vec<i64>,
    declaration: Resource,
}

impl Provider for Resources {
    type State = ();

    fn read(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    fn diff(&self, (): &(), _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        Ok(Vec::new())
    }

    fn apply(
        &self,
        _change: &Change,
        (): &mut (),
        _context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        Ok(())
    }

    fn generate(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        if !self.purges {
            return Ok(Vec::new());
        }
        let type_name = self.kind.schema().name;
        let instances = self.kind.instances(context)?.ok_or_else(|| {
            ProviderError::failed(format!(
                "Purging resources of type {type_name} is not supported"
            ))
        })?;
        let mut strays = Vec::new();
        for instance in instances {
            let reference = Reference::new(type_name, &*instance.name);
            if context.declared.contains(&reference) || self.spares(&instance) {
                continue;
            }
            let mut stray = Resource::new(reference);
            stray.parameters.insert("ensure".into(), "absent".into());
            // Where it stands (a crontab's user, a file), so that it is found again.
            if let Some(target) = instance.properties.get("target") {
                stray.parameters.insert("target".into(), target.clone());
            }
            if let Some(noop) = self.declaration.parameters.get("noop") {
                stray.parameters.insert("noop".into(), noop.clone());
            }
            stray.tags = self.declaration.tags.clone();
            strays.push(stray);
        }
        Ok(strays)
    }
}

impl Resources {
    fn spares(&self, instance: &Instance) -> bool {
        // A job of a crontab that nobody marked is somebody's own.
        if instance.name.starts_with("unmanaged:") {
            return true;
        }
        let Some(ficelle_model::Data::Integer(uid)) = instance.properties.get("uid") else {
            return false;
        };
        self.spared_ids.contains(uid)
            || self
                .spared_below
                .is_some_and(|limit| *uid < limit || SYSTEM_USERS.contains(&instance.name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Host, parse, resource};

    #[test]
    fn purges_what_the_catalog_does_not_name() {
        let host = Host::new();
        host.write("/etc/hosts", "127.0.0.1 localhost\n10.0.0.1 stray\n");
        host.write(
            "/etc/passwd",
            "root:x:0:0::/:/bin/sh\nsys:x:999:0::/:/bin/sh\nme:x:1001:0::/:/bin/sh\n",
        );
        let strays = |name: &str| {
            let resources = resource("resources", name, &[("purge", true.into())]);
            let strays = parse(&resources)
                .expect("it parses")
                .generate(&host.context());
            let strays = strays.expect("readable");
            strays
                .iter()
                .map(|stray| stray.reference.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(strays("host"), ["Host[localhost]", "Host[stray]"]);
        assert_eq!(strays("user"), ["User[me]"]);
    }
}
