//! The evaluator: expressions in, values out.
//!
//! One [`Evaluator`] serves one compile on one thread. It holds no variables (those are in
//! [`Scope`]s) and no catalog (that is the [`Host`]'s); what it keeps is where it stands: the
//! source whose spans are meant, the depth of calls, and the steps taken.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    sync::Arc,
    time::Instant,
};

use rustc_hash::FxHashMap;

use ficelle_syntax::{
    ast::{self, BinaryOperator, Expression, ExpressionKind, Program, UnaryOperator},
    source::{Source, Span},
};

use crate::{
    error::{Error, Evaluated, Location, Unwind},
    functions::annotate::Annotations,
    host::{Host, Level, Place},
    scope::Scope,
    types::Type,
    values::{HashMap, Regexp, Value},
};

pub(crate) use access::flatten;
pub use call::{Block, Call};
pub use control::is_true;
pub use defaults::Defaults;

mod access;
pub(crate) mod arithmetic;
mod bounds;
mod call;
mod closure;
pub(crate) mod comparison;
mod control;
mod defaults;
pub mod epp;
pub mod label;
mod names;
pub mod noted;
pub mod number;
pub mod pure;
pub mod text;
mod types;
pub mod variables;

/// How often the clock is looked at, in steps.
const STEPS_PER_LOOK: u64 = 1024;

/// The value of a literal: the same wherever it stands. What is put together of several has none.
#[inline]
pub fn literal(kind: &ExpressionKind) -> Option<Value> {
    Some(match kind {
        ExpressionKind::Undef | ExpressionKind::Nop => Value::Undef,
        ExpressionKind::Default => Value::Default,
        ExpressionKind::Boolean(value) => Value::Boolean(*value),
        ExpressionKind::Integer { value, .. } => Value::Integer(*value),
        ExpressionKind::Float(value) => Value::Float(*value),
        ExpressionKind::String(text) | ExpressionKind::Name(text) => Value::String(text.clone()),
        _ => return None,
    })
}

/// Evaluates expressions for one compile.
pub struct Evaluator<'c> {
    host: &'c dyn Host,
    source: RefCell<Arc<Source>>,
    depth: Cell<usize>,
    steps: Cell<u64>,
    /// Compounds that were made.
    made: Cell<u64>,
    deadline: Option<Instant>,
    signatures: RefCell<closure::SignatureCache>,
    /// Types by their names as written: what a name stands for does not change.
    named: RefCell<FxHashMap<Arc<str>, Type>>,
    templates: RefCell<Vec<epp::Output>>,
    deprecated: RefCell<BTreeSet<String>>,
    types: types::Types,
    annotations: Annotations,
    notes: RefCell<Vec<noted::Notes>>,
    /// The room that texts are put together in.
    text: RefCell<String>,
    /// The defaults of parameters that are being evaluated.
    pending: defaults::Pending,
}

impl<'c> Evaluator<'c> {
    /// An evaluator that stops with an error after `deadline`, where one is given.
    pub fn new(host: &'c dyn Host, deadline: Option<Instant>) -> Self {
        Self {
            host,
            source: RefCell::new(Source::new(None, "")),
            depth: Cell::new(0),
            steps: Cell::new(0),
            made: Cell::new(0),
            deadline,
            signatures: RefCell::default(),
            named: RefCell::default(),
            templates: RefCell::default(),
            deprecated: RefCell::default(),
            types: types::Types::default(),
            annotations: Annotations::default(),
            notes: RefCell::default(),
            text: RefCell::default(),
            pending: defaults::Pending::default(),
        }
    }

    /// Who runs the language.
    pub fn host(&self) -> &'c dyn Host {
        self.host
    }

    /// What values are annotated with.
    pub(crate) fn annotations(&self) -> &Annotations {
        &self.annotations
    }

    /// Warns of something that should not be done any more, once in the evaluator's life.
    pub fn deprecate(&self, message: &str) {
        if self.deprecated.borrow_mut().insert(message.to_owned()) {
            self.host.log(Level::Warning, message, None);
        }
    }

    /// The source of the code that is being evaluated.
    pub fn source(&self) -> Arc<Source> {
        self.source.borrow().clone()
    }

    /// What `look` makes of the source of the code that is being evaluated.
    pub fn with_source<T>(&self, look: impl FnOnce(&Arc<Source>) -> T) -> T {
        look(&self.source.borrow())
    }

    /// Runs `body`, in which spans are those of `source`. Everyone who evaluates the body of a
    /// definition does it in here.
    pub fn in_source<T>(&self, source: &Arc<Source>, body: impl FnOnce() -> T) -> T {
        if Arc::ptr_eq(&self.source.borrow(), source) {
            return body();
        }
        let before = self.source.replace(source.clone());
        let result = body();
        self.source.replace(before);
        result
    }

    /// File, line and column of a span of the code that is being evaluated.
    pub fn location(&self, span: Span) -> Location {
        Location::of(&self.source.borrow(), span)
    }

    /// Evaluates a whole file; gives the value of its last statement.
    ///
    /// # Errors
    /// Whatever a statement raises.
    pub fn program(&self, program: &Program, scope: &Rc<Scope>) -> Evaluated {
        self.in_source(&program.source, || self.body(&program.body, scope))
    }

    /// Evaluates statements; gives the value of the last, or undef.
    ///
    /// # Errors
    /// Whatever a statement raises.
    pub fn body(&self, statements: &[Expression], scope: &Rc<Scope>) -> Evaluated {
        match statements {
            [] => Ok(Value::Undef),
            [before @ .., last] => {
                self.run(before, scope)?;
                self.evaluate(last, scope)
            }
        }
    }

    /// Evaluates statements for what they do; nobody asks what they give.
    ///
    /// # Errors
    /// Whatever a statement raises.
    pub fn run(&self, statements: &[Expression], scope: &Rc<Scope>) -> Evaluated<()> {
        let mut statements = statements.iter();
        statements.try_for_each(|statement| self.statement(statement, scope))
    }

    fn statement(&self, expression: &Expression, scope: &Rc<Scope>) -> Evaluated<()> {
        let branch = |branch: &Expression| self.statement(branch, scope);
        let result = match &expression.kind {
            ExpressionKind::Resource(resource) => {
                self.step(expression.span)?;
                let place = self.at(scope, expression.span);
                self.host.resource_alone(resource, place)
            }
            ExpressionKind::If { .. }
            | ExpressionKind::Unless { .. }
            | ExpressionKind::Case { .. } => {
                self.step(expression.span)?;
                self.branching(&expression.kind, scope, branch)
            }
            ExpressionKind::Block(statements) => {
                self.step(expression.span)?;
                self.run(statements, scope)
            }
            _ => return self.evaluate(expression, scope).map(drop),
        };
        result.map_err(|unwind| self.located(unwind, expression))
    }

    /// Evaluates an expression. An error that has no place yet gets this expression's.
    ///
    /// # Errors
    /// Whatever the expression raises, and its control flow.
    pub fn evaluate(&self, expression: &Expression, scope: &Rc<Scope>) -> Evaluated {
        self.step(expression.span)?;
        match &expression.kind {
            ExpressionKind::Variable(variable) => self
                .variable_expression(variable, expression, scope)
                .map_err(|unwind| self.located(unwind, expression)),
            kind => match literal(kind) {
                Some(value) => Ok(value),
                None => self.compound(expression, scope),
            },
        }
    }

    /// Apart from the above, which most expressions are and which needs no room on the stack.
    #[inline(never)]
    fn compound(&self, expression: &Expression, scope: &Rc<Scope>) -> Evaluated {
        let span = expression.span;
        let result = match &expression.kind {
            ExpressionKind::Undef
            | ExpressionKind::Nop
            | ExpressionKind::Default
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Integer { .. }
            | ExpressionKind::Float(_)
            | ExpressionKind::String(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Variable(_) => unreachable!("evaluated above"),
            ExpressionKind::Concatenated(parts) => self.concatenated(parts, scope),
            ExpressionKind::Heredoc { syntax, text } => self.heredoc(syntax, text, scope),
            ExpressionKind::Regexp(source) => Ok(Value::Regexp(Regexp::of(source))),
            ExpressionKind::ReservedWord { word, future: true } => Ok(Value::String(word.clone())),
            ExpressionKind::ReservedWord { word, .. } => Err(Error::issue(format!(
                "Use of reserved word: {word}, must be quoted if intended to be a String value"
            ))
            .into()),
            ExpressionKind::Reference(name) => self.reference(name),
            ExpressionKind::Array(elements) => {
                let mut values = Vec::with_capacity(elements.len());
                match self.unfold(elements, scope, |value| values.push(value)) {
                    Ok(()) => Ok(Value::array(values)),
                    Err(unwind) => Err(unwind),
                }
            }
            ExpressionKind::Hash(entries) => self.hash(entries, scope),
            ExpressionKind::Access { left, keys } => self.access(expression, left, keys, scope),
            ExpressionKind::Call(call) => self.call_expression(call, expression.span, scope),
            ExpressionKind::MethodCall(call) => self.method_call(call, expression.span, scope),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.binary(*operator, left, right, scope),
            ExpressionKind::Unary { operator, operand } => match operator {
                UnaryOperator::Not => self
                    .truth(operand, scope)
                    .map(|is_true| Value::Boolean(!is_true)),
                UnaryOperator::Minus => self.negate(operand, expression, scope),
                UnaryOperator::Splat => self.splat(operand, scope),
            },
            ExpressionKind::Assignment {
                operator,
                target,
                value,
            } => self.assignment(*operator, target, value, scope),
            ExpressionKind::If { .. }
            | ExpressionKind::Unless { .. }
            | ExpressionKind::Case { .. } => self.branching(&expression.kind, scope, |branch| {
                self.evaluate(branch, scope)
            }),
            ExpressionKind::Selector { test, choices } => self.selector(test, choices, scope),
            ExpressionKind::Block(statements) => self.body(statements, scope),
            ExpressionKind::Parenthesized(inner) => self.evaluate(inner, scope),
            ExpressionKind::Resource(resource) => {
                self.host.resource(resource, self.at(scope, span))
            }
            ExpressionKind::ResourceDefaults(defaults) => {
                self.host.resource_defaults(defaults, self.at(scope, span))
            }
            ExpressionKind::ResourceOverride(overrides) => {
                self.host.resource_override(overrides, self.at(scope, span))
            }
            ExpressionKind::Collector(collector) => {
                self.host.collector(collector, self.at(scope, span))
            }
            ExpressionKind::Relationship {
                operator,
                left,
                right,
            } => {
                let place = self.at(scope, expression.span);
                self.host.relationship(*operator, left, right, place)
            }
            ExpressionKind::Class(_)
            | ExpressionKind::Define(_)
            | ExpressionKind::Node(_)
            | ExpressionKind::Function(_)
            | ExpressionKind::Plan(_)
            | ExpressionKind::TypeAlias(_)
            | ExpressionKind::TypeDefinition(_)
            | ExpressionKind::TypeMapping { .. } => {
                self.host.definition(expression, self.at(scope, span))
            }
            ExpressionKind::Apply(_) => Err(Error::issue(
                "The 'apply' block is only available in a plan that is run",
            )
            .into()),
            ExpressionKind::Epp(template) => self.template(template, scope),
            ExpressionKind::RenderText(text) => {
                self.render(&Value::String(text.clone()));
                Ok(Value::Undef)
            }
            ExpressionKind::RenderExpression(inner) => self.evaluate(inner, scope).map(|value| {
                self.render(&value);
                Value::Undef
            }),
        };
        let unwind = match result {
            Ok(value) => match self.check_bounds(&value, &expression.kind) {
                Ok(()) => return Ok(value),
                Err(unwind) => unwind,
            },
            Err(unwind) => unwind,
        };
        Err(self.located(unwind, expression))
    }

    fn binary(
        &self,
        operator: BinaryOperator,
        left: &Expression,
        right: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        use BinaryOperator::{
            Add, And, Divide, Equal, Greater, GreaterEqual, In, LeftShift, Less, LessEqual, Match,
            Modulo, Multiply, NotEqual, NotMatch, Or, RightShift, Subtract,
        };
        match operator {
            And => {
                let both = self.truth(left, scope)? && self.truth(right, scope)?;
                Ok(Value::Boolean(both))
            }
            Or => {
                let either = self.truth(left, scope)? || self.truth(right, scope)?;
                Ok(Value::Boolean(either))
            }
            Match => self
                .match_expression(left, right, scope)
                .map(Value::Boolean),
            NotMatch => self
                .match_expression(left, right, scope)
                .map(|matched| Value::Boolean(!matched)),
            In => self.is_in(left, right, scope).map(Value::Boolean),
            Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual => {
                self.comparison(operator, left, right, scope)
            }
            Add | Subtract | Multiply | Divide | Modulo | LeftShift | RightShift => {
                self.arithmetic(operator, left, right, scope)
            }
        }
    }

    fn hash(&self, entries: &[ast::HashEntry], scope: &Rc<Scope>) -> Evaluated {
        let mut hash = HashMap::with_capacity_and_hasher(entries.len(), Default::default());
        for entry in entries {
            let key = self.evaluate(&entry.key, scope)?;
            hash.insert(key, self.evaluate(&entry.value, scope)?);
        }
        Ok(Value::hash(hash))
    }

    /// Gives an error that has no place the one of an expression.
    #[cold]
    fn located(&self, unwind: Unwind, expression: &Expression) -> Unwind {
        match unwind {
            Unwind::Error(error) if error.location.is_none() => {
                let what = label::an_expression(&expression.kind);
                self.place(Unwind::Error(error), expression.span, &what)
            }
            other => other,
        }
    }

    /// Gives an error that has no place the one of `span`.
    #[cold]
    pub fn place(&self, unwind: Unwind, span: Span, what: &str) -> Unwind {
        match unwind {
            Unwind::Error(error) => error.placed(&self.source.borrow(), span, what).into(),
            other => other,
        }
    }

    /// What the host gets with an expression.
    fn at<'a>(&'a self, scope: &'a Rc<Scope>, span: Span) -> Place<'a, 'c> {
        Place {
            evaluator: self,
            scope,
            span,
        }
    }

    /// Whether there is time left, for whoever runs code of its own.
    ///
    /// # Errors
    /// The deadline has passed.
    pub fn check_deadline(&self) -> Evaluated<()> {
        match self.deadline {
            Some(deadline) if Instant::now() > deadline => {
                Err(Error::issue("The compile took longer than it may").into())
            }
            _ => Ok(()),
        }
    }

    /// Counts a step; every now and then looks at the clock.
    #[inline]
    fn step(&self, span: Span) -> Evaluated<()> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        match steps.is_multiple_of(STEPS_PER_LOOK) {
            true => self.look(steps, span),
            false => Ok(()),
        }
    }

    #[cold]
    fn look(&self, steps: u64, span: Span) -> Evaluated<()> {
        let limit = self.host.settings().steps;
        let refuse = |message: String| {
            let error = Error::issue(message).into();
            Err(self.place(error, span, ""))
        };
        if limit > 0 && steps > limit {
            return refuse(format!("The compile took more than {limit} steps"));
        }
        match self.deadline {
            Some(deadline) if Instant::now() > deadline => {
                refuse("The compile took longer than it may".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Runs `body` one call deeper.
    fn deeper<T>(&self, body: impl FnOnce() -> Evaluated<T>) -> Evaluated<T> {
        let depth = self.depth.get() + 1;
        let limit = self.host.settings().depth;
        if depth > limit {
            let message = format!("Calls are nested more than {limit} deep");
            return Err(Error::issue(message).into());
        }
        self.depth.set(depth);
        let result = body();
        self.depth.set(depth - 1);
        result
    }
}
