//! `scope`: variables and functions of the Puppet language.

use std::sync::Arc;

use super::{Answer, Block, answer};
use crate::erb::ruby::{
    convert::{to_puppet, to_ruby},
    interpreter::{Interpreter, Run, Stop, name_of},
    text::{class_name, display},
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
        ("setvar", [name, value, rest @ ..]) => {
            let is_plain = rest.iter().all(|options| match options {
                Value::Hash(options) => options.entries.borrow().is_empty(),
                _ => false,
            });
            let Value::String(name) = name else {
                let message = format!(
                    "Scope variable name {} is a {}, not a string",
                    display(name)?,
                    class_name(name)
                );
                return Err(Stop::raise("Puppet::Error", message));
            };
            if !is_plain {
                return Err(Stop::unsupported("options of setvar"));
            }
            set(ruby, &name.borrow().share(), value).map(Some)
        }
        ("[]=", [name, value]) => set(ruby, &name_of(name)?, value).map(Some),
        ("exist?", [name]) => answer(ruby.scope.exists(&name_of(name)?)),
        ("to_hash", _) => {
            let mut entries = Entries::default();
            for (name, value) in ruby.scope.variables() {
                let object = ruby.objects.of(&name, value);
                entries.insert(Value::text(&*name).into_key(), object);
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
        Ok(value) => Ok(ruby.objects.of(&name, value)),
        Err(message) => Err(Stop::argument(message)),
    }
}

fn set(ruby: &mut Interpreter<'_>, name: &Arc<str>, value: &Value) -> Run {
    let converted = to_puppet(value)?;
    match ruby.scope.set_variable(name, converted.clone()) {
        Ok(()) => ruby.objects.set(name, converted, value.clone()),
        Err(message) => return Err(Stop::raise("Puppet::Error", message)),
    }
    Ok(value.clone())
}

fn call_function(ruby: &mut Interpreter<'_>, name: &str, arguments: &[Value]) -> Run {
    match name {
        "template" if !arguments.is_empty() => return ruby.templates(arguments),
        "inline_template" if !arguments.is_empty() => return ruby.inline_templates(arguments),
        _ => {}
    }
    if !ruby.scope.has_function(name) {
        return Err(Stop::unsupported(format!("the function '{name}'")));
    }
    // The function may look at what the template has changed.
    let scope = ruby.scope;
    ruby.objects.settle(scope)?;
    let arguments = arguments.iter().map(to_puppet).collect::<Run<Vec<_>>>()?;
    match ruby.scope.call_function(name, &arguments) {
        Ok(value) => Ok(to_ruby(&value)),
        Err(message) => Err(Stop::raise("Puppet::ParseError", message)),
    }
}
