//! Strings, expressions, versions and URIs in brackets.

use std::sync::Arc;

use super::{Cause, Parameterized, Refusal, arity, check_each, label, not_a_type};
use crate::{
    types::{Letters, RuntimeType, Type, uri as uris},
    values::{HashMap, Regexp, SemVerRange, Value},
};

pub(super) fn enumeration(base: &Type, keys: &[Value]) -> Parameterized {
    let (letters, keys) = match keys {
        [rest @ .., Value::Boolean(ignored)] => (
            if *ignored {
                Letters::Ignored
            } else {
                Letters::Matter
            },
            rest,
        ),
        _ => (Letters::Matter, keys),
    };
    check_each(base, keys, "String", |key| matches!(key, Value::String(_)))?;
    let values = keys
        .iter()
        .filter_map(Value::as_str)
        .map(Arc::from)
        .collect();
    Ok(Type::enumeration(values, letters))
}

fn compile(source: &str) -> Result<Arc<Regexp>, Refusal> {
    Regexp::compile(source).map_err(|error| Refusal::raised(error.to_string()))
}

pub(super) fn pattern(base: &Type, keys: &[Value]) -> Parameterized {
    check_each(
        base,
        keys,
        "String or Regexp or Pattern-Type or Regexp-Type",
        |key| {
            matches!(
                key,
                Value::String(_)
                    | Value::Regexp(_)
                    | Value::Type(Type::Pattern(_) | Type::Regexp(_))
            )
        },
    )?;
    let mut patterns: Vec<Arc<Regexp>> = Vec::new();
    for key in keys {
        let more = match key {
            Value::String(text) => vec![compile(text)?],
            Value::Regexp(regexp) => vec![regexp.clone()],
            Value::Type(Type::Pattern(inner)) => inner.to_vec(),
            Value::Type(Type::Regexp(inner)) => {
                vec![inner.clone().unwrap_or_else(|| Regexp::of(""))]
            }
            _ => Vec::new(),
        };
        for one in more {
            if !patterns.contains(&one) {
                patterns.push(one);
            }
        }
    }
    Ok(Type::Pattern(Arc::new(patterns)))
}

pub(super) fn regexp(base: &Type, keys: &[Value]) -> Parameterized {
    if keys.len() != 1 {
        // Blamed is what is too much.
        return Err(Refusal {
            cause: Cause::Kind,
            key: (!keys.is_empty()).then_some(1),
            ..arity(&label(base), 1, None, keys.len())
        });
    }
    check_each(base, keys, "String or Regexp", |key| {
        matches!(key, Value::String(_) | Value::Regexp(_))
    })?;
    match &keys[0] {
        Value::Regexp(regexp) => Ok(Type::Regexp(Some(regexp.clone()))),
        other => compile(other.as_str().unwrap_or_default()).map(|one| Type::Regexp(Some(one))),
    }
}

pub(super) fn sem_ver(base: &Type, keys: &[Value]) -> Parameterized {
    check_each(
        base,
        keys,
        "String or SemanticPuppet::VersionRange",
        |key| matches!(key, Value::String(_) | Value::SemVerRange(_)),
    )?;
    let mut ranges: Vec<SemVerRange> = Vec::new();
    for key in keys {
        ranges.push(match key {
            Value::SemVerRange(range) => (**range).clone(),
            other => SemVerRange::parse(other.as_str().unwrap_or_default())
                .map_err(|error| Refusal::raised(error.to_string()))?,
        });
    }
    Ok(Type::SemVer(Arc::new(merge_versions(ranges))))
}

/// Joins ranges that overlap; what stays alone keeps its text.
fn merge_versions(ranges: Vec<SemVerRange>) -> Vec<SemVerRange> {
    if ranges.len() < 2 {
        return ranges;
    }
    let intervals: Vec<_> = ranges
        .iter()
        .flat_map(|range| range.alternatives.clone())
        .collect();
    let merged = crate::values::merge_intervals(intervals.clone());
    if merged.len() == intervals.len() {
        return ranges;
    }
    merged
        .into_iter()
        .map(|interval| {
            let known = ranges
                .iter()
                .find(|range| range.alternatives.as_slice() == std::slice::from_ref(&interval));
            known.cloned().unwrap_or_else(|| SemVerRange::of(interval))
        })
        .collect()
}

pub(super) fn uri(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::String(text)] => {
            let parts = uris::parse(text).map_err(|error| Refusal::raised(error.to_string()))?;
            if parts.scheme.is_none() {
                return Err(Refusal::raised(format!(
                    "URI-Type parameter has wrong type, expects a URI with a scheme, got '{text}'"
                )));
            }
            Ok(Type::Uri(Some(Arc::new(Value::hash(
                parts.as_parameters(),
            )))))
        }
        [Value::Uri(text)] => Ok(Value::Uri(text.clone()).infer()),
        [Value::Hash(parameters)] => check_uri_parameters(parameters).map(|()| {
            let given = Some(parameters).filter(|parameters| !parameters.is_empty());
            Type::Uri(given.map(|parameters| Arc::new(Value::Hash(parameters.clone()))))
        }),
        [other] => Err(not_a_type("URI", 0, other)),
        _ => Err(arity("URI-Type", 1, None, keys.len())),
    }
}

fn check_uri_parameters(parameters: &HashMap) -> Result<(), Refusal> {
    const PARTS: [&str; 8] = [
        "scheme", "userinfo", "host", "port", "path", "query", "fragment", "opaque",
    ];
    let holds = |name: &str, value: &Value| match value {
        Value::Undef => true,
        Value::Integer(port) => name == "port" && *port >= 0,
        Value::String(text) => name != "port" && !text.is_empty(),
        Value::Regexp(_) => name != "port",
        Value::Type(of) => matches!(of, Type::Undef) || Type::NotUndef(None).is_assignable(of),
        _ => false,
    };
    for (name, value) in parameters {
        let known = name
            .as_str()
            .is_some_and(|name| PARTS.contains(&name) && holds(name, value));
        if !known {
            return Err(Refusal::kind(
                0,
                "URI-Type[] arguments must be types. Got Hash".to_owned(),
            ));
        }
    }
    Ok(())
}

pub(super) fn runtime(base: &Type, keys: &[Value]) -> Parameterized {
    match keys {
        [Value::String(runtime), Value::String(name)] => Ok(Type::Runtime(Arc::new(RuntimeType {
            runtime: Some(runtime.clone()),
            name: Some(name.clone()),
            pattern: None,
        }))),
        [
            Value::String(runtime),
            Value::Regexp(pattern),
            Value::String(name),
        ] => Ok(Type::Runtime(Arc::new(RuntimeType {
            runtime: Some(runtime.clone()),
            name: Some(name.clone()),
            pattern: Some(pattern.source().clone()),
        }))),
        _ if keys.len() != 2 => Err(arity(&label(base), 1, Some(2), keys.len())),
        _ => check_each(base, keys, "String or String", |key| {
            matches!(key, Value::String(_))
        })
        .map(|()| Type::any_runtime()),
    }
}
