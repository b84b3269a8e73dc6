//! From a type to the object that describes it.

use std::sync::Arc;

use super::Attributes;
use crate::{
    types::{
        Attribute, CallableType, ObjectDefinition, ObjectType, Presence, Range, RuntimeType,
        StructMember, TupleType, Type, names,
    },
    values::{HashMap, Object, Regexp, Value},
};

/// The name of the type of a type, and the attributes that are not their defaults.
pub fn attributes(of: &Type) -> (String, Attributes) {
    let mut writer = Writer::default();
    writer.describe(of);
    (name(of), writer.0)
}

/// `Pcore::ArrayType`
pub(super) fn name(of: &Type) -> String {
    format!("{}{}Type", super::PREFIX, kind(of))
}

/// `Array` of `Pcore::ArrayType`.
fn kind(of: &Type) -> &str {
    match of {
        Type::Object(_) => "Object",
        Type::ParameterizedObject(_) => "ObjectTypeExten",
        other => other.simple_name(),
    }
}

#[derive(Default)]
struct Writer(Attributes);

impl Writer {
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    fn set_type(&mut self, name: &str, of: Option<&Type>) {
        if let Some(of) = of {
            self.set(name, of.clone());
        }
    }

    fn set_text(&mut self, name: &str, text: Option<&Arc<str>>) {
        if let Some(text) = text {
            self.set(name, Arc::clone(text));
        }
    }

    fn set_size(&mut self, name: &str, size: &Range<i64>) {
        if !size.is_unbounded() {
            self.set(name, Type::Integer((*size).into()));
        }
    }

    fn set_bounds<T: Copy>(&mut self, range: &Range<T>, value: impl Fn(T) -> Value) {
        // The lower bound is named wherever there is an upper one.
        if !range.is_unbounded() {
            self.set("from", range.from.map_or(Value::Undef, &value));
        }
        if let Some(to) = range.to {
            self.set("to", value(to));
        }
    }

    fn describe(&mut self, of: &Type) {
        match of {
            Type::Integer(range) => self.set_bounds(range, Value::Integer),
            Type::Float(range) => self.set_bounds(range, Value::Float),
            Type::Timestamp(range) => self.set_bounds(range, Value::timestamp),
            Type::Timespan(range) => self.set_bounds(range, Value::timespan),
            Type::String(size) => self.set_size("size_type_or_value", size),
            Type::StringValue(text) => self.set("size_type_or_value", Arc::clone(text)),
            Type::Enum(of) => {
                self.set("values", texts(&of.values));
                if of.case_insensitive {
                    self.set("case_insensitive", true);
                }
            }
            Type::Pattern(patterns) => self.set("patterns", regexps(patterns)),
            Type::Regexp(Some(of)) => self.set("pattern", of.pattern()),
            Type::Collection(size) => self.set_size("size_type", size),
            Type::Array(of) => {
                self.set_element("element_type", &of.element);
                self.set_size("size_type", &of.size);
            }
            Type::Hash(of) => {
                self.set_element("key_type", &of.key);
                self.set_element("value_type", &of.value);
                self.set_size("size_type", &of.size);
            }
            Type::Tuple(of) => self.tuple(of),
            Type::Struct(members) => {
                let elements: Vec<Value> = members.iter().map(element).collect();
                self.set("elements", elements);
            }
            Type::Variant(types) => self.set("types", types_of(types)),
            Type::Optional(of)
            | Type::NotUndef(of)
            | Type::Type(of)
            | Type::Iterable(of)
            | Type::Iterator(of) => self.set_type("type", of.as_deref()),
            Type::Callable(of) => self.callable(of),
            Type::Class(name) => self.set_text("class_name", name.as_ref()),
            Type::Resource(of) => {
                self.set_text("type_name", of.type_name.as_ref());
                self.set_text("title", of.title.as_ref());
            }
            Type::SemVer(ranges) if !ranges.is_empty() => {
                let ranges = ranges.iter().cloned().map(Arc::new);
                let ranges: Vec<Value> = ranges.map(Value::SemVerRange).collect();
                self.set("ranges", ranges);
            }
            Type::Uri(Some(parameters)) => self.set("parameters", (**parameters).clone()),
            Type::Runtime(of) => self.runtime(of),
            Type::Init(of) => {
                self.set_type("type", of.of.as_ref());
                if !of.arguments.is_empty() {
                    self.set("init_args", of.arguments.clone());
                }
            }
            Type::Object(of) => self.set("_pcore_init_hash", of.init_hash()),
            Type::ParameterizedObject(of) => {
                self.set("base_type", Type::Object(Arc::clone(&of.base)));
                let names = of.base.all_type_parameters();
                let given = names.keys().map(|name| match of.parameters.get(name) {
                    Some(value) => value.clone(),
                    None => Value::Default,
                });
                self.set("init_parameters", given.collect::<Vec<_>>());
            }
            Type::TypeSet(of) => self.set("_pcore_init_hash", of.init_hash()),
            Type::Alias(of) => {
                self.set("name", Arc::clone(&of.name));
                self.set("type_expr", Value::Undef);
                self.set_type("resolved_type", of.resolved.get());
            }
            Type::Reference(text) => self.set("type_string", Arc::clone(text)),
            // The others are told by their names.
            _ => {}
        }
    }

    fn set_element(&mut self, name: &str, of: &Type) {
        if !matches!(of, Type::Any) {
            self.set(name, of.clone());
        }
    }

    fn tuple(&mut self, of: &TupleType) {
        self.set("types", types_of(&of.types));
        if let Some(size) = of.size {
            self.set("size_type", Type::Integer(size.into()));
        }
    }

    /// A callable names what it lacks, too.
    fn callable(&mut self, of: &CallableType) {
        let or_undef = |of: Option<Type>| of.map_or(Value::Undef, Value::Type);
        let parameters = of.parameters.clone();
        let parameters = parameters.map(|parameters| Type::Tuple(Arc::new(parameters)));
        self.set("param_types", or_undef(parameters));
        self.set("block_type", or_undef(of.block.clone()));
        self.set("return_type", or_undef(of.returns.clone()));
    }

    fn runtime(&mut self, of: &RuntimeType) {
        self.set_text("runtime", of.runtime.as_ref());
        match (&of.pattern, &of.name) {
            (Some(pattern), Some(replacement)) => self.set(
                "name_or_pattern",
                vec![
                    Value::Regexp(Regexp::of(pattern)),
                    Value::String(Arc::clone(replacement)),
                ],
            ),
            (_, name) => self.set_text("name_or_pattern", name.as_ref()),
        }
    }
}

fn texts(texts: &[Arc<str>]) -> Vec<Value> {
    texts.iter().cloned().map(Value::String).collect()
}

fn types_of(types: &[Type]) -> Vec<Value> {
    types.iter().cloned().map(Value::Type).collect()
}

fn regexps(patterns: &[Arc<Regexp>]) -> Vec<Value> {
    let types = patterns
        .iter()
        .map(|pattern| Type::Regexp(Some(Arc::clone(pattern))));
    types.map(Value::Type).collect()
}

/// `key => Type` of a struct.
fn element(member: &StructMember) -> Value {
    let name = Type::StringValue(Arc::clone(&member.name));
    let key = match member.presence {
        Presence::Optional => Type::optional(name),
        Presence::Required => name,
    };
    let object_type = names::find("Pcore::StructElement");
    Value::Object(Arc::new(Object {
        object_type: object_type.unwrap_or_else(Type::any_object),
        attributes: Attributes::from_iter([
            ("key_type".into(), key.into()),
            ("value_type".into(), member.value.clone().into()),
        ]),
    }))
}

impl ObjectType {
    /// The hash that the type is made from: `Object[hash]` gives it again.
    pub fn init_hash(&self) -> HashMap {
        let definition = self.definition();
        let mut hash = HashMap::default();
        let mut set = |name: &str, value: Value| hash.insert(Value::from(name), value);
        if let Some(annotations) = &definition.annotations {
            set("annotations", annotations.clone());
        }
        if !self.name.is_empty() {
            set("name", Arc::clone(&self.name).into());
        }
        if let Some(parent) = &definition.parent {
            set("parent", parent.clone().into());
        }
        let members = |members: Vec<(&Arc<str>, Value)>| {
            let entries = members.into_iter();
            let entries = entries.map(|(name, value)| (Value::String(Arc::clone(name)), value));
            Value::hash(entries.collect::<HashMap>())
        };
        let parameters = definition.type_parameters.iter();
        let parameters: Vec<_> = parameters
            .map(|(name, one)| (name, parameter_hash(one)))
            .collect();
        if !parameters.is_empty() {
            set("type_parameters", members(parameters));
        }
        let (constants, attributes): (Vec<_>, Vec<_>) = definition
            .attributes
            .iter()
            .partition(|(_, one)| one.is_plain_constant());
        if !attributes.is_empty() {
            let attributes = attributes.into_iter();
            let attributes = attributes.map(|(name, one)| (name, member_hash(one)));
            set("attributes", members(attributes.collect()));
        }
        if !constants.is_empty() {
            let constants = constants.into_iter();
            let constants =
                constants.map(|(name, one)| (name, one.value.clone().unwrap_or_default()));
            set("constants", members(constants.collect()));
        }
        if !definition.functions.is_empty() {
            let functions = definition.functions.iter();
            let functions = functions.map(|(name, one)| (name, member_hash(one)));
            set("functions", members(functions.collect()));
        }
        finish(definition, &mut set);
        hash
    }
}

fn finish(definition: &ObjectDefinition, set: &mut impl FnMut(&str, Value) -> Option<Value>) {
    if let Some(names) = &definition.equality {
        set("equality", texts(names).into());
    }
    if let Some(checks) = &definition.checks {
        set("checks", checks.clone());
    }
}

/// The type alone where there is nothing else to say.
fn member_hash(member: &Attribute) -> Value {
    with_details(member, member.attribute_type.clone(), member.value.as_ref())
}

/// A type parameter is optional in any case.
fn parameter_hash(parameter: &Attribute) -> Value {
    let of = match &parameter.attribute_type {
        Type::Optional(Some(of)) => (**of).clone(),
        other => other.clone(),
    };
    let value = parameter.value.as_ref().filter(|value| !value.is_undef());
    with_details(parameter, of, value)
}

fn with_details(member: &Attribute, of: Type, value: Option<&Value>) -> Value {
    let mut details = HashMap::default();
    let mut set = |name: &str, value: Value| details.insert(Value::from(name), value);
    if member.is_final && !member.is_constant() {
        set("final", true.into());
    }
    if member.overrides {
        set("override", true.into());
    }
    if let Some(annotations) = &member.annotations {
        set("annotations", annotations.clone());
    }
    if let Some(kind) = &member.kind {
        set("kind", Arc::clone(kind).into());
    }
    if let Some(value) = value {
        set("value", value.clone());
    }
    if details.is_empty() {
        return of.into();
    }
    details.shift_insert(0, Value::from("type"), of.into());
    Value::hash(details)
}
