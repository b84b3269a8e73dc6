//! Object types that modules write in Ruby (`lib/puppet/datatypes`): the helper says what they
//! consist of, and calls what is a method of theirs there.

use std::sync::Arc;

use ficelle_language::{
    Error, Evaluated, Evaluator, Type, Value, evaluator::Call, types::ObjectType,
};
use serde_json::{Value as Json, json};

use super::{Place, values};
use crate::compile::Compiler;

impl Compiler<'_> {
    /// The type of this name, where a module has it in Ruby.
    pub(in crate::compile) fn ruby_datatype(
        &self,
        evaluator: &Evaluator<'_>,
        name: &str,
    ) -> Evaluated<Option<Arc<ObjectType>>> {
        let Some(path) = self.definitions.ruby_datatype(name)? else {
            return Ok(None);
        };
        let what = format!("The type {name} is written in Ruby ({path})");
        let place = Place {
            evaluator,
            span: Default::default(),
        };
        let message = json!({"do": "datatype", "name": name});
        let reply = self.ask_ruby(&what, Some(&path), message, place, &self.top())?;
        let members = values::read(self, evaluator, &reply["value"])?;
        let Value::Hash(members) = members else {
            return Err(Error::new(format!("{path} defines no object type")).into());
        };
        let object = ObjectType::named(name);
        object
            .define(&members)
            .map_err(|refusal| Error::new(refusal.message))?;
        Ok(Some(object))
    }

    /// Calls a method of an object whose type is written in Ruby; `None` where it has none of this
    /// name.
    pub(super) fn call_ruby_member(&self, call: &Call<'_, '_>) -> Option<Evaluated> {
        let (Value::Object(object), arguments) = call.arguments.split_first()? else {
            return None;
        };
        let Type::Object(of) = &object.object_type else {
            return None;
        };
        of.member(call.name)?;
        match self.definitions.ruby_datatype(&of.name) {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        }
        let message = json!({
            "do": "member",
            "name": call.name,
            "receiver": values::write(&self.ruby, &call.arguments[0]),
            "arguments": self.written(arguments),
        });
        let what = format!(
            "The method '{}' of {} is written in Ruby",
            call.name, of.name
        );
        let reply = self.ask_ruby(&what, None, message, Place::of(call), call.scope);
        let value = |reply: Json| values::read(self, call.evaluator, &reply["value"]);
        Some(reply.and_then(value))
    }
}
