//! Operators, by precedence climbing; calls, access and collectors after an operand.

use super::{Parse, Parser, expression_at};
use crate::ast::{
    AssignmentOperator, BinaryOperator, Call, Collector, Expression, ExpressionKind, HashEntry,
    MethodCall, RelationshipOperator, SelectorChoice, UnaryOperator,
};
use crate::lexer::TokenKind;

/// Binding strengths, from the reference's grammar.
mod power {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const SELECT: u8 = 3;
    pub(super) const COMPARE: u8 = 4;
    pub(super) const EQUAL: u8 = 5;
    pub(super) const SHIFT: u8 = 6;
    pub(super) const ADD: u8 = 7;
    pub(super) const MULTIPLY: u8 = 8;
    pub(super) const MATCH: u8 = 9;
    pub(super) const IN: u8 = 10;
    pub(super) const MINUS: u8 = 11;
    pub(super) const SPLAT: u8 = 12;
    pub(super) const NOT: u8 = 13;
}

fn binary_operator(kind: TokenKind) -> Option<(BinaryOperator, u8)> {
    use BinaryOperator as B;
    use TokenKind as T;
    Some(match kind {
        T::Or => (B::Or, power::OR),
        T::And => (B::And, power::AND),
        T::Greater => (B::Greater, power::COMPARE),
        T::GreaterEqual => (B::GreaterEqual, power::COMPARE),
        T::Less => (B::Less, power::COMPARE),
        T::LessEqual => (B::LessEqual, power::COMPARE),
        T::IsEqual => (B::Equal, power::EQUAL),
        T::NotEqual => (B::NotEqual, power::EQUAL),
        T::LeftShift => (B::LeftShift, power::SHIFT),
        T::RightShift => (B::RightShift, power::SHIFT),
        T::Plus => (B::Add, power::ADD),
        T::Minus => (B::Subtract, power::ADD),
        T::Star => (B::Multiply, power::MULTIPLY),
        T::Slash => (B::Divide, power::MULTIPLY),
        T::Percent => (B::Modulo, power::MULTIPLY),
        T::Match => (B::Match, power::MATCH),
        T::NotMatch => (B::NotMatch, power::MATCH),
        T::In => (B::In, power::IN),
        _ => return None,
    })
}

impl Parser<'_> {
    /// `relationship = assignment`, right associative.
    pub(super) fn assignment(&mut self) -> Parse<Expression> {
        let target = self.relationship()?;
        let operator = match self.kind() {
            TokenKind::Equals => AssignmentOperator::Assign,
            TokenKind::Appends => AssignmentOperator::Append,
            TokenKind::Deletes => AssignmentOperator::Delete,
            _ => return Ok(target),
        };
        let span = self.bump().span();
        let value = Box::new(self.nested(Self::assignment)?);
        let target = Box::new(target);
        Ok(expression_at(
            ExpressionKind::Assignment {
                operator,
                target,
                value,
            },
            span,
        ))
    }

    /// `resource -> resource …`
    fn relationship(&mut self) -> Parse<Expression> {
        let mut left = self.resource()?;
        let mut links = 0;
        loop {
            let operator = match self.kind() {
                TokenKind::InEdge => RelationshipOperator::Before,
                TokenKind::InEdgeSub => RelationshipOperator::Notify,
                TokenKind::OutEdge => RelationshipOperator::Require,
                TokenKind::OutEdgeSub => RelationshipOperator::Subscribe,
                _ => return Ok(left),
            };
            self.link(&mut links)?;
            let span = self.bump().span();
            let right = Box::new(self.resource()?);
            let kind = ExpressionKind::Relationship {
                operator,
                left: Box::new(left),
                right,
            };
            left = expression_at(kind, span);
        }
    }

    /// Any expression that is no assignment, relationship or resource.
    pub(super) fn expression(&mut self) -> Parse<Expression> {
        self.binary(0)
    }

    fn binary(&mut self, floor: u8) -> Parse<Expression> {
        let mut left = self.operand()?;
        let mut links = 0;
        loop {
            if self.kind() == TokenKind::Question && power::SELECT > floor {
                self.link(&mut links)?;
                left = self.nested(|parser| parser.selector(left))?;
                continue;
            }
            let Some((operator, strength)) = binary_operator(self.kind()) else {
                return Ok(left);
            };
            if strength <= floor {
                return Ok(left);
            }
            self.link(&mut links)?;
            let span = self.bump().span();
            let right = Box::new(self.binary(strength)?);
            let kind = ExpressionKind::Binary {
                operator,
                left: Box::new(left),
                right,
            };
            left = expression_at(kind, span);
        }
    }

    fn operand(&mut self) -> Parse<Expression> {
        self.nested(Self::operand_inside)
    }

    fn operand_inside(&mut self) -> Parse<Expression> {
        let (operator, strength) = match self.kind() {
            TokenKind::Not => (UnaryOperator::Not, power::NOT),
            TokenKind::Minus => (UnaryOperator::Minus, power::MINUS),
            TokenKind::Star => (UnaryOperator::Splat, power::SPLAT),
            _ => {
                let primary = self.primary()?;
                return self.postfix(primary);
            }
        };
        let span = self.bump().span();
        let operand = Box::new(self.binary(strength)?);
        Ok(expression_at(
            ExpressionKind::Unary { operator, operand },
            span,
        ))
    }

    /// What binds tighter than any operator: `[…]`, `(…)`, `.name`, `<| |>`.
    fn postfix(&mut self, mut left: Expression) -> Parse<Expression> {
        let mut links = 0;
        loop {
            left = match self.kind() {
                TokenKind::LeftBracket => self.access(left)?,
                TokenKind::LeftParen => self.call(left)?,
                TokenKind::Dot => self.method_call(left)?,
                TokenKind::LeftCollect | TokenKind::LeftLeftCollect => self.collector(left)?,
                _ => return Ok(left),
            };
            self.link(&mut links)?;
        }
    }

    fn access(&mut self, left: Expression) -> Parse<Expression> {
        let start = left.span.start;
        self.expect(TokenKind::LeftBracket)?;
        let keys = self.access_keys()?;
        self.eat(TokenKind::Comma);
        self.expect(TokenKind::RightBracket)?;
        let kind = ExpressionKind::Access {
            left: Box::new(left),
            keys,
        };
        Ok(expression_at(kind, self.span_from(start)))
    }

    /// One or more keys; `key => value` pairs that follow each other are one hash.
    pub(super) fn access_keys(&mut self) -> Parse<Vec<Expression>> {
        let mut keys = Vec::new();
        loop {
            let key = self.argument()?;
            // What is more than an expression may only be part of a pair.
            let is_more = matches!(
                key.expression.kind,
                ExpressionKind::Assignment { .. }
                    | ExpressionKind::Relationship { .. }
                    | ExpressionKind::Resource(_)
                    | ExpressionKind::ResourceDefaults(_)
                    | ExpressionKind::ResourceOverride(_)
                    | ExpressionKind::Block(_)
            );
            if is_more {
                return Err(self.unexpected());
            }
            push_argument(&mut keys, key);
            let closes = self.kind_ahead(1) == TokenKind::RightBracket;
            if self.kind() != TokenKind::Comma || closes {
                return Ok(keys
                    .into_iter()
                    .map(|argument| argument.expression)
                    .collect());
            }
            self.bump();
        }
    }

    /// `functor(arguments) |…| { }`
    pub(super) fn call(&mut self, functor: Expression) -> Parse<Expression> {
        let start = functor.span.start;
        self.expect(TokenKind::LeftParen)?;
        let arguments = self.arguments(TrailingComma::Allowed)?;
        let lambda = self.optional_lambda()?;
        let call = Call {
            functor,
            arguments,
            lambda,
            value_required: true,
        };
        Ok(expression_at(
            ExpressionKind::Call(Box::new(call)),
            self.span_from(start),
        ))
    }

    fn method_call(&mut self, receiver: Expression) -> Parse<Expression> {
        let dot = self.expect(TokenKind::Dot)?;
        if !matches!(self.kind(), TokenKind::Name | TokenKind::Type) {
            return Err(self.unexpected());
        }
        let token = self.bump();
        let name = self.shared(self.slice(token));
        let name = expression_at(ExpressionKind::Name(name), token.span());
        let mut start = dot.start;
        let mut arguments = Vec::new();
        if self.kind() == TokenKind::LeftParen {
            start = self.bump().start;
            arguments = self.arguments(TrailingComma::Refused)?;
        }
        let span = self.span_from(start);
        let lambda = self.optional_lambda()?;
        let call = MethodCall {
            receiver,
            name,
            arguments,
            lambda,
            value_required: true,
        };
        Ok(expression_at(
            ExpressionKind::MethodCall(Box::new(call)),
            span,
        ))
    }

    /// The arguments of a call, and its closing parenthesis.
    fn arguments(&mut self, trailing: TrailingComma) -> Parse<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.eat(TokenKind::RightParen).is_some() {
            return Ok(Vec::new());
        }
        loop {
            let argument = self.argument()?;
            push_argument(&mut arguments, argument);
            if self.eat(TokenKind::RightParen).is_some() {
                break;
            }
            self.expect(TokenKind::Comma)?;
            if trailing == TrailingComma::Allowed && self.eat(TokenKind::RightParen).is_some() {
                break;
            }
        }
        Ok(arguments
            .into_iter()
            .map(|argument| argument.expression)
            .collect())
    }

    /// Arguments as a list of expressions, for `apply`.
    pub(super) fn call_arguments(&mut self) -> Parse<Vec<Expression>> {
        self.expect(TokenKind::LeftParen)?;
        self.arguments(TrailingComma::Allowed)
    }

    /// An assignment, or a `key => value` pair, which is a hash without braces.
    pub(super) fn argument(&mut self) -> Parse<Argument> {
        let keyword = matches!(self.kind(), TokenKind::Type | TokenKind::Function);
        if keyword && self.kind_ahead(1) != TokenKind::FatArrow {
            let expression = self.assignment()?;
            return Ok(Argument::plain(expression));
        }
        let key = self.hash_item()?;
        if self.kind() != TokenKind::FatArrow {
            return Ok(Argument::plain(key));
        }
        let entry = self.hash_entry_rest(key)?;
        let span = entry.span;
        let expression = expression_at(ExpressionKind::Hash(vec![entry]), span);
        Ok(Argument {
            expression,
            unfolded: true,
        })
    }

    /// `=> value` after a key.
    pub(super) fn hash_entry_rest(&mut self, key: Expression) -> Parse<HashEntry> {
        let span = self.expect(TokenKind::FatArrow)?.span();
        let value = self.hash_item()?;
        Ok(HashEntry { key, value, span })
    }

    /// `? { match => value, … }` or `? match => value`
    fn selector(&mut self, test: Expression) -> Parse<Expression> {
        let span = test.span;
        self.expect(TokenKind::Question)?;
        let mut choices = Vec::new();
        let braced = self.eat(TokenKind::LeftBrace).is_some();
        if braced {
            loop {
                choices.push(self.selector_choice()?);
                if self.eat(TokenKind::Comma).is_none() || self.kind() == TokenKind::RightBrace {
                    break;
                }
            }
            self.expect(TokenKind::RightBrace)?;
        } else {
            choices.push(self.selector_choice()?);
        }
        let selector = ExpressionKind::Selector {
            test: Box::new(test),
            choices,
        };
        let selector = expression_at(selector, span);
        if braced {
            self.postfix(selector)
        } else {
            Ok(selector)
        }
    }

    fn selector_choice(&mut self) -> Parse<SelectorChoice> {
        let matches = self.expression()?;
        let span = self.expect(TokenKind::FatArrow)?.span();
        let value = self.expression()?;
        Ok(SelectorChoice {
            matches,
            value,
            span,
        })
    }

    /// `<| query |> { attributes }`
    fn collector(&mut self, type_reference: Expression) -> Parse<Expression> {
        let start = type_reference.span.start;
        let exported = self.bump().kind == TokenKind::LeftLeftCollect;
        let close = match exported {
            true => TokenKind::RightRightCollect,
            false => TokenKind::RightCollect,
        };
        let query = match self.kind() == close {
            true => None,
            false => Some(self.expression()?),
        };
        self.expect(close)?;
        let mut attributes = Vec::new();
        if self.eat(TokenKind::LeftBrace).is_some() {
            attributes = self.attributes()?;
            self.expect(TokenKind::RightBrace)?;
        }
        let collector = Collector {
            type_reference,
            exported,
            query,
            attributes,
        };
        let kind = ExpressionKind::Collector(Box::new(collector));
        Ok(expression_at(kind, self.span_from(start)))
    }
}

/// Whether a comma may stand before the closing parenthesis.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TrailingComma {
    Allowed,
    Refused,
}

/// An argument, and whether it is `key => value` without braces.
pub(super) struct Argument {
    pub(super) expression: Expression,
    unfolded: bool,
}

impl Argument {
    /// An argument that is no pair.
    pub(super) fn plain(expression: Expression) -> Self {
        Argument {
            expression,
            unfolded: false,
        }
    }
}

/// Adds an argument; pairs without braces join the hash of the pair before.
pub(super) fn push_argument(arguments: &mut Vec<Argument>, mut argument: Argument) {
    if let (true, Some(last)) = (argument.unfolded, arguments.last_mut())
        && last.unfolded
        && let (ExpressionKind::Hash(into), ExpressionKind::Hash(from)) =
            (&mut last.expression.kind, &mut argument.expression.kind)
    {
        into.append(from);
        return;
    }
    arguments.push(argument);
}
