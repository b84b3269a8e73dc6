//! What the evaluator asks of the compile.

use std::{rc::Rc, sync::Arc};

use camino::Utf8PathBuf;
use ficelle_language::{
    Error, Evaluated, Evaluator, Host, Scope, Type, Value,
    erb::ErbError,
    error::Location,
    evaluator::Call,
    host::{ClassScope, FileRead, Level as Loudness, ModuleFolder, Place, Settings},
};
use ficelle_model::{
    inputs::{FileKind, InputError, Inputs},
    qualified::capitalize,
};
use ficelle_syntax::ast::{
    Collector, Expression, ExpressionKind, FunctionDefinition, Parameter as Formal,
    RelationshipOperator, ResourceDefaults, ResourceExpression, ResourceOverride,
    TypeAliasDefinition,
};

use super::{
    Compiler,
    declare::{class_reference, reference_of},
    frame::Frame,
    functions, texts,
};
use crate::request::{Level, LogMessage};

impl Host for Compiler<'_> {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn inputs(&self) -> &dyn Inputs {
        self.inputs
    }

    fn log(&self, level: Loudness, message: &str, location: Option<&Location>) {
        if level == Loudness::Debug && !self.settings.debug {
            return;
        }
        let level = match level {
            Loudness::Debug => Level::Debug,
            Loudness::Info => Level::Info,
            Loudness::Notice => Level::Notice,
            Loudness::Warning => Level::Warning,
            Loudness::Error => Level::Error,
            Loudness::Alert => Level::Alert,
            Loudness::Critical => Level::Critical,
            Loudness::Emergency => Level::Emergency,
        };
        self.logs.borrow_mut().push(LogMessage {
            level,
            message: message.into(),
            source: self.speaker(),
            file: location.and_then(|location| location.file.clone()),
            line: location.and_then(|location| location.line),
        });
    }

    fn top_scope(&self) -> Rc<Scope> {
        self.top()
    }

    fn class_scope(&self, class: &str) -> ClassScope {
        if let Some(scope) = self.class_scopes.borrow().get(class) {
            return ClassScope::Evaluated(Rc::clone(scope));
        }
        match self.definitions.class(class) {
            Ok(Some(_)) => ClassScope::NotEvaluated,
            _ => ClassScope::Unknown,
        }
    }

    fn load_function(&self, name: &str) -> Evaluated<Option<Arc<FunctionDefinition>>> {
        self.definitions.function(name)
    }

    fn overriding_function(&self, name: &str) -> Option<Arc<FunctionDefinition>> {
        self.definitions.main_function(name)
    }

    fn load_type(&self, name: &str) -> Evaluated<Option<Arc<TypeAliasDefinition>>> {
        self.definitions.alias(name)
    }

    fn native_type(&self, evaluator: &Evaluator<'_>, name: &str) -> Evaluated<Option<Type>> {
        Ok(self.ruby_datatype(evaluator, name)?.map(Type::Object))
    }

    fn implements(&self, type_name: &str) -> bool {
        matches!(self.definitions.ruby_datatype(type_name), Ok(Some(_)))
    }

    fn exchange(&self, scope: &Scope, before: &Value, after: &Value) {
        // Values come down from resource to resource by their parameters.
        let mut frame = Some(Frame::of(scope));
        while let Some(inner) = frame {
            self.table.get_mut(inner.resource).exchange(before, after);
            frame = inner.parent.clone();
        }
    }

    fn is_resource_type(&self, name: &str) -> Evaluated<bool> {
        // Node definitions are of a type too, but for themselves nobody declares any.
        Ok(name.eq_ignore_ascii_case("node") || self.resource_type(name)?.is_some())
    }

    fn call(&self, call: &Call<'_, '_>) -> Option<Evaluated> {
        functions::call(self, call)
    }

    fn has_function(&self, name: &str) -> bool {
        // A file that cannot be read shows when the function is called.
        functions::is_known(name) || matches!(self.definitions.ruby_function(name), Ok(Some(_)))
    }

    fn resource(&self, expression: &ResourceExpression, place: Place<'_, '_>) -> Evaluated {
        let mut references = Vec::new();
        self.refuse_when_scripting("resource", || place.location())?;
        self.declare(expression, place, Some(&mut references))?;
        Ok(Value::array(references))
    }

    fn resource_alone(
        &self,
        expression: &ResourceExpression,
        place: Place<'_, '_>,
    ) -> Evaluated<()> {
        self.refuse_when_scripting("resource", || place.location())?;
        self.declare(expression, place, None)
    }

    fn resource_defaults(&self, expression: &ResourceDefaults, place: Place<'_, '_>) -> Evaluated {
        let value = place
            .evaluator
            .evaluate(&expression.type_reference, place.scope)?;
        let type_name = match &value {
            Value::Type(Type::Resource(resource)) if resource.title.is_none() => {
                resource.type_name.clone()
            }
            _ => None,
        };
        let Some(type_name) = type_name else {
            let actual = texts::generalized_type(&value);
            return Err(Error::issue(format!(
                "Illegal Resource Type expression, expected result to be a type name, or untitled \
                 Resource, got {actual}"
            ))
            .at(expression.type_reference.span)
            .into());
        };
        let type_name: Arc<str> = capitalize(&type_name);
        let frame = Frame::of(place.scope);
        for (name, parameter) in self.operations(&expression.attributes, place)? {
            if let Err(refused) = frame.set_default(&type_name, name.clone(), parameter) {
                let message = format!(
                    "Default already defined for {type_name} {{ {name} }}; cannot redefine"
                );
                return Err(super::overrides::at(
                    message,
                    refused.origin.file.clone(),
                    refused.line(),
                ));
            }
        }
        Ok(value)
    }

    fn resource_override(&self, expression: &ResourceOverride, place: Place<'_, '_>) -> Evaluated {
        self.override_resources(expression, place)
    }

    fn collector(&self, expression: &Collector, place: Place<'_, '_>) -> Evaluated {
        self.collect(expression, place)?;
        Ok(Value::Undef)
    }

    fn relationship(
        &self,
        operator: RelationshipOperator,
        left: &Expression,
        right: &Expression,
        place: Place<'_, '_>,
    ) -> Evaluated {
        self.relate(operator, left, right, place)
    }

    fn definition(&self, expression: &Expression, _place: Place<'_, '_>) -> Evaluated {
        // Definitions were taken in when their file was read; here they are only values.
        Ok(match &expression.kind {
            ExpressionKind::Class(class) => Value::Type(Type::Class(Some(class.name.clone()))),
            ExpressionKind::Define(define) => {
                let resource = ficelle_language::types::ResourceType {
                    type_name: Some(capitalize(&define.name)),
                    title: None,
                };
                Value::Type(Type::Resource(Arc::new(resource)))
            }
            _ => Value::Undef,
        })
    }

    fn resource_parameter(&self, reference: &Type, name: &str, _place: Place<'_, '_>) -> Evaluated {
        let value = Value::Type(reference.clone());
        let missing = |type_name: &str, title: &str| {
            Error::issue(format!("Resource not found: {type_name}['{title}']"))
        };
        let Some(reference) = reference_of(&value) else {
            return Err(missing(&texts::display(&value), "").into());
        };
        let reference = self.named(&reference);
        let Some(id) = self.find_named(&reference) else {
            let (type_name, title) = (&reference.type_name, &reference.title);
            // A class goes by its name here, which has no capitals.
            if &**type_name == "Class" {
                return Err(missing(type_name, &title.to_lowercase()).into());
            }
            return Err(missing(type_name, title).into());
        };
        let (declared_value, kind, frame) = {
            let declared = self.table.get(id);
            (
                declared.value(name),
                declared.kind.clone(),
                declared.frame.clone(),
            )
        };
        let is_known = match kind.accepts(name) {
            Some(known) => known,
            None => is_formal(kind.formals(), name) || crate::types::is_metaparameter(name),
        };
        if !is_known && name != "name" {
            let (type_name, title) = (&reference.type_name, &reference.title);
            return Err(Error::issue(format!(
                "The resource {type_name}['{title}'] does not have a parameter called '{name}'"
            ))
            .into());
        }
        match declared_value {
            Some(value) if !matches!(value, Value::Undef) => Ok(value),
            _ => {
                let defaults = frame.defaults(&reference.type_name);
                Ok(defaults
                    .get(name)
                    .map(|parameter| parameter.value.clone())
                    .unwrap_or_default())
            }
        }
    }

    fn find_file(&self, folder: ModuleFolder, name: &str) -> Option<Utf8PathBuf> {
        let path = self.module_file(folder, name)?;
        self.exists(&path).then_some(path)
    }

    fn read_file(&self, folder: ModuleFolder, name: &str) -> Result<Option<FileRead>, InputError> {
        let Some(path) = self.module_file(folder, name) else {
            return Ok(None);
        };
        let bytes = self.inputs.read(&path)?;
        Ok(bytes.map(|bytes| FileRead { path, bytes }))
    }

    fn render_in_ruby(
        &self,
        call: &Call<'_, '_>,
        text: &str,
        path: Option<&str>,
    ) -> Option<Result<String, ErbError>> {
        self.render_ruby(call, text, path)
    }

    fn module_directory(&self, name: &str) -> Option<Utf8PathBuf> {
        Some(self.environment.module(name)?.path.clone())
    }
}

impl Compiler<'_> {
    /// Who says what is logged: `Scope(Class[main])`.
    fn speaker(&self) -> Arc<str> {
        let body = self
            .bodies
            .borrow()
            .last()
            .copied()
            .unwrap_or(self.main_class);
        match self.table.len() {
            0 => "".into(),
            _ => {
                let reference = &self.table.get(body).reference;
                let parts = ["Scope(", &reference.type_name, "[", &reference.title, "])"];
                parts.concat().into()
            }
        }
    }

    /// Where a module's file would be.
    fn module_file(&self, folder: ModuleFolder, name: &str) -> Option<Utf8PathBuf> {
        if name.starts_with('/') {
            return Some(name.into());
        }
        let folder = match folder {
            ModuleFolder::Files => "files",
            ModuleFolder::Templates => "templates",
            ModuleFolder::Scripts => "scripts",
        };
        let (module, rest) = name.split_once('/')?;
        let module = self.environment.module(module)?;
        let path = [module.path.as_str(), folder, rest].join("/");
        Some(path.into())
    }

    fn exists(&self, path: &Utf8PathBuf) -> bool {
        matches!(self.inputs.kind(path), Ok(Some(FileKind::File)))
    }

    /// Whether a class is in the catalog.
    pub(super) fn is_class_declared(&self, name: &str) -> bool {
        self.table.find(&class_reference(name)).is_some()
    }
}

fn is_formal(formals: &[Formal], name: &str) -> bool {
    formals.iter().any(|formal| &*formal.name == name)
}
