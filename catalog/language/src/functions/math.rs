//! Functions on numbers.

use super::{Function, fail, function, on, refusal};
use crate::{
    error::Evaluated,
    evaluator::{Call, comparison, label},
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "abs",
        &[on("Numeric val", abs), on("String val", abs_of_text)],
    ),
    function(
        "ceiling",
        &[
            on("Numeric val", |call| rounded(call, f64::ceil)),
            on("String val", |call| rounded(call, f64::ceil)),
        ],
    ),
    function(
        "floor",
        &[
            on("Numeric val", |call| rounded(call, f64::floor)),
            on("String val", |call| rounded(call, f64::floor)),
        ],
    ),
    function(
        "round",
        &[on("Numeric val", |call| {
            rounded(call, |value| {
                if value > 0.0 {
                    (value + 0.5).trunc()
                } else {
                    (value - 0.5).trunc()
                }
            })
        })],
    ),
    function(
        "compare",
        &[
            on("Numeric a, Numeric b", compare),
            on("String a, String b, Boolean ignore_case?", compare),
            on("SemVer a, SemVer b", compare),
            on("Numeric a, Variant[Timespan, Timestamp] b", compare),
            on("Timestamp a, Variant[Timestamp, Numeric] b", compare),
            on("Timespan a, Variant[Timespan, Numeric] b", compare),
            refusal("Any a, Any b, Any ignore_case*", not_comparable),
        ],
    ),
];

fn abs(call: &Call<'_, '_>) -> Evaluated {
    match &call.arguments[0] {
        Value::Integer(value) => match value.checked_abs() {
            Some(value) => Ok(Value::Integer(value)),
            None => fail!("abs(): the result is outside of the range of an Integer"),
        },
        Value::Float(value) => Ok(Value::Float(value.abs())),
        Value::Timespan(value) => Ok(Value::timespan(value.abs())),
        other => Ok(other.clone()),
    }
}

fn abs_of_text(call: &Call<'_, '_>) -> Evaluated {
    call.evaluator.deprecate(
        "The abs() function's auto conversion of String to Numeric is deprecated - change to \
         convert input before calling",
    );
    let text = call.arguments[0].as_str().unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        None if digits(unsigned) => match unsigned.parse() {
            Ok(value) => Ok(Value::Integer(value)),
            Err(error) => fail!("abs(): {text}: {error}"),
        },
        Some((whole, rest)) if digits(whole) && digits(rest) => {
            Ok(Value::Float(unsigned.parse().unwrap_or_default()))
        }
        _ => fail!("abs(): Requires float or integer to work with - was given non decimal string"),
    }
}

fn rounded(call: &Call<'_, '_>, round: fn(f64) -> f64) -> Evaluated {
    let value = match &call.arguments[0] {
        Value::Integer(value) => return Ok(Value::Integer(*value)),
        Value::Float(value) => *value,
        Value::String(text) => {
            let name = call.name;
            call.evaluator.deprecate(&format!(
                "The {name}() function's auto conversion of String to Float is deprecated - \
                 change to convert input before calling"
            ));
            match super::stdlib::parse_float(text) {
                Some(value) => value,
                None => fail!("{name}(): cannot convert given value to a floating point value."),
            }
        }
        other => fail!(
            "{}(): cannot round {}",
            call.name,
            crate::evaluator::label::type_name(other)
        ),
    };
    let result = round(value);
    if !(-9.3e18..9.3e18).contains(&result) {
        fail!(
            "{}(): {value} is outside of the range of an Integer",
            call.name
        );
    }
    Ok(Value::Integer(result as i64))
}

fn compare(call: &Call<'_, '_>) -> Evaluated {
    let order = match call.arguments {
        [Value::String(a), Value::String(b), Value::Boolean(false)] => Some(a.cmp(b)),
        [a, b, ..] => match comparison::compare(a, b) {
            Ok(order) => order,
            Err(reason) => fail!("compare(): {reason}"),
        },
        _ => None,
    };
    Ok(order.map_or(Value::Undef, |order| Value::Integer(order as i64)))
}

fn not_comparable(call: &Call<'_, '_>) -> Evaluated {
    let [a, b, rest @ ..] = call.arguments else {
        fail!("compare(): expects two values");
    };
    let is_comparable = |value: &Value| {
        matches!(
            value,
            Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::SemVer(_)
                | Value::Timespan(_)
                | Value::Timestamp(_)
        )
    };
    let (label_a, label_b) = (label::value(a), label::value(b));
    if !is_comparable(a) || !is_comparable(b) {
        fail!(
            "'compare' compare(): Non comparable type. Only values of the types Numeric, String, Semver, \
             Timestamp and Timestamp can be compared. Got {label_a} and {label_b}"
        );
    }
    if !rest.is_empty() {
        if !matches!((a, b), (Value::String(_), Value::String(_))) {
            fail!(
                "'compare' compare(): The third argument (ignore case) can only be used when comparing \
                 strings"
            );
        }
        if rest.len() > 1 {
            fail!(
                "'compare' compare(): Accepts at most 3 arguments, got {}",
                rest.len() + 2
            );
        }
        fail!(
            "'compare' compare(): The third argument (ignore case) must be a Boolean. Got {}",
            label::value(&rest[0])
        );
    }
    fail!(
        "'compare' compare(): Can only compare values of the same type (or for Timestamp/Timespan also \
         against Numeric). Got {label_a} and {label_b}"
    )
}
