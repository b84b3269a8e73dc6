//! The compile itself: from a request to a catalog.
//!
//! The order is the reference's: the top level, the node's definition, the classes of an external
//! classifier; then, until nothing new turns up, collectors and lazily evaluated defines; at the
//! end relationships, waiting overrides, checks.

mod bodies;
mod classes;
mod collectors;
mod convert;
mod data;
mod declare;
mod finish;
mod frame;
mod functions;
mod host;
mod kinds;
mod layout;
mod nodes;
mod overrides;
mod relationships;
mod resources;
mod ruby;
mod signature;
mod tags;
mod texts;
mod version;

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
};

use ficelle_language::{
    Evaluated, Evaluator, Scope, Value, error::Location, host as language, scope::Matches,
};
use ficelle_lookup::{Explain, Explanation, Lookup, Merge};
use ficelle_model::{Reference, data::Names, inputs::Inputs};
use ficelle_syntax::ast::ResourceForm;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    environment::Environment,
    error::CompileError,
    inputs::Recorder,
    loader::{Definitions, Rules},
    request::{CompileRequest, Compiled, LogMessage, Strictness},
};
use collectors::Collector;
use declare::{Site, class_reference};
use frame::Frame;
use kinds::{Kind, ResourceType};
use overrides::{Override, without_place};
use relationships::Relationship;
use resources::{Line, Mode, Origin, Parameter, Parameters, ResourceId, Source, Table};
use signature::Signature;
use tags::{Tags, Words};

pub(crate) use ruby::RubyFunction;

/// How often collectors and defines may take turns.
const MOST_ROUNDS: u32 = 1000;

/// Makes the catalog of a node.
///
/// # Errors
/// The reference's message, with file, line and node.
pub fn compile(
    request: &CompileRequest,
    environment: &Environment,
    inputs: &dyn Inputs,
) -> Result<Compiled, CompileError> {
    let recorder = Recorder::new(inputs);
    let on_node = |error: CompileError| error.on_node(request.node.as_str());
    let (catalog, exported, logs) = {
        let compiler = Compiler::new(request, environment, &recorder);
        let made = compiler.run();
        let (catalog, exported) = made.map_err(|error| on_node(compiler.failed(error)))?;
        (catalog, exported, compiler.logs.take())
    };
    Ok(Compiled {
        catalog,
        exported,
        logs,
        reads: recorder
            .into_reads()
            .after(environment.reads())
            .after(&request.reads),
    })
}

/// What evaluating code gave.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The value of the last statement.
    pub value: Value,
    /// The messages given.
    pub logs: Vec<LogMessage>,
}

/// Evaluates the code of a request (or the environment's main manifests) as for a catalog, with
/// variables in its top scope, and gives the value of the last statement.
///
/// # Errors
/// The reference's message, with file and line.
pub fn evaluate(
    request: &CompileRequest,
    environment: &Environment,
    inputs: &dyn Inputs,
    variables: &[(Arc<str>, Value)],
) -> Result<Evaluation, CompileError> {
    let recorder = Recorder::new(inputs);
    let compiler = Compiler::new(request, environment, &recorder);
    let loaded = compiler.definitions.load_main(request.code.as_deref());
    loaded.map_err(|error| compiler.failed(error))?;
    let evaluator = Evaluator::new(&compiler, request.deadline);
    let value = compiler.begin(&evaluator).and_then(|()| {
        for (name, value) in variables {
            compiler.top().replace(Arc::clone(name), value.clone());
        }
        compiler.evaluate_main(&evaluator)
    });
    let value = value.map_err(|unwind| compiler.failed(unwind.into_error()))?;
    let logs = compiler.logs.take();
    Ok(Evaluation { value, logs })
}

/// What is asked of the data, as at a command line.
#[derive(Clone, Debug, Default)]
pub struct DataQuestion {
    /// The keys; the first that has a value answers.
    pub names: Vec<Arc<str>>,
    /// What the value must be, as text.
    pub value_type: Option<Arc<str>>,
    /// How values are merged, in place of what the data says.
    pub merge: Option<Merge>,
    /// The value where no key has one.
    pub default: Option<Value>,
    /// What is to be explained.
    pub explain: Explain,
    /// Whether the whole catalog is made first, so that the variables of manifests are set.
    pub compile: bool,
}

/// What the data answers.
#[derive(Debug)]
pub struct DataAnswer {
    /// The value, where there is one.
    pub value: Result<Option<Value>, CompileError>,
    /// How it came about, where that was asked.
    pub explanation: Option<Explanation>,
    /// The messages given.
    pub logs: Vec<LogMessage>,
}

/// Looks up keys as for a catalog.
///
/// # Errors
/// The catalog cannot be made, or the wanted type is none.
pub fn look_up(
    request: &CompileRequest,
    environment: &Environment,
    inputs: &dyn Inputs,
    question: &DataQuestion,
) -> Result<DataAnswer, CompileError> {
    let recorder = Recorder::new(inputs);
    let compiler = Compiler::new(request, environment, &recorder);
    let evaluator = Evaluator::new(&compiler, request.deadline);
    if question.compile {
        compiler.definitions.load_main(request.code.as_deref())?;
    }
    let made = match question.compile {
        true => compiler.evaluate_all(&evaluator),
        false => compiler.begin(&evaluator),
    };
    let answer = made
        .and_then(|()| compiler.look_up(question, &evaluator))
        .map_err(|unwind| compiler.failed(unwind.into_error()))?;
    Ok(DataAnswer {
        value: answer
            .value
            .map_err(|unwind| CompileError::from(unwind.into_error())),
        explanation: answer.explanation,
        logs: compiler.logs.take(),
    })
}

/// A compile at work. The evaluator comes back to it at any depth, so everything that changes is
/// behind a cell, and no borrow is held across an evaluation.
struct Compiler<'a> {
    request: &'a CompileRequest,
    environment: &'a Environment,
    inputs: &'a Recorder<'a>,
    definitions: Definitions<'a>,
    settings: language::Settings,
    lookup: Lookup,
    ruby: ruby::Helper<'a>,
    contexts: RefCell<Vec<functions::context::Context>>,
    file_data: RefCell<FxHashMap<Arc<str>, Value>>,
    node_name: Arc<str>,
    table: Table,
    main_stage: ResourceId,
    settings_class: ResourceId,
    main_class: ResourceId,
    top: OnceCell<Rc<Scope>>,
    node_scope: RefCell<Option<Rc<Scope>>>,
    node_groups: RefCell<Option<Matches>>,
    class_scopes: RefCell<FxHashMap<Arc<str>, Rc<Scope>>>,
    class_names: RefCell<Names>,
    words: Words,
    tags: RefCell<Tags>,
    type_tags: RefCell<FxHashMap<Arc<str>, Rc<Tags>>>,
    known_types: RefCell<FxHashMap<Arc<str>, Option<Rc<ResourceType>>>>,
    signatures: RefCell<FxHashMap<Arc<str>, Arc<Signature>>>,
    collectors: RefCell<Vec<Rc<Collector>>>,
    /// Overrides of resources that are not declared yet.
    overrides: RefCell<Vec<Override>>,
    /// Code that may override anything: that of collectors.
    overriding: RefCell<FxHashSet<Source>>,
    /// Defines and classes that were overridden after their evaluation.
    changed_late: RefCell<FxHashSet<ResourceId>>,
    relationships: RefCell<Vec<Relationship>>,
    /// Whose bodies are being evaluated, innermost last.
    bodies: RefCell<Vec<ResourceId>>,
    logs: RefCell<Vec<LogMessage>>,
    warned: RefCell<FxHashSet<String>>,
}

impl<'a> Compiler<'a> {
    fn new(
        request: &'a CompileRequest,
        environment: &'a Environment,
        inputs: &'a Recorder<'a>,
    ) -> Self {
        let settings = &request.settings;
        let rules = Rules {
            strict: settings.strict,
            tasks: settings.tasks,
        };
        let [main_stage, settings_class, main_class] = ResourceId::FIRST;
        // Most resources bring a word of their own.
        let words = Words::with_capacity(environment.usual_size());
        Self {
            request,
            environment,
            inputs,
            definitions: Definitions::new(environment, inputs, rules),
            settings: language::Settings {
                strict: match settings.strict {
                    Strictness::Off => language::Strict::Off,
                    Strictness::Warning => language::Strict::Warning,
                    Strictness::Error => language::Strict::Error,
                },
                strict_variables: settings.strict_variables,
                tasks: settings.tasks,
                debug: settings.debug,
                ..language::Settings::default()
            },
            lookup: Self::lookups(environment, settings),
            ruby: ruby::Helper::default(),
            contexts: RefCell::default(),
            file_data: RefCell::default(),
            node_name: request.node.as_str().into(),
            table: Table::with_capacity(environment.usual_size()),
            main_stage,
            settings_class,
            main_class,
            top: OnceCell::new(),
            node_scope: RefCell::default(),
            node_groups: RefCell::default(),
            class_scopes: RefCell::default(),
            class_names: RefCell::default(),
            tags: RefCell::new(Tags::new(&words)),
            words,
            type_tags: RefCell::default(),
            known_types: RefCell::default(),
            signatures: RefCell::default(),
            collectors: RefCell::default(),
            overrides: RefCell::default(),
            overriding: RefCell::default(),
            changed_late: RefCell::default(),
            relationships: RefCell::default(),
            bodies: RefCell::default(),
            logs: RefCell::default(),
            warned: RefCell::default(),
        }
    }

    fn run(&self) -> Result<(ficelle_model::Catalog, Vec<ficelle_model::Resource>), CompileError> {
        self.definitions.load_main(self.request.code.as_deref())?;
        let evaluator = Evaluator::new(self, self.request.deadline);
        self.evaluate_all(&evaluator)
            .and_then(|()| {
                let version = self.version()?;
                self.catalog(version)
            })
            .map_err(|unwind| CompileError::from(unwind.into_error()))
    }

    /// An error, with what was said before it.
    fn failed(&self, error: impl Into<CompileError>) -> CompileError {
        let mut error = error.into();
        let mut logs = self.logs.take();
        logs.append(&mut error.logs);
        CompileError { logs, ..error }
    }

    fn evaluate_all(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        self.begin(evaluator)?;
        self.evaluate_main(evaluator)?;
        self.evaluate_node(evaluator)?;
        self.evaluate_classification(evaluator)?;
        self.evaluate_generators(evaluator)?;
        self.finish(evaluator)
    }

    /// The built-in resources and the variables of the top scope.
    fn begin(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        let frame = Frame::new(self.main_class, Source::Main, None, None);
        let top = Scope::top(Some(frame));
        let _ = self.top.set(Rc::clone(&top));
        for name in self.request.classification.classes.keys() {
            self.add_class_name(name);
        }
        self.add_built_in(evaluator)?;
        self.set_top_variables(&top);
        Ok(())
    }

    fn add_built_in(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        let top = self.top();
        let site = Site {
            evaluator,
            scope: &top,
            location: &Location::default(),
            form: ResourceForm::Regular,
        };
        let stage = Reference::new("stage", "main");
        let stage_kind = match self.resource_type("stage")? {
            Some(known) => known.kind.clone(),
            None => Kind::BuiltInClass,
        };
        for (reference, kind) in [
            (stage, stage_kind),
            (class_reference("settings"), Kind::BuiltInClass),
            (class_reference("main"), Kind::BuiltInClass),
        ] {
            let is_stage = &*reference.type_name == "Stage";
            let mut declared = self.declared(reference, kind, Parameters::default(), site)?;
            if is_stage {
                declared.tags.remove("main");
            }
            declared.scope_tagged = true;
            self.add(declared)?;
        }
        self.add_class_name(&"settings".into());
        self.table.contain(self.main_stage, self.settings_class);
        self.table.contain(self.main_stage, self.main_class);
        Ok(())
    }

    fn set_top_variables(&self, top: &Rc<Scope>) {
        let request = self.request;
        // What a classifier says of a node counts for more than its facts, and they for more than
        // what the master says of itself.
        for (name, data) in &request.server_facts {
            top.replace(name.clone(), convert::value(data));
        }
        let facts = convert::value_of_hash(&request.facts.values);
        if let Value::Hash(entries) = &facts {
            for (name, value) in entries.iter() {
                if let Value::String(name) = name {
                    top.replace(name.clone(), value.clone());
                }
            }
        }
        for (name, data) in &request.classification.parameters {
            let value = convert::value(data);
            if let Some(fact) = facts.get(name) {
                let node = &request.node;
                self.warn(&format!(
                    "The node parameter '{name}' for node '{node}' was already set to '{value}'. \
                     It could not be set to '{fact}'"
                ));
            }
            top.replace(name.clone(), value);
        }
        let environment = self.environment.name().as_str();
        top.replace("environment", Value::string(environment));
        top.replace("trusted", convert::value_of_hash(&request.trusted));
        top.replace(
            "server_facts",
            convert::value_of_hash(&request.server_facts),
        );
        top.replace("facts", facts);
        let settings = Scope::new(
            ficelle_language::scope::ScopeKind::Class("settings".into()),
            Some(Rc::clone(top)),
            top.context().cloned(),
        );
        let mut all: Vec<(Value, Value)> = self
            .settings_values()
            .into_iter()
            .map(|(name, value)| {
                settings.replace(name.clone(), value.clone());
                (Value::String(name), value)
            })
            .collect();
        all.sort_by(|(left, _), (right, _)| left.as_str().cmp(&right.as_str()));
        settings.replace("all_local", Value::hash(all.into_iter().collect()));
        let mut scopes = self.class_scopes.borrow_mut();
        scopes.insert("settings".into(), settings);
    }

    /// What `$settings::NAME` shows: what the compile goes by, and what the request says.
    fn settings_values(&self) -> FxHashMap<Arc<str>, Value> {
        let settings = &self.request.settings;
        let configuration = self.environment.configuration();
        let paths: Vec<&str> = configuration
            .modulepath
            .iter()
            .map(|path| path.as_str())
            .collect();
        let strict = match settings.strict {
            Strictness::Off => "off",
            Strictness::Warning => "warning",
            Strictness::Error => "error",
        };
        let path = |path: Option<&camino::Utf8Path>| {
            path.map_or(Value::Undef, |path| Value::string(path.as_str()))
        };
        let parent = self
            .environment
            .directory()
            .and_then(camino::Utf8Path::parent);
        let mut values = FxHashMap::from_iter([
            (
                "environment".into(),
                Value::string(self.environment.name().as_str()),
            ),
            ("environmentpath".into(), path(parent)),
            ("manifest".into(), path(configuration.manifest.as_deref())),
            ("modulepath".into(), Value::string(paths.join(":"))),
            ("rich_data".into(), Value::Boolean(settings.rich_data)),
            ("storeconfigs".into(), Value::Boolean(settings.storeconfigs)),
            ("strict".into(), Value::string(strict)),
            (
                "strict_variables".into(),
                Value::Boolean(settings.strict_variables),
            ),
            ("tasks".into(), Value::Boolean(settings.tasks)),
        ]);
        for (name, data) in &settings.values {
            values.insert(name.clone(), convert::value(data));
        }
        values
    }

    fn evaluate_main(&self, evaluator: &Evaluator<'_>) -> Evaluated {
        let top = self.top();
        self.class_scopes
            .borrow_mut()
            .insert("".into(), Rc::clone(&top));
        top.replace("title", Value::string("main"));
        top.replace("name", Value::string("main"));
        top.replace("module_name", Value::string(""));
        self.report_warnings();
        let mut last = Value::Undef;
        for file in self.definitions.main() {
            last = evaluator.program(&file.program, &top)?;
        }
        Ok(last)
    }

    /// The classes that an external classifier names: those with parameters first.
    fn evaluate_classification(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        let classes = &self.request.classification.classes;
        let scope = self
            .node_scope
            .borrow()
            .clone()
            .unwrap_or_else(|| self.top());
        for (name, given) in classes.iter().filter(|(_, given)| !given.is_empty()) {
            let class = self.require_class(name).map_err(unplaced)?;
            let source = Source::Class(class.definition.name.clone());
            let origin = Origin::unplaced(source);
            let parameters: Parameters = given
                .iter()
                .map(|(name, data)| {
                    let parameter = Parameter {
                        value: convert::value(data),
                        origin: Rc::clone(&origin),
                        line: Line::Unknown,
                        mode: Mode::Replace,
                    };
                    (name.clone(), parameter)
                })
                .collect();
            self.add_class(&class, parameters, &scope, evaluator)
                .map_err(unplaced)?;
        }
        for name in classes
            .iter()
            .filter(|(_, given)| given.is_empty())
            .map(|(name, _)| name)
        {
            let class = self.require_class(name).map_err(unplaced)?;
            self.ensure_class(&class, &scope, evaluator)
                .map_err(unplaced)?;
        }
        Ok(())
    }

    /// Collectors and defines take turns until nothing new turns up.
    fn evaluate_generators(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        for _ in 0..MOST_ROUNDS {
            let collected = self.evaluate_collectors(evaluator)?;
            let evaluated = self.evaluate_defines(evaluator)?;
            if !collected && !evaluated {
                return Ok(());
            }
        }
        Err(without_place(
            "Somehow looped more than 1000 times while evaluating host catalog".to_owned(),
        ))
    }

    fn top(&self) -> Rc<Scope> {
        Rc::clone(
            self.top
                .get()
                .expect("the top scope is made before anything is evaluated"),
        )
    }

    fn add_class_name(&self, name: &Arc<str>) {
        self.class_names.borrow_mut().insert(name.clone());
        tags::add_if_valid(&mut self.tags.borrow_mut(), name);
    }

    fn tag_catalog(&self, tags: &Tags) {
        self.tags.borrow_mut().extend_from(tags);
    }

    /// Catalog functions and resources do not exist where a script is run.
    fn refuse_when_scripting(
        &self,
        operation: &str,
        location: impl FnOnce() -> Location,
    ) -> Evaluated<()> {
        if !self.settings.tasks {
            return Ok(());
        }
        let location = location();
        let message = format!(
            "The catalog operation '{operation}' is only available when compiling a catalog"
        );
        Err(overrides::at(message, location.file, location.line))
    }

    /// Warns, as the compiler itself.
    fn warn(&self, message: &str) {
        self.logs.borrow_mut().push(LogMessage::warning(message));
    }

    /// Exported resources need a store of some kind.
    fn warn_without_store(&self, message: &str, location: &Location) {
        if self.request.settings.storeconfigs {
            return;
        }
        self.warn(&format!("{message} {location}"));
    }

    fn report_warnings(&self) {
        for warning in self.definitions.take_warnings() {
            let message = warning.to_string();
            if self.warned.borrow_mut().insert(message.clone()) {
                self.logs.borrow_mut().push(LogMessage {
                    file: warning.file,
                    line: warning.line,
                    ..LogMessage::warning(message)
                });
            }
        }
    }

    /// Warns of something deprecated, once.
    fn deprecate(&self, key: &str, message: &str) {
        if self.warned.borrow_mut().insert(key.to_owned()) {
            self.warn(message);
        }
    }
}

/// An error of the classification stands nowhere in the code.
fn unplaced(unwind: ficelle_language::Unwind) -> ficelle_language::Unwind {
    let mut error = unwind.into_error();
    error.location.get_or_insert_with(Location::default);
    error.into()
}
