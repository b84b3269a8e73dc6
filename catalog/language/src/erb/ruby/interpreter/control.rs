//! Loops, `case`, exceptions, and jumps.

use std::rc::Rc;

use super::{Interpreter, Run, Stop, environment::Environment, stop::Jump};
use crate::erb::ruby::{
    ast::{Begin, Check, Kind, Node},
    methods::exception,
    value::{Exception, Value},
};

impl Interpreter<'_> {
    pub(super) fn control(&mut self, node: &Node, environment: &Rc<Environment>) -> Run {
        match &node.kind {
            Kind::While {
                condition,
                body,
                while_is,
                check,
            } => self.while_loop(condition, body, *while_is, *check, environment),
            Kind::For(pattern, elements, body) => {
                let elements = self.evaluate(elements, environment)?;
                let items = self.elements(&elements)?;
                let tag = self.tag();
                self.loops.push(tag);
                let mut result = Ok(elements);
                for item in items {
                    let step = match pattern.before.as_slice() {
                        [only] if pattern.splat.is_none() => self.assign(only, item, environment),
                        _ => self.destructure(pattern, &item, environment),
                    };
                    let step = step.and_then(|()| self.evaluate(body, environment));
                    match step {
                        Ok(_) | Err(Stop::Next(_)) => {}
                        Err(Stop::Break(jump)) if jump.tag == tag => {
                            result = Ok(jump.value);
                            break;
                        }
                        Err(other) => {
                            result = Err(other);
                            break;
                        }
                    }
                }
                self.loops.pop();
                result
            }
            Kind::Case {
                subject,
                branches,
                otherwise,
            } => {
                let subject = match subject {
                    Some(subject) => Some(self.evaluate(subject, environment)?),
                    None => None,
                };
                for (tests, body) in branches {
                    for test in tests {
                        if self.is_case(test, subject.as_ref(), environment)? {
                            return self.evaluate(body, environment);
                        }
                    }
                }
                match otherwise {
                    Some(body) => self.evaluate(body, environment),
                    None => Ok(Value::Nil),
                }
            }
            Kind::Begin(begin) => self.begin(begin, environment),
            Kind::Return(value) => {
                let value = self.optional(value.as_deref(), environment)?;
                Err(Stop::Return(Box::new(Jump {
                    tag: environment.frame.id,
                    value,
                })))
            }
            Kind::Break(value) => {
                let value = self.optional(value.as_deref(), environment)?;
                let tag = self.loops.last().copied().unwrap_or_default();
                Err(Stop::Break(Box::new(Jump { tag, value })))
            }
            Kind::Next(value) => {
                let value = self.optional(value.as_deref(), environment)?;
                Err(Stop::Next(Box::new(value)))
            }
            _ => unreachable!("all other kinds are evaluated before"),
        }
    }

    fn optional(&mut self, node: Option<&Node>, environment: &Rc<Environment>) -> Run {
        match node {
            Some(node) => self.evaluate(node, environment),
            None => Ok(Value::Nil),
        }
    }

    fn while_loop(
        &mut self,
        condition: &Node,
        body: &Node,
        while_is: bool,
        check: Check,
        environment: &Rc<Environment>,
    ) -> Run {
        let tag = self.tag();
        self.loops.push(tag);
        let mut is_first = check == Check::After;
        let result = loop {
            if !std::mem::take(&mut is_first) {
                match self.evaluate(condition, environment) {
                    Ok(value) if value.is_truthy() == while_is => {}
                    Ok(_) => break Ok(Value::Nil),
                    Err(stop) => break Err(stop),
                }
            }
            match self.evaluate(body, environment) {
                Ok(_) | Err(Stop::Next(_)) => {}
                Err(Stop::Break(jump)) if jump.tag == tag => break Ok(jump.value),
                Err(stop) => break Err(stop),
            }
        };
        self.loops.pop();
        result
    }

    fn is_case(
        &mut self,
        test: &Node,
        subject: Option<&Value>,
        environment: &Rc<Environment>,
    ) -> Run<bool> {
        let tests = match &test.kind {
            Kind::Splat(inner) => {
                let value = self.evaluate(inner, environment)?;
                self.splatted(&value)?
            }
            _ => vec![self.evaluate(test, environment)?],
        };
        for test in tests {
            let holds = match subject {
                Some(subject) => self.case_equal(&test, subject)?,
                None => test.is_truthy(),
            };
            if holds {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn begin(&mut self, begin: &Begin, environment: &Rc<Environment>) -> Run {
        let loops = self.loops.len();
        let mut result = self.evaluate(&begin.body, environment);
        match result {
            Err(Stop::Raise(mut raised)) => {
                self.loops.truncate(loops);
                raised.line.get_or_insert(self.line);
                result = self.rescue(begin, *raised, environment);
            }
            Ok(value) => {
                result = match &begin.otherwise {
                    Some(otherwise) => self.evaluate(otherwise, environment),
                    None => Ok(value),
                };
            }
            other => result = other,
        }
        if let Some(ensure) = &begin.ensure {
            if let Err(Stop::Raise(raised)) = &mut result {
                raised.line.get_or_insert(self.line);
            }
            self.evaluate(ensure, environment)?;
        }
        result
    }

    fn rescue(&mut self, begin: &Begin, raised: Exception, environment: &Rc<Environment>) -> Run {
        for rescue in &begin.rescues {
            let classes = self.arguments(&rescue.classes, environment)?;
            let is_meant = match classes.is_empty() {
                true => exception::descends(&raised.class, "StandardError"),
                false => classes.iter().any(|class| {
                    matches!(class, Value::Class(name) if exception::descends(&raised.class, name))
                }),
            };
            if !is_meant {
                continue;
            }
            let value = Value::Exception(Rc::new(raised));
            if let Some(target) = &rescue.variable {
                self.assign(target, value.clone(), environment)?;
            }
            let before = std::mem::replace(&mut self.rescued, value);
            let result = self.evaluate(&rescue.body, environment);
            self.rescued = before;
            return result;
        }
        Err(Stop::Raise(Box::new(raised)))
    }
}
