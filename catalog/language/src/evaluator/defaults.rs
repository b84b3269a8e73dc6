//! Defaults of parameters, which may read the parameters before them and no others.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
};

use ficelle_model::qualified::is_qualified;
use ficelle_syntax::ast::{Expression, ExpressionKind, Parameter};

use super::{Evaluator, closure::is_constant_type};
use crate::{
    error::{Error, Evaluated},
    scope::{Places, Scope},
};

/// The parameters of one call or one resource, whose values become variables one by one.
pub struct Defaults<'p> {
    parameters: &'p [Parameter],
    places: OnceCell<Arc<Places>>,
}

/// A list of parameters, and the scope where those that have a value have it.
struct List {
    scope: Rc<Scope>,
    places: Arc<Places>,
}

/// The defaults that are being evaluated, outermost first.
#[derive(Default)]
pub(super) struct Pending {
    lists: RefCell<Vec<List>>,
    /// A parameter without a value that was read, and whose list it is of.
    early: RefCell<Option<(usize, Arc<str>)>>,
}

impl<'p> Defaults<'p> {
    /// Of these parameters.
    pub fn new(parameters: &'p [Parameter]) -> Self {
        Self {
            parameters,
            places: OnceCell::new(),
        }
    }

    /// Of these parameters, which come first among the places of a body.
    pub fn placed(parameters: &'p [Parameter], places: &Arc<Places>) -> Self {
        Self {
            parameters,
            places: Arc::clone(places).into(),
        }
    }

    /// The value of a parameter that was given none. `scope` has the variables of those that
    /// have one.
    ///
    /// # Errors
    /// The default reads a parameter that has no value yet, or raises something.
    pub fn value(
        &self,
        evaluator: &Evaluator<'_>,
        parameter: &Parameter,
        default: &Expression,
        scope: &Rc<Scope>,
        callee: impl FnOnce() -> String,
    ) -> Evaluated {
        if reads_nothing(default) {
            return evaluator.evaluate(default, scope);
        }
        let places = self.places.get_or_init(|| {
            let names = self.parameters.iter();
            let names = names.map(|parameter| parameter.name.clone());
            Arc::new(Places::new(names.collect(), self.parameters.len()))
        });
        let pending = &evaluator.pending;
        let list = pending.lists.borrow().len();
        pending.lists.borrow_mut().push(List {
            scope: scope.clone(),
            places: places.clone(),
        });
        let value = evaluator.evaluate(default, scope);
        pending.lists.borrow_mut().pop();
        let early = pending.early.borrow_mut().take_if(|(of, _)| *of >= list);
        match (value, early) {
            (Err(_), Some((_, early))) => {
                let (from, callee) = (&parameter.name, callee());
                let place = |name: &Arc<str>| places.of_parameter(name);
                Err(Error::new(if place(&early) < place(from) {
                    format!("{callee}: expects a value for parameter ${early}")
                } else {
                    format!(
                        "{callee}: default expression for ${from} tries to illegally access not \
                         yet evaluated ${early}"
                    )
                })
                .into())
            }
            (value, _) => value,
        }
    }
}

impl Pending {
    /// Whether `name`, as seen from `scope`, is a parameter that has no value yet.
    #[inline]
    pub fn is_early(&self, name: &str, scope: &Scope) -> bool {
        !self.lists.borrow().is_empty() && self.is_listed(name, scope)
    }

    #[cold]
    fn is_listed(&self, name: &str, scope: &Scope) -> bool {
        let lists = self.lists.borrow();
        let mut current = Some(scope);
        while let Some(scope) = current {
            if scope.own_variable(name).is_some() {
                return false;
            }
            let found = lists.iter().enumerate().find_map(|(at, list)| {
                let is_of = std::ptr::eq(&*list.scope, scope);
                let is_early = is_of && list.places.of_parameter(name).is_some();
                is_early.then(|| (at, name.into()))
            });
            if found.is_some() {
                *self.early.borrow_mut() = found;
                return true;
            }
            current = scope.parent().map(|parent| &**parent);
        }
        false
    }
}

/// Whether a default has nothing to do with the parameters around it.
fn reads_nothing(default: &Expression) -> bool {
    match &default.kind {
        ExpressionKind::Variable(variable) => is_qualified(&variable.name),
        _ => is_constant_type(default),
    }
}
