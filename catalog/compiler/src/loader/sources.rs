//! Parsed files, kept for as long as their content stays the same.

use std::sync::{Arc, RwLock};

use camino::Utf8Path;
use ficelle_syntax::{
    Dialect, Strict, ValidateOptions,
    ast::{
        ClassDefinition, DefineDefinition, Expression, ExpressionKind, FunctionDefinition,
        NodeDefinition, PlanDefinition, Program, TypeAliasDefinition,
    },
    diagnostic::{Diagnostic, Severity},
    source::Source,
    validate::Location,
};
use rustc_hash::FxHashMap;

use crate::{
    error::CompileError,
    request::{Level, LogMessage, Strictness},
};

/// The parsed files of an environment, shared by compiles.
#[derive(Debug, Default)]
pub struct Sources {
    /// By the text of the path, which is found faster than by its components.
    files: RwLock<FxHashMap<Box<str>, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    bytes: Arc<[u8]>,
    rules: Rules,
    parsed: Parsed,
}

/// By which settings code is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub strict: Strictness,
    pub tasks: bool,
}

type Parsed = Result<Arc<ParsedFile>, Arc<CompileError>>;

/// A file of code and what it defines.
#[derive(Debug)]
pub(crate) struct ParsedFile {
    /// The tree.
    pub program: Arc<Program>,
    /// What it defines, in the order of the text, nested definitions after the one around them.
    pub contents: Contents,
    /// What validation warns of.
    pub warnings: Vec<CompileError>,
}

/// A class or a defined type.
#[derive(Debug)]
pub(crate) enum Definition {
    Class(Arc<ClassDefinition>),
    Define(Arc<DefineDefinition>),
}

/// The definitions of a file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub kinds: Vec<Definition>,
    pub nodes: Vec<Arc<NodeDefinition>>,
    pub functions: Vec<Arc<FunctionDefinition>>,
    pub aliases: Vec<Arc<TypeAliasDefinition>>,
    pub plans: Vec<Arc<PlanDefinition>>,
}

impl Sources {
    /// The tree of a file with this content, parsed only where it was not before.
    pub(crate) fn parsed(
        &self,
        path: &Utf8Path,
        bytes: &Arc<[u8]>,
        rules: Rules,
        location: impl FnOnce() -> Location,
    ) -> Parsed {
        if let Ok(files) = self.files.read()
            && let Some(kept) = files.get(path.as_str())
            && kept.rules == rules
            && (Arc::ptr_eq(&kept.bytes, bytes) || kept.bytes == *bytes)
        {
            return kept.parsed.clone();
        }
        let parsed = match std::str::from_utf8(bytes) {
            Ok(text) => parse(Some(path), text, rules, location()),
            Err(_) => Err(CompileError::new(format!("{path} is not valid UTF-8"))),
        };
        let parsed = parsed.map(Arc::new).map_err(Arc::new);
        if let Ok(mut files) = self.files.write() {
            let kept = Kept {
                bytes: Arc::clone(bytes),
                rules,
                parsed: parsed.clone(),
            };
            files.insert(path.as_str().into(), kept);
        }
        parsed
    }
}

impl ParsedFile {
    /// Parses code that is in no file.
    pub(crate) fn of_code(code: &str, rules: Rules) -> Result<Self, CompileError> {
        parse(None, code, rules, Location::Anywhere)
    }
}

fn parse(
    path: Option<&Utf8Path>,
    text: &str,
    rules: Rules,
    location: Location,
) -> Result<ParsedFile, CompileError> {
    let source = Source::new(path.map(|path| path.as_str().into()), text);
    let program = read(&source, rules, location)?;
    let mut contents = Contents::default();
    contents.collect(&program.0.body);
    Ok(ParsedFile {
        program: Arc::new(program.0),
        contents,
        warnings: program.1,
    })
}

impl Contents {
    /// How many definitions there are.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
            + self.nodes.len()
            + self.functions.len()
            + self.aliases.len()
            + self.plans.len()
    }

    fn collect(&mut self, statements: &[Expression]) {
        for statement in statements {
            match &statement.kind {
                ExpressionKind::Class(class) => {
                    self.kinds.push(Definition::Class(Arc::clone(class)));
                    self.collect(&class.body);
                }
                ExpressionKind::Define(define) => {
                    self.kinds.push(Definition::Define(Arc::clone(define)));
                }
                ExpressionKind::Node(node) => self.nodes.push(Arc::clone(node)),
                ExpressionKind::Function(function) => self.functions.push(Arc::clone(function)),
                ExpressionKind::TypeAlias(alias) => self.aliases.push(Arc::clone(alias)),
                ExpressionKind::Plan(plan) => self.plans.push(Arc::clone(plan)),
                ExpressionKind::Block(statements) => self.collect(statements),
                _ => {}
            }
        }
    }
}

/// Parses and validates; gives the tree and what validation warns of.
fn read(
    source: &Arc<Source>,
    rules: Rules,
    location: Location,
) -> Result<(Program, Vec<CompileError>), CompileError> {
    let options = ValidateOptions {
        strict: match rules.strict {
            Strictness::Off => Strict::Off,
            Strictness::Warning => Strict::Warning,
            Strictness::Error => Strict::Error,
        },
        tasks: rules.tasks,
        location,
    };
    match ficelle_syntax::load(Arc::clone(source), Dialect::Manifest, &options) {
        Ok((program, warnings)) => Ok((program, warnings.iter().map(told).collect())),
        Err(errors) => {
            let mut all = errors.errors();
            let (first, second) = (all.next(), all.next());
            match first {
                Some(first) if !errors.parsed || second.is_none() => Err(told(first)),
                _ => {
                    let mut error = CompileError::new(errors.to_string());
                    // The text names the file already.
                    if let Some(path) = source.path() {
                        let file = format!(" (file: {path})");
                        error.message.truncate(error.message.len() - file.len());
                        error.file = Some(path.clone());
                    }
                    error.logs = errors.diagnostics.iter().map(logged).collect();
                    Err(error)
                }
            }
        }
    }
}

fn told(found: &Diagnostic) -> CompileError {
    let position = found.position();
    CompileError {
        message: found.message.clone(),
        file: found.source.path().cloned(),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        node: None,
        environment: None,
        logs: Vec::new(),
    }
}

/// One of several findings, which are told one by one before the error that counts them.
fn logged(found: &Diagnostic) -> LogMessage {
    LogMessage {
        level: match found.severity {
            Severity::Error => Level::Error,
            Severity::Warning | Severity::Deprecation => Level::Warning,
        },
        message: found.to_string().into(),
        source: "".into(),
        file: found.source.path().cloned(),
        line: found.position().map(|position| position.line),
    }
}
