//! Text out of values: Ruby's `sprintf`, the formats of `String.new`, and `strftime`.

pub(crate) mod digits;
mod directive;
mod float;
mod integer;
mod map;
mod rounding;
mod sprintf;
mod strftime;
mod string;

use thiserror::Error;

pub use sprintf::sprintf;
pub use strftime::{strftime, timezone};
pub use string::convert;

/// Why a format cannot be used; the messages are the reference's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct FormatError(pub String);

impl FormatError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// The widest field and the most digits that are written: a manifest's typing error shall not
/// fill the memory.
const WIDEST: usize = 1_000_000;
