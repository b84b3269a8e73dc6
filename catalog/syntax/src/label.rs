//! What messages call the forms of expressions, and the articles that go with any label.

use crate::ast::{ExpressionKind, UnaryOperator};

/// The reference's name for a form of expression, without an article.
pub fn expression(kind: &ExpressionKind) -> String {
    let fixed = match kind {
        ExpressionKind::Undef => "'undef' expression",
        ExpressionKind::Default => "'default' expression",
        ExpressionKind::Boolean(_) => "Boolean",
        ExpressionKind::Integer { .. } => "Literal Integer",
        ExpressionKind::Float(_) => "Literal Float",
        ExpressionKind::String(_) => "String",
        ExpressionKind::Concatenated(_) => "Double Quoted String",
        ExpressionKind::Heredoc { syntax, .. } => return format!("'@({syntax})' expression"),
        ExpressionKind::Regexp(_) => "Regular Expression",
        ExpressionKind::Name(_) => "Name",
        ExpressionKind::ReservedWord { word, .. } => return format!("Reserved Word '{word}'"),
        ExpressionKind::Reference(_) => "Type-Name",
        ExpressionKind::Variable(_) => "Variable",
        ExpressionKind::Array(_) => "Array Expression",
        ExpressionKind::Hash(_) => "Hash Expression",
        ExpressionKind::Access { .. } => "'[]' expression",
        ExpressionKind::Call(_) => "Function Call",
        ExpressionKind::MethodCall(_) => "Method call",
        ExpressionKind::Binary { operator, .. } => {
            return format!("'{}' expression", operator.symbol());
        }
        ExpressionKind::Unary { operator, .. } => match operator {
            UnaryOperator::Not => "'not' expression",
            UnaryOperator::Minus => "Unary Minus",
            UnaryOperator::Splat => "Unfold",
        },
        ExpressionKind::Assignment { operator, .. } => {
            return format!("'{}' expression", operator.symbol());
        }
        ExpressionKind::If { .. } => "'if' statement",
        ExpressionKind::Unless { .. } => "'unless' Statement",
        ExpressionKind::Case { .. } => "'case' statement",
        ExpressionKind::Selector { .. } => "Selector Expression",
        ExpressionKind::Block(_) => "Block Expression",
        ExpressionKind::Parenthesized(_) => "Parenthesized Expression",
        ExpressionKind::Resource(_) => "Resource Statement",
        ExpressionKind::ResourceDefaults(_) => "Resource Defaults Expression",
        ExpressionKind::ResourceOverride(_) => "Resource Override",
        ExpressionKind::Collector(collector) if collector.exported => "Exported Query",
        ExpressionKind::Collector(_) => "Virtual Query",
        ExpressionKind::Relationship { operator, .. } => {
            return format!("'{}' expression", operator.symbol());
        }
        ExpressionKind::Class(_) => "Host Class Definition",
        ExpressionKind::Define(_) => "'define' expression",
        ExpressionKind::Node(_) => "Node Definition",
        ExpressionKind::Function(_) => "Function Definition",
        ExpressionKind::Plan(_) => "Plan Definition",
        ExpressionKind::TypeAlias(_) => "Type Alias",
        ExpressionKind::TypeMapping { .. } => "Type Mapping",
        ExpressionKind::TypeDefinition(_) => "Type Definition",
        ExpressionKind::Apply(_) => "'apply' expression",
        ExpressionKind::Epp(_) => "Epp Template",
        ExpressionKind::RenderText(_) => "Epp Text",
        ExpressionKind::RenderExpression(_) => "Epp Interpolated Expression",
        ExpressionKind::Nop => "Nop Expression",
    };
    fixed.to_owned()
}

/// The name of a form with its article: `an 'if' statement`.
pub fn an_expression(kind: &ExpressionKind) -> String {
    with_article(&expression(kind))
}

/// The name of a form with its article, to start a sentence: `A Host Class Definition`.
pub fn an_expression_capital(kind: &ExpressionKind) -> String {
    with_capital_article(&expression(kind))
}

/// `a` or `an`, by the first letter; a quote before it does not count.
pub fn article(label: &str) -> &'static str {
    let first = label.trim_start_matches(['\'', '"']).chars().next();
    match first.map(|letter| letter.to_ascii_lowercase()) {
        Some('a' | 'e' | 'i' | 'o' | 'u' | 'y') => "an",
        _ => "a",
    }
}

/// A label with its article: `a Hash`, `an Integer`.
pub fn with_article(label: &str) -> String {
    format!("{} {label}", article(label))
}

/// A label with its article, to start a sentence: `A Hash`, `An Integer`.
pub fn with_capital_article(label: &str) -> String {
    let article = if article(label) == "an" { "An" } else { "A" };
    format!("{article} {label}")
}

#[cfg(test)]
mod tests {
    use super::with_article;

    #[test]
    fn articles_look_behind_quotes() {
        assert_eq!(with_article("Exported Query"), "an Exported Query");
        assert_eq!(with_article("'if' statement"), "an 'if' statement");
        assert_eq!(with_article("'define' expression"), "a 'define' expression");
    }
}
