//! Who runs which kind of case: one file a kind, named here.

use super::case::{Case, Observed};
use super::{compile, evaluate, parse, typeparse};

/// Runs a case and tells what came out.
pub type Runner = fn(&Case) -> Observed;

/// The runner of a kind; `None` where there is none yet.
pub fn runner(kind: &str) -> Option<Runner> {
    match kind {
        "compile" => Some(compile::observe),
        "evaluate" => Some(evaluate::evaluate),
        "funcall" => Some(evaluate::call),
        "parse" => Some(parse::observe),
        "typeparse" => Some(typeparse::observe),
        _ => None,
    }
}
