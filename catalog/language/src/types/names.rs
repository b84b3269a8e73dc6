//! The names of the types that the language itself has.

use std::sync::Arc;

use super::{AliasType, Bounds, Type, TypeSetType};

/// The type that a bare name (`Integer`, `Semver`) stands for, where the language has it. Names
/// are found whatever their case.
pub fn find(name: &str) -> Option<Type> {
    let name = name.to_ascii_lowercase();
    kind(&name).or_else(|| super::builtin::find(&name))
}

/// As [`find`], without the types that are made of others. The name is in lower case.
pub(super) fn kind(name: &str) -> Option<Type> {
    Some(match name {
        "any" => Type::Any,
        "undef" => Type::Undef,
        "default" => Type::Default,
        "scalar" => Type::Scalar,
        "scalardata" => Type::ScalarData,
        "numeric" => Type::Numeric,
        "boolean" => Type::BOOLEAN,
        "integer" => Type::INTEGER,
        "float" => Type::FLOAT,
        "string" => Type::STRING,
        "enum" => Type::enum_of::<Arc<str>>([]),
        "pattern" => Type::Pattern(Arc::default()),
        "regexp" => Type::Regexp(None),
        "collection" => Type::Collection(Bounds::NONE),
        "array" => Type::any_array(),
        "tuple" => Type::tuple(Vec::new(), None),
        "hash" => Type::any_hash(),
        "struct" => Type::Struct(Arc::default()),
        "optional" => Type::Optional(None),
        "notundef" => Type::NotUndef(None),
        "variant" => Type::Variant(Arc::default()),
        "type" => Type::TYPE,
        "sensitive" => Type::Sensitive(Arc::new(Type::Any)),
        "iterable" => Type::Iterable(None),
        "iterator" => Type::Iterator(None),
        "callable" => Type::any_callable(),
        "catalogentry" => Type::CatalogEntry,
        "class" => Type::Class(None),
        "resource" => Type::any_resource(),
        "binary" => Type::Binary,
        "timestamp" => Type::Timestamp(Arc::default()),
        "timespan" => Type::Timespan(Arc::default()),
        "semver" => Type::SemVer(Arc::default()),
        "semverrange" => Type::SemVerRange,
        "uri" => Type::Uri(None),
        "runtime" => Type::any_runtime(),
        "init" => Type::Init(Arc::new(super::InitType {
            of: None,
            arguments: Vec::new(),
        })),
        "object" => Type::any_object(),
        "typeset" => Type::TypeSet(TypeSetType::any()),
        "typealias" => Type::Alias(AliasType::of(
            "UnresolvedAlias",
            Type::Reference("UnresolvedReference".into()),
        )),
        "typereference" => Type::Reference("UnresolvedReference".into()),
        _ => return None,
    })
}
