//! The functions `template` and `inline_template`.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use ficelle_model::qualified::unrooted;

use super::{ErbError, ErbErrorKind, Template, TemplateFile, TemplateScope, tally};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    functions,
    host::{ClassScope, FileRead, Level, ModuleFolder, Strict},
    scope::{AlreadySet, Scope},
    values::Value,
};

/// `template(file, …)`: the texts of template files, one behind the other.
///
/// # Errors
/// A file cannot be found or read, or its template fails.
pub fn template(call: &Call<'_, '_>) -> Evaluated {
    let mut texts = String::new();
    for name in arguments(call)? {
        let found = find(call, name)?;
        let scope = CallScope {
            call,
            file: Some(&found.path),
        };
        let rendered = render(Template::of_file(&found), || found.text(), &scope)
            .map_err(|error| Error::new(failed(name, &found.path, &error)))?;
        add(&mut texts, rendered);
    }
    Ok(Value::string(texts))
}

/// The file of a template.
fn find(call: &Call<'_, '_>, name: &str) -> Result<TemplateFile, Error> {
    let host = call.evaluator.host();
    if host.settings().debug {
        host.log(Level::Debug, &format!("Retrieving template {name}"), None);
    }
    let FileRead { path, bytes } = host
        .read_file(ModuleFolder::Templates, name)
        .map_err(|error| Error::new(error.to_string()))?
        .ok_or_else(|| Error::new(format!("Could not find template '{name}'")))?;
    if !Template::is_known(&bytes) && std::str::from_utf8(&bytes).is_err() {
        let message = format!("template {path} is not encoded in UTF-8");
        return Err(Error::new(message));
    }
    let path = path.into_string();
    Ok(TemplateFile { path, bytes })
}

/// What is said of a template that cannot be rendered.
pub(super) fn failed(name: &str, path: &str, error: &ErbError) -> String {
    format!(
        "Failed to parse template {name}:\n  Filepath: {path}\n  Line: {}\n  Detail: {}\n",
        error.line,
        error.detail()
    )
}

/// `inline_template(text, …)`: the texts of templates that are given as strings.
///
/// # Errors
/// A template fails.
pub fn inline_template(call: &Call<'_, '_>) -> Evaluated {
    let mut texts = String::new();
    for text in arguments(call)? {
        let scope = CallScope { call, file: None };
        let rendered = render(Template::of(text), || text.into(), &scope).map_err(|error| {
            Error::new(format!(
                "Failed to parse inline template: {}",
                error.detail()
            ))
        })?;
        add(&mut texts, rendered);
    }
    Ok(Value::string(texts))
}

/// Puts a text behind the others; the first one is not copied.
fn add(texts: &mut String, text: String) {
    match texts.is_empty() {
        true => *texts = text,
        false => texts.push_str(&text),
    }
}

fn arguments<'c>(call: &'c Call<'_, '_>) -> Evaluated<Vec<&'c str>> {
    if call.evaluator.host().settings().tasks {
        let message = "The feature 'ERB template' is only available when compiling a catalog";
        return Err(Error::issue(message).into());
    }
    if call.arguments.is_empty() {
        let name = call.name;
        let message = format!("{name}(): Wrong number of arguments given (0 for minimum 1)");
        return Err(Error::new(message).into());
    }
    let text = |value: &'c Value| match value {
        Value::String(text) => Ok(&**text),
        other => {
            let shown = crate::values::inspect(other);
            let message = format!("{}(): expects a String, got {shown}", call.name);
            Err(Error::new(message).into())
        }
    };
    call.arguments.iter().map(text).collect()
}

/// Renders natively; where that takes more than is known here, in Ruby.
fn render<'t>(
    template: Result<Arc<Template>, ErbError>,
    text: impl FnOnce() -> Cow<'t, str>,
    scope: &CallScope<'_, '_>,
) -> Result<String, ErbError> {
    let native = template.and_then(|template| template.render(scope));
    let error = match native {
        Err(error) if error.kind == ErbErrorKind::Unsupported => error,
        done => {
            tally::native();
            return done;
        }
    };
    let host = scope.call.evaluator.host();
    let name = scope.file.unwrap_or("inline template");
    let why = format!(
        "Rendering {name} in Ruby: line {}, {}",
        error.line, error.message
    );
    host.log(Level::Debug, &why, None);
    match host.render_in_ruby(scope.call, &text(), scope.file) {
        Some(rendered) => {
            tally::ruby();
            rendered
        }
        None => Err(error),
    }
}

/// The scope of a call, as a template sees it.
struct CallScope<'a, 'c> {
    call: &'a Call<'a, 'c>,
    file: Option<&'a str>,
}

impl CallScope<'_, '_> {
    /// What is said of a variable that is unknown, with the reason where its class is one.
    #[cold]
    fn undefined(&self, name: &str) -> String {
        let absolute = unrooted(name);
        let Some((class, _)) = absolute.rsplit_once("::") else {
            return format!("Undefined variable '{name}'; ");
        };
        match self.call.evaluator.host().class_scope(class) {
            ClassScope::Evaluated(_) => format!("Undefined variable '::{absolute}'; "),
            ClassScope::NotEvaluated => {
                format!("Undefined variable '{absolute}'; class {class} has not been evaluated")
            }
            ClassScope::Unknown => {
                format!("Undefined variable '{absolute}'; class {class} could not be found")
            }
        }
    }
}

impl TemplateScope for CallScope<'_, '_> {
    fn instance_variable(&self, name: &str) -> Option<Value> {
        self.call
            .scope
            .variable(name)
            .filter(|value| !value.is_undef())
    }

    fn variable(&self, name: &str) -> Result<Value, String> {
        let evaluator = self.call.evaluator;
        if let Some(value) = evaluator.variable(name, self.call.scope) {
            return Ok(value);
        }
        let is_built_in = matches!(name, "module_name" | "caller_module_name")
            || name.bytes().all(|byte| byte.is_ascii_digit());
        if is_built_in {
            return Ok(Value::Undef);
        }
        match evaluator.host().settings().strict {
            Strict::Off => Ok(Value::Undef),
            Strict::Warning => {
                let message = self.undefined(name);
                evaluator.host().log(Level::Warning, &message, None);
                Ok(Value::Undef)
            }
            Strict::Error => Err(self.undefined(name)),
        }
    }

    fn exists(&self, name: &str) -> bool {
        self.call
            .evaluator
            .variable(name, self.call.scope)
            .is_some()
    }

    fn variables(&self) -> Vec<(Arc<str>, Value)> {
        self.call.scope.visible_variables()
    }

    fn call_function(&self, name: &str, arguments: &[Value]) -> Result<Value, String> {
        self.call
            .forward(name, arguments)
            .map_err(|unwind| unwind.into_error().message)
    }

    fn set_variable(&self, name: &str, value: Value) -> Result<(), String> {
        if matches!(name, "trusted" | "facts") {
            return Err(format!(
                "Attempt to assign to a reserved variable name: '${name}'"
            ));
        }
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!(
                "Cannot assign to a numeric match result variable '${name}'"
            ));
        }
        let result = self.call.scope.set(name, value);
        result.map_err(|AlreadySet| format!("Cannot reassign variable '${name}'"))
    }

    fn forget(&self, name: &str) {
        self.call.scope.forget(name);
    }

    fn changed(&self, name: &str, before: &Value, after: &Value) {
        let mut scopes: Vec<Rc<Scope>> = Vec::new();
        let mut next = Some(self.call.scope);
        while let Some(scope) = next {
            scopes.push(scope.clone());
            next = scope.parent();
        }
        let host = self.call.evaluator.host();
        let absolute = unrooted(name);
        match absolute.rsplit_once("::") {
            Some((class, _)) => {
                if let ClassScope::Evaluated(scope) = host.class_scope(class) {
                    scopes.push(scope);
                }
            }
            None => scopes.push(host.top_scope()),
        }
        for scope in scopes {
            scope.exchange(before, after);
        }
        host.exchange(self.call.scope, before, after);
    }

    fn template(&self, name: &str) -> Result<TemplateFile, String> {
        find(self.call, name).map_err(|error| error.message)
    }

    fn has_function(&self, name: &str) -> bool {
        let host = self.call.evaluator.host();
        functions::find(name).is_some()
            || host.has_function(name)
            || matches!(host.load_function(name), Ok(Some(_)))
    }

    fn file(&self) -> Option<String> {
        self.file.map(str::to_owned)
    }

    fn now(&self) -> i128 {
        self.call.evaluator.host().inputs().now()
    }

    fn check(&self) -> Result<(), String> {
        self.call
            .evaluator
            .check_deadline()
            .map_err(|unwind| unwind.into_error().message)
    }
}
