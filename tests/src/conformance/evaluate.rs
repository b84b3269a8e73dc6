//! Cases of kinds `evaluate` and `funcall`: an expression, or a function and its arguments, in;
//! a value in rich data out. No catalog is there.

use std::sync::Arc;

use camino::Utf8Path;
use ficelle_language::{
    Evaluated, Evaluator, Host, Value,
    evaluator::pure::{Message, PureHost},
    host::{Level, Settings, Strict},
};
use ficelle_model::{
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
    resource::Resource,
};
use ficelle_syntax::source::Span;

use super::{
    case::{Case, Log, Observed},
    compile::{self, World},
    rich,
};

/// A world in which there is nothing.
struct Nothing;

impl Inputs for Nothing {
    fn read(&self, _: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        Ok(None)
    }

    fn list(&self, _: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        Ok(None)
    }

    fn kind(&self, _: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        Ok(None)
    }

    fn exported(&self, _: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        Ok(Vec::new())
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        Err(InputError::Command(format!(
            "no command is run here: {command:?}"
        )))
    }

    fn now(&self) -> i128 {
        0
    }

    fn environment_variable(&self, _: &str) -> Option<String> {
        None
    }
}

fn settings(case: &Case) -> Settings {
    let raw = case
        .raw
        .get("settings")
        .and_then(serde_json::Value::as_object);
    let flag = |name: &str, default| {
        let given = raw
            .and_then(|raw| raw.get(name))
            .and_then(serde_json::Value::as_bool);
        given.unwrap_or(default)
    };
    Settings {
        strict: match case.setting("strict") {
            Some("off") => Strict::Off,
            Some("warning") => Strict::Warning,
            _ => Strict::Error,
        },
        strict_variables: flag("strict_variables", true),
        tasks: flag("tasks", false),
        ..Settings::default()
    }
}

/// Evaluates code as a main manifest, with the variables of the case in scope.
pub fn evaluate(case: &Case) -> Observed {
    let world = World::of(case);
    let environment = match compile::environment(case, &world) {
        Ok(environment) => environment,
        Err(error) => return Observed::error(error.to_string()),
    };
    let (request, _) = compile::request(case, &world);
    let variables = case.raw.get("vars").and_then(serde_json::Value::as_object);
    let variables = variables
        .into_iter()
        .flatten()
        .map(|(name, value)| Ok((name.as_str().into(), rich::from_json(value)?)));
    let variables: Vec<(Arc<str>, Value)> = match variables.collect::<Result<_, String>>() {
        Ok(variables) => variables,
        Err(message) => return Observed::error(message),
    };
    match ficelle_compiler::evaluate(&request, &environment, &*world.inputs, &variables) {
        Ok(evaluation) => Observed {
            logs: compile::logs(&evaluation.logs, &world),
            ..written(&evaluation.value)
        },
        Err(mut error) => {
            // The recording has the text before node and environment are added to it.
            error.node = None;
            error.environment = None;
            Observed::error(error.to_string())
        }
    }
}

/// Calls a function.
pub fn call(case: &Case) -> Observed {
    let host = PureHost::new(settings(case), &Nothing);
    let evaluator = Evaluator::new(&host, None);
    let scope = host.top_scope();
    let arguments = case.raw.get("args").and_then(serde_json::Value::as_array);
    let arguments = arguments.into_iter().flatten().map(rich::from_json);
    let arguments: Vec<Value> = match arguments.collect::<Result<_, _>>() {
        Ok(arguments) => arguments,
        Err(message) => return Observed::error(message),
    };
    let result = evaluator.call_function(&case.code, &arguments, None, Span::default(), &scope);
    observed(result, &host)
}

fn observed(result: Evaluated, host: &PureHost<'_>) -> Observed {
    let answer = match result {
        Ok(value) => written(&value),
        Err(unwind) => Observed::error(unwind.into_error().to_string()),
    };
    Observed {
        logs: host.take_messages().iter().map(log).collect(),
        ..answer
    }
}

fn written(value: &Value) -> Observed {
    match rich::to_json(value) {
        Ok(json) => Observed::result("value", json),
        Err(message) => Observed::error(message),
    }
}

fn log(message: &Message) -> Log {
    let level = match message.level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Notice => "notice",
        Level::Warning => "warning",
        Level::Error => "err",
        Level::Alert => "alert",
        Level::Critical => "crit",
        Level::Emergency => "emerg",
    };
    Log {
        level: level.to_owned(),
        message: message.text.clone(),
    }
}
