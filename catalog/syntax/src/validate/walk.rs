//! The expressions directly inside an expression that holds no definitions and no blocks.

use crate::ast::{Expression, ExpressionKind, StringPart};

/// Calls `visit` for each.
pub(super) fn each_child<'e>(node: &'e Expression, visit: &mut dyn FnMut(&'e Expression)) {
    match &node.kind {
        ExpressionKind::Concatenated(parts) => {
            for part in parts {
                if let StringPart::Expression(inner) = part {
                    visit(inner);
                }
            }
        }
        ExpressionKind::Heredoc { text, .. } => visit(text),
        ExpressionKind::Array(items) => items.iter().for_each(visit),
        ExpressionKind::Hash(entries) => {
            for entry in entries {
                visit(&entry.key);
                visit(&entry.value);
            }
        }
        ExpressionKind::Access { left, keys } => {
            visit(left);
            keys.iter().for_each(visit);
        }
        ExpressionKind::Binary { left, right, .. }
        | ExpressionKind::Relationship { left, right, .. } => {
            visit(left);
            visit(right);
        }
        ExpressionKind::Assignment { target, value, .. } => {
            visit(target);
            visit(value);
        }
        ExpressionKind::Unary { operand, .. } => visit(operand),
        ExpressionKind::Parenthesized(inner) | ExpressionKind::RenderExpression(inner) => {
            visit(inner);
        }
        ExpressionKind::Call(call) => {
            visit(&call.functor);
            call.arguments.iter().for_each(visit);
        }
        ExpressionKind::MethodCall(call) => {
            visit(&call.receiver);
            call.arguments.iter().for_each(visit);
        }
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
            visit(condition);
            visit(then);
            otherwise.iter().for_each(|otherwise| visit(otherwise));
        }
        ExpressionKind::Case { test, options } => {
            visit(test);
            for option in options {
                option.values.iter().for_each(&mut *visit);
                visit(&option.then);
            }
        }
        ExpressionKind::Selector { test, choices } => {
            visit(test);
            for choice in choices {
                visit(&choice.matches);
                visit(&choice.value);
            }
        }
        ExpressionKind::Block(body) => body.iter().for_each(visit),
        ExpressionKind::Resource(resource) => {
            for body in &resource.bodies {
                visit(&body.title);
                body.attributes
                    .iter()
                    .for_each(|attribute| visit(&attribute.value));
            }
        }
        ExpressionKind::Undef
        | ExpressionKind::Default
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Integer { .. }
        | ExpressionKind::Float(_)
        | ExpressionKind::String(_)
        | ExpressionKind::Regexp(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::ReservedWord { .. }
        | ExpressionKind::Reference(_)
        | ExpressionKind::Variable(_)
        | ExpressionKind::ResourceDefaults(_)
        | ExpressionKind::ResourceOverride(_)
        | ExpressionKind::Collector(_)
        | ExpressionKind::Class(_)
        | ExpressionKind::Define(_)
        | ExpressionKind::Node(_)
        | ExpressionKind::Function(_)
        | ExpressionKind::Plan(_)
        | ExpressionKind::TypeAlias(_)
        | ExpressionKind::TypeMapping { .. }
        | ExpressionKind::TypeDefinition(_)
        | ExpressionKind::Apply(_)
        | ExpressionKind::Epp(_)
        | ExpressionKind::RenderText(_)
        | ExpressionKind::Nop => {}
    }
}
