//! Parameters of functions, lambdas and templates: their types, and binding arguments to them.

use std::{rc::Rc, sync::Arc};

use ficelle_syntax::ast::{
    Expression, ExpressionKind, FunctionDefinition, Lambda, Parameter, UnaryOperator,
};

use super::{Defaults, Evaluator, label, variables::refuse_reserved};
use crate::{
    error::{Error, Evaluated},
    scope::Scope,
    types::mismatch,
    types::{CallableType, Range, TupleType, Type, signature::Signature as Described},
    values::Value,
};

/// The types of a function's or lambda's parameters and of what it returns.
pub(super) struct Signature {
    kind: Kind,
    name: Arc<str>,
    /// `None` where no parameter has a type: then only their number is checked.
    callable: Option<CallableType>,
    returns: Option<Type>,
}

/// What a signature belongs to.
#[derive(Clone, Copy)]
enum Kind {
    Lambda,
    Function,
}

/// Signatures that do not depend on variables, by the definition they belong to. The definition
/// is kept, so that its address stays its own.
pub(super) type SignatureCache = rustc_hash::FxHashMap<usize, (Rc<Signature>, Definition)>;

/// What a cached signature belongs to.
#[expect(
    dead_code,
    reason = "held so that the address that is the key is not used again"
)]
pub(super) enum Definition {
    Function(Arc<FunctionDefinition>),
    Lambda(Arc<Lambda>),
}

impl Signature {
    /// Refuses a result of the wrong type.
    pub(super) fn check_return(&self, result: Value) -> Evaluated {
        match &self.returns {
            Some(expected) if !expected.is_instance(&result) => {
                let subject = format!("value returned from {}", self.name);
                let message = mismatch::describe_value(&subject, expected, &result);
                Err(Error::new(message).into())
            }
            _ => Ok(result),
        }
    }
}

/// How many arguments parameters take: at least and, where there is a bound, at most.
pub(super) fn arity(parameters: &[Parameter]) -> (usize, Option<usize>) {
    let required = parameters
        .iter()
        .filter(|parameter| parameter.default.is_none() && !parameter.captures_rest)
        .count();
    let captures = parameters.last().is_some_and(|last| last.captures_rest);
    (required, (!captures).then_some(parameters.len()))
}

impl Evaluator<'_> {
    pub(super) fn lambda_signature(
        &self,
        lambda: &Arc<Lambda>,
        scope: &Rc<Scope>,
    ) -> Evaluated<Rc<Signature>> {
        let key = Arc::as_ptr(lambda) as usize;
        if let Some((signature, _)) = self.signatures.borrow().get(&key) {
            return Ok(signature.clone());
        }
        let (parameters, returns) = (&lambda.parameters, lambda.returns.as_ref());
        let signature =
            Rc::new(self.signature(Kind::Lambda, "lambda", parameters, returns, scope)?);
        if is_constant(parameters, returns) {
            let kept = Definition::Lambda(lambda.clone());
            self.signatures
                .borrow_mut()
                .insert(key, (signature.clone(), kept));
        }
        Ok(signature)
    }

    pub(super) fn function_signature(
        &self,
        function: &Arc<FunctionDefinition>,
        scope: &Rc<Scope>,
    ) -> Evaluated<Rc<Signature>> {
        let key = Arc::as_ptr(function) as usize;
        if let Some((signature, _)) = self.signatures.borrow().get(&key) {
            return Ok(signature.clone());
        }
        let (parameters, returns) = (&function.parameters, function.returns.as_ref());
        let signature =
            Rc::new(self.signature(Kind::Function, &function.name, parameters, returns, scope)?);
        if is_constant(parameters, returns) {
            let kept = Definition::Function(function.clone());
            self.signatures
                .borrow_mut()
                .insert(key, (signature.clone(), kept));
        }
        Ok(signature)
    }

    fn signature(
        &self,
        kind: Kind,
        name: &str,
        parameters: &[Parameter],
        returns: Option<&Expression>,
        scope: &Rc<Scope>,
    ) -> Evaluated<Signature> {
        self.check_order(parameters, scope)?;
        let is_typed = parameters
            .iter()
            .any(|parameter| parameter.type_expression.is_some());
        Ok(Signature {
            kind,
            name: name.into(),
            callable: match is_typed {
                true => Some(self.callable(parameters, scope)?),
                false => None,
            },
            returns: returns
                .map(|returns| self.type_of(returns, scope))
                .transpose()?,
        })
    }

    /// What is required comes first: a parameter without a default, and a rest that may not be
    /// empty.
    fn check_order(&self, parameters: &[Parameter], scope: &Rc<Scope>) -> Evaluated<()> {
        let optional = parameters.iter().position(|one| one.default.is_some());
        let later = optional.map_or(parameters.len(), |at| at + 1);
        for parameter in &parameters[later..] {
            let is_required = match &parameter.type_expression {
                _ if parameter.default.is_some() => false,
                Some(rest) if parameter.captures_rest => match self.type_of(rest, scope)? {
                    Type::Array(array) => array.size.from.unwrap_or(0) > 0,
                    _ => false,
                },
                _ => !parameter.captures_rest,
            };
            if is_required {
                let message = format!(
                    "Parameter ${} is required but appears after optional parameters",
                    parameter.name
                );
                return Err(self.place(Error::issue(message).into(), parameter.span, ""));
            }
        }
        Ok(())
    }

    /// The type of a block: what a function's signature is compared with.
    pub fn block_type(&self, block: &super::Block) -> Evaluated<CallableType> {
        self.in_source(&block.lambda.source, || {
            self.callable(&block.lambda.parameters, &block.scope)
        })
    }

    fn callable(&self, parameters: &[Parameter], scope: &Rc<Scope>) -> Evaluated<CallableType> {
        let mut types = Vec::with_capacity(parameters.len());
        let (mut from, mut to) = (0, Some(0));
        for parameter in parameters {
            let declared = match &parameter.type_expression {
                Some(expression) => self.type_of(expression, scope)?,
                None => Type::Any,
            };
            let (element, least, most) = match declared {
                Type::Array(array) if parameter.captures_rest => (
                    array.element.clone(),
                    array.size.from.unwrap_or(0),
                    array.size.to,
                ),
                other if parameter.captures_rest => (other, 0, None),
                other => (other, i64::from(parameter.default.is_none()), Some(1)),
            };
            types.push(element);
            from += least;
            to = to.zip(most).map(|(to, most)| to + most);
        }
        let size = Some(Range {
            from: Some(from),
            to,
        });
        Ok(CallableType {
            parameters: Some(TupleType { types, size }),
            block: None,
            returns: None,
        })
    }

    /// Evaluates an expression that must give a type.
    ///
    /// # Errors
    /// It gives something else, or whatever it raises.
    pub fn type_of(&self, expression: &Expression, scope: &Rc<Scope>) -> Evaluated<Type> {
        match self.evaluate(expression, scope)? {
            Value::Type(found) => Ok(found),
            other => {
                let name = label::type_name(&other);
                let message = format!("The expression <{name}> is not a valid type specification.");
                let error = Error::issue(message).into();
                Err(self.place(error, expression.span, "a Type"))
            }
        }
    }

    /// Checks arguments and sets them as variables of `scope`.
    pub(super) fn bind(
        &self,
        signature: &Signature,
        parameters: &[Parameter],
        arguments: &[Value],
        scope: &Rc<Scope>,
    ) -> Evaluated<()> {
        let (least, most) = arity(parameters);
        match signature.kind {
            // A lambda ignores what it is given too much; what it misses it names.
            Kind::Lambda if arguments.len() < least => {
                let missing = parameters
                    .iter()
                    .skip(arguments.len())
                    .find(|parameter| parameter.default.is_none() && !parameter.captures_rest);
                let missing = missing.expect("one that is required was not given");
                let message = format!(
                    "Parameter ${} is required but no value was given",
                    missing.name
                );
                let error = Error::issue(message).into();
                return Err(self.place(error, missing.span, ""));
            }
            Kind::Function
                if arguments.len() < least || most.is_some_and(|most| arguments.len() > most) =>
            {
                return Err(self.refuse(signature, parameters, arguments, scope)?.into());
            }
            _ => {}
        }
        let defaults = Defaults::new(parameters);
        let default = |parameter: &Parameter, default: &Expression| {
            defaults.value(self, parameter, default, scope, || {
                signature.name.to_string()
            })
        };
        let mut checked: Vec<Value> = Vec::new();
        let is_typed = signature.callable.is_some();
        for (index, parameter) in parameters.iter().enumerate() {
            let value = if parameter.captures_rest {
                let rest = arguments.get(index..).unwrap_or_default();
                let is_missing = matches!(rest, [] | [Value::Undef]);
                match (&parameter.default, is_missing) {
                    (Some(written), true) => match default(parameter, written)? {
                        list @ Value::Array(_) => list,
                        other => Value::array([other]),
                    },
                    _ => Value::array(rest),
                }
            } else {
                match (arguments.get(index), &parameter.default) {
                    (Some(given), _) => given.clone(),
                    (None, Some(written)) => default(parameter, written)?,
                    (None, None) => unreachable!("the number of arguments was checked"),
                }
            };
            if is_typed {
                match &value {
                    Value::Array(rest) if parameter.captures_rest => {
                        checked.extend(rest.iter().cloned());
                    }
                    other => checked.push(other.clone()),
                }
            }
            scope.replace(parameter.name.clone(), value);
        }
        match &signature.callable {
            Some(callable)
                if !callable
                    .parameters
                    .as_ref()
                    .is_none_or(|parameters| parameters.accepts_values(&checked)) =>
            {
                Err(self.refuse(signature, parameters, &checked, scope)?.into())
            }
            _ => {
                let mut parameters = parameters.iter();
                parameters.try_for_each(|parameter| refuse_reserved(&parameter.name))?;
                Ok(())
            }
        }
    }

    fn refuse(
        &self,
        signature: &Signature,
        parameters: &[Parameter],
        arguments: &[Value],
        scope: &Rc<Scope>,
    ) -> Evaluated<Error> {
        let callable = match &signature.callable {
            Some(callable) => callable.clone(),
            None => self.callable(parameters, scope)?,
        };
        let names = parameters
            .iter()
            .map(|parameter| parameter.name.clone())
            .collect();
        let described = [Described {
            callable,
            names,
            block_name: None,
        }];
        let message = mismatch::describe_signatures(&signature.name, &described, arguments, None);
        Ok(Error::new(message))
    }
}

/// Whether types stay the same from call to call: no variable stands in them.
fn is_constant(parameters: &[Parameter], returns: Option<&Expression>) -> bool {
    let types = parameters
        .iter()
        .filter_map(|parameter| parameter.type_expression.as_ref());
    types.chain(returns).all(is_constant_type)
}

pub(super) fn is_constant_type(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Reference(_)
        | ExpressionKind::String(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::Integer { .. }
        | ExpressionKind::Float(_)
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Default
        | ExpressionKind::Undef
        | ExpressionKind::Regexp(_) => true,
        ExpressionKind::Access { left, keys } => {
            is_constant_type(left) && keys.iter().all(is_constant_type)
        }
        ExpressionKind::Array(elements) => elements.iter().all(is_constant_type),
        ExpressionKind::Hash(entries) => entries
            .iter()
            .all(|entry| is_constant_type(&entry.key) && is_constant_type(&entry.value)),
        ExpressionKind::Unary {
            operator: UnaryOperator::Minus,
            operand,
        } => is_constant_type(operand),
        _ => false,
    }
}
