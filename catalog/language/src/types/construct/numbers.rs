//! Numbers and booleans from whatever reads as one.

use super::{Constructor, named, way};
use crate::{
    types::{Presence, Type, mismatch},
    values::{Key, Value, inspect, number, time},
};

const DIGITS: &str = r"(?:0|[1-9]\d*)";
const HEXADECIMAL: &str = r"(?:0[xX][0-9A-Fa-f]+)";
const OCTAL: &str = r"(?:0[0-7]+)";
const BINARY: &str = r"(?:0[bB][01]+)";
const SIGN: &str = r"[+-]?\s*";

fn convertible_to_float(numbers: Vec<Type>) -> Type {
    let pattern = format!(
        r"\A{SIGN}(?:(?:{DIGITS}(?:\.\d+)?(?:[eE]-?\d+)?)|{HEXADECIMAL}|{OCTAL}|{BINARY})\z"
    );
    convertible(numbers, &pattern)
}

fn convertible_to_integer() -> Type {
    convertible(
        vec![Type::Numeric],
        &format!(r"\A{SIGN}(?:(?:\d+)|{HEXADECIMAL}|{BINARY})\z"),
    )
}

fn convertible(mut types: Vec<Type>, pattern: &str) -> Type {
    types.extend([
        Type::BOOLEAN,
        Type::pattern_of(&[pattern]),
        Type::Timespan(std::sync::Arc::default()),
        Type::Timestamp(std::sync::Arc::default()),
    ]);
    named("Convertible", Type::Variant(types.into()))
}

fn radix() -> Type {
    let mut types = vec![Type::Default];
    types.extend([2, 8, 10, 16].map(|radix| Type::integer_between(radix, radix)));
    named("Radix", Type::Variant(types.into()))
}

fn named_arguments(convertible: Type, with_radix: bool) -> Type {
    let mut members = vec![("from", Presence::Required, convertible)];
    if with_radix {
        members.push(("radix", Presence::Optional, radix()));
    }
    members.push(("abs", Presence::Optional, Type::BOOLEAN));
    named("NamedArgs", Type::struct_of(members))
}

fn absolute(value: Value) -> Result<Value, String> {
    Ok(match value {
        Value::Integer(value) => {
            Value::Integer(value.checked_abs().ok_or_else(|| too_large(value))?)
        }
        Value::Float(value) => Value::Float(value.abs()),
        other => other,
    })
}

fn too_large(value: impl std::fmt::Display) -> String {
    format!("The value {value} is outside of the range of integers")
}

fn apply_absolute(value: Value, flag: Option<&Value>) -> Result<Value, String> {
    if matches!(flag, Some(Value::Boolean(true))) {
        absolute(value)
    } else {
        Ok(value)
    }
}

fn kind_of(value: &Value) -> String {
    value.infer().generalize().to_string()
}

fn cannot_convert(value: &Value, target: &str) -> String {
    match value {
        Value::String(text) => format!("The string '{text}' cannot be converted to {target}"),
        other => format!(
            "Value of type {} cannot be converted to {target}",
            kind_of(other)
        ),
    }
}

pub(super) fn integer() -> Constructor {
    Constructor::new(
        "new",
        vec![
            way(
                vec![
                    ("from", convertible_to_integer()),
                    ("radix", radix()),
                    ("abs", Type::BOOLEAN),
                ],
                1,
                |arguments, _| {
                    let value = to_integer(&arguments[0], arguments.get(1))?;
                    apply_absolute(value, arguments.get(2))
                },
            ),
            way(
                vec![("hash_args", named_arguments(convertible_to_integer(), true))],
                1,
                |arguments, _| {
                    let from = arguments[0].get("from").cloned().unwrap_or_default();
                    let value = to_integer(&from, arguments[0].get("radix"))?;
                    apply_absolute(value, arguments[0].get("abs"))
                },
            ),
        ],
    )
    .with_mismatch(integer_mismatch)
}

fn check_radix(radix: &Value) -> Result<(), String> {
    match radix {
        Value::Integer(2 | 8 | 10 | 16) | Value::Default | Value::Undef => Ok(()),
        other => Err(format!(
            "Illegal radix: {other}, expected 2, 8, 10, 16, or default"
        )),
    }
}

fn integer_mismatch(arguments: &[Value]) -> Option<Result<String, String>> {
    if let [hash @ Value::Hash(entries)] = arguments {
        if let Some(from) = entries.get(&Key("from"))
            && !convertible_to_integer().is_instance(from)
        {
            return Some(Ok(cannot_convert(from, "Integer")));
        }
        let radix = entries.get(&Key("radix")).cloned().unwrap_or_default();
        if let Err(message) = check_radix(&radix) {
            return Some(Err(message));
        }
        let wanted = named_arguments(convertible_to_integer(), true);
        return mismatch::assert("Integer.new", &wanted, hash)
            .err()
            .map(Err);
    }
    let fits = match arguments {
        [_] => true,
        [_, radix] => matches!(radix, Value::Integer(_)),
        [_, radix, abs] => matches!((radix, abs), (Value::Integer(_), Value::Boolean(_))),
        _ => false,
    };
    if !fits {
        return None;
    }
    if let Some(Err(message)) = arguments.get(1).map(check_radix) {
        return Some(Err(message));
    }
    Some(Ok(cannot_convert(&arguments[0], "Integer")))
}

fn to_integer(from: &Value, radix: Option<&Value>) -> Result<Value, String> {
    Ok(Value::Integer(match from {
        Value::Integer(value) => *value,
        Value::Float(value) if value.is_nan() => return Err("NaN".to_owned()),
        Value::Float(value) if value.is_infinite() => return Err(number::float_text(*value)),
        Value::Float(value) if value.abs() >= 9.3e18 => return Err(too_large(value)),
        Value::Float(value) => *value as i64,
        Value::Boolean(value) => i64::from(*value),
        Value::Timestamp(value) | Value::Timespan(value) => time::to_integer(**value),
        Value::String(text) => {
            let radix = match radix {
                Some(Value::Integer(radix)) => u32::try_from(*radix).ok(),
                _ => None,
            };
            parse_integer(text, radix)
                .ok_or_else(|| format!("invalid value for Integer(): {}", inspect(from)))?
        }
        other => return Err(cannot_convert(other, "Integer")),
    }))
}

/// Digits with a sign, perhaps apart from it, and a prefix that fits the radix.
fn parse_integer(text: &str, radix: Option<u32>) -> Option<i64> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.as_bytes().first()? {
        b'-' => (true, trimmed[1..].trim_start()),
        b'+' => (false, trimmed[1..].trim_start()),
        _ => (false, trimmed),
    };
    let lower = digits.to_ascii_lowercase();
    let (prefix_radix, rest) = match lower.get(..2) {
        Some("0x") => (Some(16), &lower[2..]),
        Some("0b") => (Some(2), &lower[2..]),
        Some("0o") => (Some(8), &lower[2..]),
        _ => (None, lower.as_str()),
    };
    let (radix, digits) = match (radix, prefix_radix) {
        (None, Some(found)) => (found, rest),
        (None, None) if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        (None, None) => (10, lower.as_str()),
        (Some(wanted), Some(found)) if wanted == found => (wanted, rest),
        // `0b1` are digits in base 16.
        (Some(16), Some(2)) => (16, lower.as_str()),
        (Some(_), Some(_)) => return None,
        (Some(wanted), None) => (wanted, lower.as_str()),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

pub(super) fn float() -> Constructor {
    float_like("new_float", vec![Type::Numeric], to_float)
        .with_mismatch(|arguments| float_mismatch(arguments, "Float"))
}

pub(super) fn numeric() -> Constructor {
    float_like("new_numeric", vec![Type::INTEGER, Type::FLOAT], to_number)
        .with_mismatch(|arguments| float_mismatch(arguments, "Numeric"))
}

fn float_like(
    name: &str,
    numbers: Vec<Type>,
    convert: fn(&Value) -> Result<Value, String>,
) -> Constructor {
    let convertible = convertible_to_float(numbers);
    Constructor::new(
        name,
        vec![
            way(
                vec![("from", convertible.clone()), ("abs", Type::BOOLEAN)],
                1,
                move |arguments, _| apply_absolute(convert(&arguments[0])?, arguments.get(1)),
            ),
            way(
                vec![("hash_args", named_arguments(convertible, false))],
                1,
                move |arguments, _| {
                    let from = arguments[0].get("from").cloned().unwrap_or_default();
                    apply_absolute(convert(&from)?, arguments[0].get("abs"))
                },
            ),
        ],
    )
}

fn float_mismatch(arguments: &[Value], target: &str) -> Option<Result<String, String>> {
    match arguments {
        [from] | [from, Value::Boolean(_)] => Some(Ok(cannot_convert(from, target))),
        _ => None,
    }
}

fn to_number(from: &Value) -> Result<Value, String> {
    match from {
        Value::Integer(_) | Value::Float(_) => Ok(from.clone()),
        Value::Boolean(value) => Ok(Value::Integer(i64::from(*value))),
        Value::Timestamp(value) | Value::Timespan(value) => Ok(time::to_float(**value).into()),
        Value::String(text) => {
            let unsigned = text.trim_start_matches(['+', '-']).trim_start();
            let is_binary = unsigned.len() > 1 && unsigned[..2].eq_ignore_ascii_case("0b");
            if is_binary && let Some(value) = parse_integer(text, None) {
                return Ok(Value::Integer(value));
            }
            match number::parse_number(text) {
                Some(number::Number::Integer(value)) => Ok(Value::Integer(value)),
                Some(number::Number::Float(value)) => Ok(Value::Float(value)),
                None => Err(cannot_convert(from, "Numeric")),
            }
        }
        other => Err(cannot_convert(other, "Numeric")),
    }
}

/// As a number, but leading zeros mean nothing.
fn to_float(from: &Value) -> Result<Value, String> {
    let value = match from {
        Value::Integer(value) => *value as f64,
        Value::Float(value) => *value,
        Value::Boolean(value) => f64::from(u8::from(*value)),
        Value::Timestamp(value) | Value::Timespan(value) => time::to_float(**value),
        Value::String(text) => {
            let joined: String = text
                .chars()
                .filter(|character| !character.is_whitespace())
                .collect();
            let unsigned = joined.trim_start_matches(['+', '-']);
            let prefixed =
                unsigned.len() > 1 && matches!(&unsigned[..2], "0b" | "0B" | "0x" | "0X");
            if prefixed {
                parse_integer(&joined, None).map(|value| value as f64)
            } else {
                joined.parse().ok()
            }
            .ok_or_else(|| format!("invalid value for Float(): {}", inspect(from)))?
        }
        other => return Err(cannot_convert(other, "Float")),
    };
    Ok(Value::Float(value))
}

pub(super) fn boolean() -> Constructor {
    let words = ["false", "true", "yes", "no", "y", "n"]
        .map(std::sync::Arc::from)
        .to_vec();
    let words = Type::enumeration(words, crate::types::Letters::Ignored);
    let from = Type::Variant(vec![Type::INTEGER, Type::FLOAT, Type::BOOLEAN, words].into());
    Constructor::new(
        "new_boolean",
        vec![way(vec![("from", from)], 1, |arguments, _| {
            Ok(Value::Boolean(match &arguments[0] {
                Value::Boolean(value) => *value,
                Value::Integer(value) => *value != 0,
                Value::Float(value) => *value != 0.0,
                Value::String(text) => {
                    !matches!(text.to_lowercase().as_str(), "false" | "no" | "n")
                }
                _ => true,
            }))
        })],
    )
    .with_mismatch(|arguments| match arguments {
        [from] => Some(Ok(cannot_convert(from, "Boolean"))),
        _ => None,
    })
}
