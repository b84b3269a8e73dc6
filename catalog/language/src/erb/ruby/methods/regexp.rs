//! Regular expressions and what they find.

use std::{rc::Rc, sync::Arc};

use super::{Answer, answer, argument};
use crate::erb::ruby::{
    interpreter::{Interpreter, Run, Stop},
    text::{display, symbol_of},
    value::{Entries, Groups, MatchValue, RegexpValue, Value},
};

/// Looks for a match from a byte offset on, and remembers it as `$~`.
pub(super) fn search(
    ruby: &mut Interpreter<'_>,
    regexp: &Arc<RegexpValue>,
    text: &Arc<str>,
    from: usize,
) -> Run<Option<Rc<MatchValue>>> {
    ruby.step()?;
    let compiled = regexp
        .compiled
        .compiled()
        .map_err(|error| Stop::unsupported(format!("the regular expression: {error}")))?;
    let groups = groups(compiled, text, from)
        .map_err(|_| Stop::limit(format!("matching /{}/ takes too many steps", regexp.source)))?;
    ruby.last_match = groups.map(|groups| {
        let names = compiled
            .capture_names()
            .enumerate()
            .filter_map(|(index, name)| Some((Arc::from(name?), index)))
            .collect();
        Rc::new(MatchValue {
            text: text.clone(),
            groups,
            names,
            regexp: regexp.clone(),
        })
    });
    Ok(ruby.last_match.clone())
}

/// As [`search`], for the match that starts last.
pub(super) fn search_back(
    ruby: &mut Interpreter<'_>,
    regexp: &Arc<RegexpValue>,
    text: &Arc<str>,
) -> Run<Option<Rc<MatchValue>>> {
    let ends = [text.len()];
    let starts = text.char_indices().map(|(at, _)| at).rev();
    for from in ends.into_iter().chain(starts) {
        // Each look may go on to the text's end: what that takes is bounded with the rest.
        ruby.allocate(16 + (text.len() - from) / 8)?;
        if let Some(found) = search(ruby, regexp, text, from)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Where a match and its groups are. A match without groups is found with less.
fn groups(
    compiled: &fancy_regex::Regex,
    text: &str,
    from: usize,
) -> Result<Option<Groups>, fancy_regex::Error> {
    if compiled.captures_len() == 1 {
        let found = compiled.find_from_pos(text, from)?;
        return Ok(found.map(|found| vec![Some((found.start(), found.end()))]));
    }
    let captures = compiled.captures_from_pos(text, from)?;
    let span = |group: fancy_regex::Match<'_>| (group.start(), group.end());
    Ok(captures.map(|captures| captures.iter().map(|group| group.map(span)).collect()))
}

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    regexp: &Arc<RegexpValue>,
    name: &str,
    arguments: &[Value],
) -> Answer {
    let subject = || -> Run<Option<Arc<str>>> {
        match arguments.first() {
            Some(Value::String(text)) => Ok(Some(text.borrow().share())),
            Some(Value::Symbol(name)) => Ok(Some(name.clone())),
            Some(Value::Nil) | None => Ok(None),
            Some(other) => argument::string(other).map(|text| Some(text.into())),
        }
    };
    match name {
        "===" => {
            let text = match arguments.first() {
                Some(Value::String(_) | Value::Symbol(_)) => subject()?,
                _ => None,
            };
            match text {
                Some(text) => answer(search(ruby, regexp, &text, 0)?.is_some()),
                None => answer(false),
            }
        }
        "=~" => match subject()? {
            Some(text) => {
                let found = search(ruby, regexp, &text, 0)?;
                answer(found.map(|found| position(&found, 0)))
            }
            None => {
                ruby.last_match = None;
                answer(Value::Nil)
            }
        },
        "match" => match subject()? {
            Some(text) => answer(search(ruby, regexp, &text, 0)?.map(Value::Match)),
            None => {
                ruby.last_match = None;
                answer(Value::Nil)
            }
        },
        "match?" => match subject()? {
            Some(text) => {
                let before = ruby.last_match.clone();
                let found = search(ruby, regexp, &text, 0)?.is_some();
                ruby.last_match = before;
                answer(found)
            }
            None => answer(false),
        },
        "source" => answer(&*regexp.source),
        "options" => {
            let bits = regexp.options.chars().map(|option| match option {
                'i' => 1,
                'x' => 2,
                _ => 4,
            });
            answer(bits.sum::<i64>())
        }
        _ => Ok(None),
    }
}

/// Where a group starts, in characters.
pub(super) fn position(found: &MatchValue, group: usize) -> Value {
    match found.groups.get(group) {
        Some(Some((start, _))) => found.text[..*start].chars().count().into(),
        _ => Value::Nil,
    }
}

pub(super) fn match_data(
    _ruby: &mut Interpreter<'_>,
    found: &Rc<MatchValue>,
    name: &str,
    arguments: &[Value],
) -> Answer {
    let groups = |from: usize| -> Vec<Value> {
        (from..found.groups.len())
            .map(|index| found.value(index))
            .collect()
    };
    let (start, end) = found.groups[0].unwrap_or_default();
    match (name, arguments) {
        ("[]", [key]) => match symbol_of(key) {
            Some(name) => match found.named(&name) {
                Some(index) => answer(found.value(index)),
                None => Err(Stop::raise(
                    "IndexError",
                    format!("undefined group name reference: {name}"),
                )),
            },
            None => {
                let index = argument::integer(key)?;
                let index = argument::index(index, found.groups.len());
                answer(index.map(|index| found.value(index)))
            }
        },
        ("to_a", []) => answer(groups(0)),
        ("captures", []) => answer(groups(1)),
        ("named_captures", []) => {
            let entry = |(name, index): &(Arc<str>, usize)| {
                (Value::text(&**name).into_key(), found.value(*index))
            };
            answer(Value::map(
                found.names.iter().map(entry).collect::<Entries>(),
            ))
        }
        ("names", []) => answer(
            found
                .names
                .iter()
                .map(|(name, _)| Value::text(&**name))
                .collect::<Vec<_>>(),
        ),
        ("pre_match", []) => answer(&found.text[..start]),
        ("post_match", []) => answer(&found.text[end..]),
        ("string", []) => answer(Value::text(found.text.clone())),
        ("regexp", []) => answer(Value::Regexp(found.regexp.clone())),
        ("begin", [index]) => {
            let index = argument::size(index)?;
            answer(position(found, index))
        }
        ("end", [index]) => match found.groups.get(argument::size(index)?) {
            Some(Some((_, end))) => answer(found.text[..*end].chars().count()),
            _ => answer(Value::Nil),
        },
        ("size" | "length", []) => answer(found.groups.len()),
        ("values_at", indexes) => {
            let value = |index: &Value| {
                let index = argument::index(argument::integer(index)?, found.groups.len());
                Ok(index.map_or(Value::Nil, |index| found.value(index)))
            };
            answer(indexes.iter().map(value).collect::<Run<Vec<_>>>()?)
        }
        ("to_s", []) => answer(display(&Value::Match(found.clone()))?),
        _ => Ok(None),
    }
}
