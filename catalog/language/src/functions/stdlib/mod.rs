//! The functions of the `stdlib` module, natively: manifests need no Ruby for them.
//!
//! Their behaviour is that of releases 8.5 and 9; the names of both are known. Those that touch
//! the catalog (`ensure_packages`, `defined_with_params`, …) are the host's.

use super::Function;
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    values::Value,
};

pub(super) mod addresses;
pub(super) mod aliases;
mod arrays;
mod bcrypt;
mod certificate;
mod convert;
mod deprecation;
mod encode;
mod facts;
mod glob;
mod hashes;
mod hocon;
mod is;
mod modules;
mod number;
mod obsolete;
mod parse;
mod password;
mod paths;
mod random;
mod text;
mod validate;
mod yaml;

pub(super) use number::parse_float;

pub(super) const FAMILIES: &[&[Function]] = &[
    addresses::FUNCTIONS,
    arrays::FUNCTIONS,
    certificate::FUNCTIONS,
    convert::FUNCTIONS,
    deprecation::FUNCTIONS,
    encode::FUNCTIONS,
    facts::FUNCTIONS,
    hashes::FUNCTIONS,
    hocon::FUNCTIONS,
    is::FUNCTIONS,
    modules::FUNCTIONS,
    obsolete::FUNCTIONS,
    parse::FUNCTIONS,
    password::FUNCTIONS,
    paths::FUNCTIONS,
    random::FUNCTIONS,
    text::FUNCTIONS,
    validate::FUNCTIONS,
];

/// What a function of the old calling convention got too many or too few of.
fn wrong_number(call: &Call<'_, '_>, expected: &str) -> Error {
    Error::new(format!(
        "{}(): Wrong number of arguments given ({} for {expected})",
        call.name,
        call.arguments.len()
    ))
}

/// Ruby's name for the class of a value, in messages of the old functions.
pub(super) fn class_of(value: &Value) -> &'static str {
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
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
        Value::Uri(_) => "URI::Generic",
        _ => "Object",
    }
}

/// Changes a string, or the strings of an array; anything else is refused.
fn change(call: &Call<'_, '_>, change: impl Fn(&str) -> String) -> Evaluated {
    let changed = |value: &Value| match value {
        Value::String(text) => Value::string(change(text)),
        other => other.clone(),
    };
    match call.arguments {
        [] => Err(wrong_number(call, "1").into()),
        [text @ Value::String(_), ..] => Ok(changed(text)),
        [Value::Array(elements), ..] => Ok(Value::array(
            elements.iter().map(changed).collect::<Vec<_>>(),
        )),
        _ => {
            let message = format!(
                "{}(): Requires either array or string to work with",
                call.name
            );
            Err(Error::new(message).into())
        }
    }
}
