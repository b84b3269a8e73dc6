//! The cases: for each class and define, a few ways to declare it, on a few machines.

use std::sync::Arc;

use camino::Utf8PathBuf;
use ficelle_syntax::ast::{Expression, ExpressionKind, Parameter};

use super::library::{Definition, Form, Library, Module, Origin};
use super::value::{Choice, Values, quoted};

/// Something to compile.
#[derive(Clone, Debug)]
pub struct Case {
    /// `apache::vhost/plain@debian12`
    pub id: String,
    /// What counts together.
    pub group: Group,
    /// The module.
    pub module: String,
    /// The manifest.
    pub code: String,
    /// The name of the set of facts.
    pub facts: Arc<str>,
    /// An environment's folder; else the modules are all there is.
    pub site: Option<Utf8PathBuf>,
    /// The node, where it is not the one whose facts they are.
    pub node: Option<String>,
}

/// What counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Modules that are not OpenStack's.
    Modules,
    /// OpenStack's.
    OpenStack,
    /// The project's own sites and examples.
    Sites,
}

impl Group {
    /// How a table names it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Modules => "modules",
            Self::OpenStack => "OpenStack's modules",
            Self::Sites => "sites and examples",
        }
    }
}

/// The cases of a module. `first` is code that the module wants before anything else, where it
/// says so.
pub fn of_module(
    module: &Module,
    first: Option<&str>,
    library: &Library,
    facts: &[Arc<str>],
) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, definition) in module.definitions.iter().enumerate() {
        let context = context(definition, module, first, library);
        let mut codes: Vec<(&str, String)> = Vec::new();
        let mut add = |name, parameters: Option<Vec<Given<'_>>>, context: &str| {
            let Some(own) = parameters.map(|given| declaration(definition, &given)) else {
                return;
            };
            let code = format!("{context}{own}");
            if codes.iter().all(|(_, known)| *known != code) {
                codes.push((name, code));
            }
        };
        if definition.form == Form::Class {
            add("alone", required(definition, library), "");
        }
        add("plain", required(definition, library), &context);
        add("other", switched(definition, library), &context);
        add("full", full(definition, library), &context);
        for (variant, code) in codes {
            // What every declaration needs is tried on all machines, the rest on one each.
            let everywhere = matches!(variant, "alone" | "plain");
            let turn = number + variant.len();
            for (index, facts) in facts.iter().enumerate() {
                if !everywhere && index != turn % FACTS_IN_TURN {
                    continue;
                }
                cases.push(Case {
                    id: format!("{}/{variant}@{facts}", definition.name),
                    group: match module.origin {
                        Origin::OpenStack => Group::OpenStack,
                        Origin::Other => Group::Modules,
                    },
                    module: module.name.clone(),
                    code: code.clone(),
                    facts: facts.clone(),
                    site: None,
                    node: None,
                });
            }
        }
    }
    cases
}

/// What stands before a declaration: the classes in whose names the definition's name begins
/// (`mysql`, `mysql::server` before `mysql::server::backup`), as far as they can be declared.
fn context(
    definition: &Definition,
    module: &Module,
    first: Option<&str>,
    library: &Library,
) -> String {
    let mut code = first.map(|first| format!("{first}\n")).unwrap_or_default();
    let around = module.definitions.iter().filter(|other| {
        other.form == Form::Class
            && definition
                .name
                .strip_prefix(&*other.name)
                .is_some_and(|rest| rest.starts_with("::"))
    });
    let mut around: Vec<&Definition> = around.collect();
    around.sort_by_key(|other| other.name.len());
    for class in around {
        if let Some(given) = required(class, library) {
            code.push_str(&declaration(class, &given));
        }
    }
    code
}

/// Over how many sets of facts the optional variants are spread.
const FACTS_IN_TURN: usize = 3;

/// A parameter's name and its value in the language.
type Given<'a> = (&'a str, String);

/// The parameters that must be given; `None` where one has no value that comes to mind.
fn required<'a>(definition: &'a Definition, library: &Library) -> Option<Vec<Given<'a>>> {
    let values = Values::new(library, Choice::First);
    definition
        .parameters
        .iter()
        .filter(|parameter| parameter.default.is_none())
        .map(|parameter| Some((&*parameter.name, values.of(parameter)?)))
        .collect()
}

/// The required ones, and those of two or a few states in another state than the default's.
fn switched<'a>(definition: &'a Definition, library: &Library) -> Option<Vec<Given<'a>>> {
    let mut given = required(definition, library)?;
    for parameter in &definition.parameters {
        let Some(default) = &parameter.default else {
            continue;
        };
        if !parameter
            .type_expression
            .as_ref()
            .is_some_and(has_few_states)
        {
            continue;
        }
        let default = literal(default);
        let other = [Choice::Other, Choice::First]
            .into_iter()
            .filter_map(|choice| Values::new(library, choice).of(parameter))
            .find(|value| Some(value) != default.as_ref());
        if let Some(value) = other {
            given.push((&parameter.name, value));
        }
    }
    Some(given)
}

/// All parameters for which a value comes to mind.
fn full<'a>(definition: &'a Definition, library: &Library) -> Option<Vec<Given<'a>>> {
    let mut given = required(definition, library)?;
    let values = Values::new(library, Choice::First);
    for parameter in &definition.parameters {
        // What nothing is known of would only be refused.
        if parameter.default.is_none() || parameter.type_expression.is_none() {
            continue;
        }
        if let Some(value) = values.of(parameter) {
            given.push((&parameter.name, value));
        }
    }
    Some(given)
}

fn has_few_states(expression: &Expression) -> bool {
    let few = |name: &str| matches!(name, "Boolean" | "Enum");
    match &expression.kind {
        ExpressionKind::Reference(name) => few(name),
        ExpressionKind::Access { left, keys } => match &left.kind {
            ExpressionKind::Reference(name) if &**name == "Optional" => {
                keys.first().is_some_and(has_few_states)
            }
            ExpressionKind::Reference(name) => few(name),
            _ => false,
        },
        _ => false,
    }
}

fn literal(expression: &Expression) -> Option<String> {
    match &expression.kind {
        ExpressionKind::Boolean(value) => Some(value.to_string()),
        ExpressionKind::String(text) | ExpressionKind::Name(text) => Some(quoted(text)),
        _ => None,
    }
}

/// The definition, declared.
fn declaration(definition: &Definition, given: &[Given<'_>]) -> String {
    let name = &definition.name;
    let attributes: String = given
        .iter()
        .map(|(name, value)| format!("  {name} => {value},\n"))
        .collect();
    match definition.form {
        Form::Class if given.is_empty() => format!("include {name}\n"),
        Form::Class => format!("class {{ '{name}':\n{attributes}}}\n"),
        Form::Define => format!("{name} {{ {}:\n{attributes}}}\n", title(definition)),
    }
}

/// A title: what a parameter that defaults to it would take.
fn title(definition: &Definition) -> String {
    let from_title = |parameter: &&Parameter| {
        matches!(
            parameter.default.as_ref().map(|default| &default.kind),
            Some(ExpressionKind::Variable(variable))
                if matches!(&*variable.name, "name" | "title")
        )
    };
    let library = Library::default();
    let values = Values::new(&library, Choice::First);
    let fitting = definition
        .parameters
        .iter()
        .find(from_title)
        .and_then(|parameter| values.of(parameter))
        .filter(|value| value.starts_with('\''));
    fitting.unwrap_or_else(|| quoted("value"))
}
