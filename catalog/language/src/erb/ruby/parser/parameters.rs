//! The parameters of blocks and methods.

use super::{Parsed, Parser};
use crate::erb::ruby::{
    ast::{Parameters, Pattern, Target},
    lexer::{Piece, TokenKind},
};

impl Parser {
    /// Parameters up to (not including) one of `ends`, or the line's end where there are none.
    pub(super) fn parameters(&mut self, ends: &[&str]) -> Parsed<Parameters> {
        let mut parameters = Parameters::default();
        loop {
            if !ends.is_empty() {
                // Only a line's end without a semicolon may stand here; `|a; b|` declares `b`.
                while self.peek() == &TokenKind::End {
                    self.advance();
                    if ends.contains(&"|") {
                        self.block_locals(&mut parameters)?;
                    }
                }
            }
            match self.peek().clone() {
                TokenKind::Operator(sign) if ends.contains(&sign) => return Ok(parameters),
                TokenKind::End if ends.is_empty() => return Ok(parameters),
                TokenKind::Operator("*") => {
                    self.advance();
                    let name = self.optional_name();
                    parameters.splat = Some(name);
                }
                TokenKind::Operator("**") => {
                    self.advance();
                    parameters.keyword_splat = Some(match self.optional_name() {
                        Some(name) => name,
                        None => "**".into(),
                    });
                }
                TokenKind::Operator("&") => {
                    self.advance();
                    parameters.block = Some(match self.optional_name() {
                        Some(name) => name,
                        None => return self.unsupported("anonymous block parameters"),
                    });
                }
                TokenKind::Operator("(") => {
                    self.advance();
                    let pattern = self.block_pattern()?;
                    self.expect_operator(")")?;
                    Self::add(&mut parameters, Target::Nested(pattern));
                }
                TokenKind::Label(pieces) => {
                    let [Piece::Text(name)] = pieces.as_slice() else {
                        return self.unexpected();
                    };
                    let name: std::sync::Arc<str> = name.as_str().into();
                    self.advance();
                    self.declare_here(&name);
                    let is_required = matches!(
                        self.peek(),
                        TokenKind::End | TokenKind::Operator("," | ")" | "|")
                    );
                    let default = match is_required {
                        true => None,
                        false => Some(self.ternary_without_pipe(ends)?),
                    };
                    parameters.keywords.push((name, default));
                }
                TokenKind::Name(name) => {
                    self.advance();
                    self.declare_here(&name);
                    if self.take_operator("=") {
                        let default = self.ternary_without_pipe(ends)?;
                        parameters.optional.push((name, default));
                    } else {
                        Self::add(&mut parameters, Target::Local(name));
                    }
                }
                _ => return self.unexpected(),
            }
            if self.take_operator(",") {
                parameters.has_trailing_comma =
                    matches!(self.peek(), TokenKind::Operator(sign) if ends.contains(sign));
                if ends.is_empty() {
                    self.skip_ends();
                }
            } else if self.peek() != &TokenKind::End {
                return match self.peek() {
                    TokenKind::Operator(sign) if ends.contains(sign) => Ok(parameters),
                    _ => self.unexpected(),
                };
            }
        }
    }

    fn add(parameters: &mut Parameters, target: Target) {
        if parameters.splat.is_some() || !parameters.optional.is_empty() {
            parameters.after.push(target);
        } else {
            parameters.required.push(target);
        }
    }

    fn block_locals(&mut self, parameters: &mut Parameters) -> Parsed<()> {
        while let TokenKind::Name(name) = self.peek().clone() {
            self.advance();
            self.declare_here(&name);
            parameters.locals.push(name);
            self.take_operator(",");
        }
        Ok(())
    }

    fn optional_name(&mut self) -> Option<std::sync::Arc<str>> {
        let TokenKind::Name(name) = self.peek().clone() else {
            return None;
        };
        self.advance();
        self.declare_here(&name);
        Some(name)
    }

    /// `(a, (b, *c))` in a block's parameters: all names are the block's own.
    fn block_pattern(&mut self) -> Parsed<Pattern> {
        self.deeper(|parser| {
            let mut pattern = Pattern::default();
            loop {
                match parser.peek().clone() {
                    TokenKind::Operator(")") => return Ok(pattern),
                    TokenKind::Operator("*") => {
                        parser.advance();
                        let name = parser.optional_name();
                        pattern.splat = Some(name.map(|name| Box::new(Target::Local(name))));
                    }
                    TokenKind::Operator("(") => {
                        parser.advance();
                        let nested = Target::Nested(parser.block_pattern()?);
                        parser.expect_operator(")")?;
                        match pattern.splat {
                            None => pattern.before.push(nested),
                            Some(_) => pattern.after.push(nested),
                        }
                    }
                    TokenKind::Name(name) => {
                        parser.advance();
                        parser.declare_here(&name);
                        match pattern.splat {
                            None => pattern.before.push(Target::Local(name)),
                            Some(_) => pattern.after.push(Target::Local(name)),
                        }
                    }
                    _ => return parser.unexpected(),
                }
                if !parser.take_operator(",") {
                    return Ok(pattern);
                }
            }
        })
    }
}
