//! Functions that need nothing but their arguments (and the host's inputs), one file a family.
//!
//! A function has dispatches: a signature as text and what runs when the arguments fit it. The
//! first that fits is taken; where none does, the message is the reference's.

use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;

use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    types::mismatch,
};

pub use modules::{find_of_module, is_known_call};
use signature::Signature;

pub(crate) mod annotate;
pub(crate) mod collections;
mod control;
mod digest;
mod files;
mod formatting;
pub(crate) mod iteration;
mod legacy;
mod local_types;
mod logging;
mod math;
mod modules;
pub mod patterns;
pub(crate) mod random;
mod signature;
mod stdlib;
mod strings;
mod types;

/// A function: its name and what it accepts.
pub struct Function {
    name: &'static str,
    dispatches: &'static [Dispatch],
}

/// One way to call a function.
pub struct Dispatch {
    accepts: Accepts,
    run: Run,
}

/// What a dispatch takes.
enum Accepts {
    /// Parameters with their types, as [`signature`] describes.
    Signature(&'static str),
    /// The same, only to be refused in words of its own.
    Refused(&'static str),
    /// Anything, as it comes.
    Anything,
    /// Anything, in the form of the old calling convention ([`legacy`](mod@legacy)).
    Converted,
}

/// What a dispatch does.
type Run = fn(&Call<'_, '_>) -> Evaluated;

/// A function with typed dispatches.
const fn function(name: &'static str, dispatches: &'static [Dispatch]) -> Function {
    Function { name, dispatches }
}

/// A dispatch with a signature.
const fn on(signature: &'static str, run: Run) -> Dispatch {
    Dispatch {
        accepts: Accepts::Signature(signature),
        run,
    }
}

/// A dispatch that takes anything and checks it itself.
const fn unchecked(run: Run) -> Dispatch {
    Dispatch {
        accepts: Accepts::Anything,
        run,
    }
}

/// A dispatch that only says what is wrong: signatures that are listed leave it out.
const fn refusal(signature: &'static str, run: Run) -> Dispatch {
    Dispatch {
        accepts: Accepts::Refused(signature),
        run,
    }
}

/// A function of the old kind: its arguments are converted, and it checks them itself.
const fn legacy(run: Run) -> Dispatch {
    Dispatch {
        accepts: Accepts::Converted,
        run,
    }
}

/// A function as it is called: its signatures are read when they are first needed.
pub struct Registered {
    function: &'static Function,
    signatures: OnceLock<Vec<Signature>>,
}

/// The functions of the language itself, family by family.
const FAMILIES: &[&[Function]] = &[
    annotate::FUNCTIONS,
    collections::FUNCTIONS,
    control::FUNCTIONS,
    digest::FUNCTIONS,
    files::FUNCTIONS,
    formatting::FUNCTIONS,
    iteration::FUNCTIONS,
    logging::FUNCTIONS,
    math::FUNCTIONS,
    patterns::FUNCTIONS,
    strings::FUNCTIONS,
    types::FUNCTIONS,
];

static REGISTRY: LazyLock<FxHashMap<&'static str, Registered>> =
    LazyLock::new(|| registered(FAMILIES.iter().chain(stdlib::FAMILIES).copied().flatten()));

fn registered(
    functions: impl Iterator<Item = &'static Function>,
) -> FxHashMap<&'static str, Registered> {
    functions
        .map(|function| {
            let registered = Registered {
                function,
                signatures: OnceLock::new(),
            };
            (function.name, registered)
        })
        .collect()
}

/// The function of a name.
pub fn find(name: &str) -> Option<&'static Registered> {
    REGISTRY.get(name)
}

/// The names of all functions, sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = REGISTRY.keys().copied().collect();
    names.sort_unstable();
    names
}

impl Registered {
    /// Runs the first dispatch that fits.
    ///
    /// # Errors
    /// None fits, or whatever the function raises.
    pub fn call(&self, call: &Call<'_, '_>) -> Evaluated {
        if let Some(dispatch) = self.fitting(call)? {
            if let Accepts::Converted = dispatch.accepts {
                let arguments = &legacy::arguments(call.arguments)?;
                return (dispatch.run)(&Call { arguments, ..*call });
            }
            return (dispatch.run)(call);
        }
        let typed = self.function.dispatches.iter().filter(|dispatch| {
            matches!(
                dispatch.accepts,
                Accepts::Signature(_) | Accepts::Refused(_)
            )
        });
        let described: Vec<_> = typed
            .zip(self.signatures())
            .filter(|(dispatch, _)| matches!(dispatch.accepts, Accepts::Signature(_)))
            .map(|(_, signature)| signature.described())
            .collect();
        let block = call
            .block
            .map(|block| call.evaluator.block_type(block))
            .transpose()?;
        let message = mismatch::describe_signatures(
            self.function.name,
            &described,
            call.arguments,
            block.as_ref(),
        );
        Err(Error::new(message).into())
    }

    /// Whether a dispatch fits.
    fn accepts(&self, call: &Call<'_, '_>) -> Evaluated<bool> {
        Ok(self.fitting(call)?.is_some())
    }

    /// The first dispatch that fits.
    fn fitting(&self, call: &Call<'_, '_>) -> Evaluated<Option<&'static Dispatch>> {
        let mut typed = self.signatures().iter();
        for dispatch in self.function.dispatches {
            let fits = match dispatch.accepts {
                Accepts::Signature(_) | Accepts::Refused(_) => {
                    let signature = typed.next().expect("one for each text");
                    signature.accepts(call)?
                }
                Accepts::Anything | Accepts::Converted => true,
            };
            if fits {
                return Ok(Some(dispatch));
            }
        }
        Ok(None)
    }

    fn signatures(&self) -> &[Signature] {
        self.signatures.get_or_init(|| {
            let dispatches = self.function.dispatches.iter();
            let texts = dispatches.filter_map(|dispatch| match dispatch.accepts {
                Accepts::Signature(text) | Accepts::Refused(text) => Some(text),
                Accepts::Anything | Accepts::Converted => None,
            });
            texts.map(Signature::parse).collect()
        })
    }
}

/// `fail!("…")`: leaves a function with a message.
macro_rules! fail {
    ($($message:tt)*) => {
        return Err($crate::error::Error::new(format!($($message)*)).into())
    };
}
pub(crate) use fail;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_can_be_read() {
        for registered in REGISTRY.values() {
            for dispatch in registered.function.dispatches {
                if let Accepts::Signature(text) | Accepts::Refused(text) = dispatch.accepts {
                    Signature::parse(text);
                }
            }
        }
    }

    #[test]
    fn no_function_is_registered_twice() {
        let families = FAMILIES.iter().chain(stdlib::FAMILIES);
        let count: usize = families.map(|family| family.len()).sum();
        assert_eq!(count, REGISTRY.len());
    }
}
