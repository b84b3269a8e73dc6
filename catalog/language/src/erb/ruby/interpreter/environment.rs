//! Where local variables live.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use smallvec::SmallVec;

use crate::erb::ruby::value::{self, Procedure, Value};

/// Mostly a block's parameter or two.
type Variables = SmallVec<[(Arc<str>, Value); 2]>;

/// The variables of a body, and those around it.
#[derive(Debug)]
pub(in crate::erb::ruby) struct Environment {
    variables: RefCell<Variables>,
    parent: Option<Rc<Environment>>,
    pub(super) frame: Rc<Frame>,
}

/// The call of a method or lambda, to which `return` and `yield` belong.
#[derive(Debug)]
pub(super) struct Frame {
    pub id: u64,
    pub block: Option<Rc<Procedure>>,
}

impl Environment {
    pub(super) fn new(parent: Option<Rc<Environment>>, frame: Rc<Frame>) -> Rc<Self> {
        Rc::new(Self {
            variables: RefCell::default(),
            parent,
            frame,
        })
    }

    /// What a variable holds; nil where it is not known.
    pub(super) fn get(&self, name: &Arc<str>) -> Value {
        let mut next = Some(self);
        while let Some(environment) = next {
            let variables = environment.variables.borrow();
            if let Some((_, value)) = variables.iter().find(|(known, _)| is(known, name)) {
                return value.clone();
            }
            next = environment.parent.as_deref();
        }
        Value::Nil
    }

    /// Sets a variable where it is known, else here.
    pub(super) fn set(&self, name: &Arc<str>, value: Value) {
        let mut environment = self;
        loop {
            let mut variables = environment.variables.borrow_mut();
            if let Some((_, slot)) = variables.iter_mut().find(|(known, _)| is(known, name)) {
                let before = std::mem::replace(slot, value);
                drop(variables);
                drop(before);
                return;
            }
            match environment.parent.as_deref() {
                Some(parent) => {
                    drop(variables);
                    environment = parent;
                }
                None => break,
            }
        }
        self.set_here(name, value);
    }

    /// Sets a variable of this very body.
    pub(super) fn set_here(&self, name: &Arc<str>, value: Value) {
        let mut variables = self.variables.borrow_mut();
        match variables.iter_mut().find(|(known, _)| is(known, name)) {
            Some((_, slot)) => *slot = value,
            None => variables.push((name.clone(), value)),
        }
    }

    /// Forgets everything: a lambda in a variable of its own surroundings would live for ever.
    pub(super) fn clear(&self) {
        let variables = std::mem::take(&mut *self.variables.borrow_mut());
        value::dispose(variables.into_iter().map(|(_, value)| value));
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        let variables = self.variables.get_mut();
        if variables.iter().any(|(_, value)| value::is_nested(value)) {
            let variables = std::mem::take(variables);
            value::dispose(variables.into_iter().map(|(_, value)| value));
        }
    }
}

/// Whether two names are the same. All places of a variable mostly share one.
fn is(known: &Arc<str>, name: &Arc<str>) -> bool {
    Arc::ptr_eq(known, name) || known == name
}
