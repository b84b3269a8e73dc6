//! From tokens to a tree: a recursive descent over statements and definitions, precedence
//! climbing in expressions.
//!
//! Every function that can fail records a diagnostic and returns [`Failed`]; lists of statements
//! catch it and go on at the next statement (see [`recovery`]), so several errors are told at
//! once. The tree accepts what the reference's grammar accepts; what the grammar accepts but the
//! language refuses is [`crate::validate`]'s.

mod definition;
mod expression;
mod literal;
mod primary;
mod recovery;
mod resource;
mod statement;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::ast::{Expression, ExpressionKind, Program};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lexer::{LexerIssue, Token, TokenKind, Tokens};
use crate::source::{Source, Span};

/// How deep expressions may be nested.
const NESTING_LIMIT: u32 = 120;
/// How many operators may stand in one chain: each is a level of the tree.
const CHAIN_LIMIT: u32 = 500;

/// A diagnostic was recorded, and this construct cannot be finished.
#[derive(Debug)]
pub(crate) struct Failed;

pub(crate) type Parse<T> = Result<T, Failed>;

/// The state of a parse.
pub(crate) struct Parser<'s> {
    source: &'s Arc<Source>,
    text: &'s str,
    tokens: Tokens,
    at: usize,
    diagnostics: Vec<Diagnostic>,
    /// The classes around, for the full names of definitions inside them.
    namespace: Vec<&'s str>,
    nesting: u32,
    names: FxHashMap<&'s str, Arc<str>>,
}

impl<'s> Parser<'s> {
    pub(crate) fn new(source: &'s Arc<Source>, tokens: Tokens) -> Self {
        Self {
            source,
            text: source.text(),
            tokens,
            at: 0,
            diagnostics: Vec::new(),
            namespace: Vec::new(),
            nesting: 0,
            names: FxHashMap::default(),
        }
    }

    /// Parses a manifest.
    pub(crate) fn manifest(mut self) -> (Program, Vec<Diagnostic>) {
        let body = self.program_statements();
        self.finish(body)
    }

    /// Parses a template.
    pub(crate) fn template(mut self) -> (Program, Vec<Diagnostic>) {
        let body = self.epp_template();
        self.finish(body)
    }

    /// Parses one expression that takes up all of the source.
    pub(crate) fn single_expression(mut self) -> (Program, Vec<Diagnostic>) {
        let mut body = Vec::new();
        if let Ok(expression) = self.assignment() {
            if self.kind() == TokenKind::End {
                body.push(expression);
            } else {
                let Failed = self.unexpected();
            }
        }
        self.finish(body)
    }

    fn finish(mut self, body: Vec<Expression>) -> (Program, Vec<Diagnostic>) {
        for warning in std::mem::take(&mut self.tokens.warnings) {
            let found = self.lexer_diagnostic(warning, Severity::Warning);
            self.diagnostics.push(found);
        }
        (
            Program {
                source: self.source.clone(),
                body,
            },
            self.diagnostics,
        )
    }

    // Tokens.

    fn peek(&self) -> Token {
        self.tokens.list[self.at]
    }

    fn kind(&self) -> TokenKind {
        self.tokens.list[self.at].kind
    }

    /// The kind of the token `ahead` of this one.
    fn kind_ahead(&self, ahead: usize) -> TokenKind {
        self.tokens
            .list
            .get(self.at + ahead)
            .map_or(TokenKind::End, |token| token.kind)
    }

    /// Takes the current token; the end is never passed.
    fn bump(&mut self) -> Token {
        let token = self.peek();
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, kind: TokenKind) -> Option<Token> {
        (self.kind() == kind).then(|| self.bump())
    }

    fn expect(&mut self, kind: TokenKind) -> Parse<Token> {
        if self.kind() == kind {
            Ok(self.bump())
        } else {
            Err(self.unexpected())
        }
    }

    /// Where the last token taken ends.
    fn last_end(&self) -> u32 {
        self.at
            .checked_sub(1)
            .map_or(0, |before| self.tokens.list[before].end)
    }

    /// From `start` to the end of the last token taken.
    fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.last_end().max(start))
    }

    fn slice(&self, token: Token) -> &'s str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn text_of(&self, token: Token) -> Arc<str> {
        self.tokens.texts[token.data as usize].clone()
    }

    /// A name as shared text.
    fn shared(&mut self, name: &'s str) -> Arc<str> {
        self.names
            .entry(name)
            .or_insert_with(|| Arc::from(name))
            .clone()
    }

    // Errors.

    fn error(&mut self, code: &'static str, message: impl Into<String>, span: Span) -> Failed {
        self.diagnostics.push(Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            source: self.source.clone(),
            span: Some(span),
        });
        Failed
    }

    fn lexer_diagnostic(&self, issue: LexerIssue, severity: Severity) -> Diagnostic {
        Diagnostic {
            severity,
            code: issue.code,
            message: issue.message,
            source: self.source.clone(),
            span: issue.offset.map(|offset| Span::new(offset, offset)),
        }
    }

    /// Records that the current token may not stand where it stands.
    fn unexpected(&mut self) -> Failed {
        let token = self.peek();
        let value = match token.kind {
            TokenKind::Error => {
                let issue = self.tokens.errors[token.data as usize].clone();
                let found = self.lexer_diagnostic(issue, Severity::Error);
                self.diagnostics.push(found);
                return Failed;
            }
            TokenKind::End => {
                self.diagnostics.push(Diagnostic {
                    severity: Severity::Error,
                    code: "SYNTAX_ERROR",
                    message: "Syntax error at end of input".into(),
                    source: self.source.clone(),
                    span: None,
                });
                return Failed;
            }
            TokenKind::String
            | TokenKind::StringStart
            | TokenKind::StringMiddle
            | TokenKind::StringEnd
            | TokenKind::Heredoc
            | TokenKind::RenderString => self.text_of(token).to_string(),
            TokenKind::Regexp => format!("(?-mix:{})", self.text_of(token).replace('/', "\\/")),
            TokenKind::Variable => self.slice(token).trim_start_matches('$').to_owned(),
            TokenKind::Other | TokenKind::RenderExpression => String::new(),
            _ => self.slice(token).to_owned(),
        };
        self.error(
            "SYNTAX_ERROR",
            format!("Syntax error at '{value}'"),
            token.span(),
        )
    }

    /// Runs `parse` one level deeper, and refuses to go too deep.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.nesting >= NESTING_LIMIT {
            let span = self.peek().span();
            let message = format!("Expressions are nested more than {NESTING_LIMIT} levels deep");
            return Err(self.error("NESTING_LIMIT", message, span));
        }
        self.nesting += 1;
        let parsed = parse(self);
        self.nesting -= 1;
        parsed
    }

    /// Counts a link of a chain of operators, and refuses chains without end.
    fn link(&mut self, links: &mut u32) -> Parse<()> {
        *links += 1;
        if *links <= CHAIN_LIMIT {
            return Ok(());
        }
        let span = self.peek().span();
        let message = format!("More than {CHAIN_LIMIT} operators in one chain");
        Err(self.error("CHAIN_LIMIT", message, span))
    }
}

/// An expression of a kind at a place.
fn expression_at(kind: ExpressionKind, span: Span) -> Expression {
    Expression { kind, span }
}
