//! Templates: the text between the tags, and the tags.

use super::{Lexed, Lexer, TokenKind};

/// Where in a template the lexer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EppMode {
    /// This is no template.
    Off,
    /// Between the tags.
    Text,
    /// After `<%`.
    Code,
    /// After `<%=`.
    Expression,
}

impl Lexer<'_> {
    /// Reads `%>` or `-%>`, and the text that follows.
    pub(super) fn epp_close(&mut self, start: usize, length: usize, trims: bool) -> Lexed<()> {
        self.position = start + length;
        if self.epp == EppMode::Expression {
            self.push(TokenKind::EppEnd, start, start + length);
        }
        self.after = None;
        self.epp = EppMode::Text;
        self.epp_text(trims)
    }

    /// Reads text up to the next tag that is not a comment. As in the reference text is lost where
    /// the template ends right behind a comment or `<%%`.
    pub(super) fn epp_text(&mut self, mut trims: bool) -> Lexed<()> {
        let start = self.position;
        let source = self.text;
        let mut text = String::new();
        while self.position < self.end {
            let rest = &source[self.position..self.end];
            let tag = rest.find("<%");
            let mut part = &rest[..tag.unwrap_or(rest.len())];
            if trims {
                part = trim_line_start(part);
                trims = false;
            }
            text.push_str(&part.replace("%%>", "%>"));
            let Some(tag) = tag else {
                self.position = self.end;
                self.push_text(TokenKind::RenderString, start, self.end, text);
                return Ok(());
            };
            self.position += tag + 2;
            match self.byte(0) {
                0 if self.position >= self.end => {
                    let message = "Unbalanced embedded expression - opening <% and reaching end \
                                   of input";
                    return Err(self.fatal_at(
                        self.end,
                        "EPP_UNBALANCED_EXPRESSION",
                        message.into(),
                    ));
                }
                b'%' => {
                    self.position += 1;
                    text.push_str("<%");
                }
                b'#' => {
                    trims = self.epp_comment(&mut text)?;
                }
                b'-' => {
                    text.truncate(text.trim_end_matches([' ', '\t']).len());
                    self.position += 1;
                    return self.epp_open(start, &text, EppMode::Code);
                }
                b'=' => {
                    self.position += 1;
                    return self.epp_open(start, &text, EppMode::Expression);
                }
                _ => return self.epp_open(start, &text, EppMode::Code),
            }
        }
        Ok(())
    }

    /// Skips a comment; whether it trims the text after it.
    fn epp_comment(&mut self, text: &mut String) -> Lexed<bool> {
        let rest = &self.text.as_bytes()[self.position..self.end];
        // `%%>` does not end a comment.
        let close =
            memchr::memmem::find_iter(rest, b"%>").find(|&at| at > 0 && rest[at - 1] != b'%');
        let Some(close) = close else {
            let message = "Reaching end after opening <%# without seeing %>".into();
            return Err(self.fatal_at(self.position, "EPP_UNBALANCED_COMMENT", message));
        };
        if rest.get(1) == Some(&b'-') {
            text.truncate(text.trim_end_matches([' ', '\t']).len());
        }
        let trims = rest[close - 1] == b'-';
        self.position += close + 2;
        Ok(trims)
    }

    fn epp_open(&mut self, start: usize, text: &str, mode: EppMode) -> Lexed<()> {
        if !text.is_empty() {
            self.push_text(TokenKind::RenderString, start, self.position, text);
        }
        if mode == EppMode::Expression {
            self.push(TokenKind::RenderExpression, start, self.position);
        }
        self.after = None;
        self.epp = mode;
        Ok(())
    }
}

/// Takes blanks and the line break off the start of a text.
fn trim_line_start(text: &str) -> &str {
    let text = text.trim_start_matches([' ', '\t']);
    let text = text.strip_prefix('\r').unwrap_or(text);
    text.strip_prefix('\n').unwrap_or(text)
}
