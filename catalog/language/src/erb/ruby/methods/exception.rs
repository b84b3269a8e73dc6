//! Exceptions and which of them descends from which.

use super::{Answer, answer};
use crate::erb::ruby::{
    interpreter::Stop,
    value::{Exception, Value},
};

/// Classes and what they are made from.
const PARENTS: &[(&str, &str)] = &[
    ("Exception", "Object"),
    ("StandardError", "Exception"),
    ("ScriptError", "Exception"),
    ("NotImplementedError", "ScriptError"),
    ("LoadError", "ScriptError"),
    ("ArgumentError", "StandardError"),
    ("UncaughtThrowError", "ArgumentError"),
    ("EncodingError", "StandardError"),
    ("FiberError", "StandardError"),
    ("IOError", "StandardError"),
    ("IPAddr::Error", "ArgumentError"),
    ("IPAddr::InvalidAddressError", "IPAddr::Error"),
    ("IPAddr::InvalidPrefixError", "IPAddr::InvalidAddressError"),
    ("IPAddr::AddressFamilyError", "IPAddr::Error"),
    ("IndexError", "StandardError"),
    ("KeyError", "IndexError"),
    ("StopIteration", "IndexError"),
    ("LocalJumpError", "StandardError"),
    ("NameError", "StandardError"),
    ("NoMethodError", "NameError"),
    ("RangeError", "StandardError"),
    ("FloatDomainError", "RangeError"),
    ("RegexpError", "StandardError"),
    ("RuntimeError", "StandardError"),
    ("FrozenError", "RuntimeError"),
    ("TypeError", "StandardError"),
    ("ZeroDivisionError", "StandardError"),
    ("JSON::JSONError", "StandardError"),
    ("JSON::ParserError", "JSON::JSONError"),
    ("JSON::GeneratorError", "JSON::JSONError"),
    ("Psych::Exception", "RuntimeError"),
    ("Psych::SyntaxError", "Psych::Exception"),
    ("Psych::DisallowedClass", "Psych::Exception"),
    ("Puppet::Error", "RuntimeError"),
    ("Puppet::ParseError", "Puppet::Error"),
    ("Puppet::DevError", "Puppet::Error"),
];

/// Whether there is an exception of this name.
pub(super) fn is_exception(class: &str) -> bool {
    PARENTS.iter().any(|(name, _)| *name == class)
}

/// Whether a class is another or descends from it.
pub(in crate::erb::ruby) fn descends(class: &str, ancestor: &str) -> bool {
    let mut class = class;
    loop {
        if class == ancestor {
            return true;
        }
        match PARENTS.iter().find(|(name, _)| *name == class) {
            Some((_, parent)) => class = parent,
            None => return false,
        }
    }
}

pub(super) fn call(exception: &Exception, name: &str) -> Answer {
    match name {
        "message" | "to_s" => answer(exception.message.as_str()),
        "full_message" => answer(format!("{} ({})", exception.message, exception.class)),
        "backtrace" => answer(Vec::new()),
        "cause" => answer(Value::Nil),
        "name" | "receiver" | "key" | "args" | "result" | "reason" | "tag" | "value" => Err(
            Stop::unsupported(format!("the method '{name}' of {}", exception.class)),
        ),
        _ => Ok(None),
    }
}
