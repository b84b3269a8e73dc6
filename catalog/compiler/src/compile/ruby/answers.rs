//! What the helper asks in the middle of its work, answered from the compile.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{
    Error, Evaluated, Scope, Unwind, Value,
    evaluator::{Block, Call},
    host::{ClassScope, Host as _, Level},
};
use ficelle_model::Reference;
use ficelle_syntax::{
    ast::{ExpressionKind, Lambda},
    source::Source,
};
use serde_json::{Map, Value as Json, json};

use super::{BLOCK, Place, values};
use crate::compile::{
    Compiler, declare::class_reference, frame::Frame, resources::ResourceId, tags::Tags,
};

impl Compiler<'_> {
    /// The message that answers a question; whatever went wrong waits here for its way back.
    pub(super) fn answer(&self, question: &Json, place: Place<'_, '_>) -> Json {
        match self.answered(question, place) {
            Ok(answer) => json!({"do": "answer", "answer": answer}),
            Err(Unwind::Error(error)) => {
                let message = error.message.clone();
                let id = self.ruby.keep(Unwind::Error(error));
                json!({"do": "answer", "error": id, "message": message})
            }
            Err(stops @ Unwind::Break(_)) => {
                json!({"do": "answer", "stops": self.ruby.keep(stops)})
            }
            Err(leaves) => json!({"do": "answer", "leaves": self.ruby.keep(leaves)}),
        }
    }

    fn answered(&self, question: &Json, place: Place<'_, '_>) -> Evaluated<Json> {
        let text = |key: &str| question[key].as_str().unwrap_or_default();
        let arguments = || -> Evaluated<Vec<Value>> {
            let given = question["arguments"].as_array().into_iter().flatten();
            given
                .map(|wire| values::read(self, place.evaluator, wire))
                .collect()
        };
        let scope = || self.ruby_scope(&question["scope"]);
        Ok(match text("what") {
            "variable" => match place.evaluator.variable(text("name"), &*scope()?) {
                Some(value) => json!([values::write(&self.ruby, &value)]),
                None => Json::Null,
            },
            "bound" => scope()?.own_variable(text("name")).is_some().into(),
            "set" => {
                let value = values::read(self, place.evaluator, &question["value"])?;
                let name = text("name");
                scope()?
                    .set(name, value)
                    .map_err(|_| Error::new(format!("Cannot reassign variable '${name}'")))?;
                Json::Null
            }
            "variables" => {
                let all = scope()?.visible_variables();
                let written = all
                    .into_iter()
                    .map(|(name, value)| (name.to_string(), values::write(&self.ruby, &value)));
                Json::Object(written.collect())
            }
            "function" => {
                let arguments = arguments()?;
                let block = self.ruby_block(&question["block"]);
                let name = text("name");
                let scope = scope()?;
                // Who calls says so itself, in the words of its own kind of function.
                if block.is_none()
                    && !self.is_context_call(&arguments)
                    && !place.evaluator.has_function(name)?
                {
                    return Ok(json!({"unknown": name}));
                }
                let evaluator = place.evaluator;
                let block = block.as_ref();
                let value = evaluator.call_function(name, &arguments, block, place.span, &scope)?;
                values::write(&self.ruby, &value)
            }
            "has_function" => place.evaluator.has_function(text("name"))?.into(),
            "yield" => {
                let id = question["block"]
                    .as_u64()
                    .and_then(|id| usize::try_from(id).ok());
                let block = id.and_then(|id| self.ruby.blocks.borrow().get(id).cloned());
                let block = block.ok_or_else(|| Error::new("the block is no more"))?;
                let value = block.call(place.evaluator, &arguments()?)?;
                values::write(&self.ruby, &value)
            }
            "resource" => {
                let wanted = match text("type").eq_ignore_ascii_case("class") {
                    true => class_reference(text("title")),
                    false => Reference::new(text("type"), text("title")),
                };
                let found = self.find_named(&wanted);
                found.map_or(Json::Null, |id| self.described(id))
            }
            "resources" => self.table.ids().map(|id| self.described(id)).collect(),
            "container" => self.described(Frame::of(&*scope()?).resource),
            "scope_tags" => {
                let resource = self.table.get(Frame::of(&*scope()?).resource);
                words(&resource.tags)
            }
            "classes" => {
                let names = self.class_names.borrow();
                names.iter().map(|name| Json::from(&**name)).collect()
            }
            "tags" => {
                let tags = self.tags.borrow();
                words(&tags)
            }
            "class_scope" => match self.class_scope(text("name").trim_start_matches("::")) {
                ClassScope::Evaluated(scope) => {
                    let mut scopes = self.ruby.scopes.borrow_mut();
                    scopes.push(scope);
                    (scopes.len() - 1).into()
                }
                _ => Json::Null,
            },
            "log" => {
                let level = match text("level") {
                    "debug" => Level::Debug,
                    "info" => Level::Info,
                    "warning" => Level::Warning,
                    "err" => Level::Error,
                    "alert" => Level::Alert,
                    "crit" => Level::Critical,
                    "emerg" => Level::Emergency,
                    _ => Level::Notice,
                };
                self.log(level, text("message"), None);
                Json::Null
            }
            other => return Err(Error::new(format!("the helper asks for '{other}'")).into()),
        })
    }

    fn ruby_scope(&self, id: &Json) -> Evaluated<Rc<Scope>> {
        let id = id.as_u64().and_then(|id| usize::try_from(id).ok());
        let found = id.and_then(|id| self.ruby.scopes.borrow().get(id).cloned());
        found.ok_or_else(|| Error::new("the scope is no more").into())
    }

    /// A context's methods are functions of no other name.
    fn is_context_call(&self, arguments: &[Value]) -> bool {
        matches!(arguments.first(), Some(Value::Object(_)))
    }

    fn described(&self, id: ResourceId) -> Json {
        let declared = self.table.get(id);
        let mut parameters = Map::new();
        for (name, parameter) in &declared.parameters {
            let value = values::write(&self.ruby, &parameter.value);
            parameters.insert(name.to_string(), value);
        }
        for name in declared.left_undef() {
            parameters.entry(&**name).or_insert(Json::Null);
        }
        json!({
            "type": &*declared.reference.type_name,
            "title": &*declared.reference.title,
            "parameters": parameters,
            "tags": words(&declared.tags),
            "virtual": declared.is_virtual,
            "exported": declared.exported,
            "file": declared.file.as_deref(),
            "line": declared.line,
        })
    }

    /// Calls a block of Ruby's, by its number and with the arguments behind it.
    pub(super) fn call_ruby_block(&self, call: &Call<'_, '_>) -> Evaluated {
        let (Some(Value::Integer(id)), true) =
            (call.arguments.first(), self.ruby.session.borrow().is_some())
        else {
            return Err(Error::issue(format!("Unknown function: '{BLOCK}'.")).into());
        };
        let arguments = self.written(&call.arguments[1..]);
        let message = json!({"do": "yield", "block": id, "arguments": arguments});
        let failed = |error| Error::new(format!("A block in Ruby failed: {error}"));
        let reply = self.converse(&message, Place::of(call), &failed)?;
        values::read(self, call.evaluator, &reply["value"])
    }

    /// A block of Ruby's as a lambda of the language, which calls it.
    fn ruby_block(&self, described: &Json) -> Option<Block> {
        let id = described.get("id")?.as_u64()?;
        let (mut formal, mut actual) = (Vec::new(), String::new());
        for (index, kind) in described.get("parameters")?.as_array()?.iter().enumerate() {
            let splat = match kind.as_str() {
                Some("req" | "opt") => "",
                Some("rest") => "*",
                _ => continue,
            };
            formal.push(format!("{splat}$p{index}"));
            actual.push_str(&format!(", {splat}$p{index}"));
        }
        if formal.is_empty() {
            formal.push("*$ignored".to_owned());
        }
        let code = format!("f() |{}| {{ {BLOCK}({id}{actual}) }}", formal.join(", "));
        let parsed = ficelle_syntax::parse_expression(Source::new(None, code));
        let lambda: Arc<Lambda> = match &parsed.program.body.first()?.kind {
            ExpressionKind::Call(call) => Arc::clone(call.lambda.as_ref()?),
            _ => return None,
        };
        let scope = self.top();
        Some(Block { lambda, scope })
    }
}

fn words(tags: &Tags) -> Json {
    tags.list().iter().map(|tag| Json::from(&**tag)).collect()
}
