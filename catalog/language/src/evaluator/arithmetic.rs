//! `+ - * / % << >>`, on numbers, collections, binaries, times and URIs.

use std::{rc::Rc, sync::Arc};

use ficelle_syntax::ast::{BinaryOperator, Expression};

use super::{Evaluator, label, number::Number};
use crate::{
    error::{Error, Evaluated},
    host::Strict,
    scope::Scope,
    types::uri,
    values::{HashMap, Value, ruby_string},
};

const NANOSECONDS: i128 = 1_000_000_000;

impl Evaluator<'_> {
    pub(super) fn arithmetic(
        &self,
        operator: BinaryOperator,
        left_expression: &Expression,
        right_expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let left = self.evaluate(left_expression, scope)?;
        let right = self.evaluate(right_expression, scope)?;
        let at_left = left_expression.span;
        let not_applicable = |value: &Value| {
            let operator = operator.symbol();
            let operand = label::with_article(&label::value(value));
            let message = format!("Operator '{operator}' is not applicable to {operand}.");
            Error::issue(message).at(at_left)
        };
        let not_applicable_to = |left: &Value, right: &Value| {
            let message = format!(
                "Operator '{}' is not applicable to {} when right side is {}.",
                operator.symbol(),
                label::with_article(&label::value(left)),
                label::with_article(&label::value(right)),
            );
            Error::issue(message).at(at_left)
        };
        use BinaryOperator::{Add, LeftShift, Subtract};
        match (&left, operator) {
            (Value::Array(_) | Value::Hash(_) | Value::Uri(_) | Value::Binary(_), Add) => {
                return concatenate(&left, &right).map_err(Into::into);
            }
            (Value::Array(_) | Value::Hash(_), Subtract) => return Ok(delete(&left, &right)),
            (Value::Array(elements), LeftShift) => {
                let mut elements = elements.to_vec();
                elements.push(right);
                return Ok(Value::array(elements));
            }
            (Value::Hash(_), LeftShift) => return Err(not_applicable(&left).into()),
            _ => {}
        }
        if matches!(left, Value::SemVer(_)) || matches!(right, Value::SemVer(_)) {
            for (side, expression) in [(&left, left_expression), (&right, right_expression)] {
                if !matches!(side, Value::SemVer(_)) {
                    self.numeric(side, expression)?;
                }
            }
            return Err(match with_version(operator, &left, &right) {
                WithVersion::Refused(refused) => Error::new(refused),
                WithVersion::NotApplicable => not_applicable(&left),
                WithVersion::NotApplicableTo => not_applicable_to(&left, &right),
            }
            .into());
        }
        let a = self.numeric(&left, left_expression)?;
        let b = self.numeric(&right, right_expression)?;
        match calculate(operator, a, b) {
            Ok(Outcome::Number(number)) => Ok(number.into()),
            Ok(Outcome::Integer(value)) => match i64::try_from(value) {
                Ok(value) => Ok(Value::Integer(value)),
                Err(_) => Err(overflow(operator, value).into()),
            },
            Err(Refusal::NotApplicable) => Err(not_applicable(&a.into()).into()),
            Err(Refusal::NotApplicableTo) => Err(not_applicable_to(&a.into(), &b.into()).into()),
            Err(Refusal::Times(message)) => Err(Error::new(message).into()),
            Err(Refusal::NoModulus) => {
                let operand = label::value(&b.into());
                let message = format!("Can not do modulus on a Timespan using a a {operand}");
                Err(Error::new(message).into())
            }
            Err(Refusal::DivisionByZero) => Err(Error::issue("Division by 0")
                .at(right_expression.span)
                .into()),
            Err(Refusal::Infinite) => {
                let operator = operator.symbol();
                let message = format!("The result of the {operator} expression is Infinity");
                Err(Error::issue(message).at(at_left).into())
            }
            Err(Refusal::Shifted(value, by)) => Err(shifted_out(operator, value, by).into()),
        }
    }

    /// `-operand`; what is no number is the whole expression's fault.
    pub(super) fn negate(
        &self,
        operand: &Expression,
        negation: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let value = self.evaluate(operand, scope)?;
        match self.numeric(&value, negation)? {
            Number::Integer(value) => match value.checked_neg() {
                Some(value) => Ok(Value::Integer(value)),
                None => Err(overflow(BinaryOperator::Subtract, -i128::from(value)).into()),
            },
            Number::Float(value) => Ok(Value::Float(-value)),
            Number::Timespan(value) => Ok(Value::timespan(-value)),
            Number::Timestamp(_) => Err(Error::new("undefined method '-@' for a Timestamp").into()),
        }
    }

    /// The number that a value is or stands for. A string that stands for one is an error, a
    /// warning or nothing, by `strict`.
    pub(super) fn numeric(&self, value: &Value, blamed: &Expression) -> Evaluated<Number> {
        let Some(number) = Number::of(value) else {
            let value = ruby_string(value);
            let message = format!("The value '{value}' cannot be converted to Numeric.");
            return Err(Error::issue(message).at(blamed.span).into());
        };
        if matches!(value, Value::String(_)) {
            let shown: Value = number.into();
            self.lenient(self.host.settings().strict, blamed, || {
                format!(
                    "The string '{value}' was automatically coerced to the numerical value {shown}"
                )
            })?;
        }
        Ok(number)
    }

    /// An error, a warning or nothing.
    pub(super) fn lenient(
        &self,
        severity: Strict,
        blamed: &Expression,
        message: impl FnOnce() -> String,
    ) -> Evaluated<()> {
        match severity {
            Strict::Off => Ok(()),
            Strict::Error => Err(Error::issue(message()).at(blamed.span).into()),
            Strict::Warning => {
                let location = self.location(blamed.span);
                self.host
                    .log(crate::host::Level::Warning, &message(), Some(&location));
                Ok(())
            }
        }
    }
}

enum Outcome {
    Integer(i128),
    Number(Number),
}

enum Refusal {
    NotApplicable,
    NotApplicableTo,
    /// Why two times have no such result.
    Times(&'static str),
    /// The right side is none that a timespan has a remainder by.
    NoModulus,
    DivisionByZero,
    Infinite,
    /// A number shifted to the left, further than is calculated with.
    Shifted(i128, i128),
}

fn overflow(operator: BinaryOperator, value: i128) -> Error {
    let sign = if value > 0 { '+' } else { '-' };
    let bound = if value > 0 { "max" } else { "min" };
    Error::issue(format!(
        "A '{}' expression resulted in a value outside of Puppet Integer {bound} range, got \
         '{sign}{:#x}'",
        operator.symbol(),
        value.unsigned_abs(),
    ))
}

/// The error of a shift whose result has more digits than an integer here. It tells them all, as far
/// as somebody may want to read them.
fn shifted_out(operator: BinaryOperator, value: i128, by: i128) -> Error {
    const WIDEST: i128 = 1 << 14;
    if by > WIDEST {
        return Error::new("shift width too big");
    }
    let (sign, bound) = if value > 0 {
        ('+', "max")
    } else {
        ('-', "min")
    };
    let digits = format!("{:x}", value.unsigned_abs() << (by % 4));
    let zeros = "0".repeat(usize::try_from(by / 4).unwrap_or(0));
    Error::issue(format!(
        "A '{}' expression resulted in a value outside of Puppet Integer {bound} range, got \
         '{sign}0x{digits}{zeros}'",
        operator.symbol(),
    ))
}

fn calculate(operator: BinaryOperator, left: Number, right: Number) -> Result<Outcome, Refusal> {
    use Number::{Float, Integer};
    match (left, right) {
        (Integer(a), Integer(b)) => integers(operator, a.into(), b.into()).map(Outcome::Integer),
        (Float(_), Integer(_) | Float(_)) | (Integer(_), Float(_)) => floats(operator, left, right),
        _ => times(operator, left, right),
    }
}

fn integers(operator: BinaryOperator, a: i128, b: i128) -> Result<i128, Refusal> {
    Ok(match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        BinaryOperator::Multiply => a * b,
        BinaryOperator::Divide | BinaryOperator::Modulo if b == 0 => {
            return Err(Refusal::DivisionByZero);
        }
        // Ruby rounds down, and the remainder has the sign of the divisor.
        BinaryOperator::Divide => a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0),
        BinaryOperator::Modulo => {
            let rest = a.rem_euclid(b);
            if b < 0 && rest != 0 { rest + b } else { rest }
        }
        BinaryOperator::LeftShift => shift(a, b)?,
        BinaryOperator::RightShift => shift(a, -b)?,
        _ => return Err(Refusal::NotApplicable),
    })
}

fn shift(value: i128, by: i128) -> Result<i128, Refusal> {
    match by {
        _ if value == 0 => Ok(0),
        ..=-64 => Ok(if value < 0 { -1 } else { 0 }),
        -63..=-1 => Ok(value >> -by),
        0..=63 => Ok(value << by),
        _ => Err(Refusal::Shifted(value, by)),
    }
}

fn floats(operator: BinaryOperator, left: Number, right: Number) -> Result<Outcome, Refusal> {
    let float = |number| match number {
        Number::Integer(value) => value as f64,
        Number::Float(value) => value,
        Number::Timestamp(value) | Number::Timespan(value) => value as f64,
    };
    let (a, b) = (float(left), float(right));
    let result = match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        BinaryOperator::Multiply => a * b,
        BinaryOperator::Divide => a / b,
        BinaryOperator::Modulo if matches!(left, Number::Integer(_)) => {
            return Err(Refusal::NotApplicableTo);
        }
        BinaryOperator::LeftShift | BinaryOperator::RightShift => match left {
            Number::Integer(value) => {
                let by = b as i128;
                let by = if operator == BinaryOperator::LeftShift {
                    by
                } else {
                    by.saturating_neg()
                };
                return shift(value.into(), by).map(Outcome::Integer);
            }
            _ => return Err(Refusal::NotApplicable),
        },
        _ => return Err(Refusal::NotApplicable),
    };
    if result.is_infinite() {
        return Err(Refusal::Infinite);
    }
    Ok(Outcome::Number(Number::Float(result)))
}

/// At least one side is a time.
fn times(operator: BinaryOperator, left: Number, right: Number) -> Result<Outcome, Refusal> {
    use BinaryOperator::{Add, Divide, Modulo, Multiply, Subtract};
    use Number::{Float, Integer, Timespan, Timestamp};
    let nanoseconds = |number| match number {
        Integer(value) => Ok(i128::from(value) * NANOSECONDS),
        Float(value) => whole(value * NANOSECONDS as f64),
        Timestamp(value) | Timespan(value) => Ok(value),
    };
    let number = match (operator, left, right) {
        (Modulo, Float(_), _) => return Err(Refusal::NotApplicable),
        (Modulo, _, Float(_)) => return Err(Refusal::NotApplicableTo),
        (Add, Timestamp(_), Timestamp(_)) => {
            return Err(Refusal::Times("A Timestamp cannot be added to a Timestamp"));
        }
        (Add, Timestamp(_), _) | (Add, _, Timestamp(_)) => {
            Timestamp(nanoseconds(left)? + nanoseconds(right)?)
        }
        (Add, ..) => Timespan(nanoseconds(left)? + nanoseconds(right)?),
        (Subtract, Timestamp(a), Timestamp(b)) => Timespan(a - b),
        (Subtract, Timestamp(a), _) => Timestamp(a - nanoseconds(right)?),
        (Subtract, Timespan(_), Timestamp(_)) => {
            return Err(Refusal::Times(
                "A Timestamp cannot be subtracted from a Timespan",
            ));
        }
        (Multiply, Timespan(_), Timestamp(_)) => {
            return Err(Refusal::Times(
                "A Timestamp cannot be multiplied by a Timestamp",
            ));
        }
        (Multiply, Timespan(_), Timespan(_)) => {
            return Err(Refusal::Times(
                "A Timestamp cannot be multiplied by a Timespan",
            ));
        }
        (Divide, Timespan(_), Timestamp(_)) => {
            return Err(Refusal::Times(
                "A Timespan cannot be divided by a Timestamp",
            ));
        }
        (Subtract, _, Timespan(_)) => Timespan(nanoseconds(left)? - nanoseconds(right)?),
        (Subtract, Timespan(_), _) => Timespan(nanoseconds(left)? - nanoseconds(right)?),
        (Multiply, Timespan(span), Integer(by)) | (Multiply, Integer(by), Timespan(span)) => {
            Timespan(span.checked_mul(by.into()).ok_or(ENDLESS)?)
        }
        (Multiply, Timespan(span), Float(by)) | (Multiply, Float(by), Timespan(span)) => {
            Timespan(whole(span as f64 * by)?)
        }
        _ => return divided(operator, left, right),
    };
    Ok(Outcome::Number(number))
}

/// What is left: a timespan by something, or what times do not do.
fn divided(operator: BinaryOperator, left: Number, right: Number) -> Result<Outcome, Refusal> {
    use BinaryOperator::{Divide, Modulo};
    use Number::{Float, Integer, Timespan, Timestamp};
    let number = match (operator, left, right) {
        (_, Integer(_) | Float(_), _) => return Err(Refusal::NotApplicableTo),
        (Divide | Modulo, Timespan(_), Integer(0)) => return Err(Refusal::DivisionByZero),
        (Divide, Timespan(_), Float(0.0)) => return Err(Refusal::DivisionByZero),
        (Divide, Timespan(a), Timespan(b)) => {
            let quotient = a as f64 / b as f64;
            if quotient.is_infinite() {
                return Err(Refusal::Infinite);
            }
            Float(quotient)
        }
        (Divide, Timespan(a), Integer(b)) => Timespan(integers(Divide, a, b.into())?),
        (Divide, Timespan(a), Float(b)) => Timespan(whole((a as f64 / b).floor())?),
        // The rest of its seconds, as a number.
        (Modulo, Timespan(a), Integer(b)) => {
            return integers(Modulo, a.div_euclid(NANOSECONDS), b.into()).map(Outcome::Integer);
        }
        (Modulo, Timespan(_), Timespan(_) | Timestamp(_)) => return Err(Refusal::NoModulus),
        _ => return Err(Refusal::NotApplicable),
    };
    Ok(Outcome::Number(number))
}

/// What Ruby says of a float that it makes no integer of.
const ENDLESS: Refusal = Refusal::Times("Infinity");

/// A float without its fraction, where it is not beyond all times.
fn whole(value: f64) -> Result<i128, Refusal> {
    const FARTHEST: f64 = 1e37;
    match value {
        value if value.is_nan() => Err(Refusal::Times("NaN")),
        value if value > FARTHEST => Err(ENDLESS),
        value if value < -FARTHEST => Err(Refusal::Times("-Infinity")),
        value => Ok(value as i128),
    }
}

/// Why there is no result where a side is a version. It counts as a number, but has no
/// arithmetic.
enum WithVersion {
    Refused(String),
    NotApplicable,
    NotApplicableTo,
}

fn with_version(operator: BinaryOperator, left: &Value, right: &Value) -> WithVersion {
    use BinaryOperator::{Add, Divide, LeftShift, Modulo, Multiply, RightShift, Subtract};
    let refused = |text: &str| WithVersion::Refused(text.to_owned());
    let time = match (left, right) {
        (Value::Timespan(_), _) | (Value::SemVer(_), Value::Timespan(_)) => "Timespan",
        (Value::Timestamp(_), _) | (Value::SemVer(_), Value::Timestamp(_)) => "Timestamp",
        (Value::Float(_), _) if operator == Modulo => return WithVersion::NotApplicable,
        (Value::SemVer(_), Value::Float(_)) if operator == Modulo => {
            return WithVersion::NotApplicableTo;
        }
        (Value::SemVer(_), _) => return WithVersion::NotApplicable,
        _ if matches!(operator, LeftShift | RightShift) => return WithVersion::NotApplicable,
        (number, _) => {
            let number = label::value(number);
            let text = format!("SemanticPuppet::Version can't be coerced into {number}");
            return WithVersion::Refused(text);
        }
    };
    let is_left = !matches!(left, Value::SemVer(_));
    match (operator, time) {
        (Add, _) => WithVersion::Refused(format!("A Version cannot be added to a {time}")),
        (Subtract, _) if is_left => {
            WithVersion::Refused(format!("A Version cannot be subtracted from a {time}"))
        }
        (Multiply, "Timespan") => refused("A Timestamp cannot be multiplied by a Version"),
        (Divide, "Timespan") if is_left => refused("A Timespan cannot be divided by a Version"),
        (Modulo, "Timespan") if is_left => {
            refused("Can not do modulus on a Timespan using a a Version")
        }
        (Subtract, "Timespan") => WithVersion::NotApplicable,
        _ if is_left => WithVersion::NotApplicable,
        _ => WithVersion::NotApplicableTo,
    }
}

/// Concatenates arrays, merges hashes, joins binaries and URIs.
pub(crate) fn concatenate(left: &Value, right: &Value) -> Result<Value, Error> {
    match (left, right) {
        (Value::Array(elements), _) => {
            let mut elements = elements.to_vec();
            elements.extend(as_elements(right));
            Ok(Value::array(elements))
        }
        (Value::Hash(entries), Value::Hash(others)) => {
            let mut entries = HashMap::clone(entries);
            entries.extend(
                others
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
            Ok(Value::hash(entries))
        }
        (Value::Hash(entries), Value::Array(elements)) => {
            let mut merged = HashMap::clone(entries);
            merged.extend(hash_from_array(elements)?);
            Ok(Value::hash(merged))
        }
        (Value::Hash(_), _) => Err(Error::new("Can only append Array or Hash to a Hash")),
        (Value::Binary(a), Value::Binary(b)) => {
            Ok(Value::Binary([a.as_ref(), b.as_ref()].concat().into()))
        }
        (Value::Binary(_), _) => Err(Error::new("Can only append Binary to a Binary")),
        (Value::Uri(base), Value::Uri(reference) | Value::String(reference)) => {
            let bad = |error: uri::BadUri| Error::new(error.to_string());
            uri::parse(reference).map_err(bad)?;
            if !has_scheme(base) && !has_scheme(reference) {
                return Err(Error::new("both URI are relative"));
            }
            let merged = uri::normalized(&merge_uri(base, reference)).map_err(bad)?;
            Ok(Value::Uri(merged.into()))
        }
        (Value::Uri(_), _) => Err(Error::new(
            "An URI can only be merged with an URI or String",
        )),
        (other, _) => concatenate(&Value::array([other.clone()]), right),
    }
}

/// Entries from `[[key, value], …]` or `[key, value, …]`.
pub(crate) fn hash_from_array(elements: &[Value]) -> Result<HashMap, Error> {
    let is_pairs = !elements.is_empty()
        && elements
            .iter()
            .all(|element| matches!(element, Value::Array(_)));
    if !is_pairs {
        if !elements.len().is_multiple_of(2) {
            return Err(Error::new("odd number of arguments for Hash"));
        }
        let pairs = elements.chunks_exact(2);
        return Ok(pairs
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect());
    }
    elements
        .iter()
        .map(|element| match element {
            Value::Array(pair) if (1..=2).contains(&pair.len()) => {
                Ok((pair[0].clone(), pair.get(1).cloned().unwrap_or_default()))
            }
            Value::Array(pair) => Err(Error::new(format!(
                "invalid number of elements ({} for 1..2)",
                pair.len()
            ))),
            _ => unreachable!("every element is an array"),
        })
        .collect()
}

/// An array as it is, a hash as pairs, anything else as the only element.
pub(crate) fn as_elements(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements.to_vec(),
        Value::Hash(entries) => pairs(entries),
        other => vec![other.clone()],
    }
}

/// A hash as `[key, value]` pairs.
pub(crate) fn pairs(entries: &HashMap) -> Vec<Value> {
    let pair = |(key, value): (&Value, &Value)| Value::array([key.clone(), value.clone()]);
    entries.iter().map(pair).collect()
}

/// What is left of `left` when what is in `right` is taken out.
pub(crate) fn delete(left: &Value, right: &Value) -> Value {
    match left {
        Value::Array(elements) => {
            let gone = as_elements(right);
            let kept = elements.iter().filter(|element| !gone.contains(element));
            Value::array(kept.cloned().collect::<Vec<_>>())
        }
        Value::Hash(entries) => {
            let gone = match right {
                Value::Array(keys) => keys.to_vec(),
                Value::Hash(others) => others.keys().cloned().collect(),
                other => vec![other.clone()],
            };
            let mut entries = HashMap::clone(entries);
            entries.retain(|key, _| !gone.contains(key));
            Value::hash(entries)
        }
        other => other.clone(),
    }
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// Resolves a reference against a base (RFC 3986, section 5.2).
fn merge_uri(base: &Arc<str>, reference: &Arc<str>) -> String {
    if has_scheme(reference) {
        return reference.to_string();
    }
    let (scheme, rest) = base.split_once(':').unwrap_or(("", base));
    let scheme = if scheme.is_empty() {
        String::new()
    } else {
        format!("{scheme}:")
    };
    if reference.starts_with("//") {
        return format!("{scheme}{reference}");
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            (format!("//{}", &rest[..end]), &rest[end..])
        }
        None => (String::new(), rest),
    };
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let (target, suffix) =
        reference.split_at(reference.find(['?', '#']).unwrap_or(reference.len()));
    let merged = if target.is_empty() {
        path.to_owned()
    } else if target.starts_with('/') {
        remove_dots(target)
    } else {
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        remove_dots(&format!("{folder}{target}"))
    };
    format!("{scheme}{authority}{merged}{suffix}")
}

fn remove_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." => segments.truncate(1.max(segments.len() - 1)),
            other => segments.push(other),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        segments.push("");
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_down_as_in_ruby() {
        let result = |operator, a, b| match integers(operator, a, b) {
            Ok(value) => value,
            Err(_) => panic!("{a} and {b}"),
        };
        for (a, b, quotient, rest) in [
            (7, 2, 3, 1),
            (-7, 2, -4, 1),
            (7, -2, -4, -1),
            (-7, -2, 3, -1),
        ] {
            assert_eq!(result(BinaryOperator::Divide, a, b), quotient, "{a} / {b}");
            assert_eq!(result(BinaryOperator::Modulo, a, b), rest, "{a} % {b}");
        }
    }

    #[test]
    fn uris_are_merged_by_the_rules_of_rfc_3986() {
        let merge = |base: &str, reference: &str| merge_uri(&base.into(), &reference.into());
        assert_eq!(merge("http://a/b/c", "d"), "http://a/b/d");
        assert_eq!(merge("http://a/b/c", "../d?x"), "http://a/d?x");
        assert_eq!(merge("http://a/b/c", "/d"), "http://a/d");
        assert_eq!(merge("http://a/b", "https://x/"), "https://x/");
    }
}
