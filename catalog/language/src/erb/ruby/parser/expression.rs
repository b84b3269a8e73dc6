//! Expressions by their binding strength.

use super::{Parsed, Parser};
use crate::erb::ruby::{
    ast::{AssignOperator, Call, Kind, Node, Pattern, Target},
    lexer::TokenKind,
};

/// How strong the binary operators bind, and whether they are methods.
fn strength(sign: &str) -> Option<u8> {
    Some(match sign {
        ".." | "..." => 1,
        "||" => 2,
        "&&" => 3,
        "<=>" | "==" | "===" | "!=" | "=~" | "!~" => 5,
        "<" | "<=" | ">" | ">=" => 6,
        "|" | "^" => 7,
        "&" => 8,
        "<<" | ">>" => 9,
        "+" | "-" => 10,
        "*" | "/" | "%" => 11,
        "**" => 13,
        _ => return None,
    })
}

const PIPE: u8 = 7;

impl Parser {
    /// An expression: an assignment or what can stand on its right.
    pub(super) fn expression(&mut self) -> Parsed {
        self.deeper(|parser| {
            let line = parser.line();
            let left = parser.ternary(0)?;
            parser.assignment(left, line)
        })
    }

    fn assignment(&mut self, left: Node, line: u32) -> Parsed {
        let operator = match self.peek() {
            TokenKind::Operator("=") => None,
            TokenKind::Operator("||=") => Some(AssignOperator::Or),
            TokenKind::Operator("&&=") => Some(AssignOperator::And),
            TokenKind::Operator(sign) => match sign.strip_suffix('=') {
                Some(method)
                    if ["**", "<<", ">>", "+", "-", "*", "/", "%", "&", "|", "^"]
                        .contains(&method) =>
                {
                    Some(AssignOperator::Method(method.into()))
                }
                _ => return Ok(left),
            },
            _ => return Ok(left),
        };
        let is_plain = operator.is_none();
        self.advance();
        let target = self.target(left)?;
        self.skip_ends();
        let value_line = self.line();
        let value = if is_plain && self.take_operator("*") {
            let inner = self.expression()?;
            let splat = self.node(Kind::Splat(Box::new(inner)), value_line);
            self.node(Kind::Array(vec![splat]), value_line)
        } else {
            self.expression()?
        };
        // `a = 1, 2` makes an array, where a statement stands.
        let value = if self.is_keyword("rescue") && self.take_keyword("rescue") {
            let otherwise = self.expression()?;
            self.rescued(value, otherwise)
        } else {
            value
        };
        let value = Box::new(value);
        let kind = match operator {
            None => match target {
                Target::Nested(pattern) => Kind::MultipleAssign(pattern, value),
                target => Kind::Assign(target, value),
            },
            Some(operator) => Kind::OperatorAssign(target, operator, value),
        };
        Ok(self.node(kind, line))
    }

    /// A default value in the parameters of a block, where `|` ends it.
    pub(super) fn ternary_without_pipe(&mut self, ends: &[&str]) -> Parsed {
        match ends.contains(&"|") {
            true => self.binary(PIPE + 1),
            false => self.ternary(0),
        }
    }

    pub(super) fn ternary(&mut self, least: u8) -> Parsed {
        let condition = self.binary(least)?;
        let line = self.line();
        if !self.is_operator("?") {
            return Ok(condition);
        }
        self.deeper(|parser| {
            parser.advance();
            parser.skip_ends();
            let then = parser.ternary_branch()?;
            parser.skip_ends();
            let then = match then {
                (node, true) => node,
                (node, false) => {
                    parser.expect_operator(":")?;
                    node
                }
            };
            parser.skip_ends();
            let otherwise_line = parser.line();
            let otherwise = parser.ternary(0)?;
            let otherwise = parser.assignment(otherwise, otherwise_line)?;
            let kind = Kind::If(
                Box::new(condition),
                Box::new(then),
                Some(Box::new(otherwise)),
            );
            Ok(parser.node(kind, line))
        })
    }

    /// What stands before the colon; whether the colon went with it (`a ? b: c`).
    fn ternary_branch(&mut self) -> Parsed<(Node, bool)> {
        let line = self.line();
        if let TokenKind::Label(pieces) = self.peek().clone() {
            self.advance();
            let node = match pieces.as_slice() {
                [crate::erb::ruby::lexer::Piece::Text(name)] => {
                    self.name_or_call(name.as_str().into(), line)
                }
                _ => return self.unexpected(),
            };
            return Ok((node, true));
        }
        let node = self.ternary(0)?;
        let node = self.assignment(node, line)?;
        Ok((node, false))
    }

    /// Binary operators that bind at least as strong as `least`.
    pub(super) fn binary(&mut self, least: u8) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let line = self.line();
            let TokenKind::Operator(sign) = *self.peek() else {
                return Ok(left);
            };
            let Some(power) = strength(sign).filter(|power| *power >= least.max(1)) else {
                return Ok(left);
            };
            self.advance();
            if power == 1 {
                left = self.range_end(left, sign, line)?;
                continue;
            }
            self.skip_ends();
            let right = match (sign, self.is_keyword("not")) {
                ("**", _) => self.deeper(|parser| parser.binary(power))?,
                _ => self.deeper(|parser| parser.binary(power + 1))?,
            };
            // `x && y = z` assigns on the right.
            let right = match sign {
                "&&" | "||" => self.assignment(right, line)?,
                _ => right,
            };
            left = self.operation(sign, left, right, line);
        }
    }

    fn range_end(&mut self, from: Node, sign: &str, line: u32) -> Parsed {
        let is_open = matches!(
            self.peek(),
            TokenKind::End
                | TokenKind::EndOfInput
                | TokenKind::OutputEnd
                | TokenKind::Operator(")" | "]" | ",")
                | TokenKind::Keyword("then")
        );
        let to = match is_open {
            true => None,
            false => Some(Box::new(self.binary(2)?)),
        };
        let kind = Kind::Range {
            from: Some(Box::new(from)),
            to,
            is_exclusive: sign == "...",
        };
        Ok(self.node(kind, line))
    }

    fn operation(&self, sign: &'static str, left: Node, right: Node, line: u32) -> Node {
        let kind = match sign {
            "&&" => Kind::And(Box::new(left), Box::new(right)),
            "||" => Kind::Or(Box::new(left), Box::new(right)),
            "!=" | "!~" => {
                let positive = if sign == "!=" { "==" } else { "=~" };
                let inner = self.operation(positive, left, right, line);
                Kind::Not(Box::new(inner))
            }
            _ => Kind::Call(Box::new(Call {
                receiver: Some(left),
                name: sign.into(),
                arguments: vec![right],
                block: None,
                is_safe: false,
                is_bare: false,
            })),
        };
        self.node(kind, line)
    }

    fn unary(&mut self) -> Parsed {
        let line = self.line();
        let TokenKind::Operator(sign) = *self.peek() else {
            if self.is_keyword("defined?") {
                self.advance();
                if self.is_operator("(") {
                    // With parentheses it binds like a call.
                    let operand = self.deeper(Self::primary)?;
                    let defined = self.node(Kind::Defined(Box::new(operand)), line);
                    return self.postfix(defined);
                }
                let operand = self.deeper(Self::unary)?;
                return Ok(self.node(Kind::Defined(Box::new(operand)), line));
            }
            return self.operand();
        };
        match sign {
            "!" => {
                self.advance();
                let operand = self.deeper(Self::unary)?;
                Ok(self.node(Kind::Not(Box::new(operand)), line))
            }
            "-" => {
                self.advance();
                let is_adjacent = !self.token().is_spaced;
                match self.peek().clone() {
                    TokenKind::Integer(value)
                        if is_adjacent && !matches!(self.peek_at(1), TokenKind::Operator("**")) =>
                    {
                        self.advance();
                        let number = self.node(Kind::Integer(-value), line);
                        self.postfix(number)
                    }
                    TokenKind::Float(value)
                        if is_adjacent && !matches!(self.peek_at(1), TokenKind::Operator("**")) =>
                    {
                        self.advance();
                        let number = self.node(Kind::Float(-value), line);
                        self.postfix(number)
                    }
                    _ => {
                        let operand = self.deeper(|parser| parser.binary(12))?;
                        Ok(self.unary_call("-@", operand, line))
                    }
                }
            }
            "+" => {
                self.advance();
                let operand = self.deeper(Self::unary)?;
                Ok(self.unary_call("+@", operand, line))
            }
            "~" => {
                self.advance();
                let operand = self.deeper(Self::unary)?;
                Ok(self.unary_call("~", operand, line))
            }
            ".." | "..." => {
                self.advance();
                let to = self.binary(2)?;
                let kind = Kind::Range {
                    from: None,
                    to: Some(Box::new(to)),
                    is_exclusive: sign == "...",
                };
                Ok(self.node(kind, line))
            }
            "&" | "*" | "**" => self.unexpected(),
            _ => self.operand(),
        }
    }

    fn unary_call(&self, name: &str, operand: Node, line: u32) -> Node {
        let call = Call {
            receiver: Some(operand),
            name: name.into(),
            arguments: Vec::new(),
            block: None,
            is_safe: false,
            is_bare: false,
        };
        self.node(Kind::Call(Box::new(call)), line)
    }

    /// `for pattern in …`
    pub(super) fn for_pattern(&mut self) -> Parsed<Pattern> {
        self.pattern(&["in"])
    }
}
