//! Parts of strings: indexes, searches, splitting into lines.

use std::sync::Arc;

use super::{Answer, Block, answer, argument, strings};
use crate::erb::ruby::{
    interpreter::{Interpreter, Run, Stop},
    methods::{enumerator, regexp},
    text::symbol_of,
    value::{Text, Value},
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    text: &Text,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let content = || text.borrow().share();
    match (name, arguments) {
        ("[]" | "slice", _) => answer(slice(ruby, &content(), arguments)?),
        ("slice!", _) => {
            let whole = content();
            let found = slice(ruby, &whole, arguments)?;
            if let Some(found) = &found
                && let Some(at) = start_of(ruby, &whole, arguments, found)?
            {
                text.borrow_mut()
                    .to_mut()
                    .replace_range(at..at + found.len(), "");
            }
            answer(found)
        }
        ("[]=", [key @ .., value]) => {
            let value_text = argument::string(value)?;
            let whole = content();
            let found = match (slice(ruby, &whole, key)?, key) {
                (Some(found), _) => found,
                // What is put right behind the last character is added.
                (None, [Value::Integer(at)])
                    if usize::try_from(*at).is_ok_and(|at| at == whole.chars().count()) =>
                {
                    String::new()
                }
                (None, _) => return Err(Stop::raise("IndexError", "index out of string")),
            };
            let Some(at) = start_of(ruby, &whole, key, &found)? else {
                return Err(Stop::raise("IndexError", "string not matched"));
            };
            ruby.allocate(value_text.len())?;
            text.borrow_mut()
                .to_mut()
                .replace_range(at..at + found.len(), &value_text);
            answer(value.clone())
        }
        ("include?", [part]) => {
            let part = argument::string(part)?;
            answer(text.borrow().contains(&*part))
        }
        ("start_with?", parts) => {
            for part in parts {
                let holds = match part {
                    Value::Regexp(pattern) => {
                        let whole = content();
                        let found = regexp::search(ruby, pattern, &whole, 0)?;
                        found.is_some_and(|found| matches!(found.groups[0], Some((0, _))))
                    }
                    other => text.borrow().starts_with(&*argument::string(other)?),
                };
                if holds {
                    return answer(true);
                }
            }
            answer(false)
        }
        ("end_with?", parts) => {
            let whole = text.borrow();
            answer(strings(parts)?.iter().any(|part| whole.ends_with(&**part)))
        }
        ("index", [part, rest @ ..]) => {
            let whole = content();
            let from = match rest.first() {
                Some(from) => argument::integer(from)?,
                None => 0,
            };
            let length = whole.chars().count();
            let Some((from, _)) = argument::span(from, 0, length) else {
                return answer(Value::Nil);
            };
            let byte = byte_of(&whole, from);
            let found = match part {
                Value::Regexp(pattern) => {
                    let whole = whole.clone();
                    let found = regexp::search(ruby, pattern, &whole, byte)?;
                    found
                        .and_then(|found| found.groups[0])
                        .map(|(start, _)| start)
                }
                other => whole[byte..]
                    .find(&*argument::string(other)?)
                    .map(|at| at + byte),
            };
            answer(found.map(|at| whole[..at].chars().count()))
        }
        ("rindex", [part]) => {
            let whole = content();
            let at = match part {
                Value::Regexp(pattern) => regexp::search_back(ruby, pattern, &whole)?
                    .and_then(|found| found.groups[0])
                    .map(|(start, _)| start),
                other => whole.rfind(&*argument::string(other)?),
            };
            answer(at.map(|at| whole[..at].chars().count()))
        }
        ("lines" | "each_line", _) => {
            let whole = content();
            let is_chomping = matches!(arguments.last(), Some(Value::Hash(map))
                if map.entries.borrow().values().any(Value::is_truthy));
            if arguments
                .iter()
                .any(|argument| matches!(argument, Value::String(_)))
            {
                return Err(Stop::unsupported("lines with a separator"));
            }
            let lines: Vec<Value> = whole
                .split_inclusive('\n')
                .map(|line| match is_chomping {
                    true => Value::text(
                        line.strip_suffix("\r\n")
                            .or_else(|| line.strip_suffix('\n'))
                            .unwrap_or(line),
                    ),
                    false => Value::text(line),
                })
                .collect();
            each(ruby, text, name, arguments, lines, block, name == "lines")
        }
        ("each_char", []) => {
            let characters = content().chars().map(Value::text).collect();
            each(ruby, text, name, arguments, characters, block, false)
        }
        ("upto", [last, is_exclusive @ ..]) => {
            let range = crate::erb::ruby::value::RangeValue {
                from: Value::String(text.clone()),
                to: last.clone(),
                is_exclusive: is_exclusive.first().is_some_and(Value::is_truthy),
            };
            let items = crate::erb::ruby::methods::range::elements(ruby, &range)?;
            each(ruby, text, name, arguments, items, block, false)
        }
        _ => Ok(None),
    }
}

fn each(
    ruby: &mut Interpreter<'_>,
    text: &Text,
    name: &str,
    arguments: &[Value],
    items: Vec<Value>,
    block: Block<'_>,
    gives_list: bool,
) -> Answer {
    match block {
        Some(block) => {
            for item in items {
                ruby.yield_to(block, &[item])?;
            }
            answer(Value::String(text.clone()))
        }
        None if gives_list => ruby.list(items).map(Some),
        None => enumerator(&Value::String(text.clone()), name, arguments),
    }
}

fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices()
        .nth(character)
        .map_or(text.len(), |(byte, _)| byte)
}

/// `text[…]`
fn slice(ruby: &mut Interpreter<'_>, text: &str, key: &[Value]) -> Run<Option<String>> {
    let cut =
        |start: usize, count: usize| -> String { text.chars().skip(start).take(count).collect() };
    let length = text.chars().count();
    match key {
        [Value::Range(range)] => {
            let span = argument::range_span(range, length)?;
            Ok(span.map(|(start, count)| cut(start, count)))
        }
        [Value::String(part)] => {
            let part = part.borrow();
            Ok(text.contains(part.as_str()).then(|| part.to_string()))
        }
        [Value::Regexp(pattern), group @ ..] => {
            let whole: Arc<str> = text.into();
            let Some(found) = regexp::search(ruby, pattern, &whole, 0)? else {
                return Ok(None);
            };
            let index = match group.first() {
                None => Some(0),
                Some(group) => match symbol_of(group) {
                    Some(name) => found.named(&name),
                    None => argument::index(argument::integer(group)?, found.groups.len()),
                },
            };
            Ok(index
                .and_then(|index| found.group(index))
                .map(str::to_owned))
        }
        [index] => {
            let index = argument::index(argument::integer(index)?, length);
            Ok(index.map(|index| cut(index, 1)))
        }
        [start, count] => {
            let (start, count) = (argument::integer(start)?, argument::integer(count)?);
            let span = argument::span(start, count, length);
            Ok(span.map(|(start, count)| cut(start, count)))
        }
        _ => Err(Stop::argument("wrong number of arguments")),
    }
}

/// The byte offset of what [`slice`] has found.
fn start_of(
    ruby: &mut Interpreter<'_>,
    text: &str,
    key: &[Value],
    found: &str,
) -> Run<Option<usize>> {
    let length = text.chars().count();
    Ok(match key {
        [Value::String(_)] => text.find(found),
        [Value::Range(range)] => {
            argument::range_span(range, length)?.map(|(start, _)| byte_of(text, start))
        }
        [Value::Regexp(_), group @ ..] => {
            let index = match group.first() {
                Some(Value::Integer(index)) => usize::try_from(*index).unwrap_or(0),
                _ => 0,
            };
            let matched = ruby.last_match.as_ref();
            matched
                .and_then(|found| *found.groups.get(index)?)
                .map(|(start, _)| start)
        }
        [start, ..] => {
            let start = argument::integer(start)?;
            argument::span(start, 0, length).map(|(start, _)| byte_of(text, start))
        }
        [] => None,
    })
}
