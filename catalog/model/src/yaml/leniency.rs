//! What libyaml takes and saphyr's scanner does not: the text is written so that both take it, and
//! means the same.

use super::{At, Loader, Refusal, complaint::Open};

/// What the parser says in the place of the quote that a scalar lacks; it points to the scalar.
const UNCLOSED: &str = "while scanning a quoted scalar, found unexpected end of stream";

/// The text with what the parser complained of written in another way; `None` where it is wrong
/// for libyaml too, or where this takes more than `room`, the bytes that may be parsed again.
///
/// A blank is written anew only where it separates: what a scalar holds stays as it is. What
/// follows is written anew with it as far as single lines tell what they are.
pub(super) fn rewritten(
    text: &str,
    said: &str,
    at: At,
    open: &[Open],
    room: &mut usize,
) -> Option<String> {
    let start = offset(text, at)?;
    let mut out = String::with_capacity(text.len() + 64);
    let end = match said {
        // Lines of a quoted scalar may start anywhere: what they start with is no part of it.
        "invalid indentation in quoted scalar" | "tab cannot be used as indentation" => {
            let start = scalar_at(text, start, room)?;
            out.push_str(&text[..start]);
            let end = quoted(text, start, &mut out, *room)?;
            entries(text, end, &mut out, *room)
        }
        "':' must be followed by a valid YAML whitespace" => {
            let blank = text[..start].trim_end_matches(BLANK).len();
            out.push_str(text[..blank].ends_with(':').then_some(&text[..blank])?);
            spaced(&text[blank..start], &mut out);
            entries(text, start, &mut out, *room)
        }
        "tabs disallowed within this context (block indentation)"
        | "tabs disallowed in this context" => {
            let blank = text[..start].trim_end_matches(BLANK).len();
            if !is_in_flow(text, blank, open, room)? {
                return None;
            }
            // Behind a question mark the parser points to the tab itself.
            let end = text.len() - text[start..].trim_start_matches(BLANK).len();
            out.push_str(&text[..blank]);
            spaced(&text[blank..end], &mut out);
            items(text, end, &mut out)
        }
        _ => return None,
    };
    out.push_str(&text[end..]);
    *room = room.checked_sub(out.len())?;
    (out != text).then_some(out)
}

const BLANK: [char; 2] = [' ', '\t'];

fn spaced(blank: &str, out: &mut String) {
    out.extend(blank.chars().map(|_| ' '));
}

/// The byte at a place. A lone carriage return ends a line for the parser, too.
fn offset(text: &str, at: At) -> Option<usize> {
    let mut start = 0;
    for _ in 1..at.line {
        start += text[start..].find(['\n', '\r'])?;
        start += if text[start..].starts_with("\r\n") {
            2
        } else {
            1
        };
    }
    let column = text[start..].char_indices().nth(at.column - 1);
    Some(column.map_or(text.len(), |(column, _)| start + column))
}

/// Where the quoted scalar starts in which a place is.
fn scalar_at(text: &str, at: usize, room: &mut usize) -> Option<usize> {
    if text[at..].starts_with(['"', '\'']) {
        return Some(at);
    }
    // Only the parser knows which of the quotes above is one: it is asked where the scalar
    // starts that does not end before this place.
    *room = room.checked_sub(at)?;
    match Loader::new(&text[..at]).document() {
        Err(Refusal::Complaint { said, at, .. }) if said == UNCLOSED => {
            let start = offset(text, at)?;
            text[start..].starts_with(['"', '\'']).then_some(start)
        }
        _ => None,
    }
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

/// Whether a place between tokens is in a flow collection. What has just begun the parser may not
/// have told of: without the rest of the text it does.
fn is_in_flow(text: &str, at: usize, open: &[Open], room: &mut usize) -> Option<bool> {
    let is_flow = |open: &[Open]| open.last().is_some_and(|open| open.is_flow(text));
    if is_flow(open) {
        return Some(true);
    }
    *room = room.checked_sub(at)?;
    Some(match Loader::new(&text[..at]).document() {
        Err(Refusal::Complaint { open, .. }) => is_flow(&open),
        _ => false,
    })
}

/// Writes lines that can only be entries of a block with plain or quoted values; where they end.
/// They start behind a value or where a plain one does.
///
/// No scalar in quotes and no block scalar is open where one of these lines starts. It may go on
/// with the plain scalar above, but then a `:` in it is an error, whatever blank is behind it.
fn entries(text: &str, start: usize, out: &mut String, room: usize) -> usize {
    let mut at = start;
    let mut kept = out.len();
    let mut next = plain(text, at, out);
    while let Some(end) = next {
        at = end;
        kept = out.len();
        next = (at < text.len())
            .then(|| entry(text, at, out, room))
            .flatten();
    }
    out.truncate(kept);
    at
}

fn entry(text: &str, start: usize, out: &mut String, room: usize) -> Option<usize> {
    let line = line(text, start);
    if is_marker(line) {
        return None;
    }
    let mut rest = line.trim_start_matches(' ');
    if rest.starts_with('#') && !line.trim_end().contains('\r') {
        out.push_str(line);
        return Some(start + line.len());
    }
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim_start_matches(' ');
    }
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-');
    let key = rest.trim_start_matches(|c| is_key(c) || c == ':');
    let key = &rest[..rest.len() - key.len()];
    if !key.starts_with(|c: char| c.is_ascii_alphanumeric()) || !key.ends_with(':') {
        if is_item(rest) && !rest.contains(['|', '>']) {
            out.push_str(line);
            return Some(start + line.len());
        }
        return plain(text, start, out);
    }
    let value = rest[key.len()..].trim_start_matches(BLANK);
    let at = start + line.len() - value.len();
    let blank = start + line.len() - rest.len() + key.len();
    out.push_str(&text[start..blank]);
    spaced(&text[blank..at], out);
    if blank < at && value.starts_with(['"', '\'']) {
        let end = quoted(text, at, out, room)?;
        let after = self::line(text, end);
        return after.trim_end().is_empty().then(|| {
            out.push_str(after);
            end + after.len()
        });
    }
    if blank < at && value.starts_with(['|', '>']) {
        return block(text, at, line.len() - rest.len(), out);
    }
    if blank < at && is_flow(value) {
        out.push_str(value);
        return Some(at + value.len());
    }
    plain(text, at, out)
}

/// Writes a block scalar, whose lines are deeper than the key in `column`.
fn block(text: &str, start: usize, column: usize, out: &mut String) -> Option<usize> {
    let header = line(text, start);
    let marks = header.trim_end_matches('\n').trim_end();
    if !marks[1..]
        .chars()
        .all(|c| matches!(c, '+' | '-' | '1'..='9'))
    {
        return None;
    }
    let mut end = start + header.len();
    loop {
        let line = line(text, end);
        let depth = line.len() - line.trim_start_matches(' ').len();
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        if line.is_empty() || (depth <= column && depth < bare.len()) {
            out.push_str(&text[start..end]);
            return Some(end);
        }
        if bare.contains('\r') {
            return None;
        }
        end += line.len();
    }
}

/// Whether a value is a flow collection of scalars that ends on its line.
fn is_flow(value: &str) -> bool {
    let value = value.strip_suffix('\n').unwrap_or(value).trim_end();
    let sequence = value.strip_prefix('[').and_then(|of| of.strip_suffix(']'));
    let mapping = value.strip_prefix('{').and_then(|of| of.strip_suffix('}'));
    let inner = sequence.or(mapping);
    inner.is_some_and(|inner| inner.split(',').all(is_item))
}

/// Writes the rest of a line where it is nothing but plain text, or nothing at all.
fn plain(text: &str, start: usize, out: &mut String) -> Option<usize> {
    let line = line(text, start);
    let bare = line.strip_suffix('\n').unwrap_or(line);
    let bare = bare.strip_suffix('\r').unwrap_or(bare);
    let mut content = bare.trim_start_matches(' ');
    while let Some(item) = content.strip_prefix("- ") {
        content = item.trim_start_matches(' ');
    }
    let mut chars = content.chars();
    let is_plain = match chars.next() {
        None | Some('/' | '.' | '_' | '~' | '$' | '#') => true,
        Some('-') => chars.next().is_some_and(|c| !BLANK.contains(&c)),
        Some(c) => c.is_alphanumeric(),
    };
    let is_plain = is_plain && !bare.contains(['"', '\'', '[', ']', '{', '}', '|', '>', '\r']);
    is_plain.then(|| {
        out.push_str(line);
        start + line.len()
    })
}

/// Writes lines in a flow collection that hold no brackets and leave no quote open; where they
/// end.
fn items(text: &str, start: usize, out: &mut String) -> usize {
    let mut at = start;
    loop {
        let line = line(text, at);
        let content = line.trim_start_matches(BLANK);
        if line.is_empty() || !is_item(content) {
            return at;
        }
        spaced(&line[..line.len() - content.len()], out);
        out.push_str(content);
        at += line.len();
    }
}

fn is_item(content: &str) -> bool {
    let content = content.strip_suffix('\n').unwrap_or(content).trim_end();
    let content = content.strip_suffix(',').unwrap_or(content).trim_end();
    let (key, value) = content.split_once(": ").unwrap_or(("", content));
    // Whether a quote starts a scalar, or stands in a plain one: it ends here.
    let is_closed = |part: &str| {
        let unquoted = ['"', '\''].iter().find_map(|quote| {
            let inner = part.strip_prefix(*quote)?;
            inner.strip_suffix(*quote)
        });
        let inner = unquoted.unwrap_or(part);
        !inner.contains(['"', '\'', '[', ']', '{', '}', '#', ',', '\\', '\r'])
    };
    is_closed(key.trim()) && is_closed(value.trim())
}

/// The line from a place on, with its end.
fn line(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    &rest[..rest.find('\n').map_or(rest.len(), |end| end + 1)]
}

/// Whether a line begins or ends a document, which it does in quotes, too.
fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---");
    let rest = rest.or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']))
}

/// Writes a quoted scalar with its further lines indented deeply; where it ends.
fn quoted(text: &str, start: usize, out: &mut String, room: usize) -> Option<usize> {
    let end = end_of(text, start)?;
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let depth = text[line..start].chars().count() + 1;
    let scalar = &text[start..end];
    let added = scalar.matches('\n').count().saturating_mul(depth);
    if out.len().saturating_add(added) > room {
        return None;
    }
    let mut lines = scalar.split('\n');
    out.push_str(lines.next()?);
    for line in lines {
        if is_marker(line) {
            return None;
        }
        let bare = line.trim_start_matches(BLANK);
        out.push('\n');
        if !bare.is_empty() {
            out.extend(std::iter::repeat_n(' ', depth));
        }
        out.push_str(bare);
    }
    Some(end)
}
