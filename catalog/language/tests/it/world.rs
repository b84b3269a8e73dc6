//! A host and a world for the tests.

use std::{collections::BTreeMap, sync::Arc};

use camino::Utf8Path;
use ficelle_language::{
    Evaluator, Host, Value,
    evaluator::{pure::PureHost, text::interpolated},
    host::Settings,
};
use ficelle_model::{
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
    resource::Resource,
};
use ficelle_syntax::{Dialect, ValidateOptions, load, source::Source};

/// Files by path, and nothing else.
#[derive(Default)]
pub struct World {
    pub files: BTreeMap<&'static str, &'static str>,
}

impl Inputs for World {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        Ok(self
            .files
            .get(path.as_str())
            .map(|text| text.as_bytes().into()))
    }

    fn list(&self, _: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        Ok(None)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        Ok(self
            .files
            .contains_key(path.as_str())
            .then_some(FileKind::File))
    }

    fn exported(&self, _: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        Ok(Vec::new())
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        Err(InputError::Command(format!(
            "{command:?} is not run in a test"
        )))
    }

    fn now(&self) -> i128 {
        0
    }

    fn environment_variable(&self, _: &str) -> Option<String> {
        None
    }
}

/// What came of some code: its value as a string shows it, or its error, and the messages.
pub struct Outcome {
    pub result: Result<String, String>,
    pub messages: Vec<String>,
}

/// The value of code itself, or its error.
pub fn evaluated(world: &World, code: &str) -> Result<Value, String> {
    let source = Source::new(Some("test.pp".into()), code);
    let loaded = load(source, Dialect::Manifest, &ValidateOptions::default());
    let (program, _) = loaded.map_err(|errors| errors.to_string())?;
    let host = PureHost::new(Settings::default(), world);
    let evaluator = Evaluator::new(&host, None);
    host.define(&program.body);
    let value = evaluator.program(&program, &host.top_scope());
    value.map_err(|unwind| unwind.into_error().to_string())
}

/// Evaluates code in a world and under settings.
pub fn evaluate_in(world: &World, settings: Settings, code: &str) -> Outcome {
    let source = Source::new(Some("test.pp".into()), code);
    let program = match load(source, Dialect::Manifest, &ValidateOptions::default()) {
        Ok((program, _)) => program,
        Err(errors) => panic!("{code}: {errors}"),
    };
    let host = PureHost::new(settings, world);
    let evaluator = Evaluator::new(&host, None);
    let scope = host.top_scope();
    let result = evaluator.in_source(&program.source, || {
        host.define(&program.body);
        evaluator.program(&program, &scope)
    });
    Outcome {
        result: match result {
            Ok(value) => Ok(interpolated(&value)),
            Err(unwind) => Err(unwind.into_error().to_string()),
        },
        messages: host
            .take_messages()
            .into_iter()
            .map(|message| message.text)
            .collect(),
    }
}

/// The value of code, as a string shows it.
pub fn value(code: &str) -> String {
    match evaluate_in(&World::default(), Settings::default(), code).result {
        Ok(value) => value,
        Err(error) => panic!("{code}: {error}"),
    }
}

/// The error of code.
pub fn error(code: &str) -> String {
    match evaluate_in(&World::default(), Settings::default(), code).result {
        Ok(value) => panic!("{code}: no error, but {value}"),
        Err(error) => error,
    }
}
