//! Functions that need nothing but their arguments (and the host's inputs), one file a family.
//!
//! A function has dispatches: a signature as text and what runs when the arguments fit it. The
//! first that fits is taken; where none does, the message is the reference's.

use std::{
    cell::RefCell,
    sync::{LazyLock, OnceLock},
};

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
    /// The same with types that modules define, as the environment has them.
    Defined(&'static str),
    /// A signature, only to be refused in words of its own.
    Refused(&'static str),
    /// Anything, as it comes.
    Anything,
    /// Anything, in the form of the old calling convention ([`legacy`](mod@legacy)).
    Converted,
}

impl Accepts {
    /// The text of a signature.
    fn signature(&self) -> Option<&'static str> {
        match self {
            Self::Signature(text) | Self::Defined(text) | Self::Refused(text) => Some(text),
            Self::Anything | Self::Converted => None,
        }
    }
}

impl Function {
    fn signatures(&self) -> impl Iterator<Item = &'static str> {
        let dispatches = self.dispatches.iter();
        dispatches.filter_map(|dispatch| dispatch.accepts.signature())
    }
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

/// A dispatch with a signature that names types of modules.
const fn on_defined(signature: &'static str, run: Run) -> Dispatch {
    Dispatch {
        accepts: Accepts::Defined(signature),
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
    /// Whether its signatures name types of modules.
    names_defined: bool,
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
            let mut dispatches = function.dispatches.iter();
            let registered = Registered {
                function,
                signatures: OnceLock::new(),
                names_defined: dispatches
                    .any(|dispatch| matches!(dispatch.accepts, Accepts::Defined(_))),
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
        let defined = self.defined_signatures(call)?;
        let signatures = defined.as_deref().unwrap_or_else(|| self.signatures());
        if let Some(dispatch) = self.fitting(call, signatures)? {
            if let Accepts::Converted = dispatch.accepts {
                let arguments = &legacy::arguments(call.arguments)?;
                return (dispatch.run)(&Call { arguments, ..*call });
            }
            return (dispatch.run)(call);
        }
        let dispatches = self.function.dispatches.iter();
        let typed = dispatches.filter(|dispatch| dispatch.accepts.signature().is_some());
        let described: Vec<_> = typed
            .zip(signatures)
            .filter(|(dispatch, _)| !matches!(dispatch.accepts, Accepts::Refused(_)))
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
        let defined = self.defined_signatures(call)?;
        let signatures = defined.as_deref().unwrap_or_else(|| self.signatures());
        Ok(self.fitting(call, signatures)?.is_some())
    }

    /// The first dispatch that fits.
    fn fitting(
        &self,
        call: &Call<'_, '_>,
        signatures: &[Signature],
    ) -> Evaluated<Option<&'static Dispatch>> {
        let mut typed = signatures.iter();
        for dispatch in self.function.dispatches {
            let fits = match dispatch.accepts {
                Accepts::Signature(_) | Accepts::Defined(_) | Accepts::Refused(_) => {
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
            let texts = self.function.signatures();
            texts.map(Signature::parse).collect()
        })
    }

    /// The signatures of a function whose types modules define: another environment may have
    /// others.
    fn defined_signatures(&self, call: &Call<'_, '_>) -> Evaluated<Option<Vec<Signature>>> {
        if !self.names_defined {
            return Ok(None);
        }
        let failed = RefCell::new(None);
        let find = |name: &str| {
            Ok(call.evaluator.named_type(name).unwrap_or_else(|error| {
                failed.replace(Some(error));
                None
            }))
        };
        let texts = self.function.signatures();
        let signatures = texts.map(|text| Signature::read(text, &find)).collect();
        match failed.take() {
            Some(error) => Err(error),
            None => Ok(Some(signatures)),
        }
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
            registered.function.signatures().for_each(|text| {
                Signature::parse(text);
            });
        }
    }

    #[test]
    fn no_function_is_registered_twice() {
        let families = FAMILIES.iter().chain(stdlib::FAMILIES);
        let count: usize = families.map(|family| family.len()).sum();
        assert_eq!(count, REGISTRY.len());
    }
}
