//! When two types are the same type.

use super::{
    ArrayType, Attribute, CallableType, HashType, InitType, StructMember, TupleType, Type,
    assignable::{same_patterns, same_type_name},
};

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any)
            | (Self::Unit, Self::Unit)
            | (Self::Undef, Self::Undef)
            | (Self::Default, Self::Default)
            | (Self::Scalar, Self::Scalar)
            | (Self::ScalarData, Self::ScalarData)
            | (Self::Numeric, Self::Numeric)
            | (Self::CatalogEntry, Self::CatalogEntry)
            | (Self::Binary, Self::Binary)
            | (Self::SemVerRange, Self::SemVerRange) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b))
            | (Self::String(a), Self::String(b))
            | (Self::Collection(a), Self::Collection(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Timestamp(a), Self::Timestamp(b)) | (Self::Timespan(a), Self::Timespan(b)) => {
                a == b
            }
            (Self::StringValue(a), Self::StringValue(b))
            | (Self::Reference(a), Self::Reference(b)) => a == b,
            (Self::Enum(a), Self::Enum(b)) => a == b,
            (Self::Pattern(a), Self::Pattern(b)) => same_patterns(a, b),
            (Self::Regexp(a), Self::Regexp(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Hash(a), Self::Hash(b)) => a == b,
            (Self::Struct(a), Self::Struct(b)) => a == b,
            (Self::Optional(a), Self::Optional(b))
            | (Self::NotUndef(a), Self::NotUndef(b))
            | (Self::Type(a), Self::Type(b))
            | (Self::Iterable(a), Self::Iterable(b))
            | (Self::Iterator(a), Self::Iterator(b)) => a == b,
            (Self::Sensitive(a), Self::Sensitive(b)) => a == b,
            (Self::Variant(a), Self::Variant(b)) => {
                a.len() == b.len() && a.iter().all(|one| b.contains(one))
            }
            (Self::Callable(a), Self::Callable(b)) => a == b,
            (Self::Class(a), Self::Class(b)) => a == b,
            (Self::Resource(a), Self::Resource(b)) => {
                same_type_name(&a.type_name, &b.type_name) && a.title == b.title
            }
            (Self::SemVer(a), Self::SemVer(b)) => a == b,
            (Self::Uri(a), Self::Uri(b)) => a == b,
            (Self::Runtime(a), Self::Runtime(b)) => a == b,
            (Self::Init(a), Self::Init(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a.is_same(b),
            (Self::ParameterizedObject(a), Self::ParameterizedObject(b)) => {
                a.base.is_same(&b.base) && a.parameters == b.parameters
            }
            (Self::TypeSet(a), Self::TypeSet(b)) => a.name == b.name,
            (Self::Alias(a), Self::Alias(b)) => a.name == b.name,
            _ => false,
        }
    }
}

impl Eq for Type {}

impl Type {
    /// Whether every instance of one is one of the other.
    pub fn is_equivalent(&self, other: &Type) -> bool {
        self == other || self.is_assignable(other) && other.is_assignable(self)
    }

    /// Something to hash: equal for equal types.
    pub(crate) fn hash_key(&self) -> String {
        self.name()
    }
}

macro_rules! equal_by_fields {
    ($($type:ty: $($field:ident),+;)+) => {
        $(impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                $(self.$field == other.$field)&&+
            }
        })+
    };
}

equal_by_fields! {
    ArrayType: element, size;
    HashType: key, value, size;
    TupleType: types, size;
    StructMember: name, presence, value;
    CallableType: parameters, block, returns;
    InitType: of, arguments;
    Attribute: attribute_type, kind, value, is_final, overrides;
}
