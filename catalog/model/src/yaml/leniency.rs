//! What libyaml takes and saphyr's scanner does not: the text is written so that both take it, and
//! means the same.

use super::{At, complaint::Open};

/// The text with what the parser complained of written in another way; `None` where it is wrong
/// for libyaml too.
pub(super) fn rewritten(text: &str, said: &str, at: At, open: &[Open]) -> Option<String> {
    let start = offset(text, at)?;
    match said {
        // Lines of a quoted scalar may start anywhere: what they start with is no part of it.
        "invalid indentation in quoted scalar" | "tab cannot be used as indentation" => {
            let start = scalar_before(text, start)?;
            indented(text, start)
        }
        "':' must be followed by a valid YAML whitespace" => {
            let tab = text[start..].find('\t').map(|tab| start + tab);
            let tab = tab.or_else(|| text[..start].rfind('\t'))?;
            Some(with_space(text, tab))
        }
        "tabs disallowed within this context (block indentation)"
        | "tabs disallowed in this context"
            if open.last().is_some_and(|open| open.is_flow(text)) =>
        {
            let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
            let tab = text[line..].find('\t')?;
            Some(with_space(text, line + tab))
        }
        _ => None,
    }
}

fn offset(text: &str, at: At) -> Option<usize> {
    let mut line = 0;
    for _ in 1..at.line {
        line += text[line..].find('\n')? + 1;
    }
    let column = text[line..].char_indices().nth(at.column - 1);
    Some(column.map_or(text.len(), |(column, _)| line + column))
}

/// Where the quoted scalar starts in which a place is.
fn scalar_before(text: &str, at: usize) -> Option<usize> {
    if text[at..].starts_with(['"', '\'']) {
        return Some(at);
    }
    // The nearest quote above after which nothing closes it.
    let quotes = text[..at].char_indices().rev();
    let mut quotes = quotes.filter(|(_, c)| matches!(c, '"' | '\''));
    quotes.find_map(|(start, _)| (end_of(text, start)? > at).then_some(start))
}

/// The end of a quoted scalar.
fn end_of(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[start];
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte != quote => at += 1,
            _ if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            _ => return Some(at + 1),
        }
    }
}

/// The text with the further lines of a quoted scalar indented deeply.
fn indented(text: &str, start: usize) -> Option<String> {
    let end = end_of(text, start)?;
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let depth = text[line..start].chars().count() + 1;
    let mut lines = text[start..end].split('\n');
    let mut out = String::with_capacity(text.len() + 64);
    out.push_str(&text[..start]);
    out.push_str(lines.next()?);
    for line in lines {
        let bare = line.trim_start_matches([' ', '\t']);
        out.push('\n');
        if !bare.is_empty() {
            out.extend(std::iter::repeat_n(' ', depth));
        }
        out.push_str(bare);
    }
    out.push_str(&text[end..]);
    (out.len() != text.len() || out != text).then_some(out)
}

fn with_space(text: &str, tab: usize) -> String {
    [&text[..tab], " ", &text[tab + 1..]].concat()
}
