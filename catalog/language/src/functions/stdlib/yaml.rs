//! Values as YAML, the way Ruby's writer lays it out.

use ficelle_model::yaml::{
    self,
    layout::{Layout, Tree, TreeKind},
};

use crate::values::Value;

/// A document.
pub(super) fn dump(value: &Value, options: Option<&Value>) -> String {
    let mut layout = Layout::default();
    let mut line_width = None;
    if let Some(Value::Hash(options)) = options {
        let number = |name: &str| match options.get(&Value::string(name)) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        };
        if let Some(indent @ 2..=9) = number("indentation") {
            layout.indent = usize::try_from(indent).unwrap_or(layout.indent);
        }
        if let Some(width) = number("line_width") {
            line_width = usize::try_from(width).ok();
            layout.width = match line_width {
                None => usize::MAX,
                Some(width) if width <= 2 * layout.indent => layout.width,
                Some(width) => width,
            };
        }
    }
    tree(value, line_width).write(layout)
}

fn tree(value: &Value, line_width: Option<usize>) -> Tree {
    let of = |value: &Value| tree(value, line_width);
    match value {
        Value::Array(elements) => Tree::new(TreeKind::Sequence(elements.iter().map(of).collect())),
        Value::Hash(entries) => {
            let pairs = entries.iter().map(|(key, value)| (of(key), of(value)));
            Tree::new(TreeKind::Mapping(pairs.collect()))
        }
        Value::String(text) => yaml::text(text, line_width),
        Value::Undef => Tree::word(""),
        Value::Float(number) if number.is_nan() => Tree::word(".nan"),
        Value::Float(number) if number.is_infinite() => {
            Tree::word(if *number > 0.0 { ".inf" } else { "-.inf" })
        }
        Value::Default => Tree::word(":default"),
        other => Tree::word(other.to_string()),
    }
}
