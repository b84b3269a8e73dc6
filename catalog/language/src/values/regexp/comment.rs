//! Comments of extended mode: `(?x)`.

use std::borrow::Cow;

/// The expression without what stands from `#` to the end of a line where that is a comment: whoever
/// reads it then need not know in which mode he is.
pub(super) fn without(source: &str) -> Cow<'_, str> {
    if !source.contains('#') || !source.contains("(?") {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut is_extended = false;
    // The modes of the groups around.
    let mut around = Vec::new();
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '#' if is_extended => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => class(rest),
            '(' if rest.starts_with("(?#") => rest.find(')').map_or(rest.len(), |end| end + 1),
            '(' => {
                let flags = flags(rest);
                let after = rest[1 + flags.len()..].chars().next();
                if flags.is_empty() || after != Some(')') {
                    around.push(is_extended);
                }
                if let Some(':' | ')') = after
                    && let Some(flag) = flags.rfind('x')
                {
                    is_extended = !flags[..flag].contains('-');
                }
                match after {
                    Some(')') if !flags.is_empty() => flags.len() + 2,
                    _ => flags.len() + 1,
                }
            }
            ')' => {
                is_extended = around.pop().unwrap_or(is_extended);
                1
            }
            other => other.len_utf8(),
        };
        let (taken, left) = rest.split_at(length);
        out.push_str(taken);
        rest = left;
    }
    Cow::Owned(out)
}

/// `?m-ix` behind an opening parenthesis; nothing where something else stands there.
fn flags(group: &str) -> &str {
    let inside = &group[1..];
    let Some(after) = inside.strip_prefix('?') else {
        return "";
    };
    let end = after
        .find(|letter| !"mixaud-".contains(letter))
        .unwrap_or(after.len());
    &inside[..=end]
}

/// The length of the class that a text begins with; of all where it has no end.
fn class(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut is_first = false;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => {
                depth += 1;
                letters.next_if(|(_, letter)| *letter == '^');
                is_first = true;
                continue;
            }
            // A bracket in the first place is itself.
            ']' if is_first && text[at + 1..].contains(']') => {}
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        is_first = false;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn comments_are_left_out_where_they_are_some() {
        for (source, bare) in [
            ("a # b", "a # b"),
            ("(?x)a # b", "(?x)a "),
            ("(?x)a # (\nb # [", "(?x)a \nb "),
            ("(?x:a # (\n) # (", "(?x:a \n) # ("),
            ("(a(?x) # )\n) # b", "(a(?x) \n) # b"),
            ("(?x)(?-x: # ) # b", "(?x)(?-x: # ) "),
            ("(?mx-i)# b", "(?mx-i)"),
            ("(?m-ix)# b", "(?m-ix)# b"),
            ("(?x)[#]# b", "(?x)[#]"),
            ("(?x)[]#]# b", "(?x)[]#]"),
            ("(?x)[^[:alpha:]#]# b", "(?x)[^[:alpha:]#]"),
            ("(?x)[\\]#]# b", "(?x)[\\]#]"),
            ("(?x)\\# b # é", "(?x)\\# b "),
            ("(?x)(?#()(?<n>é)# (", "(?x)(?#()(?<n>é)"),
            ("(?x)\\", "(?x)\\"),
            ("(?x)[#", "(?x)[#"),
            ("(?#", "(?#"),
            ("#(?", "#(?"),
        ] {
            assert_eq!(without(source), bare, "{source}");
        }
    }
}
