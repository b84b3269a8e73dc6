//! The cases: for each template, manifests that set its variables and render it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ficelle_syntax::ast::Parameter;

use super::find::{Kind, Template};
use super::shape::{Filling, Shape};
use crate::modules::case::Group;
use crate::modules::library::{Library, Origin};
use crate::modules::value::{Choice, Values};

/// Something to render.
#[derive(Clone, Debug)]
pub struct Case {
    /// `apache/vhost/_file_header.erb#full`
    pub id: String,
    /// The template.
    pub template: String,
    /// Its language.
    pub kind: Kind,
    /// What counts together.
    pub group: Group,
    /// The manifest.
    pub code: String,
    /// The name of the set of facts.
    pub facts: Arc<str>,
}

/// What the language itself sets.
const GIVEN: &[&str] = &[
    "name",
    "title",
    "facts",
    "trusted",
    "server_facts",
    "module_name",
    "caller_module_name",
    "environment",
    "settings",
];

/// How many variables get a value, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    Unset,
    Minimal,
    Values(Filling),
}

/// The cases of a template. `known` are the names of the facts.
pub fn of_template(
    template: &Template,
    library: &Library,
    facts: &[Arc<str>],
    known: &BTreeSet<String>,
) -> Vec<Case> {
    let variants = [
        ("unset", Variant::Unset),
        ("minimal", Variant::Minimal),
        ("full", Variant::Values(Filling::Full)),
        ("other", Variant::Values(Filling::Other)),
        ("empty", Variant::Values(Filling::Empty)),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (number, (variant, wanted)) in variants.into_iter().enumerate() {
        let code = code(template, library, known, wanted);
        if cases.iter().any(|case| case.code == code) {
            continue;
        }
        let turn = (template.name.len() + number) % facts.len();
        cases.push(Case {
            id: format!("{}#{variant}", template.name),
            template: template.name.clone(),
            kind: template.kind,
            group: match template.origin {
                Origin::OpenStack => Group::OpenStack,
                Origin::Other => Group::Modules,
            },
            code,
            facts: facts[turn].clone(),
        });
    }
    cases
}

fn code(
    template: &Template,
    library: &Library,
    known: &BTreeSet<String>,
    variant: Variant,
) -> String {
    let mut top = String::new();
    let mut classes: BTreeMap<&str, String> = BTreeMap::new();
    let mut own = String::new();
    let names = template.variables.iter().filter(|name| {
        let leaf = name.trim_start_matches("::");
        !GIVEN.contains(&leaf) && !known.contains(leaf) && !leaf.starts_with("facts::")
    });
    for name in names {
        let Some(value) = value(template, library, name, variant) else {
            continue;
        };
        let absolute = name.trim_start_matches("::");
        match absolute.rsplit_once("::") {
            Some((class, leaf)) => {
                let body = classes.entry(class).or_default();
                body.push_str(&format!("  ${leaf} = {value}\n"));
            }
            None if absolute.len() < name.len() => {
                top.push_str(&format!("${absolute} = {value}\n"))
            }
            None => own.push_str(&format!("  ${name} = {value}\n")),
        }
    }
    let mut code = top;
    for (class, body) in &classes {
        code.push_str(&format!("class {class} {{\n{body}}}\ninclude {class}\n"));
    }
    let call = call(template, library, variant);
    code.push_str(&format!(
        "class template_case {{\n{own}  notify {{ 'text': message => {call} }}\n}}\n\
         include template_case\n"
    ));
    code
}

fn call(template: &Template, library: &Library, variant: Variant) -> String {
    let name = &template.name;
    match (template.kind, &template.declared) {
        (Kind::Erb, _) => format!("template('{name}')"),
        (Kind::Epp, None) => format!("epp('{name}')"),
        (Kind::Epp, Some(parameters)) => {
            let given = parameters.iter().filter_map(|parameter| {
                let value = match variant {
                    Variant::Unset => None,
                    Variant::Minimal if parameter.default.is_some() => None,
                    Variant::Minimal => of_parameter(library, parameter, Choice::First),
                    Variant::Values(Filling::Full) => {
                        of_parameter(library, parameter, Choice::First)
                    }
                    Variant::Values(_) => of_parameter(library, parameter, Choice::Other),
                };
                Some(format!("'{}' => {}", parameter.name, value?))
            });
            let given: Vec<String> = given.collect();
            format!("epp('{name}', {{{}}})", given.join(", "))
        }
    }
}

fn value(template: &Template, library: &Library, name: &str, variant: Variant) -> Option<String> {
    let parameter = parameter(template, library, name);
    let filling = match variant {
        Variant::Unset => return None,
        Variant::Minimal => match parameter {
            Some(parameter) if parameter.default.is_some() => return None,
            _ => Filling::Full,
        },
        Variant::Values(filling) => filling,
    };
    let accesses = match template.kind {
        Kind::Erb => vec![
            format!("@{name}"),
            format!("scope['{name}']"),
            format!("scope.lookupvar('{name}')"),
        ],
        Kind::Epp => vec![format!("${name}")],
    };
    let mut shape = Shape::Text;
    for access in accesses {
        if shape == Shape::Text {
            shape = Shape::of(&template.text, &access);
        }
    }
    let choice = match filling {
        Filling::Full => Choice::First,
        Filling::Other | Filling::Empty => Choice::Other,
    };
    let typed = parameter
        .filter(|parameter| parameter.type_expression.is_some())
        .and_then(|parameter| of_parameter(library, parameter, choice));
    match typed {
        // The type says less than the use.
        Some(value)
            if shape != Shape::Text && matches!(&*value, "{}" | "'value'" | "['value']") =>
        {
            Some(shape.value(name, filling))
        }
        Some(_) if filling == Filling::Empty && !matches!(shape, Shape::Text | Shape::Number) => {
            Some(shape.value(name, filling))
        }
        Some(value) => Some(value),
        None => Some(shape.value(name.rsplit("::").next().unwrap_or(name), filling)),
    }
}

fn of_parameter(library: &Library, parameter: &Parameter, choice: Choice) -> Option<String> {
    Values::new(library, choice).of(parameter)
}

/// The parameter that a variable of the template is.
fn parameter<'a>(
    template: &'a Template,
    library: &'a Library,
    name: &str,
) -> Option<&'a Parameter> {
    let absolute = name.trim_start_matches("::");
    let (class, leaf) = absolute.rsplit_once("::").unwrap_or(("", absolute));
    let is_it = |parameter: &&Parameter| &*parameter.name == leaf;
    if class.is_empty()
        && let Some(found) = template.parameters.iter().find(is_it)
    {
        return Some(found);
    }
    let modules = library.modules.iter();
    let mut definitions = modules.flat_map(|module| {
        let is_own = module.name == template.module;
        let definitions = module.definitions.iter();
        definitions.filter(move |definition| match class {
            "" => is_own,
            class => *definition.name == *class,
        })
    });
    definitions.find_map(|definition| definition.parameters.iter().find(is_it))
}
