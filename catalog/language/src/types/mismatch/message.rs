//! The sentences.

use std::fmt;

use super::{Mismatch, Reason, Step};
use crate::types::{Range, Type, parameterize::with_article};

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(text) => f.write_str(text),
            Self::EntryValue(key) => write!(f, "entry '{key}'"),
            Self::EntryKey(key) => write!(f, "key of entry '{key}'"),
            Self::Parameter(name) => write!(f, "parameter '{name}'"),
            Self::Return => f.write_str("return"),
            Self::Block => f.write_str("block"),
            Self::Index(index) => write!(f, "index {index}"),
            Self::Variant(index) => write!(f, "variant {index}"),
            Self::Signature(index) => write!(f, "{}.", index + 1),
        }
    }
}

/// The message, with a blank in front.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.path {
            write!(f, " {step}")?;
        }
        match &self.reason {
            Reason::MissingKey(key) => write!(f, " expects a value for key '{key}'"),
            Reason::MissingParameter(name) => write!(f, " expects a value for parameter '{name}'"),
            Reason::ExtraneousKey(key) => write!(f, " unrecognized key '{key}'"),
            Reason::InvalidParameter(name) => write!(f, " has no parameter named '{name}'"),
            Reason::UnexpectedBlock => f.write_str(" does not expect a block"),
            Reason::MissingBlock => f.write_str(" expects a block"),
            Reason::Unresolved(name) => write!(f, " references an unresolved type '{name}'"),
            Reason::Type { expected, actual } => {
                write!(f, " expects {}", type_message(expected, actual))
            }
            Reason::Pattern { expected, actual } => {
                let (prefix, expected) = match expected {
                    Type::Optional(Some(of)) => ("an undef value or ", of.as_ref()),
                    other => ("", other),
                };
                let actual = match actual {
                    Type::StringValue(text) => format!("'{text}'"),
                    other => short_name(other),
                };
                let expected = expected.expanded_text();
                write!(f, " expects {prefix}a match for {expected}, got {actual}")
            }
            Reason::Size { expected, actual } => write!(
                f,
                " expects size to be {}, got {}",
                size_text(expected, "0"),
                size_text(actual, "0")
            ),
            Reason::Count { expected, actual } => {
                let (least, most) = (expected.from.unwrap_or(0), expected.to);
                let one = least == 1 && (most == Some(1) || most.is_none())
                    || least == 0 && most == Some(1);
                let plural = if one { "" } else { "s" };
                write!(
                    f,
                    " expects {} argument{plural}, got {}",
                    size_text(expected, "no"),
                    size_text(actual, "none")
                )
            }
        }
    }
}

fn size_text(range: &Range<i64>, zero: &str) -> String {
    match (range.from.unwrap_or(0), range.to) {
        (0, Some(0)) => zero.to_owned(),
        (from, Some(to)) if from == to => from.to_string(),
        (0, None) => "unlimited".to_owned(),
        (0, Some(to)) => format!("at most {to}"),
        (from, None) => format!("at least {from}"),
        (from, Some(to)) => format!("between {from} and {to}"),
    }
}

fn short_name(of: &Type) -> String {
    let contained = match of {
        Type::Optional(of)
        | Type::NotUndef(of)
        | Type::Type(of)
        | Type::Iterable(of)
        | Type::Iterator(of) => of.as_deref(),
        Type::Sensitive(of) => Some(of.as_ref()),
        Type::Init(init) => init.of.as_ref(),
        _ => None,
    };
    match contained {
        Some(inner) if !matches!(inner, Type::Any) => format!("{}[{}]", of.name(), inner.name()),
        _ => of.name(),
    }
}

fn type_message(expected: &Type, actual: &Type) -> String {
    let (optional, expected) = match expected {
        Type::Optional(Some(of)) => (true, of.as_ref()),
        other => (false, other),
    };
    let (alternatives, is_variant) = match expected {
        Type::Variant(types) => (types.as_slice(), true),
        other => (std::slice::from_ref(other), false),
    };
    let detailed = alternatives.iter().any(|one| always_detailed(one, actual))
        || alternatives
            .iter()
            .any(|one| assignable_to_default(one, actual));
    let actual_text = if detailed {
        detailed_actual(alternatives, actual)
    } else {
        short_name(actual)
    };
    let mut names: Vec<String> = Vec::new();
    if optional {
        names.push("Undef".to_owned());
    }
    for one in alternatives {
        let name = if detailed {
            one.expanded_text()
        } else {
            short_name(one)
        };
        if detailed || !names.contains(&name) || !is_variant {
            names.push(name);
        }
    }
    match names.as_slice() {
        [only] => format!("{} value, got {actual_text}", with_article(only)),
        [first, second] => format!("a value of type {first} or {second}, got {actual_text}"),
        [rest @ .., last] => {
            format!(
                "a value of type {}, or {last}, got {actual_text}",
                rest.join(", ")
            )
        }
        [] => format!("nothing, got {actual_text}"),
    }
}

/// Whether the two are of one kind, so that only details can tell them apart.
fn always_detailed(expected: &Type, actual: &Type) -> bool {
    let same_kind = std::mem::discriminant(expected) == std::mem::discriminant(actual)
        || matches!(
            (expected, actual),
            (Type::String(_), Type::StringValue(_)) | (Type::StringValue(_), Type::String(_))
        );
    same_kind
        || matches!(expected, Type::Alias(_))
        || matches!(actual, Type::Alias(_))
        || matches!(
            (expected, actual),
            (Type::Struct(_), Type::Hash(_)) | (Type::Tuple(_), Type::Array(_))
        )
}

fn assignable_to_default(expected: &Type, actual: &Type) -> bool {
    let expected = expected.unaliased();
    crate::types::names::find(expected.simple_name())
        .filter(|default| std::mem::discriminant(default) == std::mem::discriminant(&expected))
        .or(match &expected {
            Type::StringValue(_) => Some(Type::STRING),
            Type::Object(_) | Type::ParameterizedObject(_) => Some(Type::any_object()),
            _ => None,
        })
        .is_some_and(|default| default.is_assignable(actual))
}

fn detailed_actual(expected: &[Type], actual: &Type) -> String {
    let expected: Vec<Type> = expected.iter().map(Type::unaliased).collect();
    let generalized = actual.generalize();
    if expected.iter().any(|one| always_detailed(one, actual))
        || expected.iter().any(|one| one.is_assignable(&generalized))
    {
        actual.expanded_text()
    } else {
        actual.simple_name().to_owned()
    }
}
