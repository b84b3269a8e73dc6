//! The text of a template, cut into its own text and the code between the tags, as Ruby's ERB
//! does it with the trim mode `-`.

/// A piece of a template, with the line it starts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// Text that is written as it is.
    Text {
        /// The text.
        text: String,
        /// Its first line.
        line: u32,
    },
    /// `<% %>`
    Code {
        /// What stands between the tags.
        code: std::borrow::Cow<'a, str>,
        /// Its first line.
        line: u32,
    },
    /// `<%= %>`
    Output {
        /// What stands between the tags.
        code: std::borrow::Cow<'a, str>,
        /// Its first line.
        line: u32,
    },
}

impl Segment<'_> {
    /// How many bytes of text it mostly writes.
    pub(super) fn room(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.len(),
            Self::Code { .. } => 0,
            // Names, paths and numbers.
            Self::Output { .. } => 32,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Code,
    Output,
    Comment,
}

/// Cuts a template into segments. A tag that is not closed is text, as it is to Ruby.
pub(super) fn segments(source: &str) -> Vec<Segment<'_>> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut segments = Vec::new();
    let mut text = String::new();
    let mut text_line = 1;
    let mut line = 1;
    let mut rest = source;
    let mut is_line_start = true;
    while !rest.is_empty() {
        let Some(found) = rest.find("<%") else {
            text.push_str(rest);
            break;
        };
        let (before, tag) = rest.split_at(found);
        let is_trimming = tag.starts_with("<%-");
        let kept = match is_trimming {
            true => without_indent(before, is_line_start),
            false => before,
        };
        text.push_str(kept);
        line += lines(before);
        if let Some(after) = tag.strip_prefix("<%%") {
            text.push_str("<%");
            rest = after;
            // Where the scanner goes on, it takes the place for the start of a line.
            is_line_start = true;
            continue;
        }
        let (kind, code) = match tag.as_bytes().get(2) {
            Some(b'-') => (Tag::Code, &tag[3..]),
            Some(b'=') => (Tag::Output, &tag[3..]),
            Some(b'#') => (Tag::Comment, &tag[3..]),
            _ => (Tag::Code, &tag[2..]),
        };
        if !text.is_empty() {
            segments.push(Segment::Text {
                text: std::mem::take(&mut text),
                line: text_line,
            });
        }
        let Some((inner, after, is_cutting)) = closed(code) else {
            text.push_str(&unescaped(code));
            text_line = line;
            break;
        };
        let code_line = line;
        line += lines(&code[..code.len() - after.len()]);
        let content = unescaped(inner);
        match kind {
            Tag::Code => segments.push(Segment::Code {
                code: content,
                line: code_line,
            }),
            Tag::Output => segments.push(Segment::Output {
                code: content,
                line: code_line,
            }),
            Tag::Comment => {}
        }
        rest = after;
        if is_cutting {
            let cut = rest
                .strip_prefix('\n')
                .or_else(|| rest.strip_prefix("\r\n"));
            if let Some(cut) = cut {
                rest = cut;
                line += 1;
            }
        }
        is_line_start = true;
        text_line = line;
    }
    if !text.is_empty() {
        segments.push(Segment::Text {
            text,
            line: text_line,
        });
    }
    segments
}

/// What stands before the end of a tag, what behind, and whether the line's end goes too.
fn closed(code: &str) -> Option<(&str, &str, bool)> {
    let mut from = 0;
    loop {
        let at = from + code[from..].find("%>")?;
        let before = &code[..at];
        if before[from..].ends_with('%') {
            // `%%>` stands for `%>`.
            from = at + 2;
            continue;
        }
        let after = &code[at + 2..];
        return Some(match before[from..].strip_suffix('-') {
            Some(_) => (&before[..at - 1], after, true),
            None => (before, after, false),
        });
    }
}

fn unescaped(code: &str) -> std::borrow::Cow<'_, str> {
    match code.contains("%%>") {
        true => code.replace("%%>", "%>").into(),
        false => code.into(),
    }
}

/// The text without the blanks that indent what follows on its line.
fn without_indent(before: &str, is_line_start: bool) -> &str {
    let kept = before.trim_end_matches([' ', '\t']);
    match kept.is_empty() {
        true if is_line_start => kept,
        false if kept.ends_with('\n') => kept,
        _ => before,
    }
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(code: &str, line: u32) -> Segment<'_> {
        Segment::Code {
            code: code.into(),
            line,
        }
    }

    fn text<'a>(text: &str, line: u32) -> Segment<'a> {
        Segment::Text {
            text: text.to_owned(),
            line,
        }
    }

    #[test]
    fn dashes_trim_the_line() {
        assert_eq!(
            segments("a\n  <%- if x -%>\nb\n<% end %>\n"),
            [
                text("a\n", 1),
                code(" if x ", 2),
                text("b\n", 3),
                code(" end ", 4),
                text("\n", 4)
            ]
        );
    }

    #[test]
    fn a_dash_trims_nothing_behind_text() {
        assert_eq!(segments("a  <%- x %>"), [text("a  ", 1), code(" x ", 1)]);
    }

    #[test]
    fn doubled_percent_signs_are_literal() {
        assert_eq!(
            segments("<%% a %%> <% b %%> c %>"),
            [text("<% a %%> ", 1), code(" b %> c ", 1)]
        );
    }

    #[test]
    fn comments_are_gone_and_an_open_tag_is_text() {
        assert_eq!(
            segments("a<%# b\n c -%>\nd<% e"),
            [text("a", 1), text("d", 3), text(" e", 3)]
        );
    }
}
