//! Calls: what a function gets, and the blocks (lambdas with their surroundings) given to it.

use std::{rc::Rc, sync::Arc};

use ficelle_syntax::{ast::Lambda, source::Span};

use super::Evaluator;
use crate::{
    error::{Error, Evaluated, Location},
    scope::Scope,
    values::Value,
};

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
            .ok_or_else(|| Error::new("a block is expected"))?;
        block.call(self.evaluator, arguments)
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
    /// Calls it. `next(value)` in its body ends here; `break` and `return` go through.
    ///
    /// # Errors
    /// An argument of the wrong type, or whatever the body raises.
    pub fn call(&self, evaluator: &Evaluator<'_>, arguments: &[Value]) -> Evaluated {
        let _ = (evaluator, arguments);
        Err(Error::new("a block cannot be called yet").into())
    }
}
