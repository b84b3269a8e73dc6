//! Between booleans, numbers and strings.

use super::{
    super::{Function, fail, function, legacy, on},
    number::parse_float,
    wrong_number,
};
use crate::{
    error::{Error, Evaluated},
    evaluator::{Call, flatten},
    functions::{digest::to_integer, formatting::leading_float},
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("any2array", &[legacy(any2array)]),
    function("any2bool", &[legacy(any2bool)]),
    function("bool2num", &[legacy(bool2num)]),
    function("bool2str", &[legacy(bool2str)]),
    function("num2bool", &[legacy(num2bool)]),
    function("str2bool", &[legacy(str2bool)]),
    function("to_bytes", &[legacy(to_bytes)]),
    function("convert_base", &[legacy(convert_base)]),
    function("clamp", &[legacy(clamp)]),
    function("hash", &[legacy(hash)]),
    function(
        "stdlib::ensure",
        &[
            on(
                "Variant[Boolean, Enum['present', 'absent']] ensure, \
                 Enum['directory', 'link', 'mounted', 'service', 'file', 'package'] resource",
                ensure,
            ),
            on("Variant[Boolean, Enum['present', 'absent']] ensure", ensure),
        ],
    ),
    function(
        "type_of",
        &[on("Any value", |call| {
            Ok(Value::Type(call.arguments[0].infer_set()))
        })],
    ),
    function(
        "stdlib::type_of",
        &[on("Any value", |call| {
            Ok(Value::Type(call.arguments[0].infer_set()))
        })],
    ),
    function(
        "is_a",
        &[on("Any value, Type type", |call| {
            match &call.arguments[1] {
                Value::Type(expected) => {
                    Ok(Value::Boolean(expected.is_instance(&call.arguments[0])))
                }
                _ => Ok(Value::Boolean(false)),
            }
        })],
    ),
];

fn any2array(call: &Call<'_, '_>) -> Evaluated {
    Ok(match call.arguments {
        [list @ Value::Array(_)] => list.clone(),
        [Value::Undef] => Value::array([]),
        [Value::String(text)] if text.is_empty() => Value::array([]),
        [Value::Hash(entries)] => {
            let flat = entries
                .iter()
                .flat_map(|(key, value)| [key.clone(), value.clone()]);
            Value::array(flat.collect::<Vec<_>>())
        }
        others => Value::array(others),
    })
}

fn any2bool(call: &Call<'_, '_>) -> Evaluated {
    let [value, ..] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    Ok(Value::Boolean(match value {
        Value::Boolean(value) => *value,
        Value::Undef => false,
        Value::Integer(value) => *value > 0,
        Value::Float(value) => *value as i64 > 0,
        Value::String(text) => match parse_float(text) {
            Some(number) => number as i64 > 0,
            None => parse_boolean(text)?,
        },
        _ => true,
    }))
}

fn bool2num(call: &Call<'_, '_>) -> Evaluated {
    let [value, ..] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    Ok(Value::Integer(i64::from(to_boolean(value)?)))
}

fn str2bool(call: &Call<'_, '_>) -> Evaluated {
    match call.arguments {
        [] => Err(wrong_number(call, "1").into()),
        [value, ..] => to_boolean(value).map(Value::Boolean),
    }
}

/// What `str2bool` makes of a value.
pub(super) fn to_boolean(value: &Value) -> Evaluated<bool> {
    match value {
        Value::Boolean(value) => Ok(*value),
        Value::Undef => Ok(false),
        Value::String(text) => parse_boolean(text),
        _ => fail!("str2bool(): Requires string to work with"),
    }
}

fn parse_boolean(text: &str) -> Evaluated<bool> {
    // The patterns of the reference are those of lines, and any line will do.
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        match line.to_ascii_lowercase().as_str() {
            "" => return Ok(false),
            "1" | "t" | "y" | "true" | "yes" => return Ok(true),
            "0" | "f" | "n" | "false" | "no" | "undef" | "undefined" => return Ok(false),
            _ => {}
        }
    }
    fail!("str2bool(): Unknown type of boolean given")
}

fn bool2str(call: &Call<'_, '_>) -> Evaluated {
    let (value, names) = match call.arguments {
        [value] => (value, None),
        [value, yes, no] => (value, Some((yes, no))),
        _ => return Err(wrong_number(call, "3").into()),
    };
    let Value::Boolean(value) = value else {
        fail!("bool2str(): Requires a boolean to work with");
    };
    Ok(match names {
        None => Value::string(if *value { "true" } else { "false" }),
        Some((yes @ Value::String(_), no @ Value::String(_))) => {
            if *value {
                yes.clone()
            } else {
                no.clone()
            }
        }
        Some(_) => fail!("bool2str(): Requires strings to convert to"),
    })
}

fn num2bool(call: &Call<'_, '_>) -> Evaluated {
    let [value] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    let number = match value {
        Value::Integer(value) => *value,
        Value::Float(value) => *value as i64,
        Value::String(text) => match parse_float(text) {
            Some(number) => number as i64,
            None => fail!(
                "num2bool(): '{text}' does not look like a number: invalid value for Float(): \
                 \"{text}\""
            ),
        },
        _ => 0,
    };
    Ok(Value::Boolean(number > 0))
}

fn to_bytes(call: &Call<'_, '_>) -> Evaluated {
    let text = match call.arguments {
        [number @ (Value::Integer(_) | Value::Float(_))] => return Ok(number.clone()),
        [Value::String(text)] => text,
        [Value::Boolean(value)] => fail!("no implicit conversion of {value} into String"),
        [Value::Undef] => return Ok(Value::Integer(0)),
        [other] => fail!(
            "no implicit conversion of {} into String",
            super::class_of(other)
        ),
        _ => return Err(wrong_number(call, "1").into()),
    };
    let is_part = |character: char| character.is_ascii_digit() || ".e+-".contains(character);
    let end = text
        .find(|character| !is_part(character))
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let prefix = rest
        .trim_start()
        .chars()
        .next()
        .filter(|first| !"bB".contains(*first));
    let exponent = match prefix {
        None => 0,
        Some('k') => 10,
        Some('M') => 20,
        Some('G') => 30,
        Some('T') => 40,
        Some('P') => 50,
        Some('E') => 60,
        Some(other) => fail!("to_bytes(): Unknown prefix {other}"),
    };
    Ok(Value::Integer(
        (leading_float(digits) * (1_u64 << exponent) as f64) as i64,
    ))
}

fn convert_base(call: &Call<'_, '_>) -> Evaluated {
    let [number, base] = call.arguments else {
        return Err(wrong_number(call, "2").into());
    };
    for (value, which) in [(number, "First"), (base, "Second")] {
        if !matches!(value, Value::Integer(_) | Value::String(_)) {
            fail!("convert_base(): {which} argument must be either a string or an integer");
        }
    }
    for value in [number, base] {
        if let Value::String(text) = value
            && (text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()))
        {
            fail!(
                "convert_base(): First argument must be an integer or a string corresponding to \
                 an integer in base 10"
            );
        }
    }
    let (number, base) = (to_integer(number), to_integer(base));
    if !(2..=36).contains(&base) {
        fail!("convert_base(): base must be at least 2 and must not be greater than 36");
    }
    let mut digits = Vec::new();
    let mut rest = number.unsigned_abs();
    while rest > 0 || digits.is_empty() {
        let digit = (rest % base as u64) as u32;
        digits.push(char::from_digit(digit, 36).expect("a digit below the base"));
        rest /= base as u64;
    }
    if number < 0 {
        digits.push('-');
    }
    Ok(Value::string(digits.iter().rev().collect::<String>()))
}

fn clamp(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.is_empty() {
        return Err(wrong_number(call, "minimum 1").into());
    }
    let values = flatten(call.arguments.to_vec());
    if values.len() != 3 {
        fail!("clamp(): Wrong number of arguments, need three to clamp");
    }
    let mut numbers = Vec::with_capacity(3);
    for value in &values {
        match value {
            Value::String(text)
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                fail!("clamp(): Required explicit numeric ({text}:String)")
            }
            Value::Hash(_) => fail!("clamp(): The Hash type is not allowed ({value})"),
            other => numbers.push(to_integer(other)),
        }
    }
    numbers.sort_unstable();
    Ok(Value::Integer(numbers[1]))
}

fn hash(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.is_empty() {
        return Err(wrong_number(call, "1").into());
    }
    let [Value::Array(elements), ..] = call.arguments else {
        fail!("hash(): Requires array to work with");
    };
    if elements.is_empty() {
        return Ok(Value::hash(HashMap::default()));
    }
    let flat = flatten(elements.to_vec());
    if !flat.len().is_multiple_of(2) {
        return Err(Error::new("hash(): Unable to compute hash from array given").into());
    }
    let pairs = flat.chunks_exact(2);
    Ok(Value::hash(
        pairs
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect(),
    ))
}

fn ensure(call: &Call<'_, '_>) -> Evaluated {
    let is_present = match &call.arguments[0] {
        Value::Boolean(value) => *value,
        other => other.as_str() == Some("present"),
    };
    let resource = call.arguments.get(1).and_then(Value::as_str);
    Ok(Value::string(match (resource, is_present) {
        (Some("package"), true) => "installed",
        (Some("service"), true) => "running",
        (Some("service"), false) => "stopped",
        (Some(other), true) => other,
        (None, true) => "present",
        (_, false) => "absent",
    }))
}
