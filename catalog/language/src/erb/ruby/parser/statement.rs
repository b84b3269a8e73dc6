//! Statements: what stands on a line, with its modifiers, and the template's own text.

use std::sync::Arc;

use super::{BARRIER, Parsed, Parser};
use crate::erb::ruby::{
    ast::{Begin, Check, Definition, Kind, Node, Pattern, Rescue, Target},
    lexer::TokenKind,
};

impl Parser {
    /// Statements up to one of the keywords, a closing bracket or the end.
    pub(super) fn statements(&mut self, ends: &[&str]) -> Parsed {
        let line = self.line();
        let mut all = Vec::new();
        loop {
            self.skip_ends();
            match self.peek() {
                TokenKind::EndOfInput | TokenKind::OutputEnd | TokenKind::Operator("}" | ")") => {
                    break;
                }
                TokenKind::Keyword(word) if ends.contains(word) => break,
                _ => {}
            }
            all.push(self.statement()?);
            match self.peek() {
                TokenKind::End
                | TokenKind::EndOfInput
                | TokenKind::OutputEnd
                | TokenKind::Operator("}" | ")") => {}
                TokenKind::Keyword(word) if ends.contains(word) => {}
                _ => return self.unexpected(),
            }
        }
        Ok(match all.len() {
            1 => all.pop().expect("there is one"),
            _ => self.node(Kind::Sequence(all), line),
        })
    }

    pub(super) fn statement(&mut self) -> Parsed {
        self.deeper(|parser| {
            let mut statement = parser.statement_start()?;
            loop {
                let line = parser.line();
                let TokenKind::Keyword(word) = *parser.peek() else {
                    return Ok(statement);
                };
                statement = match word {
                    "if" | "unless" => {
                        parser.advance();
                        let condition = parser.expression_statement()?;
                        let empty = Box::new(parser.node(Kind::Nil, line));
                        let body = Box::new(statement);
                        let (then, otherwise) = match word {
                            "if" => (body, None),
                            _ => (empty, Some(body)),
                        };
                        parser.node(Kind::If(Box::new(condition), then, otherwise), line)
                    }
                    "while" | "until" => {
                        parser.advance();
                        let condition = Box::new(parser.expression_statement()?);
                        let check = match &statement.kind {
                            Kind::Begin(begin) if begin.rescues.is_empty() => Check::After,
                            _ => Check::Before,
                        };
                        let kind = Kind::While {
                            condition,
                            body: Box::new(statement),
                            while_is: word == "while",
                            check,
                        };
                        parser.node(kind, line)
                    }
                    "rescue" => {
                        parser.advance();
                        let body = parser.expression_statement()?;
                        parser.rescued(statement, body)
                    }
                    _ => return Ok(statement),
                };
            }
        })
    }

    /// `body rescue otherwise`
    pub(super) fn rescued(&self, body: Node, otherwise: Node) -> Node {
        let line = body.line;
        let rescue = Rescue {
            classes: Vec::new(),
            variable: None,
            body: otherwise,
        };
        let begin = Begin {
            body,
            rescues: vec![rescue],
            otherwise: None,
            ensure: None,
        };
        self.node(Kind::Begin(Box::new(begin)), line)
    }

    fn statement_start(&mut self) -> Parsed {
        let line = self.line();
        match self.peek().clone() {
            TokenKind::Text(text) => {
                self.advance();
                Ok(self.node(Kind::Text(text), line))
            }
            TokenKind::OutputStart => {
                self.advance();
                let body = self.with_do(|parser| parser.statements(&[]))?;
                if self.peek() != &TokenKind::OutputEnd {
                    return self.unexpected();
                }
                self.advance();
                let is_empty = matches!(&body.kind, Kind::Sequence(all) if all.is_empty());
                let inner = (!is_empty).then(|| Box::new(body));
                Ok(self.node(Kind::Output(inner), line))
            }
            TokenKind::Keyword(
                "alias" | "undef" | "class" | "module" | "super" | "retry" | "redo",
            ) => self.unsupported(format!("{:?}", self.peek())),
            _ => self.expression_statement(),
        }
    }

    /// An expression with `and`, `or` and `not`, or an assignment to several variables.
    pub(super) fn expression_statement(&mut self) -> Parsed {
        let mut left = self.not_expression()?;
        loop {
            let line = self.line();
            let is_and = match self.peek() {
                TokenKind::Keyword("and") => true,
                TokenKind::Keyword("or") => false,
                _ => return Ok(left),
            };
            self.advance();
            self.skip_ends();
            let right = self.not_expression()?;
            let (left_side, right_side) = (Box::new(left), Box::new(right));
            let kind = match is_and {
                true => Kind::And(left_side, right_side),
                false => Kind::Or(left_side, right_side),
            };
            left = self.node(kind, line);
        }
    }

    fn not_expression(&mut self) -> Parsed {
        let line = self.line();
        if self.take_keyword("not") {
            let operand = self.deeper(Self::not_expression)?;
            return Ok(self.node(Kind::Not(Box::new(operand)), line));
        }
        if let Some(assignment) = self.multiple_assignment()? {
            return Ok(assignment);
        }
        self.expression()
    }

    /// `a, b = …`, if this is one.
    fn multiple_assignment(&mut self) -> Parsed<Option<Node>> {
        let is_candidate = matches!(
            self.peek(),
            TokenKind::Operator("*" | "(")
                | TokenKind::Name(_)
                | TokenKind::Instance(_)
                | TokenKind::Global(_)
        );
        if !is_candidate || !self.has_comma_before_assignment() {
            return Ok(None);
        }
        let line = self.line();
        let pattern = self.pattern(&["="])?;
        self.expect_operator("=")?;
        self.skip_ends();
        let value_line = self.line();
        let first = self.expression_or_splat()?;
        let value = if self.is_operator(",") || matches!(first.kind, Kind::Splat(_)) {
            let mut values = vec![first];
            while self.take_operator(",") {
                self.skip_ends();
                values.push(self.expression_or_splat()?);
            }
            self.node(Kind::Array(values), value_line)
        } else {
            first
        };
        Ok(Some(self.node(
            Kind::MultipleAssign(pattern, Box::new(value)),
            line,
        )))
    }

    /// Whether a comma stands on this line outside of brackets, before an equals sign.
    fn has_comma_before_assignment(&self) -> bool {
        let mut nested = 0_usize;
        let mut commas = matches!(self.peek(), TokenKind::Operator("*"));
        for token in &self.tokens[self.at..] {
            match &token.kind {
                TokenKind::Operator("(" | "[" | "{") => nested += 1,
                TokenKind::Operator(")" | "]" | "}") => match nested.checked_sub(1) {
                    Some(outer) => nested = outer,
                    None => return false,
                },
                TokenKind::Operator(",") if nested == 0 => commas = true,
                TokenKind::Operator("=") if nested == 0 => return commas,
                TokenKind::Name(_)
                | TokenKind::Instance(_)
                | TokenKind::Global(_)
                | TokenKind::Operator("*" | "." | ",") => {}
                _ if nested > 0 => {}
                _ => return false,
            }
        }
        false
    }

    fn expression_or_splat(&mut self) -> Parsed {
        let line = self.line();
        if self.take_operator("*") {
            let inner = self.expression()?;
            return Ok(self.node(Kind::Splat(Box::new(inner)), line));
        }
        self.expression()
    }

    /// Targets separated by commas, up to (not including) one of `ends`.
    pub(super) fn pattern(&mut self, ends: &[&str]) -> Parsed<Pattern> {
        let mut pattern = Pattern::default();
        loop {
            let ended = match self.peek() {
                TokenKind::Operator(sign) => ends.contains(sign),
                TokenKind::Keyword(word) => ends.contains(word),
                _ => false,
            };
            if ended {
                return Ok(pattern);
            }
            if self.take_operator("*") {
                let is_bare = match self.peek() {
                    TokenKind::Operator(sign) => *sign == "," || ends.contains(sign),
                    _ => false,
                };
                let target = match is_bare {
                    true => None,
                    false => Some(Box::new(self.pattern_target()?)),
                };
                pattern.splat = Some(target);
            } else {
                let target = self.pattern_target()?;
                match pattern.splat {
                    None => pattern.before.push(target),
                    Some(_) => pattern.after.push(target),
                }
            }
            if !self.take_operator(",") {
                return Ok(pattern);
            }
        }
    }

    fn pattern_target(&mut self) -> Parsed<Target> {
        self.deeper(|parser| {
            if parser.take_operator("(") {
                let pattern = parser.pattern(&[")"])?;
                parser.expect_operator(")")?;
                return Ok(Target::Nested(pattern));
            }
            if let TokenKind::Name(name) = parser.peek().clone()
                && matches!(
                    parser.peek_at(1),
                    TokenKind::Operator("," | "=" | ")") | TokenKind::Keyword("in")
                )
            {
                parser.advance();
                parser.declare(&name);
                return Ok(Target::Local(name));
            }
            let node = parser.operand()?;
            parser.target(node)
        })
    }

    /// What an expression on the left of an equals sign stands for.
    pub(super) fn target(&mut self, node: Node) -> Parsed<Target> {
        match node.kind {
            Kind::Local(name) => Ok(Target::Local(name)),
            Kind::Instance(name) => Ok(Target::Instance(name)),
            Kind::Global(name) => Ok(Target::Global(name)),
            Kind::Constant(name) => Ok(Target::Constant(name)),
            Kind::Call(call) if call.block.is_none() => match (call.receiver, &*call.name) {
                (None, _) if call.is_bare => {
                    self.declare(&call.name);
                    Ok(Target::Local(call.name))
                }
                (Some(receiver), "[]") => Ok(Target::Index(Box::new(receiver), call.arguments)),
                (Some(receiver), _) if call.is_bare && !call.is_safe => {
                    Ok(Target::Attribute(Box::new(receiver), call.name))
                }
                _ => self.unexpected(),
            },
            _ => self.unexpected(),
        }
    }

    /// `def name(…) … end`
    pub(super) fn definition(&mut self) -> Parsed {
        let line = self.line();
        self.expect_keyword("def")?;
        let name = match self.peek().clone() {
            TokenKind::Name(name) | TokenKind::Constant(name) => name,
            _ => return self.unsupported("this kind of method definition"),
        };
        self.advance();
        if self.is_operator(".") {
            return self.unsupported("singleton methods");
        }
        self.locals.push([Arc::from(BARRIER)].into());
        let loops = std::mem::take(&mut self.loops);
        let result = self.with_do(|parser| parser.method_body(&name));
        self.loops = loops;
        self.locals.pop();
        let definition = result?;
        Ok(self.node(Kind::Define(Arc::new(definition)), line))
    }

    fn method_body(&mut self, name: &Arc<str>) -> Parsed<Definition> {
        let parameters = if self.take_operator("(") {
            let parameters = self.parameters(&[")"])?;
            self.expect_operator(")")?;
            parameters
        } else if self.peek() == &TokenKind::End || self.is_operator("=") {
            Default::default()
        } else {
            self.parameters(&[])?
        };
        let body = if self.take_operator("=") {
            self.skip_ends();
            self.statement()?
        } else {
            self.body_with_rescue()?
        };
        Ok(Definition {
            name: name.clone(),
            parameters,
            body,
        })
    }

    /// A body up to `end`, with `rescue`, `else` and `ensure`.
    pub(super) fn body_with_rescue(&mut self) -> Parsed {
        let line = self.line();
        let ends = ["rescue", "else", "ensure", "end"];
        let body = self.statements(&ends)?;
        let mut rescues = Vec::new();
        while self.take_keyword("rescue") {
            let mut classes = Vec::new();
            while !matches!(
                self.peek(),
                TokenKind::End | TokenKind::Keyword("then") | TokenKind::Operator("=>")
            ) {
                classes.push(self.expression_or_splat()?);
                if !self.take_operator(",") {
                    break;
                }
            }
            let variable = match self.take_operator("=>") {
                true => Some(self.pattern_variable()?),
                false => None,
            };
            self.take_keyword("then");
            let body = self.statements(&ends)?;
            rescues.push(Rescue {
                classes,
                variable,
                body,
            });
        }
        let otherwise = match self.take_keyword("else") {
            true => Some(self.statements(&["ensure", "end"])?),
            false => None,
        };
        let ensure = match self.take_keyword("ensure") {
            true => Some(self.statements(&["end"])?),
            false => None,
        };
        self.expect_keyword("end")?;
        if rescues.is_empty() && ensure.is_none() && otherwise.is_none() {
            return Ok(body);
        }
        let begin = Begin {
            body,
            rescues,
            otherwise,
            ensure,
        };
        Ok(self.node(Kind::Begin(Box::new(begin)), line))
    }

    fn pattern_variable(&mut self) -> Parsed<Target> {
        match self.peek().clone() {
            TokenKind::Name(name) => {
                self.advance();
                self.declare(&name);
                Ok(Target::Local(name))
            }
            TokenKind::Instance(name) => {
                self.advance();
                Ok(Target::Instance(name))
            }
            _ => self.unexpected(),
        }
    }
}
