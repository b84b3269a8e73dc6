//! Why a value or type does not fit a type, in the reference's words.

mod describe;
mod message;
mod signatures;

pub use describe::{Missing, describe, parameter_mismatches};
pub use signatures::describe_signatures;

use std::sync::Arc;

use super::{Presence, StructMember, Type};
use crate::values::{HashMap, Value};

/// Where in a value something does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// What is being looked at, as a message calls it.
    Subject(String),
    /// `entry 'key'`
    EntryValue(String),
    /// `key of entry 'key'`
    EntryKey(String),
    /// `parameter 'name'`
    Parameter(String),
    /// `return`
    Return,
    /// `block`
    Block,
    /// `index 0`
    Index(usize),
    /// One of several types.
    Variant(usize),
    /// One of several signatures.
    Signature(usize),
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// Where.
    pub path: Vec<Step>,
    /// What.
    pub reason: Reason,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// A struct lacks a key.
    MissingKey(String),
    /// A resource lacks a parameter.
    MissingParameter(String),
    /// A struct has a key that it should not have.
    ExtraneousKey(String),
    /// A resource has a parameter that it should not have.
    InvalidParameter(String),
    /// A block is given where none is wanted.
    UnexpectedBlock,
    /// A block is wanted.
    MissingBlock,
    /// The expected type has a name in it that nobody knows.
    Unresolved(String),
    /// Another type.
    Type {
        /// What is wanted.
        expected: Type,
        /// What there is.
        actual: Type,
    },
    /// A string that matches nothing.
    Pattern {
        /// What is wanted.
        expected: Type,
        /// What there is.
        actual: Type,
    },
    /// A collection of another size.
    Size {
        /// What is wanted.
        expected: super::Range<i64>,
        /// What there is.
        actual: super::Range<i64>,
    },
    /// Another number of arguments.
    Count {
        /// What is wanted.
        expected: super::Range<i64>,
        /// What there is.
        actual: super::Range<i64>,
    },
}

/// `subject expects …`, all that does not fit.
pub fn describe_mismatch(subject: &str, expected: &Type, actual: &Type) -> String {
    let mismatches = describe(expected, actual, &[Step::Subject(subject.to_owned())]);
    let messages: Vec<String> = mismatches.iter().map(Mismatch::to_string).collect();
    match messages.as_slice() {
        [only] => only.trim().to_owned(),
        _ => messages.join("\n "),
    }
}

/// Checks that a value is of a type.
///
/// # Errors
/// `subject has wrong type, expects …`
pub fn assert(subject: &str, expected: &Type, value: &Value) -> Result<(), String> {
    if expected.is_instance(value) {
        return Ok(());
    }
    Err(describe_mismatch(
        &format!("{subject} has wrong type,"),
        expected,
        &value.infer_set(),
    ))
}

/// Checks the value of a parameter against its type, as it is done for classes and defines.
/// `subject` is `Class[Foo]`.
///
/// # Errors
/// `Class[Foo]: parameter 'x' expects …`
pub fn check_parameter(
    subject: &str,
    name: &str,
    expected: &Type,
    value: &Value,
) -> Result<(), String> {
    if expected.is_instance(value) {
        return Ok(());
    }
    let path = [Step::Parameter(name.to_owned())];
    let mismatches = describe(expected, &value.infer_set().generalize(), &path);
    subject_messages(subject, &mismatches)
}

/// `subject: message`, or the messages on lines of their own.
///
/// # Errors
/// Where there is a mismatch.
pub fn subject_messages(subject: &str, mismatches: &[Mismatch]) -> Result<(), String> {
    match mismatches {
        [] => Ok(()),
        [only] => Err(format!("{subject}:{only}")),
        several => {
            let lines: Vec<String> = several.iter().map(Mismatch::to_string).collect();
            Err(format!("{subject}:\n {}", lines.join("\n ")))
        }
    }
}

/// A parameter that is given by name.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub parameter_type: Type,
    /// Whether it must be given.
    pub is_required: bool,
}

/// Why a value is not of a type: `subject has wrong type, expects …`.
pub fn describe_value(subject: &str, expected: &Type, value: &Value) -> String {
    let subject = format!("{subject} has wrong type,");
    describe_mismatch(&subject, expected, &value.infer_set())
}

/// Why parameters do not fit; `None` where they do.
pub fn describe_parameters(
    subject: &str,
    declared: &[Parameter],
    given: &HashMap,
) -> Option<String> {
    let members: Vec<StructMember> = declared
        .iter()
        .map(|parameter| StructMember {
            name: parameter.name.clone(),
            presence: if parameter.is_required {
                Presence::Required
            } else {
                Presence::Optional
            },
            value: parameter.parameter_type.clone(),
        })
        .collect();
    let mismatches = parameter_mismatches(&members, given, Missing::Refused);
    subject_messages(subject, &mismatches).err()
}
