//! Whether every instance of one type is an instance of another.

use std::sync::Arc;

use super::{
    CallableType, EnumType, HashType, ObjectType, Presence, Range, StructMember, TupleType, Type,
    make::length, recursion::Guard,
};
use crate::values::{Regexp, Value};

impl Type {
    /// Whether every instance of `other` is an instance of this type.
    pub fn is_assignable(&self, other: &Type) -> bool {
        self.assignable(other, &mut Guard::default())
    }

    pub(super) fn assignable(&self, other: &Type, guard: &mut Guard) -> bool {
        match self {
            Self::Unit => true,
            Self::Alias(alias) if guard.is_stuck(alias) => false,
            Self::Alias(alias) => guard.with_this(alias, |guard, both| {
                both || self.assignable_from_any(other, guard)
            }),
            Self::Variant(types) => match other {
                Self::Undef if types.is_empty() => false,
                Self::Variant(others) => {
                    types.is_empty()
                        || !others.is_empty()
                            && others
                                .iter()
                                .all(|one| self.assignable_from_any(one, guard))
                }
                _ => self.assignable_from_any(other, guard),
            },
            _ => self.assignable_from_any(other, guard),
        }
    }

    /// Takes apart what stands for other types on the right side.
    fn assignable_from_any(&self, other: &Type, guard: &mut Guard) -> bool {
        match other {
            Self::Unit => true,
            Self::Alias(alias) => {
                let target = alias.target();
                guard.with_that(alias, |guard, both| both || self.assignable(&target, guard))
            }
            Self::Variant(_) if matches!(self, Self::Any) => true,
            Self::Variant(others) if others.is_empty() && matches!(self, Self::NotUndef(_)) => {
                self.assignable_from_plain(other, guard)
            }
            Self::Variant(others) => {
                !others.is_empty() && others.iter().all(|one| self.assignable(one, guard))
            }
            Self::Optional(of) => {
                self.assignable(&Self::Undef, guard)
                    && of.as_ref().is_none_or(|of| self.assignable(of, guard))
            }
            Self::NotUndef(Some(of)) if !of.is_assignable(&Self::Undef) => {
                self.assignable(of, guard)
            }
            _ => self.assignable_from_plain(other, guard),
        }
    }

    fn assignable_from_plain(&self, other: &Type, guard: &mut Guard) -> bool {
        match (self, other) {
            (Self::Any | Self::Unit, _)
            | (Self::Undef | Self::Optional(_), Self::Undef)
            | (Self::Default, Self::Default)
            | (Self::Binary, Self::Binary)
            | (Self::SemVerRange, Self::SemVerRange) => true,
            (Self::Alias(alias), _) => alias.target().assignable(other, guard),
            (Self::Variant(types), _) => types.iter().any(|one| one.assignable(other, guard)),
            (Self::Optional(of), _) => of.as_ref().is_none_or(|of| of.assignable(other, guard)),
            (Self::NotUndef(of), _) => {
                !other.assignable(&Self::Undef, guard)
                    && of.as_ref().is_none_or(|of| of.assignable(other, guard))
            }
            (Self::Scalar, _) => other.is_scalar(),
            (Self::ScalarData, _) => other.is_scalar_data(),
            (Self::Numeric, _) => {
                matches!(other, Self::Numeric | Self::Integer(_) | Self::Float(_))
            }
            (Self::Boolean(value), Self::Boolean(given)) => value.is_none() || value == given,
            (Self::Integer(range), Self::Integer(given)) => range.covers(given),
            (Self::Float(range), Self::Float(given)) => range.covers(given),
            (Self::Timestamp(range), Self::Timestamp(given))
            | (Self::Timespan(range), Self::Timespan(given)) => range.covers(given),
            (Self::String(size), _) => string_assignable(size, other),
            (Self::StringValue(text), _) => match other {
                Self::StringValue(given) => text == given,
                Self::Enum(given) => {
                    given.values.len() == 1 && !given.case_insensitive && given.values[0] == *text
                }
                _ => false,
            },
            (Self::Enum(values), _) => enum_assignable(values, other),
            (Self::Pattern(patterns), _) => pattern_assignable(patterns, other),
            (Self::Regexp(pattern), Self::Regexp(given)) => pattern.is_none() || pattern == given,
            (Self::Collection(size), _) => match other.collection_size() {
                Some(given) => size.or_any_size().covers(&given),
                None => false,
            },
            (Self::Array(array), Self::Tuple(tuple)) => {
                let given = tuple
                    .size
                    .unwrap_or(Range::exactly(length(tuple.types.len())));
                array.size.or_any_size().covers(&given.or_any_size())
                    && tuple
                        .types
                        .iter()
                        .all(|one| array.element.assignable(one, guard))
            }
            (Self::Array(array), Self::Array(given)) => {
                array.size.or_any_size().covers(&given.size.or_any_size())
                    && array.element.assignable(&given.element, guard)
            }
            (Self::Tuple(tuple), Self::Tuple(given)) => tuple.accepts_tuple(given, guard),
            (Self::Tuple(tuple), Self::Array(given)) => {
                tuple.accepts_array(&given.element, given.size, guard)
            }
            (Self::Hash(hash), _) => hash_assignable(hash, other, guard),
            (Self::Struct(members), _) => struct_assignable(members, other, guard),
            (Self::Type(of), Self::Type(given)) => match (of, given) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(of), Some(given)) => of.assignable(given, guard),
            },
            (Self::Sensitive(of), Self::Sensitive(given)) => of.assignable(given, guard),
            (Self::Iterable(of), _) => match of {
                Some(of) if !of.assignable(&Self::Any, guard) => match other.iterable_type() {
                    Some(Some(element)) => of.assignable(&element, guard),
                    _ => false,
                },
                _ => other.iterable_type().is_some(),
            },
            (Self::Iterator(of), Self::Iterator(given)) => match (of, given) {
                (None, _) => true,
                (Some(of), given) => of.assignable(given.as_deref().unwrap_or(&Self::Any), guard),
            },
            (Self::Callable(callable), Self::Callable(given)) => callable.accepts(given, guard),
            (Self::CatalogEntry, _) => {
                matches!(
                    other,
                    Self::CatalogEntry | Self::Class(_) | Self::Resource(_)
                )
            }
            (Self::Class(name), Self::Class(given)) => name.is_none() || name == given,
            (Self::Resource(resource), Self::Resource(given)) => {
                resource.type_name.is_none()
                    || same_type_name(&resource.type_name, &given.type_name)
                        && (resource.title.is_none() || resource.title == given.title)
            }
            (Self::SemVer(ranges), Self::SemVer(given)) => {
                ranges.is_empty()
                    || !given.is_empty() && {
                        let intervals = |ranges: &[super::SemVerRange]| {
                            ranges
                                .iter()
                                .flat_map(|range| range.alternatives.clone())
                                .collect::<Vec<_>>()
                        };
                        let mine = intervals(ranges);
                        intervals(given)
                            .iter()
                            .all(|given| mine.iter().any(|mine| mine.covers(given)))
                    }
            }
            (Self::Uri(parameters), Self::Uri(given)) => uri_assignable(parameters, given),
            (Self::Runtime(runtime), Self::Runtime(given)) => {
                (runtime.runtime.is_none() || runtime.runtime == given.runtime)
                    && (runtime.name.is_none()
                        || runtime.name == given.name && runtime.pattern == given.pattern)
            }
            (Self::Init(init), _) => super::init::assignable(init, other, guard),
            (Self::Object(object), _) => object_assignable(object, other),
            (Self::ParameterizedObject(object), _) => {
                object_assignable(&object.base, other)
                    && super::object::parameters_accept(object, other)
            }
            (Self::TypeSet(set), Self::TypeSet(given)) => {
                set.name.is_empty() || set.name == given.name
            }
            (Self::Reference(name), Self::Reference(given)) => name == given,
            _ => false,
        }
    }

    fn is_scalar(&self) -> bool {
        self.is_scalar_data()
            || matches!(
                self,
                Self::Scalar
                    | Self::Regexp(_)
                    | Self::SemVer(_)
                    | Self::SemVerRange
                    | Self::Timespan(_)
                    | Self::Timestamp(_)
            )
    }

    fn is_scalar_data(&self) -> bool {
        matches!(
            self,
            Self::ScalarData
                | Self::Numeric
                | Self::Boolean(_)
                | Self::Integer(_)
                | Self::Float(_)
                | Self::String(_)
                | Self::StringValue(_)
                | Self::Enum(_)
                | Self::Pattern(_)
        )
    }

    /// The size of a collection's type.
    fn collection_size(&self) -> Option<Range<i64>> {
        Some(match self {
            Self::Collection(size) => size.or_any_size(),
            Self::Array(array) => array.size.or_any_size(),
            Self::Hash(hash) => hash.size.or_any_size(),
            Self::Tuple(tuple) => tuple
                .size
                .unwrap_or(Range::exactly(length(tuple.types.len())))
                .or_any_size(),
            Self::Struct(members) => Range::exactly(length(members.len())),
            _ => return None,
        })
    }
}

pub(super) fn same_type_name(a: &Option<Arc<str>>, b: &Option<Arc<str>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (None, None) => true,
        _ => false,
    }
}

fn characters(text: &str) -> i64 {
    length(text.chars().count())
}

fn string_assignable(size: &Range<i64>, other: &Type) -> bool {
    let size = size.or_any_size();
    match other {
        Type::String(given) => size.covers(&given.or_any_size()),
        Type::StringValue(text) => size.includes(characters(text)),
        Type::Enum(given) if given.values.is_empty() => size.covers(&Range::new(Some(0), None)),
        Type::Enum(given) => given
            .values
            .iter()
            .all(|text| size.includes(characters(text))),
        Type::Pattern(_) => size.covers(&Range::new(Some(0), None)),
        _ => false,
    }
}

fn enum_assignable(values: &EnumType, other: &Type) -> bool {
    match other {
        Type::String(_) | Type::StringValue(_) | Type::Enum(_) | Type::Pattern(_)
            if values.values.is_empty() =>
        {
            true
        }
        Type::StringValue(text) => values.includes(text),
        Type::Enum(given) => {
            values == given.as_ref()
                || !given.values.is_empty()
                    && (values.case_insensitive || !given.case_insensitive)
                    && given.values.iter().all(|text| values.includes(text))
        }
        _ => false,
    }
}

impl EnumType {
    /// Whether the text is one of the values.
    pub fn includes(&self, text: &str) -> bool {
        self.values.iter().any(|value| {
            if self.case_insensitive {
                value.eq_ignore_ascii_case(text)
            } else {
                **value == *text
            }
        })
    }
}

pub(super) fn any_matches(patterns: &[Arc<Regexp>], text: &str) -> bool {
    // An expression that cannot be compiled was refused where the type was made.
    patterns
        .iter()
        .any(|pattern| pattern.is_match(text).unwrap_or(false))
}

fn pattern_assignable(patterns: &[Arc<Regexp>], other: &Type) -> bool {
    match other {
        Type::StringValue(text) => patterns.is_empty() || any_matches(patterns, text),
        Type::String(_) => patterns.is_empty(),
        Type::Enum(given) if given.values.is_empty() => patterns.is_empty(),
        Type::Enum(given) => {
            patterns.is_empty() || given.values.iter().all(|text| any_matches(patterns, text))
        }
        Type::Pattern(given) => patterns.is_empty() || same_patterns(patterns, given),
        _ => false,
    }
}

pub(super) fn same_patterns(a: &[Arc<Regexp>], b: &[Arc<Regexp>]) -> bool {
    a.len() == b.len() && a.iter().all(|one| b.contains(one))
}

impl TupleType {
    pub(super) fn accepts_tuple(&self, other: &TupleType, guard: &mut Guard) -> bool {
        if self == other {
            return true;
        }
        if !self.size_range().covers(&other.size_range()) {
            return false;
        }
        if self.types.is_empty() {
            return true;
        }
        if other.types.is_empty() {
            return self.size_range().from == Some(0);
        }
        other.types.iter().enumerate().all(|(index, given)| {
            self.at(index)
                .is_some_and(|own| own.assignable(given, guard))
        })
    }

    fn accepts_array(&self, element: &Type, size: Range<i64>, guard: &mut Guard) -> bool {
        let size = size.or_any_size();
        if !self.size_range().covers(&size) {
            return false;
        }
        let count = size
            .to
            .and_then(|to| usize::try_from(to).ok())
            .unwrap_or(usize::MAX)
            .min(self.types.len());
        self.types[..count]
            .iter()
            .all(|own| own.assignable(element, guard))
    }
}

impl CallableType {
    fn accepts(&self, other: &CallableType, guard: &mut Guard) -> bool {
        let returns = self.returns.as_ref().is_none_or(|returns| {
            returns.assignable(other.returns.as_ref().unwrap_or(&Type::Any), guard)
        });
        if !returns {
            return false;
        }
        let Some(parameters) = &self.parameters else {
            return true;
        };
        let Some(given) = &other.parameters else {
            return false;
        };
        given.accepts_tuple(parameters, guard) && {
            let own = self.block.as_ref().unwrap_or(&Type::Undef);
            other
                .block
                .as_ref()
                .unwrap_or(&Type::Undef)
                .assignable(own, guard)
        }
    }
}

fn hash_assignable(hash: &HashType, other: &Type, guard: &mut Guard) -> bool {
    match other {
        Type::Hash(given) => {
            if given.size.is_empty_size() && hash.size.or_any_size().from == Some(0) {
                return true;
            }
            hash.key.assignable(&given.key, guard)
                && hash.value.assignable(&given.value, guard)
                && hash.size.or_any_size().covers(&given.size.or_any_size())
        }
        Type::Struct(members) => {
            hash.size.or_any_size().includes(length(members.len()))
                && members.iter().all(|member| {
                    hash.key
                        .assignable(&Type::StringValue(member.name.clone()), guard)
                        && hash.value.assignable(&member.value, guard)
                })
        }
        _ => false,
    }
}

fn struct_assignable(members: &[StructMember], other: &Type, guard: &mut Guard) -> bool {
    match other {
        Type::Struct(given) => {
            let mut matched = 0;
            members.iter().all(|member| {
                match given.iter().find(|other| other.name == member.name) {
                    None => member.presence == Presence::Optional,
                    Some(other) => {
                        matched += 1;
                        (member.presence == Presence::Optional
                            || other.presence == Presence::Required)
                            && member.value.assignable(&other.value, guard)
                    }
                }
            }) && matched == given.len()
        }
        Type::Hash(given) => {
            let mut required = 0;
            members.iter().all(|member| {
                if member.presence == Presence::Optional {
                    return true;
                }
                required += 1;
                member.value.assignable(&given.value, guard)
                    && Type::STRING.assignable(&given.key, guard)
            }) && Range::new(Some(required), Some(length(members.len())))
                .covers(&given.size.or_any_size())
        }
        _ => false,
    }
}

fn object_assignable(object: &Arc<ObjectType>, other: &Type) -> bool {
    let mut current = other.unaliased();
    // Inheritance is finite: a type that inherits from itself is refused when it is defined.
    loop {
        let given = match &current {
            Type::Object(given) => given.clone(),
            Type::ParameterizedObject(given) => given.base.clone(),
            _ => return false,
        };
        if object.is_any() || object.is_same(&given) {
            return true;
        }
        match given.parent() {
            Some(parent) => current = parent.unaliased(),
            None => return false,
        }
    }
}

/// Each parameter of the one must accept the other's.
fn uri_assignable(parameters: &Option<Arc<Value>>, given: &Option<Arc<Value>>) -> bool {
    let Some(Value::Hash(parameters)) = parameters.as_deref() else {
        return true;
    };
    let given = given.as_deref().and_then(Value::as_hash);
    parameters.iter().all(|(name, wanted)| {
        given
            .and_then(|given| given.get(name))
            .is_some_and(|given| {
                wanted.accepts(given)
                    || matches!((wanted, given), (Value::Type(wanted), Value::Type(given))
                    if wanted.is_assignable(given))
            })
    })
}
