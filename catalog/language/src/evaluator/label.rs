//! What error messages call values; what they call expressions is the syntax's to say.

pub use ficelle_syntax::label::{
    an_expression, an_expression_capital, article, with_article, with_capital_article,
};

use crate::{types::Type, values::Value};

/// The reference's name for a value, without an article.
pub fn value(value: &Value) -> String {
    let text = match value {
        Value::Undef => "Undef Value",
        Value::Boolean(_) => "Boolean",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Type(shown @ Type::Resource(resource)) if resource.title.is_some() => {
            return format!("{shown} Resource-Reference");
        }
        Value::Type(shown) => return format!("{shown}-Type"),
        Value::Sensitive(_) => "Sensitive",
        Value::Binary(_) => "Binary",
        Value::Timestamp(_) => "Timestamp",
        Value::Timespan(_) => "Timespan",
        Value::SemVer(_) => "Semver",
        Value::SemVerRange(_) => "SemverRange",
        Value::Default | Value::Uri(_) | Value::Iterator(_) | Value::Object(_) => "Object",
    };
    text.to_owned()
}

/// The name of a value's type, without parameters: `Integer`, `Array[String]`.
pub fn type_name(value: &Value) -> String {
    value.infer().generalize().to_string()
}
