//! Arrays.

use super::{Answer, Block, answer, argument, enumerator};
use crate::erb::ruby::{
    compare,
    interpreter::{Interpreter, Run, Stop},
    text::{display, inspect},
    value::{Entries, List, Value},
};

/// Methods that change the array to what their namesake gives, and whether they give nil where
/// nothing has changed.
const IN_PLACE: &[(&str, &str, bool)] = &[
    ("map!", "map", false),
    ("collect!", "map", false),
    ("select!", "select", true),
    ("filter!", "select", true),
    ("keep_if", "select", false),
    ("reject!", "reject", true),
    ("delete_if", "reject", false),
    ("sort!", "sort", false),
    ("sort_by!", "sort_by", false),
    ("uniq!", "uniq", true),
    ("compact!", "compact", true),
    ("flatten!", "flatten", true),
    ("reverse!", "reverse", false),
    ("rotate!", "rotate", false),
];

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    list: &List,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = || Value::Array(list.clone());
    if let Some(value) = read(ruby, list, name, arguments, block)? {
        return Ok(Some(value));
    }
    if let Some(value) = derive(ruby, list, name, arguments, block)? {
        return Ok(Some(value));
    }
    if let Some((_, namesake, is_picky)) = IN_PLACE.iter().find(|(known, ..)| *known == name) {
        let Some(Value::Array(changed)) = super::call(ruby, &itself(), namesake, arguments, block)?
        else {
            return Ok(None);
        };
        let changed = changed.0.borrow().clone();
        let is_same = changed.len() == list.0.borrow().len();
        *list.0.borrow_mut() = changed;
        ruby.objects.is_changed = true;
        return answer(if *is_picky && is_same {
            Value::Nil
        } else {
            itself()
        });
    }
    let answer = change(ruby, list, name, arguments, block);
    ruby.objects.is_changed |= !matches!(answer, Ok(None));
    answer
}

fn read(
    ruby: &mut Interpreter<'_>,
    list: &List,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = || Value::Array(list.clone());
    match (name, arguments) {
        ("each", []) => match block {
            None => enumerator(&itself(), name, arguments),
            Some(block) => {
                let mut index = 0;
                loop {
                    let item = list.0.borrow().get(index).cloned();
                    let Some(item) = item else { break };
                    ruby.yield_to(block, &[item])?;
                    index += 1;
                }
                answer(itself())
            }
        },
        ("each_index", []) => match block {
            None => enumerator(&itself(), name, arguments),
            Some(block) => {
                let length = list.0.borrow().len();
                for index in 0..length {
                    ruby.yield_to(block, &[index.into()])?;
                }
                answer(itself())
            }
        },
        ("[]" | "slice", [Value::Range(range)]) => {
            let elements = list.0.borrow();
            match argument::range_span(range, elements.len())? {
                Some((start, count)) => answer(elements[start..start + count].to_vec()),
                None => answer(Value::Nil),
            }
        }
        ("[]" | "slice" | "at", [index]) => {
            let index = argument::integer(index)?;
            let elements = list.0.borrow();
            answer(argument::index(index, elements.len()).map(|index| elements[index].clone()))
        }
        ("[]" | "slice", [start, count]) => {
            let elements = list.0.borrow();
            let (start, count) = (argument::integer(start)?, argument::integer(count)?);
            match argument::span(start, count, elements.len()) {
                Some((start, count)) => answer(elements[start..start + count].to_vec()),
                None => answer(Value::Nil),
            }
        }
        ("dig", [index, rest @ ..]) => {
            let index = argument::integer(index)?;
            let found = {
                let elements = list.0.borrow();
                argument::index(index, elements.len()).map(|index| elements[index].clone())
            };
            match (found.unwrap_or_default(), rest) {
                (found, []) => answer(found),
                (Value::Nil, _) => answer(Value::Nil),
                (found, rest) => ruby.send(&found, "dig", rest, None).map(Some),
            }
        }
        ("fetch", [index, rest @ ..]) => {
            let wanted = argument::integer(index)?;
            let (found, length) = {
                let elements = list.0.borrow();
                let found = argument::index(wanted, elements.len());
                (found.map(|index| elements[index].clone()), elements.len())
            };
            match (found, block, rest) {
                (Some(found), ..) => answer(found),
                (None, Some(block), _) => {
                    ruby.yield_to(block, std::slice::from_ref(index)).map(Some)
                }
                (None, None, [default]) => answer(default.clone()),
                _ => Err(Stop::raise(
                    "IndexError",
                    format!(
                        "index {wanted} outside of array bounds: {}...{length}",
                        -(length as i64)
                    ),
                )),
            }
        }
        ("first", []) => answer(list.0.borrow().first().cloned()),
        ("last", []) => answer(list.0.borrow().last().cloned()),
        ("last", [count]) => {
            let count = argument::size(count)?;
            let elements = list.0.borrow();
            answer(elements[elements.len().saturating_sub(count)..].to_vec())
        }
        ("length" | "size", []) => answer(list.0.borrow().len()),
        ("empty?", []) => answer(list.0.borrow().is_empty()),
        ("to_a" | "to_ary", []) => answer(itself()),
        ("dup" | "clone", _) => {
            let copy = list.0.borrow().clone();
            ruby.list(copy).map(Some)
        }
        ("hash", []) => Ok(None),
        ("join", _) => {
            let separator = match arguments.first() {
                None | Some(Value::Nil) => String::new(),
                Some(separator) => argument::string(separator)?,
            };
            let mut text = String::new();
            join(ruby, list, &separator, &mut text, 0)?;
            ruby.string(text).map(Some)
        }
        ("values_at", indexes) => {
            let elements = list.0.borrow();
            let picked = indexes.iter().map(|index| {
                let index = argument::integer(index)?;
                let found = argument::index(index, elements.len());
                Ok(found.map_or(Value::Nil, |index| elements[index].clone()))
            });
            answer(picked.collect::<Run<Vec<_>>>()?)
        }
        ("assoc", [key]) => {
            let elements = list.0.borrow();
            answer(
                elements
                    .iter()
                    .find(|element| match element {
                        Value::Array(pair) => pair
                            .0
                            .borrow()
                            .first()
                            .is_some_and(|first| compare::equal(first, key)),
                        _ => false,
                    })
                    .cloned(),
            )
        }
        ("rindex", _) => {
            let elements = list.0.borrow().clone();
            for (index, item) in elements.into_iter().enumerate().rev() {
                let holds = match (arguments, block) {
                    ([wanted], _) => compare::equal(&item, wanted),
                    (_, Some(block)) => ruby.holds(block, &[item])?,
                    _ => return Ok(None),
                };
                if holds {
                    return answer(index);
                }
            }
            answer(Value::Nil)
        }
        ("any?", []) if block.is_none() => answer(list.0.borrow().iter().any(Value::is_truthy)),
        _ => Ok(None),
    }
}

fn join(
    ruby: &mut Interpreter<'_>,
    list: &List,
    separator: &str,
    text: &mut String,
    depth: usize,
) -> Run<()> {
    if depth > 100 {
        return Err(Stop::argument("recursive array join"));
    }
    ruby.step()?;
    let elements = list.0.borrow().clone();
    ruby.allocate(size_of_val(&*elements))?;
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            ruby.allocate(separator.len())?;
            text.push_str(separator);
        }
        if let Value::Array(inner) = element {
            join(ruby, inner, separator, text, depth + 1)?;
            continue;
        }
        let part = display(element)?;
        ruby.allocate(part.len())?;
        text.push_str(&part);
    }
    Ok(())
}

/// Methods that make another array.
fn derive(
    ruby: &mut Interpreter<'_>,
    list: &List,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let made = match (name, arguments) {
        ("+", [other]) => {
            let mut all = list.0.borrow().clone();
            all.extend(argument::list(other)?);
            all
        }
        ("-" | "difference", others) => {
            let mut gone = Entries::default();
            for other in others {
                let other = argument::list(other)?;
                gone.extend(
                    other
                        .into_iter()
                        .map(|value| (compare::key(&value), Value::Nil)),
                );
            }
            let elements = list.0.borrow();
            let stays = |value: &&Value| !gone.contains_key(&compare::key(value));
            elements.iter().filter(stays).cloned().collect()
        }
        ("&" | "intersection", [other]) => {
            let other = argument::list(other)?;
            let wanted: Entries = other
                .into_iter()
                .map(|value| (compare::key(&value), Value::Nil))
                .collect();
            let mut seen = Entries::default();
            let mut kept = Vec::new();
            for value in list.0.borrow().iter() {
                let key = compare::key(value);
                if wanted.contains_key(&key) && seen.insert(key, Value::Nil).is_none() {
                    kept.push(value.clone());
                }
            }
            kept
        }
        ("|" | "union", others) => {
            let mut seen = Entries::default();
            let mut all = list.0.borrow().clone();
            for other in others {
                all.extend(argument::list(other)?);
            }
            all.retain(|value| seen.insert(compare::key(value), Value::Nil).is_none());
            all
        }
        ("intersect?", [other]) => {
            let other = argument::list(other)?;
            let elements = list.0.borrow();
            return answer(
                elements
                    .iter()
                    .any(|value| other.iter().any(|other| compare::equal(value, other))),
            );
        }
        ("*", [Value::String(separator)]) => {
            let separator = Value::String(separator.clone());
            return call(ruby, list, "join", &[separator], None);
        }
        ("*", [count]) => {
            let count = argument::size(count)?;
            let elements = list.0.borrow().clone();
            ruby.allocate(
                elements
                    .len()
                    .saturating_mul(count)
                    .saturating_mul(size_of::<Value>()),
            )?;
            match elements.is_empty() {
                true => elements,
                false => elements.repeat_values(count),
            }
        }
        ("compact", []) => {
            let elements = list.0.borrow();
            elements
                .iter()
                .filter(|value| !value.is_nil())
                .cloned()
                .collect()
        }
        ("flatten", _) => {
            let levels = match arguments.first() {
                None | Some(Value::Nil) => i64::MAX,
                Some(levels) => match argument::integer(levels)? {
                    negative if negative < 0 => i64::MAX,
                    levels => levels,
                },
            };
            let mut flat = Vec::new();
            flatten(ruby, list, levels, &mut flat, 0)?;
            flat
        }
        ("reverse", []) => {
            let mut all = list.0.borrow().clone();
            all.reverse();
            all
        }
        ("rotate", _) => {
            let mut all = list.0.borrow().clone();
            let by = match arguments.first() {
                None => 1,
                Some(by) => argument::integer(by)?,
            };
            if !all.is_empty() {
                let by = by.rem_euclid(all.len() as i64);
                all.rotate_left(usize::try_from(by).unwrap_or(0));
            }
            all
        }
        ("transpose", []) => {
            let rows = list
                .0
                .borrow()
                .iter()
                .map(argument::list)
                .collect::<Run<Vec<_>>>()?;
            let width = rows.first().map_or(0, Vec::len);
            if let Some(row) = rows.iter().find(|row| row.len() != width) {
                return Err(Stop::raise(
                    "IndexError",
                    format!("element size differs ({} should be {width})", row.len()),
                ));
            }
            let column = |at: usize| Value::list(rows.iter().map(|row| row[at].clone()).collect());
            (0..width).map(column).collect()
        }
        ("product", [other]) => {
            let other = argument::list(other)?;
            let elements = list.0.borrow().clone();
            ruby.allocate(
                elements
                    .len()
                    .saturating_mul(other.len())
                    .saturating_mul(64),
            )?;
            let pair = |left: &Value| {
                let left = left.clone();
                other
                    .iter()
                    .map(move |right| Value::list(vec![left.clone(), right.clone()]))
                    .collect::<Vec<_>>()
            };
            elements.iter().flat_map(pair).collect()
        }
        ("combination", [count]) if block.is_none() && argument::integer(count)? == 2 => {
            let elements = list.0.borrow().clone();
            ruby.allocate(
                elements
                    .len()
                    .saturating_mul(elements.len())
                    .saturating_mul(32),
            )?;
            let mut pairs = Vec::new();
            for (index, left) in elements.iter().enumerate() {
                for right in &elements[index + 1..] {
                    pairs.push(Value::list(vec![left.clone(), right.clone()]));
                }
            }
            pairs
        }
        _ => return Ok(None),
    };
    ruby.list(made).map(Some)
}

trait Repeat {
    fn repeat_values(&self, count: usize) -> Vec<Value>;
}

impl Repeat for Vec<Value> {
    fn repeat_values(&self, count: usize) -> Vec<Value> {
        std::iter::repeat_n(self, count)
            .flatten()
            .cloned()
            .collect()
    }
}

fn flatten(
    ruby: &mut Interpreter<'_>,
    list: &List,
    levels: i64,
    flat: &mut Vec<Value>,
    depth: usize,
) -> Run<()> {
    ruby.step()?;
    if depth > 200 {
        return Err(Stop::argument("tried to flatten recursive array"));
    }
    for element in list.0.borrow().iter() {
        match element {
            Value::Array(inner) if levels > 0 => {
                flatten(ruby, inner, levels - 1, flat, depth + 1)?;
            }
            other => flat.push(other.clone()),
        }
    }
    ruby.fits(size_of_val(&**flat))
}

/// Methods that change the array.
fn change(
    ruby: &mut Interpreter<'_>,
    list: &List,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = || Value::Array(list.clone());
    match (name, arguments) {
        ("<<" | "push" | "append", values) => {
            ruby.allocate(std::mem::size_of_val(values))?;
            list.0.borrow_mut().extend(values.iter().cloned());
            answer(itself())
        }
        ("concat", others) => {
            for other in others {
                let other = argument::list(other)?;
                ruby.allocate(other.len() * size_of::<Value>())?;
                list.0.borrow_mut().extend(other);
            }
            answer(itself())
        }
        ("unshift" | "prepend", values) => {
            ruby.allocate(std::mem::size_of_val(values))?;
            list.0.borrow_mut().splice(0..0, values.iter().cloned());
            answer(itself())
        }
        ("insert", [index, values @ ..]) => {
            let index = argument::integer(index)?;
            let mut elements = list.0.borrow_mut();
            let length = elements.len() as i64;
            let at = if index < 0 { index + length + 1 } else { index };
            if !(0..=length).contains(&at) {
                return Err(Stop::unsupported("inserting beyond an array's end"));
            }
            let at = usize::try_from(at).unwrap_or(0);
            elements.splice(at..at, values.iter().cloned());
            drop(elements);
            answer(itself())
        }
        ("pop", []) => answer(list.0.borrow_mut().pop()),
        ("shift", []) => {
            let mut elements = list.0.borrow_mut();
            answer(match elements.is_empty() {
                true => Value::Nil,
                false => elements.remove(0),
            })
        }
        ("pop" | "shift", [count]) => {
            let mut elements = list.0.borrow_mut();
            let count = argument::size(count)?.min(elements.len());
            answer(match name {
                "shift" => elements.drain(..count).collect::<Vec<_>>(),
                _ => {
                    let start = elements.len() - count;
                    elements.split_off(start)
                }
            })
        }
        ("[]=", [index, value]) if !matches!(index, Value::Range(_)) => {
            let index = argument::integer(index)?;
            let mut elements = list.0.borrow_mut();
            let length = elements.len() as i64;
            let at = if index < 0 { index + length } else { index };
            let Ok(at) = usize::try_from(at) else {
                return Err(Stop::raise(
                    "IndexError",
                    format!("index {index} too small for array; minimum: -{length}"),
                ));
            };
            if at >= elements.len() {
                ruby.allocate((at - elements.len() + 1).saturating_mul(size_of::<Value>()))?;
                elements.resize(at + 1, Value::Nil);
            }
            let before = std::mem::replace(&mut elements[at], value.clone());
            drop(elements);
            drop(before);
            answer(value.clone())
        }
        ("[]=", [Value::Range(range), value]) => {
            let length = list.0.borrow().len();
            let Some((start, count)) = argument::range_span(range, length)? else {
                return Err(Stop::unsupported("such a range in an assignment"));
            };
            put(ruby, list, start, count, value)
        }
        ("[]=", [start, count, value]) => {
            let (start, count) = (argument::integer(start)?, argument::integer(count)?);
            let length = list.0.borrow().len();
            let Some((start, count)) = argument::span(start, count, length) else {
                return Err(Stop::unsupported("such a place in an assignment"));
            };
            put(ruby, list, start, count, value)
        }
        ("delete", [wanted]) => {
            let mut elements = list.0.borrow_mut();
            let before = elements.len();
            elements.retain(|value| !compare::equal(value, wanted));
            answer(match elements.len() == before {
                true => Value::Nil,
                false => wanted.clone(),
            })
        }
        ("delete_at", [index]) => {
            let index = argument::integer(index)?;
            let mut elements = list.0.borrow_mut();
            let at = argument::index(index, elements.len());
            answer(at.map(|at| elements.remove(at)))
        }
        ("slice!", [start, count]) => {
            let mut elements = list.0.borrow_mut();
            let (start, count) = (argument::integer(start)?, argument::integer(count)?);
            match argument::span(start, count, elements.len()) {
                Some((start, count)) => {
                    answer(elements.drain(start..start + count).collect::<Vec<_>>())
                }
                None => answer(Value::Nil),
            }
        }
        ("clear", []) => {
            list.0.borrow_mut().clear();
            answer(itself())
        }
        ("replace", [other]) => {
            let other = argument::list(other)?;
            *list.0.borrow_mut() = other;
            answer(itself())
        }
        ("fill", [value]) => {
            list.0.borrow_mut().fill(value.clone());
            answer(itself())
        }
        ("cycle", [count]) => match block {
            Some(block) => {
                for _ in 0..argument::size(count)? {
                    // Nothing is counted where there are no elements.
                    ruby.step()?;
                    for item in list.0.borrow().clone() {
                        ruby.yield_to(block, &[item])?;
                    }
                }
                answer(Value::Nil)
            }
            None => enumerator(&itself(), name, arguments),
        },
        ("pack", _) => Err(Stop::unsupported(format!("{}.pack", inspect(&itself())))),
        _ => Ok(None),
    }
}

/// Puts one or several elements in the place of others.
fn put(
    ruby: &mut Interpreter<'_>,
    list: &List,
    start: usize,
    count: usize,
    value: &Value,
) -> Answer {
    let new = match value {
        Value::Array(elements) => elements.0.borrow().clone(),
        other => vec![other.clone()],
    };
    ruby.allocate(new.len() * size_of::<Value>())?;
    let gone: Vec<Value> = list
        .0
        .borrow_mut()
        .splice(start..start + count, new)
        .collect();
    drop(gone);
    answer(value.clone())
}
