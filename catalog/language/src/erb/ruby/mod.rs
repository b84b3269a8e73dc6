//! The Ruby that templates use: read, parsed and run in here, nothing of the system in reach.

mod ast;
mod compare;
mod content;
mod convert;
mod format;
mod interpreter;
mod json;
mod lexer;
mod methods;
mod objects;
mod parser;
mod strftime;
mod text;
mod value;
mod walk;
mod yaml;

pub(in crate::erb) use ast::Node;
pub(super) use interpreter::render;
pub(super) use parser::parse;
