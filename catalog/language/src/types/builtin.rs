//! Types that are there without being loaded: `Data`, `RichData`, `Deferred`, `Error`, …

use std::sync::{Arc, LazyLock, OnceLock};

use super::{AliasType, Attribute, ObjectDefinition, ObjectType, Presence, Range, Type};
use crate::values::Value;

fn alias(name: &str) -> Arc<AliasType> {
    Arc::new(AliasType {
        name: name.into(),
        resolved: OnceLock::new(),
    })
}

struct Builtin {
    data: Type,
    rich_data_key: Type,
    rich_data: Type,
    puppet_object: Type,
}

/// Aliases that refer to themselves live as long as the program.
static BUILTIN: LazyLock<Builtin> = LazyLock::new(|| {
    let resolve = |alias: &Arc<AliasType>, target: Type| {
        alias
            .resolved
            .set(target)
            .expect("an alias is resolved once");
        Type::Alias(alias.clone())
    };
    let any_size = Range::UNBOUNDED;
    let data_alias = alias("Data");
    let data = Type::Alias(data_alias.clone());
    let data = resolve(
        &data_alias,
        Type::Variant(Arc::new(vec![
            Type::ScalarData,
            Type::Undef,
            Type::hash_of(Type::STRING, data.clone(), any_size),
            Type::array_of(data, any_size),
        ])),
    );
    let rich_data_key = resolve(
        &alias("RichDataKey"),
        Type::Variant(Arc::new(vec![Type::STRING, Type::Numeric])),
    );
    let rich_alias = alias("RichData");
    let rich = Type::Alias(rich_alias.clone());
    let rich_data = resolve(
        &rich_alias,
        Type::Variant(Arc::new(vec![
            Type::Scalar,
            Type::SemVerRange,
            Type::Binary,
            Type::Sensitive(Arc::new(Type::Any)),
            Type::TYPE,
            Type::TypeSet(super::TypeSetType::any()),
            Type::Uri(None),
            Type::any_object(),
            Type::Undef,
            Type::Default,
            Type::hash_of(rich_data_key.clone(), rich.clone(), any_size),
            Type::array_of(rich, any_size),
        ])),
    );
    let puppet_object = resolve(&alias("Puppet::LookupKey"), Type::STRING);
    Builtin {
        data,
        rich_data_key,
        rich_data,
        puppet_object,
    }
});

/// `Data`
pub fn data() -> Type {
    BUILTIN.data.clone()
}

/// `RichData`
pub fn rich_data() -> Type {
    BUILTIN.rich_data.clone()
}

/// `Deferred`
pub fn deferred() -> Type {
    static TYPE: LazyLock<Type> = LazyLock::new(|| {
        let name = r"\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z";
        object(
            "Deferred",
            vec![
                ("name", Attribute::new(Type::pattern_of(&[name]), None)),
                ("arguments", optional(Type::any_array())),
            ],
        )
    });
    TYPE.clone()
}

/// `Error`
pub fn error() -> Type {
    static TYPE: LazyLock<Type> = LazyLock::new(|| {
        let filled = || Type::string_between(1, None);
        let details = Type::hash_of(filled(), data(), Range::UNBOUNDED);
        let base = |kind: Type, code: Type| {
            vec![
                ("msg", Attribute::new(filled(), None)),
                ("kind", optional(kind)),
                ("details", optional(details.clone())),
                ("issue_code", optional(code)),
            ]
        };
        let members = base(filled(), filled());
        let parameter = |kind: Type| Attribute::new(Type::optional(kind), None);
        let matcher = || {
            Type::variant_of([
                Type::STRING,
                Type::Regexp(None),
                Type::type_of(Type::enum_of::<&str>([])),
                Type::type_of(Type::Pattern(Arc::default())),
                Type::type_of(Type::NotUndef(None)),
                Type::type_of(Type::Undef),
            ])
        };
        let definition = ObjectDefinition {
            type_parameters: [
                (Arc::from("kind"), parameter(matcher())),
                (Arc::from("issue_code"), parameter(matcher())),
            ]
            .into_iter()
            .collect(),
            attributes: named(members),
            functions: [(
                Arc::from("message"),
                Attribute::new(callable_giving(Type::string_between(1, None)), None),
            )]
            .into_iter()
            .collect(),
            ..ObjectDefinition::default()
        };
        Type::Object(ObjectType::defined("Error", definition))
    });
    TYPE.clone()
}

/// A callable without parameters.
fn callable_giving(returns: Type) -> Type {
    let none = super::TupleType {
        types: Vec::new(),
        size: Some(Range::exactly(0)),
    };
    Type::callable(none, None, Some(returns))
}

fn optional(of: Type) -> Attribute {
    Attribute::new(Type::optional(of), Some(Value::Undef))
}

fn named(members: Vec<(&str, Attribute)>) -> indexmap::IndexMap<Arc<str>, Attribute> {
    members
        .into_iter()
        .map(|(name, attribute)| (Arc::from(name), attribute))
        .collect()
}

fn object(name: &str, members: Vec<(&str, Attribute)>) -> Type {
    let definition = ObjectDefinition {
        attributes: named(members),
        ..Default::default()
    };
    Type::Object(ObjectType::defined(name, definition))
}

fn target() -> Type {
    static TYPE: LazyLock<Type> = LazyLock::new(|| {
        let filled = Type::hash_of(Type::STRING, data(), Range::UNBOUNDED);
        object(
            "Target",
            vec![
                (
                    "uri",
                    Attribute::new(
                        Type::Variant(Arc::new(vec![Type::STRING, Type::Uri(None)])),
                        None,
                    ),
                ),
                (
                    "options",
                    Attribute::new(filled, Some(Value::hash(Default::default()))),
                ),
            ],
        )
    });
    TYPE.clone()
}

/// A type that is there without being loaded, by its name as written.
pub fn find(name: &str) -> Option<Type> {
    Some(match name {
        "Data" => data(),
        "RichData" => rich_data(),
        "RichDataKey" => BUILTIN.rich_data_key.clone(),
        "Puppet::LookupKey" => BUILTIN.puppet_object.clone(),
        "Puppet::LookupValue" => rich_data(),
        "Deferred" => deferred(),
        "Error" => error(),
        "Target" => target(),
        "Puppet::Resource" | "Puppet::ResourceApi" => return None,
        _ => return None,
    })
}

/// Whether an alias of this name is never written out.
pub(super) fn is_builtin_alias(name: &str) -> bool {
    matches!(
        name,
        "Data" | "RichData" | "RichDataKey" | "Puppet::LookupKey" | "Puppet::LookupValue"
    )
}

/// The struct that a bare `Object[…]` is made from.
pub(crate) fn optional_members(names: &[(&str, Type)]) -> Type {
    Type::struct_of(
        names
            .iter()
            .map(|(name, value)| (*name, Presence::Optional, value.clone())),
    )
}
