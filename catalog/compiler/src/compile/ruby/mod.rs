//! What modules write in Ruby, run by the helper that the compile's inputs offer.
//!
//! A call is a conversation: the helper is told what to do, and until it is done it may ask for a
//! variable, a resource, another function; what it asks may lead to Ruby again, at any depth. All
//! of it goes to one process, which the compile has for itself from its first call on.
//!
//! The files that the process has loaded are read here too, so that they stand in the record of
//! the compile; a process that has loaded something else than what is there now is not used.

mod answers;
mod datatypes;
mod values;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use camino::Utf8Path;
use ficelle_language::{
    Error, Evaluated, Evaluator, Host as _, Scope, Unwind, Value,
    erb::{ErbError, ErbErrorKind},
    error::Location,
    evaluator::{Block, Call},
    values::Object,
};
use ficelle_model::{
    inputs::Inputs as _,
    qualified::unrooted,
    ruby::{RubyEnvironment, RubyError, RubySession},
};
use ficelle_syntax::source::Span;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{Compiler, texts};

/// The function by which a block of Ruby's is called, where the language was given one.
const BLOCK: &str = "ficelle::ruby_block";

/// The helper, as far as this compile knows it.
#[derive(Default)]
pub(super) struct Helper<'a> {
    session: RefCell<Option<Box<dyn RubySession + 'a>>>,
    /// What messages name by number: scopes (the top scope is 0), blocks of the language, errors
    /// and control flow that went through Ruby, contexts of lookups.
    scopes: RefCell<Vec<Rc<Scope>>>,
    blocks: RefCell<Vec<Block>>,
    unwinds: RefCell<Vec<Unwind>>,
    contexts: RefCell<Vec<Arc<Object>>>,
    /// Where a template stopped that could not be rendered.
    template_line: Cell<Option<u32>>,
    /// Whether the last error that Ruby raised was one of Puppet's own: those of a lookup's back
    /// end are shown as they are.
    own_error: Cell<bool>,
}

/// From where the helper is asked: what its questions are answered with.
#[derive(Clone, Copy)]
struct Place<'a, 'c> {
    evaluator: &'a Evaluator<'c>,
    span: Span,
}

/// A function in Ruby, and where it was found.
#[derive(Clone, Debug)]
pub(crate) struct RubyFunction {
    /// The module; the environment's own functions belong to none.
    pub module: Option<Arc<str>>,
    /// The file.
    pub path: camino::Utf8PathBuf,
}

impl Helper<'_> {
    fn keep(&self, unwind: Unwind) -> usize {
        let mut unwinds = self.unwinds.borrow_mut();
        unwinds.push(unwind);
        unwinds.len() - 1
    }

    fn keep_context(&self, object: &Arc<Object>) -> usize {
        let mut contexts = self.contexts.borrow_mut();
        let known = contexts.iter().position(|known| Arc::ptr_eq(known, object));
        known.unwrap_or_else(|| {
            contexts.push(Arc::clone(object));
            contexts.len() - 1
        })
    }

    fn context(&self, id: u64) -> Option<Arc<Object>> {
        self.contexts
            .borrow()
            .get(usize::try_from(id).ok()?)
            .cloned()
    }

    fn exchange(&self, message: &Json) -> Result<Json, RubyError> {
        let bytes = message.to_string();
        let mut session = self.session.borrow_mut();
        let session = session.as_mut().ok_or_else(gone)?;
        let answer = session.exchange(bytes.as_bytes())?;
        let garbled = |error: serde_json::Error| RubyError::Garbled(error.to_string());
        serde_json::from_slice(&answer).map_err(garbled)
    }
}

/// An error whose message is complete, with its place or without.
fn as_it_is(message: &str) -> Error {
    let mut error = Error::complete(message);
    error.location = Some(Location::default());
    error
}

fn gone() -> RubyError {
    RubyError::Died("it was ended".to_owned())
}

impl Compiler<'_> {
    /// Calls a function that a module has in Ruby; `None` where there is none of this name.
    pub(super) fn call_ruby(&self, call: &Call<'_, '_>) -> Option<Evaluated> {
        if call.name == BLOCK {
            return Some(self.call_ruby_block(call));
        }
        if let Some(result) = self.call_ruby_member(call) {
            return Some(result);
        }
        let name = unrooted(call.name);
        // A function in the language of the same name comes first.
        match self.definitions.function(name) {
            Ok(None) => {}
            _ => return None,
        }
        match self.definitions.ruby_function(name) {
            Ok(Some(function)) => Some(self.run_ruby(call, name, &function)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }

    fn run_ruby(&self, call: &Call<'_, '_>, name: &str, function: &RubyFunction) -> Evaluated {
        let path = &function.path;
        let of = match &function.module {
            Some(module) => format!(" of module '{module}'"),
            None => String::new(),
        };
        let what = format!("The function '{name}'{of} is written in Ruby ({path})");
        let arguments: Vec<Json> = self.written(call.arguments);
        let block = match call.block {
            Some(block) => {
                let signature = call.evaluator.block_type(block)?;
                let described = block.lambda.parameters.iter().map(|parameter| {
                    json!([
                        &*parameter.name,
                        parameter.default.is_some(),
                        parameter.captures_rest,
                    ])
                });
                let mut blocks = self.ruby.blocks.borrow_mut();
                blocks.push(block.clone());
                let signature = ficelle_language::Type::Callable(Arc::new(signature));
                json!({
                    "id": blocks.len() - 1,
                    "type": signature.to_string(),
                    "parameters": described.collect::<Vec<_>>(),
                })
            }
            None => Json::Null,
        };
        let message = json!({
            "do": "call",
            "name": name,
            "module": function.module.as_deref(),
            "path": path.as_str(),
            "arguments": arguments,
            "block": block,
        });
        let reply = self.ask_ruby(&what, Some(path), message, Place::of(call), call.scope);
        if call.block.is_some() {
            self.ruby.blocks.borrow_mut().pop();
        }
        let reply = reply?;
        for (index, changed) in reply["changed"].as_object().into_iter().flatten() {
            let before = index
                .parse()
                .ok()
                .and_then(|at: usize| call.arguments.get(at));
            if let Some(before) = before {
                let after = values::read(self, call.evaluator, changed)?;
                self.change_in_place(call.scope, before, &after);
            }
        }
        values::read(self, call.evaluator, &reply["value"])
    }

    /// Renders a template that the interpreter does not know all of; `None` where no helper is
    /// offered at all.
    pub(super) fn render_ruby(
        &self,
        call: &Call<'_, '_>,
        text: &str,
        path: Option<&str>,
    ) -> Option<Result<String, ErbError>> {
        self.inputs.ruby()?;
        let message = json!({"do": "render", "text": text, "path": path});
        let what = format!(
            "The template {} needs Ruby",
            path.unwrap_or("given as text")
        );
        let rendered = self.ask_ruby(&what, None, message, Place::of(call), call.scope);
        Some(match rendered {
            Ok(reply) => Ok(reply["value"].as_str().unwrap_or_default().to_owned()),
            Err(stopped) => {
                let line = self.ruby.template_line.take();
                Err(ErbError {
                    kind: ErbErrorKind::Raised,
                    message: stopped.into_error().message,
                    line: line.unwrap_or(1),
                })
            }
        })
    }

    /// Runs a back end of a lookup; an error of Puppet's own that it raises in Ruby is shown as it
    /// is, without the call that led there.
    pub(super) fn as_back_end(&self, call: impl FnOnce() -> Evaluated) -> Evaluated {
        self.ruby.own_error.set(false);
        call().map_err(|unwind| match unwind {
            Unwind::Error(error) if error.location.is_none() && self.ruby.own_error.take() => {
                as_it_is(&error.message).into()
            }
            other => other,
        })
    }

    /// Has something done and gives the reply. `what` begins the message when there is nobody to
    /// do it.
    fn ask_ruby(
        &self,
        what: &str,
        path: Option<&Utf8Path>,
        mut message: Json,
        place: Place<'_, '_>,
        scope: &Rc<Scope>,
    ) -> Evaluated<Json> {
        let failed = |error: RubyError| Error::new(format!("{what}: {error}"));
        self.inputs.runs_ruby(what);
        if let Some(path) = path {
            let read = self.inputs.read(path);
            read.map_err(|error| Error::new(error.to_string()))?;
        }
        let outermost = self.begin_ruby().map_err(failed)?;
        let (id, marks) = {
            let mut scopes = self.ruby.scopes.borrow_mut();
            let marks = (scopes.len(), self.ruby.unwinds.borrow().len());
            scopes.push(Rc::clone(scope));
            (scopes.len() - 1, marks)
        };
        message["scope"] = id.into();
        let result = self.converse(&message, place, &failed);
        self.ruby.scopes.borrow_mut().truncate(marks.0);
        if outermost {
            self.ruby.unwinds.borrow_mut().clear();
        }
        result
    }

    /// Sends a message and answers questions until the thing is done.
    fn converse(
        &self,
        message: &Json,
        place: Place<'_, '_>,
        failed: &dyn Fn(RubyError) -> Error,
    ) -> Evaluated<Json> {
        let mut reply = self.ruby.exchange(message).map_err(failed)?;
        loop {
            let kept = |key: &str| {
                let id = usize::try_from(reply.get(key)?.as_u64()?).ok()?;
                self.ruby.unwinds.borrow().get(id).cloned()
            };
            match reply.get("is").and_then(Json::as_str) {
                Some("ask") => {
                    let answer = self.answer(&reply, place);
                    place.evaluator.check_deadline()?;
                    reply = self.ruby.exchange(&answer).map_err(failed)?;
                }
                Some("done") => {
                    self.take_news(&reply).map_err(failed)?;
                    return Ok(reply);
                }
                Some("left") => {
                    self.take_news(&reply).map_err(failed)?;
                    let missing = || failed(RubyError::Garbled("left".into())).into();
                    return Err(kept("id").unwrap_or_else(missing));
                }
                Some("failed") => {
                    self.take_news(&reply).map_err(failed)?;
                    if reply["over"] == true {
                        self.discard_ruby();
                    }
                    let line = reply["line"].as_u64();
                    let line = line.and_then(|line| u32::try_from(line).ok());
                    self.ruby.template_line.set(line);
                    self.ruby.own_error.set(reply["own"] == true);
                    if let Some(unwind) = kept("id") {
                        return Err(unwind);
                    }
                    let message = reply["message"].as_str().unwrap_or_default();
                    return Err(match reply["complete"].as_bool() {
                        Some(true) => as_it_is(message),
                        _ => Error::new(message),
                    }
                    .into());
                }
                _ => {
                    let garbled = RubyError::Garbled("an unknown message".to_owned());
                    return Err(failed(garbled).into());
                }
            }
        }
    }

    /// A function in Ruby may change an array or a hash that it is given: then so is the variable
    /// that has it.
    fn change_in_place(&self, scope: &Rc<Scope>, before: &Value, after: &Value) {
        let mut next = Some(scope);
        while let Some(scope) = next {
            scope.exchange(before, after);
            next = scope.parent();
        }
        self.exchange(scope, before, after);
    }

    /// Makes sure that there is a process; tells whether this is the outermost call.
    fn begin_ruby(&self) -> Result<bool, RubyError> {
        if self.ruby.session.borrow().is_some() {
            return Ok(self.ruby.scopes.borrow().len() == 1);
        }
        let pool = self.inputs.ruby().ok_or_else(|| RubyError::Missing {
            searched: "none is used here".to_owned(),
        })?;
        let environment = RubyEnvironment {
            name: self.environment.name().to_string(),
            directory: self.environment.directory().map(ToOwned::to_owned),
            modulepath: self.environment.configuration().modulepath.clone(),
        };
        let mut settings = serde_json::Map::new();
        for (name, value) in self.settings_values() {
            let value = match value {
                Value::Boolean(value) => Json::Bool(value),
                other => texts::display(&other).into(),
            };
            settings.insert(name.to_string(), value);
        }
        let message = json!({"do": "begin", "node": &*self.node_name, "settings": settings});
        loop {
            let session = pool.session(&environment, self.request.deadline)?;
            *self.ruby.session.borrow_mut() = Some(session);
            *self.ruby.scopes.borrow_mut() = vec![self.top()];
            let reply = self.ruby.exchange(&message)?;
            if self.is_current(reply.get("loaded"))? {
                return Ok(true);
            }
            // Its code is of yesterday: another one, in the end a new one, has today's.
            self.discard_ruby();
        }
    }

    fn discard_ruby(&self) {
        if let Some(mut session) = self.ruby.session.borrow_mut().take() {
            session.discard();
        }
    }

    /// Reads what the process has loaded, and compares.
    fn is_current(&self, loaded: Option<&Json>) -> Result<bool, RubyError> {
        let garbled = || RubyError::Garbled("what it has loaded".to_owned());
        for entry in loaded.and_then(Json::as_array).into_iter().flatten() {
            let path = entry.get(0).and_then(Json::as_str).ok_or_else(garbled)?;
            let digest = entry.get(1).and_then(Json::as_str).ok_or_else(garbled)?;
            let bytes = self.inputs.read(Utf8Path::new(path));
            let is_same = matches!(
                bytes,
                Ok(Some(bytes)) if hex::encode(Sha256::digest(&bytes)) == digest
            );
            if !is_same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What was loaded on the way stands in the record.
    fn take_news(&self, reply: &Json) -> Result<(), RubyError> {
        if self.is_current(reply.get("news"))? {
            return Ok(());
        }
        self.discard_ruby();
        let message = "a file changed while it was loaded; compile again";
        Err(RubyError::Garbled(message.to_owned()))
    }

    fn written(&self, values: &[Value]) -> Vec<Json> {
        let values = values.iter();
        values
            .map(|value| values::write(&self.ruby, value))
            .collect()
    }
}

impl<'a, 'c> Place<'a, 'c> {
    fn of(call: &Call<'a, 'c>) -> Self {
        Self {
            evaluator: call.evaluator,
            span: call.span,
        }
    }
}
