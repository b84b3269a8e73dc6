//! Calling blocks, lambdas and the template's own methods: how arguments meet parameters.

use std::{rc::Rc, sync::Arc};

use super::{
    Interpreter, Run, Stop,
    environment::{Environment, Frame},
};
use crate::erb::ruby::{
    ast::{Definition, Lambda, Parameters, Target},
    compare,
    value::{Entries, Key, Procedure, ProcedureKind, Value},
};

impl Interpreter<'_> {
    /// Calls a procedure with what a method yields.
    pub(in crate::erb::ruby) fn yield_to(&mut self, block: &Procedure, arguments: &[Value]) -> Run {
        match &block.kind {
            ProcedureKind::Code {
                code,
                environment,
                lambda,
            } => self.deeper(|interpreter| {
                interpreter.step()?;
                let frame = match lambda {
                    Lambda::Yes => {
                        let id = interpreter.tag();
                        Rc::new(Frame {
                            id,
                            block: environment.frame.block.clone(),
                        })
                    }
                    Lambda::No => environment.frame.clone(),
                };
                let id = frame.id;
                let inner = Environment::new(Some(environment.clone()), frame);
                let loops = interpreter.loops.len();
                interpreter.loops.push(block.tag);
                let bound = match lambda {
                    Lambda::Yes => interpreter.bind(&code.parameters, arguments, &inner),
                    Lambda::No => interpreter.bind_block(&code.parameters, arguments, &inner),
                };
                let result = bound.and_then(|()| interpreter.evaluate(&code.body, &inner));
                interpreter.loops.truncate(loops);
                match result {
                    Err(Stop::Next(value)) => Ok(*value),
                    Err(Stop::Return(jump)) if *lambda == Lambda::Yes && jump.tag == id => {
                        Ok(jump.value)
                    }
                    Err(Stop::Break(jump)) if *lambda == Lambda::Yes && jump.tag == block.tag => {
                        Ok(jump.value)
                    }
                    other => other,
                }
            }),
            ProcedureKind::Symbol(name) => match arguments.split_first() {
                Some((receiver, rest)) => self.send(receiver, name, rest, None),
                None => Err(Stop::argument("no receiver given")),
            },
            ProcedureKind::Method(receiver, name) => {
                let name = Value::Symbol(name.clone());
                self.send_by_name(receiver, &name, arguments, None)
            }
            ProcedureKind::Map(map) => {
                let key = arguments.first().cloned().unwrap_or_default();
                self.send(&Value::Hash(map.clone()), "[]", &[key], None)
            }
            ProcedureKind::Collect(collected) => {
                self.allocate(size_of::<Value>())?;
                collected.borrow_mut().push(packed(arguments));
                Ok(Value::Nil)
            }
            ProcedureKind::WithIndex(inner, index) => {
                let at = index.get();
                index.set(at.checked_add(1).ok_or_else(Stop::big)?);
                self.yield_to(inner, &[packed(arguments), Value::Integer(at)])
            }
            ProcedureKind::WithObject(inner, object) => {
                self.yield_to(inner, &[packed(arguments), object.clone()])
            }
        }
    }

    /// A block takes what it gets: too few are nil, too many are dropped, one array is spread.
    fn bind_block(
        &mut self,
        parameters: &Parameters,
        arguments: &[Value],
        environment: &Rc<Environment>,
    ) -> Run<()> {
        if let ([Target::Local(name)], [argument, ..]) = (&*parameters.required, arguments)
            && parameters.is_single()
        {
            environment.set_here(name, argument.clone());
            for local in &parameters.locals {
                environment.set_here(local, Value::Nil);
            }
            return Ok(());
        }
        let spread;
        let mut arguments = arguments;
        if let [Value::Array(list)] = arguments
            && parameters.spreads()
        {
            spread = list.0.borrow().clone();
            arguments = &spread;
        }
        let keywords = self.take_keywords(parameters, &mut arguments);
        self.bind_positional(parameters, arguments, environment)?;
        self.bind_keywords(parameters, keywords, environment)
    }

    /// A method or lambda wants the right number.
    fn bind(
        &mut self,
        parameters: &Parameters,
        arguments: &[Value],
        environment: &Rc<Environment>,
    ) -> Run<()> {
        let mut arguments = arguments;
        let keywords = self.take_keywords(parameters, &mut arguments);
        let least = parameters.required.len() + parameters.after.len();
        let most = least + parameters.optional.len();
        let given = arguments.len();
        if given < least || (parameters.splat.is_none() && given > most) {
            let expected = if parameters.splat.is_some() {
                format!("{least}+")
            } else if least == most {
                least.to_string()
            } else {
                format!("{least}..{most}")
            };
            return Err(Stop::argument(format!(
                "wrong number of arguments (given {given}, expected {expected})"
            )));
        }
        self.bind_positional(parameters, arguments, environment)?;
        self.bind_keywords(parameters, keywords, environment)
    }

    fn take_keywords(&self, parameters: &Parameters, arguments: &mut &[Value]) -> Entries {
        if parameters.keywords.is_empty() && parameters.keyword_splat.is_none() {
            return Entries::default();
        }
        let least = parameters.required.len() + parameters.after.len();
        match arguments.split_last() {
            Some((Value::Hash(map), rest))
                if rest.len() >= least
                    && map
                        .entries
                        .borrow()
                        .keys()
                        .all(|key| matches!(key.0, Value::Symbol(_))) =>
            {
                *arguments = rest;
                map.entries.borrow().clone()
            }
            _ => Entries::default(),
        }
    }

    fn bind_positional(
        &mut self,
        parameters: &Parameters,
        arguments: &[Value],
        environment: &Rc<Environment>,
    ) -> Run<()> {
        let mut given = arguments.iter().cloned();
        for target in &parameters.required {
            let value = given.next().unwrap_or_default();
            self.bind_target(target, value, environment)?;
        }
        if !parameters.is_plain() {
            self.bind_rest(parameters, given.collect(), environment)?;
        }
        for local in &parameters.locals {
            environment.set_here(local, Value::Nil);
        }
        Ok(())
    }

    /// Binds what is left behind the required parameters to those that are none.
    fn bind_rest(
        &mut self,
        parameters: &Parameters,
        mut rest: Vec<Value>,
        environment: &Rc<Environment>,
    ) -> Run<()> {
        let after = rest.split_off(rest.len().saturating_sub(parameters.after.len()));
        let mut rest = rest.into_iter();
        for (name, default) in &parameters.optional {
            let value = match rest.next() {
                Some(value) => value,
                None => self.evaluate(default, environment)?,
            };
            environment.set_here(name, value);
        }
        if let Some(Some(name)) = &parameters.splat {
            let rest = self.list(rest.collect())?;
            environment.set_here(name, rest);
        }
        let mut after = after.into_iter();
        for target in &parameters.after {
            self.bind_target(target, after.next().unwrap_or_default(), environment)?;
        }
        Ok(())
    }

    fn bind_target(
        &mut self,
        target: &Target,
        value: Value,
        environment: &Rc<Environment>,
    ) -> Run<()> {
        match target {
            Target::Local(name) => environment.set_here(name, value),
            Target::Nested(pattern) => {
                for target in pattern.before.iter().chain(&pattern.after) {
                    if let Target::Local(name) = target {
                        environment.set_here(name, Value::Nil);
                    }
                }
                if let Some(Some(target)) = &pattern.splat
                    && let Target::Local(name) = &**target
                {
                    environment.set_here(name, Value::Nil);
                }
                self.destructure(pattern, &value, environment)?;
            }
            other => self.assign(other, value, environment)?,
        }
        Ok(())
    }

    fn bind_keywords(
        &mut self,
        parameters: &Parameters,
        mut given: Entries,
        environment: &Rc<Environment>,
    ) -> Run<()> {
        for (name, default) in &parameters.keywords {
            let key = Key(Value::Symbol(name.clone()));
            let value = match (given.shift_remove(&key), default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.evaluate(default, environment)?,
                (None, None) => {
                    return Err(Stop::argument(format!("missing keyword: :{name}")));
                }
            };
            environment.set_here(name, value);
        }
        if let Some(name) = &parameters.keyword_splat {
            environment.set_here(name, Value::map(given));
        } else if let Some((key, _)) = given.first() {
            let shown = crate::erb::ruby::text::inspect(&key.0);
            return Err(Stop::argument(format!("unknown keyword: {shown}")));
        }
        Ok(())
    }

    /// Calls a method that the template has defined.
    pub(super) fn call_definition(
        &mut self,
        definition: &Arc<Definition>,
        arguments: &[Value],
        block: Option<&Rc<Procedure>>,
    ) -> Run {
        self.deeper(|interpreter| {
            let id = interpreter.tag();
            let frame = Rc::new(Frame {
                id,
                block: block.cloned(),
            });
            let environment = Environment::new(None, frame);
            interpreter.bind(&definition.parameters, arguments, &environment)?;
            if let Some(name) = &definition.parameters.block {
                let value = block.cloned().map_or(Value::Nil, Value::Proc);
                interpreter.captured.push(Rc::downgrade(&environment));
                environment.set_here(name, value);
            }
            let matched = interpreter.last_match.take();
            let loops = std::mem::take(&mut interpreter.loops);
            let result = interpreter.evaluate(&definition.body, &environment);
            interpreter.loops = loops;
            interpreter.last_match = matched;
            match result {
                Err(Stop::Return(jump)) if jump.tag == id => Ok(jump.value),
                other => other,
            }
        })
    }

    /// Yields and says whether the answer is true.
    pub(in crate::erb::ruby) fn holds(
        &mut self,
        block: &Procedure,
        arguments: &[Value],
    ) -> Run<bool> {
        Ok(self.yield_to(block, arguments)?.is_truthy())
    }

    /// What a block of `sort` or `max` says about an order.
    pub(in crate::erb::ruby) fn order_of(
        &mut self,
        value: &Value,
        left: &Value,
        right: &Value,
    ) -> Run<std::cmp::Ordering> {
        match compare::compare(value, &Value::Integer(0)) {
            Some(order) => Ok(order),
            None => Err(Stop::argument(format!(
                "comparison of {} with {} failed",
                crate::erb::ruby::text::class_name(left),
                crate::erb::ruby::text::class_name(right)
            ))),
        }
    }
}

/// Several values as the one that an element is.
fn packed(arguments: &[Value]) -> Value {
    match arguments {
        [only] => only.clone(),
        several => Value::list(several.to_vec()),
    }
}

impl Parameters {
    /// Whether one array that is yielded is spread over the parameters.
    fn spreads(&self) -> bool {
        let positional = self.required.len() + self.optional.len() + self.after.len();
        positional > 1
            || self.has_trailing_comma
            || (positional == 1 && self.splat.is_some())
            || matches!(self.required.as_slice(), [Target::Nested(_)]) && self.splat.is_some()
    }

    /// Whether all positional parameters are required, and follow one another.
    fn is_plain(&self) -> bool {
        self.optional.is_empty() && self.splat.is_none() && self.after.is_empty()
    }

    /// Whether there is one parameter and nothing else.
    fn is_single(&self) -> bool {
        self.required.len() == 1
            && !self.has_trailing_comma
            && self.is_plain()
            && self.keywords.is_empty()
            && self.keyword_splat.is_none()
            && self.block.is_none()
    }

    /// `arity`
    pub(in crate::erb::ruby) fn arity(&self, lambda: Lambda) -> i64 {
        let required = i64::try_from(self.required.len() + self.after.len()).unwrap_or(i64::MAX);
        let is_open = self.splat.is_some() || (lambda == Lambda::Yes && !self.optional.is_empty());
        if is_open { -required - 1 } else { required }
    }
}
