//! Going on after an error: at the end of the block, or where a line starts a new statement.

use super::Parser;
use crate::lexer::TokenKind;

/// How many errors are told about one source.
const ERROR_LIMIT: usize = 20;

impl Parser<'_> {
    /// Skips to where the statement list that started its last statement at token `statement` can
    /// go on. Always moves past `statement`, or stops at the block's end.
    pub(super) fn recover(&mut self, statement: usize) {
        if self.diagnostics.len() >= ERROR_LIMIT || self.kind() == TokenKind::Error {
            let at_error = self.kind() == TokenKind::Error;
            if !at_error || self.kind_ahead(1) == TokenKind::End {
                self.at = self.tokens.list.len() - 1;
                return;
            }
        }
        let mut depth = 0i32;
        for token in &self.tokens.list[statement..self.at] {
            depth += match token.kind {
                TokenKind::LeftBrace => 1,
                TokenKind::RightBrace => -1,
                _ => 0,
            };
        }
        if self.at == statement && self.kind() != TokenKind::RightBrace {
            depth += i32::from(self.bump().kind == TokenKind::LeftBrace);
        }
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::LeftBrace => depth += 1,
                TokenKind::RightBrace if depth <= 0 => return,
                TokenKind::RightBrace => depth -= 1,
                _ if depth <= 0 && self.starts_statement() => return,
                _ => {}
            }
            self.bump();
        }
    }

    /// Whether the current token is the first of its line and looks like the start of a statement.
    fn starts_statement(&self) -> bool {
        use TokenKind as T;
        let token = self.peek();
        let Some(before) = self.at.checked_sub(1).map(|at| self.tokens.list[at].end) else {
            return true;
        };
        let between = self.text.get(before as usize..token.start as usize);
        if !between.is_some_and(|between| between.contains('\n')) {
            return false;
        }
        match token.kind {
            T::Class | T::Define | T::Node | T::Function | T::If | T::Unless | T::Case => true,
            T::Variable => self.kind_ahead(1) == T::Equals,
            T::Name => matches!(
                self.kind_ahead(1),
                T::LeftBrace | T::LeftParen | T::Name | T::String | T::StringStart
            ),
            T::ClassReference => matches!(self.kind_ahead(1), T::LeftBrace | T::LeftCollect),
            _ => false,
        }
    }
}
