//! Rich data: values as data that can travel, and back.
//!
//! What JSON has travels as itself; all else is the name of a type with what the value is made
//! from. Source: puppet-specifications, `language/data-types/pcore-generic-data.md`.

mod path;
mod read;
mod write;

pub use read::{Find, from_data};
pub use write::{Form, Lost, NotData, References, Role, Written, to_data};
