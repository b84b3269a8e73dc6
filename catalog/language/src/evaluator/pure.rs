//! A host without a catalog: what `master eval`, deferred values and tests evaluate in.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use camino::Utf8PathBuf;
use ficelle_model::inputs::Inputs;
use ficelle_syntax::ast::{
    Collector, Expression, ExpressionKind, FunctionDefinition, RelationshipOperator,
    ResourceDefaults, ResourceExpression, ResourceOverride, TypeAliasDefinition,
};
use rustc_hash::FxHashMap;

use super::Call;
use crate::{
    error::{Error, Evaluated, Location},
    host::{ClassScope, Host, Level, ModuleFolder, Place, Settings},
    scope::Scope,
    types::Type,
    values::Value,
};

/// A message that was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How it is meant.
    pub level: Level,
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub location: Option<Location>,
}

/// Evaluates expressions, functions and types; whatever belongs to a catalog is refused.
pub struct PureHost<'i> {
    settings: Settings,
    inputs: &'i dyn Inputs,
    top: Rc<Scope>,
    messages: RefCell<Vec<Message>>,
    functions: RefCell<FxHashMap<Arc<str>, Arc<FunctionDefinition>>>,
    types: RefCell<FxHashMap<String, Arc<TypeAliasDefinition>>>,
}

impl<'i> PureHost<'i> {
    /// A host with an empty top scope.
    pub fn new(settings: Settings, inputs: &'i dyn Inputs) -> Self {
        Self {
            settings,
            inputs,
            top: Scope::top(None),
            messages: RefCell::default(),
            functions: RefCell::default(),
            types: RefCell::default(),
        }
    }

    /// What was logged so far; nothing is left.
    pub fn take_messages(&self) -> Vec<Message> {
        self.messages.take()
    }

    /// Makes the functions and types known that stand in `statements`.
    pub fn define(&self, statements: &[Expression]) {
        for statement in statements {
            match &statement.kind {
                ExpressionKind::Function(function) => {
                    self.functions
                        .borrow_mut()
                        .insert(function.name.clone(), function.clone());
                }
                ExpressionKind::TypeAlias(definition) => {
                    let key = definition.name.to_lowercase();
                    self.types.borrow_mut().insert(key, Arc::clone(definition));
                }
                _ => {}
            }
        }
    }
}

fn refuse(what: &str) -> Evaluated {
    let message =
        format!("The catalog operation '{what}' is only available when compiling a catalog");
    Err(Error::issue(message).into())
}

impl Host for PureHost<'_> {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn inputs(&self) -> &dyn Inputs {
        self.inputs
    }

    fn log(&self, level: Level, message: &str, location: Option<&Location>) {
        self.messages.borrow_mut().push(Message {
            level,
            text: message.to_owned(),
            location: location.cloned(),
        });
    }

    fn top_scope(&self) -> Rc<Scope> {
        self.top.clone()
    }

    fn class_scope(&self, _class: &str) -> ClassScope {
        ClassScope::Unknown
    }

    fn load_function(&self, name: &str) -> Evaluated<Option<Arc<FunctionDefinition>>> {
        Ok(self.functions.borrow().get(name).cloned())
    }

    fn load_type(&self, name: &str) -> Evaluated<Option<Arc<TypeAliasDefinition>>> {
        Ok(self.types.borrow().get(&name.to_lowercase()).cloned())
    }

    fn is_resource_type(&self, name: &str) -> Evaluated<bool> {
        Ok(NATIVE_TYPES.contains(&&*name.to_lowercase()))
    }

    fn call(&self, _call: &Call<'_, '_>) -> Option<Evaluated> {
        None
    }

    fn has_function(&self, _name: &str) -> bool {
        false
    }

    fn resource(&self, _: &ResourceExpression, _: Place<'_, '_>) -> Evaluated {
        refuse("resource")
    }

    fn resource_defaults(&self, _: &ResourceDefaults, _: Place<'_, '_>) -> Evaluated {
        refuse("resource defaults")
    }

    fn resource_override(&self, _: &ResourceOverride, _: Place<'_, '_>) -> Evaluated {
        refuse("resource override")
    }

    fn collector(&self, _: &Collector, _: Place<'_, '_>) -> Evaluated {
        refuse("resource collection")
    }

    fn relationship(
        &self,
        _: RelationshipOperator,
        _: &Expression,
        _: &Expression,
        _: Place<'_, '_>,
    ) -> Evaluated {
        refuse("relationship operator")
    }

    fn definition(&self, _: &Expression, _: Place<'_, '_>) -> Evaluated {
        Ok(Value::Undef)
    }

    fn resource_parameter(&self, reference: &Type, _: &str, _: Place<'_, '_>) -> Evaluated {
        Err(Error::issue(format!("Resource not found: {reference}")).into())
    }

    fn find_file(&self, _: ModuleFolder, _: &str) -> Option<Utf8PathBuf> {
        None
    }

    fn module_directory(&self, _: &str) -> Option<Utf8PathBuf> {
        None
    }
}

/// The resource types that every catalog knows.
const NATIVE_TYPES: [&str; 18] = [
    "augeas",
    "component",
    "cron",
    "exec",
    "file",
    "filebucket",
    "group",
    "host",
    "mount",
    "notify",
    "package",
    "resources",
    "schedule",
    "service",
    "stage",
    "tidy",
    "user",
    "whit",
];
