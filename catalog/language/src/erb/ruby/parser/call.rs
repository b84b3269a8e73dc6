//! Calls: arguments with and without parentheses, blocks, and what follows a value.

use std::{collections::HashSet, sync::Arc};

use super::{Parsed, Parser};
use crate::erb::ruby::{
    ast::{BlockArgument, BlockCode, Call, Kind, Node, Parameters, Target},
    lexer::{Piece, TokenKind},
};

impl Parser {
    /// A value and what follows it: `.method`, `[index]`, `::Constant`.
    pub(super) fn operand(&mut self) -> Parsed {
        let value = self.deeper(Self::primary)?;
        self.postfix(value)
    }

    pub(super) fn postfix(&mut self, mut value: Node) -> Parsed {
        loop {
            let line = self.line();
            match self.peek() {
                TokenKind::Operator(sign @ ("." | "&.")) => {
                    let is_safe = *sign == "&.";
                    self.advance();
                    self.skip_ends();
                    value = self.method(value, is_safe)?;
                }
                TokenKind::End if self.is_continued() => self.skip_ends(),
                TokenKind::Operator("::") => {
                    self.advance();
                    value = match (self.peek().clone(), &value.kind) {
                        (TokenKind::Constant(name), Kind::Constant(module))
                            if !matches!(self.peek_at(1), TokenKind::Operator("(")) =>
                        {
                            self.advance();
                            self.node(Kind::Constant(format!("{module}::{name}").into()), line)
                        }
                        _ => self.method(value, false)?,
                    };
                }
                TokenKind::Operator("[") if !self.token().is_spaced || is_indexable(&value) => {
                    self.advance();
                    let arguments = self.with_do(|parser| parser.arguments("]"))?;
                    value = call(Some(value), "[]".into(), arguments.0, line);
                }
                _ => return Ok(value),
            }
        }
    }

    /// Whether the next line starts with a dot.
    fn is_continued(&self) -> bool {
        let mut ahead = 0;
        while self.peek_at(ahead) == &TokenKind::End {
            ahead += 1;
            if self.at + ahead >= self.tokens.len() {
                return false;
            }
        }
        matches!(self.peek_at(ahead), TokenKind::Operator("." | "&."))
    }

    fn method(&mut self, receiver: Node, is_safe: bool) -> Parsed {
        let line = self.line();
        let name: Arc<str> = match self.peek().clone() {
            TokenKind::Name(name) | TokenKind::Constant(name) => {
                self.advance();
                name
            }
            TokenKind::Keyword(word) => {
                self.advance();
                word.into()
            }
            TokenKind::Operator("(") => "call".into(),
            // The lexer takes `.key:` for a label in `a ? b.c: d`; nobody writes it.
            TokenKind::Operator(
                sign @ ("+" | "-" | "*" | "/" | "==" | "<" | ">" | "<<" | "!" | "<=>" | "=~" | "%"),
            ) => {
                self.advance();
                sign.into()
            }
            _ => return self.unexpected(),
        };
        let mut call = Call {
            receiver: Some(receiver),
            name,
            arguments: Vec::new(),
            block: None,
            is_safe,
            is_bare: true,
        };
        self.call_arguments(&mut call)?;
        Ok(self.node(Kind::Call(Box::new(call)), line))
    }

    /// A name that is a variable or a method of the template.
    pub(super) fn name_or_call(&mut self, name: Arc<str>, line: u32) -> Node {
        if self.is_local(&name) {
            return self.node(Kind::Local(name), line);
        }
        let mut node = call(None, name, Vec::new(), line);
        if let Kind::Call(call) = &mut node.kind {
            call.is_bare = true;
        }
        node
    }

    /// The arguments and the block behind a method's name.
    pub(super) fn call_arguments(&mut self, call: &mut Call) -> Parsed<()> {
        if self.is_operator("(") && !self.token().is_spaced {
            self.advance();
            call.is_bare = false;
            let (arguments, block) = self.with_do(|parser| parser.arguments(")"))?;
            call.arguments = arguments;
            call.block = block;
        } else if self.starts_command_argument() || self.is_glued(&call.name) {
            call.is_bare = false;
            let before = std::mem::replace(&mut self.is_do_reserved, true);
            let result = self.command_arguments();
            self.is_do_reserved = before;
            let (arguments, block) = result?;
            call.arguments = arguments;
            call.block = block;
        }
        self.block(call)
    }

    fn block(&mut self, call: &mut Call) -> Parsed<()> {
        let close = if self.is_operator("{") {
            Close::Brace
        } else if self.is_keyword("do") && !self.is_do_reserved {
            Close::End
        } else {
            return Ok(());
        };
        if call.block.is_some() {
            return self.unexpected();
        }
        self.advance();
        call.is_bare = false;
        let code = self.block_code(close)?;
        call.block = Some(BlockArgument::Code(Arc::new(code)));
        Ok(())
    }

    /// A block behind its opening.
    pub(super) fn block_code(&mut self, close: Close) -> Parsed<BlockCode> {
        self.locals.push(HashSet::new());
        let result = self.with_do(|parser| {
            // The line may end before the parameters.
            parser.skip_ends();
            let parameters = if parser.take_operator("|") {
                let parameters = parser.parameters(&["|"])?;
                parser.expect_operator("|")?;
                parameters
            } else {
                parser.take_operator("||");
                Parameters::default()
            };
            parser.block_body(parameters, close)
        });
        self.locals.pop();
        result
    }

    fn block_body(&mut self, mut parameters: Parameters, close: Close) -> Parsed<BlockCode> {
        let outer = std::mem::take(&mut self.numbered);
        let body = self.in_loop(|parser| match close {
            Close::Brace => {
                let body = parser.statements(&[])?;
                parser.expect_operator("}")?;
                Ok(body)
            }
            Close::End => parser.body_with_rescue(),
        })?;
        let numbered = std::mem::replace(&mut self.numbered, outer);
        if numbered > 0 {
            if !parameters.required.is_empty() {
                return self.unsupported("a numbered parameter beside others");
            }
            let names = (1..=numbered).map(|number| Target::Local(format!("_{number}").into()));
            parameters.required = names.collect();
        }
        Ok(BlockCode { parameters, body })
    }

    /// `->(a) { … }` behind the arrow.
    pub(super) fn lambda(&mut self) -> Parsed<BlockCode> {
        self.locals.push(HashSet::new());
        let result = self.lambda_code();
        self.locals.pop();
        result
    }

    fn lambda_code(&mut self) -> Parsed<BlockCode> {
        let parameters = if self.take_operator("(") {
            let parameters = self.parameters(&[")"])?;
            self.expect_operator(")")?;
            parameters
        } else if matches!(self.peek(), TokenKind::Name(_)) {
            let mut parameters = Parameters::default();
            while let TokenKind::Name(name) = self.peek().clone() {
                self.advance();
                self.declare_here(&name);
                parameters
                    .required
                    .push(crate::erb::ruby::ast::Target::Local(name));
                if !self.take_operator(",") {
                    break;
                }
            }
            parameters
        } else {
            Parameters::default()
        };
        let close = if self.take_operator("{") {
            Close::Brace
        } else {
            self.expect_keyword("do")?;
            Close::End
        };
        self.with_do(|parser| parser.block_body(parameters, close))
    }

    /// Arguments up to `close`, which is taken, and `&block`.
    pub(super) fn arguments(&mut self, close: &str) -> Parsed<(Vec<Node>, Option<BlockArgument>)> {
        let mut arguments = Vec::new();
        let mut pairs = Vec::new();
        let mut block = None;
        let line = self.line();
        loop {
            self.skip_ends();
            if self.take_operator(close) {
                break;
            }
            self.argument(&mut arguments, &mut pairs, &mut block)?;
            self.skip_ends();
            if !self.take_operator(",") {
                self.skip_ends();
                self.expect_operator(close)?;
                break;
            }
        }
        if !pairs.is_empty() {
            arguments.push(self.node(Kind::Hash(pairs), line));
        }
        Ok((arguments, block))
    }

    fn command_arguments(&mut self) -> Parsed<(Vec<Node>, Option<BlockArgument>)> {
        let mut arguments = Vec::new();
        let mut pairs = Vec::new();
        let mut block = None;
        let line = self.line();
        loop {
            self.argument(&mut arguments, &mut pairs, &mut block)?;
            if !self.take_operator(",") {
                break;
            }
            self.skip_ends();
        }
        if !pairs.is_empty() {
            arguments.push(self.node(Kind::Hash(pairs), line));
        }
        Ok((arguments, block))
    }

    fn argument(
        &mut self,
        arguments: &mut Vec<Node>,
        pairs: &mut Vec<(Option<Node>, Node)>,
        block: &mut Option<BlockArgument>,
    ) -> Parsed<()> {
        let line = self.line();
        if self.take_operator("*") {
            let inner = self.expression()?;
            arguments.push(self.node(Kind::Splat(Box::new(inner)), line));
            return Ok(());
        }
        if self.take_operator("**") {
            let inner = self.expression()?;
            pairs.push((None, inner));
            return Ok(());
        }
        if self.take_operator("&") {
            let inner = self.expression()?;
            *block = Some(BlockArgument::Value(Box::new(inner)));
            return Ok(());
        }
        if let TokenKind::Label(pieces) = self.peek().clone() {
            pairs.push(self.labelled(pieces)?);
            return Ok(());
        }
        let is_negated = self.is_keyword("not");
        let value = match is_negated {
            true => self.expression_statement()?,
            false => self.expression()?,
        };
        if self.take_operator("=>") {
            self.skip_ends();
            let entry = self.expression()?;
            pairs.push((Some(value), entry));
        } else {
            arguments.push(value);
        }
        Ok(())
    }

    /// `name: value`, at the label.
    pub(super) fn labelled(&mut self, pieces: Vec<Piece>) -> Parsed<(Option<Node>, Node)> {
        let line = self.line();
        self.advance();
        let key = match pieces.as_slice() {
            [Piece::Text(name)] => Kind::Symbol(name.as_str().into()),
            _ => Kind::InterpolatedSymbol(self.parts(pieces.clone())?),
        };
        let key = self.node(key, line);
        let is_short = matches!(
            self.peek(),
            TokenKind::Operator("," | "}" | ")") | TokenKind::EndOfInput
        );
        let value = if is_short {
            match &key.kind {
                Kind::Symbol(name) => self.name_or_call(name.clone(), line),
                _ => return self.unexpected(),
            }
        } else {
            self.skip_ends();
            self.expression()?
        };
        Ok((Some(key), value))
    }

    /// Whether an argument follows a question mark without a blank: `list.include?name`.
    fn is_glued(&self, method: &str) -> bool {
        method.ends_with('?')
            && !self.token().is_spaced
            && matches!(
                self.peek(),
                TokenKind::Name(_)
                    | TokenKind::Constant(_)
                    | TokenKind::Instance(_)
                    | TokenKind::String(_)
            )
    }

    /// Whether the next token opens an argument that stands without parentheses.
    fn starts_command_argument(&self) -> bool {
        let token = self.token();
        if !token.is_spaced {
            return false;
        }
        let next_spaced = self
            .tokens
            .get(self.at + 1)
            .is_none_or(|next| next.is_spaced);
        match &token.kind {
            TokenKind::Name(_)
            | TokenKind::Constant(_)
            | TokenKind::Instance(_)
            | TokenKind::Global(_)
            | TokenKind::Integer(_)
            | TokenKind::Float(_)
            | TokenKind::String(_)
            | TokenKind::Symbol(_)
            | TokenKind::Regexp(..)
            | TokenKind::Words(_)
            | TokenKind::Symbols(_)
            | TokenKind::Label(_) => true,
            TokenKind::Keyword(word) => matches!(
                *word,
                "nil"
                    | "true"
                    | "false"
                    | "self"
                    | "not"
                    | "defined?"
                    | "case"
                    | "def"
                    | "__FILE__"
                    | "__LINE__"
                    | "yield"
            ),
            TokenKind::Operator(sign) => match *sign {
                "->" | "!" | "[" | "~" => true,
                "(" => true,
                "-" | "*" | "&" | "**" | "::" => !next_spaced,
                _ => false,
            },
            _ => false,
        }
    }
}

/// How a block ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    Brace,
    End,
}

pub(super) fn call(
    receiver: Option<Node>,
    name: Arc<str>,
    arguments: Vec<Node>,
    line: u32,
) -> Node {
    Node {
        kind: Kind::Call(Box::new(Call {
            receiver,
            name,
            arguments,
            block: None,
            is_safe: false,
            is_bare: false,
        })),
        line,
    }
}

/// Whether a bracket behind a blank still indexes this.
fn is_indexable(value: &Node) -> bool {
    !matches!(&value.kind, Kind::Call(call) if call.is_bare)
}
