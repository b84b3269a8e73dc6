//! The evaluator: expressions in, values out.
//!
//! One [`Evaluator`] serves one compile on one thread. It holds no variables (those are in
//! [`Scope`]s) and no catalog (that is the [`Host`]'s); what it keeps is where it stands: the
//! source whose spans are meant, the depth of calls, and the steps taken.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Instant,
};

use ficelle_syntax::{
    ast::{Expression, ExpressionKind, Program},
    source::{Source, Span},
};

use crate::{
    error::{Error, Evaluated, Location, Unwind},
    host::{Host, Place},
    scope::Scope,
    values::Value,
};

pub use call::{Block, Call};

mod call;

/// How often the clock is looked at, in steps.
const STEPS_PER_LOOK: u64 = 1024;

/// Evaluates expressions for one compile.
pub struct Evaluator<'c> {
    host: &'c dyn Host,
    source: RefCell<Arc<Source>>,
    depth: Cell<usize>,
    steps: Cell<u64>,
    deadline: Option<Instant>,
}

impl<'c> Evaluator<'c> {
    /// An evaluator that stops with an error after `deadline`, where one is given.
    pub fn new(host: &'c dyn Host, deadline: Option<Instant>) -> Self {
        Self {
            host,
            source: RefCell::new(Source::new(None, "")),
            depth: Cell::new(0),
            steps: Cell::new(0),
            deadline,
        }
    }

    /// Who runs the language.
    pub fn host(&self) -> &'c dyn Host {
        self.host
    }

    /// The source of the code that is being evaluated.
    pub fn source(&self) -> Arc<Source> {
        self.source.borrow().clone()
    }

    /// Runs `body`, in which spans are those of `source`. Everyone who evaluates the body of a
    /// definition does it in here.
    pub fn in_source<T>(&self, source: &Arc<Source>, body: impl FnOnce() -> T) -> T {
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
        let mut last = Value::Undef;
        for statement in statements {
            last = self.evaluate(statement, scope)?;
        }
        Ok(last)
    }

    /// Evaluates an expression. An error that has no place yet gets this expression's.
    ///
    /// # Errors
    /// Whatever the expression raises, and its control flow.
    pub fn evaluate(&self, expression: &Expression, scope: &Rc<Scope>) -> Evaluated {
        self.step(expression.span)?;
        let span = expression.span;
        let result = match &expression.kind {
            ExpressionKind::Undef | ExpressionKind::Nop => return Ok(Value::Undef),
            ExpressionKind::Default => return Ok(Value::Default),
            ExpressionKind::Boolean(value) => return Ok(Value::Boolean(*value)),
            ExpressionKind::Integer { value, .. } => return Ok(Value::Integer(*value)),
            ExpressionKind::Float(value) => return Ok(Value::Float(*value)),
            ExpressionKind::String(text) => return Ok(Value::String(text.clone())),
            other => Err(Error::issue(format!("cannot evaluate {other:?}")).into()),
        };
        result.map_err(|unwind| self.place(unwind, span, "an expression"))
    }

    /// Gives an error that has no place the one of `span`.
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

    /// Counts a step; every now and then looks at the clock.
    fn step(&self, span: Span) -> Evaluated<()> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if !steps.is_multiple_of(STEPS_PER_LOOK) {
            return Ok(());
        }
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
