//! Types without the detail that comes from one value: sizes, ranges, texts.

use std::sync::Arc;

use super::{Bounds, CallableType, Range, StructMember, TupleType, Type, make::length};

impl Type {
    /// The type without sizes, ranges and texts.
    #[must_use]
    pub fn generalize(&self) -> Type {
        let contained = |of: &Option<Arc<Type>>| of.as_ref().map(|of| Arc::new(of.generalize()));
        match self {
            Self::Boolean(_) => Self::BOOLEAN,
            Self::Integer(_) => Self::INTEGER,
            Self::Float(_) => Self::FLOAT,
            Self::String(_) | Self::StringValue(_) => Self::STRING,
            Self::Timestamp(_) => Self::Timestamp(Arc::default()),
            Self::Timespan(_) => Self::Timespan(Arc::default()),
            Self::Uri(_) => Self::Uri(None),
            Self::Enum(values) => {
                let sizes = || {
                    values
                        .values
                        .iter()
                        .map(|text| length(text.chars().count()))
                };
                match (sizes().min(), sizes().max()) {
                    (Some(least), most) => Self::string_between(least, most),
                    _ => Self::STRING,
                }
            }
            Self::Collection(_) => Self::Collection(Bounds::NONE),
            Self::Array(array) => match &array.element {
                Self::Any => Self::any_array(),
                element => Self::array_of(element.generalize(), Range::UNBOUNDED),
            },
            Self::Hash(hash) if hash.size.is_empty_size() => self.clone(),
            Self::Hash(hash) => Self::hash_of(
                hash.key.generalize(),
                hash.value.generalize(),
                Range::UNBOUNDED,
            ),
            Self::Tuple(tuple) => Self::Tuple(Arc::new(generalize_tuple(tuple))),
            Self::Struct(members) => Self::Struct(Arc::new(
                members
                    .iter()
                    .map(|member| StructMember {
                        value: member.value.generalize(),
                        ..member.clone()
                    })
                    .collect(),
            )),
            Self::Optional(of) => Self::Optional(contained(of)),
            Self::NotUndef(of) => Self::NotUndef(contained(of)),
            Self::Type(of) => Self::Type(contained(of)),
            Self::Iterable(of) => Self::Iterable(contained(of)),
            Self::Iterator(of) => Self::Iterator(contained(of)),
            Self::Sensitive(of) => Self::sensitive_of(of),
            Self::Variant(types) if types.is_empty() => self.clone(),
            Self::Variant(types) => Self::variant_of(types.iter().map(Type::generalize)),
            Self::Callable(callable) => Self::Callable(Arc::new(CallableType {
                parameters: callable.parameters.as_ref().map(generalize_tuple),
                block: callable.block.as_ref().map(Type::generalize),
                returns: callable.returns.as_ref().map(Type::generalize),
            })),
            Self::ParameterizedObject(object) => Self::Object(object.base.clone()),
            _ => self.clone(),
        }
    }
}

fn generalize_tuple(tuple: &TupleType) -> TupleType {
    TupleType {
        types: tuple.types.iter().map(Type::generalize).collect(),
        size: tuple.size,
    }
}
