//! What every evaluation of one definition's body has in common, worked out once: which variables
//! there are, and the defaults that are the same every time.

use std::sync::{Arc, LazyLock};

use ficelle_language::{
    Value,
    evaluator::{literal, variables::is_reserved},
};
use ficelle_model::names::{Kind, Names};
use ficelle_syntax::ast::Parameter as Formal;

/// The variables that every body has.
static WORDS: LazyLock<[Arc<str>; 4]> =
    LazyLock::new(|| ["title", "name", "module_name", "caller_module_name"].map(Arc::from));

/// Where a body's variables are in its scope.
#[derive(Debug)]
pub(super) struct Layout {
    /// Their names, in the order of their places.
    pub names: Arc<Names>,
    /// The place of `$title`.
    pub title: usize,
    /// The place of `$name`.
    pub name: usize,
    /// The place of `$module_name`.
    pub module_name: usize,
    /// The place of `$caller_module_name`.
    pub caller_module_name: usize,
    /// For each parameter of the definition.
    pub parameters: Vec<Parameter>,
    /// A parameter that no body may have.
    pub reserved: Option<Arc<str>>,
}

/// A parameter of a definition.
#[derive(Debug)]
pub(super) struct Parameter {
    /// The place of its variable.
    pub place: usize,
    /// The value of a default that is a literal.
    pub literal: Option<Value>,
}

impl Layout {
    /// Of a body whose definition has these parameters.
    pub(super) fn new(formals: &[Formal]) -> Self {
        let mut names = Names::default();
        names.reserve(formals.len() + WORDS.len());
        let mut place = |name: &Arc<str>| {
            names.insert(Arc::clone(name));
            names.place(Kind::of(name), name)
        };
        let parameters = formals.iter().map(|formal| Parameter {
            place: place(&formal.name).unwrap_or_default(),
            literal: formal
                .default
                .as_ref()
                .and_then(|default| literal(&default.kind)),
        });
        let parameters = parameters.collect();
        let words = WORDS.each_ref().map(|word| place(word).unwrap_or_default());
        let [title, name, module_name, caller_module_name] = words;
        let mut all = formals.iter().map(|formal| &formal.name);
        let reserved = all.find(|name| is_reserved(name));
        Self {
            names: Arc::new(names),
            title,
            name,
            module_name,
            caller_module_name,
            parameters,
            reserved: reserved.cloned(),
        }
    }
}
