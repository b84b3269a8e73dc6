//! What can be iterated over, by its type.

use super::{PairType, Type};

impl Type {
    /// Whether instances can be iterated over, and the type of their elements where it is known.
    pub fn iterable_type(&self) -> Option<Option<Type>> {
        Some(match self {
            Self::Enum(_) | Self::String(_) | Self::StringValue(_) => {
                Some(Self::string_between(1, Some(1)))
            }
            Self::Integer(_) => Some(Self::INTEGER),
            Self::Collection(_) => None,
            Self::Array(array) => match &array.element {
                Self::Any => None,
                element => Some(element.clone()),
            },
            Self::Tuple(tuple) => Some(Self::variant_of(tuple.types.iter().cloned())),
            Self::Hash(hash) => match (&hash.key, &hash.value) {
                (Self::Any | Self::Unit, Self::Any | Self::Unit) => Some(Self::pair(PairType {
                    key: Self::Unit,
                    value: Self::Unit,
                })),
                (key, value) => Some(Self::pair(PairType {
                    key: key.clone(),
                    value: value.clone(),
                })),
            },
            Self::Struct(members) => Some(Self::pair(PairType {
                key: Self::variant_of(
                    members
                        .iter()
                        .map(|member| Self::StringValue(member.name.clone())),
                ),
                value: Self::variant_of(members.iter().map(|member| member.value.clone())),
            })),
            Self::Iterable(of) | Self::Iterator(of) => of.as_deref().cloned(),
            Self::Type(Some(of)) => match of.unaliased() {
                enumeration @ Self::Enum(_) => Some(enumeration),
                Self::Integer(range) if range.from.is_some() && range.to.is_some() => {
                    Some(Self::Integer(range))
                }
                _ => return None,
            },
            Self::Alias(_) => match self.unaliased() {
                Self::Alias(_) => return None,
                target => return target.iterable_type(),
            },
            _ => return None,
        })
    }
}
