//! Ranges.

use std::{cmp::Ordering, rc::Rc};

use super::{Answer, Block, answer, argument, enumerator};
use crate::erb::ruby::{
    compare,
    interpreter::{Interpreter, Run, Stop},
    text::class_name,
    value::{RangeValue, Value},
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    range: &Rc<RangeValue>,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = || Value::Range(range.clone());
    match (name, arguments) {
        ("first", []) | ("begin", []) => answer(range.from.clone()),
        ("min", []) if block.is_none() && range.to.is_nil() => answer(range.from.clone()),
        ("min", []) if block.is_none() && matches!(range.from, Value::Integer(_)) => {
            let is_empty = integers(range)?.is_none_or(|(from, to)| from > to);
            answer(if is_empty {
                Value::Nil
            } else {
                range.from.clone()
            })
        }
        ("max", []) if block.is_none() && matches!(range.to, Value::Integer(_)) => {
            match integers(range)? {
                Some((from, to)) if from <= to => answer(to),
                None if range.from.is_nil() && !range.is_exclusive => answer(range.to.clone()),
                _ => answer(Value::Nil),
            }
        }
        ("end", []) => answer(range.to.clone()),
        ("last", []) => answer(range.to.clone()),
        ("last", [count]) => {
            let count = argument::size(count)?;
            let all = elements(ruby, range)?;
            answer(all[all.len().saturating_sub(count)..].to_vec())
        }
        ("exclude_end?", []) => answer(range.is_exclusive),
        ("size" | "count" | "length", []) if block.is_none() => match integers(range)? {
            Some((from, to)) => answer((to.saturating_sub(from).saturating_add(1)).max(0)),
            None => Ok(None),
        },
        ("each", []) => match block {
            None => enumerator(&itself(), name, arguments),
            Some(block) => {
                if let (Value::Integer(from), Value::Nil) = (&range.from, &range.to) {
                    let mut at = *from;
                    loop {
                        ruby.yield_to(block, &[Value::Integer(at)])?;
                        at = at.checked_add(1).ok_or_else(Stop::big)?;
                    }
                }
                if let Some((from, to)) = integers(range)? {
                    for at in from..=to {
                        ruby.yield_to(block, &[Value::Integer(at)])?;
                    }
                } else {
                    for element in elements(ruby, range)? {
                        ruby.yield_to(block, &[element])?;
                    }
                }
                answer(itself())
            }
        },
        ("step" | "%", [width]) => {
            let Value::Integer(width) = width else {
                return Err(Stop::unsupported("ranges with a step that is no integer"));
            };
            if *width <= 0 {
                return Err(Stop::argument("step can't be 0"));
            }
            let Some((from, to)) = integers(range)? else {
                return Err(Stop::unsupported("steps over other ranges than integers"));
            };
            let mut at = from;
            let mut collected = Vec::new();
            while at <= to {
                match block {
                    Some(block) => {
                        ruby.yield_to(block, &[Value::Integer(at)])?;
                    }
                    None => {
                        ruby.allocate(size_of::<Value>())?;
                        collected.push(Value::Integer(at));
                    }
                }
                let Some(next) = at.checked_add(*width) else {
                    break;
                };
                at = next;
            }
            match block {
                Some(_) => answer(itself()),
                None => answer(collected),
            }
        }
        ("include?" | "member?", [value]) if matches!(range.from, Value::String(_)) => {
            let all = elements(ruby, range)?;
            answer(all.iter().any(|item| compare::equal(item, value)))
        }
        ("include?" | "member?" | "cover?" | "===", [value]) => answer(covers(range, value)),
        ("sum", []) if block.is_none() => match integers(range)? {
            Some((from, to)) if from <= to => {
                let count = i128::from(to) - i128::from(from) + 1;
                let sum = (i128::from(from) + i128::from(to)) * count / 2;
                answer(i64::try_from(sum).map_err(|_| Stop::big())?)
            }
            Some(_) => answer(0_i64),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn covers(range: &RangeValue, value: &Value) -> bool {
    let above = range.from.is_nil()
        || matches!(
            compare::compare(&range.from, value),
            Some(Ordering::Less | Ordering::Equal)
        );
    let below = range.to.is_nil()
        || match compare::compare(value, &range.to) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => !range.is_exclusive,
            _ => false,
        };
    above && below
}

/// The first and the last integer.
fn integers(range: &RangeValue) -> Run<Option<(i64, i64)>> {
    let Value::Integer(from) = range.from else {
        return Ok(None);
    };
    let to = match &range.to {
        Value::Integer(to) if range.is_exclusive => match to.checked_sub(1) {
            Some(to) => to,
            None => return Ok(Some((0, -1))),
        },
        Value::Integer(to) => *to,
        Value::Float(to) if to.is_finite() => to.floor() as i64,
        Value::Nil => {
            return Err(Stop::raise(
                "RangeError",
                "cannot convert endless range to an array",
            ));
        }
        _ => return Ok(None),
    };
    Ok(Some((from, to)))
}

/// The first elements, of whatever follows them no more is made.
pub(super) fn first(
    ruby: &mut Interpreter<'_>,
    range: &RangeValue,
    count: usize,
) -> Run<Vec<Value>> {
    let last = match &range.to {
        Value::Nil => i64::MAX,
        _ => match integers(range)? {
            Some((_, last)) => last,
            None => return elements(ruby, range),
        },
    };
    let from = argument::integer(&range.from)?;
    let span = (i128::from(last) - i128::from(from) + 1).max(0);
    let count = count.min(usize::try_from(span).unwrap_or(usize::MAX));
    ruby.allocate(count.saturating_mul(size_of::<Value>()))?;
    let mut taken = Vec::with_capacity(count);
    for number in (from..=last).take(count) {
        ruby.step()?;
        taken.push(Value::Integer(number));
    }
    Ok(taken)
}

/// All elements of a range that has an end.
pub(in crate::erb::ruby) fn elements(
    ruby: &mut Interpreter<'_>,
    range: &RangeValue,
) -> Run<Vec<Value>> {
    if let Some((from, to)) = integers(range)? {
        let count = usize::try_from(to.saturating_sub(from).saturating_add(1).max(0))
            .map_err(|_| Stop::big())?;
        ruby.allocate(count.saturating_mul(size_of::<Value>()))?;
        return Ok((from..=to).map(Value::Integer).collect());
    }
    let (Value::String(from), Value::String(to)) = (&range.from, &range.to) else {
        let class = class_name(&range.from);
        return Err(Stop::of_type(format!("can't iterate from {class}")));
    };
    let (from, to) = (from.borrow().share(), to.borrow().share());
    let mut all = Vec::new();
    if let ([first], [last]) = (from.as_bytes(), to.as_bytes()) {
        // Single characters go by their codes.
        let last = *last + u8::from(!range.is_exclusive);
        all.extend((*first..last).map(|code| Value::text(char::from(code))));
        return Ok(all);
    }
    let is_number = |text: &str| text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !from.is_empty() && !to.is_empty() && is_number(&from) && is_number(&to) {
        // Digits go by their value: '9'..'11'.
        let value = |text: &str| text.parse::<i64>().map_err(|_| Stop::big());
        let last = value(&to)? + i64::from(!range.is_exclusive);
        let width = from.len();
        for number in value(&from)?..last {
            ruby.allocate(width + size_of::<Value>())?;
            ruby.step()?;
            all.push(Value::text(format!("{number:0width$}")));
        }
        return Ok(all);
    }
    if from.as_bytes() > to.as_bytes() || (range.is_exclusive && from == to) {
        return Ok(all);
    }
    let behind = super::string::successor(&to);
    let mut at = from.to_string();
    while at != behind {
        let is_last = *at == *to || at.is_empty() || at.len() > to.len();
        let next = super::string::successor(&at);
        ruby.allocate(at.len() + size_of::<Value>())?;
        ruby.step()?;
        all.push(Value::text(at));
        if is_last || next.len() > to.len() || (range.is_exclusive && *next == *to) {
            break;
        }
        at = next;
    }
    Ok(all)
}
