//! Paths of files, as text.

use super::super::{Function, fail, function, legacy, on};
use crate::{error::Evaluated, evaluator::Call, values::Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("basename", &[legacy(basename)]),
    function("dirname", &[legacy(dirname)]),
    function("stdlib::extname", &[on("String filename", extname)]),
    function(
        "dos2unix",
        &[legacy(|call| {
            converted(call, |text| text.replace("\r\n", "\n"))
        })],
    ),
    function(
        "unix2dos",
        &[legacy(|call| {
            converted(call, |text| {
                text.replace("\r\n", "\n").replace('\n', "\r\n")
            })
        })],
    ),
];

/// Ruby's `File.basename`.
fn last_segment(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() && !path.is_empty() {
        return "/";
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed)
}

fn basename(call: &Call<'_, '_>) -> Evaluated {
    let (path, suffix) = match call.arguments {
        [] => fail!("basename(): No arguments given"),
        [Value::String(path)] => (path, None),
        [Value::String(path), Value::String(suffix)] => (path, Some(suffix)),
        [Value::String(_), _] => fail!("basename(): Requires string as second argument"),
        [_] | [_, _] => fail!("basename(): Requires string as first argument"),
        others => fail!("basename(): Too many arguments given ({})", others.len()),
    };
    let name = last_segment(path);
    let shorter = match suffix.map(|suffix| &**suffix) {
        Some(".*") => name.rfind('.').filter(|at| *at > 0).map(|at| &name[..at]),
        Some(suffix) => name.strip_suffix(suffix).filter(|rest| !rest.is_empty()),
        None => None,
    };
    Ok(Value::string(shorter.unwrap_or(name)))
}

fn dirname(call: &Call<'_, '_>) -> Evaluated {
    let path = match call.arguments {
        [] => fail!("dirname(): No arguments given"),
        [Value::String(path)] if path.is_empty() => {
            fail!("dirname(): Requires a non-empty string as argument")
        }
        [Value::Undef] => fail!("dirname(): Requires a non-empty string as argument"),
        [Value::String(path)] => path,
        [_] => fail!("dirname(): Requires string as argument"),
        others => fail!("dirname(): Too many arguments given ({})", others.len()),
    };
    let trimmed = path.trim_end_matches('/');
    Ok(Value::string(match trimmed.rfind('/') {
        _ if trimmed.is_empty() => "/",
        None => ".",
        Some(at) => match trimmed[..at].trim_end_matches('/') {
            "" => "/",
            parent => parent,
        },
    }))
}

/// Ruby's `File.extname`.
fn extname(call: &Call<'_, '_>) -> Evaluated {
    let path = call.arguments[0].as_str().unwrap_or_default();
    let name = last_segment(path);
    let bare = name.trim_start_matches('.');
    Ok(Value::string(match bare.rfind('.') {
        Some(0) | None => "",
        Some(at) if at + 1 == bare.len() => ".",
        Some(at) => &bare[at..],
    }))
}

fn converted(call: &Call<'_, '_>, convert: fn(&str) -> String) -> Evaluated {
    match call.arguments {
        [Value::String(text)] => Ok(Value::string(convert(text))),
        [Value::Undef] => Ok(Value::string("")),
        [_] => fail!("{}(): Requires string as argument", call.name),
        _ => Err(super::wrong_number(call, "1").into()),
    }
}
