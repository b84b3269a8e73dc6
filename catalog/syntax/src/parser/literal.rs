//! Numbers, strings with expressions in them, heredocs, arrays and hashes.

use super::expression::{Argument, push_argument};
use super::{Parse, Parser, expression_at};
use crate::ast::{Expression, ExpressionKind, StringPart};
use crate::lexer::{Token, TokenKind};
use crate::source::Span;

impl Parser<'_> {
    pub(super) fn number(&mut self) -> Parse<Expression> {
        let token = self.bump();
        let text = self.slice(token);
        let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let (digits, radix) = match hex {
            Some(digits) => (digits, 16),
            None if text.contains(['.', 'e', 'E']) => {
                let value = text.parse().expect("the lexer checked the spelling");
                return Ok(expression_at(ExpressionKind::Float(value), token.span()));
            }
            None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
            None => (text, 10),
        };
        let value = match i64::from_str_radix(digits, radix) {
            Ok(value) => value,
            Err(_) => {
                self.overflow(digits, radix, token);
                i64::MAX
            }
        };
        let kind = ExpressionKind::Integer {
            value,
            radix: radix as u8,
        };
        Ok(expression_at(kind, token.span()))
    }

    /// Tells that an integer does not fit; the parse goes on.
    fn overflow(&mut self, digits: &str, radix: u32, token: Token) {
        let value = match u128::from_str_radix(digits, radix) {
            Ok(value) => format!("+{value:#x}"),
            Err(_) => self.slice(token).to_owned(),
        };
        let message = format!(
            "A Literal Integer resulted in a value outside of Puppet Integer max range, got \
             '{value}'"
        );
        let super::Failed = self.error("NUMERIC_OVERFLOW", message, token.span());
    }

    /// `"text ${expression} text"`
    pub(super) fn interpolated_string(&mut self) -> Parse<Expression> {
        let opening = self.bump();
        let start = opening.start;
        let mut parts = Vec::new();
        self.push_part(&mut parts, opening);
        loop {
            parts.push(StringPart::Expression(self.assignment()?));
            if !matches!(self.kind(), TokenKind::StringMiddle | TokenKind::StringEnd) {
                return Err(self.unexpected());
            }
            let text = self.bump();
            self.push_part(&mut parts, text);
            if text.kind == TokenKind::StringEnd {
                let span = Span::new(start, text.end);
                return Ok(expression_at(ExpressionKind::Concatenated(parts), span));
            }
        }
    }

    fn push_part(&self, parts: &mut Vec<StringPart>, token: Token) {
        let text = self.text_of(token);
        if !text.is_empty() {
            parts.push(StringPart::Text(text, token.span()));
        }
    }

    /// `@(END:syntax)` and its text.
    pub(super) fn heredoc(&mut self) -> Parse<Expression> {
        let token = self.bump();
        let syntax = self.text_of(token);
        let text = match self.kind() {
            TokenKind::String => {
                let text = self.bump();
                expression_at(ExpressionKind::String(self.text_of(text)), text.span())
            }
            TokenKind::StringStart => self.interpolated_string()?,
            _ => return Err(self.unexpected()),
        };
        let kind = ExpressionKind::Heredoc {
            syntax,
            text: Box::new(text),
        };
        Ok(expression_at(kind, token.span()))
    }

    pub(super) fn array(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let mut items = Vec::new();
        loop {
            if self.eat(TokenKind::RightBracket).is_some() {
                break;
            }
            let is_word = self.is_keyword_item() && self.kind_ahead(1) != TokenKind::FatArrow;
            let item = if is_word {
                Argument::plain(self.hash_item()?)
            } else {
                self.argument()?
            };
            push_argument(&mut items, item);
            if self.eat(TokenKind::RightBracket).is_some() {
                break;
            }
            self.expect(TokenKind::Comma)?;
        }
        let values = items.into_iter().map(|item| item.expression).collect();
        Ok(expression_at(
            ExpressionKind::Array(values),
            self.span_from(start),
        ))
    }

    pub(super) fn hash(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let mut entries = Vec::new();
        while self.eat(TokenKind::RightBrace).is_none() {
            let key = self.hash_item()?;
            entries.push(self.hash_entry_rest(key)?);
            if self.eat(TokenKind::RightBrace).is_some() {
                break;
            }
            self.expect(TokenKind::Comma)?;
        }
        Ok(expression_at(
            ExpressionKind::Hash(entries),
            self.span_from(start),
        ))
    }

    /// Whether `type` or `function` stands here as a plain word.
    fn is_keyword_item(&self) -> bool {
        matches!(self.kind(), TokenKind::Type | TokenKind::Function)
            && matches!(
                self.kind_ahead(1),
                TokenKind::Comma
                    | TokenKind::RightBracket
                    | TokenKind::RightBrace
                    | TokenKind::RightParen
                    | TokenKind::FatArrow
            )
    }

    /// A key or a value of a hash.
    pub(super) fn hash_item(&mut self) -> Parse<Expression> {
        if !self.is_keyword_item() {
            return self.assignment();
        }
        let token = self.bump();
        let word = self.shared(self.slice(token));
        let word = expression_at(ExpressionKind::String(word), token.span());
        Ok(word)
    }
}
