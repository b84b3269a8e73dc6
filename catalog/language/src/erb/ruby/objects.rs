//! Objects that a template shares with its scope.
//!
//! Ruby hands the scope's own objects to a template: what is read twice is one object, and a
//! template that changes it in place changes what the manifest, and every other template, sees.

use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{
    convert,
    interpreter::Run,
    value::{Entries, Value},
};
use crate::{erb::TemplateScope, values::Value as PuppetValue};

/// How many objects a template mostly reads, at most.
const ROOM: usize = 8;

/// What a rendering, with the templates that it renders within, has read from its scope.
#[derive(Default)]
pub(super) struct Objects {
    /// By the address of the value, which a root keeps alive.
    by_address: FxHashMap<usize, Value>,
    roots: Vec<Root>,
    /// Variables that the templates have set.
    set: Vec<Arc<str>>,
    /// What was handed back: the value before and after.
    settled: Vec<(Arc<str>, PuppetValue, PuppetValue)>,
    /// Whether any object was changed in place since the last look.
    pub(super) is_changed: bool,
}

/// A variable's value and the object that stands for it.
struct Root {
    name: Arc<str>,
    value: PuppetValue,
    object: Value,
}

impl Objects {
    /// With room for what a template mostly reads.
    pub(super) fn new() -> Self {
        Self {
            by_address: FxHashMap::with_capacity_and_hasher(ROOM, FxBuildHasher),
            roots: Vec::with_capacity(ROOM),
            ..Self::default()
        }
    }

    /// The object for what a variable holds.
    pub(super) fn of(&mut self, name: &Arc<str>, value: PuppetValue) -> Value {
        let Some(address) = address(&value) else {
            return convert::to_ruby(&value);
        };
        if let Some(object) = self.by_address.get(&address) {
            return object.clone();
        }
        let object = match &value {
            PuppetValue::String(_) => convert::to_ruby(&value),
            nested => self.made(nested),
        };
        self.keep(name.clone(), value, object.clone());
        object
    }

    /// Keeps the object that a variable was set to.
    pub(super) fn set(&mut self, name: &Arc<str>, value: PuppetValue, object: Value) {
        self.set.push(name.clone());
        self.keep(name.clone(), value, object);
    }

    fn keep(&mut self, name: Arc<str>, value: PuppetValue, object: Value) {
        let Some(address) = address(&value) else {
            return;
        };
        self.by_address.insert(address, object.clone());
        self.roots.push(Root {
            name,
            value,
            object,
        });
    }

    /// As [`convert::to_ruby`], one object for one value. (Strings within others are not worth it.)
    fn made(&mut self, value: &PuppetValue) -> Value {
        let nested_address = match value {
            PuppetValue::Array(_) | PuppetValue::Hash(_) => address(value),
            _ => None,
        };
        if let Some(object) = nested_address.and_then(|address| self.by_address.get(&address)) {
            return object.clone();
        }
        let object = match value {
            PuppetValue::Array(elements) => {
                Value::list(elements.iter().map(|element| self.made(element)).collect())
            }
            PuppetValue::Hash(entries) => {
                let entry = |(key, value): (&PuppetValue, &PuppetValue)| {
                    (convert::to_ruby(key).into_key(), self.made(value))
                };
                Value::map(entries.iter().map(entry).collect::<Entries>())
            }
            other => return convert::to_ruby(other),
        };
        if let Some(address) = nested_address {
            self.by_address.insert(address, object.clone());
        }
        object
    }

    /// Hands back to the scope what was changed in place.
    pub(super) fn settle(&mut self, scope: &dyn TemplateScope) -> Run<()> {
        if !std::mem::take(&mut self.is_changed) {
            return Ok(());
        }
        for root in &mut self.roots {
            if convert::is_plainly(&root.object, &root.value) {
                continue;
            }
            let after = convert::to_puppet(&root.object)?;
            if after == root.value {
                continue;
            }
            scope.changed(&root.name, &root.value, &after);
            if let Some(address) = address(&after) {
                self.by_address.insert(address, root.object.clone());
            }
            // The value before stays alive in here, and with it its address.
            let before = std::mem::replace(&mut root.value, after.clone());
            self.settled.push((root.name.clone(), before, after));
        }
        Ok(())
    }

    /// Takes everything back: somebody else will render from the start.
    pub(super) fn undo(&mut self, scope: &dyn TemplateScope) {
        for (name, before, after) in self.settled.drain(..).rev() {
            scope.changed(&name, &after, &before);
        }
        for name in self.set.drain(..) {
            scope.forget(&name);
        }
    }
}

/// Where a value that can be changed in place lives.
fn address(value: &PuppetValue) -> Option<usize> {
    match value {
        PuppetValue::String(text) => Some(Arc::as_ptr(text).cast::<u8>() as usize),
        PuppetValue::Array(elements) => Some(Arc::as_ptr(elements) as usize),
        PuppetValue::Hash(entries) => Some(Arc::as_ptr(entries) as usize),
        _ => None,
    }
}
