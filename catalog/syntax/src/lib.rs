//! The Puppet language as text: sources, tokens, trees and what is wrong with them.
//!
//! [`parse`] reads a manifest and [`parse_epp`] a template; both give a tree and a list of
//! diagnostics. [`validate()`] is the second step. [`load`] does both and fails on errors. Nothing
//! here opens a file.

pub mod ast;
pub mod diagnostic;
pub mod label;
mod lexer;
mod parser;
pub mod pn;
pub mod source;
pub mod validate;

use std::sync::Arc;

use ast::Program;
use diagnostic::{Diagnostic, Errors, Severity};
use lexer::Lexer;
use parser::Parser;
use source::{Source, Span};

pub use validate::{Strict, ValidateOptions, validate};

/// How to read code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// Whether `plan` and `apply` are keywords (the setting `tasks`).
    pub tasks: bool,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A manifest, a function, a type: a file of Puppet code.
    Manifest,
    /// A template: text with Puppet code in tags.
    Epp,
}

/// A tree, and what was found while it was made.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What could be read; with errors, statements are missing in it.
    pub program: Program,
    /// Errors and warnings, in the order they were found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the code could be read without errors.
    pub fn is_valid(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|found| found.severity != Severity::Error)
    }
}

/// Where the tokens of a text lie, in order: for tools that colour or count them. What cannot be
/// read is a token of no length.
pub fn tokens(text: &str, dialect: Dialect, options: ParseOptions) -> Vec<Span> {
    let lexer = Lexer::new(text, options.tasks);
    let tokens = match dialect {
        Dialect::Manifest => lexer.manifest(),
        Dialect::Epp => lexer.template(),
    };
    tokens
        .list
        .iter()
        .map(|token| Span {
            start: token.start,
            end: token.end,
        })
        .collect()
}

/// Parses a manifest.
pub fn parse(source: Arc<Source>, options: ParseOptions) -> Parsed {
    let tokens = Lexer::new(source.text(), options.tasks).manifest();
    let (program, diagnostics) = Parser::new(&source, tokens).manifest();
    Parsed {
        program,
        diagnostics,
    }
}

/// Parses a template; the program's body is one [`ast::ExpressionKind::Epp`].
pub fn parse_epp(source: Arc<Source>, options: ParseOptions) -> Parsed {
    let tokens = Lexer::new(source.text(), options.tasks).template();
    let (program, diagnostics) = Parser::new(&source, tokens).template();
    Parsed {
        program,
        diagnostics,
    }
}

/// Parses a source that is one expression, such as the text of a type; the program's body holds
/// it, or nothing where there were errors.
pub fn parse_expression(source: Arc<Source>) -> Parsed {
    let tokens = Lexer::new(source.text(), false).manifest();
    let (program, diagnostics) = Parser::new(&source, tokens).single_expression();
    Parsed {
        program,
        diagnostics,
    }
}

/// Parses and validates; gives the program and the warnings, or what is wrong.
pub fn load(
    source: Arc<Source>,
    dialect: Dialect,
    options: &ValidateOptions,
) -> Result<(Program, Vec<Diagnostic>), Errors> {
    let parse_options = ParseOptions {
        tasks: options.tasks,
    };
    let parsed = match dialect {
        Dialect::Manifest => parse(source, parse_options),
        Dialect::Epp => parse_epp(source, parse_options),
    };
    if !parsed.is_valid() {
        return Err(Errors {
            diagnostics: parsed.diagnostics,
            parsed: false,
        });
    }
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(validate(&parsed.program, options));
    if diagnostics
        .iter()
        .any(|found| found.severity == Severity::Error)
    {
        return Err(Errors {
            diagnostics,
            parsed: true,
        });
    }
    Ok((parsed.program, diagnostics))
}
