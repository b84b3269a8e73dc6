//! The contracts of the model's crate.

mod wire;
