//! The narrowest type that is common to several.

use std::sync::Arc;

use super::{EnumType, Letters, Range, ResourceType, Type, assignable::same_type_name, builtin};

impl Type {
    /// The narrowest type that all of these are assignable to, as far as the language knows one.
    /// `None` where there is no type at all.
    pub fn common(types: impl IntoIterator<Item = Type>) -> Option<Type> {
        types.into_iter().reduce(|a, b| common_of_two(&a, &b))
    }
}

fn common_of_two(a: &Type, b: &Type) -> Type {
    if matches!(a, Type::Undef | Type::Unit) {
        return b.clone();
    }
    if matches!(b, Type::Undef | Type::Unit) {
        return a.clone();
    }
    if a.is_assignable(b) {
        return a.clone();
    }
    if b.is_assignable(a) {
        return b.clone();
    }
    match (a, b) {
        (Type::Array(a), Type::Array(b)) => {
            Type::array_of(common_of_two(&a.element, &b.element), Range::UNBOUNDED)
        }
        (Type::Hash(a), Type::Hash(b)) => Type::hash_of(
            common_of_two(&a.key, &b.key),
            common_of_two(&a.value, &b.value),
            Range::UNBOUNDED,
        ),
        (Type::Class(_), Type::Class(_)) => Type::Class(None),
        (Type::Resource(a), Type::Resource(b)) => {
            if same_type_name(&a.type_name, &b.type_name) {
                let type_name = a.type_name.clone();
                Type::Resource(Arc::new(ResourceType {
                    type_name,
                    title: None,
                }))
            } else {
                Type::any_resource()
            }
        }
        (Type::Integer(a), Type::Integer(b)) => Type::Integer(a.joined(b).into()),
        (Type::Float(a), Type::Float(b)) => Type::Float(a.joined(b).into()),
        (Type::StringValue(a), Type::StringValue(b)) => Type::enum_of([a.clone(), b.clone()]),
        (Type::StringValue(text), Type::Enum(values))
        | (Type::Enum(values), Type::StringValue(text)) => {
            joined_enum(values, std::slice::from_ref(text))
        }
        (Type::Enum(a), Type::Enum(b)) => joined_enum(a, &b.values),
        (Type::String(a), Type::String(b)) if !a.is_unbounded() && !b.is_unbounded() => {
            Type::String(a.or_any_size().joined(&b.or_any_size()).into())
        }
        (Type::String(_), Type::String(_) | Type::StringValue(_))
        | (Type::StringValue(_), Type::String(_)) => Type::STRING,
        (Type::String(_), Type::Enum(_)) | (Type::Enum(_), Type::String(_)) => {
            Type::enum_of::<Arc<str>>([])
        }
        (Type::Pattern(a), Type::Pattern(b)) => {
            let mut patterns = a.to_vec();
            patterns.extend(b.iter().filter(|one| !a.contains(one)).cloned());
            Type::Pattern(Arc::new(patterns))
        }
        (Type::Variant(_), Type::Variant(_)) => Type::variant_of([a.clone(), b.clone()]),
        (Type::Regexp(_), Type::Regexp(_)) => Type::Regexp(None),
        (Type::Callable(_), Type::Callable(_)) => Type::any_callable(),
        _ => common_by_kind(a, b),
    }
}

fn joined_enum(values: &EnumType, more: &[Arc<str>]) -> Type {
    let mut all = values.values.clone();
    all.extend(more.iter().cloned());
    Type::enumeration(all, Letters::Matter)
}

fn common_by_kind(a: &Type, b: &Type) -> Type {
    for kind in [Type::Numeric, Type::ScalarData, Type::Scalar] {
        if kind.is_assignable(a) && kind.is_assignable(b) {
            return kind;
        }
    }
    let data = builtin::data();
    if data.is_assignable(a) && data.is_assignable(b) {
        return data;
    }
    if let (Type::Type(a), Type::Type(b)) = (a, b) {
        return match (a, b) {
            (Some(a), Some(b)) => Type::type_of(common_of_two(a, b)),
            (Some(one), None) | (None, Some(one)) => Type::Type(Some(one.clone())),
            (None, None) => Type::TYPE,
        };
    }
    let rich_data = builtin::rich_data();
    if rich_data.is_assignable(a) && rich_data.is_assignable(b) {
        return rich_data;
    }
    Type::Any
}
