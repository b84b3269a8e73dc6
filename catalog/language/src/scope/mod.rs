//! Where variables live.
//!
//! A scope is made by whoever starts a body: the compiler for the top scope, nodes, classes and
//! defines; the evaluator for functions, lambdas and templates. Conditionals make none, they only
//! guard the match variables (`$1`). A lookup goes from a scope to its `parent`, which is the
//! lexical surrounding of a lambda, the inherited class of a class, and the node's or the top
//! scope for everything else.

mod places;
mod variables;

use std::{
    any::Any,
    cell::{Ref, RefCell},
    rc::Rc,
    sync::Arc,
};

use ficelle_model::names::Kind;
use ficelle_syntax::ast::Variable;
use rustc_hash::FxHashMap;

use crate::values::Value;
pub use places::Places;
use variables::Variables;

/// Variables, and where to look further.
pub struct Scope {
    kind: ScopeKind,
    parent: Option<Rc<Scope>>,
    variables: RefCell<Variables>,
    matches: RefCell<Option<Matches>>,
    context: Option<Rc<dyn Any>>,
}

/// The groups of the last match: `$0`, `$1`, …
pub type Matches = Rc<[Option<Arc<str>>]>;

/// What a scope belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// The top scope: facts, `site.pp`.
    Top,
    /// A node definition.
    Node,
    /// A class, by name.
    Class(Arc<str>),
    /// An instance of a defined type.
    Define,
    /// A function's body.
    Function,
    /// A lambda or a template.
    Local,
}

/// A variable cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadySet;

impl Scope {
    /// A scope of its own. `context` is whatever the host wants to find again when an expression
    /// that is evaluated here comes back to it (the resource that contains, for the compiler).
    pub fn new(
        kind: ScopeKind,
        parent: Option<Rc<Scope>>,
        context: Option<Rc<dyn Any>>,
    ) -> Rc<Self> {
        Self::with(kind, parent, context, Variables::default())
    }

    /// As [`Self::new`], for a body that is evaluated again and again: its variables that are
    /// known before have places, in the order of their names, by which it sets them.
    pub fn of_body(
        kind: ScopeKind,
        parent: Rc<Scope>,
        context: Rc<dyn Any>,
        known: Arc<Places>,
    ) -> Rc<Self> {
        Self::with(kind, Some(parent), Some(context), Variables::known(known))
    }

    fn with(
        kind: ScopeKind,
        parent: Option<Rc<Scope>>,
        context: Option<Rc<dyn Any>>,
        variables: Variables,
    ) -> Rc<Self> {
        Rc::new(Self {
            kind,
            parent,
            variables: RefCell::new(variables),
            matches: RefCell::default(),
            context,
        })
    }

    /// The top scope.
    pub fn top(context: Option<Rc<dyn Any>>) -> Rc<Self> {
        Self::new(ScopeKind::Top, None, context)
    }

    /// A scope inside of `self`, for a lambda or a template: it sees what `self` sees.
    pub fn local(self: &Rc<Self>) -> Rc<Self> {
        Self::new(ScopeKind::Local, Some(self.clone()), self.context.clone())
    }

    /// What it belongs to.
    pub fn kind(&self) -> &ScopeKind {
        &self.kind
    }

    /// Where a lookup goes on.
    pub fn parent(&self) -> Option<&Rc<Scope>> {
        self.parent.as_ref()
    }

    /// The scope that a lookup ends at.
    pub fn topmost(mut scope: &Rc<Self>) -> &Rc<Self> {
        while let Some(parent) = &scope.parent {
            scope = parent;
        }
        scope
    }

    /// What the host attached.
    pub fn context(&self) -> Option<&Rc<dyn Any>> {
        self.context.as_ref()
    }

    /// The value of an unqualified variable, here or further up. An inherited class and the node
    /// are further up; another class's variables are not.
    pub fn variable(&self, name: &str) -> Option<Value> {
        let kind = Kind::of(name);
        self.find(|variables| variables.get(kind, name))
    }

    /// As [`Self::variable`], of a variable in a tree, by its last segment.
    pub fn variable_of(&self, variable: &Variable) -> Option<Value> {
        self.find(|variables| variables.get_of(variable))
    }

    #[inline]
    fn find(&self, look: impl Fn(&Variables) -> Option<&Value>) -> Option<Value> {
        let mut scope = self;
        loop {
            if let Some(value) = look(&scope.variables.borrow()) {
                return Some(value.clone());
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// The value of a variable that was set in this very scope.
    pub fn own_variable(&self, name: &str) -> Option<Value> {
        self.variables.borrow().get(Kind::of(name), name).cloned()
    }

    /// The value of a class's variable as `$class::name` sees it: the class's own, or one of the
    /// classes that it inherits.
    pub fn class_variable(&self, name: &str) -> Option<Value> {
        self.own_variable(name).or_else(|| match &self.parent {
            Some(parent) if matches!(parent.kind, ScopeKind::Class(_)) => {
                parent.class_variable(name)
            }
            _ => None,
        })
    }

    /// As [`Self::class_variable`], of a variable in a tree, by its last segment.
    pub fn class_variable_of(&self, variable: &Variable) -> Option<Value> {
        let own = self.variables.borrow().get_of(variable).cloned();
        own.or_else(|| match &self.parent {
            Some(parent) if matches!(parent.kind, ScopeKind::Class(_)) => {
                parent.class_variable_of(variable)
            }
            _ => None,
        })
    }

    /// Sets a variable.
    ///
    /// # Errors
    /// It is set in this scope already.
    pub fn set(&self, name: impl Into<Arc<str>>, value: Value) -> Result<(), AlreadySet> {
        let was_free = self.variables.borrow_mut().set(name.into(), value);
        was_free.then_some(()).ok_or(AlreadySet)
    }

    /// As [`Self::set`], of a variable in a tree.
    ///
    /// # Errors
    /// It is set in this scope already.
    pub fn set_of(&self, variable: &Variable, value: Value) -> Result<(), AlreadySet> {
        let was_free = self.variables.borrow_mut().set_of(variable, value);
        was_free.then_some(()).ok_or(AlreadySet)
    }

    /// Sets or replaces a variable: for those that the host itself keeps (`title`, `name`, …).
    pub fn replace(&self, name: impl Into<Arc<str>>, value: Value) {
        self.variables.borrow_mut().replace(name.into(), value);
    }

    /// Removes a variable of this very scope.
    pub fn forget(&self, name: &str) {
        self.variables.borrow_mut().remove(name);
    }

    /// Puts another value wherever a variable of this very scope holds the very value `before`,
    /// not only an equal one: an ERB template has changed it in place.
    pub fn exchange(&self, before: &Value, after: &Value) {
        for value in self.variables.borrow_mut().values_mut() {
            if value.is_same(before) {
                *value = after.clone();
            }
        }
    }

    /// For each place, the value of its variable. Nothing may be set while one looks.
    pub fn places(&self) -> Ref<'_, [Option<Value>]> {
        Ref::map(self.variables.borrow(), Variables::places)
    }

    /// Sets or replaces a variable that has a place.
    pub fn put(&self, place: usize, value: Value) {
        self.variables.borrow_mut().put(place, value);
    }

    /// The names and values that were set in this very scope, in no order to rely on.
    pub fn own_variables(&self) -> Vec<(Arc<str>, Value)> {
        let variables = self.variables.borrow();
        variables
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The names and values that are visible here, without what is undef, sorted by name.
    pub fn visible_variables(&self) -> Vec<(Arc<str>, Value)> {
        let mut scopes = vec![self];
        while let Some(parent) = scopes.last().and_then(|scope| scope.parent.as_deref()) {
            scopes.push(parent);
        }
        let mut all: FxHashMap<Arc<str>, Value> = FxHashMap::default();
        for scope in scopes.into_iter().rev() {
            for (name, value) in scope.own_variables() {
                match value.is_undef() {
                    true => all.remove(&name),
                    false => all.insert(name, value),
                };
            }
        }
        // A scope keeps no order; the result has to be the same every time.
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_by(|(left, _), (right, _)| left.cmp(right));
        all
    }

    /// The match variable `$index`. A function sees none but its own.
    pub fn matched(&self, index: usize) -> Option<Arc<str>> {
        let mut scope = self;
        loop {
            if let Some(groups) = &*scope.matches.borrow() {
                return groups.get(index).cloned().flatten();
            }
            if scope.kind == ScopeKind::Function {
                return None;
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// Sets the match variables.
    pub fn set_matches(&self, groups: Matches) {
        *self.matches.borrow_mut() = Some(groups);
    }

    /// Removes the match variables of this very scope.
    pub fn forget_matches(&self) {
        *self.matches.borrow_mut() = None;
    }

    /// Runs `body`; match variables that it sets are gone afterwards.
    pub fn guarded<T>(&self, body: impl FnOnce() -> T) -> T {
        let before = self.matches.borrow().clone();
        let result = body();
        *self.matches.borrow_mut() = before;
        result
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
