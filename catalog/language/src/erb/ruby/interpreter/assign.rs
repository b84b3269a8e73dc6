//! Assignments.

use std::rc::Rc;

use super::{Interpreter, Run, Stop, environment::Environment};
use crate::erb::ruby::{
    ast::{AssignOperator, Node, Pattern, Target},
    value::Value,
};

impl Interpreter<'_> {
    pub(super) fn assign(
        &mut self,
        target: &Target,
        value: Value,
        environment: &Rc<Environment>,
    ) -> Run<()> {
        match target {
            Target::Local(name) => environment.set(name, value),
            Target::Instance(name) => self.set_instance(name, value),
            Target::Global(name) => {
                self.globals.insert(name.clone(), value);
            }
            Target::Constant(name) => {
                self.constants.insert(name.clone(), value);
            }
            Target::Index(receiver, arguments) => {
                let receiver = self.evaluate(receiver, environment)?;
                let mut arguments = self.arguments(arguments, environment)?;
                arguments.push(value);
                self.send(&receiver, "[]=", &arguments, None)?;
            }
            Target::Attribute(receiver, name) => {
                let receiver = self.evaluate(receiver, environment)?;
                self.send(&receiver, &format!("{name}="), &[value], None)?;
            }
            Target::Nested(pattern) => self.destructure(pattern, &value, environment)?,
        }
        Ok(())
    }

    /// `a, (b, c), *d = value`
    pub(super) fn destructure(
        &mut self,
        pattern: &Pattern,
        value: &Value,
        environment: &Rc<Environment>,
    ) -> Run<()> {
        let values = match value {
            Value::Array(list) => list.0.borrow().clone(),
            Value::Nil => vec![Value::Nil],
            other => vec![other.clone()],
        };
        let mut values = values.into_iter();
        for target in &pattern.before {
            self.assign(target, values.next().unwrap_or_default(), environment)?;
        }
        let mut rest: Vec<Value> = values.collect();
        let after = rest.split_off(rest.len().saturating_sub(pattern.after.len()));
        if let Some(Some(target)) = &pattern.splat {
            let rest = self.list(rest)?;
            self.assign(target, rest, environment)?;
        }
        let mut after = after.into_iter();
        for target in &pattern.after {
            self.assign(target, after.next().unwrap_or_default(), environment)?;
        }
        Ok(())
    }

    pub(super) fn operator_assign(
        &mut self,
        target: &Target,
        operator: &AssignOperator,
        value: &Node,
        environment: &Rc<Environment>,
    ) -> Run {
        // Receivers and indexes are evaluated once.
        enum Place<'a> {
            Simple(&'a Target),
            Index(Value, Vec<Value>),
            Attribute(Value, &'a str),
        }
        let (place, current) = match target {
            Target::Local(name) => {
                let current = environment.get(name);
                (Place::Simple(target), current)
            }
            Target::Instance(name) => (Place::Simple(target), self.instance(name)?),
            Target::Global(name) => {
                let current = self.globals.get(name).cloned().unwrap_or_default();
                (Place::Simple(target), current)
            }
            Target::Constant(name) => {
                let current = self.constants.get(name).cloned().unwrap_or_default();
                (Place::Simple(target), current)
            }
            Target::Index(receiver, arguments) => {
                let receiver = self.evaluate(receiver, environment)?;
                let arguments = self.arguments(arguments, environment)?;
                let current = self.send(&receiver, "[]", &arguments, None)?;
                (Place::Index(receiver, arguments), current)
            }
            Target::Attribute(receiver, name) => {
                let receiver = self.evaluate(receiver, environment)?;
                let current = self.send(&receiver, name, &[], None)?;
                (Place::Attribute(receiver, name), current)
            }
            Target::Nested(_) => return Err(Stop::unsupported("this kind of assignment")),
        };
        let value = match operator {
            AssignOperator::Or if current.is_truthy() => return Ok(current),
            AssignOperator::And if !current.is_truthy() => return Ok(current),
            AssignOperator::Or | AssignOperator::And => self.evaluate(value, environment)?,
            AssignOperator::Method(name) => {
                let operand = self.evaluate(value, environment)?;
                self.send(&current, name, &[operand], None)?
            }
        };
        match place {
            Place::Simple(target) => self.assign(target, value.clone(), environment)?,
            Place::Index(receiver, mut arguments) => {
                arguments.push(value.clone());
                self.send(&receiver, "[]=", &arguments, None)?;
            }
            Place::Attribute(receiver, name) => {
                let setter = format!("{name}=");
                self.send(&receiver, &setter, std::slice::from_ref(&value), None)?;
            }
        }
        Ok(value)
    }
}
