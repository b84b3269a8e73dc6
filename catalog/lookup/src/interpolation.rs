//! `%{…}` in data: variables, and the methods `lookup`, `hiera`, `alias`, `scope` and `literal`.

use std::sync::Arc;

use ficelle_language::{
    Value,
    error::Evaluated,
    values::{HashMap, inspect},
};

use crate::{
    Interpolated,
    adapter::{Invocation, Lookup},
    explain::Kind,
    key::{Key, issue},
};

/// Whether `%{lookup('x')}` and its kin may stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Methods {
    Allowed,
    /// In `hiera.yaml` itself.
    Refused,
}

/// Interpolates every string in a value, the keys of hashes too.
pub(crate) fn interpolate(
    lookup: &Lookup,
    invocation: &Invocation<'_>,
    value: Value,
    methods: Methods,
) -> Evaluated {
    match &value {
        Value::String(text) if text.contains("%{") => match methods {
            Methods::Allowed => {
                let step = || Kind::Interpolation(Arc::clone(text));
                let body = || string(lookup, invocation, text, methods);
                lookup.trace.within(step, body)
            }
            Methods::Refused => string(lookup, invocation, text, methods),
        },
        Value::Array(elements) if elements.iter().any(is_touched) => {
            let elements = elements
                .iter()
                .map(|element| interpolate(lookup, invocation, element.clone(), methods))
                .collect::<Evaluated<Vec<_>>>()?;
            Ok(Value::array(elements))
        }
        Value::Hash(entries)
            if entries
                .iter()
                .any(|(key, value)| is_touched(key) || is_touched(value)) =>
        {
            let mut hash = HashMap::default();
            for (key, value) in entries.iter() {
                let key = interpolate(lookup, invocation, key.clone(), methods)?;
                let value = interpolate(lookup, invocation, value.clone(), methods)?;
                hash.insert(key, value);
            }
            Ok(Value::hash(hash))
        }
        _ => Ok(value),
    }
}

fn is_touched(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("%{"),
        Value::Array(elements) => elements.iter().any(is_touched),
        Value::Hash(hash) => hash
            .iter()
            .any(|(key, value)| is_touched(key) || is_touched(value)),
        _ => false,
    }
}

fn string(
    lookup: &Lookup,
    invocation: &Invocation<'_>,
    text: &Arc<str>,
    methods: Methods,
) -> Evaluated {
    let mut result = String::with_capacity(text.len());
    let mut rest: &str = text;
    while let Some(start) = rest.find("%{") {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let expression = rest[start + 2..start + length].trim();
        let whole = start == 0 && length + 1 == rest.len() && result.is_empty();
        result.push_str(&rest[..start]);
        rest = &rest[start + length + 1..];
        let value = expand(lookup, invocation, text, expression, methods, whole)?;
        if whole && expression.starts_with("alias") {
            return Ok(value);
        }
        match value {
            Value::Undef => {}
            Value::String(text) => result.push_str(&text),
            container @ (Value::Array(_) | Value::Hash(_)) => {
                result.push_str(&inspect(&container));
            }
            other => result.push_str(&other.to_string()),
        }
    }
    result.push_str(rest);
    Ok(Value::string(result))
}

fn expand(
    lookup: &Lookup,
    invocation: &Invocation<'_>,
    string: &str,
    expression: &str,
    methods: Methods,
    whole: bool,
) -> Evaluated {
    // An empty one protects what follows: `%{}{x}` is `%{x}`.
    if expression.trim_matches(['\'', '"']).is_empty() || expression == "::" {
        return Ok(Value::string(""));
    }
    let Some((method, argument)) = method(expression) else {
        return scope(lookup, invocation, string, expression, methods);
    };
    if methods == Methods::Refused {
        return Err(
            issue("Interpolation using method syntax is not allowed in this context").into(),
        );
    }
    match method {
        "literal" => Ok(Value::string(argument)),
        "scope" => scope(lookup, invocation, string, argument, methods),
        "alias" if !whole => Err(issue(
            "'alias' interpolation is only permitted if the expression is equal to the entire \
             string",
        )
        .into()),
        "alias" | "lookup" | "hiera" => {
            if let Some(value) = invocation.overriding(argument) {
                return Ok(value);
            }
            let found = lookup.find(invocation, argument, None)?;
            Ok(found
                .or_else(|| invocation.default(argument))
                .unwrap_or_else(|| Value::string("")))
        }
        other => Err(issue(format!("Unknown interpolation method '{other}'")).into()),
    }
}

/// `name("argument")` or `name('argument')`.
fn method(expression: &str) -> Option<(&str, &str)> {
    let (name, rest) = expression.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let quoted = ['"', '\''].iter().find_map(|&quote| {
        inner
            .strip_prefix(quote)
            .and_then(|inner| inner.strip_suffix(quote))
    })?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some((name, quoted))
}

fn scope(
    lookup: &Lookup,
    invocation: &Invocation<'_>,
    string: &str,
    expression: &str,
    methods: Methods,
) -> Evaluated {
    let key = Key::in_string(expression, string)?;
    let found = invocation.variable(&key.root)?;
    let is_explained = methods == Methods::Allowed;
    if is_explained {
        let step = || Kind::Section("Global Scope".to_owned());
        lookup.trace.within(step, || {
            if let Some(value) = &found {
                lookup.trace.outcome(&key.root, Some(value));
            }
        });
    }
    let Some(value) = found else {
        let place = match methods {
            Methods::Allowed => Interpolated::Data,
            Methods::Refused => Interpolated::Hierarchy,
        };
        let bare = key.root.trim_start_matches("::");
        let is_built_in = ["module_name", "caller_module_name"].contains(&bare)
            || bare.bytes().all(|byte| byte.is_ascii_digit());
        if !is_built_in {
            invocation.host.undefined(&key.root, place)?;
        }
        return Ok(Value::Undef);
    };
    let value = match is_explained {
        true => lookup.dig(&key, value)?,
        false => key.dig(value, &|_, _| ())?,
    };
    let Some(value) = value else {
        return Ok(Value::Undef);
    };
    if !is_touched(&value) {
        return Ok(value);
    }
    let name: Arc<str> = format!("scope:{expression}").into();
    let inner = invocation.nested(&name)?;
    interpolate(lookup, &inner, value, Methods::Allowed)
}
