//! The resources of a catalog in the making: a table by reference, and how they contain each
//! other. Values are still the language's; [`super::finish`] turns them into data.

use std::{
    cell::{Ref, RefCell, RefMut},
    collections::hash_map::Entry,
    rc::Rc,
    sync::Arc,
};

use ficelle_language::{Scope, Value};
use ficelle_model::{Reference, names::NameMap};
use ficelle_syntax::source::Source as Text;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{
    frame::Frame,
    kinds::Kind,
    tags::{self, Tags},
};

/// A resource's place in the [`Table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ResourceId(u32);

impl ResourceId {
    /// `Stage[main]`, `Class[settings]` and `Class[main]`, which every catalog begins with.
    pub(super) const FIRST: [Self; 3] = [Self(0), Self(1), Self(2)];
}

/// Whose code it is: overriding a parameter is a right of the code that set it, and of subclasses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// The top level.
    Main,
    /// A class, by name.
    Class(Arc<str>),
    /// A defined type, by name.
    Define(Arc<str>),
    /// A node definition, by name.
    Node(Arc<str>),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Main => f.write_str("Class[main]"),
            Self::Class(name) => write!(f, "Class[{}]", ficelle_model::qualified::capitalize(name)),
            Self::Define(name) => f.write_str(&ficelle_model::qualified::capitalize(name)),
            Self::Node(name) => write!(f, "Node[{name}]"),
        }
    }
}

/// Parameters by name, in the order of declaration.
pub(super) type Parameters = NameMap<Parameter>;

/// A parameter as it was given.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub value: Value,
    pub origin: Rc<Origin>,
    pub line: Line,
    pub mode: Mode,
}

impl Parameter {
    /// The line that it stands in.
    pub(super) fn line(&self) -> Option<u32> {
        match self.line {
            Line::Unknown => None,
            Line::Is(line) => Some(line),
            Line::Of(offset) => Some(self.origin.text.as_ref()?.line(offset)),
        }
    }
}

/// The line of a parameter. Only messages tell it: there it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line {
    /// It stands nowhere.
    Unknown,
    /// This one, from 1.
    Is(u32),
    /// That of a byte in the origin's text.
    Of(u32),
}

/// Where parameters come from: all those of a resource expression from the same place.
#[derive(Debug)]
pub(super) struct Origin {
    /// Whose code it is.
    pub source: Source,
    /// The file, where it is known.
    pub file: Option<Arc<str>>,
    /// The text of the code.
    pub text: Option<Arc<Text>>,
}

impl Origin {
    /// Code of which no place is told.
    pub(super) fn unplaced(source: Source) -> Rc<Self> {
        Rc::new(Self {
            source,
            file: None,
            text: None,
        })
    }
}

/// What an override does to a value that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `=>`
    Replace,
    /// `+>`
    Append,
}

/// How far a resource is in the compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Declared; the body of a define or class is still to come.
    Declared,
    /// Its body was (or is being) evaluated.
    Evaluated,
}

/// A resource that was declared.
#[derive(Debug)]
pub(super) struct Declared {
    pub reference: Reference,
    /// The title, where it is no string: `create_resources` takes the keys of any hash.
    pub odd_title: Option<Value>,
    pub kind: Kind,
    pub parameters: Parameters,
    pub tags: Tags,
    /// The scope of the declaration, for a body that is still to be evaluated in it.
    pub scope: Option<Rc<Scope>>,
    /// What is around the declaration.
    pub frame: Rc<Frame>,
    /// Whose code may set its parameters, and so where what it sets by itself comes from.
    pub origin: Rc<Origin>,
    pub file: Option<Arc<str>>,
    pub line: Option<u32>,
    pub is_virtual: bool,
    pub exported: bool,
    pub stage: Stage,
    /// What the catalog says it is.
    pub label: &'static str,
    /// Whether the tags of its surroundings have been taken over.
    pub scope_tagged: bool,
    /// From whom tags were taken last, and how many it had: they are never taken away again.
    pub taken_tags: Option<(ResourceId, usize)>,
    /// The node it was collected from.
    pub collected: bool,
}

impl Declared {
    /// The name that the resource manages: its namevar's value, else what its title says.
    pub(super) fn name(&self) -> Arc<str> {
        let given = [self.kind.namevar(), "name"]
            .into_iter()
            .find_map(|namevar| match self.parameters.get(namevar)?.value {
                Value::String(ref name) => Some(name.clone()),
                _ => None,
            });
        let name = given.unwrap_or_else(|| self.reference.title.clone());
        self.kind.normalize_name(name)
    }

    /// The parameters that its definition's defaults may have left undef: those are not among
    /// `parameters`.
    pub(super) fn left_undef(&self) -> impl Iterator<Item = &Arc<str>> {
        let formals = match self.stage {
            Stage::Declared => &[],
            Stage::Evaluated => self.kind.formals(),
        };
        let left = formals.iter().filter(|formal| formal.default.is_some());
        let left = left.map(|formal| &formal.name);
        left.filter(|name| !self.parameters.contains_key(name))
    }

    /// Puts another value wherever a parameter holds the very value `before`.
    pub(super) fn exchange(&mut self, before: &Value, after: &Value) {
        for parameter in self.parameters.values_mut() {
            if parameter.value.is_same(before) {
                parameter.value = after.clone();
            }
        }
    }

    /// Sets a parameter; `tag` tags the resource too.
    pub(super) fn set(&mut self, name: Arc<str>, parameter: Parameter) -> Result<(), String> {
        if name.as_ref() == "tag" {
            tags::add_value(&mut self.tags, &parameter.value)?;
        }
        self.parameters.insert(name, parameter);
        Ok(())
    }

    /// The value of a parameter; the title under `title`.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        if name == "title" {
            return Some(Value::String(self.reference.title.clone()));
        }
        self.parameters
            .get(name)
            .map(|parameter| parameter.value.clone())
    }
}

/// How a resource stands to others.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// What it contains directly, in order.
    pub contents: Vec<ResourceId>,
    /// What contains it directly, in order: one, but for classes that are contained and in stages.
    pub containers: SmallVec<[ResourceId; 2]>,
}

/// Resources by their ids. They are large, and go through many hands until they are here.
type Entries = Vec<Box<Declared>>;

/// The resources of a catalog.
pub(super) struct Table {
    entries: RefCell<Entries>,
    by_reference: RefCell<FxHashMap<Reference, ResourceId>>,
    /// For each resource, by its id.
    places: RefCell<Vec<Place>>,
    /// What has a body that may still be to be evaluated, in order.
    waiting: RefCell<Vec<ResourceId>>,
}

/// A resource cannot be added.
pub(super) enum Refusal {
    /// The reference is taken.
    Duplicate {
        /// What cannot be added.
        refused: Box<Declared>,
        /// Who has it.
        existing: ResourceId,
    },
    /// An alias is taken.
    Alias {
        /// The alias.
        alias: Alias,
        /// What cannot be added.
        refused: Box<Declared>,
        /// Who has it.
        existing: ResourceId,
    },
}

/// A title that a resource has beside its own.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    /// The title.
    pub key: Arc<str>,
    /// Where it comes from.
    pub is: AliasKind,
}

/// Where an alias comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AliasKind {
    /// `alias` gives it.
    Title,
    /// It is the resource's name.
    Name,
    /// It is all that names the resource, as a message lists it.
    FullName,
}

impl Alias {
    /// How a message shows it.
    pub(super) fn shown(&self) -> String {
        match self.is {
            AliasKind::Title => self.listed(),
            AliasKind::Name | AliasKind::FullName => format!("[{}]", self.listed()),
        }
    }

    /// How a message shows it in a list.
    pub(super) fn listed(&self) -> String {
        match self.is {
            AliasKind::Title | AliasKind::Name => format!("\"{}\"", self.key),
            AliasKind::FullName => self.key.to_string(),
        }
    }
}

impl Table {
    /// With room for so many.
    pub(super) fn with_capacity(resources: usize) -> Self {
        let by_reference = FxHashMap::with_capacity_and_hasher(resources, Default::default());
        Self {
            entries: RefCell::new(Vec::with_capacity(resources)),
            by_reference: RefCell::new(by_reference),
            places: RefCell::new(Vec::with_capacity(resources)),
            waiting: RefCell::default(),
        }
    }

    /// Adds a resource under its reference and its aliases.
    pub(super) fn add(
        &self,
        resource: Box<Declared>,
        aliases: &[Alias],
    ) -> Result<ResourceId, Refusal> {
        let mut by_reference = self.by_reference.borrow_mut();
        let mut entries = self.entries.borrow_mut();
        let id = ResourceId(entries.len() as u32);
        match by_reference.entry(resource.reference.clone()) {
            Entry::Vacant(place) => place.insert(id),
            Entry::Occupied(existing) => {
                return Err(Refusal::Duplicate {
                    existing: *existing.get(),
                    refused: resource,
                });
            }
        };
        for alias in aliases {
            if alias.key == resource.reference.title {
                continue;
            }
            let reference = Reference {
                type_name: resource.reference.type_name.clone(),
                title: alias.key.clone(),
            };
            let existing = *by_reference.entry(reference).or_insert(id);
            if existing != id {
                by_reference.remove(&resource.reference);
                return Err(Refusal::Alias {
                    alias: alias.clone(),
                    refused: resource,
                    existing,
                });
            }
        }
        if resource.kind.has_body() {
            self.waiting.borrow_mut().push(id);
        }
        entries.push(resource);
        self.places.borrow_mut().push(Place::default());
        Ok(id)
    }

    /// The resource of a reference or an alias.
    pub(super) fn find(&self, reference: &Reference) -> Option<ResourceId> {
        self.by_reference.borrow().get(reference).copied()
    }

    /// A resource, to look at.
    pub(super) fn get(&self, id: ResourceId) -> Ref<'_, Declared> {
        Ref::map(self.entries.borrow(), |entries| &*entries[id.0 as usize])
    }

    /// A resource, to change.
    pub(super) fn get_mut(&self, id: ResourceId) -> RefMut<'_, Declared> {
        RefMut::map(self.entries.borrow_mut(), |entries| {
            &mut *entries[id.0 as usize]
        })
    }

    /// Gives the tags of one resource to another too.
    pub(super) fn share_tags(&self, from: ResourceId, to: ResourceId) {
        let mut entries = self.entries.borrow_mut();
        let taken = (from, entries[from.0 as usize].tags.len());
        if entries[to.0 as usize].taken_tags == Some(taken) {
            return;
        }
        let [from, to] = [from, to].map(|id| id.0 as usize);
        if let Ok([from, to]) = entries.get_disjoint_mut([from, to]) {
            to.tags.extend_from(&from.tags);
            to.taken_tags = Some(taken);
        }
    }

    /// Every resource that has been added, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = ResourceId> + use<> {
        (0..self.len()).map(|index| ResourceId(index as u32))
    }

    /// What has a body that waits to be evaluated, in order; what is virtual waits on.
    pub(super) fn pending(&self) -> Vec<ResourceId> {
        let entries = self.entries.borrow();
        let mut waiting = self.waiting.borrow_mut();
        waiting.retain(|id| entries[id.0 as usize].stage == Stage::Declared);
        let pending = waiting.iter().copied();
        pending
            .filter(|id| !entries[id.0 as usize].is_virtual)
            .collect()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// `container` contains `contained`.
    pub(super) fn contain(&self, container: ResourceId, contained: ResourceId) {
        let mut places = self.places.borrow_mut();
        let containers = &mut places[contained.0 as usize].containers;
        if !containers.contains(&container) {
            containers.push(container);
            places[container.0 as usize].contents.push(contained);
        }
    }

    /// What a resource contains directly, and what contains it.
    pub(super) fn place(&self, id: ResourceId) -> Ref<'_, Place> {
        Ref::map(self.places.borrow(), |places| &places[id.0 as usize])
    }

    /// Everything, which is gone from here then.
    pub(super) fn take(&self) -> (Entries, Vec<Place>) {
        (self.entries.take(), self.places.take())
    }
}

impl std::ops::Index<ResourceId> for [Box<Declared>] {
    type Output = Declared;

    fn index(&self, id: ResourceId) -> &Declared {
        &self[id.0 as usize]
    }
}
