//! The canonical text of types.

mod object;

use std::fmt::{self, Write as _};

use super::{AliasType, CallableType, Membership, Presence, Range, StructMember, Type, builtin};
use crate::values::{Value, number::float_text, quote, time};

/// The text of a type, as `notice` shows it: with what it is made of, where it has a name of its
/// own; types within it by name.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = match self {
            Self::Alias(_) | Self::Object(_) | Self::TypeSet(_) => Detail::Definitions,
            _ => Detail::Names,
        };
        f.write_str(&Writer::new(detail, MemberNames::Simple).finish(self))
    }
}

impl Type {
    /// The text, with aliases and object types by name.
    pub fn text(&self) -> String {
        Writer::new(Detail::Names, MemberNames::Full).finish(self)
    }

    /// The text, with what aliases and object types are made of.
    pub fn expanded_text(&self) -> String {
        Writer::new(Detail::Definitions, MemberNames::Full).finish(self)
    }

    /// The name without parameters: `Integer`, `Apache::Vhost`, the alias's own.
    pub fn name(&self) -> String {
        match self {
            Self::Alias(alias) => alias.name.to_string(),
            Self::Object(object) => object.label().to_owned(),
            Self::ParameterizedObject(object) => object.base.label().to_owned(),
            Self::TypeSet(set) if !set.name.is_empty() => set.name.to_string(),
            _ => self.simple_name().to_owned(),
        }
    }

    /// The name of the kind of type.
    pub fn simple_name(&self) -> &str {
        match self {
            Self::Any => "Any",
            Self::Unit => "Unit",
            Self::Undef => "Undef",
            Self::Default => "Default",
            Self::Scalar => "Scalar",
            Self::ScalarData => "ScalarData",
            Self::Numeric => "Numeric",
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Float(_) => "Float",
            Self::String(_) | Self::StringValue(_) => "String",
            Self::Enum(_) => "Enum",
            Self::Pattern(_) => "Pattern",
            Self::Regexp(_) => "Regexp",
            Self::Collection(_) => "Collection",
            Self::Array(_) => "Array",
            Self::Tuple(_) => "Tuple",
            Self::Hash(_) => "Hash",
            Self::Struct(_) => "Struct",
            Self::Optional(_) => "Optional",
            Self::NotUndef(_) => "NotUndef",
            Self::Variant(_) => "Variant",
            Self::Type(_) => "Type",
            Self::Sensitive(_) => "Sensitive",
            Self::Iterable(_) => "Iterable",
            Self::Iterator(_) => "Iterator",
            Self::Callable(_) => "Callable",
            Self::CatalogEntry => "CatalogEntry",
            Self::Class(_) => "Class",
            Self::Resource(_) => "Resource",
            Self::Binary => "Binary",
            Self::Timestamp(_) => "Timestamp",
            Self::Timespan(_) => "Timespan",
            Self::SemVer(_) => "SemVer",
            Self::SemVerRange => "SemVerRange",
            Self::Uri(_) => "URI",
            Self::Runtime(_) => "Runtime",
            Self::Init(_) => "Init",
            Self::Object(object) => object.label().rsplit("::").next().unwrap_or("Object"),
            Self::ParameterizedObject(object) => {
                object.base.label().rsplit("::").next().unwrap_or("Object")
            }
            Self::TypeSet(_) => "TypeSet",
            Self::Alias(_) => "TypeAlias",
            Self::Reference(_) => "TypeReference",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Names,
    Definitions,
}

/// How types of a type set are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MemberNames {
    /// As in the set: `Car`.
    Simple,
    /// `Vehicles::Car`
    Full,
}

struct Writer {
    out: String,
    detail: Detail,
    members: MemberNames,
    /// Aliases that are being written out.
    open: Vec<*const AliasType>,
}

impl Writer {
    fn new(detail: Detail, members: MemberNames) -> Self {
        Self {
            out: String::new(),
            detail,
            members,
            open: Vec::new(),
        }
    }

    fn finish(mut self, of: &Type) -> String {
        self.write_type(of);
        self.out
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// `name[a, b]`, or the name where there is nothing to say.
    fn parameters(&mut self, name: &str, parts: Vec<String>) {
        self.push(name);
        if !parts.is_empty() {
            self.push("[");
            self.push(&parts.join(", "));
            self.push("]");
        }
    }

    fn part(&mut self, value: &Type) -> String {
        let before = std::mem::take(&mut self.out);
        self.write_type(value);
        std::mem::replace(&mut self.out, before)
    }

    fn contained(&mut self, name: &str, of: Option<&Type>) {
        let parts = of.map(|of| vec![self.part(of)]).unwrap_or_default();
        self.parameters(name, parts);
    }

    fn write_type(&mut self, value: &Type) {
        match value {
            Type::Boolean(of) => {
                self.parameters("Boolean", of.iter().map(bool::to_string).collect());
            }
            Type::Integer(range) => self.parameters("Integer", range_parts(range, i64::to_string)),
            Type::Float(range) => {
                self.parameters("Float", range_parts(range, |bound| float_text(*bound)));
            }
            Type::String(size) => self.parameters("String", range_parts(size, i64::to_string)),
            Type::Collection(size) => {
                self.parameters("Collection", range_parts(size, i64::to_string));
            }
            Type::Enum(values) => {
                let mut parts: Vec<String> = values.values.iter().map(|text| quote(text)).collect();
                if values.case_insensitive {
                    parts.push("true".to_owned());
                }
                self.parameters("Enum", parts);
            }
            Type::Pattern(patterns) => {
                self.parameters(
                    "Pattern",
                    patterns.iter().map(|one| one.delimited()).collect(),
                );
            }
            Type::Regexp(of) => {
                self.parameters("Regexp", of.iter().map(|one| one.delimited()).collect());
            }
            Type::Array(array) => {
                let parts = if array.size.is_empty_size() {
                    vec!["0".to_owned(), "0".to_owned()]
                } else if matches!(array.element, Type::Any) && array.size.is_unbounded() {
                    Vec::new()
                } else {
                    let mut parts = vec![self.part(&array.element)];
                    parts.extend(range_parts(&array.size, i64::to_string));
                    parts
                };
                self.parameters("Array", parts);
            }
            Type::Hash(hash) => {
                let parts = if hash.size.is_empty_size() {
                    vec!["0".to_owned(), "0".to_owned()]
                } else if matches!((&hash.key, &hash.value), (Type::Any, Type::Any))
                    && hash.size.is_unbounded()
                {
                    Vec::new()
                } else {
                    let mut parts = vec![self.part(&hash.key), self.part(&hash.value)];
                    parts.extend(range_parts(&hash.size, i64::to_string));
                    parts
                };
                self.parameters("Hash", parts);
            }
            Type::Tuple(tuple) => {
                let mut parts: Vec<String> = tuple.types.iter().map(|one| self.part(one)).collect();
                if !parts.is_empty() {
                    parts.extend(
                        tuple
                            .size
                            .iter()
                            .flat_map(|size| range_parts(size, i64::to_string)),
                    );
                }
                self.parameters("Tuple", parts);
            }
            Type::Struct(members) => self.write_struct(members),
            Type::Optional(of) => self.contained_or_text("Optional", of.as_deref()),
            Type::NotUndef(of) => self.contained_or_text("NotUndef", of.as_deref()),
            Type::Variant(types) => {
                let parts = types.iter().map(|one| self.part(one)).collect();
                self.parameters("Variant", parts);
            }
            Type::Type(of) => self.contained("Type", of.as_deref()),
            Type::Iterable(of) => self.contained("Iterable", of.as_deref()),
            Type::Iterator(of) => self.contained("Iterator", of.as_deref()),
            Type::Sensitive(of) => {
                let of = Some(of.as_ref()).filter(|of| !matches!(of, Type::Any));
                self.contained("Sensitive", of);
            }
            Type::Callable(callable) => self.write_callable(callable),
            Type::Class(name) => {
                self.parameters("Class", name.iter().map(ToString::to_string).collect());
            }
            Type::Resource(resource) => match &resource.type_name {
                Some(name) => {
                    let title = resource.title.iter().map(|title| quote(title)).collect();
                    self.parameters(name, title);
                }
                None => self.push("Resource"),
            },
            Type::Timestamp(range) => {
                self.parameters("Timestamp", time_parts(range, time::timestamp_text));
            }
            Type::Timespan(range) => {
                self.parameters("Timespan", time_parts(range, time::timespan_text));
            }
            Type::SemVer(ranges) => {
                let parts = ranges.iter().map(|range| format!("'{range}'")).collect();
                self.parameters("SemVer", parts);
            }
            Type::Uri(parameters) => {
                let parts = parameters.iter().map(|value| self.value(value)).collect();
                self.parameters("URI", parts);
            }
            Type::Runtime(runtime) => {
                let mut parts: Vec<String> =
                    runtime.runtime.iter().map(ToString::to_string).collect();
                match (&runtime.name, &runtime.pattern) {
                    (Some(name), Some(pattern)) => {
                        parts.push(format!("[/{pattern}/, {}]", quote(name)));
                    }
                    (Some(name), None) => parts.push(quote(name)),
                    _ => {}
                }
                self.parameters("Runtime", parts);
            }
            Type::Init(init) => {
                let mut parts: Vec<String> = init.of.iter().map(|of| self.part(of)).collect();
                parts.extend(init.arguments.iter().map(|value| self.value(value)));
                self.parameters("Init", parts);
            }
            Type::Object(object) => self.write_object(object),
            Type::ParameterizedObject(object) => {
                let names = object.base.all_type_parameters();
                let parts = if names.len() > 2 {
                    let entries = object
                        .parameters
                        .iter()
                        .map(|(name, value)| (Value::String(name.clone()), value.clone()))
                        .collect();
                    vec![self.value(&Value::hash(entries))]
                } else {
                    let mut parts: Vec<Option<&Value>> = names
                        .keys()
                        .map(|name| object.parameters.get(name))
                        .collect();
                    while parts.last().is_some_and(Option::is_none) {
                        parts.pop();
                    }
                    parts
                        .into_iter()
                        .map(|value| value.map_or("default".to_owned(), |value| self.value(value)))
                        .collect()
                };
                self.parameters(object.base.label(), parts);
            }
            Type::TypeSet(set) => self.write_type_set(set),
            Type::Alias(alias) => self.write_alias(alias),
            Type::Reference(text) => {
                self.parameters("TypeReference", vec![quote(text)]);
            }
            Type::StringValue(_) => self.push("String"),
            plain => self.push(plain.simple_name()),
        }
    }

    fn write_alias(&mut self, alias: &std::sync::Arc<AliasType>) {
        let pointer = std::sync::Arc::as_ptr(alias);
        let target = alias.resolved.get().filter(|_| {
            self.detail == Detail::Definitions
                && !builtin::is_builtin_alias(&alias.name)
                && !self.open.contains(&pointer)
        });
        let is_named = !self.is_simple(alias.membership);
        if is_named || target.is_none() {
            let name = self.shown_name(&alias.name, alias.membership).to_owned();
            self.push(&name);
        }
        if let Some(target) = target {
            self.open.push(pointer);
            if is_named {
                self.push(" = ");
            }
            self.write_type(target);
            self.open.pop();
        }
    }

    fn is_simple(&self, membership: Membership) -> bool {
        self.members == MemberNames::Simple && membership == Membership::OfTypeSet
    }

    fn shown_name<'n>(&self, name: &'n str, membership: Membership) -> &'n str {
        match name.rsplit_once("::") {
            Some((_, simple)) if self.is_simple(membership) => simple,
            _ => name,
        }
    }

    /// `Optional['text']` shows the text of the one string it holds.
    fn contained_or_text(&mut self, name: &str, of: Option<&Type>) {
        match of {
            Some(Type::StringValue(text)) => self.parameters(name, vec![quote(text)]),
            of => self.contained(name, of),
        }
    }

    fn write_struct(&mut self, members: &[StructMember]) {
        let entries: Vec<String> = members
            .iter()
            .map(|member| {
                let value_optional = member.value.is_assignable(&Type::Undef);
                let name = quote(&member.name);
                let key = match member.presence {
                    Presence::Optional if value_optional => name,
                    Presence::Optional => format!("Optional[{name}]"),
                    Presence::Required if value_optional => format!("NotUndef[{name}]"),
                    Presence::Required => name,
                };
                format!("{key} => {}", self.part(&member.value))
            })
            .collect();
        let parts = if entries.is_empty() {
            Vec::new()
        } else {
            vec![format!("{{{}}}", entries.join(", "))]
        };
        self.parameters("Struct", parts);
    }

    fn write_callable(&mut self, callable: &CallableType) {
        let Some(returns) = &callable.returns else {
            let parts = self.callable_parts(callable);
            match callable.parameters {
                Some(_) => self.parameters("Callable", parts),
                None => self.push("Callable"),
            }
            return;
        };
        let parameters = match callable.parameters {
            Some(_) => format!("[{}]", self.callable_parts(callable).join(", ")),
            None => "[]".to_owned(),
        };
        let returns = self.part(returns);
        self.parameters("Callable", vec![parameters, returns]);
    }

    fn callable_parts(&mut self, callable: &CallableType) -> Vec<String> {
        let Some(parameters) = &callable.parameters else {
            return Vec::new();
        };
        let mut parts: Vec<String> = parameters
            .types
            .iter()
            .filter(|one| !matches!(one, Type::Unit))
            .map(|one| self.part(one))
            .collect();
        if parameters.types.is_empty() {
            parts.extend(["0".to_owned(), "0".to_owned()]);
        } else {
            parts.extend(
                parameters
                    .size
                    .iter()
                    .flat_map(|size| range_parts(size, i64::to_string)),
            );
        }
        parts.extend(callable.block.iter().map(|block| self.part(block)));
        parts
    }

    fn value(&mut self, value: &Value) -> String {
        let mut text = String::new();
        match value {
            Value::Type(of) => text = self.part(of),
            Value::Array(elements) => {
                let elements: Vec<String> =
                    elements.iter().map(|element| self.value(element)).collect();
                let _ = write!(text, "[{}]", elements.join(", "));
            }
            Value::Hash(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{} => {}", self.value(key), self.value(value)))
                    .collect();
                let _ = write!(text, "{{{}}}", entries.join(", "));
            }
            other => text = crate::values::literal(other),
        }
        text
    }
}

fn range_parts<T>(range: &Range<T>, text: impl Fn(&T) -> String) -> Vec<String> {
    if range.is_unbounded() {
        return Vec::new();
    }
    let mut parts = vec![range.from.as_ref().map_or("default".to_owned(), &text)];
    parts.extend(range.to.as_ref().map(&text));
    parts
}

fn time_parts(range: &Range<i128>, text: impl Fn(i128) -> String) -> Vec<String> {
    if range.is_unbounded() {
        return Vec::new();
    }
    let quoted = |bound: i128| format!("'{}'", text(bound));
    let mut parts = vec![range.from.map_or("default".to_owned(), quoted)];
    if range.to != range.from {
        parts.extend(range.to.map(quoted));
    }
    parts
}
