//! `Object[{ … }]`: from a hash to a type, with all that is checked on the way.
//!
//! Source: puppet-specifications, `language/types_values_variables.md`, Object.

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;

use super::{
    Attribute, MemberKind, ObjectDefinition, ObjectType, Presence, Range, Type, builtin, mismatch,
    parameterize::Refusal,
};
use crate::values::{HashMap, Value};

/// The name of a member.
const MEMBER_NAME: &str = r"\A[a-z_]\w*\z";
/// The name of a type.
const TYPE_NAME: &str = r"\A[A-Z]\w*(?:::[A-Z]\w*)*\z";

/// Keys that serialization has for itself.
const RESERVED: [&str; 2] = ["__ptype", "__pvalue"];

static INITIALIZER: LazyLock<Type> = LazyLock::new(|| {
    let member = || Type::pattern_of(&[MEMBER_NAME]);
    let members = |of: Type| Type::hash_of(member(), of, Range::UNBOUNDED);
    let function_name = Type::variant_of([member(), Type::StringValue("[]".into())]);
    builtin::optional_members(&[
        ("name", Type::pattern_of(&[TYPE_NAME])),
        ("parent", Type::TYPE),
        ("type_parameters", members(Type::NotUndef(None))),
        ("attributes", members(Type::NotUndef(None))),
        ("constants", members(Type::Any)),
        (
            "functions",
            Type::hash_of(function_name, Type::NotUndef(None), Range::UNBOUNDED),
        ),
        (
            "equality",
            Type::variant_of([member(), Type::array_of(member(), Range::UNBOUNDED)]),
        ),
        ("equality_include_type", Type::BOOLEAN),
        ("checks", Type::Any),
        ("annotations", annotations()),
    ])
});

fn annotations() -> Type {
    let member = Type::pattern_of(&[MEMBER_NAME]);
    let of_one = Type::hash_of(member, Type::Any, Range::UNBOUNDED);
    let annotation = Type::type_of(builtin::annotation());
    Type::optional(Type::hash_of(annotation, of_one, Range::UNBOUNDED))
}

static ATTRIBUTE: LazyLock<Type> = LazyLock::new(|| {
    let kinds = ["constant", "derived", "given_or_derived", "reference"];
    Type::struct_of([
        ("type", Presence::Required, Type::TYPE),
        ("final", Presence::Optional, Type::BOOLEAN),
        ("override", Presence::Optional, Type::BOOLEAN),
        ("kind", Presence::Optional, Type::enum_of(kinds)),
        ("value", Presence::Optional, Type::Any),
        ("annotations", Presence::Optional, annotations()),
    ])
});

static FUNCTION: LazyLock<Type> = LazyLock::new(|| {
    Type::struct_of([
        (
            "type",
            Presence::Required,
            Type::type_of(Type::any_callable()),
        ),
        ("final", Presence::Optional, Type::BOOLEAN),
        ("override", Presence::Optional, Type::BOOLEAN),
        ("annotations", Presence::Optional, annotations()),
    ])
});

fn assert(subject: &str, expected: &Type, value: &Value) -> Result<(), Refusal> {
    mismatch::assert(subject, expected, value).map_err(Refusal::raised)
}

/// The type of a hash without a name of its own.
pub(super) fn anonymous(entries: &Arc<HashMap>) -> Result<Type, Refusal> {
    let name = text(entries, "name").unwrap_or_default();
    let object = ObjectType::named(name);
    object.define(entries)?;
    Ok(Type::Object(object))
}

/// What is said where something else than a hash stands in the brackets.
pub(super) fn not_a_hash(value: &Value) -> Refusal {
    let checked = match value {
        Value::String(_) => assert("object name", &Type::pattern_of(&[TYPE_NAME]), value),
        _ => Ok(()),
    };
    match checked.and_then(|()| assert("object initializer", &INITIALIZER, value)) {
        Err(refusal) => refusal,
        Ok(()) => Refusal::raised("object initializer has wrong type, expects a Hash value"),
    }
}

fn text(entries: &HashMap, key: &str) -> Option<Arc<str>> {
    match entries.get(&crate::values::Key(key)) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

fn entry<'a>(entries: &'a HashMap, key: &str) -> Option<&'a Value> {
    entries.get(&crate::values::Key(key))
}

fn hash_entry<'a>(entries: &'a HashMap, key: &str) -> Option<&'a HashMap> {
    entry(entries, key).and_then(Value::as_hash)
}

fn flag(entries: &HashMap, key: &str) -> Option<bool> {
    match entry(entries, key) {
        Some(Value::Boolean(flag)) => Some(*flag),
        _ => None,
    }
}

impl ObjectType {
    /// Gives a named type its definition.
    ///
    /// # Errors
    /// The hash does not define a type.
    pub fn define(self: &Arc<Self>, entries: &HashMap) -> Result<(), Refusal> {
        assert(
            "object initializer",
            &INITIALIZER,
            &Value::hash(entries.clone()),
        )?;
        let reader = Reader {
            object: self,
            parent: self.read_parent(entries)?,
        };
        let definition = reader.read(entries)?;
        // A type that is defined twice keeps what it had: whoever loads it comes here once.
        let _ = self.definition.set(definition);
        Ok(())
    }

    fn read_parent(self: &Arc<Self>, entries: &HashMap) -> Result<Option<Parent>, Refusal> {
        let Some(Value::Type(parent)) = entry(entries, "parent") else {
            return Ok(None);
        };
        let object = match parent.unaliased() {
            Type::Reference(name) => {
                return Err(Refusal::raised(format!(
                    "reference to unresolved type '{name}'"
                )));
            }
            Type::Object(object) => Some(object),
            Type::ParameterizedObject(object) => Some(object.base.clone()),
            _ => None,
        };
        let mut ancestor = object.clone();
        while let Some(current) = ancestor {
            if Arc::ptr_eq(&current, self) {
                return Err(Refusal::raised(format!(
                    "The Object type '{}' inherits from itself",
                    self.label()
                )));
            }
            ancestor = current.parent_object();
        }
        Ok(Some(Parent {
            of: parent.clone(),
            object,
        }))
    }
}

struct Parent {
    of: Type,
    object: Option<Arc<ObjectType>>,
}

struct Reader<'a> {
    object: &'a ObjectType,
    parent: Option<Parent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feature {
    Attribute,
    Function,
    TypeParameter,
}

impl Feature {
    fn name(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Function => "function",
            Self::TypeParameter => "type_parameter",
        }
    }
}

impl Reader<'_> {
    fn label(&self, feature: Feature, name: &str) -> String {
        format!("{} {}[{name}]", feature.name(), self.object.label())
    }

    fn parent_object(&self) -> Option<&Arc<ObjectType>> {
        self.parent.as_ref()?.object.as_ref()
    }

    fn inherited(&self, name: &str) -> Option<(MemberKind, Attribute, Arc<ObjectType>)> {
        let mut current = self.parent_object().cloned();
        while let Some(object) = current {
            let definition = object.definition();
            if let Some(member) = definition.attributes.get(name) {
                return Some((MemberKind::Attribute, member.clone(), object));
            }
            if let Some(member) = definition.functions.get(name) {
                return Some((MemberKind::Function, member.clone(), object));
            }
            current = object.parent_object();
        }
        None
    }

    fn read(&self, entries: &HashMap) -> Result<ObjectDefinition, Refusal> {
        let mut definition = ObjectDefinition {
            parent: self.parent.as_ref().map(|parent| parent.of.clone()),
            type_parameters: self.type_parameters(entries)?,
            attributes: self.attributes(entries)?,
            checks: entry(entries, "checks").cloned(),
            annotations: entry(entries, "annotations").cloned(),
            ..ObjectDefinition::default()
        };
        definition.functions = self.functions(entries, &definition)?;
        definition.equality_without_type = flag(entries, "equality_include_type") == Some(false);
        definition.equality = self.equality(entries, &definition)?;
        Ok(definition)
    }

    fn type_parameters(&self, entries: &HashMap) -> Result<IndexMap<Arc<str>, Attribute>, Refusal> {
        let mut parameters = IndexMap::new();
        for (key, spec) in hash_entry(entries, "type_parameters").into_iter().flatten() {
            let name: Arc<str> = key.as_str().unwrap_or_default().into();
            let label = self.label(Feature::TypeParameter, &name);
            let (of, value) = match spec {
                Value::Hash(spec) => {
                    let of = match entry(spec, "type") {
                        Some(Value::Type(of)) => of.clone(),
                        _ => {
                            assert(
                                &format!("initializer for {label}"),
                                &ATTRIBUTE,
                                &Value::Hash(spec.clone()),
                            )?;
                            Type::Any
                        }
                    };
                    (of, entry(spec, "value").cloned())
                }
                other => {
                    assert(&label, &Type::TYPE, other)?;
                    match other {
                        Value::Type(of) => (of.clone(), None),
                        _ => (Type::Any, None),
                    }
                }
            };
            let of = if matches!(of, Type::Optional(_)) {
                of
            } else {
                Type::optional(of)
            };
            parameters.insert(name, Attribute::new(of, value));
        }
        Ok(parameters)
    }

    fn attributes(&self, entries: &HashMap) -> Result<IndexMap<Arc<str>, Attribute>, Refusal> {
        let mut attributes = IndexMap::new();
        let specs = hash_entry(entries, "attributes");
        let constants = hash_entry(entries, "constants");
        for (key, _) in constants.into_iter().flatten() {
            if specs.is_some_and(|specs| specs.contains_key(key)) {
                let name = key.as_str().unwrap_or_default();
                return Err(Refusal::raised(format!(
                    "attribute {}[{name}] is defined as both a constant and an attribute",
                    self.object.label()
                )));
            }
        }
        for (key, spec) in specs.into_iter().flatten() {
            let name = key.as_str().unwrap_or_default();
            attributes.insert(name.into(), self.attribute(name, spec)?);
        }
        for (key, value) in constants.into_iter().flatten() {
            let name = key.as_str().unwrap_or_default();
            let constant = Attribute {
                kind: Some("constant".into()),
                is_final: true,
                overrides: self.inherited(name).is_some(),
                ..Attribute::new(value.infer().generalize(), Some(value.clone()))
            };
            self.check_override(Feature::Attribute, name, &constant)?;
            attributes.insert(name.into(), constant);
        }
        Ok(attributes)
    }

    fn attribute(&self, name: &str, spec: &Value) -> Result<Attribute, Refusal> {
        let label = self.label(Feature::Attribute, name);
        if RESERVED.contains(&name) {
            return Err(Refusal::raised(format!(
                "The attribute '{name}' is reserved and cannot be used"
            )));
        }
        let attribute = match spec {
            Value::Hash(spec) => {
                assert(
                    &format!("initializer for {label}"),
                    &ATTRIBUTE,
                    &Value::Hash(spec.clone()),
                )?;
                self.attribute_from_hash(&label, spec)?
            }
            other => {
                assert(&label, &Type::TYPE, other)?;
                let of = match other {
                    Value::Type(of) => of.clone(),
                    _ => Type::Any,
                };
                let value = matches!(of, Type::Optional(_)).then_some(Value::Undef);
                Attribute::new(of, value)
            }
        };
        self.check_override(Feature::Attribute, name, &attribute)?;
        Ok(attribute)
    }

    fn attribute_from_hash(&self, label: &str, spec: &HashMap) -> Result<Attribute, Refusal> {
        let of = match entry(spec, "type") {
            Some(Value::Type(of)) => of.clone(),
            _ => Type::Any,
        };
        let kind = text(spec, "kind");
        let is_constant = kind.as_deref() == Some("constant");
        if is_constant && flag(spec, "final") == Some(false) {
            return Err(Refusal::raised(format!(
                "{label} of kind 'constant' cannot be combined with final => false"
            )));
        }
        let value = entry(spec, "value").cloned();
        match (&value, kind.as_deref()) {
            (Some(_), Some(kind @ ("derived" | "given_or_derived"))) => {
                return Err(Refusal::raised(format!(
                    "{label} of kind '{kind}' cannot be combined with an attribute value"
                )));
            }
            (Some(Value::Default), _) => {}
            (Some(value), _) => assert(&format!("{label} value"), &of, value)?,
            (None, Some("constant")) => {
                return Err(Refusal::raised(format!(
                    "{label} of kind 'constant' requires a value"
                )));
            }
            (None, _) => {}
        }
        Ok(Attribute {
            kind,
            is_final: is_constant || flag(spec, "final") == Some(true),
            overrides: flag(spec, "override") == Some(true),
            annotations: entry(spec, "annotations").cloned(),
            ..Attribute::new(of, value)
        })
    }

    fn functions(
        &self,
        entries: &HashMap,
        definition: &ObjectDefinition,
    ) -> Result<IndexMap<Arc<str>, Attribute>, Refusal> {
        let mut functions = IndexMap::new();
        for (key, spec) in hash_entry(entries, "functions").into_iter().flatten() {
            let name = key.as_str().unwrap_or_default();
            let label = self.label(Feature::Function, name);
            let function = match spec {
                Value::Hash(spec) => {
                    assert(
                        &format!("initializer for function '{name}'"),
                        &FUNCTION,
                        &Value::Hash(spec.clone()),
                    )?;
                    let of = match entry(spec, "type") {
                        Some(Value::Type(of)) => of.clone(),
                        _ => Type::Any,
                    };
                    Attribute {
                        is_final: flag(spec, "final") == Some(true),
                        overrides: flag(spec, "override") == Some(true),
                        annotations: entry(spec, "annotations").cloned(),
                        ..Attribute::new(of, None)
                    }
                }
                other => {
                    assert(&label, &Type::type_of(Type::any_callable()), other)?;
                    match other {
                        Value::Type(of) => Attribute::new(of.clone(), None),
                        _ => Attribute::new(Type::any_callable(), None),
                    }
                }
            };
            if definition.attributes.contains_key(name) {
                return Err(Refusal::raised(format!(
                    "{label} conflicts with attribute with the same name"
                )));
            }
            self.check_override(Feature::Function, name, &function)?;
            functions.insert(name.into(), function);
        }
        Ok(functions)
    }

    fn check_override(
        &self,
        feature: Feature,
        name: &str,
        member: &Attribute,
    ) -> Result<(), Refusal> {
        let label = self.label(feature, name);
        let Some((kind, inherited, owner)) = self.inherited(name) else {
            if member.overrides {
                let feature = feature.name();
                return Err(Refusal::raised(format!(
                    "expected {label} to override an inherited {feature}, but no such {feature} \
                     was found"
                )));
            }
            return Ok(());
        };
        let inherited_feature = match kind {
            MemberKind::Attribute => Feature::Attribute,
            MemberKind::Function => Feature::Function,
        };
        let inherited_label = format!("{} {}[{name}]", inherited_feature.name(), owner.label());
        let refuse = |why: &str| {
            Err(Refusal::raised(format!(
                "{label} attempts to override {why}"
            )))
        };
        if feature != inherited_feature {
            return refuse(&inherited_label);
        }
        if inherited.is_final && !(inherited.is_constant() && member.is_constant()) {
            return refuse(&format!("final {inherited_label}"));
        }
        if !member.overrides {
            return refuse(&format!(
                "{inherited_label} without having override => true"
            ));
        }
        if !inherited
            .attribute_type
            .is_assignable(&member.attribute_type)
        {
            return refuse(&format!(
                "{inherited_label} with a type that does not match"
            ));
        }
        Ok(())
    }

    fn equality(
        &self,
        entries: &HashMap,
        definition: &ObjectDefinition,
    ) -> Result<Option<Vec<Arc<str>>>, Refusal> {
        let names: Vec<Arc<str>> = match entry(entries, "equality") {
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .map(Arc::from)
                .collect(),
            _ => return Ok(None),
        };
        if !names.is_empty() && definition.equality_without_type {
            return Err(Refusal::raised(
                "equality_include_type = false cannot be combined with non empty equality \
                 specification",
            ));
        }
        for name in &names {
            self.check_equality(name, definition)?;
        }
        Ok(Some(names))
    }

    fn check_equality(&self, name: &str, definition: &ObjectDefinition) -> Result<(), Refusal> {
        let label = self.object.label();
        let (kind, member, member_label) = match self.inherited(name) {
            Some((kind, member, owner)) => {
                let feature = match kind {
                    MemberKind::Attribute => "attribute",
                    MemberKind::Function => "function",
                };
                let member_label = format!("{feature} {}[{name}]", owner.label());
                let included = self.parent_object().is_some_and(|parent| {
                    parent
                        .equality_attributes()
                        .iter()
                        .any(|one| **one == *name)
                });
                if kind == MemberKind::Attribute && included {
                    return Err(Refusal::raised(format!(
                        "{label} equality is referencing {member_label} which is included in \
                         equality of {}",
                        self.equality_definer(name)
                    )));
                }
                (kind, member, member_label)
            }
            None => {
                if let Some(member) = definition.attributes.get(name) {
                    let member_label = self.label(Feature::Attribute, name);
                    (MemberKind::Attribute, member.clone(), member_label)
                } else if let Some(member) = definition.functions.get(name) {
                    let member_label = self.label(Feature::Function, name);
                    (MemberKind::Function, member.clone(), member_label)
                } else {
                    return Err(Refusal::raised(format!(
                        "{label} equality is referencing non existent attribute '{name}'"
                    )));
                }
            }
        };
        if kind == MemberKind::Function {
            return Err(Refusal::raised(format!(
                "{label} equality is referencing {member_label}. Only attribute references are \
                 allowed"
            )));
        }
        if member.is_constant() {
            return Err(Refusal::raised(format!(
                "{label} equality is referencing constant {member_label}. Reference to constant \
                 is not allowed in equality"
            )));
        }
        Ok(())
    }

    /// The ancestor whose equality names the attribute.
    fn equality_definer(&self, name: &str) -> String {
        let mut definer = self.parent_object().cloned();
        while let Some(current) = definer.clone() {
            match current.parent_object() {
                Some(parent)
                    if parent
                        .equality_attributes()
                        .iter()
                        .any(|one| **one == *name) =>
                {
                    definer = Some(parent);
                }
                _ => break,
            }
        }
        definer
            .map(|object| object.label().to_owned())
            .unwrap_or_default()
    }
}
