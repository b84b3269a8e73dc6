//! What can be called without a receiver.

use super::{Answer, Block, answer, argument, exception, object};
use crate::{
    erb::ruby::{
        format,
        interpreter::{Interpreter, Run, Stop, name_of, stop::Thrown},
        text::{class_name, display, inspect},
        value::{Entries, Value},
    },
    values::number::{Number, parse_number},
};

/// Libraries whose loading changes nothing here.
const LIBRARIES: &[&str] = &[
    "json",
    "yaml",
    "psych",
    "erb",
    "time",
    "date",
    "set",
    "ipaddr",
    "digest",
    "digest/md5",
    "digest/sha1",
    "digest/sha2",
    "base64",
    "shellwords",
    "puppet",
    "uri",
    "pp",
    "securerandom",
    "bigdecimal",
    "cgi",
    "ostruct",
    "rubygems",
    "puppet/util/package",
    "facter",
    "openssl",
];

pub(in crate::erb::ruby) fn call(
    ruby: &mut Interpreter<'_>,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    match (name, arguments) {
        ("scope", []) => answer(Value::Scope),
        ("file", []) => answer(ruby.file().map(Value::text)),
        ("has_variable?", [name]) => super::call(
            ruby,
            &Value::Scope,
            "include?",
            std::slice::from_ref(name),
            None,
        ),
        ("_erbout", []) => answer(Value::String(ruby.output())),
        ("raise" | "fail", _) => Err(raise(arguments)?),
        ("format" | "sprintf", [template, values @ ..]) => {
            let template = argument::string(template)?;
            let text = format::format(ruby, &template, values)?;
            ruby.string(text).map(Some)
        }
        // Standard output is not the template's.
        ("puts" | "print" | "p" | "pp" | "warn", _) => answer(match (name, arguments) {
            ("p" | "pp", [only]) => only.clone(),
            ("p" | "pp", several) if !several.is_empty() => Value::list(several.to_vec()),
            _ => Value::Nil,
        }),
        ("require", [library]) => {
            let library = argument::string(library)?;
            match LIBRARIES.contains(&&*library) {
                true => answer(true),
                false => Err(Stop::unsupported(format!("the library '{library}'"))),
            }
        }
        ("Integer", [value, rest @ ..]) => match integer(value, rest) {
            Err(Stop::Raise(_)) if is_lenient(rest) => answer(Value::Nil),
            result => result.map(Some),
        },
        ("Float", [value, rest @ ..]) => match float(value) {
            Err(Stop::Raise(_)) if is_lenient(rest) => answer(Value::Nil),
            result => result.map(Some),
        },
        ("String", [value]) => {
            let text = display(value)?;
            ruby.string(text).map(Some)
        }
        ("Array", [value]) => answer(match value {
            Value::Array(_) => value.clone(),
            Value::Nil => Value::list(Vec::new()),
            Value::Hash(_) | Value::Range(_) | Value::Enumerator(_) => {
                let elements = ruby.elements(value)?;
                Value::list(elements)
            }
            other => Value::list(vec![other.clone()]),
        }),
        ("Hash", [value]) => match value {
            Value::Hash(_) => answer(value.clone()),
            Value::Nil => answer(Value::map(Entries::default())),
            Value::Array(list) if list.0.borrow().is_empty() => {
                answer(Value::map(Entries::default()))
            }
            other => Err(Stop::of_type(format!(
                "can't convert {} into Hash",
                class_name(other)
            ))),
        },
        ("loop", []) => match block {
            Some(block) => loop {
                match ruby.yield_to(block, &[]) {
                    Ok(_) => {}
                    Err(Stop::Raise(raised)) if &*raised.class == "StopIteration" => {
                        return answer(Value::Nil);
                    }
                    Err(stop) => return Err(stop),
                }
            },
            None => Ok(None),
        },
        ("catch", _) => {
            let tag = argument::at(arguments, 0);
            let Some(block) = block else { return Ok(None) };
            match ruby.yield_to(block, std::slice::from_ref(&tag)) {
                Err(Stop::Throw(thrown)) if crate::erb::ruby::compare::equal(&thrown.tag, &tag) => {
                    answer(thrown.value)
                }
                other => other.map(Some),
            }
        }
        ("throw", [tag, rest @ ..]) => Err(Stop::Throw(Box::new(Thrown {
            tag: tag.clone(),
            value: argument::at(rest, 0),
        }))),
        ("method", [wanted]) => {
            let wanted = name_of(wanted)?;
            let kind = crate::erb::ruby::value::ProcedureKind::Method(Value::Template, wanted);
            answer(Value::Proc(ruby.wrap(kind)))
        }
        ("classes" | "all_tags" | "tags", []) => {
            Err(Stop::unsupported(format!("'{name}' of the catalog")))
        }
        _ => object::call(ruby, &Value::Template, name, arguments, block),
    }
}

fn is_lenient(rest: &[Value]) -> bool {
    matches!(rest.last(), Some(Value::Hash(map))
        if map.entries.borrow().values().any(|value| !value.is_truthy()))
}

fn raise(arguments: &[Value]) -> Run<Stop> {
    Ok(match arguments {
        [] => Stop::raise("RuntimeError", "unhandled exception"),
        [Value::String(message)] => Stop::raise("RuntimeError", message.borrow().as_str()),
        [Value::Exception(exception)] => Stop::Raise(Box::new((**exception).clone())),
        [Value::Class(class)] => Stop::raise(class, &**class),
        [Value::Class(class), message, ..] if exception::is_exception(class) => {
            Stop::raise(class, display(message)?)
        }
        [Value::Exception(exception), message, ..] => {
            Stop::raise(&exception.class, display(message)?)
        }
        [Value::Class(class), ..] => Stop::unsupported(format!("raising a {class}")),
        _ => Stop::of_type("exception class/object expected"),
    })
}

fn integer(value: &Value, rest: &[Value]) -> Run {
    let base = rest.iter().find_map(|value| match value {
        Value::Integer(base) => Some(*base),
        _ => None,
    });
    match value {
        Value::Integer(_) => Ok(value.clone()),
        Value::Float(number) if number.is_finite() => argument::integer(value).map(Value::Integer),
        Value::String(text) => {
            let text = text.borrow();
            let invalid =
                || Stop::argument(format!("invalid value for Integer(): {}", inspect(value)));
            let trimmed = text.trim();
            let (sign, digits) = match trimmed.strip_prefix('-') {
                Some(rest) => (-1, rest),
                None => (1, trimmed.strip_prefix('+').unwrap_or(trimmed)),
            };
            let lower = digits.to_ascii_lowercase();
            let (radix, digits) = match (base, lower.get(..2)) {
                (None | Some(16), Some("0x")) => (16, &lower[2..]),
                (None | Some(2), Some("0b")) => (2, &lower[2..]),
                (None | Some(8), Some("0o")) => (8, &lower[2..]),
                (None, Some(_)) if lower.starts_with('0') => (8, &lower[1..]),
                (base, _) => (u32::try_from(base.unwrap_or(10)).unwrap_or(10), &*lower),
            };
            if digits.is_empty()
                || digits.starts_with(['_', '+', '-'])
                || digits.ends_with('_')
                || digits.contains("__")
                || !digits
                    .chars()
                    .all(|digit| digit == '_' || digit.is_digit(radix))
            {
                return Err(invalid());
            }
            i64::from_str_radix(&digits.replace('_', ""), radix)
                .map(|value| Value::Integer(value * sign))
                .map_err(|_| Stop::big())
        }
        Value::Nil | Value::Bool(_) => Err(Stop::of_type(format!(
            "can't convert {} into Integer",
            inspect(value)
        ))),
        other => Err(Stop::of_type(format!(
            "can't convert {} into Integer",
            class_name(other)
        ))),
    }
}

fn float(value: &Value) -> Run {
    match value {
        Value::Float(_) => Ok(value.clone()),
        Value::Integer(number) => Ok(Value::Float(*number as f64)),
        Value::String(text) => {
            let text = text.borrow();
            let trimmed = text.trim();
            let is_plain = trimmed.ends_with(|last: char| last.is_ascii_digit());
            let number = match parse_number(trimmed) {
                _ if !is_plain => None,
                Some(Number::Float(number)) => Some(number),
                _ => trimmed.replace('_', "").parse::<f64>().ok(),
            };
            number.map(Value::Float).ok_or_else(|| {
                Stop::argument(format!("invalid value for Float(): {}", inspect(value)))
            })
        }
        Value::Nil | Value::Bool(_) => Err(Stop::of_type(format!(
            "can't convert {} into Float",
            inspect(value)
        ))),
        other => Err(Stop::of_type(format!(
            "can't convert {} into Float",
            class_name(other)
        ))),
    }
}
