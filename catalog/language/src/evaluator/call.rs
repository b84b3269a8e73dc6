//! Calls: what a function gets, the blocks (lambdas with their surroundings) given to it, and
//! how a name leads to a function.

use std::{rc::Rc, sync::Arc};

use ficelle_model::qualified::unrooted;
use ficelle_syntax::{
    ast::{
        Call as CallExpression, Expression, ExpressionKind, FunctionDefinition, Lambda, MethodCall,
        UnaryOperator,
    },
    source::Span,
};

use smallvec::{SmallVec, smallvec};

use super::{Evaluator, arithmetic::as_elements, control::unparenthesized, label};
use crate::{
    error::{Error, Evaluated, Location, Unwind},
    functions,
    host::Host,
    scope::{Scope, ScopeKind},
    types::{MemberKind, ObjectType, Type, uri},
    values::Value,
};

/// The arguments of a call: mostly few.
type Arguments = SmallVec<[Value; 4]>;

/// A call of a function: what it was given and from where.
pub struct Call<'a, 'c> {
    /// Who evaluates.
    pub evaluator: &'a Evaluator<'c>,
    /// The scope of the call.
    pub scope: &'a Rc<Scope>,
    /// The name of the function.
    pub name: &'a str,
    /// The arguments.
    pub arguments: &'a [Value],
    /// The lambda.
    pub block: Option<&'a Block>,
    /// Where the call stands, in the source that is being evaluated.
    pub span: Span,
}

impl Call<'_, '_> {
    /// File, line and column of the call.
    pub fn location(&self) -> Location {
        self.evaluator.location(self.span)
    }

    /// Calls the block.
    ///
    /// # Errors
    /// Whatever the block raises.
    pub fn yield_block(&self, arguments: &[Value]) -> Evaluated {
        let block = self
            .block
            .ok_or_else(|| Error::new("no block given (yield)"))?;
        block.call(self.evaluator, arguments)
    }

    /// Calls another function with these arguments, as if from the same place.
    ///
    /// # Errors
    /// Whatever the function raises.
    pub fn forward(&self, name: &str, arguments: &[Value]) -> Evaluated {
        let call = Call {
            name,
            arguments,
            ..*self
        };
        self.evaluator.dispatch(&call)
    }
}

/// A lambda and the scope it was written in.
#[derive(Clone, Debug)]
pub struct Block {
    /// The code.
    pub lambda: Arc<Lambda>,
    /// What it sees.
    pub scope: Rc<Scope>,
}

impl Block {
    /// How many arguments it takes: at least and, where there is a bound, at most.
    pub fn arity(&self) -> (usize, Option<usize>) {
        super::closure::arity(&self.lambda.parameters)
    }

    /// Whether one of its parameters says what it takes.
    pub fn is_typed(&self) -> bool {
        let mut parameters = self.lambda.parameters.iter();
        parameters.any(|parameter| parameter.type_expression.is_some())
    }

    /// Calls it. `next(value)` in its body ends here; `break` and `return` go through.
    ///
    /// # Errors
    /// An argument of the wrong type, or whatever the body raises.
    pub fn call(&self, evaluator: &Evaluator<'_>, arguments: &[Value]) -> Evaluated {
        let lambda = &self.lambda;
        evaluator.deeper(|| {
            evaluator.in_source(&lambda.source, || {
                // A block without statements takes no steps of its own.
                evaluator.step(lambda.span)?;
                let scope = self.scope.local();
                let signature = evaluator.lambda_signature(lambda, &self.scope)?;
                evaluator.bind(&signature, &lambda.parameters, arguments, &scope)?;
                let result = match evaluator.body(&lambda.body, &scope) {
                    Err(Unwind::Next(leave)) => leave.value,
                    other => other?,
                };
                signature.check_return(result)
            })
        })
    }
}

impl Evaluator<'_> {
    pub(super) fn call_expression(
        &self,
        call: &CallExpression,
        span: Span,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let functor = unparenthesized(&call.functor);
        match &functor.kind {
            ExpressionKind::Name(name) => {
                let mut arguments = Arguments::with_capacity(call.arguments.len());
                self.unfold(&call.arguments, scope, |value| arguments.push(value))?;
                self.call_named(name, &arguments, call.lambda.as_ref(), span, scope)
            }
            kind if is_type(kind) => {
                let mut arguments: Arguments = smallvec![self.evaluate(functor, scope)?];
                self.unfold(&call.arguments, scope, |value| arguments.push(value))?;
                self.call_named("new", &arguments, call.lambda.as_ref(), span, scope)
            }
            ExpressionKind::RenderText(_) => Err(Error::issue(
                "Ambiguous EPP parameter expression. Probably missing '<%-' before parameters to \
                 remove leading whitespace",
            )
            .into()),
            other => {
                let shown = label::an_expression_capital(other);
                let message = format!(
                    "Illegal expression. {shown} is unacceptable as function name in a Function \
                     Call"
                );
                Err(Error::issue(message).at(functor.span).into())
            }
        }
    }

    pub(super) fn method_call(
        &self,
        call: &MethodCall,
        span: Span,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let name = match &call.name.kind {
            ExpressionKind::Name(name) => name,
            ExpressionKind::ReservedWord { word, .. } => word,
            other => {
                let shown = label::an_expression_capital(other);
                let message = format!(
                    "Illegal expression. {shown} is unacceptable as function name in a Method \
                     call"
                );
                return Err(Error::issue(message).at(call.name.span).into());
            }
        };
        let mut arguments = Arguments::with_capacity(call.arguments.len() + 1);
        let receiver = std::slice::from_ref(&call.receiver);
        self.unfold(receiver, scope, |value| arguments.push(value))?;
        if call.arguments.is_empty()
            && call.lambda.is_none()
            && let Some(value) = arguments
                .first()
                .and_then(|value| attribute(self.host, value, name))
        {
            return value;
        }
        self.unfold(&call.arguments, scope, |value| arguments.push(value))?;
        self.call_named(name, &arguments, call.lambda.as_ref(), span, scope)
    }

    /// Evaluates expressions; what a splat gives takes its place.
    pub(super) fn unfold(
        &self,
        expressions: &[Expression],
        scope: &Rc<Scope>,
        mut give: impl FnMut(Value),
    ) -> Evaluated<()> {
        for expression in expressions {
            let inner = unparenthesized(expression);
            let value = self.evaluate(inner, scope)?;
            match (&inner.kind, value) {
                (
                    ExpressionKind::Unary {
                        operator: UnaryOperator::Splat,
                        ..
                    },
                    Value::Array(elements),
                ) => elements.iter().cloned().for_each(&mut give),
                (_, value) => give(value),
            }
        }
        Ok(())
    }

    /// `*value`: always an array.
    pub(super) fn splat(&self, operand: &Expression, scope: &Rc<Scope>) -> Evaluated {
        let value = self.evaluate(operand, scope)?;
        Ok(match &value {
            Value::Array(_) => value,
            Value::Undef => Value::array([]),
            Value::Iterator(_) => Value::array(functions::iteration::elements(&value)?),
            other => Value::array(as_elements(other)),
        })
    }

    fn call_named(
        &self,
        name: &str,
        arguments: &[Value],
        lambda: Option<&Arc<Lambda>>,
        span: Span,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let block = lambda.map(|lambda| Block {
            lambda: lambda.clone(),
            scope: scope.clone(),
        });
        self.call_function(name, arguments, block.as_ref(), span, scope)
    }

    /// Calls a function by name: a native one, one of the host's, or one in the Puppet language.
    ///
    /// # Errors
    /// There is no such function, it refuses its arguments, or whatever it raises.
    pub fn call_function(
        &self,
        name: &str,
        arguments: &[Value],
        block: Option<&Block>,
        span: Span,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        self.dispatch(&Call {
            evaluator: self,
            scope,
            name,
            arguments,
            block,
            span,
        })
    }

    fn dispatch(&self, call: &Call<'_, '_>) -> Evaluated {
        let name = unrooted(call.name);
        if let Some(function) = self.host.overriding_function(name) {
            return self.call_definition(&function, call.arguments, call.block);
        }
        if let Some(function) = functions::find(name) {
            return function.call(call);
        }
        if let Some(result) = self.host.call(call) {
            return result;
        }
        match self.host.load_function(name)? {
            Some(function) => self.call_definition(&function, call.arguments, call.block),
            None => {
                let message = format!("Unknown function: '{}'.", call.name);
                Err(Error::issue(message).into())
            }
        }
    }

    /// Whether a function of this name exists.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn has_function(&self, name: &str) -> Evaluated<bool> {
        let name = unrooted(name);
        Ok(functions::find(name).is_some()
            || self.host.has_function(name)
            || self.host.load_function(name)?.is_some())
    }

    /// Calls a function written in the Puppet language. It sees the top scope and nothing else.
    ///
    /// # Errors
    /// It refuses its arguments, or whatever its body raises.
    pub fn call_definition(
        &self,
        function: &Arc<FunctionDefinition>,
        arguments: &[Value],
        block: Option<&Block>,
    ) -> Evaluated {
        let top = self.host.top_scope();
        self.deeper(|| {
            self.in_source(&function.source, || {
                let context = top.context().cloned();
                let scope = Scope::new(ScopeKind::Function, Some(top), context);
                let signature = self.function_signature(function, &scope)?;
                if block.is_some() {
                    let message = format!("'{}' does not expect a block", function.name);
                    return Err(Error::new(message).into());
                }
                self.bind(&signature, &function.parameters, arguments, &scope)?;
                let result = match self.body(&function.body, &scope) {
                    Err(Unwind::Next(leave) | Unwind::Return(leave)) => leave.value,
                    // `break()` leaves the iteration that the function was called in.
                    other => other?,
                };
                signature.check_return(result)
            })
        })
    }
}

/// What a value has under a name, where that is an attribute of its type.
fn attribute(host: &dyn Host, value: &Value, name: &str) -> Option<Evaluated> {
    let found = match value {
        Value::Object(object) => {
            if let Some(value) = object.attributes.get(name) {
                return Some(Ok(value.clone()));
            }
            let of = match &object.object_type {
                Type::Object(of) => of,
                Type::ParameterizedObject(of) => &of.base,
                _ => return None,
            };
            match (&*of.name, name) {
                ("Error", "message") => object.attributes.get("msg").cloned(),
                // The host knows what these do.
                ("Puppet::LookupContext", _) => None,
                _ => match of.member(name)? {
                    (_, attribute) if attribute.value.is_none() && host.implements(&of.name) => {
                        None
                    }
                    _ => return member(of, name),
                },
            }
        }
        Value::Uri(text) => match name {
            "scheme" | "userinfo" | "host" | "port" | "path" | "query" | "fragment" | "opaque" => {
                uri::parse(text).ok().map(|parts| parts.part(name))
            }
            _ => None,
        },
        Value::SemVer(version) => match name {
            "major" => i64::try_from(version.major).ok().map(Value::Integer),
            "minor" => i64::try_from(version.minor).ok().map(Value::Integer),
            "patch" => i64::try_from(version.patch).ok().map(Value::Integer),
            _ => None,
        },
        _ => None,
    };
    found.map(Ok)
}

/// A constant or default of a type. What would have to be computed has no code in the language.
fn member(of: &ObjectType, name: &str) -> Option<Evaluated> {
    let (kind, attribute) = of.member(name)?;
    if let Some(value) = attribute.value {
        return Some(Ok(value));
    }
    let kind = match kind {
        MemberKind::Attribute => "derived attribute",
        MemberKind::Function => "function",
    };
    let message = format!("no method is implemented for {kind} {}[{name}]", of.label());
    Some(Err(Error::new(message).into()))
}

/// `Integer`, `Integer[1]`: what is called then is the making of a value.
fn is_type(kind: &ExpressionKind) -> bool {
    match kind {
        ExpressionKind::Reference(_) => true,
        ExpressionKind::Access { left, .. } => {
            matches!(left.kind, ExpressionKind::Reference(_))
        }
        _ => false,
    }
}
