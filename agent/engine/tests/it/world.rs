//! A host that is a map from names to values, and two types over it: `host` sets values, `exec`
//! writes down that it ran.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use camino::Utf8PathBuf;
use ficelle_engine::{EngineError, Options, Resolver, Run, Store, Types, Unresolved, apply};
use ficelle_model::{
    Catalog, Certname, Data, Edge, EnvironmentName, Reference, Report, Resource,
    report::{EventStatus, Level, Memory},
    schema::{TypeSchema, lookup},
};
use ficelle_providers::{
    Change, Context, LocalOnly, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Shown,
};
use ficelle_system::System;
use indexmap::IndexMap;
use jiff::Timestamp;

/// What happened, in order: `set a 1`, `run b`, `refresh b`.
type History = Arc<Mutex<Vec<String>>>;
type Values = Arc<Mutex<HashMap<String, String>>>;

/// The host.
pub struct World {
    pub values: Values,
    history: History,
    hosts: Hosts,
    execs: Execs,
    pub journal: Memory,
    pub store: Store,
    pub options: Options,
    directory: tempfile::TempDir,
}

struct Hosts {
    values: Values,
    history: History,
}

struct Execs {
    history: History,
}

struct Value {
    name: String,
    wanted: String,
    children: Vec<String>,
    values: Values,
    history: History,
}

struct Exec {
    name: String,
    /// As a service that was just started needs no restart.
    is_started: bool,
    is_refresh_only: bool,
    /// As a file system is mounted anew when it changes.
    refreshes_itself: bool,
    history: History,
}

impl ResourceType for Hosts {
    fn schema(&self) -> &'static TypeSchema {
        lookup("host").expect("native")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(Value {
            name: parameters.name(),
            wanted: parameters.required("ip")?,
            // `host_aliases` stands for what lies below it.
            children: parameters.list("host_aliases")?.unwrap_or_default(),
            values: Arc::clone(&self.values),
            history: Arc::clone(&self.history),
        }))
    }
}

impl Provider for Value {
    type State = Option<String>;

    fn read(&self, _context: &Context<'_>) -> Result<Self::State, ProviderError> {
        if self.wanted == "unreadable" {
            return Err(ProviderError::failed("it cannot be read"));
        }
        let values = self.values.lock().expect("no panic");
        Ok(values.get(&self.name).cloned())
    }

    fn diff(
        &self,
        state: &Self::State,
        _context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        if state.as_deref() == Some(&self.wanted) {
            return Ok(Vec::new());
        }
        let new = Shown::text(&self.wanted);
        Ok(vec![Change::new(
            "ip",
            Shown::optional(state.as_deref()),
            new,
        )])
    }

    fn apply(
        &self,
        _change: &Change,
        _state: &mut Self::State,
        _context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        if self.wanted == "fail" {
            return Err(ProviderError::failed("it does not work"));
        }
        let mut history = self.history.lock().expect("no panic");
        history.push(format!("set {} {}", self.name, self.wanted));
        let mut values = self.values.lock().expect("no panic");
        values.insert(self.name.clone(), self.wanted.clone());
        Ok(())
    }

    fn expand(&self, _context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        let children = self.children.iter();
        Ok(children
            .map(|name| resource("host", name, &[("ip", "child".into())]))
            .collect())
    }
}

impl ResourceType for Execs {
    fn schema(&self) -> &'static TypeSchema {
        lookup("exec").expect("native")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(Exec {
            name: parameters.name(),
            is_started: parameters.name().starts_with("start"),
            is_refresh_only: parameters.boolean("refreshonly")?.unwrap_or(false),
            refreshes_itself: parameters.name().starts_with("mount"),
            history: Arc::clone(&self.history),
        }))
    }

    fn is_isomorphic(&self) -> bool {
        false
    }
}

impl Provider for Exec {
    type State = ();

    fn read(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    fn diff(&self, (): &(), _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        if self.is_refresh_only {
            return Ok(Vec::new());
        }
        let change = Change::told(
            "returns",
            Shown::text("notrun"),
            Shown::text("0"),
            "executed successfully",
        );
        Ok(vec![if self.is_started {
            change.dropping_refreshes()
        } else {
            change
        }])
    }

    fn apply(
        &self,
        _change: &Change,
        (): &mut (),
        _context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let mut history = self.history.lock().expect("no panic");
        history.push(format!("run {}", self.name));
        Ok(())
    }

    fn is_refreshable(&self) -> bool {
        true
    }

    fn refreshes_itself(&self) -> bool {
        self.refreshes_itself
    }

    fn refresh(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        if self.name.contains("broken") {
            return Err(ProviderError::failed("it is broken"));
        }
        let mut history = self.history.lock().expect("no panic");
        history.push(format!("refresh {}", self.name));
        Ok(())
    }
}

impl Types for World {
    fn find(&self, name: &str) -> Option<&dyn ResourceType> {
        match name.to_ascii_lowercase().as_str() {
            "host" => Some(&self.hosts),
            "exec" => Some(&self.execs),
            _ => None,
        }
    }
}

impl World {
    pub fn new() -> Self {
        let (values, history) = (Values::default(), History::default());
        Self {
            hosts: Hosts {
                values: Arc::clone(&values),
                history: Arc::clone(&history),
            },
            execs: Execs {
                history: Arc::clone(&history),
            },
            values,
            history,
            journal: Memory::default(),
            store: Store::default(),
            options: Options::default(),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    pub fn apply(&mut self, catalog: &Catalog) -> Result<Report, EngineError> {
        self.apply_with(catalog, &Unresolved)
    }

    pub fn apply_with(
        &mut self,
        catalog: &Catalog,
        resolver: &dyn Resolver,
    ) -> Result<Report, EngineError> {
        let mut report = Report::new("node1", Timestamp::UNIX_EPOCH);
        let system = System::under(self.directory.path());
        let mut store = std::mem::take(&mut self.store);
        let run = Run {
            system: &system,
            source: &LocalOnly,
            bucket: None,
            types: self,
            resolver,
            journal: &self.journal,
            stop: &|| false,
            options: &self.options,
        };
        let applied = apply(run, catalog, &mut store, &mut report);
        self.store = store;
        applied?;
        report.finish(&IndexMap::new());
        Ok(report)
    }

    /// A run whose memory goes through the files.
    pub fn apply_again(&mut self, catalog: &Catalog) -> Report {
        let path = |name: &str| {
            Utf8PathBuf::from_path_buf(self.directory.path().join(name)).expect("UTF-8")
        };
        let (transactions, states) = (path("transactions.yaml"), path("state.yaml"));
        let (store, warnings) = Store::load(&transactions, &states);
        assert_eq!(warnings, [""; 0]);
        self.store = store;
        let report = self.apply(catalog).expect("it can be applied");
        self.store.save().expect("saved");
        report
    }

    /// What happened since the last call.
    pub fn happened(&self) -> Vec<String> {
        std::mem::take(&mut self.history.lock().expect("no panic"))
    }

    /// The lines of the log from `Notice` up: `source: message`.
    pub fn lines(&self) -> Vec<String> {
        self.lines_from(Level::Notice)
    }

    pub fn lines_from(&self, level: Level) -> Vec<String> {
        let logs = self.journal.logs();
        let logs = logs.iter().filter(|log| log.level >= level);
        logs.map(|log| format!("{}: {}", log.source, log.message))
            .collect()
    }
}

/// The statuses of a resource's events.
pub fn events(report: &Report, name: &str) -> Vec<EventStatus> {
    let status = &report.resource_statuses[name];
    status.events.iter().map(|event| event.status).collect()
}

pub fn resource(type_name: &str, title: &str, parameters: &[(&str, Data)]) -> Resource {
    let mut resource = Resource::new(Reference::new(type_name, title));
    for (name, value) in parameters {
        resource.parameters.insert((*name).into(), value.clone());
    }
    resource.tags.insert(type_name.to_ascii_lowercase().into());
    resource
}

/// A catalog: resources in order; `[container, content]` pairs.
pub fn catalog(resources: Vec<Resource>, contains: &[[&str; 2]]) -> Catalog {
    let parse = |text: &str| Reference::parse(text).expect("a reference");
    Catalog {
        name: Certname::parse("node1").expect("a name"),
        environment: EnvironmentName::production(),
        version: "1".into(),
        code_id: None,
        tags: Default::default(),
        classes: Default::default(),
        resources,
        edges: contains
            .iter()
            .map(|[source, target]| Edge {
                source: parse(source),
                target: parse(target),
            })
            .collect(),
    }
}

/// A value to be set.
pub fn host(title: &str, more: &[(&str, Data)]) -> Resource {
    let mut parameters = vec![("ip", Data::from("1"))];
    parameters.extend(more.iter().cloned());
    resource("host", title, &parameters)
}

/// A command that runs when it is refreshed.
pub fn listener(title: &str, more: &[(&str, Data)]) -> Resource {
    let mut parameters = vec![("refreshonly", Data::from(true))];
    parameters.extend(more.iter().cloned());
    resource("exec", title, &parameters)
}
