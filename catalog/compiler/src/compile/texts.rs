//! How values read in messages.

use ficelle_language::{
    Error, Evaluated, Type, Value, evaluator::label, types::mismatch, values::inspect,
};

/// Refuses a value of another type than `wanted`; the message begins with `subject`.
pub(super) fn check_type(subject: &str, wanted: &Type, value: &Value) -> Evaluated<()> {
    if wanted.is_instance(value) {
        return Ok(());
    }
    let message = mismatch::describe_mismatch(subject, wanted, &value.infer_set());
    Err(Error::new(message).into())
}

/// The text that interpolation gives.
pub(super) fn display(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// The text that Ruby's `to_s` gives: containers as its `inspect` shows them.
pub(super) fn ruby(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Hash(_) => inspect(value),
        other => display(other),
    }
}

/// What is said of a value that refers to no resource; a type without a title has an empty one.
pub(super) fn untitled(value: &Value) -> String {
    let text = match value {
        Value::Type(Type::Resource(of)) if of.title.is_none() => format!("{}[]", display(value)),
        other => ruby(other),
    };
    let shown = inspect(&Value::string(text));
    format!("No title provided and {shown} is not a valid resource reference")
}

/// The type of a value without what is special to it: `Integer`, `Array[String]`.
pub(super) fn generalized_type(value: &Value) -> String {
    value.infer().generalize().to_string()
}

/// What kind of thing it is.
pub(super) fn label(value: &Value) -> String {
    label::value(value)
}

/// `a String`, `an Integer`
pub(super) fn with_article(label: &str) -> String {
    label::with_article(label)
}
