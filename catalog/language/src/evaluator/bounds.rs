//! How far a value may grow: far beyond what a catalog holds, and far below what ends a master's
//! memory or a thread's stack.

use ficelle_syntax::ast::ExpressionKind;

use super::Evaluator;
use crate::{
    error::{Error, Evaluated, Unwind},
    values::{MOST_ELEMENTS, Value},
};

/// The longest text, in bytes.
const LONGEST_TEXT: usize = 64 * 1024 * 1024;
/// How deep arrays and hashes may nest.
const DEEPEST: usize = 1_000;
/// How often the depth is looked at, in expressions that make a compound. A prime: whatever turns a
/// loop takes, each of its expressions gets its look.
const MAKES_PER_LOOK: u64 = 1_021;

impl Evaluator<'_> {
    /// Refuses a value that has grown too far.
    #[inline]
    pub(super) fn check_bounds(&self, value: &Value, kind: &ExpressionKind) -> Evaluated<()> {
        match value {
            Value::String(text) if text.len() > LONGEST_TEXT => Err(too_long(text.len())),
            Value::Array(elements) => {
                check_count(elements.len(), "An array")?;
                self.check_depth(value, kind)
            }
            Value::Hash(entries) => {
                check_count(entries.len(), "A hash")?;
                self.check_depth(value, kind)
            }
            _ => Ok(()),
        }
    }

    fn check_depth(&self, value: &Value, kind: &ExpressionKind) -> Evaluated<()> {
        let makes = matches!(
            kind,
            ExpressionKind::Array(_)
                | ExpressionKind::Hash(_)
                | ExpressionKind::Call(_)
                | ExpressionKind::MethodCall(_)
                | ExpressionKind::Binary { .. }
        );
        if makes {
            self.made.set(self.made.get() + 1);
            if self.made.get().is_multiple_of(MAKES_PER_LOOK) && is_deeper_than(value, DEEPEST) {
                return Err(
                    Error::issue(format!("A value is nested more than {DEEPEST} deep")).into(),
                );
            }
        }
        Ok(())
    }
}

#[cold]
fn too_long(length: usize) -> Unwind {
    let message = format!("A string of {length} bytes is too long; {LONGEST_TEXT} are allowed");
    Error::issue(message).into()
}

fn check_count(count: usize, what: &str) -> Evaluated<()> {
    if count > MOST_ELEMENTS {
        return Err(Error::issue(format!(
            "{what} of {count} elements is too big; {MOST_ELEMENTS} are allowed"
        ))
        .into());
    }
    Ok(())
}

fn is_deeper_than(value: &Value, limit: usize) -> bool {
    let Some(limit) = limit.checked_sub(1) else {
        return matches!(value, Value::Array(_) | Value::Hash(_));
    };
    match value {
        Value::Array(elements) => elements.iter().any(|inner| is_deeper_than(inner, limit)),
        Value::Hash(entries) => entries.values().any(|inner| is_deeper_than(inner, limit)),
        Value::Sensitive(inner) => is_deeper_than(inner, limit),
        _ => false,
    }
}
