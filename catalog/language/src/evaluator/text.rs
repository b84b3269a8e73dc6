//! Strings with expressions in them, and heredocs whose syntax is checked.

use std::rc::Rc;

use ficelle_syntax::ast::{Expression, ExpressionKind, StringPart};

use super::Evaluator;
use crate::{
    error::{Error, Evaluated},
    scope::Scope,
    values::Value,
};

/// So many bytes of room are kept for the next text.
const KEPT_TEXT: usize = 64 * 1024;

impl Evaluator<'_> {
    pub(super) fn concatenated(&self, parts: &[StringPart], scope: &Rc<Scope>) -> Evaluated {
        let room = |part: &StringPart| match part {
            StringPart::Text(literal, _) => literal.len(),
            StringPart::Expression(_) => 24,
        };
        // The texts within this one find it taken, and make their own.
        let mut text = self.text.take();
        text.reserve(parts.iter().map(room).sum());
        for part in parts {
            match part {
                StringPart::Text(literal, _) => text.push_str(literal),
                StringPart::Expression(expression) => {
                    write(&mut text, &self.evaluate(expression, scope)?);
                }
            }
        }
        let value = Value::string(text.as_str());
        text.clear();
        if text.capacity() <= KEPT_TEXT {
            self.text.replace(text);
        }
        Ok(value)
    }

    pub(super) fn heredoc(&self, syntax: &str, text: &Expression, scope: &Rc<Scope>) -> Evaluated {
        let value = self.evaluate(text, scope)?;
        // A text without interpolation has been checked by validation.
        if let (false, Value::String(produced)) =
            (matches!(text.kind, ExpressionKind::String(_)), &value)
        {
            check_syntax(syntax, produced)
                .map_err(|error| self.place(error.at(text.span).into(), text.span, ""))?;
        }
        Ok(value)
    }
}

/// What a value reads as in a string: elements without quotes, `undef` empty.
pub fn interpolated(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value);
    text
}

/// As [`interpolated`], at the end of a text.
pub(super) fn write(text: &mut String, value: &Value) {
    use std::fmt::Write;
    match value {
        Value::String(inner) => text.push_str(inner),
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write(text, element);
            }
            text.push(']');
        }
        Value::Hash(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write(text, key);
                text.push_str(" => ");
                write(text, value);
            }
            text.push('}');
        }
        other => write!(text, "{other}").expect("a String takes any text"),
    }
}

/// Checks a text against the syntax that a heredoc's tag names. Unknown tags are not checked.
fn check_syntax(syntax: &str, text: &str) -> Result<(), Error> {
    // `foo+json` is checked as `foo+json`, then as `json`.
    match syntax.rsplit('+').next() {
        Some("json") => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::complete(format!(
                "Invalid produced text having syntax: '{syntax}'. JSON syntax checker: Cannot \
                 parse invalid JSON string. \"{error}\""
            ))),
        },
        _ => Ok(()),
    }
}
