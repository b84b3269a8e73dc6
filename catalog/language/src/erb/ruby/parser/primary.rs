//! Values: literals, names, and everything that starts with a keyword.

use std::sync::OnceLock;

use super::{Parsed, Parser};
use crate::erb::ruby::{
    ast::{Begin, Call, Check, Kind, Node, Part},
    lexer::{Piece, TokenKind},
};

impl Parser {
    pub(super) fn primary(&mut self) -> Parsed {
        let line = self.line();
        let token = self.peek().clone();
        let kind = match token {
            TokenKind::Integer(value) => Kind::Integer(value),
            TokenKind::Float(value) => Kind::Float(value),
            TokenKind::Instance(name) => Kind::Instance(name),
            TokenKind::Global(name) => match name.parse::<usize>() {
                Ok(index) if index > 0 => Kind::Group(index),
                _ => Kind::Global(name),
            },
            TokenKind::String(pieces) => return self.strings(pieces),
            TokenKind::Symbol(pieces) => match plain(&pieces) {
                Some(text) => Kind::Symbol(text.into()),
                None => Kind::InterpolatedSymbol(self.parts(pieces)?),
            },
            TokenKind::Regexp(pieces, options) => Kind::Regexp {
                parts: self.parts(pieces)?,
                options,
                made: OnceLock::new(),
            },
            TokenKind::Words(words) => {
                let words = words.into_iter().map(|word| self.string_node(word, line));
                Kind::Array(words.collect::<Parsed<_>>()?)
            }
            TokenKind::Symbols(words) => {
                let symbol = |word: Vec<Piece>| {
                    let kind = match plain(&word) {
                        Some(text) => Kind::Symbol(text.into()),
                        None => Kind::InterpolatedSymbol(self.parts(word)?),
                    };
                    Ok(self.node(kind, line))
                };
                let symbols = words.into_iter().map(symbol).collect::<Parsed<_>>()?;
                Kind::Array(symbols)
            }
            TokenKind::Name(name) => {
                self.advance();
                return self.named(name, line);
            }
            TokenKind::Constant(name) => {
                self.advance();
                let calls = (self.is_operator("(") && !self.token().is_spaced)
                    || (self.token().is_spaced && matches!(self.peek(), TokenKind::String(_)));
                if !calls {
                    return Ok(self.node(Kind::Constant(name), line));
                }
                return self.named(name, line);
            }
            TokenKind::Keyword(word) => return self.keyword(word, line),
            TokenKind::Operator("::") => {
                self.advance();
                let TokenKind::Constant(name) = self.peek().clone() else {
                    return self.unexpected();
                };
                Kind::Constant(name)
            }
            TokenKind::Operator("(") => {
                self.advance();
                let body = self.with_do(|parser| parser.statements(&[]))?;
                self.expect_operator(")")?;
                // An empty pair gives nil; a sequence of its own keeps `(a)` from being a target.
                return Ok(self.node(Kind::Sequence(vec![body]), line));
            }
            TokenKind::Operator("[") => {
                self.advance();
                let (elements, block) = self.with_do(|parser| parser.arguments("]"))?;
                if block.is_some() {
                    return self.unexpected();
                }
                return Ok(self.node(Kind::Array(elements), line));
            }
            TokenKind::Operator("{") => {
                self.advance();
                return self.with_do(|parser| parser.hash(line));
            }
            TokenKind::Operator("->") => {
                self.advance();
                let code = self.lambda()?;
                return Ok(self.node(Kind::Lambda(code.into()), line));
            }
            _ => return self.unexpected(),
        };
        self.advance();
        Ok(self.node(kind, line))
    }

    fn named(&mut self, name: std::sync::Arc<str>, line: u32) -> Parsed {
        let calls = self.is_operator("(") && !self.token().is_spaced;
        if !calls && self.is_local(&name) {
            return Ok(self.node(Kind::Local(name), line));
        }
        if let [b'_', digit @ b'1'..=b'9'] = name.as_bytes() {
            self.numbered = self.numbered.max(usize::from(digit - b'0'));
            return Ok(self.node(Kind::Local(name), line));
        }
        // `name = …` makes a variable, whatever could stand there as an argument.
        let mut call = Call {
            receiver: None,
            name,
            arguments: Vec::new(),
            block: None,
            is_safe: false,
            is_bare: true,
        };
        self.call_arguments(&mut call)?;
        Ok(self.node(Kind::Call(Box::new(call)), line))
    }

    /// A string, and those that stand beside it.
    fn strings(&mut self, pieces: Vec<Piece>) -> Parsed {
        let line = self.line();
        self.advance();
        let mut all = pieces;
        while let TokenKind::String(more) = self.peek().clone() {
            self.advance();
            all.extend(more);
        }
        self.string_node(all, line)
    }

    fn string_node(&mut self, pieces: Vec<Piece>, line: u32) -> Parsed {
        let kind = match plain(&pieces) {
            Some(text) => Kind::String(text.into()),
            None => {
                let parts = self.parts(pieces)?;
                match parts.as_slice() {
                    [Part::Text(text)] => Kind::String(text.clone()),
                    _ => Kind::Interpolated(parts),
                }
            }
        };
        Ok(self.node(kind, line))
    }

    fn hash(&mut self, line: u32) -> Parsed {
        let mut pairs = Vec::new();
        loop {
            self.skip_ends();
            if self.take_operator("}") {
                break;
            }
            if self.take_operator("**") {
                let inner = self.expression()?;
                pairs.push((None, inner));
            } else if let TokenKind::Label(pieces) = self.peek().clone() {
                pairs.push(self.labelled(pieces)?);
            } else {
                let key = self.expression()?;
                self.skip_ends();
                self.expect_operator("=>")?;
                self.skip_ends();
                let value = self.expression()?;
                pairs.push((Some(key), value));
            }
            self.skip_ends();
            if !self.take_operator(",") {
                self.skip_ends();
                self.expect_operator("}")?;
                break;
            }
        }
        Ok(self.node(Kind::Hash(pairs), line))
    }

    fn keyword(&mut self, word: &'static str, line: u32) -> Parsed {
        if word == "def" {
            return self.definition();
        }
        self.advance();
        let kind = match word {
            "nil" => Kind::Nil,
            "true" => Kind::True,
            "false" => Kind::False,
            "self" => Kind::SelfReference,
            "__LINE__" => Kind::Integer(line.into()),
            "__FILE__" => Kind::File,
            "if" | "unless" => return self.condition(word == "if", line),
            "while" | "until" => return self.while_loop(word == "while", line),
            "for" => return self.for_loop(line),
            "case" => return self.case(line),
            "begin" => {
                let body = self.with_do(Self::body_with_rescue)?;
                return Ok(match body.kind {
                    Kind::Begin(_) => body,
                    _ => {
                        let begin = Begin {
                            body,
                            rescues: Vec::new(),
                            otherwise: None,
                            ensure: None,
                        };
                        self.node(Kind::Begin(Box::new(begin)), line)
                    }
                });
            }
            "yield" => Kind::Yield(self.optional_arguments()?),
            "return" => Kind::Return(self.jump_value()?),
            "break" | "next" if self.loops == 0 => {
                return self.unsupported(format!("'{word}' outside of blocks and loops"));
            }
            "break" => Kind::Break(self.jump_value()?),
            "next" => Kind::Next(self.jump_value()?),
            "not" => {
                let operand = self.expression()?;
                Kind::Not(Box::new(operand))
            }
            other => return self.unsupported(format!("'{other}'")),
        };
        Ok(self.node(kind, line))
    }

    fn optional_arguments(&mut self) -> Parsed<Vec<Node>> {
        let mut call = Call {
            receiver: None,
            name: "yield".into(),
            arguments: Vec::new(),
            block: None,
            is_safe: false,
            is_bare: true,
        };
        let before = std::mem::replace(&mut self.is_do_reserved, true);
        let result = self.call_arguments(&mut call);
        self.is_do_reserved = before;
        result?;
        match call.block {
            None => Ok(call.arguments),
            Some(_) => self.unexpected(),
        }
    }

    fn jump_value(&mut self) -> Parsed<Option<Box<Node>>> {
        let is_bare = matches!(
            self.peek(),
            TokenKind::End
                | TokenKind::EndOfInput
                | TokenKind::OutputEnd
                | TokenKind::Operator("}" | ")" | ":")
                | TokenKind::Keyword("if" | "unless" | "end" | "while" | "until")
        );
        if is_bare {
            return Ok(None);
        }
        let line = self.line();
        let first = self.expression()?;
        if !self.is_operator(",") {
            return Ok(Some(Box::new(first)));
        }
        let mut values = vec![first];
        while self.take_operator(",") {
            values.push(self.expression()?);
        }
        Ok(Some(Box::new(self.node(Kind::Array(values), line))))
    }

    /// Behind `if` or `unless`, or behind `elsif`.
    fn condition(&mut self, holds: bool, line: u32) -> Parsed {
        self.deeper(|parser| {
            let condition = parser.with_do(Self::expression_statement)?;
            parser.skip_ends();
            parser.take_keyword("then");
            let then = parser.with_do(|parser| parser.statements(&["elsif", "else", "end"]))?;
            let branch_line = parser.line();
            let otherwise = if parser.take_keyword("elsif") {
                Some(parser.condition(true, branch_line)?)
            } else {
                let otherwise = match parser.take_keyword("else") {
                    true => Some(parser.with_do(|parser| parser.statements(&["end"]))?),
                    false => None,
                };
                parser.expect_keyword("end")?;
                otherwise
            };
            let condition = Box::new(condition);
            let kind = if holds {
                Kind::If(condition, Box::new(then), otherwise.map(Box::new))
            } else {
                let empty = parser.node(Kind::Nil, line);
                let first = otherwise.unwrap_or(empty);
                Kind::If(condition, Box::new(first), Some(Box::new(then)))
            };
            Ok(parser.node(kind, line))
        })
    }

    fn loop_head(&mut self) -> Parsed {
        let before = std::mem::replace(&mut self.is_do_reserved, true);
        let condition = self.expression_statement();
        self.is_do_reserved = before;
        let condition = condition?;
        self.skip_ends();
        self.take_keyword("do");
        Ok(condition)
    }

    fn while_loop(&mut self, while_is: bool, line: u32) -> Parsed {
        let condition = self.loop_head()?;
        let body = self.in_loop(|parser| parser.statements(&["end"]))?;
        self.expect_keyword("end")?;
        let kind = Kind::While {
            condition: Box::new(condition),
            body: Box::new(body),
            while_is,
            check: Check::Before,
        };
        Ok(self.node(kind, line))
    }

    fn for_loop(&mut self, line: u32) -> Parsed {
        let pattern = self.for_pattern()?;
        self.expect_keyword("in")?;
        let elements = self.loop_head()?;
        let body = self.in_loop(|parser| parser.statements(&["end"]))?;
        self.expect_keyword("end")?;
        Ok(self.node(Kind::For(pattern, Box::new(elements), Box::new(body)), line))
    }

    fn case(&mut self, line: u32) -> Parsed {
        let subject = match self.peek() {
            TokenKind::End | TokenKind::Keyword("when") => None,
            _ => Some(Box::new(self.with_do(Self::expression_statement)?)),
        };
        // Between `case` and the first `when` only blank text of the template may stand.
        loop {
            match self.peek() {
                TokenKind::End => self.advance(),
                TokenKind::Text(text) if text.trim().is_empty() => {
                    return self.unsupported("text of the template between case and when");
                }
                _ => break,
            }
        }
        let mut branches = Vec::new();
        while self.take_keyword("when") {
            let mut tests = Vec::new();
            loop {
                self.skip_ends();
                let test_line = self.line();
                if self.take_operator("*") {
                    let inner = self.expression()?;
                    tests.push(self.node(Kind::Splat(Box::new(inner)), test_line));
                } else {
                    tests.push(self.ternary(0)?);
                }
                if !self.take_operator(",") {
                    break;
                }
            }
            self.skip_ends();
            self.take_keyword("then");
            let body = self.with_do(|parser| parser.statements(&["when", "else", "end"]))?;
            branches.push((tests, body));
        }
        if branches.is_empty() {
            return self.unsupported("pattern matching");
        }
        let otherwise = match self.take_keyword("else") {
            true => Some(Box::new(
                self.with_do(|parser| parser.statements(&["end"]))?,
            )),
            false => None,
        };
        self.expect_keyword("end")?;
        let kind = Kind::Case {
            subject,
            branches,
            otherwise,
        };
        Ok(self.node(kind, line))
    }
}

/// The text of a string without code in it.
fn plain(pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Code(_) => return None,
        }
    }
    Some(text)
}
