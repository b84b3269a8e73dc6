//! The names of the types that the language itself has.

use std::sync::Arc;

use super::{Range, Type, TypeSetType};

/// The type that a bare name (`Integer`, `Semver`) stands for, where the language has it. Names
/// are found whatever their case.
pub fn find(name: &str) -> Option<Type> {
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        "any" => Type::Any,
        "unit" => Type::Unit,
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
        "collection" => Type::Collection(Range::UNBOUNDED),
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
        "timestamp" => Type::Timestamp(Range::UNBOUNDED),
        "timespan" => Type::Timespan(Range::UNBOUNDED),
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
        "typealias" => Type::Alias(Arc::new(super::AliasType {
            name: "UnresolvedAlias".into(),
            resolved: std::sync::OnceLock::new(),
        })),
        "typereference" => Type::Reference("UnresolvedReference".into()),
        _ => return super::builtin::find(name),
    })
}

impl TypeSetType {
    /// The type of every type set.
    pub fn any() -> Arc<Self> {
        Arc::new(Self {
            name: "".into(),
            init_hash: crate::values::Value::Undef,
            types: std::sync::OnceLock::new(),
            references: std::sync::OnceLock::new(),
        })
    }
}
