//! What objects answer to, one file a class.
//!
//! `None` means that the class does not know the method; its ancestors are asked next.

pub(super) mod address;
mod argument;
mod array;
pub(super) mod constant;
mod enumerable;
mod enumerator;
pub(super) mod exception;
mod hash;
pub(super) mod kernel;
pub(super) mod known;
mod module;
mod number;
mod object;
mod procedure;
pub(super) mod range;
mod regexp;
mod scope;
mod string;
mod time;

use std::rc::Rc;

use super::{
    interpreter::{Interpreter, Run},
    value::{Enumerator, Procedure, Value},
};

/// What a method gives, if the class knows it.
type Answer = Run<Option<Value>>;
type Block<'a> = Option<&'a Rc<Procedure>>;

/// Asks an object and its ancestors.
pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let own = match receiver {
        Value::String(text) => string::call(ruby, text, name, arguments, block)?,
        Value::Symbol(symbol) => string::symbol(ruby, symbol, name, arguments)?,
        Value::Integer(value) => number::integer(ruby, *value, name, arguments, block)?,
        Value::Float(value) => number::float(ruby, *value, name, arguments, block)?,
        Value::Array(list) => array::call(ruby, list, name, arguments, block)?,
        Value::Hash(map) => hash::call(ruby, map, name, arguments, block)?,
        Value::Range(range) => range::call(ruby, range, name, arguments, block)?,
        Value::Regexp(regexp) => regexp::call(ruby, regexp, name, arguments)?,
        Value::Match(found) => regexp::match_data(ruby, found, name, arguments)?,
        Value::Proc(procedure) => procedure::call(ruby, procedure, name, arguments)?,
        Value::Time(time) => time::call(ruby, time, name, arguments)?,
        Value::Enumerator(enumerator) => {
            enumerator::call(ruby, enumerator, name, arguments, block)?
        }
        Value::Exception(exception) => exception::call(exception, name)?,
        Value::Class(class) => module::call(ruby, class, name, arguments, block)?,
        Value::Scope => scope::call(ruby, name, arguments, block)?,
        Value::Nil => object::nil(name, arguments)?,
        Value::Bool(value) => object::boolean(*value, name, arguments)?,
        Value::Foreign(value) => object::foreign(ruby, value, name)?,
        Value::Address(address) => address::call(address, name, arguments)?,
        Value::Template => None,
    };
    if own.is_some() {
        return Ok(own);
    }
    if matches!(
        receiver,
        Value::Array(_) | Value::Hash(_) | Value::Range(_) | Value::Enumerator(_)
    ) && let Some(value) = enumerable::call(ruby, receiver, name, arguments, block)?
    {
        return Ok(Some(value));
    }
    object::call(ruby, receiver, name, arguments, block)
}

/// A method that iterates, called without a block.
fn enumerator(receiver: &Value, method: &str, arguments: &[Value]) -> Answer {
    Ok(Some(Value::Enumerator(Rc::new(Enumerator {
        receiver: receiver.clone(),
        method: method.into(),
        arguments: arguments.to_vec(),
    }))))
}

/// Wraps a value as the answer.
fn answer(value: impl Into<Value>) -> Answer {
    Ok(Some(value.into()))
}

/// An integer's digits in a base.
pub(super) fn number_in_base(value: i64, base: i64) -> Run<String> {
    number::in_base(value, base)
}
