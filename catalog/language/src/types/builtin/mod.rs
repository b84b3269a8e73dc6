//! Types that are there without being loaded: `Data`, `RichData`, `Deferred`, `Error`, …
//!
//! Most are written in the language, in files of this folder, each read when one of its types is
//! first asked for. Types of a file may name each other and those of the files before it.

mod definitions;

use std::sync::{Arc, LazyLock};

use super::{AliasType, Membership, ObjectDefinition, ObjectType, Presence, Range, Type};
use definitions::Definitions;

struct Aliases {
    data: Type,
    rich_data_key: Type,
    rich_data: Type,
    lookup_key: Type,
    lookup_value: Type,
}

/// Aliases that refer to themselves live as long as the program.
static ALIASES: LazyLock<Aliases> = LazyLock::new(|| {
    let resolve = |alias: &Arc<AliasType>, target: Type| {
        alias
            .resolved
            .set(target)
            .expect("an alias is resolved once");
        Type::Alias(alias.clone())
    };
    let any_size = Range::UNBOUNDED;
    let data_alias = AliasType::named("Data");
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
        &AliasType::named("RichDataKey"),
        Type::Variant(Arc::new(vec![Type::STRING, Type::Numeric])),
    );
    let rich_alias = AliasType::named("RichData");
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
    Aliases {
        data,
        lookup_key: resolve(&AliasType::named("Puppet::LookupKey"), Type::STRING),
        lookup_value: resolve(&AliasType::named("Puppet::LookupValue"), rich_data.clone()),
        rich_data_key,
        rich_data,
    }
});

static PUPPET: LazyLock<Definitions> =
    LazyLock::new(|| Definitions::read(include_str!("puppet.pp"), Membership::Alone));
static PCORE: LazyLock<Definitions> =
    LazyLock::new(|| Definitions::read(include_str!("pcore.pp"), Membership::Alone));
static TREES: LazyLock<Definitions> =
    LazyLock::new(|| Definitions::read(include_str!("ast.pp"), Membership::OfTypeSet));
static TASKS: LazyLock<Definitions> =
    LazyLock::new(|| Definitions::read(include_str!("tasks.pp"), Membership::Alone));

/// `Data`
pub fn data() -> Type {
    ALIASES.data.clone()
}

/// `RichData`
pub fn rich_data() -> Type {
    ALIASES.rich_data.clone()
}

/// `Deferred`
pub fn deferred() -> Type {
    PUPPET.find("deferred").expect("it is defined in puppet.pp")
}

/// `Error`
pub fn error() -> Type {
    PUPPET.find("error").expect("it is defined in puppet.pp")
}

/// `Annotation`, which the definition of every object type knows.
pub fn annotation() -> Type {
    static TYPE: LazyLock<Type> = LazyLock::new(|| {
        let definition = ObjectDefinition::default();
        Type::Object(ObjectType::defined("Annotation", definition))
    });
    TYPE.clone()
}

/// A type that is there without being loaded, by its name in lower case.
pub(super) fn find(name: &str) -> Option<Type> {
    Some(match name {
        "data" => data(),
        "richdata" => rich_data(),
        "richdatakey" => ALIASES.rich_data_key.clone(),
        "puppet::lookupkey" => ALIASES.lookup_key.clone(),
        "puppet::lookupvalue" => ALIASES.lookup_value.clone(),
        "annotation" => annotation(),
        "deferred"
        | "error"
        | "pcore"
        | "rubymethod"
        | "puppet::lookupcontext"
        | "puppet::resource::param"
        | "puppet::resource::resourcetype3" => return PUPPET.find(name),
        _ if name.starts_with("pcore::") => return PCORE.find(name),
        "puppet::ast" => TREES.set("Puppet::AST"),
        _ if name.starts_with("puppet::ast::") => return TREES.find(name),
        _ => return None,
    })
}

/// A type that only scripts know (`tasks`), by its name as written.
pub fn find_for_tasks(name: &str) -> Option<Type> {
    match name.to_ascii_lowercase().as_str() {
        name @ ("target" | "task") => TASKS.find(name),
        _ => None,
    }
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
