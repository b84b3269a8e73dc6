//! What a lookup did, as a tree: for those who ask why a key has its value, or has none.
//!
//! The words and the shape are those of `puppet lookup --explain`, in its text and in its JSON.

mod text;
mod wire;

use std::{cell::RefCell, sync::Arc};

use ficelle_language::Value;

use crate::merge::Merge;

/// What a lookup did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    steps: Vec<Step>,
}

/// A step, and the steps that were made within it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    kind: Kind,
    steps: Vec<Step>,
    event: Option<Event>,
    /// What a back end says of itself.
    texts: Vec<Arc<str>>,
}

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A key is searched for.
    Key(Arc<str>),
    /// The options in the data say how to merge.
    MergeSource,
    /// Several places are merged.
    Merge(Merge),
    /// A layer, with its configuration file.
    Layer {
        name: String,
        configuration: Option<Arc<str>>,
        module: Option<Arc<str>>,
    },
    /// A module that has no say.
    Module { name: Arc<str>, exists: bool },
    /// A level of a hierarchy.
    Level(Arc<str>),
    /// A file of a level.
    Path { original: Arc<str>, path: Arc<str> },
    /// A URI of a level.
    Uri { original: Arc<str>, uri: Arc<str> },
    /// `%{…}` in a text.
    Interpolation(Arc<str>),
    /// Anything that has a heading only.
    Section(String),
    /// The way into a value.
    SubKey(String),
    /// One part of that way.
    Segment,
    /// A value is converted.
    Conversion(String),
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    Found { key: Arc<str>, value: Value },
    NotFound { key: Arc<str> },
    LocationNotFound,
    Merged(Value),
}

/// Takes down what lookups do, where somebody asked for it.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// The steps that are under way, the innermost last; nobody asked where it is empty.
    open: RefCell<Vec<Step>>,
}

impl Step {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            steps: Vec::new(),
            event: None,
            texts: Vec::new(),
        }
    }
}

impl Trace {
    /// Starts to take down.
    pub fn start(&self) {
        let root = Step::new(Kind::Section(String::new()));
        self.open.replace(vec![root]);
    }

    /// Ends, and gives what was taken down.
    pub fn finish(&self) -> Explanation {
        let root = self.open.take().into_iter().next();
        Explanation {
            steps: root.map(|root| root.steps).unwrap_or_default(),
        }
    }

    /// Whether somebody asked.
    pub fn is_on(&self) -> bool {
        !self.open.borrow().is_empty()
    }

    /// Does something as a step.
    pub fn within<T>(&self, kind: impl FnOnce() -> Kind, body: impl FnOnce() -> T) -> T {
        if !self.is_on() {
            return body();
        }
        self.open.borrow_mut().push(Step::new(kind()));
        let result = body();
        let mut open = self.open.borrow_mut();
        if let Some(step) = open.pop()
            && let Some(outer) = open.last_mut()
        {
            match step.kind {
                // Of one place, or none, there is nothing to merge.
                Kind::Merge(_) if step.steps.len() < 2 => outer.steps.extend(step.steps),
                _ => outer.steps.push(step),
            }
        }
        result
    }

    /// A step in which nothing further happens.
    pub fn step(&self, kind: impl FnOnce() -> Kind) {
        self.within(kind, || ());
    }

    /// What came of the step that is under way.
    pub fn event(&self, event: impl FnOnce() -> Event) {
        if let Some(step) = self.open.borrow_mut().last_mut() {
            step.event = Some(event());
        }
    }

    /// Whether a key was found in the place that is under way.
    pub fn outcome(&self, key: &Arc<str>, found: Option<&Value>) {
        let key = || Arc::clone(key);
        self.event(|| match found {
            Some(value) => Event::Found {
                key: key(),
                value: value.clone(),
            },
            None => Event::NotFound { key: key() },
        });
    }

    /// What a back end says of the step that is under way.
    pub fn text(&self, text: &str) {
        if let Some(step) = self.open.borrow_mut().last_mut() {
            step.texts.push(text.into());
        }
    }
}
