//! Integers and floats.

use super::{Answer, Block, answer, argument, enumerator};
use crate::erb::ruby::{
    compare,
    interpreter::{Interpreter, Run, Stop},
    text::{class_name, inspect},
    value::{Procedure, Value},
};

pub(super) fn integer(
    ruby: &mut Interpreter<'_>,
    value: i64,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    if let (
        [operand],
        "+" | "-" | "*" | "/" | "%" | "modulo" | "**" | "pow" | "<" | "<=" | ">" | ">=" | "fdiv"
        | "div" | "divmod",
    ) = (arguments, name)
    {
        return match operand {
            Value::Integer(operand) => integers(value, name, *operand).map(Some),
            Value::Float(operand) => floats(value as f64, name, *operand).map(Some),
            other => Err(uncoercible(name, other, "Integer")),
        };
    }
    let checked = |result: Option<i64>| match result {
        Some(result) => answer(result),
        None => Err(Stop::big()),
    };
    match (name, arguments) {
        ("-@", []) => checked(value.checked_neg()),
        ("+@" | "to_i" | "to_int" | "floor" | "ceil" | "truncate" | "ord", []) => answer(value),
        ("~", []) => answer(!value),
        ("to_f", []) => answer(value as f64),
        ("to_s" | "inspect", []) => answer(value.to_string()),
        ("to_s", [base]) => {
            let base = argument::integer(base)?;
            answer(in_base(value, base)?)
        }
        ("chr", _) => match u32::try_from(value).ok().and_then(char::from_u32) {
            Some(character) if value < 128 || !arguments.is_empty() => {
                answer(character.to_string())
            }
            _ => Err(Stop::unsupported("bytes in strings")),
        },
        ("times", []) => match block {
            None => enumerator(&Value::Integer(value), name, arguments),
            Some(block) => {
                for at in 0..value {
                    ruby.yield_to(block, &[Value::Integer(at)])?;
                }
                answer(value)
            }
        },
        ("upto" | "downto", [limit]) => {
            let Some(block) = block else {
                return enumerator(&Value::Integer(value), name, arguments);
            };
            let limit = argument::integer(limit)?;
            let mut at = value;
            while if name == "upto" {
                at <= limit
            } else {
                at >= limit
            } {
                ruby.yield_to(block, &[Value::Integer(at)])?;
                let next = if name == "upto" {
                    at.checked_add(1)
                } else {
                    at.checked_sub(1)
                };
                let Some(next) = next else { break };
                at = next;
            }
            answer(value)
        }
        ("step", [limit, rest @ ..]) if !matches!(limit, Value::Hash(_)) => {
            let Some(block) = block else {
                return enumerator(&Value::Integer(value), name, arguments);
            };
            if arguments.iter().any(|part| matches!(part, Value::Float(_))) {
                step_floats(ruby, value as f64, arguments, block)?;
                return answer(value);
            }
            let limit = argument::integer(limit)?;
            let width = match rest.first() {
                Some(width) => argument::integer(width)?,
                None => 1,
            };
            if width == 0 {
                return Err(Stop::argument("step can't be 0"));
            }
            let mut at = value;
            while if width > 0 { at <= limit } else { at >= limit } {
                ruby.yield_to(block, &[Value::Integer(at)])?;
                let Some(next) = at.checked_add(width) else {
                    break;
                };
                at = next;
            }
            answer(value)
        }
        ("even?", []) => answer(value % 2 == 0),
        ("odd?", []) => answer(value % 2 != 0),
        ("zero?", []) => answer(value == 0),
        ("positive?", []) => answer(value > 0),
        ("negative?", []) => answer(value < 0),
        ("nonzero?", []) => answer((value != 0).then_some(value)),
        ("integer?", []) => answer(true),
        ("finite?", []) => answer(true),
        ("nan?", []) => Ok(None),
        ("succ" | "next", []) => checked(value.checked_add(1)),
        ("pred", []) => checked(value.checked_sub(1)),
        ("abs" | "magnitude", []) => checked(value.checked_abs()),
        ("remainder", [other]) => match argument::integer(other)? {
            0 => Err(Stop::raise("ZeroDivisionError", "divided by 0")),
            other => checked(value.checked_rem(other)),
        },
        ("gcd", [other]) => {
            let (mut a, mut b) = (
                value.unsigned_abs(),
                argument::integer(other)?.unsigned_abs(),
            );
            while b != 0 {
                (a, b) = (b, a % b);
            }
            checked(i64::try_from(a).ok())
        }
        ("lcm", [other]) => {
            let other = argument::integer(other)?;
            let Value::Integer(divisor) = ruby.send(
                &Value::Integer(value),
                "gcd",
                &[Value::Integer(other)],
                None,
            )?
            else {
                return Ok(None);
            };
            let part = if divisor == 0 { 0 } else { other / divisor };
            checked(value.checked_mul(part).and_then(i64::checked_abs))
        }
        ("&", [other]) => answer(value & argument::integer(other)?),
        ("|", [other]) => answer(value | argument::integer(other)?),
        ("^", [other]) => answer(value ^ argument::integer(other)?),
        ("<<" | ">>", [other]) => {
            let by = argument::integer(other)?;
            let by = if name == "<<" {
                by
            } else {
                by.saturating_neg()
            };
            if by >= 0 {
                let by = u32::try_from(by).unwrap_or(u32::MAX);
                let shifted = 1_i64.checked_shl(by).filter(|factor| *factor > 0);
                checked(
                    shifted
                        .and_then(|factor| value.checked_mul(factor))
                        .or((value == 0).then_some(0)),
                )
            } else {
                answer(value >> by.unsigned_abs().min(63))
            }
        }
        ("[]", [bit]) => answer((value >> argument::integer(bit)?.clamp(0, 63)) & 1),
        ("bit_length", []) => answer(i64::from(
            64 - if value < 0 { !value } else { value }.leading_zeros(),
        )),
        ("digits", []) if value >= 0 => {
            let text = value.to_string();
            let digits = text
                .bytes()
                .rev()
                .map(|digit| Value::Integer(i64::from(digit - b'0')));
            answer(digits.collect::<Vec<_>>())
        }
        ("clamp", [least, most]) => answer(value.clamp(
            argument::integer(least)?,
            argument::integer(most)?.max(argument::integer(least)?),
        )),
        ("between?", [least, most]) => {
            let itself = Value::Integer(value);
            answer(between(&itself, least, most))
        }
        ("round", []) | ("round" | "floor" | "ceil", [Value::Hash(_)]) => answer(value),
        ("round" | "floor" | "ceil" | "truncate", [digits, ..]) => {
            let digits = argument::integer(digits)?;
            if digits >= 0 {
                return answer(value);
            }
            let unit = u32::try_from(digits.unsigned_abs())
                .ok()
                .and_then(|power| 10_i64.checked_pow(power));
            let Some(unit) = unit else {
                return answer(0_i64);
            };
            let low = value.div_euclid(unit);
            let rest = value.rem_euclid(unit);
            let units = match name {
                "floor" => low,
                "ceil" => low + i64::from(rest > 0),
                "truncate" => value / unit,
                _ if rest * 2 > unit || (rest * 2 == unit && value >= 0) => low + 1,
                _ => low,
            };
            checked(units.checked_mul(unit))
        }
        ("coerce", _) => Ok(None),
        ("size", []) => answer(8_i64),
        ("dup" | "clone", _) => answer(value),
        _ => Ok(None),
    }
}

fn between(value: &Value, least: &Value, most: &Value) -> bool {
    use std::cmp::Ordering::{Greater, Less};
    !matches!(compare::compare(value, least), Some(Less) | None)
        && !matches!(compare::compare(value, most), Some(Greater) | None)
}

fn uncoercible(name: &str, operand: &Value, class: &str) -> Stop {
    let shown = match operand {
        Value::Nil | Value::Bool(_) => inspect(operand),
        other => class_name(other).to_string(),
    };
    match name {
        "<" | "<=" | ">" | ">=" => {
            let shown = argument::uncompared(operand);
            Stop::argument(format!("comparison of {class} with {shown} failed"))
        }
        _ => Stop::of_type(format!("{shown} can't be coerced into {class}")),
    }
}

fn integers(left: i64, name: &str, right: i64) -> Run {
    let zero = || Stop::raise("ZeroDivisionError", "divided by 0");
    let result = match name {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" | "div" => {
            if right == 0 {
                return Err(zero());
            }
            floor_div(left, right)
        }
        "%" | "modulo" => {
            if right == 0 {
                return Err(zero());
            }
            floor_mod(left, right)
        }
        "divmod" => {
            if right == 0 {
                return Err(zero());
            }
            let (Some(quotient), Some(rest)) = (floor_div(left, right), floor_mod(left, right))
            else {
                return Err(Stop::big());
            };
            return Ok(Value::list(vec![quotient.into(), rest.into()]));
        }
        "fdiv" => return Ok(Value::Float(left as f64 / right as f64)),
        "**" | "pow" => match u32::try_from(right) {
            Ok(power) => left.checked_pow(power),
            Err(_) if right < 0 => return Err(Stop::unsupported("rational numbers")),
            Err(_) => None,
        },
        "<" => return Ok(Value::Bool(left < right)),
        "<=" => return Ok(Value::Bool(left <= right)),
        ">" => return Ok(Value::Bool(left > right)),
        _ => return Ok(Value::Bool(left >= right)),
    };
    result.map(Value::Integer).ok_or_else(Stop::big)
}

fn floor_div(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    let is_off = left % right != 0 && (left < 0) != (right < 0);
    Some(quotient - i64::from(is_off))
}

fn floor_mod(left: i64, right: i64) -> Option<i64> {
    let rest = left.checked_rem(right)?;
    Some(if rest != 0 && (rest < 0) != (right < 0) {
        rest + right
    } else {
        rest
    })
}

fn floats(left: f64, name: &str, right: f64) -> Run {
    Ok(match name {
        "+" => Value::Float(left + right),
        "-" => Value::Float(left - right),
        "*" => Value::Float(left * right),
        "/" | "fdiv" => Value::Float(left / right),
        "%" | "modulo" => Value::Float(float_mod(left, right)),
        "**" | "pow" => Value::Float(left.powf(right)),
        "div" => whole((left / right).floor())?,
        "divmod" => {
            let rest = float_mod(left, right);
            Value::list(vec![
                whole(((left - rest) / right).round())?,
                Value::Float(rest),
            ])
        }
        "<" => Value::Bool(left < right),
        "<=" => Value::Bool(left <= right),
        ">" => Value::Bool(left > right),
        _ => Value::Bool(left >= right),
    })
}

fn whole(value: f64) -> Run {
    if value.is_nan() || value.is_infinite() {
        let shown = crate::values::number::float_text(value);
        return Err(Stop::raise("FloatDomainError", shown));
    }
    if value.abs() >= 9.2e18 {
        return Err(Stop::big());
    }
    Ok(Value::Integer(value as i64))
}

pub(super) fn float(
    ruby: &mut Interpreter<'_>,
    value: f64,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    if let (
        [operand],
        "+" | "-" | "*" | "/" | "%" | "modulo" | "**" | "pow" | "<" | "<=" | ">" | ">=" | "fdiv"
        | "div" | "divmod",
    ) = (arguments, name)
    {
        return match operand {
            Value::Integer(operand) => floats(value, name, *operand as f64).map(Some),
            Value::Float(operand) => floats(value, name, *operand).map(Some),
            other => Err(uncoercible(name, other, "Float")),
        };
    }
    match (name, arguments) {
        ("-@", []) => answer(-value),
        ("+@" | "to_f", []) => answer(value),
        ("to_i" | "to_int" | "truncate", []) => whole(value.trunc()).map(Some),
        ("floor", []) => whole(value.floor()).map(Some),
        ("ceil", []) => whole(value.ceil()).map(Some),
        ("round", []) => whole(value.round()).map(Some),
        ("round", [Value::Hash(_)]) => Err(Stop::unsupported("rounding with an option")),
        ("round" | "floor" | "ceil" | "truncate", [digits]) => {
            let digits = argument::integer(digits)?;
            if digits <= 0 {
                let integer = whole(match name {
                    "floor" => value.floor(),
                    "ceil" => value.ceil(),
                    "round" if digits == 0 => value.round(),
                    _ => value.trunc(),
                })?;
                return ruby
                    .send(&integer, name, &[Value::Integer(digits)], None)
                    .map(Some);
            }
            if digits > 15 {
                return answer(value);
            }
            let factor = 10_f64.powi(i32::try_from(digits).unwrap_or(15));
            let scaled = value * factor;
            answer(match name {
                "floor" => scaled.floor() / factor,
                "ceil" => scaled.ceil() / factor,
                "truncate" => scaled.trunc() / factor,
                _ => rounded(value, factor),
            })
        }
        ("step", [limit, ..]) if !matches!(limit, Value::Hash(_)) => match block {
            Some(block) => {
                step_floats(ruby, value, arguments, block)?;
                answer(value)
            }
            None => enumerator(&Value::Float(value), name, arguments),
        },
        ("nan?", []) => answer(value.is_nan()),
        ("infinite?", []) => answer(match value.is_infinite() {
            true if value > 0.0 => Value::Integer(1),
            true => Value::Integer(-1),
            false => Value::Nil,
        }),
        ("finite?", []) => answer(value.is_finite()),
        ("abs" | "magnitude", []) => answer(value.abs()),
        ("zero?", []) => answer(value == 0.0),
        ("positive?", []) => answer(value > 0.0),
        ("negative?", []) => answer(value < 0.0),
        ("integer?", []) => answer(false),
        ("between?", [least, most]) => answer(between(&Value::Float(value), least, most)),
        _ => Ok(None),
    }
}

/// `step` where floats are among its numbers: how often is worked out first, as Ruby does it, so
/// that errors do not add up.
fn step_floats(
    ruby: &mut Interpreter<'_>,
    from: f64,
    arguments: &[Value],
    block: &Procedure,
) -> Run<()> {
    let float = |value: &Value| match value {
        Value::Float(value) => Ok(*value),
        other => argument::integer(other).map(|value| value as f64),
    };
    let limit = arguments.first().map_or(Ok(f64::INFINITY), float)?;
    let width = arguments.get(1).map_or(Ok(1.0), float)?;
    if width == 0.0 {
        return Err(Stop::argument("step can't be 0"));
    }
    let span = limit - from;
    let slack = (from.abs() + limit.abs() + span.abs()) / width.abs() * f64::EPSILON;
    let last = (span / width + slack.min(0.5)).floor();
    let mut index = 0.0;
    while index <= last {
        let at = index * width + from;
        let is_beyond = if width > 0.0 { limit < at } else { at < limit };
        let at = if is_beyond { limit } else { at };
        ruby.yield_to(block, &[Value::Float(at)])?;
        index += 1.0;
    }
    Ok(())
}

/// The remainder with the sign of the divisor.
fn float_mod(left: f64, right: f64) -> f64 {
    let rest = left % right;
    match rest * right < 0.0 {
        true => rest + right,
        false => rest,
    }
}

/// Half away from zero, on the number as it is written.
fn rounded(value: f64, factor: f64) -> f64 {
    let scaled = (value * factor).round();
    // What was scaled may have crossed the half.
    let corrected = if value > 0.0 && (scaled + 0.5) / factor <= value {
        scaled + 1.0
    } else if value < 0.0 && (scaled - 0.5) / factor >= value {
        scaled - 1.0
    } else {
        scaled
    };
    corrected / factor
}

/// Digits in another base.
pub(super) fn in_base(value: i64, base: i64) -> Run<String> {
    if !(2..=36).contains(&base) {
        return Err(Stop::argument(format!("invalid radix {base}")));
    }
    let base = u64::try_from(base).expect("between 2 and 36");
    let mut rest = value.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(rest % base).expect("below the base");
        digits.push(char::from_digit(digit, 36).expect("below 36"));
        rest /= base;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        digits.push('-');
    }
    Ok(digits.into_iter().rev().collect())
}
