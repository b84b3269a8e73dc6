//! Why an expression gives no value.

use crate::erb::ruby::value::{Exception, Value};

pub(in crate::erb::ruby) type Run<T = Value> = Result<T, Stop>;

#[derive(Debug)]
pub(in crate::erb::ruby) enum Stop {
    /// An exception, which `rescue` sees.
    Raise(Box<Exception>),
    /// Ruby might know it; `rescue` does not see it.
    Unsupported(String),
    /// Too much of something.
    Limit(String),
    Break(u64, Value),
    Next(Value),
    Return(u64, Value),
    Throw(Value, Value),
}

impl Stop {
    pub(in crate::erb::ruby) fn raise(class: &str, message: impl Into<String>) -> Self {
        Self::Raise(Box::new(Exception {
            class: class.into(),
            message: message.into(),
        }))
    }

    pub(in crate::erb::ruby) fn argument(message: impl Into<String>) -> Self {
        Self::raise("ArgumentError", message)
    }

    pub(in crate::erb::ruby) fn of_type(message: impl Into<String>) -> Self {
        Self::raise("TypeError", message)
    }

    pub(in crate::erb::ruby) fn unsupported(message: impl Into<String>) -> Self {
        Self::Unsupported(message.into())
    }

    /// An integer beyond 64 bits.
    pub(in crate::erb::ruby) fn big() -> Self {
        Self::Unsupported("an integer beyond 64 bits".to_owned())
    }
}
