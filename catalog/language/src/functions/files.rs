//! Functions that read files or run commands, through the host's recorded inputs.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_syntax::{Dialect, ValidateOptions, load, source::Source};

use super::{Function, fail, function, legacy, on};
use crate::{
    erb,
    error::{Error, Evaluated},
    evaluator::{Call, epp::Sight, flatten},
    host::{Level, ModuleFolder},
    types::{self, mismatch},
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("file", &[legacy(file)]),
    function("binary_file", &[on("String path", binary_file)]),
    function(
        "find_file",
        &[
            on("String paths*", |call| find(call, ModuleFolder::Files)),
            on("Array[String] paths_array*", |call| {
                find(call, ModuleFolder::Files)
            }),
        ],
    ),
    function(
        "find_template",
        &[
            on("String paths*", |call| find(call, ModuleFolder::Templates)),
            on("Array[String] paths_array*", |call| {
                find(call, ModuleFolder::Templates)
            }),
        ],
    ),
    function(
        "module_directory",
        &[
            on("String names*", module_directory),
            on("Array[String] names*", module_directory),
        ],
    ),
    function(
        "epp",
        &[on(
            "String path, Hash[Pattern[/^\\w+$/], Any] parameters?",
            epp,
        )],
    ),
    function(
        "inline_epp",
        &[on(
            "String template, Hash[Pattern[/^\\w+$/], Any] parameters?",
            inline_epp,
        )],
    ),
    function("generate", &[legacy(generate)]),
    function("template", &[legacy(erb::function::template)]),
    function("inline_template", &[legacy(erb::function::inline_template)]),
];

/// A file that is named absolutely or as `module/rest`, if it is there.
fn existing(
    call: &Call<'_, '_>,
    folder: ModuleFolder,
    name: &str,
) -> Evaluated<Option<Utf8PathBuf>> {
    let host = call.evaluator.host();
    let path = match name.starts_with('/') {
        true => Some(Utf8PathBuf::from(name)),
        false => host.find_file(folder, name),
    };
    let Some(path) = path else {
        return Ok(None);
    };
    let kind = host
        .inputs()
        .kind(&path)
        .map_err(|error| Error::new(error.to_string()))?;
    Ok(kind.map(|_| path))
}

fn read(call: &Call<'_, '_>, path: &Utf8Path) -> Evaluated<Arc<[u8]>> {
    match call.evaluator.host().inputs().read(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => fail!("No such file or directory - {path}"),
        Err(error) => fail!("{error}"),
    }
}

fn file(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.is_empty() {
        fail!("file(): Wrong number of arguments given (0 for minimum 1)");
    }
    let names: Vec<String> = call.arguments.iter().map(ToString::to_string).collect();
    for name in &names {
        if let Some(path) = existing(call, ModuleFolder::Files, name)? {
            let bytes = read(call, &path)?;
            return Ok(match std::str::from_utf8(&bytes) {
                Ok(text) => Value::string(text),
                // What is no text can still be handed on, as `binary_file` does it.
                Err(_) => Value::Binary(bytes),
            });
        }
    }
    fail!("Could not find any files from {}", names.join(", "))
}

fn binary_file(call: &Call<'_, '_>) -> Evaluated {
    let name = call.arguments[0].as_str().unwrap_or_default();
    match existing(call, ModuleFolder::Files, name)? {
        Some(path) => Ok(Value::Binary(read(call, &path)?)),
        None => fail!("binary_file(): The given file '{name}' does not exist"),
    }
}

fn find(call: &Call<'_, '_>, folder: ModuleFolder) -> Evaluated {
    for name in flatten(call.arguments.to_vec()) {
        if let Some(path) = existing(call, folder, &name.to_string())? {
            return Ok(Value::string(path.into_string()));
        }
    }
    Ok(Value::Undef)
}

fn module_directory(call: &Call<'_, '_>) -> Evaluated {
    let host = call.evaluator.host();
    let names = flatten(call.arguments.to_vec());
    let found = names
        .iter()
        .find_map(|name| host.module_directory(&name.to_string()));
    Ok(found.map_or(Value::Undef, |path| Value::string(path.into_string())))
}

fn epp(call: &Call<'_, '_>) -> Evaluated {
    let name = call.arguments[0].as_str().unwrap_or_default();
    let (path, text) = epp_source(call, name)?;
    render(call, Some(path.as_str()), &text, Sight::Top)
}

/// Where a template of EPP lies, and its text.
///
/// # Errors
/// There is none of this name, or it cannot be read.
pub(super) fn epp_source(call: &Call<'_, '_>, name: &str) -> Evaluated<(Utf8PathBuf, String)> {
    let mut found = existing(call, ModuleFolder::Templates, name)?;
    if found.is_none() && !name.ends_with(".epp") {
        found = existing(call, ModuleFolder::Templates, &format!("{name}.epp"))?;
    }
    let Some(path) = found else {
        let shown = if name.ends_with(".epp") {
            name.to_owned()
        } else {
            format!("{name}.epp")
        };
        fail!("Could not find template '{shown}'");
    };
    call.evaluator.host().log(
        Level::Debug,
        &format!("Retrieving epp template {name}"),
        None,
    );
    let bytes = read(call, &path)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok((path, text.to_owned())),
        Err(_) => fail!("epp(): {path} is not encoded in UTF-8"),
    }
}

fn inline_epp(call: &Call<'_, '_>) -> Evaluated {
    let text = call.arguments[0].as_str().unwrap_or_default();
    render(call, None, text, Sight::Caller)
}

fn render(call: &Call<'_, '_>, path: Option<&str>, text: &str, sight: Sight) -> Evaluated {
    let source = Source::new(path.map(Into::into), text);
    let settings = call.evaluator.host().settings();
    let options = ValidateOptions {
        strict: settings.strict.into(),
        tasks: settings.tasks,
        ..ValidateOptions::default()
    };
    let program = match load(source, Dialect::Epp, &options) {
        Ok((program, _)) => program,
        Err(error) => fail!("{}(): Invalid EPP: {error}", call.name),
    };
    let given = match call.arguments.get(1) {
        Some(Value::Hash(entries)) => Some(&**entries),
        _ => None,
    };
    let rendered = call
        .evaluator
        .render_template(&program, call.name, given, sight, call.scope)?;
    let text = match &rendered {
        Value::Sensitive(hidden) => hidden,
        plain => plain,
    };
    match text {
        Value::String(_) => Ok(rendered),
        _ => fail!("{}", not_a_text(call.name, &rendered)),
    }
}

/// What is said where `next` has left a template with something else than its text.
#[cold]
fn not_a_text(function: &str, given: &Value) -> String {
    let expected = types::parse::parse_plain("Variant[String, Sensitive[String]]")
        .expect("it is written as types are");
    let subject = format!("value returned from function '{function}'");
    mismatch::describe_value(&subject, &expected, given)
}

fn generate(call: &Call<'_, '_>) -> Evaluated {
    let command: Vec<String> = flatten(call.arguments.to_vec())
        .iter()
        .map(ToString::to_string)
        .collect();
    let Some(program) = command.first() else {
        fail!("generate(): Wrong number of arguments given (0 for minimum 1)");
    };
    if !program.starts_with('/') {
        fail!("Generators must be fully qualified");
    }
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-/_.+".contains(character);
    if !program.chars().all(is_plain) {
        fail!("Generators can only contain alphanumerics, file separators, and dashes");
    }
    if program.contains("..") {
        fail!("Can not use generators with '..' in them.");
    }
    let output = match call.evaluator.host().inputs().run(&command) {
        Ok(output) => output,
        Err(error) => fail!("Failed to execute generator {program}: {error}"),
    };
    if output.status != 0 {
        fail!(
            "Failed to execute generator {program}: Execution of '{}' returned {}: {}{}",
            command.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
    Ok(Value::string(String::from_utf8_lossy(&output.stdout)))
}
