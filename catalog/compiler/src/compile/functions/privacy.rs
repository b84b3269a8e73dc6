//! `assert_private`, `private`: classes and defines that only their own module may use.

use ficelle_language::{
    Error, Evaluated, Value,
    evaluator::Call,
    host::{Host as _, Level},
};

use super::super::{Compiler, frame::Frame, resources::Source};

pub(super) fn assert_private(_: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let variable = |name| call.evaluator.variable(name, call.scope);
    if variable("module_name") == variable("caller_module_name") {
        return Ok(Value::Undef);
    }
    let message = match call.arguments.first() {
        Some(Value::String(message)) => message.to_string(),
        _ => match Frame::of(call.scope).source() {
            Source::Class(name) => format!("Class {name} is private"),
            Source::Main => "Class  is private".to_owned(),
            Source::Define(name) | Source::Node(name) => format!("Definition {name} is private"),
        },
    };
    Err(Error::new(message).into())
}

pub(super) fn private(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    compiler.log(
        Level::Warning,
        "private() DEPRECATED: This function will cease to function on Puppet 4; please use \
         assert_private() before upgrading to puppet 4 for backwards-compatibility, or migrate to \
         the new parser's typing system.",
        None,
    );
    assert_private(compiler, call)
}
