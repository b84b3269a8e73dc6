//! Values on their way to the Ruby helper and back: what JSON has stands for itself, everything
//! else is an array that begins with a letter. `helper/values.rb` is the other side.

use std::sync::Arc;

use ficelle_language::{
    Error, Evaluated, Type, Value,
    evaluator::Evaluator,
    types::RuntimeType,
    values::{HashMap, Object, Regexp, SemVer, SemVerRange},
};
use ficelle_syntax::source::Source;
use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::Helper;
use crate::compile::{Compiler, functions::context};

/// The attribute under which an object of Ruby's own keeps its number.
const NUMBER: &str = "__ruby_object";

/// Writes a value.
pub(super) fn write(helper: &Helper<'_>, value: &Value) -> Json {
    let tagged = |tag: &str, value: String| json!([tag, value]);
    let all = |tag: &str, elements: &[Value]| {
        let elements = elements.iter().map(|element| write(helper, element));
        Json::Array([tag.into()].into_iter().chain(elements).collect())
    };
    match value {
        Value::Undef => Json::Null,
        Value::Default => json!(["d"]),
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) if value.is_finite() => (*value).into(),
        Value::Float(value) if value.is_nan() => json!(["f", "nan"]),
        Value::Float(value) => json!(["f", if *value > 0.0 { "inf" } else { "-inf" }]),
        Value::String(text) => (&**text).into(),
        Value::Array(elements) => all("a", elements),
        Value::Hash(entries) => {
            let mut wire = vec!["h".into()];
            for (key, value) in entries.iter() {
                wire.push(write(helper, key));
                wire.push(write(helper, value));
            }
            Json::Array(wire)
        }
        Value::Regexp(regexp) => json!(["r", &**regexp.source()]),
        Value::Type(of) => tagged("t", of.text()),
        Value::Sensitive(inner) => json!(["s", write(helper, inner)]),
        Value::Binary(_) => tagged("b", value.to_string()),
        Value::Timestamp(nanoseconds) => tagged("ts", nanoseconds.to_string()),
        Value::Timespan(nanoseconds) => tagged("td", nanoseconds.to_string()),
        Value::SemVer(version) => tagged("v", version.to_string()),
        Value::SemVerRange(range) => tagged("vr", range.to_string()),
        Value::Uri(text) => json!(["u", &**text]),
        Value::Iterator(_) => {
            let elements: Vec<Value> = value.elements().into_iter().flatten().collect();
            all("i", &elements)
        }
        Value::Object(object) => write_object(helper, object),
    }
}

fn write_object(helper: &Helper<'_>, object: &Arc<Object>) -> Json {
    if let Some(Value::Integer(number)) = object.attributes.get(NUMBER) {
        return json!(["x", number]);
    }
    if let Type::Object(of) = &object.object_type
        && *of.name == *context::TYPE_NAME
    {
        let module = object.attributes.get("module_name").and_then(Value::as_str);
        return json!(["c", helper.keep_context(object), module]);
    }
    let mut attributes = vec!["h".into()];
    for (name, value) in &object.attributes {
        attributes.push((&**name).into());
        attributes.push(write(helper, value));
    }
    json!(["o", type_text(&object.object_type), attributes])
}

/// The text by which Ruby finds a type: what has a name is known by it there too.
fn type_text(of: &Type) -> String {
    match of {
        Type::Object(object) if !object.name.is_empty() => object.name.to_string(),
        other => other.to_string(),
    }
}

/// Reads a value.
///
/// # Errors
/// A text in it is none of what it should be: a type, a pattern, a version.
pub(super) fn read(compiler: &Compiler<'_>, evaluator: &Evaluator<'_>, wire: &Json) -> Evaluated {
    let inner = |wire: &Json| read(compiler, evaluator, wire);
    Ok(match wire {
        Json::Null => Value::Undef,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Object(_) => return Err(garbled(wire)),
        Json::Array(parts) => {
            let (tag, rest) = match parts.split_first() {
                Some((Json::String(tag), rest)) => (tag.as_str(), rest),
                _ => return Err(garbled(wire)),
            };
            let first = rest.first().unwrap_or(&Json::Null);
            let text = || first.as_str().ok_or_else(|| garbled(wire));
            let number = || text()?.parse::<i128>().map_err(|_| garbled(wire));
            match tag {
                "a" => Value::array(rest.iter().map(inner).collect::<Evaluated<Vec<_>>>()?),
                "h" => {
                    let mut entries = HashMap::default();
                    for pair in rest.chunks_exact(2) {
                        entries.insert(inner(&pair[0])?, inner(&pair[1])?);
                    }
                    Value::hash(entries)
                }
                "d" => Value::Default,
                "f" => Value::Float(match text()? {
                    "nan" => f64::NAN,
                    "inf" => f64::INFINITY,
                    _ => f64::NEG_INFINITY,
                }),
                "r" => Value::Regexp(
                    Regexp::compile(text()?).map_err(|error| Error::new(error.to_string()))?,
                ),
                "s" => Value::Sensitive(Arc::new(inner(first)?)),
                "b" => convert(
                    compiler,
                    evaluator,
                    "Binary",
                    &[text()?.into(), "%B".into()],
                )?,
                "ts" => Value::timestamp(number()?),
                "td" => Value::timespan(number()?),
                "v" => Value::SemVer(Arc::new(SemVer::parse(text()?).map_err(invalid)?)),
                "vr" => Value::SemVerRange(Arc::new(SemVerRange::parse(text()?).map_err(invalid)?)),
                "u" => Value::Uri(text()?.into()),
                "t" => Value::Type(named_type(compiler, evaluator, text()?)?),
                "c" => match first.as_u64().and_then(|id| compiler.ruby.context(id)) {
                    Some(object) => Value::Object(object),
                    None => return Err(garbled(wire)),
                },
                "o" => {
                    let attributes = inner(rest.get(1).unwrap_or(&Json::Null))?;
                    convert(compiler, evaluator, text()?, &[attributes])?
                }
                "x" => opaque(rest).ok_or_else(|| garbled(wire))?,
                _ => return Err(garbled(wire)),
            }
        }
    })
}

/// The type that a text names; one that nobody knows is a reference to it.
pub(super) fn named_type(
    compiler: &Compiler<'_>,
    evaluator: &Evaluator<'_>,
    text: &str,
) -> Evaluated<Type> {
    let source = Source::new(None, text);
    let parsed = ficelle_syntax::parse_expression(Arc::clone(&source));
    let Some(expression) = parsed.program.body.first() else {
        return Ok(Type::Reference(text.into()));
    };
    let top = compiler.top();
    evaluator
        .in_source(&source, || evaluator.type_of(expression, &top))
        .or_else(|_| Ok(Type::Reference(text.into())))
}

fn convert(
    compiler: &Compiler<'_>,
    evaluator: &Evaluator<'_>,
    name: &str,
    arguments: &[Value],
) -> Evaluated {
    let wanted = Value::Type(named_type(compiler, evaluator, name)?);
    let all: Vec<Value> = [wanted]
        .into_iter()
        .chain(arguments.iter().cloned())
        .collect();
    let nowhere = Default::default();
    evaluator.call_function("new", &all, None, nowhere, &compiler.top())
}

/// An object of Ruby that the language has no value for: a symbol is its text, anything else stays
/// with the helper.
fn opaque(parts: &[Json]) -> Option<Value> {
    let [number, class, text] = parts else {
        return None;
    };
    let class = class.as_str()?;
    if class == "Symbol" {
        return Some(text.as_str()?.into());
    }
    let runtime = RuntimeType {
        runtime: Some("ruby".into()),
        name: Some(class.into()),
        pattern: None,
    };
    Some(Value::Object(Arc::new(Object {
        object_type: Type::Runtime(Arc::new(runtime)),
        attributes: IndexMap::from_iter([(NUMBER.into(), Value::Integer(number.as_i64()?))]),
    })))
}

fn invalid(error: impl std::fmt::Display) -> ficelle_language::Unwind {
    Error::new(error.to_string()).into()
}

fn garbled(wire: &Json) -> ficelle_language::Unwind {
    Error::new(format!("the Ruby helper sent what is no value: {wire}")).into()
}
