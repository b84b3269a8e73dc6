//! What everything with elements answers to.

use std::{cmp::Ordering, rc::Rc};

use super::{Answer, Block, answer, argument, enumerator};
use crate::erb::ruby::{
    compare,
    interpreter::{Interpreter, Run, Stop},
    text::class_name,
    value::{Entries, Procedure, Value},
};
use crate::values::merge_sort;

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    if block.is_none() && is_lazy(name) && (name != "find_index" || arguments.is_empty()) {
        return enumerator(receiver, name, arguments);
    }
    if let Some(value) = pick(ruby, receiver, name, arguments, block)? {
        return Ok(Some(value));
    }
    if let Some(value) = ask(ruby, receiver, name, arguments, block)? {
        return Ok(Some(value));
    }
    fold(ruby, receiver, name, arguments, block)
}

/// Methods that give an enumerator where they get no block.
fn is_lazy(name: &str) -> bool {
    matches!(
        name,
        "map"
            | "collect"
            | "flat_map"
            | "collect_concat"
            | "select"
            | "filter"
            | "reject"
            | "find_all"
            | "filter_map"
            | "each_with_index"
            | "each_entry"
            | "sort_by"
            | "min_by"
            | "max_by"
            | "group_by"
            | "partition"
            | "find"
            | "detect"
            | "each_slice"
            | "each_cons"
            | "each_with_object"
            | "reverse_each"
            | "take_while"
            | "drop_while"
            | "find_index"
            | "chunk_while"
            | "slice_when"
            | "uniq_by"
            | "times"
    )
}

/// Methods that make an array of some or all elements.
fn pick(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let mut kept = Vec::new();
    match (name, block) {
        ("to_a" | "entries", _) => kept = ruby.elements(receiver)?,
        ("map" | "collect", Some(block)) => {
            for item in ruby.elements(receiver)? {
                kept.push(ruby.yield_to(block, &[item])?);
            }
        }
        ("flat_map" | "collect_concat", Some(block)) => {
            for item in ruby.elements(receiver)? {
                match ruby.yield_to(block, &[item])? {
                    Value::Array(list) => {
                        let list = list.0.borrow();
                        kept.extend(list.iter().cloned());
                        ruby.fits(size_of_val(&*kept))?;
                    }
                    other => kept.push(other),
                }
            }
        }
        ("filter_map", Some(block)) => {
            for item in ruby.elements(receiver)? {
                let value = ruby.yield_to(block, &[item])?;
                if value.is_truthy() {
                    kept.push(value);
                }
            }
        }
        ("select" | "filter" | "find_all" | "reject", Some(block)) => {
            let wanted = name != "reject";
            for item in ruby.elements(receiver)? {
                if ruby.holds(block, std::slice::from_ref(&item))? == wanted {
                    kept.push(item);
                }
            }
        }
        ("grep" | "grep_v", _) => {
            let pattern = argument::at(arguments, 0);
            for item in ruby.elements(receiver)? {
                if ruby.case_equal(&pattern, &item)? == (name == "grep") {
                    kept.push(match block {
                        Some(block) => ruby.yield_to(block, &[item])?,
                        None => item,
                    });
                }
            }
        }
        ("partition", Some(block)) => {
            let mut others = Vec::new();
            for item in ruby.elements(receiver)? {
                match ruby.holds(block, std::slice::from_ref(&item))? {
                    true => kept.push(item),
                    false => others.push(item),
                }
            }
            kept = vec![Value::list(kept), Value::list(others)];
        }
        ("sort", _) => {
            let items = ruby.elements(receiver)?;
            kept = sorted(ruby, items, block)?;
        }
        ("sort_by", Some(block)) => {
            let items = ruby.elements(receiver)?;
            kept = sorted_by(ruby, items, block)?;
        }
        ("take" | "first", None) if arguments.len() == 1 => {
            let count = argument::size(&arguments[0])?;
            kept = match receiver {
                Value::Range(range) => super::range::first(ruby, range, count)?,
                _ => ruby.elements(receiver)?,
            };
            kept.truncate(count);
        }
        ("drop", None) => {
            let count = argument::size(&argument::at(arguments, 0))?;
            kept = ruby.elements(receiver)?.into_iter().skip(count).collect();
        }
        ("take_while" | "drop_while", Some(block)) => {
            let mut taking = true;
            for item in ruby.elements(receiver)? {
                if taking {
                    taking = ruby.holds(block, std::slice::from_ref(&item))?;
                }
                if taking == (name == "take_while") {
                    kept.push(item);
                }
            }
        }
        ("zip", None) => {
            let others = arguments
                .iter()
                .map(|other| ruby.elements(other))
                .collect::<Run<Vec<_>>>()?;
            for (index, item) in ruby.elements(receiver)?.into_iter().enumerate() {
                let mut row = vec![item];
                row.extend(others.iter().map(|other| argument::at(other, index)));
                kept.push(Value::list(row));
            }
        }
        ("each_slice" | "each_cons", _) => {
            let width = argument::size(&argument::at(arguments, 0))?;
            if width == 0 {
                return Err(Stop::argument("invalid slice size"));
            }
            let items = ruby.elements(receiver)?;
            let parts: Vec<&[Value]> = match name {
                "each_slice" => items.chunks(width).collect(),
                _ => items.windows(width).collect(),
            };
            let Some(block) = block else {
                return Ok(None);
            };
            for part in parts {
                let part = ruby.list(part.to_vec())?;
                ruby.yield_to(block, &[part])?;
            }
            return answer(receiver.clone());
        }
        ("uniq", _) => {
            let mut seen = Entries::default();
            for item in ruby.elements(receiver)? {
                let key = match block {
                    Some(block) => ruby.yield_to(block, std::slice::from_ref(&item))?,
                    None => item.clone(),
                };
                if seen.insert(key.into_key(), Value::Nil).is_none() {
                    kept.push(item);
                }
            }
        }
        ("min" | "max", _) if arguments.len() == 1 => {
            let items = ruby.elements(receiver)?;
            kept = sorted(ruby, items, block)?;
            if name == "max" {
                kept.reverse();
            }
            kept.truncate(argument::size(&arguments[0])?);
        }
        ("min_by" | "max_by", _) if !arguments.is_empty() => {
            // Which of equals are taken is up to how Ruby selects.
            return Err(Stop::unsupported(format!("{name} with a number")));
        }
        ("minmax", None) => {
            let items = ruby.elements(receiver)?;
            let all = sorted(ruby, items, None)?;
            kept = vec![
                all.first().cloned().unwrap_or_default(),
                all.last().cloned().unwrap_or_default(),
            ];
        }
        ("chunk_while" | "slice_when", Some(block)) => {
            let mut run: Vec<Value> = Vec::new();
            for item in ruby.elements(receiver)? {
                if let Some(last) = run.last() {
                    let joins = ruby.holds(block, &[last.clone(), item.clone()])?;
                    if joins != (name == "chunk_while") {
                        kept.push(Value::list(std::mem::take(&mut run)));
                    }
                }
                run.push(item);
            }
            if !run.is_empty() {
                kept.push(Value::list(run));
            }
        }
        _ => return Ok(None),
    }
    ruby.list(kept).map(Some)
}

/// Questions about the elements, and single ones of them.
fn ask(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    match (name, block) {
        ("first", None) if arguments.is_empty() => {
            answer(ruby.elements(receiver)?.into_iter().next())
        }
        ("any?" | "all?" | "none?" | "one?", _) => {
            let mut count = 0_usize;
            let items = ruby.elements(receiver)?;
            let all = items.len();
            for item in items {
                let holds = match (arguments, block) {
                    ([pattern], _) => ruby.case_equal(pattern, &item)?,
                    (_, Some(block)) => ruby.holds(block, &[item])?,
                    (_, None) => item.is_truthy(),
                };
                match (name, holds) {
                    ("any?", true) => return answer(true),
                    ("all?", false) | ("none?", true) => return answer(false),
                    _ => count += usize::from(holds),
                }
            }
            answer(match name {
                "any?" => false,
                "all?" => count == all,
                "none?" => count == 0,
                _ => count == 1,
            })
        }
        ("include?" | "member?", None) => {
            let wanted = argument::at(arguments, 0);
            let items = ruby.elements(receiver)?;
            answer(items.iter().any(|item| compare::equal(item, &wanted)))
        }
        ("find" | "detect", Some(block)) => {
            for item in ruby.elements(receiver)? {
                if ruby.holds(block, std::slice::from_ref(&item))? {
                    return answer(item);
                }
            }
            answer(Value::Nil)
        }
        ("find_index" | "index", _) => {
            for (index, item) in ruby.elements(receiver)?.into_iter().enumerate() {
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
        ("count", _) => {
            let mut count = 0_usize;
            for item in ruby.elements(receiver)? {
                count += usize::from(match (arguments, block) {
                    ([wanted], _) => compare::equal(&item, wanted),
                    (_, Some(block)) => ruby.holds(block, &[item])?,
                    _ => true,
                });
            }
            answer(count)
        }
        ("min" | "max", _) if arguments.is_empty() => {
            let mut best: Option<Value> = None;
            for item in ruby.elements(receiver)? {
                let is_better = match &best {
                    None => true,
                    Some(best) => {
                        let order = order(ruby, &item, best, block)?;
                        order
                            == if name == "min" {
                                Ordering::Less
                            } else {
                                Ordering::Greater
                            }
                    }
                };
                if is_better {
                    best = Some(item);
                }
            }
            answer(best)
        }
        ("min_by" | "max_by", Some(block)) => {
            let mut best: Option<(Value, Value)> = None;
            for item in ruby.elements(receiver)? {
                let key = ruby.yield_to(block, std::slice::from_ref(&item))?;
                let is_better = match &best {
                    None => true,
                    Some((best, _)) => {
                        let order = order(ruby, &key, best, None)?;
                        order
                            == if name == "min_by" {
                                Ordering::Less
                            } else {
                                Ordering::Greater
                            }
                    }
                };
                if is_better {
                    best = Some((key, item));
                }
            }
            answer(best.map(|(_, item)| item))
        }
        _ => Ok(None),
    }
}

/// Methods that go over all elements and gather something else than an array.
fn fold(
    ruby: &mut Interpreter<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    match (name, block) {
        ("each_with_index", Some(block)) => {
            for (index, item) in ruby.elements(receiver)?.into_iter().enumerate() {
                ruby.yield_to(block, &[item, index.into()])?;
            }
            answer(receiver.clone())
        }
        ("each_entry", Some(block)) => {
            for item in ruby.elements(receiver)? {
                ruby.yield_to(block, &[item])?;
            }
            answer(receiver.clone())
        }
        ("reverse_each", Some(block)) => {
            for item in ruby.elements(receiver)?.into_iter().rev() {
                ruby.yield_to(block, &[item])?;
            }
            answer(receiver.clone())
        }
        ("each_with_object", Some(block)) => {
            let object = argument::at(arguments, 0);
            for item in ruby.elements(receiver)? {
                ruby.yield_to(block, &[item, object.clone()])?;
            }
            answer(object)
        }
        ("inject" | "reduce", _) => {
            let mut items = ruby.elements(receiver)?.into_iter();
            let (initial, operator) = match (arguments, block) {
                ([initial], Some(_)) => (Some(initial.clone()), None),
                ([initial, operator], _) => (Some(initial.clone()), Some(operator)),
                ([operator], None) => (None, Some(operator)),
                _ => (None, None),
            };
            let mut result = match initial.or_else(|| items.next()) {
                Some(initial) => initial,
                None => return answer(Value::Nil),
            };
            for item in items {
                result = match (operator, block) {
                    (Some(operator), _) => ruby.send_by_name(&result, operator, &[item], None)?,
                    (None, Some(block)) => ruby.yield_to(block, &[result, item])?,
                    (None, None) => return Err(Stop::raise("LocalJumpError", "no block given")),
                };
            }
            answer(result)
        }
        ("sum", _) => {
            let mut sum = arguments.first().cloned().unwrap_or(Value::Integer(0));
            // Floats are added with the error carried along, as Ruby does it.
            let mut carried = 0.0_f64;
            for item in ruby.elements(receiver)? {
                let item = match block {
                    Some(block) => ruby.yield_to(block, &[item])?,
                    None => item,
                };
                let float = match item {
                    Value::Float(value) => Some(value),
                    Value::Integer(value) => Some(value as f64),
                    _ => None,
                };
                sum = match (&sum, float) {
                    (Value::Float(total), Some(value)) if total.is_finite() => {
                        let next = total + value;
                        carried += if total.abs() >= value.abs() {
                            (total - next) + value
                        } else {
                            (value - next) + total
                        };
                        Value::Float(next)
                    }
                    _ => ruby.send(&sum, "+", &[item], None)?,
                };
            }
            if let Value::Float(total) = &mut sum {
                *total += carried;
            }
            answer(sum)
        }
        ("group_by", Some(block)) => {
            let mut groups = Entries::default();
            for item in ruby.elements(receiver)? {
                let key = ruby
                    .yield_to(block, std::slice::from_ref(&item))?
                    .into_key();
                let group = groups.entry(key).or_insert_with(|| Value::list(Vec::new()));
                if let Value::Array(list) = group {
                    list.0.borrow_mut().push(item);
                }
            }
            answer(Value::map(groups))
        }
        ("tally", None) => {
            let mut counts = Entries::default();
            for item in ruby.elements(receiver)? {
                let count = counts.entry(item.into_key()).or_insert(Value::Integer(0));
                if let Value::Integer(count) = count {
                    *count += 1;
                }
            }
            answer(Value::map(counts))
        }
        ("to_h", _) => {
            let mut entries = Entries::default();
            for item in ruby.elements(receiver)? {
                let pair = match block {
                    Some(block) => ruby.yield_to(block, &[item])?,
                    None => item,
                };
                let Value::Array(list) = &pair else {
                    let class = class_name(&pair);
                    let message = format!("wrong element type {class} (expected array)");
                    return Err(Stop::of_type(message));
                };
                let list = list.0.borrow();
                let [key, value] = list.as_slice() else {
                    let message = format!(
                        "wrong array length at {} (expected 2, was {})",
                        entries.len(),
                        list.len()
                    );
                    return Err(Stop::argument(message));
                };
                entries.insert(key.clone().into_key(), value.clone());
            }
            answer(Value::map(entries))
        }
        ("lazy", None) => answer(receiver.clone()),
        _ => Ok(None),
    }
}

/// The order of two elements, by a block or their own.
fn order(
    ruby: &mut Interpreter<'_>,
    left: &Value,
    right: &Value,
    block: Block<'_>,
) -> Run<Ordering> {
    ruby.step()?;
    match block {
        Some(block) => {
            let value = ruby.yield_to(block, &[left.clone(), right.clone()])?;
            ruby.order_of(&value, left, right)
        }
        None => compare::compare(left, right).ok_or_else(|| {
            let shown = argument::uncompared(right);
            Stop::argument(format!(
                "comparison of {} with {shown} failed",
                class_name(left)
            ))
        }),
    }
}

/// Sorts by Ruby's order, or by the block's.
pub(super) fn sorted(
    ruby: &mut Interpreter<'_>,
    items: Vec<Value>,
    block: Block<'_>,
) -> Run<Vec<Value>> {
    merge_sort(items, &mut |a, b| order(ruby, a, b, block))
}

pub(super) fn sorted_by(
    ruby: &mut Interpreter<'_>,
    items: Vec<Value>,
    block: &Rc<Procedure>,
) -> Run<Vec<Value>> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let key = ruby.yield_to(block, std::slice::from_ref(&item))?;
        keyed.push((key, item));
    }
    let sorted = merge_sort(keyed, &mut |(a, _), (b, _)| order(ruby, a, b, None))?;
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}
