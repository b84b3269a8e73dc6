//! Checks of blocks, control structures, assignments and relationships.

use super::idem::{is_idem, is_resource_without_title};
use super::{Checker, Frame, names};
use crate::ast::{AssignmentOperator, Expression, ExpressionKind, Variable};
use crate::label;
use crate::source::Span;

impl Checker<'_> {
    pub(super) fn visit_statement(&mut self, node: &Expression) {
        match &node.kind {
            ExpressionKind::If {
                condition,
                then,
                otherwise,
            }
            | ExpressionKind::Unless {
                condition,
                then,
                otherwise,
            } => {
                self.check_rvalue(condition);
                self.within(Frame::Other, |checker| {
                    checker.visit(condition);
                    checker.visit_block(then);
                    otherwise
                        .iter()
                        .for_each(|otherwise| checker.visit_block(otherwise));
                });
            }
            ExpressionKind::Case { test, options } => {
                self.check_rvalue(test);
                let values = options.iter().flat_map(|option| &option.values);
                self.check_defaults(node, values);
                self.within(Frame::Other, |checker| {
                    checker.visit(test);
                    for option in options {
                        option
                            .values
                            .iter()
                            .for_each(|value| checker.check_rvalue(value));
                        checker.visit_all(&option.values);
                        match &option.then.kind {
                            ExpressionKind::Block(body) => checker.visit_body(body, option.span),
                            _ => checker.visit(&option.then),
                        }
                    }
                });
            }
            ExpressionKind::Selector { test, choices } => {
                self.check_rvalue(test);
                let matches = choices.iter().map(|choice| &choice.matches);
                self.check_defaults(node, matches);
                self.within(Frame::Other, |checker| {
                    checker.visit(test);
                    for choice in choices {
                        checker.check_rvalue(&choice.matches);
                        checker.visit(&choice.matches);
                        checker.visit(&choice.value);
                    }
                });
            }
            ExpressionKind::Block(body) => self.visit_body(body, node.span),
            ExpressionKind::Assignment {
                operator,
                target,
                value,
            } => {
                match operator {
                    AssignmentOperator::Assign => {
                        self.check_assignable(target);
                        self.check_rvalue(value);
                    }
                    _ => {
                        let message = format!(
                            "The operator '{}' is no longer supported. See \
                             http://links.puppet.com/remove-plus-equals",
                            operator.symbol()
                        );
                        let code = "APPENDS_DELETES_NO_LONGER_SUPPORTED";
                        self.error(code, message, node.span);
                    }
                }
                self.within(Frame::Other, |checker| {
                    checker.visit(target);
                    checker.visit(value);
                });
            }
            ExpressionKind::Relationship { left, right, .. } => {
                if !self.needs_catalog(node, Frame::Other) {
                    for side in [left, right] {
                        if !matches!(side.kind, ExpressionKind::Collector(_)) {
                            self.check_rvalue(side);
                        }
                    }
                }
                self.within(Frame::Other, |checker| {
                    checker.visit(left);
                    checker.visit(right);
                });
            }
            _ => {}
        }
    }

    /// In a block, values may not be produced and then forgotten.
    pub(super) fn check_block(&mut self, body: &[Expression], span: Span) {
        if let [name, _] = body
            && let ExpressionKind::Name(name) = &name.kind
            && !self.options.tasks
            && is_resource_without_title(body)
        {
            let message = format!(
                "This expression is invalid. Did you try declaring a '{name}' resource without a \
                 title?"
            );
            return self.error("RESOURCE_WITHOUT_TITLE", message, span);
        }
        let before = body.split_last().map_or(&[][..], |(_, before)| before);
        if let Some(statement) = before.iter().find(|statement| is_idem(statement)) {
            let message = format!(
                "This {} has no effect. A value was produced and then forgotten (one or more \
                 preceding expressions may have the wrong form)",
                label::expression(&statement.kind)
            );
            self.error("IDEM_EXPRESSION_NOT_LAST", message, statement.span);
        }
    }

    fn check_defaults<'e>(
        &mut self,
        node: &Expression,
        values: impl Iterator<Item = &'e Expression>,
    ) {
        let defaults = values.filter(|value| matches!(value.kind, ExpressionKind::Default));
        // A selector is told about its second default only, a case about each.
        let limit = match node.kind {
            ExpressionKind::Selector { .. } => 1,
            _ => usize::MAX,
        };
        for repeated in defaults.skip(1).take(limit) {
            let message = format!(
                "This {} already has a 'default' entry - this is a duplicate",
                label::expression(&node.kind)
            );
            self.error("DUPLICATE_DEFAULT", message, repeated.span);
        }
    }

    fn check_assignable(&mut self, target: &Expression) {
        match &target.kind {
            ExpressionKind::Variable(Variable { name, .. }) => {
                if names::is_match_variable(name) {
                    let message = format!(
                        "Illegal attempt to assign to the numeric match result variable '${name}'. \
                         Numeric variables are not assignable"
                    );
                    self.error("ILLEGAL_NUMERIC_ASSIGNMENT", message, target.span);
                }
                if name.contains("::") {
                    let message = format!(
                        "Illegal attempt to assign to '{name}'. Cannot assign to variables in \
                         other namespaces"
                    );
                    self.error("CROSS_SCOPE_ASSIGNMENT", message, target.span);
                }
            }
            ExpressionKind::Access { .. } => {
                let message =
                    "Illegal attempt to assign via [index/key]. Not an assignable reference";
                self.error("ILLEGAL_INDEXED_ASSIGNMENT", message, target.span);
            }
            ExpressionKind::Array(items) => {
                items.iter().for_each(|item| self.check_assignable(item));
            }
            _ => {
                let message = format!(
                    "Illegal attempt to assign to '{}'. Not an assignable reference",
                    label::an_expression(&target.kind)
                );
                self.error("ILLEGAL_ASSIGNMENT", message, target.span);
            }
        }
    }
}
