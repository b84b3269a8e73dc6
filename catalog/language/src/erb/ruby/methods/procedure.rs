//! Blocks and lambdas as objects.

use std::rc::Rc;

use super::{Answer, answer};
use crate::erb::ruby::{
    ast::Lambda,
    interpreter::{Interpreter, Stop},
    value::{Procedure, ProcedureKind, Value},
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    procedure: &Rc<Procedure>,
    name: &str,
    arguments: &[Value],
) -> Answer {
    match name {
        "call" | "()" | "yield" | "[]" | "===" => match ruby.yield_to(procedure, arguments) {
            Err(Stop::Break(jump)) if jump.tag == procedure.tag => Ok(Some(jump.value)),
            other => other.map(Some),
        },
        "to_proc" => answer(Value::Proc(procedure.clone())),
        "lambda?" => answer(matches!(
            procedure.kind,
            ProcedureKind::Code {
                lambda: Lambda::Yes,
                ..
            }
        )),
        "arity" => match &procedure.kind {
            ProcedureKind::Code { code, lambda, .. } => answer(code.parameters.arity(*lambda)),
            _ => answer(-2_i64),
        },
        _ => Ok(None),
    }
}
