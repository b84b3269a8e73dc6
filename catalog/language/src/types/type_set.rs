//! `TypeSet[{ … }]`: types under one name, with a version, and the type sets they are made from.
//!
//! Source: puppet-specifications, `language/types_values_variables.md`, Object Type, TypeSet.

use std::sync::{Arc, LazyLock, OnceLock};

use super::{
    Presence, Range, Type, TypeSetDefinition, TypeSetType, builtin, mismatch, parameterize::Refusal,
};
use crate::values::{HashMap, Key, SemVer, SemVerRange, Value};

/// The version of the definition itself that this program understands.
const PCORE_VERSIONS: &str = "1.x";
/// Who names the types, where nobody else is said to.
const NAME_AUTHORITY: &str = "http://puppet.com/2016.1/runtime";

const SIMPLE_NAME: &str = r"\A[A-Z]\w*\z";
const QUALIFIED_NAME: &str = r"\A[A-Z]\w*(?:::[A-Z]\w*)*\z";

static INITIALIZER: LazyLock<Type> = LazyLock::new(|| {
    let uri = || Type::pattern_of(&[r"\A[a-zA-Z][a-zA-Z0-9+.-]*:\S*\z"]);
    let version =
        || Type::variant_of([Type::string_between(1, None), Type::SemVer(Arc::default())]);
    let range = || Type::variant_of([Type::string_between(1, None), Type::SemVerRange]);
    let annotations = Type::hash_of(
        Type::type_of(builtin::annotation()),
        Type::any_hash(),
        Range::UNBOUNDED,
    );
    let some = |of: Type| {
        let name = Type::pattern_of(&[SIMPLE_NAME]);
        Type::hash_of(name, of, Range::new(Some(1), None))
    };
    let reference = Type::struct_of([
        (
            "name",
            Presence::Required,
            Type::pattern_of(&[QUALIFIED_NAME]),
        ),
        ("version_range", Presence::Required, range()),
        ("name_authority", Presence::Optional, uri()),
        ("annotations", Presence::Optional, annotations.clone()),
    ]);
    Type::struct_of([
        ("pcore_uri", Presence::Optional, uri()),
        ("pcore_version", Presence::Required, version()),
        ("name_authority", Presence::Optional, uri()),
        (
            "name",
            Presence::Optional,
            Type::pattern_of(&[QUALIFIED_NAME]),
        ),
        ("version", Presence::Optional, version()),
        ("types", Presence::Optional, some(Type::TYPE)),
        ("references", Presence::Optional, some(reference)),
        ("annotations", Presence::Optional, annotations),
    ])
});

/// What is said of every type set that says nothing of itself.
static ANY: LazyLock<TypeSetDefinition> = LazyLock::new(|| TypeSetDefinition {
    details: [
        ("pcore_uri", "http://puppet.com/2016.1/pcore"),
        ("pcore_version", "1.0.0"),
        ("name_authority", NAME_AUTHORITY),
        ("name", "DefaultTypeSet"),
        ("version", "0.0.0"),
    ]
    .into_iter()
    .map(|(key, value)| (key.into(), value.into()))
    .collect(),
    ..TypeSetDefinition::default()
});

impl TypeSetType {
    /// The type of every type set.
    pub fn any() -> Arc<Self> {
        Self::named("".into())
    }

    /// A type set that is defined later.
    pub fn named(name: Arc<str>) -> Arc<Self> {
        Arc::new(Self {
            name,
            definition: OnceLock::new(),
        })
    }

    /// What it is made of.
    pub fn definition(&self) -> &TypeSetDefinition {
        self.definition.get().unwrap_or(&ANY)
    }

    /// One of its types, by simple name, or by way of a set within it.
    pub fn member(&self, name: &str) -> Option<&Type> {
        self.definition().types.get(name)
    }

    /// Its version, where it has one.
    fn version(&self) -> Option<SemVer> {
        match self.definition().details.get(&Key("version"))? {
            Value::SemVer(version) => Some((**version).clone()),
            other => SemVer::parse(other.as_str()?).ok(),
        }
    }

    /// The hash that the set is made from: `TypeSet[hash]` gives it again.
    pub fn init_hash(&self) -> HashMap {
        let definition = self.definition();
        let mut hash = definition.details.clone();
        if !definition.types.is_empty() {
            let types = definition.types.iter();
            let types = types.map(|(name, of)| (Arc::clone(name).into(), of.clone().into()));
            hash.insert("types".into(), Value::hash(types.collect()));
        }
        if !definition.references.is_empty() {
            let references = definition.references.clone();
            hash.insert("references".into(), Value::hash(references));
        }
        hash
    }

    /// Gives a named set its definition. Its types are types by now.
    ///
    /// # Errors
    /// The hash does not define a type set.
    pub fn define(&self, entries: &HashMap) -> Result<(), Refusal> {
        check(&self.name, entries)?;
        let mut definition = TypeSetDefinition::default();
        let hash = |name: &str| entries.get(&Key(name)).and_then(Value::as_hash);
        let mut detail = |name: &str, value: Value| definition.details.insert(name.into(), value);
        let given = |name: &str| entries.get(&Key(name)).cloned();
        if let Some(uri) = given("pcore_uri") {
            detail("pcore_uri", uri);
        }
        if let Some(version) = given("pcore_version") {
            detail("pcore_version", version);
        }
        let authority = given("name_authority").unwrap_or_else(|| NAME_AUTHORITY.into());
        detail("name_authority", authority);
        if !self.name.is_empty() {
            detail("name", Arc::clone(&self.name).into());
        }
        for name in ["version", "annotations"] {
            if let Some(value) = given(name) {
                detail(name, value);
            }
        }
        for (name, of) in hash("types").into_iter().flatten() {
            if let (Value::String(name), Value::Type(of)) = (name, of) {
                definition.types.insert(Arc::clone(name), of.clone());
            }
        }
        definition.references = hash("references").cloned().unwrap_or_default();
        // Whoever defines a set comes here once.
        let _ = self.definition.set(definition);
        Ok(())
    }
}

/// The set of a hash that names it.
pub(super) fn from_hash(entries: &HashMap) -> Result<Type, Refusal> {
    let name = entries.get(&Key("name")).and_then(Value::as_str);
    let set = TypeSetType::named(name.unwrap_or_default().into());
    set.define(entries)?;
    Ok(Type::TypeSet(set))
}

/// What is said where something else than a hash stands in the brackets.
pub(super) fn not_a_hash(value: &Value) -> Refusal {
    let checked = match value {
        Value::String(_) => {
            mismatch::assert("TypeSet name", &Type::pattern_of(&[QUALIFIED_NAME]), value)
        }
        _ => Ok(()),
    };
    match checked.and_then(|()| mismatch::assert("TypeSet initializer", &INITIALIZER, value)) {
        Err(message) => Refusal::raised(message),
        Ok(()) => Refusal::raised("TypeSet initializer has wrong type, expects a Hash value"),
    }
}

fn check(name: &str, entries: &HashMap) -> Result<(), Refusal> {
    mismatch::assert(
        "TypeSet initializer",
        &INITIALIZER,
        &Value::hash(entries.clone()),
    )
    .map_err(Refusal::raised)?;
    let version = version_of(entries, "pcore_version")?;
    let understood = SemVerRange::parse(PCORE_VERSIONS).expect("it is a range");
    if let Some(version) = version.filter(|version| !understood.includes(version)) {
        return Err(Refusal::raised(format!(
            "The pcore version for TypeSet '{name}' is not understood by this runtime. Expected \
             range {PCORE_VERSIONS}, got {version}"
        )));
    }
    version_of(entries, "version").map(drop)
}

fn version_of(entries: &HashMap, key: &str) -> Result<Option<SemVer>, Refusal> {
    match entries.get(&Key(key)) {
        Some(Value::SemVer(version)) => Ok(Some((**version).clone())),
        Some(Value::String(text)) => match SemVer::parse(text) {
            Ok(version) => Ok(Some(version)),
            Err(error) => Err(Refusal::raised(error.to_string())),
        },
        _ => Ok(None),
    }
}

/// A type set that another one refers to.
pub struct Wanted {
    /// What its types are called after.
    pub alias: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The versions that are right.
    pub versions: SemVerRange,
}

/// The type sets that the hash of a type set refers to. What its types are made of does not
/// matter yet.
///
/// # Errors
/// The hash does not define a type set.
pub fn wanted(set: &str, entries: &HashMap) -> Result<Vec<Wanted>, Refusal> {
    check(set, entries)?;
    let hash = |name| entries.get(&Key(name)).and_then(Value::as_hash);
    let references = hash("references").into_iter().flatten();
    references
        .map(|(alias, reference)| {
            if hash("types").is_some_and(|types| types.contains_key(alias)) {
                return Err(Refusal::raised(format!(
                    "TypeSet '{set}' references a TypeSet using alias '{alias}'. The alias \
                     collides with the name of a declared type"
                )));
            }
            let text = |value: Option<&Value>| value.map(ToString::to_string).unwrap_or_default();
            let range = text(reference.get("version_range"));
            Ok(Wanted {
                alias: alias.to_string().into(),
                name: text(reference.get("name")).into(),
                versions: SemVerRange::parse(&range)
                    .map_err(|error| Refusal::raised(error.to_string()))?,
            })
        })
        .collect()
}

impl Wanted {
    /// The set, where the type found by its name is one of a right version.
    ///
    /// # Errors
    /// It is not.
    pub fn resolve(&self, set: &str, found: Option<Type>) -> Result<Arc<TypeSetType>, Refusal> {
        let label = format!("TypeSet '{set}' reference to TypeSet named '{}'", self.name);
        match found {
            None => Err(Refusal::raised(format!("{label} cannot be resolved"))),
            Some(Type::TypeSet(referred)) => {
                let version = referred.version();
                if version
                    .as_ref()
                    .is_some_and(|version| self.versions.includes(version))
                {
                    return Ok(referred);
                }
                let version = version.map(|version| version.to_string());
                Err(Refusal::raised(format!(
                    "{label} resolves to an incompatible version. Expected {}, got {}",
                    self.versions,
                    version.as_deref().unwrap_or("none")
                )))
            }
            Some(other) => Err(Refusal::raised(format!(
                "{label} resolves to a {}",
                other.name()
            ))),
        }
    }
}
