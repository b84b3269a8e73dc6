//! The border between the language and whoever runs it.
//!
//! Expressions that make a catalog are handed over whole, names that the evaluator does not know
//! (functions, types, other classes' variables) are asked for. Every method takes `&self`: a host
//! keeps its state behind cells, since evaluating comes back to it at any depth.

use std::{rc::Rc, sync::Arc};

use camino::Utf8PathBuf;
use ficelle_model::inputs::{InputError, Inputs};
use ficelle_syntax::{
    ast::{
        Collector, Expression, FunctionDefinition, RelationshipOperator, ResourceDefaults,
        ResourceExpression, ResourceOverride, TypeAliasDefinition,
    },
    source::Span,
};

use crate::{
    erb::ErbError,
    error::{Evaluated, Location},
    evaluator::{Call, Evaluator},
    scope::Scope,
    types::Type,
    values::Value,
};

/// An expression that the host evaluates: where it stands and what surrounds it.
#[derive(Clone, Copy)]
pub struct Place<'a, 'c> {
    /// Evaluates the operands.
    pub evaluator: &'a Evaluator<'c>,
    /// The scope of the expression.
    pub scope: &'a Rc<Scope>,
    /// Its span in the source that is being evaluated.
    pub span: Span,
}

impl Place<'_, '_> {
    /// File, line and column.
    pub fn location(&self) -> Location {
        self.evaluator.location(self.span)
    }
}

/// What runs the language. The catalog is the host's alone.
pub trait Host {
    /// The settings that change what code means.
    fn settings(&self) -> &Settings;

    /// The door to files, commands and time.
    fn inputs(&self) -> &dyn Inputs;

    /// Gives a message to the log.
    fn log(&self, level: Level, message: &str, location: Option<&Location>);

    /// The top scope.
    fn top_scope(&self) -> Rc<Scope>;

    /// The scope of a class (lower case, no leading `::`).
    fn class_scope(&self, class: &str) -> ClassScope;

    /// A function written in the Puppet language, loaded on first use.
    ///
    /// # Errors
    /// Its file cannot be read or holds something else.
    fn load_function(&self, name: &str) -> Evaluated<Option<Arc<FunctionDefinition>>>;

    /// A function that goes before any built-in one of its name: the main manifest has it.
    fn overriding_function(&self, _name: &str) -> Option<Arc<FunctionDefinition>> {
        None
    }

    /// The definition of a type, by its full name as written (`Stdlib::Absolutepath`). `None`
    /// where there is none: the name then is a resource type's.
    ///
    /// # Errors
    /// Its file cannot be read or holds something else.
    fn load_type(&self, name: &str) -> Evaluated<Option<Arc<TypeAliasDefinition>>>;

    /// A type that is not defined in the language, by its full name.
    ///
    /// # Errors
    /// Its file cannot be read or holds something else.
    fn native_type(&self, _evaluator: &Evaluator<'_>, _name: &str) -> Evaluated<Option<Type>> {
        Ok(None)
    }

    /// Whether [`Host::call`] knows the methods and derived attributes of objects of this type.
    fn implements(&self, _type_name: &str) -> bool {
        false
    }

    /// An ERB template, or a function in Ruby, has changed in place what a variable of `scope` holds: parameters of the
    /// resources around that hold the very value `before` hold `after` from now on.
    fn exchange(&self, _scope: &Scope, _before: &Value, _after: &Value) {}

    /// Whether a resource type of this name (any case) is known, native or defined.
    ///
    /// # Errors
    /// Its file cannot be read.
    fn is_resource_type(&self, name: &str) -> Evaluated<bool>;

    /// Calls a function that belongs to the host: `include`, `realize`, `lookup`, … `None` where
    /// it knows no function of this name.
    ///
    /// # Errors
    /// Whatever the function raises.
    fn call(&self, call: &Call<'_, '_>) -> Option<Evaluated>;

    /// Whether [`Host::call`] knows a function of this name.
    fn has_function(&self, name: &str) -> bool;

    /// `type { title: … }`: gives the references, as an array.
    ///
    /// # Errors
    /// The resource cannot be made.
    fn resource(&self, expression: &ResourceExpression, place: Place<'_, '_>) -> Evaluated;

    /// As [`Host::resource`], where nobody asks for the references.
    ///
    /// # Errors
    /// As [`Host::resource`].
    fn resource_alone(
        &self,
        expression: &ResourceExpression,
        place: Place<'_, '_>,
    ) -> Evaluated<()> {
        self.resource(expression, place).map(drop)
    }

    /// `Type { … }`
    ///
    /// # Errors
    /// The defaults cannot be set.
    fn resource_defaults(&self, expression: &ResourceDefaults, place: Place<'_, '_>) -> Evaluated;

    /// `Type[title] { … }`
    ///
    /// # Errors
    /// The override is not allowed.
    fn resource_override(&self, expression: &ResourceOverride, place: Place<'_, '_>) -> Evaluated;

    /// `Type <| … |>`: gives something that a relationship can use.
    ///
    /// # Errors
    /// The query is not allowed.
    fn collector(&self, expression: &Collector, place: Place<'_, '_>) -> Evaluated;

    /// `left -> right`: evaluates both operands (an operand may be a collector) and gives the
    /// value of the right one.
    ///
    /// # Errors
    /// An operand is no reference.
    fn relationship(
        &self,
        operator: RelationshipOperator,
        left: &Expression,
        right: &Expression,
        place: Place<'_, '_>,
    ) -> Evaluated;

    /// A class, define, node, function, plan or type definition that evaluation comes across.
    /// The value of a definition is a reference to what it defines.
    ///
    /// # Errors
    /// It may not stand there.
    fn definition(&self, expression: &Expression, place: Place<'_, '_>) -> Evaluated;

    /// `File['/x']['mode']`: parameters of a resource, by a reference with a title.
    ///
    /// # Errors
    /// There is no such resource, or it has no such parameter.
    fn resource_parameter(&self, reference: &Type, name: &str, place: Place<'_, '_>) -> Evaluated;

    /// The path of a module's file: `module/rest` in a module's `files`, `templates`, …
    fn find_file(&self, folder: ModuleFolder, name: &str) -> Option<Utf8PathBuf>;

    /// Reads a module's file; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read.
    fn read_file(&self, folder: ModuleFolder, name: &str) -> Result<Option<FileRead>, InputError> {
        let Some(path) = self.find_file(folder, name) else {
            return Ok(None);
        };
        let bytes = self.inputs().read(&path)?;
        Ok(bytes.map(|bytes| FileRead { path, bytes }))
    }

    /// Renders a template in Ruby, of which the language's own interpreter does not know all.
    /// `None` where there is no Ruby to ask.
    fn render_in_ruby(
        &self,
        _call: &Call<'_, '_>,
        _text: &str,
        _path: Option<&str>,
    ) -> Option<Result<String, ErbError>> {
        None
    }

    /// The root folder of a module.
    fn module_directory(&self, name: &str) -> Option<Utf8PathBuf>;
}

/// What is known of a class's scope.
pub enum ClassScope {
    /// It has been evaluated (or is being so).
    Evaluated(Rc<Scope>),
    /// It exists and has not been evaluated.
    NotEvaluated,
    /// There is no such class.
    Unknown,
}

/// A folder of a module that is looked into by `module/rest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleFolder {
    /// `files`
    Files,
    /// `templates`
    Templates,
    /// `scripts`
    Scripts,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct FileRead {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// What it holds.
    pub bytes: Arc<[u8]>,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `debug`
    Debug,
    /// `info`
    Info,
    /// `notice`
    Notice,
    /// `warning`
    Warning,
    /// `err`
    Error,
    /// `alert`
    Alert,
    /// `crit`
    Critical,
    /// `emerg`
    Emergency,
}

/// What `strict` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strict {
    /// Nothing is checked.
    Off,
    /// Warn.
    Warning,
    /// Refuse.
    Error,
}

impl From<Strict> for ficelle_syntax::Strict {
    fn from(strict: Strict) -> Self {
        match strict {
            Strict::Off => Self::Off,
            Strict::Warning => Self::Warning,
            Strict::Error => Self::Error,
        }
    }
}

/// Settings that change what code means.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `strict`
    pub strict: Strict,
    /// `strict_variables`
    pub strict_variables: bool,
    /// `tasks`: plans are allowed, and catalog functions are not.
    pub tasks: bool,
    /// Whether anybody wants what is logged at the level `debug`.
    pub debug: bool,
    /// How deep calls may nest.
    pub depth: usize,
    /// How many steps (expressions) one compile may take; 0 is unbounded.
    pub steps: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strict: Strict::Error,
            strict_variables: true,
            tasks: false,
            debug: true,
            depth: 1_000,
            steps: 0,
        }
    }
}
