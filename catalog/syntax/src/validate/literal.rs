//! Checks of plain values: variables' names, keys that stand twice, reserved words.

use std::collections::HashSet;

use super::{Checker, Strict, names, syntax};
use crate::ast::{Expression, ExpressionKind, HashEntry, StringPart, UnaryOperator};
use crate::diagnostic::Severity;

impl Checker<'_> {
    pub(super) fn check_value(&mut self, node: &Expression) {
        match &node.kind {
            ExpressionKind::Variable(variable) => self.check_variable(node, &variable.name),
            ExpressionKind::ReservedWord { word, .. } => {
                let message = format!(
                    "Use of reserved word: {word}, must be quoted if intended to be a String value"
                );
                self.error("RESERVED_WORD", message, node.span);
            }
            ExpressionKind::Array(items) => {
                items.iter().for_each(|item| self.check_rvalue(item));
            }
            ExpressionKind::Hash(entries) => {
                for entry in entries {
                    self.check_rvalue(&entry.key);
                    self.check_rvalue(&entry.value);
                }
                self.check_keys(entries);
            }
            ExpressionKind::Binary { left, right, .. } => {
                self.check_rvalue(left);
                self.check_rvalue(right);
            }
            ExpressionKind::Unary { operand, .. } => self.check_rvalue(operand),
            ExpressionKind::Parenthesized(inner) => self.check_rvalue(inner),
            ExpressionKind::Heredoc { syntax, text } => {
                if let ExpressionKind::String(value) = &text.kind
                    && let Some(problem) = syntax::problem(syntax, value)
                {
                    let message =
                        format!("Invalid produced text having syntax: '{syntax}'. {problem}");
                    let code = "ILLEGAL_HEREDOC_TEXT";
                    let found = self.diagnostic(Severity::Error, code, message, text.span);
                    self.fatal.get_or_insert(found);
                }
            }
            _ => {}
        }
    }

    fn check_variable(&mut self, node: &Expression, name: &str) {
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            if !names::is_match_variable(name) {
                let message = format!(
                    "Illegal numeric variable name, The given name '{name}' must be a decimal \
                     value if it starts with a digit 0-9"
                );
                self.error("ILLEGAL_NUMERIC_VAR_NAME", message, node.span);
            }
        } else if !names::is_variable(name) {
            let message = format!(
                "Illegal variable name, The given name '{name}' does not conform to the naming \
                 rule /^((::)?[a-z]\\w*)*((::)?[a-z_]\\w*)$/"
            );
            self.error("ILLEGAL_VAR_NAME", message, node.span);
        }
    }

    fn check_keys(&mut self, entries: &[HashEntry]) {
        let severity = match self.options.strict {
            Strict::Off => return,
            Strict::Warning => Severity::Warning,
            Strict::Error => Severity::Error,
        };
        let mut seen = HashSet::new();
        for entry in entries {
            let Some(key) = literal(&entry.key) else {
                continue;
            };
            let shown = key.shown.clone();
            if !seen.insert(key) {
                let message = format!("The key '{shown}' is declared more than once");
                let found = self.diagnostic(severity, "DUPLICATE_KEY", message, entry.span);
                self.diagnostics.push(found);
            }
        }
    }
}

/// A literal value: what it is told apart by, and how a message shows it.
#[derive(PartialEq, Eq, Hash)]
struct Literal {
    kind: &'static str,
    shown: String,
}

fn literal(node: &Expression) -> Option<Literal> {
    let (kind, shown) = match &node.kind {
        ExpressionKind::String(value) | ExpressionKind::Name(value) => {
            ("string", value.to_string())
        }
        ExpressionKind::Integer { value, .. } => ("integer", value.to_string()),
        ExpressionKind::Float(value) => ("float", format!("{value:?}")),
        ExpressionKind::Boolean(value) => ("boolean", value.to_string()),
        ExpressionKind::Undef => ("undef", String::new()),
        ExpressionKind::Default => ("default", "default".into()),
        ExpressionKind::Regexp(pattern) => ("regexp", format!("(?-mix:{pattern})")),
        ExpressionKind::Concatenated(parts) => match parts.as_slice() {
            [StringPart::Text(value, _)] => ("string", value.to_string()),
            _ => return None,
        },
        // Types are not told apart: the reference does so by their parameters alone, since version
        // 8, and refuses modules for it that compiled before.
        ExpressionKind::Unary {
            operator: UnaryOperator::Minus,
            operand,
        } => match literal(operand)? {
            Literal {
                kind: kind @ ("integer" | "float"),
                shown,
            } => (kind, format!("-{shown}")),
            _ => return None,
        },
        ExpressionKind::Array(items) => ("array", list(items)?),
        ExpressionKind::Hash(entries) => {
            let entry = |entry: &HashEntry| {
                let key = inspect(literal(&entry.key)?);
                Some(format!("{key}=>{}", inspect(literal(&entry.value)?)))
            };
            let entries: Option<Vec<_>> = entries.iter().map(entry).collect();
            ("hash", format!("{{{}}}", entries?.join(", ")))
        }
        _ => return None,
    };
    Some(Literal { kind, shown })
}

/// Literal values as a list shows them.
fn list(items: &[Expression]) -> Option<String> {
    let items: Option<Vec<_>> = items
        .iter()
        .map(|item| Some(inspect(literal(item)?)))
        .collect();
    Some(format!("[{}]", items?.join(", ")))
}

/// A value as it is shown inside a collection.
fn inspect(literal: Literal) -> String {
    match literal.kind {
        "string" => format!("{:?}", literal.shown),
        "undef" => "nil".into(),
        "default" => ":default".into(),
        _ => literal.shown,
    }
}
