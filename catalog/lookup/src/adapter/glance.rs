//! A glance at what has been read already: most parameters of classes stand in no data at all, and
//! a class has dozens.

use std::rc::Rc;

use ficelle_language::{Value, error::Evaluated, values::Key as Name};

use super::{Invocation, Lookup};
use crate::{
    hierarchy::{Backend, Entry, Hierarchy, entry::Location},
    key::Key,
    options,
};

impl Lookup {
    /// Whether nothing has a value for a parameter, nor options, as far as the data that was read
    /// for other keys tells. Where that does not tell, or somebody wants to know why, the key is to
    /// be looked up.
    pub(super) fn is_unheard_of(&self, invocation: &Invocation<'_>, key: &Key) -> Evaluated<bool> {
        if self.trace.is_on() {
            return Ok(false);
        }
        let module = key.module.as_deref().unwrap_or_default();
        let key = &*key.text;
        let (Some(hierarchies), Some(options)) = (
            self.hierarchies.borrow().of_key(module),
            self.options.borrow().of_key(module),
        ) else {
            return Ok(false);
        };
        if options::of(&options, key).is_some() {
            return Ok(false);
        }
        for hierarchy in hierarchies.iter().flatten() {
            if !is_silent(invocation, hierarchy, key)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn is_silent(invocation: &Invocation<'_>, hierarchy: &Rc<Hierarchy>, key: &str) -> Evaluated<bool> {
    if !hierarchy.defaults.is_empty() {
        return Ok(false);
    }
    for entry in &hierarchy.entries {
        if !has_nothing(invocation, entry, key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn has_nothing(invocation: &Invocation<'_>, entry: &Entry, key: &str) -> Evaluated<bool> {
    if !matches!(entry.backend, Backend::DataHash(_)) {
        return Ok(false);
    }
    let Some(places) = entry.known_places(invocation)? else {
        return Ok(false);
    };
    Ok(places.iter().all(|place| match &place.location {
        Location::Path { exists: false, .. } => true,
        _ => match place.data.get() {
            Some(Value::Hash(hash)) => !hash.contains_key(&Name(key)),
            Some(_) => true,
            None => false,
        },
    }))
}
