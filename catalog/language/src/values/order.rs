//! `<`, `<=`, `>`, `>=` of the language.

use std::cmp::Ordering;

use super::{Value, time};

/// Two values have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// The left is a string.
    #[error("A String is not comparable to a non String")]
    String,
    /// The left is a number.
    #[error("A Numeric is not comparable to non Numeric")]
    Numeric,
    /// The left is a timespan.
    #[error("Timespans are only comparable to Timespans, Integers, and Floats")]
    Timespan,
    /// The left is a timestamp.
    #[error("Timestamps are only comparable to Timestamps, Integers, and Floats")]
    Timestamp,
    /// The left is a version.
    #[error("Versions not comparable to non Versions")]
    Version,
    /// The left is `default`.
    #[error("Symbol not comparable to non Symbol")]
    Default,
    /// The left is something else.
    #[error("Only Strings, Numbers, Timespans, Timestamps, and Versions are comparable")]
    Other,
}

impl Value {
    /// The order of two values: strings without regard to case, numbers, times, versions.
    ///
    /// # Errors
    /// They have no order.
    pub fn compare(&self, other: &Value) -> Result<Ordering, Incomparable> {
        match self {
            Self::String(a) => match other {
                Self::String(b) => Ok(compare_caseless(a, b)),
                _ => Err(Incomparable::String),
            },
            Self::Integer(_) | Self::Float(_) => match other {
                Self::Timespan(nanoseconds) | Self::Timestamp(nanoseconds) => {
                    time::compare_with_number(**nanoseconds, self).map(Ordering::reverse)
                }
                _ => compare_numbers(self, other),
            }
            .ok_or(Incomparable::Numeric),
            Self::Timespan(a) => match other {
                Self::Timespan(b) => Ok(a.cmp(b)),
                _ => time::compare_with_number(**a, other).ok_or(Incomparable::Timespan),
            },
            Self::Timestamp(a) => match other {
                Self::Timestamp(b) => Ok(a.cmp(b)),
                _ => time::compare_with_number(**a, other).ok_or(Incomparable::Timestamp),
            },
            Self::SemVer(a) => match other {
                Self::SemVer(b) => Ok(a.cmp(b)),
                _ => Err(Incomparable::Version),
            },
            Self::Default => match other {
                Self::Default => Ok(Ordering::Equal),
                _ => Err(Incomparable::Default),
            },
            _ => Err(Incomparable::Other),
        }
    }
}

/// Ruby's `casecmp`: bytes, with ASCII letters folded to lower case.
pub(super) fn compare_caseless(a: &str, b: &str) -> Ordering {
    let folded = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(folded).cmp(b.bytes().map(folded))
}

/// The order of two numbers; `None` where one is none, or not a number.
pub(super) fn compare_numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Integer(a), Value::Float(b)) => (*a as f64).partial_cmp(b),
        (Value::Float(a), Value::Integer(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        _ => None,
    }
}
