//! One question, with what surrounds it: who asks, what led to it, what the call brought along.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use ficelle_language::{
    Value,
    error::{Error, Evaluated},
    evaluator::variables::is_reserved,
};

use crate::{
    LookupHost,
    hierarchy::Layer,
    key::{Key, failure},
};

/// How many questions may lead to a question: far more than data needs, and far fewer than fit a
/// stack.
const DEEPEST: usize = 100;

/// One question, and the questions that led to it.
#[derive(Clone)]
pub(crate) struct Invocation<'h> {
    pub host: &'h dyn LookupHost,
    pub(super) names: Rc<Vec<Arc<str>>>,
    bound: Option<(Arc<str>, Value)>,
    pub(super) layers: Layers,
    given: Option<Rc<Given>>,
    /// Keeps which variables were asked for.
    watch: Option<Rc<RefCell<Seen>>>,
}

/// Variables that were asked for, and what they were.
pub(crate) type Seen = Vec<(Arc<str>, Option<Value>)>;

/// Values that the call brought along.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// Before all data.
    pub overrides: Option<Value>,
    /// After all data.
    pub defaults: Option<Value>,
}

/// Which layers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layers {
    All,
    /// As the functions of Hiera 3 ask where an environment has no data of its own.
    Global,
}

impl Layers {
    /// The layers that may know a key, the strongest first.
    pub fn of(self, key: &Key) -> Vec<Layer> {
        let mut layers = Vec::with_capacity(3);
        layers.push(Layer::Global);
        if self == Self::All {
            layers.push(Layer::Environment);
            layers.extend(key.module.clone().map(Layer::Module));
        }
        layers
    }
}

impl<'h> Invocation<'h> {
    pub fn new(host: &'h dyn LookupHost, layers: Layers) -> Self {
        Self {
            host,
            names: Rc::default(),
            bound: None,
            layers,
            given: None,
            watch: None,
        }
    }

    /// The same, keeping which variables are asked for.
    pub fn watched(&self) -> (Self, Rc<RefCell<Seen>>) {
        let seen = Rc::<RefCell<Seen>>::default();
        let watched = Self {
            watch: Some(Rc::clone(&seen)),
            ..self.clone()
        };
        (watched, seen)
    }

    /// Whether variables are what they were.
    pub fn still_sees(&self, seen: &Seen) -> Evaluated<bool> {
        let is_plain = self.bound.is_none() && self.overrides().is_none();
        for (name, before) in seen {
            if is_plain && is_reserved(name) {
                continue;
            }
            if !same(before.as_ref(), self.variable(name)?.as_ref()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same with the questions that led to it.
    pub fn after(self, names: Rc<Vec<Arc<str>>>) -> Self {
        Self { names, ..self }
    }

    /// The same with values that the call brought along.
    pub fn with_given(self, given: Given) -> Self {
        Self {
            given: Some(Rc::new(given)),
            ..self
        }
    }

    /// The value that the call brought along to go before all data.
    pub fn overriding(&self, name: &str) -> Option<Value> {
        self.overrides()?.get(name).cloned()
    }

    /// The value that the call brought along for what is not found.
    pub fn default(&self, name: &str) -> Option<Value> {
        let given = self.given.as_ref()?;
        given.defaults.as_ref()?.get(name).cloned()
    }

    fn overrides(&self) -> Option<&Value> {
        self.given.as_ref()?.overrides.as_ref()
    }

    /// A question within this one.
    pub fn nested(&self, name: &Arc<str>) -> Result<Self, Error> {
        let mut names = Vec::clone(&self.names);
        if names.contains(name) {
            let chain = names.join(", ");
            return Err(failure(format!("Recursive lookup detected in [{chain}]")));
        }
        if names.len() == DEEPEST {
            let first = &names[0];
            return Err(failure(format!(
                "Lookups are nested more than {DEEPEST} deep, from '{first}' to '{name}'"
            )));
        }
        names.push(Arc::clone(name));
        Ok(Self {
            names: Rc::new(names),
            ..self.clone()
        })
    }

    /// The same with a variable of its own (`mapped_paths`).
    pub fn with_variable(&self, name: &Arc<str>, value: Value) -> Self {
        Self {
            bound: Some((Arc::clone(name), value)),
            ..self.clone()
        }
    }

    pub fn variable(&self, name: &str) -> Evaluated<Option<Value>> {
        let value = match &self.bound {
            Some((bound, value)) if **bound == *name => Some(value.clone()),
            _ => match self.overriding(name) {
                Some(value) => Some(value),
                None => self.host.variable(name)?.or_else(|| self.default(name)),
            },
        };
        if let Some(watch) = &self.watch {
            watch.borrow_mut().push((name.into(), value.clone()));
        }
        Ok(value)
    }
}

/// Whether two values are the same; compounds where they are one thing in memory.
fn same(before: Option<&Value>, now: Option<&Value>) -> bool {
    match (before, now) {
        (None, None) => true,
        (Some(Value::Hash(before)), Some(Value::Hash(now))) => Arc::ptr_eq(before, now),
        (Some(Value::Array(before)), Some(Value::Array(now))) => Arc::ptr_eq(before, now),
        (Some(before), Some(now)) => before == now,
        _ => false,
    }
}
