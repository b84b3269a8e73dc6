//! Checks of calls, resources and collectors.

use super::{Checker, Frame};
use crate::ast::{
    Attribute, AttributeOperator, BinaryOperator, Expression, ExpressionKind, ResourceForm,
};
use crate::label;

impl Checker<'_> {
    pub(super) fn visit_call(&mut self, node: &Expression) {
        match &node.kind {
            ExpressionKind::Call(call) => {
                self.check_functor(node, &call.functor);
                self.within(Frame::Other, |checker| {
                    checker.visit(&call.functor);
                    checker.visit_all(&call.arguments);
                    call.lambda
                        .iter()
                        .for_each(|lambda| checker.visit_lambda(lambda));
                });
            }
            ExpressionKind::MethodCall(call) => self.within(Frame::Other, |checker| {
                checker.visit(&call.receiver);
                checker.visit_all(&call.arguments);
                call.lambda
                    .iter()
                    .for_each(|lambda| checker.visit_lambda(lambda));
            }),
            ExpressionKind::Resource(resource) => {
                if !self.needs_catalog(node, Frame::Other)
                    && resource.form != ResourceForm::Regular
                    && matches!(&resource.type_name.kind, ExpressionKind::Name(name)
                        if name.as_ref() == "class")
                {
                    let message = "Classes are not virtualizable";
                    self.error("CLASS_NOT_VIRTUALIZABLE", message, node.span);
                }
                self.within(Frame::Other, |checker| {
                    checker.visit(&resource.type_name);
                    for body in &resource.bodies {
                        checker.check_one_splat(&body.attributes);
                        checker.visit(&body.title);
                        let container = "a Resource Instance Definition";
                        checker.visit_attributes(&body.attributes, Some(container));
                    }
                });
            }
            ExpressionKind::ResourceDefaults(defaults) => {
                if !self.needs_catalog(node, Frame::Other) {
                    self.check_not_virtual(node, defaults.form);
                }
                self.within(Frame::Other, |checker| {
                    checker.visit(&defaults.type_reference);
                    let container = "a Resource Defaults Expression";
                    checker.visit_attributes(&defaults.attributes, Some(container));
                });
            }
            ExpressionKind::ResourceOverride(overrides) => {
                if !self.needs_catalog(node, Frame::Other) {
                    self.check_not_virtual(node, overrides.form);
                }
                self.within(Frame::Other, |checker| {
                    checker.visit(&overrides.resources);
                    checker.visit_attributes(&overrides.attributes, None);
                });
            }
            ExpressionKind::Collector(collector) => {
                if !self.collector_needs_catalog(node, collector.exported)
                    && !matches!(collector.type_reference.kind, ExpressionKind::Reference(_))
                {
                    let container = label::expression(&node.kind);
                    self.illegal_expression(&collector.type_reference, "type name", &container);
                }
                self.within(Frame::Other, |checker| {
                    checker.visit(&collector.type_reference);
                    if let Some(query) = &collector.query {
                        checker.check_query(query);
                        checker.visit(query);
                    }
                    checker.visit_attributes(&collector.attributes, None);
                });
            }
            ExpressionKind::Apply(apply) => {
                if self.path.contains(&Frame::Apply) {
                    self.not_when_compiling(node);
                }
                self.within(Frame::Other, |checker| checker.visit_all(&apply.arguments));
                self.within(Frame::Apply, |checker| {
                    checker.visit_body(&apply.body, node.span)
                });
            }
            _ => {}
        }
    }

    /// With `tasks`, refuses what needs a catalog outside `apply`; classes and defined types
    /// everywhere. Whether it was refused.
    pub(super) fn needs_catalog(&mut self, node: &Expression, kind: Frame) -> bool {
        let applied = kind != Frame::Class && self.path.contains(&Frame::Apply);
        if !self.options.tasks || applied {
            return false;
        }
        let message = format!(
            "{} is only available when compiling a catalog",
            label::an_expression_capital(&node.kind)
        );
        self.error("NOT_SUPPORTED_WHEN_SCRIPTING", message, node.span);
        true
    }

    fn collector_needs_catalog(&mut self, node: &Expression, exported: bool) -> bool {
        if self.options.tasks && exported && self.path.contains(&Frame::Apply) {
            self.not_when_compiling(node);
            return true;
        }
        self.needs_catalog(node, Frame::Other)
    }

    fn not_when_compiling(&mut self, node: &Expression) {
        let message = format!(
            "{} is not available when compiling a catalog",
            label::an_expression_capital(&node.kind)
        );
        self.error(
            "EXPRESSION_NOT_SUPPORTED_WHEN_COMPILING",
            message,
            node.span,
        );
    }

    fn check_functor(&mut self, node: &Expression, functor: &Expression) {
        match &functor.kind {
            ExpressionKind::Name(_) | ExpressionKind::Reference(_) => {}
            ExpressionKind::Access { left, .. }
                if matches!(left.kind, ExpressionKind::Reference(_)) => {}
            ExpressionKind::RenderText(_) => {
                let message = "Ambiguous EPP parameter expression. Probably missing '<%-' before \
                               parameters to remove leading whitespace";
                self.error("ILLEGAL_EPP_PARAMETERS", message, node.span);
            }
            _ => self.illegal_expression(functor, "function name", "Function Call"),
        }
    }

    fn check_not_virtual(&mut self, node: &Expression, form: ResourceForm) {
        if form != ResourceForm::Regular {
            let message = "Resource Defaults are not virtualizable";
            self.error("NOT_VIRTUALIZEABLE", message, node.span);
        }
    }

    fn check_one_splat(&mut self, attributes: &[Attribute]) {
        let splats = attributes
            .iter()
            .filter(|a| a.operator == AttributeOperator::Splat);
        for repeated in splats.skip(1) {
            let message =
                "Unfolding of attributes from Hash can only be used once per resource body";
            self.error("MULTIPLE_ATTRIBUTES_UNFOLD", message, repeated.span);
        }
    }

    /// Attributes of something where `+>` means nothing, when it has a name here.
    fn visit_attributes(&mut self, attributes: &[Attribute], cannot_append: Option<&str>) {
        for attribute in attributes {
            if let (AttributeOperator::Append, Some(container)) =
                (attribute.operator, cannot_append)
            {
                let message = format!(
                    "Illegal +> operation on attribute {}. This operator can not be used in \
                     {container}",
                    attribute.name
                );
                self.error("ILLEGAL_ATTRIBUTE_APPEND", message, attribute.span);
            }
            self.check_rvalue(&attribute.value);
            self.visit(&attribute.value);
        }
    }

    /// A query compares with `==` and `!=`, and joins with `and` and `or`.
    fn check_query(&mut self, query: &Expression) {
        match &query.kind {
            ExpressionKind::Binary {
                operator: BinaryOperator::And | BinaryOperator::Or,
                left,
                right,
            } => {
                self.check_query(left);
                self.check_query(right);
            }
            ExpressionKind::Binary {
                operator: BinaryOperator::Equal | BinaryOperator::NotEqual,
                ..
            }
            | ExpressionKind::Variable(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Integer { .. }
            | ExpressionKind::Float(_)
            | ExpressionKind::String(_)
            | ExpressionKind::Boolean(_) => {}
            ExpressionKind::Parenthesized(inner) => self.check_query(inner),
            _ => {
                let message = format!(
                    "Illegal query expression. {} cannot be used in a query",
                    label::an_expression_capital(&query.kind)
                );
                self.error("ILLEGAL_QUERY_EXPRESSION", message, query.span);
            }
        }
    }

    /// Refuses what has no value where a value is wanted.
    pub(super) fn check_rvalue(&mut self, node: &Expression) {
        match &node.kind {
            ExpressionKind::Collector(_)
            | ExpressionKind::Class(_)
            | ExpressionKind::Define(_)
            | ExpressionKind::Node(_)
            | ExpressionKind::Function(_)
            | ExpressionKind::Plan(_)
            | ExpressionKind::TypeAlias(_)
            | ExpressionKind::TypeMapping { .. }
            | ExpressionKind::TypeDefinition(_) => {
                let message = format!(
                    "Invalid use of expression. {} does not produce a value",
                    label::an_expression_capital(&node.kind)
                );
                self.error("NOT_RVALUE", message, node.span);
            }
            ExpressionKind::Unary { operand, .. } => self.check_rvalue(operand),
            ExpressionKind::Parenthesized(inner) => self.check_rvalue(inner),
            _ => {}
        }
    }
}
