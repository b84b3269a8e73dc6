//! `if`, `unless`, `case` and selectors.

use std::rc::Rc;

use ficelle_syntax::ast::{
    BinaryOperator, CaseOption, Expression, ExpressionKind, SelectorChoice, UnaryOperator,
};

use super::{Evaluator, comparison};
use crate::{
    error::{Error, Evaluated},
    scope::Scope,
    values::{Value, ruby_string},
};

/// Whether a value counts as true: everything but `undef` and `false`.
pub fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Undef | Value::Boolean(false))
}

impl Evaluator<'_> {
    /// Whether the value of an expression counts as true. What operators only tell that of is not
    /// made a value first.
    pub(super) fn truth(&self, expression: &Expression, scope: &Rc<Scope>) -> Evaluated<bool> {
        match &expression.kind {
            ExpressionKind::Binary {
                operator: BinaryOperator::And,
                left,
                right,
            } => {
                self.step(expression.span)?;
                Ok(self.truth(left, scope)? && self.truth(right, scope)?)
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::Or,
                left,
                right,
            } => {
                self.step(expression.span)?;
                Ok(self.truth(left, scope)? || self.truth(right, scope)?)
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => {
                self.step(expression.span)?;
                Ok(!self.truth(operand, scope)?)
            }
            ExpressionKind::Parenthesized(inner) => {
                self.step(expression.span)?;
                self.truth(inner, scope)
            }
            _ => Ok(is_true(&self.evaluate(expression, scope)?)),
        }
    }

    /// `if`, `unless` and `case`; `branch` evaluates the way that is taken.
    pub(super) fn branching<T: Default>(
        &self,
        kind: &ExpressionKind,
        scope: &Rc<Scope>,
        branch: impl FnOnce(&Expression) -> Evaluated<T>,
    ) -> Evaluated<T> {
        match kind {
            ExpressionKind::If {
                condition,
                then,
                otherwise,
            } => {
                let ways = (&**then, otherwise.as_deref());
                self.conditional(true, condition, ways, scope, branch)
            }
            ExpressionKind::Unless {
                condition,
                then,
                otherwise,
            } => {
                let ways = (&**then, otherwise.as_deref());
                self.conditional(false, condition, ways, scope, branch)
            }
            ExpressionKind::Case { test, options } => self.case(test, options, scope, branch),
            _ => Ok(T::default()),
        }
    }

    /// `if` and `unless`; `branch` evaluates the one of the two ways that is taken.
    fn conditional<T: Default>(
        &self,
        wanted: bool,
        condition: &Expression,
        (then, otherwise): (&Expression, Option<&Expression>),
        scope: &Rc<Scope>,
        branch: impl FnOnce(&Expression) -> Evaluated<T>,
    ) -> Evaluated<T> {
        scope.guarded(|| {
            let taken = match self.truth(condition, scope)? == wanted {
                true => Some(then),
                false => otherwise,
            };
            taken.map_or(Ok(T::default()), branch)
        })
    }

    /// `case`; `branch` evaluates the option that is taken.
    fn case<T: Default>(
        &self,
        test: &Expression,
        options: &[CaseOption],
        scope: &Rc<Scope>,
        branch: impl FnOnce(&Expression) -> Evaluated<T>,
    ) -> Evaluated<T> {
        scope.guarded(|| {
            let value = self.evaluate(test, scope)?;
            let mut default = None;
            for option in options {
                for candidate in &option.values {
                    let candidate = unparenthesized(candidate);
                    if matches!(candidate.kind, ExpressionKind::Default) {
                        default = Some(&option.then);
                    } else if self.is_option(&value, candidate, scope)? {
                        return branch(&option.then);
                    }
                }
            }
            default.map_or(Ok(T::default()), branch)
        })
    }

    pub(super) fn selector(
        &self,
        test: &Expression,
        choices: &[SelectorChoice],
        scope: &Rc<Scope>,
    ) -> Evaluated {
        scope.guarded(|| {
            let value = self.evaluate(test, scope)?;
            let mut default = None;
            for choice in choices {
                let candidate = unparenthesized(&choice.matches);
                if matches!(candidate.kind, ExpressionKind::Default) {
                    default = Some(&choice.value);
                } else if self.is_option(&value, candidate, scope)? {
                    return self.evaluate(&choice.value, scope);
                }
            }
            match default {
                Some(chosen) => self.evaluate(chosen, scope),
                None => {
                    let shown = ruby_string(&value);
                    let message =
                        format!("No matching entry for selector parameter with value '{shown}'");
                    Err(Error::issue(message).at(test.span).into())
                }
            }
        })
    }

    fn is_option(&self, value: &Value, option: &Expression, scope: &Rc<Scope>) -> Evaluated<bool> {
        let evaluated = self.evaluate(option, scope)?;
        let is_splat = matches!(
            option.kind,
            ExpressionKind::Unary {
                operator: UnaryOperator::Splat,
                ..
            }
        );
        match evaluated {
            Value::Array(options) if is_splat => {
                for option in options.iter() {
                    if comparison::matches(value, option, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            option => comparison::matches(value, &option, scope),
        }
    }
}

/// What stands inside of any parentheses.
pub(super) fn unparenthesized(mut expression: &Expression) -> &Expression {
    while let ExpressionKind::Parenthesized(inner) = &expression.kind {
        expression = inner;
    }
    expression
}
