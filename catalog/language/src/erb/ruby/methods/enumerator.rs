//! Enumerators: `each_with_index.map`, `map.with_index(1)` and their like.

use std::{cell::Cell, rc::Rc};

use super::{Answer, Block, answer, argument, enumerator as of};
use crate::erb::ruby::{
    interpreter::Interpreter,
    value::{Enumerator, ProcedureKind, Value},
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    enumerator: &Rc<Enumerator>,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = Value::Enumerator(enumerator.clone());
    let wrapped = match (name, block) {
        ("with_index" | "each_with_index", Some(block)) => {
            let start = match arguments.first() {
                None | Some(Value::Nil) => 0,
                Some(start) => argument::integer(start)?,
            };
            ruby.wrap(ProcedureKind::WithIndex(block.clone(), Cell::new(start)))
        }
        ("with_object" | "each_with_object", Some(block)) => {
            let object = argument::at(arguments, 0);
            ruby.wrap(ProcedureKind::WithObject(block.clone(), object))
        }
        ("each", Some(block)) => block.clone(),
        ("with_index" | "each_with_index" | "with_object", None) => {
            return of(&itself, name, arguments);
        }
        ("each", None) => return answer(itself),
        ("size", None) => return answer(ruby.elements(&itself)?.len()),
        _ => return Ok(None),
    };
    let result = ruby.send(
        &enumerator.receiver,
        &enumerator.method,
        &enumerator.arguments,
        Some(&wrapped),
    )?;
    Ok(Some(match name {
        "with_object" | "each_with_object" => argument::at(arguments, 0),
        _ => result,
    }))
}
