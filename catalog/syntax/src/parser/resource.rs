//! Resources in all their forms: titled bodies, defaults, overrides, and the marks `@` and `@@`.

use super::statement::name_and_hash;
use super::{Parse, Parser, expression_at};
use crate::ast::{
    Attribute, AttributeOperator, Expression, ExpressionKind, HashEntry, ResourceBody,
    ResourceDefaults, ResourceExpression, ResourceForm, ResourceOverride,
};
use crate::lexer::TokenKind;
use std::sync::Arc;

impl Parser<'_> {
    /// An expression, or a resource of any form.
    pub(super) fn resource(&mut self) -> Parse<Expression> {
        match self.kind() {
            TokenKind::At => self.marked(ResourceForm::Virtual),
            TokenKind::AtAt => self.marked(ResourceForm::Exported),
            TokenKind::Class if self.kind_ahead(1) == TokenKind::LeftBrace => self.class_resource(),
            _ => {
                let mut left = self.expression()?;
                let mut links = 0;
                while self.kind() == TokenKind::LeftBrace {
                    self.link(&mut links)?;
                    left = self.resource_rest(left)?;
                }
                Ok(left)
            }
        }
    }

    fn marked(&mut self, mark: ResourceForm) -> Parse<Expression> {
        let token = self.bump();
        let mut resource = self.nested(Self::resource)?;
        let form = match &mut resource.kind {
            ExpressionKind::Resource(resource) => &mut resource.form,
            ExpressionKind::ResourceDefaults(defaults) => &mut defaults.form,
            ExpressionKind::ResourceOverride(overrides) => &mut overrides.form,
            _ => {
                let message = match mark {
                    ResourceForm::Exported => {
                        "Exported (@@) can only be applied to a Resource Expression"
                    }
                    _ => "Virtual (@) can only be applied to a Resource Expression",
                };
                return Err(self.error("ILLEGAL_RESOURCE_FORM", message, token.span()));
            }
        };
        *form = mark;
        resource.span = self.span_from(token.start);
        Ok(resource)
    }

    /// `class { title: … }`
    fn class_resource(&mut self) -> Parse<Expression> {
        let token = self.bump();
        self.expect(TokenKind::LeftBrace)?;
        let bodies = self.resource_bodies()?;
        self.expect(TokenKind::RightBrace)?;
        let name = self.shared(self.slice(token));
        let type_name = expression_at(ExpressionKind::Name(name), token.span());
        let resource = ResourceExpression {
            form: ResourceForm::Regular,
            type_name,
            bodies,
        };
        let kind = ExpressionKind::Resource(Box::new(resource));
        Ok(expression_at(kind, self.span_from(token.start)))
    }

    /// `{ … }` after what may be the type of a resource.
    fn resource_rest(&mut self, left: Expression) -> Parse<Expression> {
        let start = left.span.start;
        if !self.is_untitled() {
            self.bump();
            let bodies = self.resource_bodies()?;
            self.expect(TokenKind::RightBrace)?;
            let form = ResourceForm::Regular;
            let resource = ResourceExpression {
                form,
                type_name: left,
                bodies,
            };
            let kind = ExpressionKind::Resource(Box::new(resource));
            return Ok(expression_at(kind, self.span_from(start)));
        }
        let brace = self.bump();
        let attributes = self.attributes()?;
        self.expect(TokenKind::RightBrace)?;
        let form = ResourceForm::Regular;
        let kind = match &left.kind {
            ExpressionKind::Name(_) => {
                let appends = attributes
                    .iter()
                    .any(|a| a.operator == AttributeOperator::Append);
                if appends {
                    let message = "Syntax error resource body without title or hash with +>";
                    return Err(self.error("SYNTAX_ERROR", message, brace.span()));
                }
                let entries = attributes.into_iter().map(entry).collect();
                let hash = ExpressionKind::Hash(entries);
                let hash = expression_at(hash, self.span_from(brace.start));
                name_and_hash(left, hash)
            }
            ExpressionKind::Reference(_) => {
                ExpressionKind::ResourceDefaults(Box::new(ResourceDefaults {
                    form,
                    type_reference: left,
                    attributes,
                }))
            }
            ExpressionKind::Access { left: inner, keys } => {
                let generic = keys.len() == 1
                    && matches!(&inner.kind, ExpressionKind::Reference(name)
                        if name.eq_ignore_ascii_case("resource"));
                if generic {
                    let defaults = ResourceDefaults {
                        form,
                        type_reference: left,
                        attributes,
                    };
                    ExpressionKind::ResourceDefaults(Box::new(defaults))
                } else {
                    let overrides = ResourceOverride {
                        form,
                        resources: left,
                        attributes,
                    };
                    ExpressionKind::ResourceOverride(Box::new(overrides))
                }
            }
            _ => {
                let message =
                    "Expression is not valid as a resource, resource-default, or resource-override";
                return Err(self.error("ILLEGAL_RESOURCE", message, left.span));
            }
        };
        Ok(expression_at(kind, self.span_from(start)))
    }

    /// Whether the braces ahead hold attributes without a title.
    fn is_untitled(&self) -> bool {
        use TokenKind as T;
        match self.kind_ahead(1) {
            T::RightBrace | T::Comma => true,
            T::Star => self.kind_ahead(2) == T::FatArrow,
            kind => {
                (kind == T::Name || kind.is_keyword())
                    && matches!(self.kind_ahead(2), T::FatArrow | T::PlusArrow)
            }
        }
    }

    /// One or more bodies, with `;` between them and perhaps behind.
    fn resource_bodies(&mut self) -> Parse<Vec<ResourceBody>> {
        let mut bodies = Vec::new();
        loop {
            let title = self.expression()?;
            let start = title.span.start;
            self.expect(TokenKind::Colon)?;
            let attributes = self.attributes()?;
            let span = self.span_from(start);
            bodies.push(ResourceBody {
                title,
                attributes,
                span,
            });
            let goes_on = self.eat(TokenKind::Semicolon).is_some();
            if !goes_on || self.kind() == TokenKind::RightBrace {
                return Ok(bodies);
            }
        }
    }

    /// Attributes up to what cannot be one, with a comma before and behind where there is one.
    pub(super) fn attributes(&mut self) -> Parse<Vec<Attribute>> {
        let mut attributes = Vec::new();
        self.eat(TokenKind::Comma);
        while self.starts_attribute() {
            attributes.push(self.attribute()?);
            if self.eat(TokenKind::Comma).is_none() {
                break;
            }
        }
        Ok(attributes)
    }

    fn starts_attribute(&self) -> bool {
        let kind = self.kind();
        matches!(kind, TokenKind::Name | TokenKind::Star) || kind.is_keyword()
    }

    fn attribute(&mut self) -> Parse<Attribute> {
        let token = self.bump();
        let name: Arc<str>;
        let operator = match (token.kind, self.kind()) {
            (TokenKind::Star, TokenKind::FatArrow) => {
                name = self.shared("");
                AttributeOperator::Splat
            }
            (TokenKind::Star, _) => return Err(self.unexpected()),
            (_, TokenKind::FatArrow) => {
                name = self.shared(self.slice(token));
                AttributeOperator::Set
            }
            (_, TokenKind::PlusArrow) => {
                name = self.shared(self.slice(token));
                AttributeOperator::Append
            }
            _ => return Err(self.unexpected()),
        };
        self.bump();
        let value = self.expression()?;
        Ok(Attribute {
            operator,
            name,
            value,
            span: self.span_from(token.start),
        })
    }
}

/// An attribute read again as an entry of a hash. `* => hash` gives an entry without a name, as in
/// the reference.
fn entry(attribute: Attribute) -> HashEntry {
    let key = match attribute.operator {
        AttributeOperator::Splat => ExpressionKind::Nop,
        _ => ExpressionKind::String(attribute.name),
    };
    let span = attribute.span;
    HashEntry {
        key: expression_at(key, span),
        value: attribute.value,
        span,
    }
}
