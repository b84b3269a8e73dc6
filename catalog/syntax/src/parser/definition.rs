//! Definitions: classes, defined types, nodes, functions, plans, types; parameters and lambdas.

use std::sync::Arc;

use super::{Parse, Parser, expression_at};
use crate::ast::{
    Apply, ClassDefinition, DefineDefinition, Expression, ExpressionKind, FunctionDefinition,
    HashEntry, Lambda, NodeDefinition, Parameter, PlanDefinition, Slot, TypeAliasDefinition,
    TypeDefinition,
};
use crate::lexer::{Token, TokenKind};

impl<'s> Parser<'s> {
    /// `class name(parameters) inherits parent { … }`
    pub(super) fn class_definition(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let token = self.definition_name()?;
        let name = self.full_name(token);
        self.namespace.push(self.slice(token));
        let rest = self.class_rest();
        self.namespace.pop();
        let (parameters, parent, body) = rest?;
        let source = self.source.clone();
        let span = self.span_from(start);
        let class = ClassDefinition {
            source,
            name,
            parameters,
            parent,
            body,
            span,
            slot: Slot::default(),
            layout: Slot::default(),
        };
        Ok(expression_at(ExpressionKind::Class(Arc::new(class)), span))
    }

    #[expect(
        clippy::type_complexity,
        reason = "the parts of a class, taken apart right away"
    )]
    fn class_rest(&mut self) -> Parse<(Vec<Parameter>, Option<Arc<str>>, Vec<Expression>)> {
        let parameters = self.parameter_list()?;
        let parent = match self.eat(TokenKind::Inherits) {
            None => None,
            Some(_) => {
                let default = self.eat(TokenKind::Default);
                let token = match default {
                    Some(token) => token,
                    None => self.definition_name()?,
                };
                Some(self.shared(self.slice(token)))
            }
        };
        Ok((parameters, parent, self.block()?))
    }

    /// `define name(parameters) { … }`
    pub(super) fn define_definition(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let token = self.definition_name()?;
        let name = self.full_name(token);
        let parameters = self.parameter_list()?;
        let body = self.block()?;
        let source = self.source.clone();
        let span = self.span_from(start);
        let define = DefineDefinition {
            source,
            name,
            parameters,
            body,
            span,
            slot: Slot::default(),
            layout: Slot::default(),
        };
        Ok(expression_at(
            ExpressionKind::Define(Arc::new(define)),
            span,
        ))
    }

    /// `plan name(parameters) { … }`
    pub(super) fn plan_definition(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let token = self.definition_name()?;
        let name = self.full_name(token);
        self.namespace.push(self.slice(token));
        let parameters = self.parameter_list();
        let body = parameters.and_then(|parameters| Ok((parameters, self.block()?)));
        self.namespace.pop();
        let (parameters, body) = body?;
        let source = self.source.clone();
        let span = self.span_from(start);
        let plan = PlanDefinition {
            source,
            name,
            parameters,
            returns: None,
            body,
            span,
        };
        Ok(expression_at(ExpressionKind::Plan(Arc::new(plan)), span))
    }

    /// `apply(targets) { … }`
    pub(super) fn apply_expression(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let arguments = self.call_arguments()?;
        let body = self.block()?;
        Ok(expression_at(
            ExpressionKind::Apply(Box::new(Apply { arguments, body })),
            self.span_from(start),
        ))
    }

    /// `function name(parameters) >> Type { … }`
    pub(super) fn function_definition(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let token = self.definition_name()?;
        let name = self.shared(self.slice(token));
        let parameters = self.parameter_list()?;
        let returns = self.return_type()?;
        let body = self.block()?;
        let source = self.source.clone();
        let span = self.span_from(start);
        let function = FunctionDefinition {
            source,
            name,
            parameters,
            returns,
            body,
            span,
        };
        Ok(expression_at(
            ExpressionKind::Function(Arc::new(function)),
            span,
        ))
    }

    /// `node matches inherits parent { … }`
    pub(super) fn node_definition(&mut self) -> Parse<Expression> {
        let start = self.bump().start;
        let mut matches = vec![self.host_name()?];
        while self.eat(TokenKind::Comma).is_some() {
            if matches!(self.kind(), TokenKind::LeftBrace | TokenKind::Inherits) {
                break;
            }
            matches.push(self.host_name()?);
        }
        let parent = match self.eat(TokenKind::Inherits) {
            Some(_) => Some(self.host_name()?),
            None => None,
        };
        let body = self.block()?;
        let source = self.source.clone();
        let span = self.span_from(start);
        let node = NodeDefinition {
            source,
            matches,
            parent,
            body,
            span,
            layout: Slot::default(),
        };
        Ok(expression_at(ExpressionKind::Node(Arc::new(node)), span))
    }

    /// A host's name (dots need no quotes), a regular expression or `default`.
    fn host_name(&mut self) -> Parse<Expression> {
        use TokenKind as T;
        match self.kind() {
            T::Name | T::Number => {
                let first = self.bump();
                let mut name = self.slice(first).to_owned();
                while self.eat(T::Dot).is_some() {
                    if !matches!(self.kind(), T::Name | T::Number) {
                        return Err(self.unexpected());
                    }
                    let part = self.bump();
                    name.push('.');
                    name.push_str(self.slice(part));
                }
                let span = self.span_from(first.start);
                Ok(expression_at(ExpressionKind::String(name.into()), span))
            }
            T::String | T::Word | T::StringStart | T::Heredoc | T::Default | T::Regexp => {
                self.primary()
            }
            _ => Err(self.unexpected()),
        }
    }

    /// What begins with `type`: a call of that function, an alias, a mapping or a definition.
    pub(super) fn type_keyword(&mut self) -> Parse<Expression> {
        let token = self.bump();
        if self.kind() == TokenKind::LeftParen {
            let name = self.shared(self.slice(token));
            let name = expression_at(ExpressionKind::Name(name), token.span());
            return self.call(name);
        }
        let name = self.expect(TokenKind::ClassReference)?;
        if matches!(self.kind(), TokenKind::LeftBrace | TokenKind::Inherits) {
            return self.type_definition(token, name);
        }
        let left = self.type_with_keys(name)?;
        self.expect(TokenKind::Equals)?;
        let right = match self.kind() {
            TokenKind::ClassReference => {
                let token = self.bump();
                let base = self.reference(token);
                match self.kind() {
                    TokenKind::LeftBrace => {
                        let hash = self.hash()?;
                        object_type(base, hash)
                    }
                    TokenKind::LeftBracket => self.type_keys(base)?,
                    _ => base,
                }
            }
            TokenKind::LeftBrace => {
                let hash = self.hash()?;
                let span = hash.span;
                let object = ExpressionKind::Reference(self.shared("Object"));
                specialised(expression_at(object, span), hash)
            }
            TokenKind::LeftBracket | TokenKind::ListStart => self.array()?,
            _ => return Err(self.unexpected()),
        };
        // It is said to start where its name does.
        let span = self.span_from(left.span.start);
        let kind = match left.kind {
            ExpressionKind::Reference(name) => {
                let source = self.source.clone();
                let alias = TypeAliasDefinition {
                    source,
                    name,
                    type_expression: right,
                    span,
                    slot: Slot::default(),
                };
                ExpressionKind::TypeAlias(Arc::new(alias))
            }
            _ => ExpressionKind::TypeMapping {
                type_expression: Box::new(left),
                mapping: Box::new(right),
            },
        };
        Ok(expression_at(kind, span))
    }

    fn type_definition(&mut self, keyword: Token, name: Token) -> Parse<Expression> {
        let parent = match self.eat(TokenKind::Inherits) {
            Some(_) => {
                let parent = self.expect(TokenKind::ClassReference)?;
                Some(self.shared(self.slice(parent)))
            }
            None => None,
        };
        let body = self.block()?;
        let name = self.shared(self.slice(name));
        let definition = TypeDefinition { name, parent, body };
        let kind = ExpressionKind::TypeDefinition(Box::new(definition));
        Ok(expression_at(kind, self.span_from(keyword.start)))
    }

    fn reference(&mut self, token: Token) -> Expression {
        let name = self.shared(self.slice(token));
        expression_at(ExpressionKind::Reference(name), token.span())
    }

    /// A type, perhaps with keys; no comma may stand behind the last.
    fn type_with_keys(&mut self, token: Token) -> Parse<Expression> {
        let base = self.reference(token);
        if self.eat(TokenKind::LeftBracket).is_none() {
            return Ok(base);
        }
        let keys = self.access_keys()?;
        self.expect(TokenKind::RightBracket)?;
        let kind = ExpressionKind::Access {
            left: Box::new(base),
            keys,
        };
        Ok(expression_at(kind, self.span_from(token.start)))
    }

    /// `[keys]` after a type; a comma may stand behind the last.
    fn type_keys(&mut self, base: Expression) -> Parse<Expression> {
        let start = base.span.start;
        self.expect(TokenKind::LeftBracket)?;
        let keys = self.access_keys()?;
        self.eat(TokenKind::Comma);
        self.expect(TokenKind::RightBracket)?;
        let kind = ExpressionKind::Access {
            left: Box::new(base),
            keys,
        };
        Ok(expression_at(kind, self.span_from(start)))
    }

    /// `>> Type`
    fn return_type(&mut self) -> Parse<Option<Expression>> {
        if self.eat(TokenKind::RightShift).is_none() {
            return Ok(None);
        }
        let token = self.expect(TokenKind::ClassReference)?;
        self.type_with_keys(token).map(Some)
    }

    /// The name of a class, defined type, function or plan.
    fn definition_name(&mut self) -> Parse<Token> {
        match self.kind() {
            TokenKind::Name | TokenKind::Word | TokenKind::ClassReference => Ok(self.bump()),
            TokenKind::Class => {
                let message = "'class' keyword not allowed at this location";
                let span = self.peek().span();
                Err(self.error("ILLEGAL_NAME", message, span))
            }
            TokenKind::String => {
                let message = "A quoted string is not valid as a name here";
                let span = self.peek().span();
                Err(self.error("ILLEGAL_NAME", message, span))
            }
            _ => Err(self.unexpected()),
        }
    }

    /// A name with the names of the classes around it.
    fn full_name(&mut self, token: Token) -> Arc<str> {
        let name = self.slice(token);
        if self.namespace.is_empty() {
            return self.shared(name);
        }
        let mut full = self.namespace.join("::");
        full.push_str("::");
        full.push_str(name);
        full.strip_prefix("::").unwrap_or(&full).into()
    }

    /// `(parameters)`, or nothing.
    fn parameter_list(&mut self) -> Parse<Vec<Parameter>> {
        if !matches!(self.kind(), TokenKind::LeftParen | TokenKind::LineLeftParen) {
            return Ok(Vec::new());
        }
        self.bump();
        self.parameters(TokenKind::RightParen)
    }

    /// `|parameters|`
    pub(super) fn lambda_parameters(&mut self) -> Parse<Vec<Parameter>> {
        self.expect(TokenKind::Pipe)?;
        self.parameters(TokenKind::Pipe)
    }

    /// Parameters up to and with `close`.
    fn parameters(&mut self, close: TokenKind) -> Parse<Vec<Parameter>> {
        let mut parameters = Vec::new();
        while self.eat(close).is_none() {
            parameters.push(self.parameter()?);
            if self.eat(close).is_some() {
                break;
            }
            self.expect(TokenKind::Comma)?;
        }
        Ok(parameters)
    }

    fn parameter(&mut self) -> Parse<Parameter> {
        let type_expression = match self.eat(TokenKind::ClassReference) {
            Some(token) => Some(self.type_with_keys(token)?),
            None => None,
        };
        let captures_rest = self.eat(TokenKind::Star).is_some();
        let token = self.expect(TokenKind::Variable)?;
        let name = self.slice(token);
        let name = self.shared(name.strip_prefix('$').unwrap_or(name));
        let default = match self.eat(TokenKind::Equals) {
            Some(_) => Some(self.expression()?),
            None => None,
        };
        Ok(Parameter {
            name,
            type_expression,
            default,
            captures_rest,
            span: token.span(),
        })
    }

    /// `|parameters| >> Type { … }`, or nothing.
    pub(super) fn optional_lambda(&mut self) -> Parse<Option<Arc<Lambda>>> {
        if self.kind() != TokenKind::Pipe {
            return Ok(None);
        }
        let start = self.peek().start;
        let parameters = self.lambda_parameters()?;
        let returns = self.return_type()?;
        let body = self.block()?;
        let source = self.source.clone();
        let span = self.span_from(start);
        Ok(Some(Arc::new(Lambda {
            source,
            parameters,
            returns,
            body,
            span,
        })))
    }
}

/// `Base { … }` on the right of a type alias: an object type, with the base as its parent.
fn object_type(base: Expression, mut hash: Expression) -> Expression {
    let ExpressionKind::Reference(name) = &base.kind else {
        return base;
    };
    if matches!(name.as_ref(), "Object" | "TypeSet") {
        return specialised(base, hash);
    }
    let span = base.span;
    let object = expression_at(ExpressionKind::Reference("Object".into()), span);
    let hash_span = hash.span;
    if let ExpressionKind::Hash(entries) = &mut hash.kind {
        let key = expression_at(ExpressionKind::Name("parent".into()), span);
        entries.push(HashEntry {
            key,
            value: base,
            span: hash_span,
        });
    }
    specialised(object, hash)
}

/// `base[key]`
fn specialised(base: Expression, key: Expression) -> Expression {
    let span = base.span;
    expression_at(
        ExpressionKind::Access {
            left: Box::new(base),
            keys: vec![key],
        },
        span,
    )
}
