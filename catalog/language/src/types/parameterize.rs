//! `Type[parameters]`: a type from a bare one and values, or the reason why not.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{
    CallableType, InitType, Letters, ObjectType, ParameterizedObject, Presence, Range, RuntimeType,
    StructMember, TupleType, Type, object_definition, type_set,
};
use crate::values::{HashMap, Regexp, SemVerRange, Value, time};

/// A type cannot have these parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What kind of mistake it is.
    pub cause: Cause,
    /// Which parameter is to blame, where it is one.
    pub key: Option<usize>,
}

/// Kinds of mistakes in parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The number of parameters.
    Count,
    /// A parameter is not of the kind that is wanted there.
    Kind,
    /// The type has no parameters.
    NotParameterized,
    /// The parameters as such are right, but no type comes of them.
    Raised,
}

impl Refusal {
    fn count(message: String) -> Self {
        Self {
            message,
            cause: Cause::Count,
            key: None,
        }
    }

    fn kind(key: usize, message: String) -> Self {
        Self {
            message,
            cause: Cause::Kind,
            key: Some(key),
        }
    }

    pub(super) fn raised(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: Cause::Raised,
            key: None,
        }
    }
}

type Parameterized = Result<Type, Refusal>;

/// The type that `base[keys]` is. Resources and classes are left to the caller, who knows the
/// catalog, but for their plain forms.
///
/// # Errors
/// The parameters do not fit the type; the messages are the reference's.
pub fn parameterize(base: &Type, keys: &[Value]) -> Parameterized {
    match base {
        Type::Callable(_) => return callable(keys),
        Type::Struct(_) => return structure(keys),
        Type::Init(_) => return init(keys),
        _ => {}
    }
    let flat = flatten(keys);
    let keys = flat.as_slice();
    match base {
        Type::Boolean(_) => {
            check_each(base, keys, "true or false", |key| {
                matches!(key, Value::Boolean(_))
            })?;
            match keys {
                [Value::Boolean(value)] => Ok(Type::Boolean(Some(*value))),
                _ => Err(arity("A Boolean-Type", 1, Some(1), keys.len())),
            }
        }
        Type::Integer(_) => {
            let range = range_of(keys, "Integer", "integers (or default)", integer_bound)?;
            check_order(&range).map(Type::Integer)
        }
        Type::Float(_) => {
            let range = range_of(
                keys,
                "Float",
                "floats, or integers (or default)",
                float_bound,
            )?;
            check_order(&range).map(Type::Float)
        }
        Type::String(_) => match keys.len() {
            1 | 2 => Ok(Type::String(size(0, keys)?)),
            count => Err(Refusal::count(format!(
                "String supports [] with one or two arguments. Got {count}"
            ))),
        },
        Type::Enum(_) => enumeration(base, keys),
        Type::Pattern(_) => pattern(base, keys),
        Type::Regexp(_) => regexp(base, keys),
        Type::Collection(_) => match keys.len() {
            1 | 2 => Ok(Type::Collection(size(0, keys)?)),
            count => Err(arity("Collection-Type", 1, Some(2), count)),
        },
        Type::Array(_) => array(keys),
        Type::Tuple(_) => tuple(base, keys),
        Type::Hash(_) => hash(keys),
        Type::Variant(_) => {
            check_each(base, keys, "Any-Type", |key| matches!(key, Value::Type(_)))?;
            Ok(Type::variant_of(types(keys)))
        }
        Type::Optional(_) => optional(keys),
        Type::NotUndef(_) => not_undef(keys),
        Type::Sensitive(_) => Ok(Type::sensitive_of(&contained("Sensitive", keys)?)),
        Type::Type(_) => Ok(Type::type_of(contained("Type", keys)?)),
        Type::Iterable(_) => Ok(Type::iterable_of(contained("Iterable", keys)?)),
        Type::Iterator(_) => Ok(Type::Iterator(Some(Arc::new(contained("Iterator", keys)?)))),
        Type::Timestamp(_) => times(base, keys, super::construct::timestamp_bound)
            .map(Arc::new)
            .map(Type::Timestamp),
        Type::Timespan(_) => times(base, keys, super::construct::timespan_bound)
            .map(Arc::new)
            .map(Type::Timespan),
        Type::SemVer(_) => sem_ver(base, keys),
        Type::Uri(_) => uri(keys),
        Type::Runtime(_) => runtime(keys),
        Type::Object(object) if object.name.is_empty() => match keys {
            [Value::Hash(entries)] => object_definition::anonymous(entries),
            [other] => Err(object_definition::not_a_hash(other)),
            _ => Err(arity("Object-Type", 1, None, keys.len())),
        },
        Type::Object(object) => parameterized_object(object, keys),
        Type::TypeSet(_) => match keys {
            [Value::Hash(entries)] => type_set::from_hash(entries),
            [other] => Err(type_set::not_a_hash(other)),
            _ => Err(arity("TypeSet-Type", 1, None, keys.len())),
        },
        Type::Alias(alias) => match alias.target() {
            target @ (Type::Object(_) | Type::Alias(_)) => parameterize(&target, keys),
            _ => Err(not_parameterized(base)),
        },
        Type::Resource(resource) => plain_resource(resource.type_name.as_deref(), keys),
        Type::Class(None) => match keys {
            [Value::String(name)] => {
                let name = name.to_lowercase();
                let name = name.strip_prefix("::").unwrap_or(&name);
                Ok(Type::Class(Some(name.into())))
            }
            _ => Err(arity("Class-Type", 1, Some(1), keys.len())),
        },
        Type::Reference(name) => Err(Refusal {
            cause: Cause::NotParameterized,
            ..Refusal::raised(format!("Resource type not found: {name}"))
        }),
        _ => Err(not_parameterized(base)),
    }
}

fn not_parameterized(base: &Type) -> Refusal {
    let label = with_article(&format!("{base}-Type"));
    Refusal {
        cause: Cause::NotParameterized,
        ..Refusal::raised(format!("Operator '[]' is not applicable to {label}"))
    }
}

fn flatten(keys: &[Value]) -> Vec<Value> {
    let mut flat = Vec::with_capacity(keys.len());
    for key in keys {
        match key {
            Value::Array(elements) => flat.extend(flatten(elements)),
            other => flat.push(other.clone()),
        }
    }
    flat
}

fn types(keys: &[Value]) -> Vec<Type> {
    keys.iter()
        .filter_map(|key| match key {
            Value::Type(of) => Some(of.clone()),
            _ => None,
        })
        .collect()
}

/// `a` or `an`, and the word.
pub(crate) fn with_article(word: &str) -> String {
    let vowel = word.starts_with(|first: char| "aeiouAEIOU".contains(first));
    format!("{} {word}", if vowel { "an" } else { "a" })
}

fn capitalized_article(word: &str) -> String {
    let mut text = with_article(word);
    text.replace_range(..1, "A");
    text
}

fn arity(label: &str, least: usize, most: Option<usize>, given: usize) -> Refusal {
    let accepts = match most {
        Some(usize::MAX) => format!("{least} or more arguments"),
        Some(most) if most != least => format!("{least} to {most} arguments"),
        _ if least == 1 => "1 argument".to_owned(),
        _ => format!("{least} arguments"),
    };
    Refusal::count(format!("{label}[] accepts {accepts}. Got {given}"))
}

/// The name that a value's type has in messages about parameters.
pub(crate) fn kind_name(value: &Value) -> String {
    match value {
        Value::Undef => "Undef".to_owned(),
        Value::Default => "Default".to_owned(),
        other => other.infer().generalize().to_string(),
    }
}

/// The name of the class that a value has in the reference's own language, which its messages
/// show.
pub(crate) fn class_name(value: &Value) -> &'static str {
    match value {
        Value::Undef => "NilClass",
        Value::Default => "Symbol",
        Value::Boolean(true) => "TrueClass",
        Value::Boolean(false) => "FalseClass",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Type(_) => "Type",
        Value::Sensitive(_) => "Sensitive",
        Value::Binary(_) => "Binary",
        Value::Timestamp(_) => "Timestamp",
        Value::Timespan(_) => "Timespan",
        Value::SemVer(_) => "SemVer",
        Value::SemVerRange(_) => "SemVerRange",
        Value::Uri(_) => "URI",
        Value::Iterator(_) => "Iterator",
        Value::Object(_) => "Object",
    }
}

/// One or more keys, each of which `holds`.
fn check_each(
    base: &Type,
    keys: &[Value],
    expected: &str,
    holds: impl Fn(&Value) -> bool,
) -> Result<(), Refusal> {
    if keys.is_empty() {
        let label = capitalized_article(&format!("{base}-Type"));
        return Err(arity(&label, 1, Some(usize::MAX), 0));
    }
    match keys.iter().position(|key| !holds(key)) {
        None => Ok(()),
        Some(index) => Err(Refusal::kind(
            index,
            format!(
                "Error creating type specialization of {}, Cannot use {} where {expected} is expected",
                with_article(&format!("{base}-Type")),
                kind_name(&keys[index])
            ),
        )),
    }
}

fn not_a_type(label: &str, index: usize, value: &Value) -> Refusal {
    Refusal::kind(
        index,
        format!(
            "{label}-Type[] arguments must be types. Got {}",
            class_name(value)
        ),
    )
}

/// The one type in the brackets.
fn contained(label: &str, keys: &[Value]) -> Parameterized {
    match keys {
        [Value::Type(of)] => Ok(of.clone()),
        [other] => Err(not_a_type(label, 0, other)),
        _ => Err(arity(&format!("{label}-Type"), 1, None, keys.len())),
    }
}

fn optional(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::String(text)] => Ok(Type::optional(Type::StringValue(text.clone()))),
        _ => contained("Optional", keys).map(Type::optional),
    }
}

fn not_undef(keys: &[Value]) -> Parameterized {
    match keys {
        [] => Ok(Type::NotUndef(None)),
        [Value::String(text)] => Ok(Type::not_undef(Type::StringValue(text.clone()))),
        [Value::Type(of)] => Ok(Type::not_undef(of.clone())),
        [other] => Err(Refusal::kind(
            0,
            format!(
                "NotUndef-Type[] argument must be a Type or a String. Got {}",
                class_name(other)
            ),
        )),
        _ => Err(arity("NotUndef-Type", 0, Some(1), keys.len())),
    }
}

fn integer_bound(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Integer(value) => Some(Some(*value)),
        Value::Default => Some(None),
        _ => None,
    }
}

fn float_bound(value: &Value) -> Option<Option<f64>> {
    match value {
        Value::Float(value) => Some(Some(*value)),
        Value::Integer(value) => Some(Some(*value as f64)),
        Value::Default => Some(None),
        _ => None,
    }
}

fn range_of<T>(
    keys: &[Value],
    label: &str,
    expected: &str,
    bound: impl Fn(&Value) -> Option<Option<T>>,
) -> Result<Range<T>, Refusal> {
    if keys.is_empty() || keys.len() > 2 {
        return Err(Refusal::count(format!(
            "{label}-Type supports [] with one or two arguments (from, to). Got {}",
            keys.len()
        )));
    }
    let mut bounds = Vec::with_capacity(2);
    for (index, key) in keys.iter().enumerate() {
        bounds.push(bound(key).ok_or_else(|| {
            Refusal::kind(
                index,
                format!(
                    "{label}-Type [] requires all arguments to be {expected}. Got {}",
                    class_name(key)
                ),
            )
        })?);
    }
    let to = if bounds.len() == 2 {
        bounds.pop().flatten()
    } else {
        None
    };
    Ok(Range {
        from: bounds.pop().flatten(),
        to,
    })
}

fn check_order<T: PartialOrd + Copy + std::fmt::Display>(
    range: &Range<T>,
) -> Result<Range<T>, Refusal> {
    match (range.from, range.to) {
        (Some(from), Some(to)) if from > to => Err(Refusal::raised(format!(
            "'from' must be less or equal to 'to'. Got ({from}, {to}"
        ))),
        _ => Ok(*range),
    }
}

/// A size from an `Integer` type or one or two integers. `first` is where they stand.
fn size(first: usize, keys: &[Value]) -> Result<Range<i64>, Refusal> {
    if let [Value::Type(Type::Integer(range))] = keys {
        return Ok(range.as_size());
    }
    let mut bounds = [None, None];
    for (index, key) in keys.iter().enumerate() {
        bounds[index.min(1)] = integer_bound(key).ok_or_else(|| {
            let label = match key {
                Value::Type(of) => format!("{of}-Type"),
                other => class_name(other).to_owned(),
            };
            Refusal::kind(
                first + index,
                format!(
                    "A Type's size constraint arguments must be a single Integer type, or 1-2 \
                     integers (or default). Got {}",
                    with_article(&label)
                ),
            )
        })?;
    }
    let [from, to] = bounds;
    check_order(&Range { from, to }).map(|range| range.as_size())
}

fn enumeration(base: &Type, keys: &[Value]) -> Parameterized {
    let (letters, keys) = match keys {
        [rest @ .., Value::Boolean(ignored)] => (
            if *ignored {
                Letters::Ignored
            } else {
                Letters::Matter
            },
            rest,
        ),
        _ => (Letters::Matter, keys),
    };
    check_each(base, keys, "String", |key| matches!(key, Value::String(_)))?;
    let values = keys
        .iter()
        .filter_map(Value::as_str)
        .map(Arc::from)
        .collect();
    Ok(Type::enumeration(values, letters))
}

fn compile(source: &str) -> Result<Arc<Regexp>, Refusal> {
    Regexp::compile(source).map_err(|error| Refusal::raised(error.to_string()))
}

fn pattern(base: &Type, keys: &[Value]) -> Parameterized {
    check_each(
        base,
        keys,
        "String or Regexp or Pattern-Type or Regexp-Type",
        |key| {
            matches!(
                key,
                Value::String(_)
                    | Value::Regexp(_)
                    | Value::Type(Type::Pattern(_) | Type::Regexp(_))
            )
        },
    )?;
    let mut patterns: Vec<Arc<Regexp>> = Vec::new();
    for key in keys {
        let more = match key {
            Value::String(text) => vec![compile(text)?],
            Value::Regexp(regexp) => vec![regexp.clone()],
            Value::Type(Type::Pattern(inner)) => inner.to_vec(),
            Value::Type(Type::Regexp(inner)) => {
                vec![inner.clone().unwrap_or_else(|| Regexp::of(""))]
            }
            _ => Vec::new(),
        };
        for one in more {
            if !patterns.contains(&one) {
                patterns.push(one);
            }
        }
    }
    Ok(Type::Pattern(Arc::new(patterns)))
}

fn regexp(base: &Type, keys: &[Value]) -> Parameterized {
    if keys.len() != 1 {
        return Err(arity(
            &capitalized_article(&format!("{base}-Type")),
            1,
            None,
            keys.len(),
        ));
    }
    check_each(base, keys, "String or Regexp", |key| {
        matches!(key, Value::String(_) | Value::Regexp(_))
    })?;
    match &keys[0] {
        Value::Regexp(regexp) => Ok(Type::Regexp(Some(regexp.clone()))),
        other => compile(other.as_str().unwrap_or_default()).map(|one| Type::Regexp(Some(one))),
    }
}

fn array(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::Type(of)] => Ok(Type::array_of(of.clone(), Range::UNBOUNDED)),
        [Value::Type(of), sizes @ ..] if sizes.len() <= 2 => {
            Ok(Type::array_of(of.clone(), size(1, sizes)?))
        }
        [_, _] => Ok(Type::array_of(Type::Any, size(0, keys)?)),
        [other] | [other, _, _] => Err(not_a_type("Array", 0, other)),
        _ => Err(arity("Array-Type", 1, Some(3), keys.len())),
    }
}

fn hash(keys: &[Value]) -> Parameterized {
    if let [Value::Integer(_), Value::Integer(_)] = keys {
        return Ok(Type::hash_of(Type::Any, Type::Any, size(0, keys)?));
    }
    for (index, key) in keys.iter().take(2).enumerate() {
        if !matches!(key, Value::Type(_)) {
            return Err(not_a_type("Hash", index, key));
        }
    }
    match keys {
        [Value::Type(key), Value::Type(value), sizes @ ..] if sizes.len() <= 2 => {
            let sizes = if sizes.is_empty() {
                Range::UNBOUNDED
            } else {
                size(2, sizes)?
            };
            Ok(Type::hash_of(key.clone(), value.clone(), sizes))
        }
        _ => Err(arity("Hash-Type", 2, Some(4), keys.len())),
    }
}

fn is_size(value: &Value) -> bool {
    matches!(value, Value::Integer(_) | Value::Default) || value.as_str() == Some("default")
}

/// Splits the size off that may stand behind types.
fn split_size(keys: &[Value]) -> Result<(&[Value], Option<Range<i64>>), Refusal> {
    let bound = |value: &Value| integer_bound(value).flatten();
    let (rest, range) = match keys {
        [rest @ .., from, to] if is_size(from) && is_size(to) => (
            rest,
            Range {
                from: bound(from),
                to: bound(to),
            },
        ),
        [rest @ .., from] if is_size(from) => (
            rest,
            Range {
                from: bound(from),
                to: None,
            },
        ),
        _ => return Ok((keys, None)),
    };
    Ok((rest, Some(check_order(&range)?.as_size())))
}

fn tuple(base: &Type, keys: &[Value]) -> Parameterized {
    let (keys, size) = split_size(keys)?;
    check_each(base, keys, "Any-Type", |key| matches!(key, Value::Type(_)))?;
    Ok(Type::tuple(types(keys), size))
}

fn callable(keys: &[Value]) -> Parameterized {
    let (keys, returns) = match keys {
        [Value::Array(parameters), rest @ ..] => match rest {
            [Value::Type(returns)] => (parameters.as_slice(), Some(returns.clone())),
            [other] => {
                return Err(Refusal::kind(
                    1,
                    format!(
                        "Error creating type specialization of a Callable-Type, Cannot use {} \
                         where Any-Type is expected",
                        kind_name(other)
                    ),
                ));
            }
            _ => return Err(arity("A Callable-Type", 2, Some(2), keys.len())),
        },
        _ => (keys, None),
    };
    let (keys, block) = match keys {
        [rest @ .., Value::Type(block)] if block.is_kind_of_callable() => {
            (rest, Some(block.clone()))
        }
        _ => (keys, None),
    };
    let (keys, size) = split_size(keys)?;
    let mut types: Vec<Type> = keys
        .iter()
        .map(|key| match key {
            Value::Type(of) => of.clone(),
            other => other.infer().generalize(),
        })
        .collect();
    if types.is_empty() && size.is_some_and(|size| size.to != Some(0)) {
        types.push(Type::Unit);
    }
    let returns = returns.filter(|returns| !matches!(returns, Type::Any));
    Ok(Type::Callable(Arc::new(CallableType {
        parameters: Some(TupleType { types, size }),
        block,
        returns,
    })))
}

fn structure(keys: &[Value]) -> Parameterized {
    let [Value::Hash(entries)] = keys else {
        return match keys {
            [other] => Err(Refusal::kind(
                0,
                format!(
                    "Error creating type specialization of a Struct-Type, Cannot use {} where \
                     Hash is expected",
                    kind_name(other)
                ),
            )),
            _ => Err(arity("A Struct-Type", 1, Some(1), keys.len())),
        };
    };
    let mut members = Vec::with_capacity(entries.len());
    for (key, value) in entries.iter() {
        members.push(struct_member(key, value)?);
    }
    Ok(Type::Struct(Arc::new(members)))
}

fn struct_member(key: &Value, value: &Value) -> Result<StructMember, Refusal> {
    let value = match value {
        Value::Type(of) => of.clone(),
        other => {
            return Err(Refusal::raised(format!(
                "Struct element value_type must be a type, got {}",
                kind_name(other)
            )));
        }
    };
    let by_value = || {
        if value.is_assignable(&Type::Undef) {
            Presence::Optional
        } else {
            Presence::Required
        }
    };
    let named = |of: &Type| match of {
        Type::StringValue(name) => Some(name.clone()),
        Type::Enum(values) if values.values.len() == 1 => Some(values.values[0].clone()),
        _ => None,
    };
    let found = match key {
        Value::String(name) => Some((name.clone(), by_value())),
        Value::Type(Type::Optional(Some(of))) => named(of).map(|name| (name, Presence::Optional)),
        Value::Type(Type::NotUndef(Some(of))) => named(of).map(|name| (name, Presence::Required)),
        Value::Type(of) => named(of).map(|name| (name, by_value())),
        _ => None,
    };
    match found {
        Some((name, presence)) if !name.is_empty() => Ok(StructMember {
            name,
            presence,
            value,
        }),
        _ => Err(Refusal::raised(
            "Struct element key must be a non empty String",
        )),
    }
}

fn init(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::Type(of), arguments @ ..] => Ok(Type::Init(Arc::new(InitType {
            of: Some(of.clone()),
            arguments: arguments.to_vec(),
        }))),
        [other, ..] => Err(not_a_type("Init", 0, other)),
        [] => Err(arity("Init-Type", 1, None, 0)),
    }
}

fn times(
    base: &Type,
    keys: &[Value],
    bound: fn(&Value) -> Result<Option<i128>, String>,
) -> Result<Range<i128>, Refusal> {
    if keys.len() > 2 {
        let label = capitalized_article(&format!("{base}-Type"));
        return Err(arity(&label, 0, Some(2), keys.len()));
    }
    let read = |index: usize| match keys.get(index) {
        None => Ok(None),
        Some(key) => bound(key).map_err(Refusal::raised),
    };
    let range = Range {
        from: read(0)?,
        to: read(1)?,
    };
    match (range.from, range.to) {
        (Some(from), Some(to)) if from > to => {
            let text = match base {
                Type::Timestamp(_) => time::timestamp_text,
                _ => time::timespan_text,
            };
            Err(Refusal::raised(format!(
                "'from' must be less or equal to 'to'. Got ({}, {}",
                text(from),
                text(to)
            )))
        }
        _ => Ok(range),
    }
}

fn sem_ver(base: &Type, keys: &[Value]) -> Parameterized {
    check_each(
        base,
        keys,
        "String or SemanticPuppet::VersionRange",
        |key| matches!(key, Value::String(_) | Value::SemVerRange(_)),
    )?;
    let mut ranges: Vec<SemVerRange> = Vec::new();
    for key in keys {
        ranges.push(match key {
            Value::SemVerRange(range) => (**range).clone(),
            other => SemVerRange::parse(other.as_str().unwrap_or_default())
                .map_err(|error| Refusal::raised(error.to_string()))?,
        });
    }
    Ok(Type::SemVer(Arc::new(merge_versions(ranges))))
}

/// Joins ranges that overlap; what stays alone keeps its text.
fn merge_versions(ranges: Vec<SemVerRange>) -> Vec<SemVerRange> {
    if ranges.len() < 2 {
        return ranges;
    }
    let intervals: Vec<_> = ranges
        .iter()
        .flat_map(|range| range.alternatives.clone())
        .collect();
    let merged = crate::values::merge_intervals(intervals.clone());
    if merged.len() == intervals.len() {
        return ranges;
    }
    merged
        .into_iter()
        .map(|interval| {
            let known = ranges
                .iter()
                .find(|range| range.alternatives.as_slice() == std::slice::from_ref(&interval));
            known.cloned().unwrap_or_else(|| SemVerRange::of(interval))
        })
        .collect()
}

fn uri(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::String(text)] => {
            let parts =
                super::uri::parse(text).map_err(|error| Refusal::raised(error.to_string()))?;
            Ok(Type::Uri(Some(Arc::new(Value::hash(
                parts.as_parameters(),
            )))))
        }
        [Value::Uri(text)] => Ok(Value::Uri(text.clone()).infer()),
        [Value::Hash(parameters)] => check_uri_parameters(parameters).map(|()| {
            let given = Some(parameters).filter(|parameters| !parameters.is_empty());
            Type::Uri(given.map(|parameters| Arc::new(Value::Hash(parameters.clone()))))
        }),
        [other] => Err(not_a_type("URI", 0, other)),
        _ => Err(arity("URI-Type", 1, None, keys.len())),
    }
}

fn check_uri_parameters(parameters: &HashMap) -> Result<(), Refusal> {
    const PARTS: [&str; 8] = [
        "scheme", "userinfo", "host", "port", "path", "query", "fragment", "opaque",
    ];
    let holds = |name: &str, value: &Value| match value {
        Value::Undef => true,
        Value::Integer(port) => name == "port" && *port >= 0,
        Value::String(text) => name != "port" && !text.is_empty(),
        Value::Regexp(_) => name != "port",
        Value::Type(Type::NotUndef(_) | Type::Undef) => true,
        Value::Type(Type::Pattern(_) | Type::Enum(_)) => name != "port",
        _ => false,
    };
    for (name, value) in parameters {
        let known = name
            .as_str()
            .is_some_and(|name| PARTS.contains(&name) && holds(name, value));
        if !known {
            return Err(Refusal::kind(
                0,
                "URI-Type[] arguments must be types. Got Hash".to_owned(),
            ));
        }
    }
    Ok(())
}

fn runtime(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::String(runtime), Value::String(name)] => Ok(Type::Runtime(Arc::new(RuntimeType {
            runtime: Some(runtime.clone()),
            name: Some(name.clone()),
            pattern: None,
        }))),
        [
            Value::String(runtime),
            Value::Regexp(pattern),
            Value::String(name),
        ] => Ok(Type::Runtime(Arc::new(RuntimeType {
            runtime: Some(runtime.clone()),
            name: Some(name.clone()),
            pattern: Some(pattern.source().clone()),
        }))),
        _ if keys.len() != 2 => Err(arity("A Runtime-Type", 2, Some(2), keys.len())),
        _ => check_each(&Type::any_runtime(), keys, "String", |key| {
            matches!(key, Value::String(_))
        })
        .map(|()| Type::any_runtime()),
    }
}

fn parameterized_object(base: &Arc<ObjectType>, keys: &[Value]) -> Parameterized {
    let wanted = base.all_type_parameters();
    let label = base.label();
    if wanted.is_empty() {
        return Err(Refusal::raised(format!(
            "The {label}-Type cannot be parameterized using []"
        )));
    }
    let mut parameters: IndexMap<Arc<str>, Value> = IndexMap::new();
    let mut set = |name: &Arc<str>, value: &Value| -> Result<(), Refusal> {
        if matches!(value, Value::Default) {
            return Ok(());
        }
        let parameter = &wanted[name];
        let subject = format!("type_parameter {label}[{name}]");
        super::mismatch::assert(&subject, &parameter.attribute_type, value)
            .map_err(Refusal::raised)?;
        parameters.insert(name.clone(), value.clone());
        Ok(())
    };
    let by_name = match keys {
        [hash @ Value::Hash(entries)] => {
            let first = &wanted[0].attribute_type;
            Some(entries).filter(|_| !first.is_instance(hash))
        }
        _ => None,
    };
    match by_name {
        Some(entries) => {
            for (name, value) in entries.iter() {
                let name = name.as_str().unwrap_or_default();
                let Some((name, _)) = wanted.get_key_value(name) else {
                    return Err(Refusal::raised(format!(
                        "'{name}' is not a known type parameter for {label}-Type"
                    )));
                };
                set(name, value)?;
            }
        }
        None => {
            for (name, value) in wanted.keys().zip(keys) {
                set(name, value)?;
            }
        }
    }
    if parameters.is_empty() {
        return Err(Refusal::raised(format!(
            "The {label}-Type cannot be parameterized using an empty parameter list"
        )));
    }
    Ok(Type::ParameterizedObject(Arc::new(ParameterizedObject {
        base: base.clone(),
        parameters,
    })))
}

fn plain_resource(type_name: Option<&str>, keys: &[Value]) -> Parameterized {
    let title = |value: &Value| match value {
        Value::String(title) => Ok(title.clone()),
        other => Err(Refusal::kind(
            0,
            format!(
                "Error creating type specialization of {}, Cannot use {} where a resource title \
                 String is expected",
                with_article(&format!("{}-Type", type_name.unwrap_or("Resource"))),
                kind_name(other)
            ),
        )),
    };
    let named = |value: &Value| match value {
        Value::String(name) => Ok(name.to_string()),
        Value::Type(Type::Resource(resource)) if resource.type_name.is_some() => {
            Ok(resource.type_name.as_deref().unwrap_or_default().to_owned())
        }
        Value::Type(Type::Reference(name)) => Ok(name.to_string()),
        other => Err(Refusal::kind(
            0,
            format!(
                "First argument to Resource[] must be a resource type or a String. Got {}.",
                kind_name(other)
            ),
        )),
    };
    match (type_name, keys) {
        (Some(name), [one]) => Ok(Type::resource(name, Some(title(one)?))),
        (None, [name]) => Ok(Type::resource(&named(name)?, None)),
        (None, [name, one]) => Ok(Type::resource(&named(name)?, Some(title(one)?))),
        _ => Err(arity("Resource", 1, Some(usize::MAX), keys.len())),
    }
}

impl Type {
    /// Whether instances are callables, or may be left out.
    pub fn is_kind_of_callable(&self) -> bool {
        match self {
            Self::Callable(_) => true,
            Self::Optional(Some(of)) => of.is_kind_of_callable(),
            Self::Variant(types) => {
                !types.is_empty() && types.iter().all(Self::is_kind_of_callable)
            }
            Self::Alias(_) => match self.unaliased() {
                Self::Alias(_) => false,
                target => target.is_kind_of_callable(),
            },
            _ => false,
        }
    }
}
