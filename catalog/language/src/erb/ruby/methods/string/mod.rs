//! Strings and symbols.

mod pattern;
mod plain;
mod slice;

use super::{Answer, Block, answer, argument};
use crate::erb::ruby::{
    interpreter::{Interpreter, Run},
    value::{Text, Value},
};

pub(super) use plain::successor;

/// Methods that change the string to what their namesake gives, and give nil where nothing has
/// changed.
const IN_PLACE: &[&str] = &[
    "gsub!",
    "sub!",
    "tr!",
    "tr_s!",
    "delete!",
    "squeeze!",
    "strip!",
    "lstrip!",
    "rstrip!",
    "chomp!",
    "chop!",
    "upcase!",
    "downcase!",
    "capitalize!",
    "swapcase!",
    "reverse!",
    "succ!",
    "next!",
    "delete_prefix!",
    "delete_suffix!",
    "unicode_normalize!",
    "encode!",
    "scrub!",
];

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    text: &Text,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    if name.ends_with('!') && IN_PLACE.contains(&name) {
        let namesake = &name[..name.len() - 1];
        let Some(Value::String(changed)) = call(ruby, text, namesake, arguments, block)? else {
            return Ok(None);
        };
        let changed = changed.borrow().clone();
        let is_same = **text.borrow() == *changed;
        *text.borrow_mut() = changed;
        ruby.objects.is_changed = true;
        let always = matches!(name, "reverse!" | "succ!" | "next!" | "encode!");
        return answer(if is_same && !always {
            Value::Nil
        } else {
            Value::String(text.clone())
        });
    }
    ruby.objects.is_changed |= is_mutating(name);
    if let Some(value) = plain::call(ruby, text, name, arguments)? {
        return Ok(Some(value));
    }
    if let Some(value) = slice::call(ruby, text, name, arguments, block)? {
        return Ok(Some(value));
    }
    pattern::call(ruby, text, name, arguments, block)
}

/// Methods that change the string and have no namesake.
fn is_mutating(name: &str) -> bool {
    matches!(
        name,
        "<<" | "[]=" | "clear" | "concat" | "insert" | "prepend" | "replace" | "slice!"
    )
}

/// Symbols answer to much of what strings do.
pub(super) fn symbol(
    ruby: &mut Interpreter<'_>,
    symbol: &std::sync::Arc<str>,
    name: &str,
    arguments: &[Value],
) -> Answer {
    let text = || -> Text { std::rc::Rc::new(std::cell::RefCell::new(symbol.clone().into())) };
    match name {
        "to_sym" => answer(Value::Symbol(symbol.clone())),
        "to_s" | "name" | "id2name" => answer(Value::text(symbol.clone())),
        "to_proc" => {
            let kind = crate::erb::ruby::value::ProcedureKind::Symbol(symbol.clone());
            answer(Value::Proc(ruby.wrap(kind)))
        }
        "upcase" | "downcase" | "capitalize" | "swapcase" | "succ" => {
            match call(ruby, &text(), name, arguments, None)? {
                Some(Value::String(text)) => answer(Value::symbol(text.borrow().share())),
                other => Ok(other),
            }
        }
        "length" | "size" | "empty?" | "start_with?" | "end_with?" | "[]" | "=~" | "match"
        | "match?" => call(ruby, &text(), name, arguments, None),
        _ => Ok(None),
    }
}

/// The arguments as strings.
fn strings(arguments: &[Value]) -> Run<Vec<String>> {
    arguments.iter().map(argument::string).collect()
}
