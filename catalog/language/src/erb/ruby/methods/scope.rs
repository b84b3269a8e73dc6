//! `scope`: variables and functions of the Puppet language.

use super::{Answer, Block, answer, argument};
use crate::erb::ruby::{
    convert::{to_puppet, to_ruby},
    interpreter::{Interpreter, Run, Stop, name_of},
    value::{Entries, Value},
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    if let Some(function) = name.strip_prefix("function_") {
        let [Value::Array(list)] = arguments else {
            return Err(Stop::argument(
                "custom functions must be called with a single array that contains the \
                 arguments. For example, function_example([1]) instead of function_example(1)",
            ));
        };
        let arguments = list.0.borrow().clone();
        return call_function(ruby, function, &arguments).map(Some);
    }
    match (name, arguments) {
        ("lookupvar" | "[]", [name, ..]) => lookup(ruby, name).map(Some),
        ("include?", [name]) => {
            // Unknown variables are no error here.
            let name = name_of(name)?;
            answer(ruby.scope.exists(&name) && !lookup(ruby, &Value::text(&*name))?.is_nil())
        }
        ("exist?", [name]) => answer(ruby.scope.exists(&name_of(name)?)),
        ("to_hash", _) => {
            let mut entries = Entries::default();
            for (name, value) in ruby.scope.variables() {
                entries.insert(Value::text(&*name).into_key(), to_ruby(&value));
            }
            answer(Value::map(entries))
        }
        ("call_function", [name, arguments @ ..]) if block.is_none() => {
            let name = name_of(name)?;
            let arguments = match arguments {
                [Value::Array(list)] => list.0.borrow().clone(),
                several => several.to_vec(),
            };
            call_function(ruby, &name, &arguments).map(Some)
        }
        _ => Ok(None),
    }
}

fn lookup(ruby: &mut Interpreter<'_>, name: &Value) -> Run {
    let name = name_of(name)?;
    match ruby.scope.variable(&name) {
        Ok(value) => Ok(to_ruby(&value)),
        Err(message) => Err(Stop::argument(message)),
    }
}

fn call_function(ruby: &mut Interpreter<'_>, name: &str, arguments: &[Value]) -> Run {
    if !ruby.scope.has_function(name) {
        return Err(Stop::unsupported(format!("the function '{name}'")));
    }
    let arguments = arguments.iter().map(to_puppet).collect::<Run<Vec<_>>>()?;
    match ruby.scope.call_function(name, &arguments) {
        Ok(value) => Ok(to_ruby(&value)),
        Err(message) => Err(Stop::raise("Puppet::ParseError", message)),
    }
}

/// The file of the template.
pub(super) fn file(ruby: &Interpreter<'_>) -> Value {
    argument::at(
        &ruby
            .scope
            .file()
            .map(Value::from)
            .into_iter()
            .collect::<Vec<_>>(),
        0,
    )
}
