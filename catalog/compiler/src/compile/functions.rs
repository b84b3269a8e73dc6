//! Functions that belong to the compile: what they do is seen in the catalog, or comes from it.

mod classes;
pub(super) mod context;
mod existence;
mod privacy;
mod resources;
mod tagging;

use ficelle_language::{Error, Evaluated, Value, evaluator::Call};
use ficelle_model::{inputs::Inputs as _, qualified::unrooted};

use super::{Compiler, data};

type Body = fn(&Compiler<'_>, &Call<'_, '_>) -> Evaluated;

/// A function of the compile.
struct Function {
    name: &'static str,
    /// How many arguments it takes, at least and at most.
    arity: (usize, usize),
    /// Whether it writes to the catalog, which scripts do not have.
    effect: Effect,
    body: Body,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Catalog,
    Nothing,
}

const MANY: usize = usize::MAX;

static FUNCTIONS: &[Function] = &[
    Function {
        name: "assert_private",
        arity: (0, 1),
        effect: Effect::Nothing,
        body: privacy::assert_private,
    },
    Function {
        name: "contain",
        arity: (1, MANY),
        effect: Effect::Catalog,
        body: classes::contain,
    },
    Function {
        name: "create_resources",
        arity: (2, 3),
        effect: Effect::Catalog,
        body: resources::create_resources,
    },
    Function {
        name: "defined",
        arity: (1, MANY),
        effect: Effect::Nothing,
        body: existence::defined,
    },
    Function {
        name: "defined_with_params",
        arity: (1, 2),
        effect: Effect::Nothing,
        body: existence::defined_with_params,
    },
    Function {
        name: "ensure_packages",
        arity: (1, 2),
        effect: Effect::Catalog,
        body: resources::ensure_packages,
    },
    Function {
        name: "ensure_resource",
        arity: (2, 3),
        effect: Effect::Catalog,
        body: resources::ensure_resource,
    },
    Function {
        name: "ensure_resources",
        arity: (2, 3),
        effect: Effect::Catalog,
        body: resources::ensure_resources,
    },
    Function {
        name: "getparam",
        arity: (2, 2),
        effect: Effect::Nothing,
        body: existence::getparam,
    },
    Function {
        name: "hiera",
        arity: (1, 3),
        effect: Effect::Nothing,
        body: data::call_hiera,
    },
    Function {
        name: "hiera_array",
        arity: (1, 3),
        effect: Effect::Nothing,
        body: data::call_hiera_array,
    },
    Function {
        name: "hiera_hash",
        arity: (1, 3),
        effect: Effect::Nothing,
        body: data::call_hiera_hash,
    },
    Function {
        name: "hiera_include",
        arity: (1, 3),
        effect: Effect::Catalog,
        body: data::call_hiera_include,
    },
    Function {
        name: "include",
        arity: (1, MANY),
        effect: Effect::Catalog,
        body: classes::include,
    },
    Function {
        name: "json_data",
        arity: (1, 2),
        effect: Effect::Nothing,
        body: data::call_file_data,
    },
    Function {
        name: "lookup",
        arity: (1, 4),
        effect: Effect::Nothing,
        body: data::call_lookup,
    },
    Function {
        name: "private",
        arity: (0, 1),
        effect: Effect::Nothing,
        body: privacy::private,
    },
    Function {
        name: "realize",
        arity: (1, MANY),
        effect: Effect::Catalog,
        body: resources::realize,
    },
    Function {
        name: "require",
        arity: (1, MANY),
        effect: Effect::Catalog,
        body: classes::require,
    },
    Function {
        name: "stdlib::str2resource",
        arity: (1, 1),
        effect: Effect::Nothing,
        body: existence::str2resource,
    },
    Function {
        name: "tag",
        arity: (1, MANY),
        effect: Effect::Catalog,
        body: tagging::tag,
    },
    Function {
        name: "tagged",
        arity: (1, MANY),
        effect: Effect::Nothing,
        body: tagging::tagged,
    },
    Function {
        name: "yaml_data",
        arity: (1, 2),
        effect: Effect::Nothing,
        body: data::call_file_data,
    },
];

/// Whether a function of this name is here.
pub(super) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<&'static Function> {
    let at = FUNCTIONS
        .binary_search_by(|function| function.name.cmp(name))
        .ok()?;
    Some(&FUNCTIONS[at])
}

/// Calls a function, where there is one of this name.
pub(super) fn call(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Option<Evaluated> {
    let Some(function) = find(call.name) else {
        return context::call(compiler, call)
            .or_else(|| twin(compiler, call))
            .or_else(|| compiler.call_ruby(call));
    };
    Some(run(compiler, function, call))
}

/// Calls the native twin of a module's function in Ruby, where the module has that function and
/// no other of this name.
fn twin(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Option<Evaluated> {
    let name = unrooted(call.name);
    let function = ficelle_language::functions::find_of_module(name)?;
    match is_twin(compiler, name) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => return Some(Err(error)),
    }
    // What the twin is not sure of is Ruby's, where there is one to ask.
    match ficelle_language::functions::is_known_call(name, call) {
        Ok(false) if compiler.inputs.ruby().is_some() => None,
        Ok(_) => Some(function.call(call)),
        Err(error) => Some(Err(error)),
    }
}

/// Whether a module's function in Ruby has a native twin that stands in for it.
pub(super) fn is_twin(compiler: &Compiler<'_>, name: &str) -> Evaluated<bool> {
    Ok(ficelle_language::functions::find_of_module(name).is_some()
        && compiler.definitions.function(name)?.is_none()
        && compiler.definitions.ruby_function(name)?.is_some())
}

fn run(compiler: &Compiler<'_>, function: &Function, call: &Call<'_, '_>) -> Evaluated {
    if function.effect == Effect::Catalog {
        compiler.refuse_when_scripting(function.name, || call.location())?;
    }
    let count = call.arguments.len();
    let (least, most) = function.arity;
    if count < least || count > most {
        let name = function.name;
        let message = match (function.name, most) {
            ("create_resources", _) if count > most => {
                format!("create_resources(): wrong number of arguments ({count}; must be 2 or 3)")
            }
            ("create_resources" | "realize" | "tag" | "tagged", _) => {
                format!("{name}(): Wrong number of arguments given ({count} for minimum {least})")
            }
            ("assert_private", _) => {
                format!("assert_private(): Wrong number of arguments given ({count}) for 0 or 1)")
            }
            (_, MANY) => format!("'{name}' expects at least {least} argument, got none"),
            _ if least == most => {
                let noun = if least == 1 { "argument" } else { "arguments" };
                let count = if count == 0 {
                    "none".to_owned()
                } else {
                    count.to_string()
                };
                format!("'{name}' expects {least} {noun}, got {count}")
            }
            _ => {
                let count = match count {
                    0 => "none".to_owned(),
                    count => count.to_string(),
                };
                format!("'{name}' expects between {least} and {most} arguments, got {count}")
            }
        };
        return Err(Error::new(message).into());
    }
    (function.body)(compiler, call)
}

/// The text of an argument that must be a string.
fn text<'c>(call: &'c Call<'_, '_>, index: usize) -> Evaluated<&'c str> {
    match &call.arguments[index] {
        Value::String(text) => Ok(text),
        other => {
            let (name, actual) = (call.name, super::texts::generalized_type(other));
            Err(Error::new(format!(
                "'{name}' parameter {} expects a String value, got {actual}",
                index + 1
            ))
            .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;

    #[test]
    fn the_table_is_sorted() {
        assert!(FUNCTIONS.is_sorted_by(|left, right| left.name < right.name));
    }
}
