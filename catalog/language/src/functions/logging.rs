//! Functions that write to the log, and `fail`.

use super::{Function, function, legacy, on};
use crate::{
    error::{Error, Evaluated},
    evaluator::{Call, text::interpolated},
    host::Level,
    values::{Value, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "debug",
        &[on("Any values*", |call| log(call, Level::Debug))],
    ),
    function("info", &[on("Any values*", |call| log(call, Level::Info))]),
    function(
        "notice",
        &[on("Any values*", |call| log(call, Level::Notice))],
    ),
    function(
        "warning",
        &[on("Any values*", |call| log(call, Level::Warning))],
    ),
    function("err", &[on("Any values*", |call| log(call, Level::Error))]),
    function(
        "alert",
        &[on("Any values*", |call| log(call, Level::Alert))],
    ),
    function(
        "crit",
        &[on("Any values*", |call| log(call, Level::Critical))],
    ),
    function(
        "emerg",
        &[on("Any values*", |call| log(call, Level::Emergency))],
    ),
    function("fail", &[legacy(fail_with)]),
];

fn log(call: &Call<'_, '_>, level: Level) -> Evaluated {
    let location = call.location();
    let texts: Vec<String> = call.arguments.iter().map(interpolated).collect();
    call.evaluator
        .host()
        .log(level, &texts.join(" "), Some(&location));
    Ok(Value::Undef)
}

fn fail_with(call: &Call<'_, '_>) -> Evaluated {
    let texts: Vec<String> = call.arguments.iter().map(ruby_string).collect();
    Err(Error::new(texts.join(" ")).into())
}
