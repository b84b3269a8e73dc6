//! How Psych wants a text written: so that it is read back as a text, and lines stay lines.
//!
//! Measured against Ruby's Psych 4.

use super::{
    Node,
    layout::{Scalar, Style, Tree, TreeKind},
    plain,
};

/// A text as a node. `line_width` is the option of that name, where it is given and positive: texts
/// beyond it are folded.
pub fn text(text: &str, line_width: Option<usize>) -> Tree {
    if text == "<<" {
        return Tree {
            tag: Some("!!str".to_owned()),
            ..scalar(text, Style::Single, false)
        };
    }
    let behind_breaks = text.match_indices('\n').map(|(at, _)| &text[at + 1..]);
    let has_lines = behind_breaks
        .into_iter()
        .any(|rest| !matches!(rest, "" | "\n"));
    let style = if has_lines {
        Style::Literal
    } else if matches!(text, "y" | "n") {
        Style::Double
    } else if line_width.is_some_and(|width| text.chars().count() > width) {
        Style::Folded
    } else if starts_with_no_word(text) {
        Style::Double
    } else if is_typed(text) {
        Style::Single
    } else {
        Style::Plain
    };
    scalar(text, style, true)
}

fn scalar(text: &str, style: Style, may_change: bool) -> Tree {
    Tree::new(TreeKind::Scalar(Scalar {
        text: text.to_owned(),
        style,
        plain: may_change,
        quoted: may_change,
    }))
}

/// Whether a line starts with something else than a word and has no double quote behind.
fn starts_with_no_word(text: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.into_iter().any(|start| {
        let mut rest = text[start..].chars();
        let Some(first) = rest.next().filter(|first| !is_word(*first)) else {
            return false;
        };
        let rest = rest.as_str();
        let line = rest.split('\n').next().unwrap_or_default();
        match first {
            // Behind the last line's end nothing comes.
            '\n' => rest.is_empty() || !line.contains('"'),
            _ => !line.contains('"'),
        }
    })
}

/// Whether a plain text would be read back as something else.
fn is_typed(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let is_near_octal = text.strip_prefix('0').is_some_and(|rest| {
        let digits = rest.trim_start_matches(|digit: char| digit.is_digit(8));
        digits.starts_with(['8', '9'])
    });
    is_near_octal || text.starts_with(':') || !matches!(plain(text), Ok(Node::String(_)))
}
