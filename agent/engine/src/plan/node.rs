//! A node of the graph: a resource, or the end of a container.

use std::sync::Arc;

use ficelle_model::{Data, Resource, report::Level};
use ficelle_providers::{Managed, Mode};

use super::NodeId;

/// Where a node stands among those that are ready: in the order of the manifest, what is
/// generated right after what generated it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Priority(Vec<usize>);

impl Priority {
    pub(crate) fn of(index: usize) -> Self {
        Self(vec![index])
    }

    pub(crate) fn below(&self, index: usize) -> Self {
        Self(self.0.iter().copied().chain([index]).collect())
    }
}

/// What a node is.
pub(crate) enum Kind {
    /// A class, a define, a stage: its beginning; `exit` is its end.
    Container { exit: NodeId },
    /// The end of a container, or of a resource that brought in others.
    Exit,
    /// A resource with a provider.
    Managed(Box<dyn Managed>),
    /// One whose parameters are computed at its turn.
    Deferred,
    /// One that does nothing: a schedule, a filebucket.
    Inert,
    /// One of a known type that cannot be managed here.
    Unsuitable,
}

/// Which properties are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audit {
    None,
    All,
    Properties(Vec<String>),
}

/// A node.
pub(crate) struct Node {
    pub(crate) resource: Resource,
    pub(crate) kind: Kind,
    pub(crate) priority: Priority,
    pub(crate) contents: Vec<NodeId>,
    /// `/Stage[main]/Main/File[/x]`
    pub(crate) path: Arc<str>,
    pub(crate) containment: Vec<Arc<str>>,
    pub(crate) mode: Mode,
    pub(crate) level: Level,
    pub(crate) audit: Audit,
    pub(crate) schedule: Option<Arc<str>>,
}

impl Node {
    pub(super) fn new(resource: Resource, kind: Kind, noop: bool, priority: Priority) -> Self {
        let noop = parameter(&resource, "noop").map_or(noop, |value| match value {
            Data::Boolean(value) => *value,
            other => other.as_str() == Some("true"),
        });
        let level = parameter(&resource, "loglevel")
            .and_then(Data::as_str)
            .and_then(Level::parse);
        let schedule = parameter(&resource, "schedule").and_then(Data::as_str);
        Self {
            mode: if noop { Mode::Noop } else { Mode::Enforce },
            level: level.unwrap_or(Level::Notice),
            audit: audit(&resource),
            schedule: schedule.map(Into::into),
            resource,
            kind,
            priority,
            contents: Vec::new(),
            path: "".into(),
            containment: Vec::new(),
        }
    }

    /// The end of this one.
    pub(super) fn exit(&self, priority: Priority) -> Self {
        let mut resource = Resource::new(self.resource.reference.clone());
        resource.tags.clone_from(&self.resource.tags);
        Self {
            resource,
            kind: Kind::Exit,
            priority,
            contents: Vec::new(),
            path: self.name().into(),
            containment: Vec::new(),
            mode: self.mode,
            level: self.level,
            audit: Audit::None,
            schedule: None,
        }
    }

    /// Whether it is the beginning or the end of something, and no resource that is managed.
    pub(crate) fn is_anchor(&self) -> bool {
        matches!(self.kind, Kind::Container { .. } | Kind::Exit)
    }

    /// Whether changes of what it listens to mean something to it.
    pub(crate) fn is_refreshable(&self) -> bool {
        match &self.kind {
            Kind::Container { .. } | Kind::Exit => true,
            Kind::Managed(managed) => managed.is_refreshable(),
            // It is known once its values are; a refresh that means nothing does no harm.
            Kind::Deferred => true,
            Kind::Inert | Kind::Unsuitable => false,
        }
    }

    /// Whether a change of its own refreshes it: as its type says, unless it goes.
    pub(crate) fn refreshes_itself(&self) -> bool {
        let ensure = self.resource.parameters.get("ensure");
        match &self.kind {
            Kind::Managed(managed) => {
                managed.refreshes_itself() && ensure.and_then(Data::as_str) != Some("absent")
            }
            _ => false,
        }
    }

    /// How it is called in paths: classes by their title alone.
    pub(super) fn segment(&self) -> Arc<str> {
        let reference = &self.resource.reference;
        if &*reference.type_name == "Class" {
            ficelle_model::qualified::capitalize(&reference.title)
        } else {
            reference.to_string().into()
        }
    }

    /// How the log calls it: classes are capitalised, whatever the catalog has.
    pub(crate) fn name(&self) -> String {
        let reference = &self.resource.reference;
        if &*reference.type_name == "Class" {
            let title = ficelle_model::qualified::capitalize(&reference.title);
            format!("Class[{title}]")
        } else {
            reference.to_string()
        }
    }

    /// What the log names as the source of its lines.
    pub(crate) fn source(&self) -> Arc<str> {
        if self.is_anchor() {
            self.name().into()
        } else {
            Arc::clone(&self.path)
        }
    }
}

/// The other names of a resource.
pub(super) fn aliases(resource: &Resource) -> Vec<String> {
    let own = &*resource.reference.title;
    let mut names = match parameter(resource, "alias") {
        Some(value) => texts(value),
        None => Vec::new(),
    };
    names.retain(|name| name != own);
    names
}

fn audit(resource: &Resource) -> Audit {
    let Some(value) = parameter(resource, "audit") else {
        return Audit::None;
    };
    let names = texts(value);
    if names.iter().any(|name| name == "all") {
        Audit::All
    } else {
        Audit::Properties(names)
    }
}

fn parameter<'a>(resource: &'a Resource, name: &str) -> Option<&'a Data> {
    let value = resource.parameters.get(name)?;
    (*value != Data::Undef).then_some(value)
}

fn texts(data: &Data) -> Vec<String> {
    match data {
        Data::String(text) => vec![text.to_string()],
        Data::Array(elements) => elements.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
