//! Constants: classes, modules, and a few numbers.

use crate::erb::ruby::{
    interpreter::{Run, Stop},
    methods::exception,
    value::Value,
};

const CLASSES: &[&str] = &[
    "Object",
    "BasicObject",
    "Kernel",
    "Comparable",
    "Enumerable",
    "String",
    "Symbol",
    "Array",
    "Hash",
    "IPAddr",
    "Integer",
    "Fixnum",
    "Float",
    "Numeric",
    "NilClass",
    "TrueClass",
    "FalseClass",
    "Regexp",
    "MatchData",
    "Proc",
    "Range",
    "Time",
    "Class",
    "Module",
    "Math",
    "JSON",
    "YAML",
    "Psych",
    "File",
    "Base64",
    "Shellwords",
    "Digest",
    "Digest::MD5",
    "Digest::SHA1",
    "Digest::SHA256",
    "Puppet",
    "Puppet::Parser",
    "Puppet::Parser::Functions",
    "Puppet::Util",
    "Puppet::Util::Package",
    "Puppet::Pops",
    "Puppet::Pops::Types",
    "Puppet::Pops::Types::PSensitiveType",
    "Puppet::Pops::Types::PSensitiveType::Sensitive",
    "Puppet::Pops::Types::PBinaryType::Binary",
    "ERB",
    "ERB::Util",
    "CGI",
    "URI",
    "Encoding",
];

/// The value of a constant.
pub(in crate::erb::ruby) fn of(name: &str) -> Run {
    if CLASSES.contains(&name) || exception::is_exception(name) {
        let canonical = match name {
            "Fixnum" => "Integer",
            "YAML" => "Psych",
            other => other,
        };
        return Ok(Value::Class(canonical.into()));
    }
    Ok(match name {
        "Float::INFINITY" => Value::Float(f64::INFINITY),
        "Float::NAN" => Value::Float(f64::NAN),
        "Float::MAX" => Value::Float(f64::MAX),
        "Float::MIN" => Value::Float(f64::MIN_POSITIVE),
        "Float::EPSILON" => Value::Float(f64::EPSILON),
        "Math::PI" => Value::Float(std::f64::consts::PI),
        "Math::E" => Value::Float(std::f64::consts::E),
        "Regexp::IGNORECASE" => Value::Integer(1),
        "Regexp::EXTENDED" => Value::Integer(2),
        "Regexp::MULTILINE" => Value::Integer(4),
        "File::SEPARATOR" => Value::text("/"),
        "ENV" => return Err(Stop::unsupported("environment variables")),
        other => return Err(Stop::unsupported(format!("the constant '{other}'"))),
    })
}
