//! What error messages call expressions and values.

use ficelle_syntax::ast::{ExpressionKind, UnaryOperator};

use crate::{types::Type, values::Value};

/// The reference's name for a kind of expression, without an article.
pub fn expression(kind: &ExpressionKind) -> String {
    let text = match kind {
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
        ExpressionKind::TypeDefinition { .. } => "Type Definition",
        ExpressionKind::Apply { .. } => "'apply' expression",
        ExpressionKind::Epp(_) => "Epp Template",
        ExpressionKind::RenderText(_) => "Epp Text",
        ExpressionKind::RenderExpression(_) => "Epp Interpolated Expression",
        ExpressionKind::Nop => "Nop Expression",
    };
    text.to_owned()
}

/// The reference's name for a value, without an article.
pub fn value(value: &Value) -> String {
    let text = match value {
        Value::Undef => "Undef Value",
        Value::Boolean(_) => "Boolean",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Type(shown @ Type::Resource(resource)) if resource.title.is_some() => {
            return format!("{shown} Resource-Reference");
        }
        Value::Type(shown) => return format!("{shown}-Type"),
        Value::Sensitive(_) => "Sensitive",
        Value::Binary(_) => "Binary",
        Value::Timestamp(_) => "Timestamp",
        Value::Timespan(_) => "Timespan",
        Value::SemVer(_) => "Semver",
        Value::SemVerRange(_) => "SemverRange",
        Value::Default | Value::Uri(_) | Value::Iterator(_) | Value::Object(_) => "Object",
    };
    text.to_owned()
}

/// The name of a value's type, without parameters: `Integer`, `Array[String]`.
pub fn type_name(value: &Value) -> String {
    value.infer().generalize().to_string()
}

/// `a Hash`, `an Integer`
pub fn with_article(label: &str) -> String {
    format!("{} {label}", article(label))
}

/// `A Hash`, `An Integer`
pub fn with_capital_article(label: &str) -> String {
    let article = if article(label) == "an" { "An" } else { "A" };
    format!("{article} {label}")
}

/// `a` or `an`, by the first letter; a quote before it does not count.
pub fn article(label: &str) -> &'static str {
    let first = label
        .trim_start_matches(['"', '\''])
        .chars()
        .next()
        .unwrap_or(' ');
    match first.to_ascii_lowercase() {
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' => "an",
        _ => "a",
    }
}
