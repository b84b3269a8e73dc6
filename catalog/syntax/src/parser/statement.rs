//! Lists of statements, and calls without parentheses.

use super::{Failed, Parse, Parser, expression_at};
use crate::ast::{Call, EppTemplate, Expression, ExpressionKind};
use crate::diagnostic::Diagnostic;
use crate::lexer::TokenKind;
use crate::source::Span;
use std::sync::Arc;

/// Functions that may be called without parentheses around their arguments.
fn is_statement_function(name: &str) -> bool {
    matches!(
        name,
        "require"
            | "realize"
            | "include"
            | "contain"
            | "tag"
            | "debug"
            | "info"
            | "notice"
            | "warning"
            | "err"
            | "fail"
            | "import"
            | "break"
            | "next"
            | "return"
    )
}

fn statement_function(expression: &Expression) -> bool {
    matches!(&expression.kind, ExpressionKind::Name(name) if is_statement_function(name))
}

impl Parser<'_> {
    /// All statements of a manifest.
    pub(super) fn program_statements(&mut self) -> Vec<Expression> {
        let mut body = Vec::new();
        while self.kind() != TokenKind::End {
            self.statements_until_end(&mut body);
            if self.kind() == TokenKind::RightBrace {
                let Failed = self.unexpected();
                self.bump();
            }
        }
        body
    }

    /// A template, or nothing where it could not be read.
    pub(super) fn epp_template(&mut self) -> Vec<Expression> {
        let start = self.peek().start;
        let mut parameters = None;
        if self.kind() == TokenKind::Pipe {
            match self.lambda_parameters() {
                Ok(found) => parameters = Some(found),
                Err(Failed) => self.recover(0),
            }
        }
        let body = self.program_statements();
        let parameters_specified = parameters.is_some();
        let template = EppTemplate {
            source: self.source.clone(),
            parameters: parameters.unwrap_or_default(),
            parameters_specified,
            body,
            span: self.span_from(start),
        };
        let span = template.span;
        vec![expression_at(ExpressionKind::Epp(Arc::new(template)), span)]
    }

    /// `{ statements }`
    pub(super) fn block(&mut self) -> Parse<Vec<Expression>> {
        self.expect(TokenKind::LeftBrace)?;
        self.block_rest()
    }

    /// `statements }`
    pub(super) fn block_rest(&mut self) -> Parse<Vec<Expression>> {
        let mut body = Vec::new();
        self.nested(|parser| {
            parser.statements_until_end(&mut body);
            parser.expect(TokenKind::RightBrace)
        })?;
        Ok(body)
    }

    /// `{ statements }` as an expression.
    pub(super) fn block_expression(&mut self) -> Parse<Expression> {
        let start = self.peek().start;
        let body = self.block()?;
        Ok(expression_at(
            ExpressionKind::Block(body),
            self.span_from(start),
        ))
    }

    /// Statements up to `}` or the end, with recovery in between.
    fn statements_until_end(&mut self, body: &mut Vec<Expression>) {
        // The reference finds these only when the whole list is parsed.
        let mut late: Vec<Diagnostic> = Vec::new();
        while !matches!(self.kind(), TokenKind::RightBrace | TokenKind::End) {
            let before = self.at;
            let recorded = self.diagnostics.len();
            let parsed = self.statement(body, &mut late).and_then(|()| {
                if self.eat(TokenKind::Semicolon).is_some()
                    && matches!(self.kind(), TokenKind::RightBrace | TokenKind::End)
                {
                    return Err(self.unexpected());
                }
                Ok(())
            });
            if let Err(Failed) = parsed {
                debug_assert!(self.diagnostics.len() > recorded, "failing is told");
                if self.at == before && self.ends_list() {
                    self.diagnostics.splice(recorded..recorded, late.drain(..));
                }
                self.recover(before);
            }
            debug_assert!(
                self.at > before || self.kind() == TokenKind::RightBrace,
                "the parser always moves on"
            );
        }
        self.diagnostics.append(&mut late);
    }

    /// Whether a token that begins no statement ends the list: not where it cannot be read, or a
    /// semicolon asks for one more.
    fn ends_list(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.tokens.list[at].kind);
        self.kind() != TokenKind::Error && before != Some(TokenKind::Semicolon)
    }

    fn statement(&mut self, body: &mut Vec<Expression>, late: &mut Vec<Diagnostic>) -> Parse<()> {
        let first = self.assignment()?;
        let called = body.last().is_some_and(statement_function);
        if self.kind() != TokenKind::Comma {
            if called {
                let name = body.pop().expect("a name stands before");
                body.push(statement_call(name, vec![first]));
            } else {
                body.push(without_value(first));
            }
            return Ok(());
        }
        let comma = self.peek().span();
        let mut arguments = vec![first];
        while self.eat(TokenKind::Comma).is_some() {
            arguments.push(self.assignment()?);
        }
        if called {
            let name = body.pop().expect("a name stands before");
            body.push(statement_call(name, arguments));
            return Ok(());
        }
        let message = match body.last().map(|before| &before.kind) {
            Some(ExpressionKind::Name(name)) => format!(
                "attempt to pass argument list to the function '{name}' which cannot be called \
                 without parentheses"
            ),
            _ => "illegal comma separated argument list".into(),
        };
        let Failed = self.error("ILLEGAL_ARGUMENT_LIST", message, comma);
        late.extend(self.diagnostics.pop());
        body.extend(arguments);
        Ok(())
    }
}

/// `name arguments` as a call whose value nobody uses.
pub(super) fn statement_call(name: Expression, arguments: Vec<Expression>) -> Expression {
    let end = arguments.last().map_or(name.span.end, |last| last.span.end);
    let span = Span::new(name.span.start, end.max(name.span.end));
    let call = Call {
        functor: name,
        arguments,
        lambda: None,
        value_required: false,
    };
    expression_at(ExpressionKind::Call(Box::new(call)), span)
}

/// Notes that nobody uses the value of a call that stands as a statement.
fn without_value(mut expression: Expression) -> Expression {
    if let ExpressionKind::Call(call) = &mut expression.kind {
        call.value_required = false;
    }
    expression
}

/// What a name before a hash is: a statement call, or two statements.
pub(super) fn name_and_hash(name: Expression, hash: Expression) -> ExpressionKind {
    if statement_function(&name) {
        statement_call(name, vec![hash]).kind
    } else {
        ExpressionKind::Block(vec![name, hash])
    }
}
