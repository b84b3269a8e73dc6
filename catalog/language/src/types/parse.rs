//! Types from text: `Array[Integer, 1]` as it stands in a string, without an evaluator.

use ficelle_model::qualified::unrooted;
use ficelle_syntax::{
    ParseOptions,
    ast::{Expression, ExpressionKind, UnaryOperator},
    parse_expression,
    source::Source,
};

use super::{
    Type, builtin, names,
    parameterize::{Cause, Refusal, parameterize},
};
use crate::{
    error::{Error, Location},
    values::{HashMap, Regexp, Value},
};

/// Finds the types that a host has: aliases, object types, types of resources.
pub type Find<'a> = &'a dyn Fn(&str) -> Result<Option<Type>, String>;

/// The type that a text stands for. A name that nobody knows is a reference to be resolved later.
///
/// # Errors
/// The text is no type; the messages are the reference's.
pub fn parse(text: &str, find: Find<'_>) -> Result<Type, String> {
    if text.trim().is_empty() {
        return Err(invalid(text));
    }
    let source = Source::new(None, text);
    let parsed = parse_expression(source);
    if !parsed.is_valid() {
        let error = check(text).err();
        return Err(error.map_or_else(|| invalid(text), |error| error.to_string()));
    }
    let Some(expression) = parsed.program.body.first() else {
        return Err(invalid(text));
    };
    let reader = Reader { text, find };
    match reader.read(expression)? {
        Value::Type(found) => Ok(found),
        _ => Err(invalid(text)),
    }
}

/// Checks that a text can be read as code.
///
/// # Errors
/// It cannot: the place is the one in the text.
pub fn check(text: &str) -> Result<(), Error> {
    let parsed = ficelle_syntax::parse(Source::new(None, text), ParseOptions::default());
    let Some(found) = parsed.diagnostics.first() else {
        return Ok(());
    };
    // Where the text ends too early, the place is the caller's.
    let Some(span) = found.span else {
        return Err(Error::new(found.message.clone()));
    };
    let mut error = Error::complete(found.message.clone());
    error.location = Some(Location::of(&found.source, span));
    Err(error)
}

/// As [`parse`], with the language's own types only.
///
/// # Errors
/// The text is no type.
pub fn parse_plain(text: &str) -> Result<Type, String> {
    parse(text, &|_| Ok(None))
}

/// The value of an expression that is a literal, or a type made of such.
///
/// # Errors
/// It is neither.
pub fn literal(expression: &Expression, text: &str, find: Find<'_>) -> Result<Value, String> {
    Reader { text, find }.read(expression)
}

fn invalid(text: &str) -> String {
    let text = text.trim();
    format!("The expression <{text}> is not a valid type specification.")
}

/// The text that an expression was read from.
pub fn text_of<'t>(expression: &Expression, text: &'t str) -> &'t str {
    let (start, end) = extent(expression);
    text.get(start as usize..end as usize).unwrap_or(text)
}

/// Where an expression begins and ends. The span of an operation is that of its operator.
fn extent(expression: &Expression) -> (u32, u32) {
    let own = (expression.span.start, expression.span.end);
    match &expression.kind {
        ExpressionKind::Binary { left, right, .. }
        | ExpressionKind::Relationship { left, right, .. } => (extent(left).0, extent(right).1),
        ExpressionKind::Assignment { target, value, .. } => (extent(target).0, extent(value).1),
        ExpressionKind::Unary { operand, .. } => (own.0, own.1.max(extent(operand).1)),
        _ => own,
    }
}

struct Reader<'a> {
    text: &'a str,
    find: Find<'a>,
}

impl Reader<'_> {
    fn source_of(&self, expression: &Expression) -> &str {
        text_of(expression, self.text)
    }

    fn read(&self, expression: &Expression) -> Result<Value, String> {
        Ok(match &expression.kind {
            ExpressionKind::Undef => Value::Undef,
            ExpressionKind::Default => Value::Default,
            ExpressionKind::Boolean(value) => Value::Boolean(*value),
            ExpressionKind::Integer { value, .. } => Value::Integer(*value),
            ExpressionKind::Float(value) => Value::Float(*value),
            ExpressionKind::String(text) | ExpressionKind::Name(text) => {
                Value::String(text.clone())
            }
            ExpressionKind::Heredoc { text, .. } => self.read(text)?,
            ExpressionKind::Regexp(source) => {
                Value::Regexp(Regexp::compile(source).map_err(|error| error.to_string())?)
            }
            ExpressionKind::Reference(name) => Value::Type(self.named(name)?),
            ExpressionKind::Unary {
                operator: UnaryOperator::Minus,
                operand,
            } => match self.read(operand)? {
                Value::Integer(value) => Value::Integer(-value),
                Value::Float(value) => Value::Float(-value),
                _ => return Err(invalid(self.source_of(expression))),
            },
            ExpressionKind::Parenthesized(inner) => self.read(inner)?,
            ExpressionKind::Array(elements) => {
                let elements: Result<Vec<Value>, String> =
                    elements.iter().map(|element| self.read(element)).collect();
                Value::array(elements?)
            }
            ExpressionKind::Hash(entries) => {
                let entries: Result<HashMap, String> = entries
                    .iter()
                    .map(|entry| Ok((self.read(&entry.key)?, self.read(&entry.value)?)))
                    .collect();
                Value::hash(entries?)
            }
            ExpressionKind::Access { left, keys } => {
                Value::Type(self.access(expression, left, keys)?)
            }
            _ => return Err(invalid(self.source_of(expression))),
        })
    }

    fn named(&self, name: &str) -> Result<Type, String> {
        let name = unrooted(name);
        let lower = name.to_ascii_lowercase();
        if let Some(found) = names::kind(&lower) {
            return Ok(found);
        }
        let found = (self.find)(name)?.or_else(|| builtin::find(&lower));
        Ok(found.unwrap_or_else(|| Type::Reference(name.into())))
    }

    fn access(
        &self,
        whole: &Expression,
        left: &Expression,
        keys: &[Expression],
    ) -> Result<Type, String> {
        let ExpressionKind::Reference(name) = &left.kind else {
            return Err(invalid(self.source_of(whole)));
        };
        let base = self.named(name)?;
        let source = self.source_of(whole);
        if let Type::Reference(_) = base {
            return Ok(Type::Reference(source.into()));
        }
        let keys: Result<Vec<Value>, String> = keys.iter().map(|key| self.read(key)).collect();
        let keys = keys?;
        parameterize(&base, &keys)
            .map_err(|refusal| self.message(refusal, name, &base, source, keys.len()))
    }

    /// The words that the reference has for a mistake in a text.
    fn message(
        &self,
        refusal: Refusal,
        name: &str,
        base: &Type,
        source: &str,
        given: usize,
    ) -> String {
        match refusal.cause {
            Cause::NotParameterized => format!("Not a parameterized type <{name}>"),
            Cause::Count => format!(
                "Invalid number of type parameters specified: {name} requires {}, {given} provided",
                required(base)
            ),
            Cause::Kind if matches!(base, Type::Enum(_)) => {
                "Enum parameters must be identifiers or strings".to_owned()
            }
            Cause::Kind if matches!(base, Type::Boolean(_)) => {
                "Boolean parameter must be true or false".to_owned()
            }
            Cause::Kind => invalid(source),
            Cause::Raised => refusal.message,
        }
    }
}

fn required(base: &Type) -> &'static str {
    match base {
        Type::Array(_) => "1 to 3",
        Type::Hash(_) => "2 to 4",
        Type::Collection(_) | Type::String(_) => "1 to 2",
        Type::Integer(_) | Type::Float(_) => "1 or 2",
        Type::Enum(_) | Type::Pattern(_) | Type::Variant(_) | Type::Tuple(_) | Type::SemVer(_) => {
            "1 or more"
        }
        Type::Runtime(_) => "2",
        Type::Timespan(_) | Type::Timestamp(_) => "0 to 2",
        Type::NotUndef(_) | Type::Sensitive(_) => "0 to 1",
        _ => "1",
    }
}
