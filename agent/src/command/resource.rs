//! `agent resource`: resources of this host as they are, in the language; or made as they should
//! be.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use ficelle_engine::Types as _;
use ficelle_model::{
    Catalog, Data, Edge, Reference, Report,
    report::{Journal as _, Level},
};
use ficelle_providers::{
    Context, Instance, LocalOnly, Log, Memory, Mode, NothingDeclared, Place, ResourceType,
};
use indexmap::IndexMap;
use jiff::Timestamp;

use crate::{configuration::Configuration, journal::Console, run};

/// Shows resources of this host.
#[derive(Args, Debug)]
pub struct Resource {
    /// The type: package, service, user, …
    type_name: String,
    /// The resource; all of the type where there is none.
    name: Option<String>,
    /// What it should be: ensure=present …
    attributes: Vec<String>,
}

pub fn run(
    arguments: &Resource,
    configuration: &Configuration,
    console: &Arc<Console>,
) -> Result<ExitCode> {
    let type_name = arguments.type_name.to_lowercase();
    let types = ficelle_engine::Native;
    let found = types
        .find(&type_name)
        .with_context(|| format!("Could not find type {type_name}"))?;
    if !arguments.attributes.is_empty() {
        let has_applied = change(arguments, &type_name, configuration, console)?;
        if !has_applied {
            return Ok(ExitCode::FAILURE);
        }
    }
    let memory = Memory::default();
    let environment = configuration.environment()?;
    let voice = Voice(console);
    let context = Context {
        system: &configuration.system,
        mode: Mode::Noop,
        source: &LocalOnly,
        bucket: None,
        log: &voice,
        declared: &NothingDeclared,
        memory: &memory,
        environment: environment.as_str(),
        show_diff: false,
    };
    let instances = read(found, arguments.name.as_deref(), &context, &type_name)?;
    for instance in instances {
        console.print(&show(&type_name, &instance));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(
    found: &dyn ResourceType,
    name: Option<&str>,
    context: &Context<'_>,
    type_name: &str,
) -> Result<Vec<Instance>> {
    match name {
        Some(name) => {
            let instance = found.instance(name, context)?;
            let instance = instance
                .with_context(|| format!("resources of type {type_name} cannot be looked up"))?;
            Ok(vec![instance])
        }
        None => found
            .instances(context)?
            .with_context(|| format!("resources of type {type_name} cannot be listed; name one")),
    }
}

/// Applies a catalog of the one resource.
fn change(
    arguments: &Resource,
    type_name: &str,
    configuration: &Configuration,
    console: &Console,
) -> Result<bool> {
    let name = arguments.name.as_deref().unwrap_or_default();
    let mut resource = ficelle_model::Resource::new(Reference::new(type_name, name));
    for attribute in &arguments.attributes {
        let Some((key, value)) = attribute.split_once('=') else {
            bail!("Invalid parameter setting {attribute}: it must be name=value");
        };
        resource.parameters.insert(key.into(), value.into());
    }
    let reference = resource.reference.clone();
    let main = |type_name: &str| Reference::new(type_name, "main");
    let catalog = Catalog {
        name: configuration.certname()?,
        environment: configuration.environment()?,
        version: "".into(),
        code_id: None,
        tags: Default::default(),
        classes: Default::default(),
        resources: vec![ficelle_model::Resource::new(main("Stage")), resource],
        edges: vec![Edge {
            source: main("Stage"),
            target: reference,
        }],
    };
    let mut report = Report::new(catalog.name.as_str(), Timestamp::now());
    let has_applied = run::apply(
        configuration,
        console,
        &catalog,
        &LocalOnly,
        &|| false,
        &mut report,
    )?;
    report.finish(&IndexMap::new());
    Ok(has_applied && report.exit_code() < 4)
}

/// What providers say while they only look.
struct Voice<'a>(&'a Console);

impl Log for Voice<'_> {
    fn write(&self, level: Level, _place: Place<'_>, message: &str) {
        self.0.say(level, message.to_owned());
    }
}

/// A resource in the language, arrows in a column.
fn show(type_name: &str, instance: &Instance) -> String {
    let width = instance.properties.keys().map(String::len).max();
    let width = width.unwrap_or_default();
    let mut text = format!("{type_name} {{ {}:\n", quote(&instance.name));
    for (name, value) in &instance.properties {
        if *value != Data::Undef {
            text += &format!("  {name:width$} => {},\n", literal(value));
        }
    }
    text + "}"
}

fn literal(data: &Data) -> String {
    match data {
        Data::Undef => "undef".to_owned(),
        Data::Default => "default".to_owned(),
        Data::Boolean(value) => value.to_string(),
        Data::Integer(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::String(text) => quote(text),
        Data::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(literal).collect();
            format!("[{}]", elements.join(", "))
        }
        Data::Hash(hash) => {
            let entries = hash.iter();
            let entries: Vec<_> = entries
                .map(|(key, value)| format!("{} => {}", quote(key), literal(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Data::Sensitive(_) => "Sensitive('[redacted]')".to_owned(),
        Data::Typed(typed) => literal(&typed.value),
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_in_the_language() {
        let instance = Instance::new("o'hara", "present").with("uid", Data::Integer(7));
        assert_eq!(
            show("user", &instance),
            "user { 'o\\'hara':\n  ensure => 'present',\n  uid    => 7,\n}"
        );
    }
}
