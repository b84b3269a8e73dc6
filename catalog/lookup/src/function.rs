//! The functions `lookup`, and `hiera`, `hiera_array`, `hiera_hash` of old.

use std::sync::Arc;

use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated},
};

use crate::{
    LookupHost,
    adapter::{Given, Invocation, Layers, Lookup},
    key::failure,
    merge::Merge,
};

/// The block of a call, which gets the name that was not found.
pub type DefaultBlock<'b> = &'b dyn Fn(Value) -> Evaluated;

/// What a call of `lookup` asks, once its arguments are sorted.
#[derive(Default)]
struct Request {
    names: Vec<Arc<str>>,
    /// Whether one name was given alone, and not in an array.
    single: bool,
    value_type: Option<Type>,
    /// As it was given: what is wrong with it is told when it is needed.
    merge: Option<Value>,
    default: Option<Value>,
    overrides: Option<Value>,
    default_values: Option<Value>,
}

/// `lookup(name, [type], [merge], [default])`, `lookup([name], options)` or `lookup(options)`. The
/// signature has been checked by the caller.
///
/// # Errors
/// The key has no value, or one of the wrong type; data cannot be read.
pub fn lookup(
    lookup: &Lookup,
    host: &dyn LookupHost,
    arguments: &[Value],
    block: Option<DefaultBlock<'_>>,
) -> Evaluated {
    let request = request(arguments);
    for name in &request.names {
        let overriding = request
            .overrides
            .as_ref()
            .and_then(|hash| entry(hash, name));
        let found = match overriding {
            Some(value) => {
                let subject = format!("Value found for key '{name}' in override hash");
                Some(checked(host, &request, &subject, value)?)
            }
            None => {
                lookup.refuse_recursion(name)?;
                let merge = request.merge.as_ref().map(Merge::parse).transpose()?;
                let invocation = Invocation::new(host, Layers::All).with_given(Given {
                    overrides: request.overrides.clone(),
                    defaults: request.default_values.clone(),
                });
                lookup.find(&invocation, name, merge.as_ref())?
            }
        };
        if let Some(value) = found {
            return checked(host, &request, "Found value", value);
        }
    }
    for name in &request.names {
        if let Some(value) = request
            .default_values
            .as_ref()
            .and_then(|hash| entry(hash, name))
        {
            let subject = format!("Value found for key '{name}' in default values hash");
            return checked(host, &request, &subject, value);
        }
    }
    if let Some(block) = block {
        let names = request
            .names
            .iter()
            .map(|name| Value::String(Arc::clone(name)));
        let argument = match &request.names[..] {
            [name] if request.single => Value::String(Arc::clone(name)),
            _ => Value::array(names.collect::<Vec<_>>()),
        };
        let value = block(argument)?;
        return checked(host, &request, "Value returned from default block", value);
    }
    if let Some(default) = &request.default {
        return checked(host, &request, "Default value", default.clone());
    }
    Err(not_found(&request.names).into())
}

fn not_found(names: &[Arc<str>]) -> Error {
    let message = match names {
        [name] => format!("Function lookup() did not find a value for the name '{name}'"),
        names => {
            let list: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
            format!(
                "Function lookup() did not find a value for any of the names [{}]",
                list.join(", ")
            )
        }
    };
    failure(message)
}

fn entry(hash: &Value, name: &str) -> Option<Value> {
    match hash {
        Value::Hash(hash) => hash.get(&Value::string(name)).cloned(),
        _ => None,
    }
}

fn checked(host: &dyn LookupHost, request: &Request, subject: &str, value: Value) -> Evaluated {
    if let Some(wanted) = &request.value_type {
        host.assert_type(&format!("{subject} has wrong type,"), wanted, &value)?;
    }
    Ok(value)
}

/// Sorts arguments that a way to call it takes.
fn request(arguments: &[Value]) -> Request {
    let mut request = Request::default();
    let rest = match arguments {
        [Value::Hash(_)] => arguments,
        [names, rest @ ..] => {
            request.take_names(names);
            rest
        }
        [] => &[],
    };
    match rest {
        [Value::Hash(options)] => {
            for (name, value) in options.iter() {
                match name.as_str() {
                    Some("name") => request.take_names(value),
                    Some("value_type") => request.take_type(value),
                    Some("default_value") => request.default = Some(value.clone()),
                    Some("override") => request.overrides = Some(value.clone()),
                    Some("default_values_hash") => request.default_values = Some(value.clone()),
                    Some("merge") if !value.is_undef() => {
                        request.merge = Some(value.clone());
                    }
                    _ => {}
                }
            }
        }
        [] => {}
        [value_type, rest @ ..] => {
            request.take_type(value_type);
            let merge = rest.first().filter(|merge| !merge.is_undef());
            request.merge = merge.cloned();
            request.default = rest.get(1).cloned();
        }
    }
    request
}

impl Request {
    fn take_names(&mut self, names: &Value) {
        self.names = crate::hierarchy::texts(names);
        self.single = !matches!(names, Value::Array(_));
    }

    fn take_type(&mut self, value: &Value) {
        if let Value::Type(wanted) = value {
            self.value_type = Some(wanted.clone());
        }
    }
}

/// A function of Hiera 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deprecated {
    /// `hiera`: the first value.
    First,
    /// `hiera_array`
    Array,
    /// `hiera_hash`
    Hash,
}

impl Deprecated {
    /// The function's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "hiera",
            Self::Array => "hiera_array",
            Self::Hash => "hiera_hash",
        }
    }
}

/// `hiera(key, [default], [override])` and its kin.
///
/// # Errors
/// The key has no value, or data cannot be read.
pub fn hiera(
    lookup: &Lookup,
    host: &dyn LookupHost,
    function: Deprecated,
    arguments: &[Value],
    block: Option<DefaultBlock<'_>>,
) -> Evaluated {
    let Some(Value::String(key)) = arguments.first() else {
        return Err(Error::new("the key must be a string").into());
    };
    let merge = match function {
        Deprecated::First => Merge::First,
        Deprecated::Array => Merge::Unique,
        Deprecated::Hash => Merge::Hash,
    };
    // Hiera 3 knew the global layer only; with an environment's data the function sees it all.
    let layers = match lookup.environment_has_data(host)? {
        true => Layers::All,
        false => Layers::Global,
    };
    let invocation = Invocation::new(host, layers);
    if let Some(value) = lookup.find(&invocation, key, Some(&merge))? {
        return Ok(value);
    }
    if let Some(default) = arguments.get(1) {
        return Ok(default.clone());
    }
    match block {
        Some(block) => block(Value::String(Arc::clone(key))),
        None => Err(not_found(std::slice::from_ref(key)).into()),
    }
}
