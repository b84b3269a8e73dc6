//! What is to go: `deprecation`, and the functions that call it of their own.

use super::super::{Function, fail, function, on};
use crate::{
    error::Evaluated,
    evaluator::Call,
    host::{Level, Strict},
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[function(
    "deprecation",
    &[on(
        "String key, String message, Optional[Boolean] use_strict_setting?",
        |call| {
            let text = |index: usize| call.arguments[index].as_str().unwrap_or_default();
            let is_strict = !matches!(call.arguments.get(2), Some(Value::Boolean(false)));
            warn(call, text(0), text(1), is_strict)?;
            Ok(Value::Undef)
        },
    )],
)];

/// Says that something is deprecated: refused where `strict` is `error` (and is to count), logged
/// otherwise. `STDLIB_LOG_DEPRECATIONS` in the environment turns the log off and, where `strict` is
/// `off`, on.
pub(super) fn warn(
    call: &Call<'_, '_>,
    key: &str,
    message: &str,
    is_strict: bool,
) -> Evaluated<()> {
    let host = call.evaluator.host();
    let location = call.location();
    let strict = host.settings().strict;
    if is_strict && strict == Strict::Error {
        fail!("deprecation. {key}. {message}{}", at(&location));
    }
    let wanted = host
        .inputs()
        .environment_variable("STDLIB_LOG_DEPRECATIONS");
    let is_logged = match wanted.as_deref() {
        Some("true") => true,
        Some("false") => false,
        _ => strict != Strict::Off,
    };
    if is_logged {
        let message = format!("{message}{}", at(&location));
        host.log(Level::Warning, &message, Some(&location));
    }
    Ok(())
}

fn at(location: &crate::error::Location) -> String {
    let file = location.file.as_deref().unwrap_or("unknown");
    format!(" at [\"{file}\", {}]", location.line.unwrap_or(0))
}
