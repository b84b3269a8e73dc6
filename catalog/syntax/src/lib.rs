//! The Puppet language as text: sources, tokens, trees and what is wrong with them.
//!
//! [`parse`] reads a manifest and [`parse_epp`] a template; both give a tree and a list of
//! diagnostics. [`validate`] is the second step. Nothing here opens a file.

pub mod ast;
pub mod source;
