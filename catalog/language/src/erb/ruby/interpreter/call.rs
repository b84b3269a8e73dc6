//! Calls: receivers, arguments, blocks, and who answers.

use std::rc::Rc;

use super::{Interpreter, Run, Stop, environment::Environment, name_of};
use crate::erb::ruby::{
    ast::{BlockArgument, Call, Kind, Lambda},
    compare, methods,
    value::{Procedure, ProcedureKind, TextKey, Value},
};

impl Interpreter<'_> {
    pub(super) fn call(&mut self, call: &Call, line: u32, environment: &Rc<Environment>) -> Run {
        let Some(receiver) = &call.receiver else {
            return self.call_with_all(call, None, line, environment);
        };
        let receiver = self.evaluate(receiver, environment)?;
        if call.is_safe && receiver.is_nil() {
            return Ok(Value::Nil);
        }
        match (call.arguments.as_slice(), &call.block) {
            ([], None) => {
                self.line = line;
                self.send(&receiver, &call.name, &[], None)
            }
            ([argument], None) if !matches!(argument.kind, Kind::Splat(_)) => {
                if let Kind::String(text) = &argument.kind
                    && let Some(result) = quick_text(&receiver, &call.name, text)
                {
                    self.line = line;
                    self.step()?;
                    return Ok(result);
                }
                let argument = self.evaluate(argument, environment)?;
                self.line = line;
                match quick(&receiver, &call.name, &argument) {
                    Some(result) => Ok(result),
                    None => self.send(&receiver, &call.name, &[argument], None),
                }
            }
            _ => self.call_with_all(call, Some(&receiver), line, environment),
        }
    }

    /// A call with whatever a call may have.
    fn call_with_all(
        &mut self,
        call: &Call,
        receiver: Option<&Value>,
        line: u32,
        environment: &Rc<Environment>,
    ) -> Run {
        let arguments = self.arguments(&call.arguments, environment)?;
        let block = self.block_of(call, environment)?;
        self.line = line;
        let result = match receiver {
            Some(receiver) => self.send(receiver, &call.name, &arguments, block.as_ref()),
            None => self.call_own(call, &arguments, block.as_ref(), environment),
        };
        match (result, &block) {
            (Err(Stop::Break(jump)), Some(block)) if jump.tag == block.tag => Ok(jump.value),
            (result, _) => result,
        }
    }

    fn block_of(
        &mut self,
        call: &Call,
        environment: &Rc<Environment>,
    ) -> Run<Option<Rc<Procedure>>> {
        match &call.block {
            None => Ok(None),
            Some(BlockArgument::Code(code)) => {
                let is_lambda = call.receiver.is_none() && &*call.name == "lambda";
                let kind = ProcedureKind::Code {
                    code: code.clone(),
                    environment: environment.clone(),
                    lambda: if is_lambda { Lambda::Yes } else { Lambda::No },
                };
                let tag = self.tag();
                Ok(Some(Rc::new(Procedure { kind, tag })))
            }
            Some(BlockArgument::Value(node)) => {
                let value = self.evaluate(node, environment)?;
                self.as_procedure(value)
            }
        }
    }

    fn as_procedure(&mut self, value: Value) -> Run<Option<Rc<Procedure>>> {
        let kind = match value {
            Value::Nil => return Ok(None),
            Value::Proc(procedure) => return Ok(Some(procedure)),
            Value::Symbol(name) => ProcedureKind::Symbol(name),
            Value::Hash(map) => ProcedureKind::Map(map),
            other => {
                let class = crate::erb::ruby::text::class_name(&other);
                let message = format!("wrong argument type {class} (expected Proc)");
                return Err(Stop::of_type(message));
            }
        };
        let tag = self.tag();
        Ok(Some(Rc::new(Procedure { kind, tag })))
    }

    /// A procedure of our own around another.
    pub(in crate::erb::ruby) fn wrap(&mut self, kind: ProcedureKind) -> Rc<Procedure> {
        let tag = self.tag();
        Rc::new(Procedure { kind, tag })
    }

    /// A call without a receiver.
    fn call_own(
        &mut self,
        call: &Call,
        arguments: &[Value],
        block: Option<&Rc<Procedure>>,
        environment: &Rc<Environment>,
    ) -> Run {
        if let Some(definition) = self.methods.get(&call.name).cloned() {
            return self.call_definition(&definition, arguments, block);
        }
        match (&*call.name, block) {
            ("block_given?", _) => Ok(Value::Bool(environment.frame.block.is_some())),
            ("lambda" | "proc", Some(block)) => {
                self.captured.push(Rc::downgrade(environment));
                Ok(Value::Proc(block.clone()))
            }
            ("binding" | "local_variables", _) => {
                Err(Stop::unsupported(format!("'{}'", call.name)))
            }
            ("raise" | "fail", _) if arguments.is_empty() && !self.rescued.is_nil() => {
                match self.rescued.clone() {
                    Value::Exception(exception) => Err(Stop::Raise(Box::new((*exception).clone()))),
                    _ => Err(Stop::raise("RuntimeError", "unhandled exception")),
                }
            }
            (name, _) => match methods::kernel::call(self, name, arguments, block)? {
                Some(value) => Ok(value),
                None if call.is_bare => {
                    if methods::known::is_known(&Value::Template, name) {
                        return Err(Stop::unsupported(format!("the method '{name}'")));
                    }
                    Err(Stop::raise(
                        "NameError",
                        format!(
                            "undefined local variable or method `{name}' for \
                             #<Puppet::Parser::TemplateWrapper>"
                        ),
                    ))
                }
                None => self.missing(&Value::Template, name),
            },
        }
    }

    /// Sends a message to an object.
    pub(in crate::erb::ruby) fn send(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: &[Value],
        block: Option<&Rc<Procedure>>,
    ) -> Run {
        self.step()?;
        match methods::call(self, receiver, name, arguments, block)? {
            Some(value) => Ok(value),
            None => self.missing(receiver, name),
        }
    }

    /// As [`Self::send`], where `self` of the template may have methods of its own.
    pub(in crate::erb::ruby) fn send_by_name(
        &mut self,
        receiver: &Value,
        name: &Value,
        arguments: &[Value],
        block: Option<&Rc<Procedure>>,
    ) -> Run {
        let name = name_of(name)?;
        if matches!(receiver, Value::Template) {
            if let Some(definition) = self.methods.get(&name).cloned() {
                return self.call_definition(&definition, arguments, block);
            }
            if let Some(value) = methods::kernel::call(self, &name, arguments, block)? {
                return Ok(value);
            }
        }
        self.send(receiver, &name, arguments, block)
    }

    /// Nobody has answered: either Ruby knows the method, or it raises.
    fn missing(&mut self, receiver: &Value, name: &str) -> Run {
        let class = crate::erb::ruby::text::class_name(receiver);
        if methods::known::is_known(receiver, name) {
            return Err(Stop::unsupported(format!("the method '{name}' of {class}")));
        }
        let shown = match receiver {
            Value::Nil => "nil:NilClass".to_owned(),
            Value::Bool(true) => "true:TrueClass".to_owned(),
            Value::Bool(false) => "false:FalseClass".to_owned(),
            Value::Template => "#<Puppet::Parser::TemplateWrapper>".to_owned(),
            Value::Class(name) => format!("{name}:Class"),
            other => format!("{}:{class}", crate::erb::ruby::text::inspect(other)),
        };
        Err(Stop::raise(
            "NoMethodError",
            format!("undefined method `{name}' for {shown}"),
        ))
    }

    /// `respond_to?`
    pub(in crate::erb::ruby) fn responds(&self, receiver: &Value, name: &str) -> bool {
        (matches!(receiver, Value::Template) && self.methods.contains_key(name))
            || methods::known::is_known(receiver, name)
    }

    /// `===`
    pub(in crate::erb::ruby) fn case_equal(&mut self, test: &Value, subject: &Value) -> Run<bool> {
        match test {
            Value::Class(_) | Value::Regexp(_) | Value::Range(_) | Value::Proc(_) => {
                let subject = std::slice::from_ref(subject);
                Ok(self.send(test, "===", subject, None)?.is_truthy())
            }
            _ => Ok(compare::equal(test, subject)),
        }
    }

    /// The elements of whatever can be iterated over; those of a hash are pairs.
    pub(in crate::erb::ruby) fn elements(&mut self, value: &Value) -> Run<Vec<Value>> {
        match value {
            Value::Array(list) => Ok(list.0.borrow().clone()),
            Value::Hash(map) => Ok(map
                .entries
                .borrow()
                .iter()
                .map(|(key, value)| Value::list(vec![key.0.clone(), value.clone()]))
                .collect()),
            Value::Range(range) => methods::range::elements(self, range),
            Value::Enumerator(enumerator) => {
                let kind = ProcedureKind::Collect(Default::default());
                let collector = self.wrap(kind);
                let enumerator = enumerator.clone();
                self.send(
                    &enumerator.receiver,
                    &enumerator.method,
                    &enumerator.arguments,
                    Some(&collector),
                )?;
                let ProcedureKind::Collect(collected) = &collector.kind else {
                    unreachable!("made above");
                };
                Ok(collected.take())
            }
            other => {
                self.missing(other, "each")?;
                Ok(Vec::new())
            }
        }
    }
}

/// What templates ask most, by a text that stands there, without making a string of it.
fn quick_text(receiver: &Value, name: &str, text: &str) -> Option<Value> {
    match (name, receiver) {
        ("[]", Value::Hash(map)) => match map.entries.borrow().get(&TextKey(text)) {
            Some(value) => Some(value.clone()),
            // A block has to be called for what is missing.
            None if map.default_block.borrow().is_some() => None,
            None => Some(map.default.borrow().clone()),
        },
        ("key?" | "has_key?" | "include?", Value::Hash(map)) => {
            let is_there = map.entries.borrow().contains_key(&TextKey(text));
            Some(Value::Bool(is_there))
        }
        ("==", Value::String(other)) => Some(Value::Bool(**other.borrow() == *text)),
        ("==", Value::Nil | Value::Bool(_)) => Some(Value::Bool(false)),
        _ => None,
    }
}

/// The operators that templates use most, without a detour.
fn quick(receiver: &Value, name: &str, argument: &Value) -> Option<Value> {
    match (name, receiver, argument) {
        ("==", _, _) => Some(Value::Bool(compare::equal(receiver, argument))),
        ("+", Value::Integer(a), Value::Integer(b)) => a.checked_add(*b).map(Value::Integer),
        ("-", Value::Integer(a), Value::Integer(b)) => a.checked_sub(*b).map(Value::Integer),
        _ => None,
    }
}
