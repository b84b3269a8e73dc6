//! `== != < <= > >= =~ !~ in`, and the matching of `case` and selectors.

use std::{cmp::Ordering, rc::Rc};

use ficelle_syntax::ast::{BinaryOperator, Expression};

use super::{Evaluator, label};
use crate::{
    error::{Error, Evaluated},
    scope::Scope,
    types::{construct, parameterize::class_name},
    values::{Incomparable, Regexp, SemVer, SemVerRange, Value},
};

impl Evaluator<'_> {
    pub(super) fn comparison(
        &self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let left = self.evaluate(left, scope)?;
        let right = self.evaluate(right, scope)?;
        use BinaryOperator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        let result = match (operator, &left, &right) {
            (Equal, ..) => left.equals(&right),
            (NotEqual, ..) => !left.equals(&right),
            (Less, Value::Type(a), Value::Type(b)) => b.is_assignable(a) && !a.is_equivalent(b),
            (LessEqual, Value::Type(a), Value::Type(b)) => b.is_assignable(a),
            (Greater, Value::Type(a), Value::Type(b)) => a.is_assignable(b) && !a.is_equivalent(b),
            (GreaterEqual, Value::Type(a), Value::Type(b)) => a.is_assignable(b),
            // What is no type is assignable to none.
            (Less | LessEqual | Greater | GreaterEqual, Value::Type(_), _) => false,
            _ => match compare(&left, &right) {
                Ok(order) => match operator {
                    Less => order.is_some_and(Ordering::is_lt),
                    LessEqual => order.is_some_and(Ordering::is_le),
                    Greater => order.is_some_and(Ordering::is_gt),
                    _ => order.is_some_and(Ordering::is_ge),
                },
                Err(detail) => {
                    return Err(Error::issue(format!(
                        "Comparison of: {} {} {}, is not possible. Caused by '{detail}'.",
                        label::value(&left),
                        operator.symbol(),
                        label::value(&right),
                    ))
                    .into());
                }
            },
        };
        Ok(Value::Boolean(result))
    }

    pub(super) fn match_expression(
        &self,
        left_expression: &Expression,
        right_expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated<bool> {
        let left = self.evaluate(left_expression, scope)?;
        let pattern = match self.evaluate(right_expression, scope)? {
            Value::Type(expected) => {
                construct::check_init(&expected).map_err(Error::new)?;
                return Ok(expected.is_instance(&left));
            }
            Value::SemVerRange(range) => return Ok(includes_version(&range, &left)),
            Value::Regexp(regexp) => regexp,
            Value::String(text) => Regexp::of(&text),
            other => {
                let name = match &other {
                    Value::Undef => "nil".to_owned(),
                    Value::Boolean(value) => value.to_string(),
                    other => class_name(other).into_owned(),
                };
                let detail = format!("no implicit conversion of {name} into String");
                return Err(not_regexp(&detail).at(right_expression.span).into());
            }
        };
        if let Err(error) = pattern.compiled() {
            return Err(not_regexp(&error.to_string())
                .at(right_expression.span)
                .into());
        }
        let Value::String(text) = &left else {
            let got = label::with_article(&label::value(&left));
            let message = format!("Left match operand must result in a String value. Got {got}.");
            return Err(Error::issue(message).at(left_expression.span).into());
        };
        match_regexp(&pattern, text, scope)
    }

    pub(super) fn is_in(
        &self,
        left: &Expression,
        right: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated<bool> {
        let left = self.evaluate(left, scope)?;
        let right = self.evaluate(right, scope)?;
        includes(&right, &left, scope)
    }
}

fn not_regexp(detail: &str) -> Error {
    Error::issue(format!(
        "Can not convert right match operand to a regular expression. Caused by '{detail}'."
    ))
}

/// Orders two values; `None` where neither is before the other (NaN).
///
/// # Errors
/// The reason why they have no order.
pub(crate) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, Incomparable> {
    if let (Value::Float(number), _) | (_, Value::Float(number)) = (left, right)
        && number.is_nan()
    {
        return Ok(None);
    }
    left.compare(right).map(Some)
}

/// Whether a regular expression matches; sets the match variables where it does.
///
/// # Errors
/// It cannot be compiled, or takes too long on this text.
pub(crate) fn match_regexp(regexp: &Regexp, text: &str, scope: &Scope) -> Evaluated<bool> {
    match regexp.captures(text) {
        Ok(Some(groups)) => {
            scope.set_matches(groups.into());
            Ok(true)
        }
        Ok(None) => Ok(false),
        Err(error) => Err(Error::new(error.to_string()).into()),
    }
}

/// How an option of a `case` or a selector matches a value.
///
/// # Errors
/// A regular expression that cannot be used.
pub(crate) fn matches(value: &Value, option: &Value, scope: &Scope) -> Evaluated<bool> {
    Ok(match (option, value) {
        (Value::Regexp(regexp), Value::String(text)) => match_regexp(regexp, text, scope)?,
        (Value::Regexp(_), _) => false,
        (Value::Type(expected), _) => expected.is_instance(value),
        (Value::SemVer(version), Value::String(text)) => {
            SemVer::parse(text).is_ok_and(|other| **version == other)
        }
        (Value::SemVerRange(range), _) => includes_version(range, value),
        (Value::Default, _) => true,
        (Value::Array(options), Value::Array(elements)) => {
            if options.len() != elements.len() {
                return Ok(false);
            }
            for (option, element) in options.iter().zip(elements.iter()) {
                if !matches(element, option, scope)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Hash(options), Value::Hash(entries)) => {
            for (key, option) in options.iter() {
                let element = entries.get(key).unwrap_or(&Value::Undef);
                if !matches(element, option, scope)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => option.equals(value),
    })
}

/// `needle in haystack`
///
/// # Errors
/// A regular expression that cannot be used.
pub(crate) fn includes(haystack: &Value, needle: &Value, scope: &Scope) -> Evaluated<bool> {
    Ok(match (haystack, needle) {
        (Value::String(text), Value::String(part)) => {
            text.to_lowercase().contains(&part.to_lowercase())
        }
        (Value::String(text), Value::Regexp(regexp)) => match_regexp(regexp, text, scope)?,
        (Value::Binary(bytes), Value::Binary(part)) => contains_bytes(bytes, part),
        (Value::Binary(bytes), Value::String(part)) => contains_bytes(bytes, part.as_bytes()),
        (Value::Binary(bytes), Value::Integer(byte)) => {
            bytes.iter().any(|other| i64::from(*other) == *byte)
        }
        (Value::Binary(bytes), Value::Float(byte)) => {
            bytes.iter().any(|other| f64::from(*other) == *byte)
        }
        (Value::Array(elements), _) => is_element(elements.iter(), needle, scope)?,
        (Value::Hash(entries), _) => is_element(entries.keys(), needle, scope)?,
        (Value::SemVerRange(range), _) => includes_version(range, needle),
        _ => false,
    })
}

fn is_element<'v>(
    mut elements: impl Iterator<Item = &'v Value>,
    needle: &Value,
    scope: &Scope,
) -> Evaluated<bool> {
    match needle {
        Value::Regexp(regexp) => {
            for element in elements {
                if let Value::String(text) = element
                    && match_regexp(regexp, text, scope)?
                {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::String(_) | Value::SemVer(_) => {
            for element in elements {
                if matches(needle, element, scope)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Type(expected) => Ok(elements.any(|element| expected.is_instance(element))),
        other => Ok(elements.any(|element| element.equals(other))),
    }
}

/// A version, or a text that reads as one.
fn includes_version(range: &SemVerRange, value: &Value) -> bool {
    match value {
        Value::SemVer(version) => range.includes(version),
        Value::String(text) => SemVer::parse(text).is_ok_and(|version| range.includes(&version)),
        _ => false,
    }
}

fn contains_bytes(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}
