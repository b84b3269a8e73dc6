//! How values read in messages.

use std::sync::{Arc, OnceLock};

use ficelle_language::{Type, Value, types::AliasType};

/// The text that interpolation gives.
pub(super) fn display(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// The type of a value without what is special to it: `Integer`, `Array[String]`.
pub(super) fn generalized_type(value: &Value) -> String {
    value.infer().generalize().to_string()
}

/// What kind of thing it is.
pub(super) fn label(value: &Value) -> String {
    match value {
        Value::Type(of) => format!("{of}-Type"),
        other => other.infer().simple_name().to_owned(),
    }
}

/// `a String`, `an Integer`
pub(super) fn with_article(label: &str) -> String {
    let article = match label.chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'u' | 'A' | 'E' | 'I' | 'O' | 'U') => "an",
        _ => "a",
    };
    format!("{article} {label}")
}

/// `<subject> expects …, got …`
pub(super) fn mismatch(subject: &str, expected: &Type, value: &Value) -> String {
    let actual = value.infer();
    let expected = with_article(expected.simple_name());
    format!(
        "{subject} expects {expected} value, got {}",
        actual.simple_name()
    )
}

/// A type alias that is still to be resolved.
pub(super) fn new_alias(name: &Arc<str>) -> (Type, Arc<AliasType>) {
    let alias = Arc::new(AliasType {
        name: name.clone(),
        resolved: OnceLock::new(),
    });
    (Type::Alias(Arc::clone(&alias)), alias)
}
