//! Types said in the simplest way: `Variant[Undef, A]` is `Optional[A]`, ranges that touch are
//! one, `NotUndef` around what is never undef is nothing.

use std::sync::Arc;

use super::{Bounds, CallableType, HashType, Letters, Range, StructMember, TupleType, Type};
use crate::values::Regexp;

impl Type {
    /// The type said in the simplest way.
    #[must_use]
    pub fn normalize(&self) -> Type {
        match self {
            Self::Collection(_) => Self::Collection(Bounds::NONE),
            Self::Array(array) => match &array.element {
                Self::Any => Self::any_array(),
                element => Self::array_of(element.normalize(), array.size),
            },
            Self::Hash(hash) if hash.size.is_empty_size() => self.clone(),
            Self::Hash(hash) => {
                let HashType { key, value, size } = hash.as_ref();
                Self::hash_of(key.normalize(), value.normalize(), *size)
            }
            Self::Tuple(tuple) => Self::Tuple(Arc::new(normalize_tuple(tuple))),
            Self::Struct(members) => Self::Struct(Arc::new(
                members
                    .iter()
                    .map(|member| StructMember {
                        value: member.value.normalize(),
                        ..member.clone()
                    })
                    .collect(),
            )),
            Self::Callable(callable) => Self::Callable(Arc::new(CallableType {
                parameters: callable.parameters.as_ref().map(normalize_tuple),
                block: callable.block.as_ref().map(Type::normalize),
                returns: callable.returns.as_ref().map(Type::normalize),
            })),
            Self::Type(Some(of)) => Self::type_of(of.normalize()),
            Self::Iterable(Some(of)) => Self::iterable_of(of.normalize()),
            Self::Iterator(Some(of)) => Self::Iterator(Some(Arc::new(of.normalize()))),
            Self::Sensitive(of) => Self::sensitive_of(&of.normalize()),
            Self::Optional(Some(of)) => normalize_optional(of.normalize()),
            Self::NotUndef(Some(of)) => normalize_not_undef(of.normalize()),
            Self::Variant(types) if !types.is_empty() => normalize_variant(types),
            _ => self.clone(),
        }
    }
}

fn normalize_tuple(tuple: &TupleType) -> TupleType {
    TupleType {
        types: tuple.types.iter().map(Type::normalize).collect(),
        size: tuple.size,
    }
}

fn normalize_optional(of: Type) -> Type {
    match of {
        Type::NotUndef(Some(inner)) => normalize_optional((*inner).clone()),
        Type::NotUndef(None) => Type::Optional(None),
        of if of.is_assignable(&Type::Undef) => of,
        of => Type::optional(of),
    }
}

fn normalize_not_undef(of: Type) -> Type {
    match of {
        Type::Optional(Some(inner)) => normalize_not_undef((*inner).clone()),
        Type::Optional(None) => Type::NotUndef(None),
        of if !of.is_assignable(&Type::Undef) => of,
        of => Type::not_undef(of),
    }
}

fn normalize_variant(written: &[Type]) -> Type {
    let types: Vec<Type> = written.iter().map(Type::normalize).collect();
    if let [only] = types.as_slice() {
        return only.clone();
    }
    if types
        .iter()
        .any(|one| matches!(one, Type::Undef | Type::Optional(_)))
    {
        let others = types.iter().filter_map(|one| match one {
            Type::Undef | Type::Optional(None) => None,
            Type::Optional(Some(of)) => Some((**of).clone()),
            other => Some(other.clone()),
        });
        return normalize_optional(Type::variant_of(others).normalize());
    }
    let is_changed = types != written;
    let mut flat: Vec<Type> = Vec::new();
    for one in types {
        match &one {
            Type::Variant(inner) => flat.extend(inner.iter().cloned()),
            _ => flat.push(one),
        }
    }
    let count = flat.len();
    let merged = [
        merge_not_undefs,
        merge_enums,
        merge_caseless_enums,
        merge_patterns,
    ]
    .into_iter()
    .fold(flat, |types, merge| merge(types));
    let merged = merge_versions(merged);
    let merged = merge_ranges(
        merged,
        touching_integers,
        |one| match one {
            Type::Integer(range) => Some(**range),
            _ => None,
        },
        |range| Type::Integer(range.into()),
    );
    let merged = merge_ranges(
        merged,
        Range::intersects,
        |one| match one {
            Type::Float(range) => Some(**range),
            _ => None,
        },
        |range| Type::Float(range.into()),
    );
    let merged = merge_ranges(
        merged,
        Range::intersects,
        |one| match one {
            Type::Timespan(range) => Some(**range),
            _ => None,
        },
        |range| Type::Timespan(Arc::new(range)),
    );
    let merged = merge_ranges(
        merged,
        Range::intersects,
        |one| match one {
            Type::Timestamp(range) => Some(**range),
            _ => None,
        },
        |range| Type::Timestamp(Arc::new(range)),
    );
    match merged.len() == count && !is_changed {
        // What merging has only put into another order stays as it was.
        true => Type::variant_of(written.iter().cloned()),
        false => Type::variant_of(merged),
    }
}

/// Takes the types of one kind out; gives them only where there are several.
fn split<T>(types: Vec<Type>, pick: impl Fn(&Type) -> Option<T>) -> (Vec<Type>, Vec<T>) {
    if types.iter().filter_map(&pick).count() < 2 {
        return (types, Vec::new());
    }
    let mut others = Vec::new();
    let mut picked = Vec::new();
    for one in types {
        match pick(&one) {
            Some(found) => picked.push(found),
            None => others.push(one),
        }
    }
    (others, picked)
}

fn merge_not_undefs(types: Vec<Type>) -> Vec<Type> {
    let (mut others, picked) = split(types, |one| match one {
        Type::NotUndef(of) => Some(of.as_deref().cloned().unwrap_or(Type::Any)),
        _ => None,
    });
    if !picked.is_empty() {
        others.push(Type::not_undef(Type::variant_of(picked).normalize()));
    }
    others
}

fn merge_enums(types: Vec<Type>) -> Vec<Type> {
    let (mut others, picked) = split(types, |one| match one {
        Type::Enum(values) if !values.values.is_empty() && !values.case_insensitive => {
            Some(values.values.clone())
        }
        Type::StringValue(text) => Some(vec![text.clone()]),
        _ => None,
    });
    if !picked.is_empty() {
        others.push(Type::enum_of(picked.into_iter().flatten()));
    }
    others
}

fn merge_caseless_enums(types: Vec<Type>) -> Vec<Type> {
    let (mut others, picked) = split(types, |one| match one {
        Type::Enum(values) if !values.values.is_empty() && values.case_insensitive => Some(
            values
                .values
                .iter()
                .map(|text| text.to_lowercase().into())
                .collect::<Vec<_>>(),
        ),
        _ => None,
    });
    if !picked.is_empty() {
        let values = picked.into_iter().flatten().collect();
        others.push(Type::enumeration(values, Letters::Ignored));
    }
    others
}

fn merge_patterns(types: Vec<Type>) -> Vec<Type> {
    let (mut others, picked) = split(types, |one| match one {
        Type::Pattern(patterns) => Some(patterns.clone()),
        _ => None,
    });
    if !picked.is_empty() {
        let mut all: Vec<Arc<Regexp>> = Vec::new();
        for pattern in picked.iter().flat_map(|patterns| patterns.iter()) {
            if !all.contains(pattern) {
                all.push(pattern.clone());
            }
        }
        others.push(Type::Pattern(Arc::new(all)));
    }
    others
}

fn merge_versions(types: Vec<Type>) -> Vec<Type> {
    let (mut others, picked) = split(types, |one| match one {
        Type::SemVer(ranges) => Some(ranges.to_vec()),
        _ => None,
    });
    if !picked.is_empty() {
        others.insert(
            0,
            Type::SemVer(Arc::new(picked.into_iter().flatten().collect())),
        );
    }
    others
}

fn touching_integers(a: &Range<i64>, b: &Range<i64>) -> bool {
    let adjacent = |a: &Range<i64>, b: &Range<i64>| matches!((a.to, b.from), (Some(to), Some(from)) if to.checked_add(1) == Some(from));
    a.intersects(b) || adjacent(a, b) || adjacent(b, a)
}

fn merge_ranges<T: PartialOrd + Copy>(
    types: Vec<Type>,
    touching: impl Fn(&Range<T>, &Range<T>) -> bool,
    pick: impl Fn(&Type) -> Option<Range<T>>,
    make: impl Fn(Range<T>) -> Type,
) -> Vec<Type> {
    let (others, mut ranges) = split(types, pick);
    let mut merged = Vec::new();
    while let Some(mut current) = ranges.pop() {
        // One pass: what touches only after a later one has been joined stays alone.
        ranges.retain(|other| {
            let joins = touching(&current, other);
            if joins {
                current = current.joined(other);
            }
            !joins
        });
        merged.push(make(current));
    }
    merged.extend(others);
    merged
}
