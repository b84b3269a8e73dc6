//! A template's code as a tree.
//!
//! Whatever the parser does not know is no error of the template: Ruby may know it. It says so
//! with the line, and somebody else can try.

mod call;
mod expression;
mod parameters;
mod primary;
mod statement;

use std::{collections::HashSet, sync::Arc};

use super::{
    ast::{Kind, Node, Part},
    lexer::{self, LexError, Piece, Token, TokenKind},
};
use crate::erb::{ErbError, ErbErrorKind, template::Segment};

/// How deep expressions nest.
const DEPTH: usize = 150;

type Parsed<T = Node> = Result<T, ErbError>;

/// Parses the segments of a template.
pub(in crate::erb) fn parse(segments: &[Segment<'_>]) -> Parsed {
    let tokens = lexer::tokens(segments).map_err(ErbError::from)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        locals: vec![HashSet::new()],
        depth: 0,
        is_do_reserved: false,
        numbered: 0,
        loops: 0,
    };
    let body = parser.statements(&[])?;
    if parser.peek() != &TokenKind::EndOfInput {
        return parser.unexpected();
    }
    if parser.numbered > 0 {
        return parser.unsupported("a numbered parameter outside of a block");
    }
    Ok(body)
}

impl From<LexError> for ErbError {
    fn from(error: LexError) -> Self {
        Self {
            kind: ErbErrorKind::Unsupported,
            message: error.message,
            line: error.line,
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// The variables that are known, innermost scope last. A block sees the ones around it; a
    /// method does not, its own start behind [`BARRIER`].
    locals: Vec<HashSet<Arc<str>>>,
    depth: usize,
    /// `do` belongs to the loop whose head is being read.
    is_do_reserved: bool,
    /// The highest of the parameters `_1` to `_9` that the block being read has named.
    numbered: usize,
    /// How many blocks and loops are around what is being read.
    loops: usize,
}

/// No name of Ruby's: what is around a scope with it is not seen.
const BARRIER: &str = "def";

impl Parser {
    fn peek(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    fn peek_at(&self, ahead: usize) -> &TokenKind {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)].kind
    }

    fn token(&self) -> &Token {
        &self.tokens[self.at]
    }

    fn line(&self) -> u32 {
        self.tokens[self.at].line
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn unsupported<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(ErbError {
            kind: ErbErrorKind::Unsupported,
            message: message.into(),
            line: self.line(),
        })
    }

    fn unexpected<T>(&self) -> Parsed<T> {
        let shown = match self.peek() {
            TokenKind::EndOfInput => "end of the template".to_owned(),
            TokenKind::End => "end of the line".to_owned(),
            TokenKind::OutputEnd => "'%>'".to_owned(),
            TokenKind::OutputStart => "'<%='".to_owned(),
            TokenKind::Text(_) => "text of the template".to_owned(),
            TokenKind::Keyword(word) | TokenKind::Operator(word) => format!("'{word}'"),
            TokenKind::Name(name) | TokenKind::Constant(name) => format!("'{name}'"),
            _ => "a literal".to_owned(),
        };
        self.unsupported(format!("unexpected {shown}"))
    }

    fn is_operator(&self, sign: &str) -> bool {
        matches!(self.peek(), TokenKind::Operator(found) if *found == sign)
    }

    fn is_keyword(&self, word: &str) -> bool {
        matches!(self.peek(), TokenKind::Keyword(found) if *found == word)
    }

    fn take_operator(&mut self, sign: &str) -> bool {
        let is_there = self.is_operator(sign);
        if is_there {
            self.advance();
        }
        is_there
    }

    fn take_keyword(&mut self, word: &str) -> bool {
        let is_there = self.is_keyword(word);
        if is_there {
            self.advance();
        }
        is_there
    }

    fn expect_operator(&mut self, sign: &str) -> Parsed<()> {
        match self.take_operator(sign) {
            true => Ok(()),
            false => self.unexpected(),
        }
    }

    fn expect_keyword(&mut self, word: &str) -> Parsed<()> {
        match self.take_keyword(word) {
            true => Ok(()),
            false => self.unexpected(),
        }
    }

    fn skip_ends(&mut self) {
        while self.peek() == &TokenKind::End {
            self.advance();
        }
    }

    fn node(&self, kind: Kind, line: u32) -> Node {
        Node { kind, line }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(ErbError {
                kind: ErbErrorKind::Limit,
                message: "the code is nested too deep".to_owned(),
                line: self.line(),
            });
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// Within parentheses, brackets and bodies, `do` is a block's again.
    fn with_do<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let before = std::mem::replace(&mut self.is_do_reserved, false);
        let result = parse(self);
        self.is_do_reserved = before;
        result
    }

    /// Within the body of a loop or a block.
    fn in_loop<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.loops += 1;
        let result = self.with_do(parse);
        self.loops -= 1;
        result
    }

    fn is_local(&self, name: &str) -> bool {
        for scope in self.locals.iter().rev() {
            if scope.contains(name) {
                return true;
            }
            if scope.contains(BARRIER) {
                return false;
            }
        }
        false
    }

    fn declare(&mut self, name: &Arc<str>) {
        if !self.is_local(name) {
            let scope = self
                .locals
                .last_mut()
                .expect("there is always the outermost");
            scope.insert(name.clone());
        }
    }

    fn declare_here(&mut self, name: &Arc<str>) {
        let scope = self
            .locals
            .last_mut()
            .expect("there is always the outermost");
        scope.insert(name.clone());
    }

    /// The pieces of a string, their code parsed.
    fn parts(&mut self, pieces: Vec<Piece>) -> Parsed<Vec<Part>> {
        pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Ok(Part::Text(text.into())),
                Piece::Code(tokens) => self.embedded(tokens).map(Part::Code),
            })
            .collect()
    }

    fn embedded(&mut self, mut tokens: Vec<Token>) -> Parsed {
        let line = self.line();
        tokens.push(Token {
            kind: TokenKind::EndOfInput,
            line: tokens.last().map_or(line, |token| token.line),
            is_spaced: true,
        });
        let outer = std::mem::replace(&mut self.tokens, tokens);
        let at = std::mem::replace(&mut self.at, 0);
        let result = self.deeper(|parser| {
            parser.with_do(|parser| {
                let body = parser.statements(&[])?;
                match parser.peek() {
                    TokenKind::EndOfInput => Ok(body),
                    _ => parser.unexpected(),
                }
            })
        });
        self.tokens = outer;
        self.at = at;
        result
    }
}
