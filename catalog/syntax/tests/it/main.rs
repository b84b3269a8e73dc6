//! Tests of the syntax crate from outside: fixtures with snapshots, and arbitrary input.

mod arbitrary;
mod fixtures;
mod limits;
