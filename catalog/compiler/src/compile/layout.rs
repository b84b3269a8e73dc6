//! What every evaluation of one definition's body has in common, worked out once: which variables
//! there are, and the defaults that are the same every time.

use std::sync::{Arc, LazyLock, OnceLock};

use ficelle_language::{
    Value,
    evaluator::{literal, variables::is_reserved},
    scope::Places,
};
use ficelle_lookup::Key;
use ficelle_model::names::{Kind, Names};
use ficelle_syntax::ast::{Expression, ExpressionKind, Parameter as Formal};

/// The variables that every body has.
static WORDS: LazyLock<[Arc<str>; 4]> =
    LazyLock::new(|| ["title", "name", "module_name", "caller_module_name"].map(Arc::from));

/// Where a body's variables are in its scope.
#[derive(Debug)]
pub(super) struct Layout {
    /// Those of the parameters come first.
    pub places: Arc<Places>,
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
    /// How many parameters have a default that is not known to be undef.
    pub defaults: usize,
    /// A parameter that no body may have.
    pub reserved: Option<Arc<str>>,
    /// Of a class, for each parameter, its key in the data.
    keys: OnceLock<Vec<Key>>,
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
    pub(super) fn new(formals: &[Formal], body: &[Expression]) -> Self {
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
        each_assigned(body, &mut |name| {
            names.insert(Arc::clone(name));
        });
        let mut all = formals.iter().map(|formal| &formal.name);
        let reserved = all.find(|name| is_reserved(name));
        let defaults = formals.iter().filter_map(|formal| formal.default.as_ref());
        let defaults = defaults.filter(|default| !matches!(default.kind, ExpressionKind::Undef));
        let defaults = defaults.count();
        Self {
            places: Arc::new(Places::new(names, formals.len())),
            title,
            name,
            module_name,
            caller_module_name,
            parameters,
            defaults,
            reserved: reserved.cloned(),
            keys: OnceLock::new(),
        }
    }

    /// For each parameter of a class of this name, its key in the data.
    pub(super) fn keys(&self, class: &str, formals: &[Formal]) -> &[Key] {
        self.keys.get_or_init(|| {
            let names = formals.iter().map(|formal| &formal.name);
            names.map(|name| Key::of_parameter(class, name)).collect()
        })
    }
}

/// Tells of each variable that the statements of a body set, but in lambdas, whose scopes are their
/// own. It does no harm to leave one out.
fn each_assigned<'b>(body: &'b [Expression], tell: &mut impl FnMut(&'b Arc<str>)) {
    for statement in body {
        match &statement.kind {
            ExpressionKind::Assignment { target, .. } => each_target(target, tell),
            ExpressionKind::If {
                then, otherwise, ..
            }
            | ExpressionKind::Unless {
                then, otherwise, ..
            } => {
                each_assigned(std::slice::from_ref(&**then), tell);
                if let Some(otherwise) = otherwise {
                    each_assigned(std::slice::from_ref(&**otherwise), tell);
                }
            }
            ExpressionKind::Case { options, .. } => {
                for option in options {
                    each_assigned(std::slice::from_ref(&option.then), tell);
                }
            }
            ExpressionKind::Block(statements) => each_assigned(statements, tell),
            _ => {}
        }
    }
}

fn each_target<'b>(target: &'b Expression, tell: &mut impl FnMut(&'b Arc<str>)) {
    match &target.kind {
        ExpressionKind::Variable(variable) => tell(&variable.name),
        ExpressionKind::Array(targets) => {
            targets.iter().for_each(|target| each_target(target, tell));
        }
        _ => {}
    }
}
