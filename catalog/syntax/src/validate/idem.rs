//! Which expressions leave everything as it was, so that a statement made of one is a mistake.

use crate::ast::{BinaryOperator, Expression, ExpressionKind};

/// Whether an expression is known to have no effect but its value.
pub(super) fn is_idem(node: &Expression) -> bool {
    match &node.kind {
        ExpressionKind::Nop
        | ExpressionKind::Undef
        | ExpressionKind::Default
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Integer { .. }
        | ExpressionKind::Float(_)
        | ExpressionKind::String(_)
        | ExpressionKind::Concatenated(_)
        | ExpressionKind::Heredoc { .. }
        | ExpressionKind::Regexp(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::ReservedWord { .. }
        | ExpressionKind::Reference(_)
        | ExpressionKind::Variable(_)
        | ExpressionKind::Array(_)
        | ExpressionKind::Hash(_)
        | ExpressionKind::Access { .. }
        | ExpressionKind::Unary { .. }
        | ExpressionKind::Selector { .. } => true,
        // A match sets `$0`, `$1` and so on.
        ExpressionKind::Binary { operator, .. } => {
            !matches!(operator, BinaryOperator::Match | BinaryOperator::NotMatch)
        }
        ExpressionKind::Parenthesized(inner) => is_idem(inner),
        ExpressionKind::Block(body) => body.iter().all(is_idem),
        ExpressionKind::If {
            condition,
            then,
            otherwise,
        }
        | ExpressionKind::Unless {
            condition,
            then,
            otherwise,
        } => is_idem(condition) && is_idem(then) && otherwise.as_deref().is_none_or(is_idem),
        ExpressionKind::Case { test, options } => {
            is_idem(test)
                && options
                    .iter()
                    .all(|option| option.values.iter().all(is_idem) && is_idem(&option.then))
        }
        ExpressionKind::Call(_)
        | ExpressionKind::MethodCall(_)
        | ExpressionKind::Assignment { .. }
        | ExpressionKind::Resource(_)
        | ExpressionKind::ResourceDefaults(_)
        | ExpressionKind::ResourceOverride(_)
        | ExpressionKind::Collector(_)
        | ExpressionKind::Relationship { .. }
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
        | ExpressionKind::RenderExpression(_) => false,
    }
}

/// Whether these are a type's name and a hash: a resource without a title.
pub(super) fn is_resource_without_title(body: &[Expression]) -> bool {
    matches!(
        body,
        [
            Expression {
                kind: ExpressionKind::Name(_),
                ..
            },
            Expression {
                kind: ExpressionKind::Hash(_),
                ..
            }
        ]
    )
}
