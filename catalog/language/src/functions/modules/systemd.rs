//! `puppet-systemd`

use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::{Function, fail, function, on},
};

pub(super) const FUNCTIONS: &[Function] = &[function(
    "systemd::systemd_escape",
    &[on("String input, Optional[Boolean] path?", systemd_escape)],
)];

/// How long the name of a unit may get.
const LONGEST: usize = 200;

/// Whether every version of the command escapes a text, and alike: what is empty, has dots for
/// folders, looks like an option or gets too long is refused by one or another.
pub(super) fn is_sure(call: &Call<'_, '_>) -> bool {
    let (text, is_path) = given(call);
    let is_option = text.len() > 1 && text.starts_with('-');
    let is_odd = is_path && (text.is_empty() || text.split('/').any(|part| part == "."));
    !is_option
        && !is_odd
        && !text.contains('\0')
        && escaped(text, is_path).is_some_and(|escaped| !is_path || escaped.len() < LONGEST)
}

fn given<'c>(call: &'c Call<'_, '_>) -> (&'c str, bool) {
    let text = call.arguments[0].as_str().unwrap_or_default();
    let is_path = call.arguments.get(1).is_some_and(|path| path.is_truthy());
    (text, is_path)
}

/// What the command `systemd-escape` makes of a text.
fn systemd_escape(call: &Call<'_, '_>) -> Evaluated {
    let (text, is_path) = given(call);
    match escaped(text, is_path) {
        Some(escaped) => Ok(escaped.into()),
        None => fail!("Execution of 'systemd-escape --path {text}' returned 1: "),
    }
}

/// A text as a part of a unit's name; `None` for a path that leads upwards.
///
/// Source: systemd.unit(5), "string escaping for inclusion in unit names".
fn escaped(text: &str, is_path: bool) -> Option<String> {
    let mut simple = text.to_owned();
    if is_path {
        let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
        let parts: Vec<&str> = parts.collect();
        if parts.contains(&"..") {
            return None;
        }
        if parts.is_empty() {
            return Some("-".to_owned());
        }
        simple = parts.join("/");
    }
    let mut escaped = String::new();
    for (index, byte) in simple.bytes().enumerate() {
        match byte {
            b'/' => escaped.push('-'),
            b'.' if index == 0 => escaped.push_str("\\x2e"),
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b':' | b'_' | b'.' => {
                escaped.push(byte.into());
            }
            other => escaped.push_str(&format!("\\x{other:02x}")),
        }
    }
    Some(escaped)
}
