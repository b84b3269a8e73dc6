//! Whether a value is an instance of a type, and whether it fits a case option.

use super::{
    Presence, Range, StructMember, TupleType, Type, assignable::any_matches, init, make::length,
    object, pcore, recursion::Guard,
};
use crate::values::{HashMap, Key, SemVer, Value};

impl Type {
    /// Whether the value is an instance of this type.
    pub fn is_instance(&self, value: &Value) -> bool {
        self.instance(value, &mut Guard::default())
    }

    pub(super) fn instance(&self, value: &Value, guard: &mut Guard) -> bool {
        match (self, value) {
            (Self::Any | Self::Unit, _)
            | (Self::Undef | Self::Optional(_), Value::Undef)
            | (Self::Default, Value::Default)
            | (Self::Numeric, Value::Integer(_) | Value::Float(_))
            | (Self::Binary, Value::Binary(_))
            | (Self::SemVerRange, Value::SemVerRange(_)) => true,
            (Self::Alias(alias), _) => {
                let target = alias.target();
                guard
                    .with_value(alias, value, |guard| target.instance(value, guard))
                    .unwrap_or(false)
            }
            (Self::Variant(types), _) => types.iter().any(|one| one.instance(value, guard)),
            (Self::Optional(of), _) => of.as_ref().is_some_and(|of| of.instance(value, guard)),
            (Self::NotUndef(of), _) => {
                !value.is_undef() && of.as_ref().is_none_or(|of| of.instance(value, guard))
            }
            (Self::Scalar, _) => matches!(
                value,
                Value::String(_)
                    | Value::Integer(_)
                    | Value::Float(_)
                    | Value::Boolean(_)
                    | Value::Regexp(_)
                    | Value::SemVer(_)
                    | Value::SemVerRange(_)
                    | Value::Timestamp(_)
                    | Value::Timespan(_)
            ),
            (Self::ScalarData, _) => matches!(
                value,
                Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_)
            ),
            (Self::Boolean(wanted), Value::Boolean(given)) => {
                wanted.is_none_or(|wanted| wanted == *given)
            }
            (Self::Integer(range), Value::Integer(given)) => range.includes(*given),
            (Self::Float(range), Value::Float(given)) => range.includes(*given),
            (Self::Timestamp(range), Value::Timestamp(given))
            | (Self::Timespan(range), Value::Timespan(given)) => range.includes(**given),
            (Self::String(size), Value::String(text)) => {
                size.is_unbounded() || size.includes(length(text.chars().count()))
            }
            (Self::StringValue(wanted), Value::String(given)) => wanted == given,
            (Self::Enum(values), Value::String(text)) => values.includes(text),
            (Self::Pattern(patterns), Value::String(text)) => {
                patterns.is_empty() || any_matches(patterns, text)
            }
            (Self::Regexp(wanted), Value::Regexp(given)) => {
                wanted.as_ref().is_none_or(|wanted| wanted == given)
            }
            (Self::Collection(size), Value::Array(elements)) => fits(size, elements.len()),
            (Self::Collection(size), Value::Hash(entries)) => fits(size, entries.len()),
            (Self::Array(array), Value::Array(elements)) => {
                fits(&array.size, elements.len())
                    && elements
                        .iter()
                        .all(|element| array.element.instance(element, guard))
            }
            (Self::Tuple(tuple), Value::Array(elements)) => tuple.instance(elements, guard),
            (Self::Hash(hash), Value::Hash(entries)) => {
                fits(&hash.size, entries.len())
                    && entries.iter().all(|(key, value)| {
                        hash.key.instance(key, guard) && hash.value.instance(value, guard)
                    })
            }
            (Self::Struct(members), Value::Hash(entries)) => {
                struct_instance(members, entries, guard)
            }
            (Self::Type(of), Value::Type(given)) => {
                of.as_ref().is_none_or(|of| of.assignable(given, guard))
            }
            (Self::Sensitive(of), Value::Sensitive(given)) => of.instance(given, guard),
            (Self::Iterable(of), _) => match of {
                Some(of) if !of.is_assignable(&Self::Any) => self.assignable(&value.infer(), guard),
                _ => is_iterable(value),
            },
            (Self::Iterator(of), Value::Iterator(given)) => of
                .as_ref()
                .is_none_or(|of| of.assignable(&given.element_type(), guard)),
            (Self::SemVer(ranges), Value::SemVer(version)) => {
                ranges.is_empty() || ranges.iter().any(|range| range.includes(version))
            }
            (Self::Uri(parameters), Value::Uri(text)) => match parameters.as_deref() {
                Some(Value::Hash(parameters)) => super::uri::matches(parameters, text),
                _ => true,
            },
            (Self::Init(of), _) => init::instance(of, value, guard),
            (Self::Object(object), Value::Type(given)) => {
                object.is_any()
                    || pcore::type_of(given).is_some_and(|meta| self.assignable(&meta, guard))
            }
            (Self::Object(_), Value::Object(given)) => self.assignable(&given.object_type, guard),
            (Self::ParameterizedObject(wanted), Value::Object(given)) => {
                Self::Object(wanted.base.clone()).assignable(&given.object_type, guard)
                    && object::values_accept(wanted, given)
            }
            (Self::TypeSet(_), Value::Type(Self::TypeSet(_))) => true,
            _ => false,
        }
    }
}

fn fits(size: &Range<i64>, count: usize) -> bool {
    size.is_unbounded() || size.includes(length(count))
}

fn is_iterable(value: &Value) -> bool {
    match value {
        Value::Iterator(_) | Value::String(_) | Value::Hash(_) | Value::Array(_) => true,
        Value::Integer(count) => *count >= 0,
        Value::Type(given) => match given.unaliased() {
            Type::Enum(_) => true,
            Type::Integer(range) => range.from.is_some() && range.to.is_some(),
            _ => false,
        },
        _ => false,
    }
}

impl TupleType {
    /// Whether the values fit, one by one.
    pub fn accepts_values(&self, values: &[Value]) -> bool {
        self.instance(values, &mut Guard::default())
    }

    pub(super) fn instance(&self, values: &[Value], guard: &mut Guard) -> bool {
        let fits = match self.size {
            Some(size) => size.includes(length(values.len())),
            None => self.types.is_empty() || self.types.len() == values.len(),
        };
        fits && values.iter().enumerate().all(|(index, value)| {
            self.at(index)
                .is_none_or(|wanted| wanted.instance(value, guard))
        })
    }
}

fn struct_instance(members: &[StructMember], entries: &HashMap, guard: &mut Guard) -> bool {
    let mut matched = 0;
    members
        .iter()
        .all(|member| match entries.get(&Key(&member.name)) {
            None => member.presence == Presence::Optional,
            Some(value) => {
                matched += 1;
                member.value.instance(value, guard)
            }
        })
        && matched == entries.len()
}

impl Value {
    /// Whether `value` fits this value as a case option: an instance of a type, a match of an
    /// expression, an equal value; arrays and hashes element by element.
    pub fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::Default => true,
            Self::Type(wanted) => wanted.is_instance(value),
            Self::Regexp(regexp) => value
                .as_str()
                .is_some_and(|text| regexp.is_match(text).unwrap_or(false)),
            Self::SemVer(version) => as_version(value).is_some_and(|given| given == **version),
            Self::SemVerRange(range) => {
                as_version(value).is_some_and(|given| range.includes(&given))
            }
            Self::Array(patterns) => value.as_array().is_some_and(|elements| {
                elements.len() == patterns.len()
                    && patterns
                        .iter()
                        .zip(elements)
                        .all(|(pattern, value)| pattern.accepts(value))
            }),
            Self::Hash(patterns) => value.as_hash().is_some_and(|entries| {
                patterns.iter().all(|(key, pattern)| {
                    pattern.accepts(entries.get(key).unwrap_or(&Value::Undef))
                })
            }),
            _ => value.equals(self),
        }
    }
}

fn as_version(value: &Value) -> Option<SemVer> {
    match value {
        Value::SemVer(version) => Some((**version).clone()),
        Value::String(text) => SemVer::parse(text).ok(),
        _ => None,
    }
}
