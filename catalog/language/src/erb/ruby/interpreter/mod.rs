//! Runs the tree of a template.
//!
//! Everything is bounded: steps, depth, and what strings and arrays take. Nothing is reached but
//! through the template's scope.

mod assign;
mod block;
mod call;
mod control;
pub(super) mod environment;
mod page;
pub(super) mod stop;
mod variables;

use std::{
    rc::{Rc, Weak},
    sync::Arc,
};

use rustc_hash::FxHashMap;

pub(super) use self::stop::{Run, Stop};
use self::{environment::Environment, page::Page};
use super::{
    ast::{Definition, Kind, Lambda, Node, Part},
    objects::Objects,
    text::{display, symbol_of},
    value::{Entries, MatchValue, Procedure, ProcedureKind, RangeValue, RegexpValue, Value},
};
use crate::{
    erb::{ErbError, ErbErrorKind, Template, TemplateScope},
    values::Regexp,
};

/// How many expressions a template may evaluate.
const STEPS: u64 = 20_000_000;
/// How often the scope is asked whether there is time left: one step may go through all of a long
/// string or array.
const STEPS_PER_LOOK: u64 = 32;
/// How deep expressions and calls nest.
const DEPTH: usize = 1_000;
/// How long one string may be.
const LONGEST: usize = 16 << 20;
/// How many bytes all strings and arrays may have taken together.
const ALLOCATED: usize = 192 << 20;

/// The state of one rendering.
pub(super) struct Interpreter<'a> {
    pub(super) scope: &'a dyn TemplateScope,
    pub(super) objects: Objects,
    page: Page,
    globals: FxHashMap<Arc<str>, Value>,
    constants: FxHashMap<Arc<str>, Value>,
    pub(super) methods: FxHashMap<Arc<str>, Arc<Definition>>,
    pub(super) last_match: Option<Rc<MatchValue>>,
    /// What `$!` is.
    rescued: Value,
    /// Blocks and loops that are being run: where `break` leads.
    loops: Vec<u64>,
    steps: u64,
    depth: usize,
    allocated: usize,
    line: u32,
    last_tag: u64,
    captured: Vec<Weak<Environment>>,
}

/// Runs a template and gives its text.
///
/// # Errors
/// What the template raises, what is not known natively, or what takes too much.
pub(in crate::erb) fn render(
    template: &Template,
    scope: &dyn TemplateScope,
) -> Result<String, ErbError> {
    let mut interpreter = Interpreter {
        scope,
        objects: Objects::new(),
        page: Page::new(scope.file(), template.room),
        globals: FxHashMap::default(),
        constants: FxHashMap::default(),
        methods: FxHashMap::default(),
        last_match: None,
        rescued: Value::Nil,
        loops: Vec::new(),
        steps: 0,
        depth: 0,
        allocated: 0,
        line: 1,
        last_tag: 0,
        captured: Vec::new(),
    };
    let result = interpreter.page(&template.body);
    for captured in std::mem::take(&mut interpreter.captured) {
        if let Some(environment) = captured.upgrade() {
            environment.clear();
        }
    }
    let result = result.and_then(|()| interpreter.objects.settle(scope));
    if let Err(Stop::Unsupported(_)) = &result {
        interpreter.objects.undo(scope);
    }
    match result {
        Ok(()) => Ok(interpreter.page.take()),
        Err(stop) => Err(interpreter.error(stop)),
    }
}

impl Interpreter<'_> {
    fn error(&self, stop: Stop) -> ErbError {
        let mut line = self.line;
        let (kind, message) = match stop {
            Stop::Raise(exception) => {
                line = exception.line.unwrap_or(line);
                (ErbErrorKind::Raised, exception.message)
            }
            Stop::Unsupported(what) => (ErbErrorKind::Unsupported, what.0),
            Stop::Limit(what) => (ErbErrorKind::Limit, what.0),
            Stop::Throw(thrown) => {
                let message = format!("uncaught throw {}", super::text::inspect(&thrown.tag));
                (ErbErrorKind::Raised, message)
            }
            Stop::Break(_) | Stop::Next(_) | Stop::Return(_) => {
                let message = "leaving the template by break, next or return".to_owned();
                (ErbErrorKind::Unsupported, message)
            }
        };
        ErbError {
            kind,
            message,
            line,
        }
    }

    /// Counts a step.
    #[inline]
    pub(super) fn step(&mut self) -> Run<()> {
        self.steps += 1;
        match self.steps.is_multiple_of(STEPS_PER_LOOK) {
            true => self.look(),
            false => Ok(()),
        }
    }

    /// Looks whether it may go on.
    #[cold]
    fn look(&self) -> Run<()> {
        if self.steps > STEPS {
            return Err(Stop::limit(format!("it took more than {STEPS} steps")));
        }
        self.scope.check().map_err(Stop::limit)
    }

    /// Accounts for a string or an array of this many bytes, before it is made.
    pub(super) fn allocate(&mut self, bytes: usize) -> Run<()> {
        self.allocated = self.allocated.saturating_add(bytes);
        self.fits(bytes)?;
        if self.allocated > ALLOCATED {
            return Err(Stop::limit("its values take too much memory"));
        }
        Ok(())
    }

    /// Refuses a string or an array of more bytes than one may have.
    pub(super) fn fits(&self, bytes: usize) -> Run<()> {
        if bytes > LONGEST {
            return Err(Stop::limit(format!("a value of {bytes} bytes is too big")));
        }
        Ok(())
    }

    /// A string that has been accounted for.
    pub(super) fn string(&mut self, text: String) -> Run {
        self.allocate(text.len())?;
        Ok(Value::text(text))
    }

    /// An array that has been accounted for.
    pub(super) fn list(&mut self, elements: Vec<Value>) -> Run {
        self.allocate(elements.len() * size_of::<Value>())?;
        Ok(Value::list(elements))
    }

    fn tag(&mut self) -> u64 {
        self.last_tag += 1;
        self.last_tag
    }

    pub(super) fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        if self.depth >= DEPTH {
            return Err(Stop::limit("stack level too deep"));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    fn evaluate(&mut self, node: &Node, environment: &Rc<Environment>) -> Run {
        self.step()?;
        self.value(node, environment)
    }

    /// Evaluates what nobody asks the value of, as most of a template.
    fn run(&mut self, node: &Node, environment: &Rc<Environment>) -> Run<()> {
        self.step()?;
        match &node.kind {
            Kind::Text(text) => self.write(text),
            Kind::Sequence(statements) => self.below(node, |interpreter| {
                for statement in statements {
                    interpreter.run(statement, environment)?;
                }
                Ok(())
            }),
            Kind::Output(inner) => self.below(node, |interpreter| {
                interpreter.print(inner.as_deref(), environment)
            }),
            Kind::If(condition, then, otherwise) => self.below(node, |interpreter| {
                if interpreter.is_met(condition, environment)? {
                    interpreter.run(then, environment)
                } else if let Some(otherwise) = otherwise {
                    interpreter.run(otherwise, environment)
                } else {
                    Ok(())
                }
            }),
            _ => self.value(node, environment).map(drop),
        }
    }

    /// Evaluates a condition.
    fn is_met(&mut self, node: &Node, environment: &Rc<Environment>) -> Run<bool> {
        self.step()?;
        match &node.kind {
            Kind::And(left, right) => self.below(node, |interpreter| {
                Ok(interpreter.is_met(left, environment)?
                    && interpreter.is_met(right, environment)?)
            }),
            Kind::Or(left, right) => self.below(node, |interpreter| {
                Ok(interpreter.is_met(left, environment)?
                    || interpreter.is_met(right, environment)?)
            }),
            Kind::Not(operand) => self.below(node, |interpreter| {
                Ok(!interpreter.is_met(operand, environment)?)
            }),
            Kind::Call(call) => self.below(node, |interpreter| {
                Ok(interpreter.call(call, node.line, environment)?.is_truthy())
            }),
            _ => Ok(self.value(node, environment)?.is_truthy()),
        }
    }

    /// `<%= %>`
    fn print(&mut self, node: Option<&Node>, environment: &Rc<Environment>) -> Run<()> {
        let Some(node) = node else { return Ok(()) };
        match self.evaluate(node, environment)? {
            Value::String(text) => self.write_string(&text),
            value => {
                let text = self.text_of(&value)?;
                self.write(&text)
            }
        }
    }

    /// Goes down into an expression.
    fn below<T>(&mut self, node: &Node, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        self.deeper(|interpreter| {
            interpreter.line = node.line;
            run(interpreter)
        })
    }

    /// The value of an expression whose step has been counted.
    fn value(&mut self, node: &Node, environment: &Rc<Environment>) -> Run {
        match &node.kind {
            Kind::Text(text) => {
                self.write(text)?;
                Ok(Value::Nil)
            }
            Kind::Nil => Ok(Value::Nil),
            Kind::True => Ok(Value::Bool(true)),
            Kind::False => Ok(Value::Bool(false)),
            Kind::Integer(value) => Ok(Value::Integer(*value)),
            Kind::Float(value) => Ok(Value::Float(*value)),
            Kind::Symbol(name) => Ok(Value::Symbol(name.clone())),
            Kind::SelfReference => Ok(Value::Template),
            Kind::File => Ok(Value::text(self.file().unwrap_or("(erb)"))),
            Kind::String(text) => {
                self.allocate(text.len())?;
                Ok(Value::text(text.clone()))
            }
            Kind::Local(name) => Ok(environment.get(name)),
            Kind::Instance(name) => {
                self.line = node.line;
                self.instance(name)
            }
            Kind::Call(call) => self.below(node, |interpreter| {
                interpreter.call(call, node.line, environment)
            }),
            _ => self.below(node, |interpreter| interpreter.compound(node, environment)),
        }
    }

    fn compound(&mut self, node: &Node, environment: &Rc<Environment>) -> Run {
        match &node.kind {
            Kind::Sequence(statements) => {
                let Some((last, before)) = statements.split_last() else {
                    return Ok(Value::Nil);
                };
                for statement in before {
                    self.run(statement, environment)?;
                }
                self.evaluate(last, environment)
            }
            Kind::Output(inner) => {
                self.print(inner.as_deref(), environment)?;
                Ok(Value::Nil)
            }
            Kind::If(condition, then, otherwise) => {
                if self.is_met(condition, environment)? {
                    self.evaluate(then, environment)
                } else if let Some(otherwise) = otherwise {
                    self.evaluate(otherwise, environment)
                } else {
                    Ok(Value::Nil)
                }
            }
            Kind::And(left, right) => {
                let left = self.evaluate(left, environment)?;
                if left.is_truthy() {
                    self.evaluate(right, environment)
                } else {
                    Ok(left)
                }
            }
            Kind::Or(left, right) => {
                let left = self.evaluate(left, environment)?;
                if left.is_truthy() {
                    Ok(left)
                } else {
                    self.evaluate(right, environment)
                }
            }
            Kind::Not(operand) => {
                let is_met = self.is_met(operand, environment)?;
                Ok(Value::Bool(!is_met))
            }
            Kind::Assign(target, value) => {
                let value = self.evaluate(value, environment)?;
                self.assign(target, value.clone(), environment)?;
                Ok(value)
            }
            Kind::OperatorAssign(target, operator, value) => {
                self.operator_assign(target, operator, value, environment)
            }
            Kind::MultipleAssign(pattern, value) => {
                let value = self.evaluate(value, environment)?;
                self.destructure(pattern, &value, environment)?;
                Ok(value)
            }
            Kind::Interpolated(parts) => {
                let text = self.interpolated(parts, environment)?;
                self.string(text)
            }
            Kind::InterpolatedSymbol(parts) => {
                let text = self.interpolated(parts, environment)?;
                Ok(Value::symbol(text))
            }
            Kind::Array(elements) => {
                let elements = self.arguments(elements, environment)?;
                self.list(elements)
            }
            Kind::Hash(pairs) => self.hash(pairs, environment),
            Kind::Regexp {
                parts,
                options,
                made,
            } => {
                if let Some(made) = made.get() {
                    return Ok(Value::Regexp(made.clone()));
                }
                let source = self.regexp_source(parts, environment)?;
                let regexp = regexp(&source, options)?;
                if parts.iter().all(|part| matches!(part, Part::Text(_))) {
                    made.get_or_init(|| regexp.clone());
                }
                Ok(Value::Regexp(regexp))
            }
            Kind::Range {
                from,
                to,
                is_exclusive,
            } => self.range(from.as_deref(), to.as_deref(), *is_exclusive, environment),
            Kind::Global(name) => self.global(name),
            Kind::Group(index) => {
                let matched = self.last_match.as_ref();
                Ok(matched.map_or(Value::Nil, |matched| matched.value(*index)))
            }
            Kind::Constant(name) => match self.constants.get(name) {
                Some(value) => Ok(value.clone()),
                None => super::methods::constant::of(name),
            },
            Kind::Defined(operand) => self.defined(operand, environment),
            Kind::Yield(arguments) => {
                let arguments = self.arguments(arguments, environment)?;
                match environment.frame.block.clone() {
                    Some(block) => self.yield_to(&block, &arguments),
                    None => Err(Stop::raise("LocalJumpError", "no block given (yield)")),
                }
            }
            Kind::Splat(inner) => {
                let value = self.evaluate(inner, environment)?;
                self.splatted(&value).map(Value::list)
            }
            Kind::Lambda(code) => {
                let kind = ProcedureKind::Code {
                    code: code.clone(),
                    environment: environment.clone(),
                    lambda: Lambda::Yes,
                };
                Ok(Value::Proc(self.procedure(kind, environment)))
            }
            Kind::Define(definition) => {
                let name = definition.name.clone();
                self.methods.insert(name.clone(), definition.clone());
                Ok(Value::Symbol(name))
            }
            _ => self.control(node, environment),
        }
    }

    /// A procedure that may outlive the call that it is made for.
    fn procedure(&mut self, kind: ProcedureKind, environment: &Rc<Environment>) -> Rc<Procedure> {
        self.captured.push(Rc::downgrade(environment));
        let tag = self.tag();
        Rc::new(Procedure { kind, tag })
    }

    fn interpolated(&mut self, parts: &[Part], environment: &Rc<Environment>) -> Run<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Code(code) => {
                    let value = self.evaluate(code, environment)?;
                    text.push_str(&self.text_of(&value)?);
                }
            }
        }
        Ok(text)
    }

    fn regexp_source(&mut self, parts: &[Part], environment: &Rc<Environment>) -> Run<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Code(code) => match self.evaluate(code, environment)? {
                    Value::Regexp(regexp) => text.push_str(&super::text::embedded(&regexp)),
                    value => text.push_str(&self.text_of(&value)?),
                },
            }
        }
        Ok(text)
    }

    /// `to_s`
    pub(super) fn text_of(&mut self, value: &Value) -> Run<String> {
        let text = display(value)?;
        self.allocate(text.len())?;
        Ok(text)
    }

    fn hash(&mut self, pairs: &[(Option<Node>, Node)], environment: &Rc<Environment>) -> Run {
        let mut entries = Entries::default();
        for (key, value) in pairs {
            match key {
                Some(key) => {
                    let key = self.evaluate(key, environment)?.into_key();
                    let value = self.evaluate(value, environment)?;
                    entries.insert(key, value);
                }
                None => match self.evaluate(value, environment)? {
                    Value::Hash(more) => entries.extend(
                        more.entries
                            .borrow()
                            .iter()
                            .map(|(key, value)| (key.clone(), value.clone())),
                    ),
                    Value::Nil => {}
                    _ => return Err(Stop::of_type("no implicit conversion into Hash")),
                },
            }
        }
        Ok(Value::map(entries))
    }

    fn range(
        &mut self,
        from: Option<&Node>,
        to: Option<&Node>,
        is_exclusive: bool,
        environment: &Rc<Environment>,
    ) -> Run {
        let mut end = |node: Option<&Node>| match node {
            Some(node) => self.evaluate(node, environment),
            None => Ok(Value::Nil),
        };
        let (from, to) = (end(from)?, end(to)?);
        range(from, to, is_exclusive)
    }

    /// The values of arguments or elements; a splat's take its place.
    fn arguments(&mut self, nodes: &[Node], environment: &Rc<Environment>) -> Run<Vec<Value>> {
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            match &node.kind {
                Kind::Splat(inner) => {
                    let value = self.evaluate(inner, environment)?;
                    values.extend(self.splatted(&value)?);
                }
                _ => values.push(self.evaluate(node, environment)?),
            }
        }
        Ok(values)
    }

    /// What `*value` gives.
    pub(super) fn splatted(&mut self, value: &Value) -> Run<Vec<Value>> {
        match value {
            Value::Nil => Ok(Vec::new()),
            Value::Array(list) => Ok(list.0.borrow().clone()),
            Value::Hash(_) | Value::Range(_) | Value::Enumerator(_) => self.elements(value),
            other => Ok(vec![other.clone()]),
        }
    }

    fn defined(&mut self, node: &Node, environment: &Rc<Environment>) -> Run {
        let what = match &node.kind {
            Kind::Sequence(inner) if inner.len() == 1 => {
                return self.defined(&inner[0], environment);
            }
            Kind::Nil => "expression",
            Kind::True | Kind::False | Kind::SelfReference => "expression",
            Kind::Local(_) => "local-variable",
            Kind::Instance(name) => match self.is_instance_defined(name) {
                true => "instance-variable",
                false => return Ok(Value::Nil),
            },
            Kind::Global(name) => match self.globals.contains_key(name) {
                true => "global-variable",
                false => return Ok(Value::Nil),
            },
            Kind::Constant(name) => {
                let is_known =
                    self.constants.contains_key(name) || super::methods::constant::of(name).is_ok();
                match is_known {
                    true => "constant",
                    false => return Ok(Value::Nil),
                }
            }
            Kind::Assign(..) | Kind::OperatorAssign(..) | Kind::MultipleAssign(..) => "assignment",
            Kind::Yield(_) => match environment.frame.block {
                Some(_) => "yield",
                None => return Ok(Value::Nil),
            },
            Kind::Call(call) => {
                let is_there = match &call.receiver {
                    None => self.responds(&Value::Template, &call.name),
                    Some(receiver) => {
                        if self.defined(receiver, environment)?.is_nil() {
                            return Ok(Value::Nil);
                        }
                        match self.evaluate(receiver, environment) {
                            Ok(value) => self.responds(&value, &call.name),
                            Err(Stop::Raise(_)) => false,
                            Err(other) => return Err(other),
                        }
                    }
                };
                match is_there {
                    true => "method",
                    false => return Ok(Value::Nil),
                }
            }
            _ => "expression",
        };
        Ok(Value::text(what))
    }
}

/// A range, if these two can make one.
pub(super) fn range(from: Value, to: Value, is_exclusive: bool) -> Run {
    let is_pair = from.is_nil() || to.is_nil() || super::compare::compare(&from, &to).is_some();
    if !is_pair {
        return Err(Stop::argument("bad value for range"));
    }
    Ok(Value::Range(Rc::new(RangeValue {
        from,
        to,
        is_exclusive,
    })))
}

/// A regular expression with options out of `mix`.
pub(super) fn regexp(source: &str, options: &str) -> Run<Arc<RegexpValue>> {
    let text = match options {
        "" => source.to_owned(),
        // A comment at the end must not swallow the bracket.
        _ if options.contains('x') => format!("(?{options}:{source}\n)"),
        _ => format!("(?{options}:{source})"),
    };
    let compiled = Regexp::compile(&text)
        .map_err(|error| Stop::unsupported(format!("the regular expression: {error}")))?;
    let mut sorted: Vec<char> = options.chars().collect();
    sorted.sort_by_key(|option| "mix".find(*option));
    sorted.dedup();
    Ok(Arc::new(RegexpValue {
        source: source.into(),
        options: sorted.into_iter().collect(),
        compiled,
    }))
}

/// The name in a symbol or string.
pub(super) fn name_of(value: &Value) -> Run<Arc<str>> {
    symbol_of(value).ok_or_else(|| {
        let shown = super::text::inspect(value);
        Stop::of_type(format!("{shown} is not a symbol nor a string"))
    })
}
