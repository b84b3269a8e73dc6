//! What every object answers to, and nil, true and false.

use std::rc::Rc;

use super::{Answer, Block, answer};
use crate::{
    erb::ruby::{
        compare,
        interpreter::{Interpreter, Stop, name_of},
        json,
        text::{class_name, display, inspect, is_of_class},
        value::{Entries, Value},
        yaml,
    },
    values::Value as PuppetValue,
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    match (name, arguments) {
        ("equal?", [other]) => answer(match (receiver, other) {
            (Value::String(a), Value::String(b)) => Rc::ptr_eq(a, b),
            (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b),
            (Value::Hash(a), Value::Hash(b)) => Rc::ptr_eq(a, b),
            _ => compare::same_key(receiver, other),
        }),
        ("==" | "===", [other]) => answer(compare::equal(receiver, other)),
        ("!=", [other]) => answer(!compare::equal(receiver, other)),
        ("eql?", [other]) => answer(compare::same_key(receiver, other)),
        ("<=>", [other]) => {
            let order = compare::compare(receiver, other);
            answer(order.map(|order| order as i64))
        }
        ("=~", [_]) => answer(Value::Nil),
        ("!", []) => answer(!receiver.is_truthy()),
        ("nil?", []) => answer(receiver.is_nil()),
        ("to_s", _) => {
            let text = display(receiver)?;
            ruby.string(text).map(Some)
        }
        ("inspect" | "pretty_inspect", []) => {
            let text = inspect(receiver);
            ruby.string(text).map(Some)
        }
        ("class", []) => answer(Value::Class(class_name(receiver))),
        ("is_a?" | "kind_of?", [class]) => match class {
            Value::Class(class) => answer(is_of_class(receiver, class)),
            _ => Err(Stop::of_type("class or module required")),
        },
        ("instance_of?", [Value::Class(class)]) => answer(class_name(receiver) == *class),
        ("respond_to?", [name, ..]) => {
            let name = name_of(name)?;
            answer(ruby.responds(receiver, &name))
        }
        ("send" | "public_send" | "__send__", [name, rest @ ..]) => {
            ruby.send_by_name(receiver, name, rest, block).map(Some)
        }
        ("method", [name]) => {
            let kind =
                crate::erb::ruby::value::ProcedureKind::Method(receiver.clone(), name_of(name)?);
            answer(Value::Proc(ruby.wrap(kind)))
        }
        ("freeze" | "itself", []) => answer(receiver.clone()),
        ("dup" | "clone", _) => answer(receiver.clone()),
        ("frozen?", []) => answer(!matches!(
            receiver,
            Value::String(_) | Value::Array(_) | Value::Hash(_)
        )),
        ("tap", []) => match block {
            Some(block) => {
                ruby.yield_to(block, std::slice::from_ref(receiver))?;
                answer(receiver.clone())
            }
            None => Ok(None),
        },
        ("then" | "yield_self", []) => match block {
            Some(block) => ruby
                .yield_to(block, std::slice::from_ref(receiver))
                .map(Some),
            None => Ok(None),
        },
        ("instance_variable_get", [name]) => instance(ruby, receiver, name, None),
        ("instance_variable_set", [name, value]) => instance(ruby, receiver, name, Some(value)),
        ("instance_variable_defined?", [name]) if matches!(receiver, Value::Template) => {
            let name = name_of(name)?;
            answer(ruby.is_instance_defined(name.trim_start_matches('@')))
        }
        ("to_json", [Value::Hash(options)]) if !options.entries.borrow().is_empty() => {
            Err(Stop::unsupported("options of to_json"))
        }
        ("to_json", _) => {
            let text = json::generate(receiver)?;
            ruby.string(text).map(Some)
        }
        ("to_yaml", options) => {
            let text = yaml::dump(receiver, options.first())?;
            ruby.string(text).map(Some)
        }
        ("instance_variables", []) if matches!(receiver, Value::Template) => {
            Err(Stop::unsupported("the list of instance variables"))
        }
        ("display", []) => answer(Value::Nil),
        _ => Ok(None),
    }
}

fn instance(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &Value,
    value: Option<&Value>,
) -> Answer {
    let name = name_of(name)?;
    let Some(name) = name.strip_prefix('@') else {
        let message = format!("'{name}' is not allowed as an instance variable name");
        return Err(Stop::raise("NameError", message));
    };
    if !matches!(receiver, Value::Template) {
        return Ok(None);
    }
    match value {
        None => ruby.instance(&name.into()).map(Some),
        Some(value) => {
            ruby.set_instance(name, value.clone());
            answer(value.clone())
        }
    }
}

pub(super) fn nil(name: &str, arguments: &[Value]) -> Answer {
    match (name, arguments) {
        ("to_a", []) => answer(Vec::new()),
        ("to_h", []) => answer(Value::map(Entries::default())),
        ("to_i", []) => answer(0_i64),
        ("to_f", []) => answer(0.0),
        ("to_s", []) => answer(""),
        ("&", [_]) => answer(false),
        ("|", [other]) => answer(other.is_truthy()),
        _ => Ok(None),
    }
}

pub(super) fn boolean(value: bool, name: &str, arguments: &[Value]) -> Answer {
    match (name, arguments) {
        ("&", [other]) => answer(value && other.is_truthy()),
        ("|", [other]) => answer(value || other.is_truthy()),
        ("^", [other]) => answer(value != other.is_truthy()),
        _ => Ok(None),
    }
}

/// Values of the Puppet language that Ruby has no class for.
pub(super) fn foreign(ruby: &mut Interpreter<'_>, value: &Rc<PuppetValue>, name: &str) -> Answer {
    match (&**value, name) {
        (PuppetValue::Sensitive(inner), "unwrap") => {
            answer(crate::erb::ruby::convert::to_ruby(inner))
        }
        (PuppetValue::Binary(bytes), "length" | "size") => answer(bytes.len()),
        (_, "to_str") => {
            let text = value.to_string();
            ruby.string(text).map(Some)
        }
        (
            _,
            "==" | "equal?" | "===" | "!=" | "eql?" | "!" | "nil?" | "to_s" | "inspect" | "class"
            | "is_a?" | "kind_of?" | "instance_of?" | "respond_to?" | "freeze" | "dup" | "clone"
            | "tap" | "then" | "send" | "itself" | "=~",
        ) => Ok(None),
        (_, other) => Err(Stop::unsupported(format!(
            "the method '{other}' of a {}",
            class_name(&Value::Foreign(value.clone()))
        ))),
    }
}
