//! Data for the compile: automatic lookup of class parameters, `lookup`, `hiera` and its kin.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{
    Error, Evaluated, Evaluator, Scope, Type, Value,
    evaluator::Call,
    host::{ClassScope, Host as _, Strict},
    types::builtin,
};
use ficelle_lookup::{
    Answer, Deprecated, Interpolated, Key, Lookup, LookupHost, LookupSettings, ModuleData,
    Question, check_arguments, hiera, lookup,
};
use ficelle_model::{
    inputs::Inputs,
    qualified::{split_last, unrooted},
};
use ficelle_syntax::{
    ast::ExpressionKind,
    source::{Source, Span},
};

use super::{Compiler, DataQuestion, classes, texts};

/// What a lookup asks, answered by the compile from one scope.
struct Asking<'a, 'b, 'c> {
    compiler: &'a Compiler<'b>,
    evaluator: &'a Evaluator<'c>,
    scope: &'a Rc<Scope>,
}

impl Compiler<'_> {
    /// The lookups of this compile.
    pub(super) fn lookups(environment: &crate::Environment, settings: &crate::Settings) -> Lookup {
        let directory = environment.directory();
        let provider = environment
            .configuration()
            .environment_data_provider
            .as_deref();
        let layers = LookupSettings {
            global: settings.hiera_config.clone(),
            environment: directory.map(ToOwned::to_owned),
            environment_provider: directory
                .and_then(|directory| Some((provider?.into(), directory.join("environment.conf")))),
        };
        Lookup::new(layers, Arc::clone(environment.data()))
    }

    /// A class parameter from the data.
    pub(super) fn class_parameter(
        &self,
        key: &Key,
        scope: &Rc<Scope>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Option<Value>> {
        let asking = Asking {
            compiler: self,
            evaluator,
            scope,
        };
        self.lookup.parameter(&asking, key)
    }

    /// What somebody asks of the data, from the top scope.
    pub(super) fn look_up(
        &self,
        question: &DataQuestion,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Answer> {
        let asking = Asking {
            compiler: self,
            evaluator,
            scope: &self.top(),
        };
        let wanted = question.value_type.as_ref();
        let wanted = wanted.map(|text| asking.named_type(&Value::String(Arc::clone(text))));
        let question = Question {
            names: question.names.clone(),
            value_type: wanted.transpose()?,
            merge: question.merge.clone(),
            default: question.default.clone(),
            explain: question.explain,
        };
        Ok(self.lookup.answer(&asking, &question))
    }
}

/// `lookup`
pub(super) fn call_lookup(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let asking = Asking::of(compiler, call);
    let block_type = call
        .block
        .map(|block| move || call.evaluator.block_type(block));
    check_arguments(call.arguments, block_type.as_ref().map(|given| given as _))?;
    let block = |name: Value| call.yield_block(&[name]);
    let block: Option<&dyn Fn(Value) -> Evaluated> = call.block.map(|_| &block as _);
    lookup(&compiler.lookup, &asking, call.arguments, block)
}

/// `yaml_data` and `json_data`, the back ends that ship with the language, called by another one.
pub(super) fn call_file_data(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let asking = Asking::of(compiler, call);
    let path = call.arguments[0].get("path").and_then(Value::as_str);
    compiler.lookup.file_data(&asking, call.name, path)
}

/// `%{…}` in a value that a back end gives.
pub(super) fn interpolate(
    compiler: &Compiler<'_>,
    call: &Call<'_, '_>,
    value: &Value,
) -> Evaluated {
    let asking = Asking::of(compiler, call);
    compiler.lookup.interpolate(&asking, value.clone())
}

/// `hiera`
pub(super) fn call_hiera(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    call_deprecated(compiler, call, Deprecated::First)
}

/// `hiera_array`
pub(super) fn call_hiera_array(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    call_deprecated(compiler, call, Deprecated::Array)
}

/// `hiera_hash`
pub(super) fn call_hiera_hash(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    call_deprecated(compiler, call, Deprecated::Hash)
}

/// `hiera_include`: the classes that the data names.
pub(super) fn call_hiera_include(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let found = call_deprecated(compiler, call, Deprecated::Array)?;
    if found.is_undef() {
        let key = texts::display(&call.arguments[0]);
        return Err(Error::new(format!("Could not find data item {key}")).into());
    }
    let names = compiler.class_names(std::slice::from_ref(&found))?;
    if names.is_empty() {
        return Ok(Value::Undef);
    }
    compiler.include(&names, call.scope, call.evaluator)?;
    Ok(classes::references(&names))
}

fn call_deprecated(
    compiler: &Compiler<'_>,
    call: &Call<'_, '_>,
    function: Deprecated,
) -> Evaluated {
    let name = unrooted(call.name);
    compiler.deprecate(
        name,
        &format!(
            "The function '{name}' is deprecated in favor of using 'lookup'. See \
             https://puppet.com/docs/puppet/8.11/deprecated_language.html"
        ),
    );
    let asking = Asking::of(compiler, call);
    let block = |name: Value| call.yield_block(&[name]);
    let block: Option<&dyn Fn(Value) -> Evaluated> = call.block.map(|_| &block as _);
    hiera(&compiler.lookup, &asking, function, call.arguments, block)
}

impl<'a, 'b, 'c> Asking<'a, 'b, 'c> {
    fn of(compiler: &'a Compiler<'b>, call: &'a Call<'a, 'c>) -> Self {
        Self {
            compiler,
            evaluator: call.evaluator,
            scope: call.scope,
        }
    }

    /// The type that a text or a type is.
    fn named_type(&self, wanted: &Value) -> Evaluated<Type> {
        match wanted {
            Value::Type(wanted) => Ok(wanted.clone()),
            other => {
                let source = Source::new(None, texts::display(other));
                let parsed = ficelle_syntax::parse_expression(Arc::clone(&source));
                let Some(expression) = parsed.program.body.first() else {
                    let text = source.text();
                    return Err(Error::new(format!(
                        "The expression <{text}> is not a valid type specification."
                    ))
                    .into());
                };
                if let ExpressionKind::Reference(name) = &expression.kind
                    && self.evaluator.named_type(name)?.is_none()
                {
                    return Ok(Type::Reference(Arc::clone(name)));
                }
                self.evaluator
                    .in_source(&source, || self.evaluator.type_of(expression, self.scope))
            }
        }
    }
}

impl LookupHost for Asking<'_, '_, '_> {
    fn inputs(&self) -> &dyn Inputs {
        self.compiler.inputs
    }

    fn variable(&self, name: &str) -> Evaluated<Option<Value>> {
        Ok(self.evaluator.variable(name, self.scope))
    }

    fn has_function(&self, name: &str) -> Evaluated<bool> {
        self.evaluator.has_function(name)
    }

    fn call_function(&self, name: &str, arguments: Vec<Value>) -> Evaluated {
        let nowhere = Span::default();
        self.compiler.as_back_end(|| {
            let evaluator = self.evaluator;
            evaluator.call_function(name, &arguments, None, nowhere, self.scope)
        })
    }

    fn context(&self, module: Option<&str>) -> Evaluated {
        self.compiler.new_context(self.evaluator, module)
    }

    fn undefined(&self, name: &str, place: Interpolated) -> Evaluated<()> {
        let settings = self.compiler.settings();
        if settings.strict == Strict::Off {
            return Ok(());
        }
        let reason = match split_last(name) {
            None | Some(("", _)) => String::new(),
            Some((class, _)) => match self.compiler.class_scope(unrooted(class)) {
                ClassScope::Evaluated(_) => String::new(),
                ClassScope::NotEvaluated => format!("class {class} has not been evaluated"),
                ClassScope::Unknown => format!("class {class} could not be found"),
            },
        };
        let undefined = || format!("Undefined variable '{name}'; {reason}");
        match (settings.strict, place) {
            (Strict::Error, Interpolated::Data) => return Err(Error::new(undefined()).into()),
            (Strict::Error, Interpolated::Hierarchy) => self.compiler.deprecate(
                name,
                &format!(
                    "Interpolation failed with '{name}', but compilation continuing; {reason}"
                ),
            ),
            _ => self.compiler.deprecate(name, &undefined()),
        }
        Ok(())
    }

    fn module(&self, name: &str) -> Option<ModuleData> {
        let module = self.compiler.environment.module(name)?;
        // Deprecated, and parsed once for all compiles.
        let metadata = module.path.join("metadata.json");
        let data = self.compiler.environment.data();
        let metadata = data.json(self.compiler.inputs, &metadata).ok().flatten();
        let data_provider = match metadata.as_ref().and_then(|all| all.get("data_provider")) {
            Some(Value::String(name)) => Some(Arc::clone(name)),
            _ => None,
        };
        Some(ModuleData {
            root: module.path.clone(),
            data_provider,
        })
    }

    fn convert(&self, wanted: &Value, value: Value, arguments: &[Value]) -> Evaluated {
        let mut all = vec![Value::Type(self.named_type(wanted)?), value];
        all.extend_from_slice(arguments);
        self.call_function("new", all)
    }

    fn assert_type(&self, subject: &str, wanted: &Type, value: &Value) -> Evaluated<()> {
        texts::check_type(subject, wanted, value)
    }

    fn assert_rich_data(&self, subject: &str, value: &Value) -> Evaluated<()> {
        self.assert_type(subject, &builtin::rich_data(), value)
    }

    fn is_strict(&self) -> bool {
        self.evaluator.host().settings().strict == Strict::Error
    }

    fn warn(&self, message: &str, _file: Option<&str>) {
        self.compiler.warn(message);
    }

    fn deprecate(&self, key: &str, message: &str, _file: Option<&str>) {
        self.compiler.deprecate(key, message);
    }
}
