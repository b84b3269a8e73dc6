//! What an expression starts with: literals, control structures, definitions.

use super::{Parse, Parser, expression_at};
use crate::ast::{CaseOption, Expression, ExpressionKind, Variable};
use crate::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Parse<Expression> {
        use TokenKind as T;
        let token = self.peek();
        let kind = match token.kind {
            T::Variable => {
                let name = self.slice(token);
                let name = self.shared(name.strip_prefix('$').unwrap_or(name));
                self.bump();
                ExpressionKind::Variable(Variable::new(name))
            }
            T::String => {
                self.bump();
                ExpressionKind::String(self.text_of(token))
            }
            T::Word => {
                self.bump();
                ExpressionKind::String(self.shared(self.slice(token)))
            }
            T::Name => {
                self.bump();
                ExpressionKind::Name(self.shared(self.slice(token)))
            }
            T::ClassReference => {
                self.bump();
                ExpressionKind::Reference(self.shared(self.slice(token)))
            }
            T::Boolean => {
                self.bump();
                ExpressionKind::Boolean(self.slice(token) == "true")
            }
            T::Undef => {
                self.bump();
                ExpressionKind::Undef
            }
            T::Default => {
                self.bump();
                ExpressionKind::Default
            }
            T::Regexp => {
                self.bump();
                ExpressionKind::Regexp(self.text_of(token))
            }
            T::RenderString => {
                self.bump();
                ExpressionKind::RenderText(self.text_of(token))
            }
            T::Private | T::Attr => {
                self.bump();
                ExpressionKind::ReservedWord {
                    word: self.shared(self.slice(token)),
                    future: false,
                }
            }
            T::Number => return self.number(),
            T::StringStart => return self.interpolated_string(),
            T::Heredoc => return self.heredoc(),
            T::LeftBracket | T::ListStart => return self.array(),
            T::LeftBrace => return self.hash(),
            T::LeftParen | T::LineLeftParen => return self.parenthesized(),
            T::RenderExpression => return self.render_expression(),
            T::If => return self.if_expression(),
            T::Unless => return self.unless_expression(),
            T::Case => return self.case_expression(),
            T::Class => return self.class_definition(),
            T::Define => return self.define_definition(),
            T::Node => return self.node_definition(),
            T::Function => return self.function_definition(),
            T::Plan => return self.plan_definition(),
            T::Apply => return self.apply_expression(),
            T::Type => return self.type_keyword(),
            _ => return Err(self.unexpected()),
        };
        Ok(expression_at(kind, token.span()))
    }

    fn parenthesized(&mut self) -> Parse<Expression> {
        let span = self.bump().span();
        let inner = Box::new(self.assignment()?);
        self.expect(TokenKind::RightParen)?;
        Ok(expression_at(ExpressionKind::Parenthesized(inner), span))
    }

    /// `<%= expression %>` or `<%= { statements } %>`
    fn render_expression(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let is_hash = self.kind() == TokenKind::LeftBrace
            && (self.kind_ahead(1) == TokenKind::RightBrace
                || self.kind_ahead(2) == TokenKind::FatArrow);
        let inner = if self.kind() == TokenKind::LeftBrace && !is_hash {
            let mut block = self.block_expression()?;
            if let ExpressionKind::Block(body) = &mut block.kind
                && body.len() == 1
            {
                block = body.swap_remove(0);
            }
            block
        } else {
            self.expression()?
        };
        self.expect(TokenKind::EppEnd)?;
        let kind = ExpressionKind::RenderExpression(Box::new(inner));
        Ok(expression_at(kind, self.span_from(start)))
    }

    /// `if condition { } elsif … else …`
    fn if_expression(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let condition = Box::new(self.expression()?);
        let then = Box::new(self.block_expression()?);
        let otherwise = match self.kind() {
            TokenKind::Elsif => Some(Box::new(self.nested(Self::if_expression)?)),
            TokenKind::Else => {
                self.bump();
                Some(Box::new(self.block_expression()?))
            }
            _ => None,
        };
        let kind = ExpressionKind::If {
            condition,
            then,
            otherwise,
        };
        Ok(expression_at(kind, self.span_from(start)))
    }

    fn unless_expression(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let condition = Box::new(self.expression()?);
        let then = Box::new(self.block_expression()?);
        let otherwise = match self.eat(TokenKind::Else) {
            Some(_) => Some(Box::new(self.block_expression()?)),
            None => None,
        };
        let kind = ExpressionKind::Unless {
            condition,
            then,
            otherwise,
        };
        Ok(expression_at(kind, self.span_from(start)))
    }

    fn case_expression(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let test = Box::new(self.expression()?);
        self.expect(TokenKind::LeftBrace)?;
        let mut options = vec![self.case_option()?];
        while self.eat(TokenKind::RightBrace).is_none() {
            options.push(self.case_option()?);
        }
        let kind = ExpressionKind::Case { test, options };
        Ok(expression_at(kind, self.span_from(start)))
    }

    fn case_option(&mut self) -> Parse<CaseOption> {
        let mut values = vec![self.expression()?];
        while self.eat(TokenKind::Comma).is_some() {
            values.push(self.expression()?);
        }
        let start = self.expect(TokenKind::Colon)?.start;
        let then = self.block_expression()?;
        Ok(CaseOption {
            values,
            then,
            span: self.span_from(start),
        })
    }
}
