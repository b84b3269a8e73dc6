//! `Puppet::LookupContext`: what a back end of a lookup, written in the language, gets as its
//! `$context`, and what it can ask of it.
//!
//! Source: puppet-docs, `custom_backends`, "the Puppet::LookupContext object".

use std::sync::Arc;

use ficelle_language::{
    Error, Evaluated, Evaluator, Type, Value,
    evaluator::Call,
    values::{HashMap, Object},
};
use ficelle_lookup::NOT_FOUND;
use indexmap::IndexMap;

use super::super::{Compiler, data, texts};

/// The name of the type.
pub(in crate::compile) const TYPE_NAME: &str = "Puppet::LookupContext";

/// A context of its own, and what was cached in it.
pub(in crate::compile) struct Context {
    object: Arc<Object>,
    cache: HashMap,
}

impl Compiler<'_> {
    /// A new context for back ends of a module, or of none.
    pub(in crate::compile) fn new_context(
        &self,
        evaluator: &Evaluator<'_>,
        module: Option<&str>,
    ) -> Evaluated {
        let object_type = evaluator
            .named_type(TYPE_NAME)?
            .unwrap_or_else(|| Type::Reference(TYPE_NAME.into()));
        let module = module.map_or(Value::Undef, Value::from);
        Ok(Value::Object(Arc::new(Object {
            object_type,
            attributes: IndexMap::from_iter([("module_name".into(), module)]),
        })))
    }

    /// What a context has in mind. Contexts are told apart by who they are, not by what they say;
    /// those seen are kept for the whole compile.
    fn with_cache<T>(&self, object: &Arc<Object>, body: impl FnOnce(&mut HashMap) -> T) -> T {
        let mut contexts = self.contexts.borrow_mut();
        let known = contexts
            .iter()
            .position(|context| Arc::ptr_eq(&context.object, object));
        let index = known.unwrap_or_else(|| {
            contexts.push(Context {
                object: Arc::clone(object),
                cache: HashMap::default(),
            });
            contexts.len() - 1
        });
        body(&mut contexts[index].cache)
    }
}

/// Calls a function of a context; `None` where the call is none.
pub(super) fn call(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Option<Evaluated> {
    let Some((Value::Object(object), arguments)) = call.arguments.split_first() else {
        return None;
    };
    match &object.object_type {
        Type::Object(of) if *of.name == *TYPE_NAME => {}
        _ => return None,
    }
    let wanted = match call.name {
        "environment_name" | "not_found" | "explain" | "cached_entries" => 0,
        "interpolate" | "cache_all" | "cache_has_key" | "cached_value" | "cached_file_data" => 1,
        "cache" => 2,
        _ => return None,
    };
    if arguments.len() != wanted {
        let (name, got) = (call.name, arguments.len());
        let noun = if wanted == 1 { "argument" } else { "arguments" };
        let message = format!("'{name}' expects {wanted} {noun}, got {got}");
        return Some(Err(Error::new(message).into()));
    }
    Some(run(compiler, call, object, arguments))
}

fn run(
    compiler: &Compiler<'_>,
    call: &Call<'_, '_>,
    object: &Arc<Object>,
    arguments: &[Value],
) -> Evaluated {
    let cached = |key: &Value| compiler.with_cache(object, |cache| cache.get(key).cloned());
    match (call.name, arguments) {
        ("environment_name", _) => Ok(compiler.environment.name().as_str().into()),
        ("not_found", _) => Err(Error::complete(NOT_FOUND).into()),
        ("interpolate", [value]) => data::interpolate(compiler, call, value),
        ("cache", [key, value]) => {
            compiler.with_cache(object, |cache| cache.insert(key.clone(), value.clone()));
            Ok(value.clone())
        }
        ("cache_all", [Value::Hash(entries)]) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()));
            compiler.with_cache(object, |cache| cache.extend(entries));
            Ok(Value::Undef)
        }
        ("cache_all", [other]) => Err(Error::new(format!(
            "'cache_all' parameter 'hash' expects a Hash value, got {}",
            texts::generalized_type(other)
        ))
        .into()),
        ("cache_has_key", [key]) => Ok(Value::Boolean(cached(key).is_some())),
        ("cached_value", [key]) => Ok(cached(key).unwrap_or_default()),
        ("cached_entries", _) => entries(compiler, call, object),
        ("cached_file_data", [Value::String(path)]) => file_data(compiler, call, path),
        ("explain", _) if compiler.lookup.is_explaining() => {
            let said = call.yield_block(&[])?;
            compiler.lookup.explain(&texts::display(&said));
            Ok(Value::Undef)
        }
        // Nobody asked why a key has its value.
        _ => Ok(Value::Undef),
    }
}

fn entries(compiler: &Compiler<'_>, call: &Call<'_, '_>, object: &Arc<Object>) -> Evaluated {
    let pairs: Vec<(Value, Value)> = compiler.with_cache(object, |cache| {
        let pairs = cache
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()));
        pairs.collect()
    });
    let Some(block) = call.block else {
        // A hash that is asked for its entries one at a time.
        let entries = Value::hash(pairs.into_iter().collect());
        return call.forward("step", &[entries, Value::Integer(1)]);
    };
    let takes_pair = block.arity().1 == Some(1);
    for (key, value) in pairs {
        match takes_pair {
            true => call.yield_block(&[Value::array([key, value])])?,
            false => call.yield_block(&[key, value])?,
        };
    }
    Ok(Value::Undef)
}

fn file_data(compiler: &Compiler<'_>, call: &Call<'_, '_>, path: &str) -> Evaluated {
    let text = call.forward("file", &[path.into()])?;
    match call.block {
        None => Ok(text),
        Some(_) => {
            let key: Arc<str> = path.into();
            if let Some(known) = compiler.file_data.borrow().get(&key) {
                return Ok(known.clone());
            }
            let value = call.yield_block(&[text])?;
            compiler.file_data.borrow_mut().insert(key, value.clone());
            Ok(value)
        }
    }
}
