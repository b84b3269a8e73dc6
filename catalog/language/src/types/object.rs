//! Object types at work: members with inheritance, equality, type parameters.

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;

use super::{Attribute, Membership, ObjectDefinition, ObjectType, ParameterizedObject, Type};
use crate::values::{Object, Value};

/// What a type has while its definition is still being read.
static UNDEFINED: LazyLock<ObjectDefinition> = LazyLock::new(ObjectDefinition::default);
static ANY: LazyLock<Arc<ObjectType>> =
    LazyLock::new(|| ObjectType::defined("", ObjectDefinition::default()));

/// A member of an object type, whichever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// An attribute.
    Attribute,
    /// A function.
    Function,
}

impl ObjectType {
    /// The type of every object: a bare `Object`.
    pub fn any() -> Arc<Self> {
        ANY.clone()
    }

    /// A type with its definition.
    pub fn defined(name: impl Into<Arc<str>>, definition: ObjectDefinition) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            membership: Membership::Alone,
            definition: definition.into(),
        })
    }

    /// A type that is defined later.
    pub fn named(name: impl Into<Arc<str>>) -> Arc<Self> {
        Self::of(name.into(), Membership::Alone)
    }

    /// A type that is defined later, by itself or in a type set.
    pub fn of(name: Arc<str>, membership: Membership) -> Arc<Self> {
        Arc::new(Self {
            name,
            membership,
            definition: std::sync::OnceLock::new(),
        })
    }

    /// What it is made of.
    pub fn definition(&self) -> &ObjectDefinition {
        self.definition.get().unwrap_or(&UNDEFINED)
    }

    /// Whether this is the type of every object.
    pub fn is_any(&self) -> bool {
        std::ptr::eq(self, &raw const **ANY)
    }

    /// Whether these are one type: the same, or alike where they have no name.
    pub fn is_same(&self, other: &Self) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        if !self.name.is_empty() || !other.name.is_empty() {
            return self.name == other.name;
        }
        let (a, b) = (self.definition(), other.definition());
        !self.is_any()
            && !other.is_any()
            && a.parent == b.parent
            && a.type_parameters == b.type_parameters
            && a.attributes == b.attributes
            && a.functions == b.functions
            && a.equality == b.equality
            && a.checks == b.checks
    }

    /// The name, or `Object`.
    pub fn label(&self) -> &str {
        if self.name.is_empty() {
            "Object"
        } else {
            &self.name
        }
    }

    /// What it inherits from.
    pub fn parent(&self) -> Option<&Type> {
        self.definition().parent.as_ref()
    }

    /// The object type it inherits from.
    pub fn parent_object(&self) -> Option<Arc<ObjectType>> {
        match self.parent()?.unaliased() {
            Type::Object(object) => Some(object),
            Type::ParameterizedObject(object) => Some(object.base.clone()),
            _ => None,
        }
    }

    fn collected(
        &self,
        own: &dyn Fn(&ObjectDefinition) -> &IndexMap<Arc<str>, Attribute>,
    ) -> IndexMap<Arc<str>, Attribute> {
        let mut all = self
            .parent_object()
            .map(|parent| parent.collected(own))
            .unwrap_or_default();
        for (name, member) in own(self.definition()) {
            all.insert(name.clone(), member.clone());
        }
        all
    }

    /// All attributes, the inherited first.
    pub fn all_attributes(&self) -> IndexMap<Arc<str>, Attribute> {
        self.collected(&|definition| &definition.attributes)
    }

    /// All functions, the inherited first.
    pub fn all_functions(&self) -> IndexMap<Arc<str>, Attribute> {
        self.collected(&|definition| &definition.functions)
    }

    /// All type parameters, the inherited first.
    pub fn all_type_parameters(&self) -> IndexMap<Arc<str>, Attribute> {
        self.collected(&|definition| &definition.type_parameters)
    }

    /// An attribute or function by name, its own before inherited ones.
    pub fn member(&self, name: &str) -> Option<(MemberKind, Attribute)> {
        let definition = self.definition();
        if let Some(attribute) = definition.attributes.get(name) {
            return Some((MemberKind::Attribute, attribute.clone()));
        }
        if let Some(function) = definition.functions.get(name) {
            return Some((MemberKind::Function, function.clone()));
        }
        self.parent_object()?.member(name)
    }

    /// The value that an attribute has where none was given.
    pub(crate) fn default_of(&self, name: &str) -> Option<&Value> {
        // The definition is borrowed from `self`; inherited defaults are copied into objects when
        // they are made.
        self.definition().attributes.get(name)?.value.as_ref()
    }

    /// Whether objects of other types may be equal.
    pub fn equality_includes_type(&self) -> bool {
        !self.definition().equality_without_type
    }

    /// The attributes by which objects are equal.
    pub fn equality_attributes(&self) -> Vec<Arc<str>> {
        let mut all: Vec<Arc<str>> = self
            .parent_object()
            .map(|parent| parent.equality_attributes())
            .unwrap_or_default();
        let definition = self.definition();
        let own: Vec<Arc<str>> = match &definition.equality {
            Some(names) => names.clone(),
            None => definition
                .attributes
                .iter()
                .filter(|(_, attribute)| !attribute.is_constant())
                .map(|(name, _)| name.clone())
                .collect(),
        };
        for name in own {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }

    /// The attributes that `new` takes by name, in the order of their definition.
    pub fn given_attributes(&self) -> impl std::iter::Iterator<Item = (Arc<str>, Attribute)> {
        let all = self.all_attributes().into_iter();
        all.filter(|(_, attribute)| {
            !matches!(attribute.kind.as_deref(), Some("constant" | "derived"))
        })
    }

    /// The attributes that `new` takes by position: those without a default first.
    pub fn init_attributes(&self) -> Vec<(Arc<str>, Attribute)> {
        let (mut required, optional): (Vec<_>, Vec<_>) = self
            .given_attributes()
            .partition(|(_, attribute)| attribute.value.is_none());
        required.extend(optional);
        required
    }
}

impl Attribute {
    /// An attribute of a type, with or without a default.
    pub fn new(attribute_type: Type, value: Option<Value>) -> Self {
        Self {
            attribute_type,
            kind: None,
            value,
            is_final: false,
            overrides: false,
            annotations: None,
        }
    }

    /// Whether this is a constant.
    pub fn is_constant(&self) -> bool {
        self.kind.as_deref() == Some("constant")
    }

    /// Whether this is a constant whose value says its type.
    pub(super) fn is_plain_constant(&self) -> bool {
        let value = self.value.as_ref();
        let is_told = |value: &Value| value.infer().generalize() == self.attribute_type;
        self.is_constant() && value.is_some_and(is_told)
    }
}

impl Object {
    /// The attributes that the object was made from, without defaults.
    pub fn init_attributes(&self) -> impl std::iter::Iterator<Item = (&Arc<str>, &Value)> {
        let wanted = match self.object_type.unaliased() {
            Type::Object(object) => object.init_attributes(),
            Type::ParameterizedObject(object) => object.base.init_attributes(),
            _ => Vec::new(),
        };
        self.attributes.iter().filter(move |(name, value)| {
            wanted.is_empty()
                || wanted.iter().any(|(wanted, attribute)| {
                    wanted == *name && attribute.value.as_ref() != Some(*value)
                })
        })
    }
}

/// The type of an object; with its parameters where the type has some.
pub(super) fn type_of(object: &Object) -> Type {
    let Type::Object(base) = &object.object_type else {
        return object.object_type.clone();
    };
    let parameters: IndexMap<Arc<str>, Value> = base
        .all_type_parameters()
        .into_keys()
        .filter_map(|name| {
            let value = object.attribute(&name)?.clone();
            Some((name, value))
        })
        .collect();
    if parameters.is_empty() {
        return object.object_type.clone();
    }
    Type::ParameterizedObject(Arc::new(ParameterizedObject {
        base: base.clone(),
        parameters,
    }))
}

/// Whether the parameters of another type fit.
pub(super) fn parameters_accept(wanted: &ParameterizedObject, other: &Type) -> bool {
    let Type::ParameterizedObject(given) = other.unaliased() else {
        return wanted.parameters.is_empty();
    };
    wanted.parameters.iter().all(|(name, wanted)| {
        given.parameters.get(name).is_some_and(|given| {
            wanted.accepts(given)
                || matches!((wanted, given), (Value::Type(wanted), Value::Type(given))
                    if wanted.is_assignable(given))
        })
    })
}

/// Whether the attributes of an object fit the parameters.
pub(super) fn values_accept(wanted: &ParameterizedObject, object: &Object) -> bool {
    wanted.parameters.iter().all(|(name, wanted)| {
        object
            .attribute(name)
            .is_some_and(|given| wanted.accepts(given))
    })
}
