//! Why an expression gives no value.

use crate::erb::ruby::value::{Exception, Value};

pub(in crate::erb::ruby) type Run<T = Value> = Result<T, Stop>;

/// Boxed throughout: so a result is no bigger than the value that every expression gives.
#[derive(Debug)]
pub(in crate::erb::ruby) enum Stop {
    /// An exception, which `rescue` sees.
    Raise(Box<Exception>),
    /// Ruby might know it; `rescue` does not see it.
    Unsupported(Box<Message>),
    /// Too much of something.
    Limit(Box<Message>),
    Break(Box<Jump>),
    Next(Box<Value>),
    Return(Box<Jump>),
    Throw(Box<Thrown>),
}

const _: () = assert!(size_of::<Run>() == size_of::<Value>());

/// What is said to people.
#[derive(Debug)]
pub(in crate::erb::ruby) struct Message(pub String);

/// Where `break` or `return` leads, and what it takes there.
#[derive(Debug)]
pub(in crate::erb::ruby) struct Jump {
    pub tag: u64,
    pub value: Value,
}

/// What `throw` gives to `catch`.
#[derive(Debug)]
pub(in crate::erb::ruby) struct Thrown {
    pub tag: Value,
    pub value: Value,
}

impl Stop {
    pub(in crate::erb::ruby) fn raise(class: &str, message: impl Into<String>) -> Self {
        Self::Raise(Box::new(Exception {
            class: class.into(),
            message: message.into(),
            line: None,
        }))
    }

    pub(in crate::erb::ruby) fn argument(message: impl Into<String>) -> Self {
        Self::raise("ArgumentError", message)
    }

    pub(in crate::erb::ruby) fn of_type(message: impl Into<String>) -> Self {
        Self::raise("TypeError", message)
    }

    pub(in crate::erb::ruby) fn unsupported(message: impl Into<String>) -> Self {
        Self::Unsupported(Box::new(Message(message.into())))
    }

    pub(in crate::erb::ruby) fn limit(message: impl Into<String>) -> Self {
        Self::Limit(Box::new(Message(message.into())))
    }

    /// An integer beyond 64 bits.
    pub(in crate::erb::ruby) fn big() -> Self {
        Self::unsupported("an integer beyond 64 bits")
    }
}
