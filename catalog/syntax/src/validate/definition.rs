//! Checks of definitions, their names, places and parameters.

use std::collections::HashSet;

use super::idem::{is_idem, is_resource_without_title};
use super::{Checker, Frame, names, walk};
use crate::ast::{Expression, ExpressionKind, Lambda, NodeDefinition, Parameter, StringPart};
use crate::diagnostic::Severity;
use crate::label;
use crate::source::Span;

impl Checker<'_> {
    pub(super) fn visit_definition(&mut self, node: &Expression) {
        match &node.kind {
            ExpressionKind::Class(class) => {
                if !self.needs_catalog(node, Frame::Class) {
                    self.check_named(node, &class.name);
                    self.check_no_capture(&class.parameters, &label::an_expression(&node.kind));
                    self.check_unique(&class.parameters);
                    self.check_reserved_parameters(node, &class.parameters);
                    self.check_last(node, &class.body);
                }
                self.within(Frame::Class, |checker| {
                    checker.visit_parameters(&class.parameters);
                    checker.visit_body(&class.body, node.span);
                });
            }
            ExpressionKind::Define(define) => {
                if !self.needs_catalog(node, Frame::Class) {
                    self.check_named(node, &define.name);
                    self.check_no_capture(&define.parameters, &label::an_expression(&node.kind));
                    self.check_unique(&define.parameters);
                    self.check_reserved_parameters(node, &define.parameters);
                    self.check_last(node, &define.body);
                }
                self.within(Frame::Other, |checker| {
                    checker.visit_parameters(&define.parameters);
                    checker.visit_body(&define.body, node.span);
                });
            }
            ExpressionKind::Node(definition) => {
                if !self.needs_catalog(node, Frame::Other) {
                    self.check_node(node, definition);
                }
                self.within(Frame::Other, |checker| {
                    checker.visit_all(&definition.matches);
                    definition
                        .parent
                        .iter()
                        .for_each(|parent| checker.visit(parent));
                    checker.visit_body(&definition.body, node.span);
                });
            }
            ExpressionKind::Function(function) => {
                let (parameters, body) = (&function.parameters, &function.body);
                self.function(
                    node,
                    &function.name,
                    parameters,
                    function.returns.as_ref(),
                    body,
                );
            }
            ExpressionKind::Plan(plan) => {
                let (parameters, body) = (&plan.parameters, &plan.body);
                self.function(node, &plan.name, parameters, plan.returns.as_ref(), body);
            }
            ExpressionKind::TypeAlias(alias) => {
                self.check_top(node);
                if !names::is_type(&alias.name) {
                    self.unacceptable_name(node, &alias.name);
                }
                self.check_type_reference(node, &alias.type_expression);
                self.within(Frame::Other, |checker| {
                    checker.visit(&alias.type_expression)
                });
            }
            ExpressionKind::TypeMapping {
                type_expression,
                mapping,
            } => {
                self.check_top(node);
                self.check_type_mapping(node, type_expression, mapping);
                self.within(Frame::Other, |checker| {
                    checker.visit(type_expression);
                    checker.visit(mapping);
                });
            }
            ExpressionKind::TypeDefinition(definition) => {
                self.check_top(node);
                self.unsupported(node);
                self.within(Frame::Other, |checker| {
                    checker.visit_body(&definition.body, node.span);
                });
            }
            ExpressionKind::Epp(template) => {
                self.check_capture_last(&template.parameters);
                self.check_no_capture(&template.parameters, "an Epp Template");
                self.check_unique(&template.parameters);
                self.within(Frame::Other, |checker| {
                    checker.visit_parameters(&template.parameters);
                    checker.visit_body(&template.body, node.span);
                });
            }
            _ => {}
        }
    }

    fn function(
        &mut self,
        node: &Expression,
        name: &str,
        parameters: &[Parameter],
        returns: Option<&Expression>,
        body: &[Expression],
    ) {
        self.check_named(node, name);
        if let Some(returns) = returns {
            self.check_type_reference(node, returns);
        }
        self.check_unique(parameters);
        self.within(Frame::Other, |checker| {
            checker.visit_parameters(parameters);
            checker.visit_body(body, node.span);
            returns
                .into_iter()
                .for_each(|returns| checker.visit(returns));
        });
    }

    pub(super) fn visit_lambda(&mut self, lambda: &Lambda) {
        self.check_capture_last(&lambda.parameters);
        if let Some(returns) = &lambda.returns {
            self.check_type_reference_in("Lambda", returns);
        }
        self.within(Frame::Other, |checker| {
            checker.visit_parameters(&lambda.parameters);
            checker.visit_body(&lambda.body, lambda.span);
            lambda
                .returns
                .iter()
                .for_each(|returns| checker.visit(returns));
        });
    }

    fn check_named(&mut self, node: &Expression, name: &str) {
        self.check_top(node);
        if !names::is_definition(name) {
            self.unacceptable_name(node, name);
        }
        self.check_file_namespace(name, node.span);
        if names::is_reserved_type(name) {
            let message = format!(
                "The name: '{name}' is already defined by Puppet and can not be used as the name \
                 of {}.",
                label::an_expression(&node.kind)
            );
            self.error("RESERVED_TYPE_NAME", message, node.span);
        }
        self.check_future_word(name, node.span);
    }

    fn unacceptable_name(&mut self, node: &Expression, name: &str) {
        let message = format!(
            "Unacceptable name. The name '{name}' is unacceptable as the name of {}",
            label::an_expression(&node.kind)
        );
        self.error("ILLEGAL_DEFINITION_NAME", message, node.span);
    }

    fn check_future_word(&mut self, word: &str, span: Span) {
        if word == "plan" {
            let message = format!("Use of future reserved word: '{word}'");
            let found =
                self.diagnostic(Severity::Deprecation, "FUTURE_RESERVED_WORD", message, span);
            self.diagnostics.push(found);
        }
    }

    /// Definitions stand at top level or in classes; functions and types at top level only.
    fn check_top(&mut self, node: &Expression) {
        let absolute = matches!(
            node.kind,
            ExpressionKind::Function(_)
                | ExpressionKind::Plan(_)
                | ExpressionKind::TypeAlias(_)
                | ExpressionKind::TypeDefinition(_)
        );
        for frame in self.path.iter().rev() {
            match frame {
                Frame::Class | Frame::Apply => return,
                Frame::Block if absolute => {
                    let message = format!(
                        "{} may only appear at toplevel",
                        label::an_expression_capital(&node.kind)
                    );
                    return self.error("NOT_ABSOLUTE_TOP_LEVEL", message, node.span);
                }
                Frame::Block => {}
                Frame::Other => {
                    let message = "Classes, definitions, and nodes may only appear at toplevel or \
                                   inside other classes";
                    return self.error("NOT_TOP_LEVEL", message, node.span);
                }
            }
        }
    }

    fn check_type_reference(&mut self, container: &Expression, reference: &Expression) {
        self.check_type_reference_in(&label::expression(&container.kind), reference);
    }

    fn check_type_reference_in(&mut self, container: &str, reference: &Expression) {
        let base = match &reference.kind {
            ExpressionKind::Access { left, .. } => left,
            _ => reference,
        };
        match &base.kind {
            ExpressionKind::Reference(name) => {
                self.check_future_word(&name.to_lowercase(), reference.span);
            }
            _ => self.illegal_expression(reference, "a type reference", container),
        }
    }

    pub(super) fn illegal_expression(&mut self, node: &Expression, feature: &str, container: &str) {
        let message = format!(
            "Illegal expression. {} is unacceptable as {feature} in {}",
            label::an_expression_capital(&node.kind),
            label::with_article(container)
        );
        self.error("ILLEGAL_EXPRESSION", message, node.span);
    }

    fn unsupported(&mut self, node: &Expression) {
        let message = format!(
            "Expressions of type {} are not supported in this version of Puppet",
            label::an_expression(&node.kind)
        );
        self.error("UNSUPPORTED_EXPRESSION", message, node.span);
    }

    fn check_type_mapping(&mut self, node: &Expression, left: &Expression, right: &Expression) {
        let runtime = match &left.kind {
            ExpressionKind::Access { left, keys } => {
                let runtime = matches!(&left.kind, ExpressionKind::Reference(name)
                    if name.as_ref() == "Runtime");
                runtime.then_some(keys)
            }
            _ => None,
        };
        let Some(keys) = runtime else {
            return self.unsupported(node);
        };
        let by_pattern = keys.len() == 2 && is_pattern_and_replacement(&keys[1]);
        let base = match &right.kind {
            ExpressionKind::Access { left, .. } => left,
            _ => right,
        };
        let to_pattern = is_pattern_and_replacement(right);
        let to_type = matches!(base.kind, ExpressionKind::Reference(_));
        if by_pattern && !to_pattern {
            let message = format!(
                "Illegal type mapping. Expected a Tuple[Regexp,String] on the left side, got {}",
                label::an_expression_capital(&node.kind)
            );
            self.error("ILLEGAL_TYPE_MAPPING", message, node.span);
        } else if !by_pattern && (to_pattern || !to_type) {
            let message = format!(
                "Illegal type mapping. Expected a Type on the left side, got {}",
                label::an_expression_capital(&node.kind)
            );
            self.error("ILLEGAL_TYPE_MAPPING", message, node.span);
        }
    }

    fn check_node(&mut self, node: &Expression, definition: &NodeDefinition) {
        for host in &definition.matches {
            self.check_host(host);
        }
        self.check_top(node);
        self.check_last(node, &definition.body);
        if let Some(parent) = &definition.parent {
            let message = "Node inheritance is not supported in Puppet >= 4.0.0. See \
                           http://links.puppet.com/puppet-node-inheritance-deprecation";
            self.error("ILLEGAL_NODE_INHERITANCE", message, parent.span);
        }
    }

    fn check_host(&mut self, host: &Expression) {
        match &host.kind {
            ExpressionKind::String(name) if !names::is_host(name) => {
                let message = format!(
                    "The hostname '{name}' contains illegal characters (only letters, digits, \
                     '_', '-', and '.' are allowed)"
                );
                self.error("ILLEGAL_HOSTNAME_CHARS", message, host.span);
            }
            ExpressionKind::Concatenated(parts) => {
                let inner = parts.iter().find_map(|part| match part {
                    StringPart::Expression(inner) => Some(inner.span),
                    StringPart::Text(..) => None,
                });
                let message = "An interpolated expression is not allowed in a hostname of a node";
                self.error(
                    "ILLEGAL_HOSTNAME_INTERPOLATION",
                    message,
                    inner.unwrap_or(host.span),
                );
            }
            ExpressionKind::Heredoc { .. } => {
                self.illegal_expression(host, "hostname", "Node Definition");
            }
            _ => {}
        }
    }

    /// A body may not end with a value that nobody takes.
    fn check_last(&mut self, node: &Expression, body: &[Expression]) {
        let Some(last) = body.last().filter(|last| is_idem(last)) else {
            return;
        };
        let untitled = matches!(&last.kind, ExpressionKind::Block(body)
            if !self.options.tasks && is_resource_without_title(body));
        if !untitled {
            let message = format!(
                "This {} has no effect. {} can not end with a value-producing expression without \
                 other effect",
                label::expression(&last.kind),
                label::an_expression_capital(&node.kind)
            );
            self.error("IDEM_NOT_ALLOWED_LAST", message, last.span);
        }
    }

    pub(super) fn check_parameter(&mut self, parameter: &Parameter) {
        let name = &parameter.name;
        if names::is_numeric_parameter(name) {
            let message = format!(
                "The numeric parameter name '${name}' cannot be used (clashes with numeric match \
                 result variables)"
            );
            self.error("ILLEGAL_NUMERIC_PARAMETER", message, parameter.span);
        }
        if !names::is_parameter(name) {
            let message = format!(
                "Illegal parameter name. The given name '{name}' does not conform to the naming \
                 rule /^[a-z_]\\w*$/"
            );
            self.error("ILLEGAL_PARAM_NAME", message, parameter.span);
        }
        if let Some(default) = &parameter.default {
            self.check_no_assignment(default);
        }
    }

    /// Defaults of parameters may assign nothing (lambdas in them may).
    fn check_no_assignment(&mut self, node: &Expression) {
        if matches!(node.kind, ExpressionKind::Assignment { .. }) {
            self.error(
                "ILLEGAL_ASSIGNMENT_CONTEXT",
                "Assignment not allowed here",
                node.span,
            );
            return;
        }
        walk::each_child(node, &mut |child| self.check_no_assignment(child));
    }

    fn check_unique(&mut self, parameters: &[Parameter]) {
        let mut seen = HashSet::new();
        for parameter in parameters {
            if !seen.insert(&parameter.name) {
                let message = format!(
                    "The parameter '{}' is declared more than once in the parameter list",
                    parameter.name
                );
                self.error("DUPLICATE_PARAMETER", message, parameter.span);
            }
        }
    }

    fn check_reserved_parameters(&mut self, node: &Expression, parameters: &[Parameter]) {
        for parameter in parameters {
            if matches!(parameter.name.as_ref(), "name" | "title") {
                let message = format!(
                    "The parameter ${} redefines a built in parameter in the {}",
                    parameter.name,
                    label::expression(&node.kind)
                );
                self.error("RESERVED_PARAMETER", message, parameter.span);
            }
        }
    }

    fn check_capture_last(&mut self, parameters: &[Parameter]) {
        let Some((_, before)) = parameters.split_last() else {
            return;
        };
        for parameter in before.iter().filter(|parameter| parameter.captures_rest) {
            let message = format!(
                "Parameter ${} is not last, and has 'captures rest'",
                parameter.name
            );
            self.error("CAPTURES_REST_NOT_LAST", message, parameter.span);
        }
    }

    fn check_no_capture(&mut self, parameters: &[Parameter], container: &str) {
        for parameter in parameters
            .iter()
            .filter(|parameter| parameter.captures_rest)
        {
            let message = format!(
                "Parameter ${} has 'captures rest' - not supported in {container}",
                parameter.name
            );
            self.error("CAPTURES_REST_NOT_SUPPORTED", message, parameter.span);
        }
    }
}

fn is_pattern_and_replacement(node: &Expression) -> bool {
    matches!(&node.kind, ExpressionKind::Array(items) if matches!(
        items.as_slice(),
        [
            Expression { kind: ExpressionKind::Regexp(_), .. },
            Expression { kind: ExpressionKind::String(_), .. }
        ]
    ))
}
