//! The variables of one scope.

use std::sync::Arc;

use ficelle_model::names::{Kind, NameMap};
use ficelle_syntax::ast::Variable;

use super::places::{self, Places};
use crate::values::Value;

/// Values by name. A body that is evaluated again and again knows most of its variables before:
/// those have their places; what else turns up goes by its own name.
#[derive(Default)]
pub(super) struct Variables {
    known: Option<Arc<Places>>,
    /// For each of the known names, what it stands for once it is set.
    values: Vec<Option<Value>>,
    others: NameMap<Value>,
}

impl Variables {
    /// Of a body whose variables have these names, among others.
    pub fn known(places: Arc<Places>) -> Self {
        Self {
            values: vec![None; places.names().len()],
            known: Some(places),
            others: NameMap::default(),
        }
    }

    /// The place of a name, where it is one of the known.
    fn place(&self, kind: Kind, name: &str) -> Option<usize> {
        self.known.as_ref()?.of(kind, name)
    }

    fn place_of(&self, variable: &Variable) -> Option<usize> {
        self.known.as_ref()?.of_variable(variable)
    }

    /// The value of a variable.
    pub fn get(&self, kind: Kind, name: &str) -> Option<&Value> {
        match self.place(kind, name) {
            Some(place) => self.values[place].as_ref(),
            None => self.others.get_of(kind, name),
        }
    }

    /// As [`Self::get`], of a variable in a tree.
    #[inline]
    pub fn get_of(&self, variable: &Variable) -> Option<&Value> {
        match self.place_of(variable) {
            Some(place) => self.values[place].as_ref(),
            None if self.others.is_empty() => None,
            None => self.others.get_of(places::kind(variable), variable.leaf()),
        }
    }

    /// For each place, the value of its variable.
    pub fn places(&self) -> &[Option<Value>] {
        &self.values
    }

    /// Sets or replaces a variable that has a place.
    pub fn put(&mut self, place: usize, value: Value) {
        self.values[place] = Some(value);
    }

    /// Sets a variable, unless it is set already; whether it was not.
    pub fn set(&mut self, name: Arc<str>, value: Value) -> bool {
        match self.place(Kind::of(&name), &name) {
            Some(place) => self.put_new(place, value),
            None => self.others.insert_new(name, value).is_ok(),
        }
    }

    /// As [`Self::set`], of a variable in a tree.
    pub fn set_of(&mut self, variable: &Variable, value: Value) -> bool {
        match self.place_of(variable) {
            Some(place) => self.put_new(place, value),
            None => self.others.insert_new(variable.name.clone(), value).is_ok(),
        }
    }

    fn put_new(&mut self, place: usize, value: Value) -> bool {
        let is_free = self.values[place].is_none();
        if is_free {
            self.put(place, value);
        }
        is_free
    }

    /// Sets or replaces a variable.
    pub fn replace(&mut self, name: Arc<str>, value: Value) {
        match self.place(Kind::of(&name), &name) {
            Some(place) => self.put(place, value),
            None => {
                self.others.insert(name, value);
            }
        }
    }

    /// Takes a variable out.
    pub fn remove(&mut self, name: &str) {
        match self.place(Kind::of(name), name) {
            Some(place) => self.values[place] = None,
            None => {
                self.others.remove(name);
            }
        }
    }

    /// Every value, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        let known = self.values.iter_mut().flatten();
        known.chain(self.others.values_mut())
    }

    /// Names and values of what is set: those that have places first.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        let names = self.known.iter().flat_map(|places| places.names().iter());
        let known = names.zip(&self.values);
        let known = known.filter_map(|(name, value)| Some((name, value.as_ref()?)));
        known.chain(self.others.iter())
    }
}
