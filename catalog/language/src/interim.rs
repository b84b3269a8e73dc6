//! Parameters of types and texts of mismatches, as far as native signatures need them. The type
//! system's own versions take their place.

use std::sync::Arc;

use ficelle_syntax::{
    ast::{Expression, ExpressionKind},
    parse_expression,
    source::Source,
};

use crate::{
    types::{
        ArrayType, CallableType, HashType, Presence, Range, StructMember, TupleType, Type, builtin,
        names,
    },
    values::{Regexp, Value},
};

/// What is wrong with an argument of a type.
pub struct ParameterError {
    /// The text.
    pub message: String,
    /// Which argument.
    pub argument: Option<usize>,
}

/// The type of a bare name.
pub fn named(name: &str) -> Option<Type> {
    builtin::find(name).or_else(|| names::find(name))
}

/// The type that a text of names and literals stands for.
///
/// # Errors
/// The text stands for none.
pub fn parse(text: &str) -> Result<Type, String> {
    let parsed = parse_expression(Source::new(None, text));
    let expression = parsed.program.body.first().ok_or_else(|| text.to_owned())?;
    match literal(expression)? {
        Value::Type(found) => Ok(found),
        _ => Err(text.to_owned()),
    }
}

fn literal(expression: &Expression) -> Result<Value, String> {
    Ok(match &expression.kind {
        ExpressionKind::Undef => Value::Undef,
        ExpressionKind::Default => Value::Default,
        ExpressionKind::Boolean(value) => Value::Boolean(*value),
        ExpressionKind::Integer { value, .. } => Value::Integer(*value),
        ExpressionKind::Float(value) => Value::Float(*value),
        ExpressionKind::String(text) | ExpressionKind::Name(text) => Value::String(text.clone()),
        ExpressionKind::Regexp(source) => Value::Regexp(Regexp::of(source)),
        ExpressionKind::Reference(name) => {
            Value::Type(named(name).ok_or_else(|| name.to_string())?)
        }
        ExpressionKind::Unary { operand, .. } => match literal(operand)? {
            Value::Integer(value) => Value::Integer(-value),
            other => other,
        },
        ExpressionKind::Array(elements) => Value::array(
            elements
                .iter()
                .map(literal)
                .collect::<Result<Vec<_>, _>>()?,
        ),
        ExpressionKind::Hash(entries) => Value::hash(
            entries
                .iter()
                .map(|entry| Ok((literal(&entry.key)?, literal(&entry.value)?)))
                .collect::<Result<_, String>>()?,
        ),
        ExpressionKind::Access { left, keys } => {
            let Value::Type(base) = literal(left)? else {
                return Err("no type".to_owned());
            };
            let keys = keys.iter().map(literal).collect::<Result<Vec<_>, _>>()?;
            Value::Type(parameterize(&base, &keys).map_err(|error| error.message)?)
        }
        other => return Err(format!("{other:?}")),
    })
}

fn range(keys: &[Value]) -> Range<i64> {
    let bound = |index: usize| match keys.get(index) {
        Some(Value::Integer(value)) => Some(*value),
        _ => None,
    };
    Range {
        from: bound(0),
        to: bound(1),
    }
}

fn type_at(keys: &[Value], index: usize) -> Type {
    match keys.get(index) {
        Some(Value::Type(found)) => found.clone(),
        _ => Type::Any,
    }
}

/// `base[keys]`
///
/// # Errors
/// The base takes no such parameters.
pub fn parameterize(base: &Type, keys: &[Value]) -> Result<Type, ParameterError> {
    let types = || -> Vec<Type> {
        let types = keys.iter().filter_map(|key| match key {
            Value::Type(found) => Some(found.clone()),
            _ => None,
        });
        types.collect()
    };
    let first = || Some(Arc::new(type_at(keys, 0)));
    let size = |from: usize| range(keys.get(from..).unwrap_or_default()).or_any_size();
    Ok(match base {
        Type::Integer(_) => Type::Integer(range(keys)),
        Type::String(_) => Type::String(range(keys).or_any_size()),
        Type::Collection(_) => Type::Collection(range(keys).or_any_size()),
        Type::Array(_) => Type::Array(Arc::new(ArrayType {
            element: type_at(keys, 0),
            size: size(1),
        })),
        Type::Hash(_) => Type::Hash(Arc::new(HashType {
            key: type_at(keys, 0),
            value: type_at(keys, 1),
            size: size(2),
        })),
        Type::Optional(_) => Type::Optional(first()),
        Type::NotUndef(_) => Type::NotUndef(first()),
        Type::Iterable(_) => Type::Iterable(first()),
        Type::Type(_) => Type::Type(first()),
        Type::Sensitive(_) => Type::Sensitive(Arc::new(type_at(keys, 0))),
        Type::Variant(_) => Type::Variant(Arc::new(types())),
        Type::Tuple(_) => Type::tuple(types(), None),
        Type::Boolean(_) => Type::Boolean(match keys.first() {
            Some(Value::Boolean(value)) => Some(*value),
            _ => None,
        }),
        Type::Enum(_) => Type::enum_of(keys.iter().map(ToString::to_string)),
        Type::Pattern(_) => Type::Pattern(Arc::new(
            keys.iter()
                .map(|key| match key {
                    Value::Regexp(regexp) => regexp.clone(),
                    other => Regexp::of(&other.to_string()),
                })
                .collect(),
        )),
        Type::Struct(_) => {
            let entries = keys.first().and_then(Value::as_hash);
            let members = entries
                .into_iter()
                .flatten()
                .map(|(key, value)| StructMember {
                    name: key.to_string().into(),
                    presence: match value {
                        Value::Type(Type::Optional(_)) => Presence::Optional,
                        _ => Presence::Required,
                    },
                    value: match value {
                        Value::Type(found) => found.clone(),
                        _ => Type::Any,
                    },
                });
            Type::Struct(Arc::new(members.collect()))
        }
        Type::Callable(_) => {
            let bounds: Vec<Value> = keys
                .iter()
                .filter(|key| matches!(key, Value::Integer(_)))
                .cloned()
                .collect();
            let mut types = types();
            let size = (!bounds.is_empty()).then(|| range(&bounds));
            if types.is_empty() && size.is_some_and(|size| size.to != Some(0)) {
                types.push(Type::Unit);
            }
            Type::callable(TupleType { types, size }, None, None)
        }
        _ => {
            return Err(ParameterError {
                message: format!("{base} takes no parameters"),
                argument: None,
            });
        }
    })
}

/// Texts of mismatches.
pub mod mismatch {
    use super::{Arc, CallableType, Type, Value};
    use crate::{types::signature::Signature, values::HashMap};

    /// A parameter that is given by name.
    pub struct Parameter {
        /// Its name.
        pub name: Arc<str>,
        /// Its type.
        pub parameter_type: Type,
        /// Whether it must be given.
        pub is_required: bool,
    }

    /// Why no signature fits.
    pub fn describe_signatures(
        name: &str,
        signatures: &[Signature],
        arguments: &[Value],
        _block: Option<&CallableType>,
    ) -> String {
        if let [signature] = signatures
            && let Some(parameters) = &signature.callable.parameters
        {
            let size = parameters.size_range();
            let count = arguments.len() as i64;
            if !size.includes(count) {
                let expected = match (size.from.unwrap_or(0), size.to) {
                    (from, Some(to)) if from == to => format!("{to}"),
                    (from, Some(to)) => format!("between {from} and {to}"),
                    (from, None) => format!("at least {from}"),
                };
                let plural = if expected == "1" {
                    "argument"
                } else {
                    "arguments"
                };
                let got = if count == 0 {
                    "none".to_owned()
                } else {
                    count.to_string()
                };
                return format!("'{name}' expects {expected} {plural}, got {got}");
            }
            for (index, argument) in arguments.iter().enumerate() {
                let expected = parameters.at(index).cloned().unwrap_or(Type::Any);
                if !expected.is_instance(argument) {
                    let parameter = signature
                        .names
                        .get(index)
                        .or(signature.names.last())
                        .cloned()
                        .unwrap_or_default();
                    return describe_value(
                        &format!("'{name}' parameter '{parameter}'"),
                        &expected,
                        argument,
                    )
                    .replace(" has wrong type,", "");
                }
            }
        }
        format!("The function '{name}' was called with arguments it does not accept.")
    }

    /// Why a value is not of a type.
    pub fn describe_value(subject: &str, expected: &Type, value: &Value) -> String {
        let shown = expected.to_string();
        let article = crate::evaluator::label::article(&shown);
        let got = value.infer().generalize();
        format!("{subject} has wrong type, expects {article} {shown} value, got {got}")
    }

    /// Why parameters do not fit; `None` where they do.
    pub fn describe_parameters(
        subject: &str,
        declared: &[Parameter],
        given: &HashMap,
    ) -> Option<String> {
        let mut errors = Vec::new();
        for parameter in declared {
            match given.get(&Value::String(parameter.name.clone())) {
                None if parameter.is_required => {
                    errors.push(format!(
                        "expects a value for parameter '{}'",
                        parameter.name
                    ));
                }
                Some(value) if !parameter.parameter_type.is_instance(value) => {
                    let subject = format!("parameter '{}'", parameter.name);
                    let text = describe_value(&subject, &parameter.parameter_type, value);
                    errors.push(text.replace(" has wrong type,", ""));
                }
                _ => {}
            }
        }
        for name in given.keys() {
            let name = name.to_string();
            if !declared.iter().any(|parameter| *parameter.name == *name) {
                errors.push(format!("has no parameter named '{name}'"));
            }
        }
        match errors.as_slice() {
            [] => None,
            [error] => Some(format!("{subject}: {error}")),
            several => Some(format!("{subject}:\n {}", several.join("\n "))),
        }
    }
}
