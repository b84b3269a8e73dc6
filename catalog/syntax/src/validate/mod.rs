//! What the grammar accepts and the language refuses: definitions in the wrong place, values that
//! are forgotten, names that mean nothing. Texts are the reference's.

mod call;
mod definition;
mod idem;
mod literal;
mod location;
mod names;
mod statement;
mod syntax;
mod walk;

pub use location::Location;

use crate::ast::{Expression, ExpressionKind, Parameter, Program};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;

/// How doubtful constructs are treated: the setting `strict`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strict {
    /// Not at all.
    Off,
    /// With a warning.
    Warning,
    /// As errors.
    #[default]
    Error,
}

/// What validation goes by.
#[derive(Clone, Debug, Default)]
pub struct ValidateOptions {
    /// The setting `strict`.
    pub strict: Strict,
    /// The setting `tasks`: plans are allowed, what needs a catalog is not.
    pub tasks: bool,
    /// What the file's place says about the names defined in it.
    pub location: Location,
}

/// Checks a tree.
pub fn validate(program: &Program, options: &ValidateOptions) -> Vec<Diagnostic> {
    let mut checker = Checker {
        program,
        options,
        diagnostics: Vec::new(),
        fatal: None,
        path: Vec::new(),
    };
    checker.program();
    match checker.fatal {
        Some(fatal) => vec![fatal],
        None => checker.diagnostics,
    }
}

/// What is around the expression being checked, as far as checks ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    Block,
    Class,
    Apply,
    Other,
}

struct Checker<'p> {
    program: &'p Program,
    options: &'p ValidateOptions,
    diagnostics: Vec<Diagnostic>,
    /// An error that hides all others.
    fatal: Option<Diagnostic>,
    path: Vec<Frame>,
}

impl Checker<'_> {
    fn diagnostic(
        &self,
        severity: Severity,
        code: &'static str,
        message: String,
        span: Span,
    ) -> Diagnostic {
        let source = self.program.source.clone();
        Diagnostic {
            severity,
            code,
            message,
            source,
            span: Some(span),
        }
    }

    fn error(&mut self, code: &'static str, message: impl Into<String>, span: Span) {
        let found = self.diagnostic(Severity::Error, code, message.into(), span);
        self.diagnostics.push(found);
    }

    fn program(&mut self) {
        let body = &self.program.body;
        let span = match (body.first(), body.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => return,
        };
        if body.len() > 1 {
            self.check_block(body, span);
        }
        self.check_top_constructs();
        // A program's own block is no obstacle to any definition, so it has no frame.
        for statement in body {
            self.visit(statement);
        }
    }

    fn within(&mut self, frame: Frame, visit: impl FnOnce(&mut Self)) {
        self.path.push(frame);
        visit(self);
        self.path.pop();
    }

    /// Statements of a body that is a block whatever their number.
    fn visit_body(&mut self, body: &[Expression], span: Span) {
        if body.is_empty() {
            return;
        }
        self.check_block(body, span);
        self.within(Frame::Block, |checker| {
            for statement in body {
                checker.visit(statement);
            }
        });
    }

    /// Statements between braces that are a block only where there are several.
    fn visit_block(&mut self, block: &Expression) {
        match &block.kind {
            ExpressionKind::Block(body) if body.len() == 1 => self.visit(&body[0]),
            ExpressionKind::Block(body) => self.visit_body(body, block.span),
            _ => self.visit(block),
        }
    }

    fn visit_all(&mut self, expressions: &[Expression]) {
        for expression in expressions {
            self.visit(expression);
        }
    }

    fn visit_parameters(&mut self, parameters: &[Parameter]) {
        for parameter in parameters {
            self.check_parameter(parameter);
            self.within(Frame::Other, |checker| {
                for part in parameter.type_expression.iter().chain(&parameter.default) {
                    checker.visit(part);
                }
            });
        }
    }

    /// Checks an expression and everything in it.
    fn visit(&mut self, node: &Expression) {
        match &node.kind {
            ExpressionKind::Class(_)
            | ExpressionKind::Define(_)
            | ExpressionKind::Node(_)
            | ExpressionKind::Function(_)
            | ExpressionKind::Plan(_)
            | ExpressionKind::TypeAlias(_)
            | ExpressionKind::TypeMapping { .. }
            | ExpressionKind::TypeDefinition(_)
            | ExpressionKind::Epp(_) => self.visit_definition(node),
            ExpressionKind::Call(_)
            | ExpressionKind::MethodCall(_)
            | ExpressionKind::Resource(_)
            | ExpressionKind::ResourceDefaults(_)
            | ExpressionKind::ResourceOverride(_)
            | ExpressionKind::Collector(_)
            | ExpressionKind::Apply(_) => self.visit_call(node),
            ExpressionKind::If { .. }
            | ExpressionKind::Unless { .. }
            | ExpressionKind::Case { .. }
            | ExpressionKind::Selector { .. }
            | ExpressionKind::Block(_)
            | ExpressionKind::Assignment { .. }
            | ExpressionKind::Relationship { .. } => self.visit_statement(node),
            _ => {
                self.check_value(node);
                self.within(Frame::Other, |checker| {
                    walk::each_child(node, &mut |child| checker.visit(child));
                });
            }
        }
    }
}
