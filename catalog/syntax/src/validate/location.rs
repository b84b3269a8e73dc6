//! Where names may be defined: in a module, a file holds the definitions its path promises.

use std::sync::Arc;

use super::Checker;
use crate::ast::{Expression, ExpressionKind};
use crate::label;
use crate::source::Span;

/// What a file's place says about the names defined in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// Any name may be defined: a main manifest, or code that is in no module.
    #[default]
    Anywhere,
    /// A module's file: only definitions, whose names start with this.
    Namespace(Arc<str>),
    /// A module's file where no definitions belong.
    Misplaced,
}

impl Location {
    /// The place of a module's file, by its path below the folder that holds the modules:
    /// `ntp/manifests/service/linux.pp`.
    pub fn in_module(path: &str) -> Self {
        let path = path.to_lowercase();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let [module, kind, folders @ .., file] = parts.as_slice() else {
            return Location::Misplaced;
        };
        if !matches!(*kind, "manifests" | "functions" | "types" | "plans") {
            return Location::Misplaced;
        }
        let mut names = vec![*module];
        names.extend(folders);
        if !folders.is_empty() || *file != "init.pp" {
            names.push(file.strip_suffix(".pp").unwrap_or(file));
        }
        Location::Namespace(names.join("::").into())
    }
}

impl Checker<'_> {
    /// In a module's file only definitions may stand.
    pub(super) fn check_top_constructs(&mut self) {
        if self.options.location == Location::Anywhere || self.program.source.path().is_none() {
            return;
        }
        for statement in &self.program.body {
            let is_definition = matches!(
                statement.kind,
                ExpressionKind::Class(_)
                    | ExpressionKind::Define(_)
                    | ExpressionKind::Function(_)
                    | ExpressionKind::Plan(_)
                    | ExpressionKind::TypeAlias(_)
                    | ExpressionKind::TypeMapping { .. }
                    | ExpressionKind::TypeDefinition(_)
                    | ExpressionKind::Nop
            );
            if !is_definition {
                self.misplaced_construct(statement);
            }
        }
    }

    fn misplaced_construct(&mut self, statement: &Expression) {
        let message = format!(
            "This {} is unacceptable as a top level construct in this location",
            label::expression(&statement.kind)
        );
        self.error("ILLEGAL_TOP_CONSTRUCT_LOCATION", message, statement.span);
    }

    /// In a module's file a definition's name starts with the file's.
    pub(super) fn check_file_namespace(&mut self, name: &str, span: Span) {
        let Some(path) = self.program.source.path().filter(|path| !path.is_empty()) else {
            return;
        };
        let fits = match &self.options.location {
            Location::Anywhere => true,
            Location::Namespace(namespace) => name.to_lowercase().starts_with(namespace.as_ref()),
            Location::Misplaced => false,
        };
        if !fits {
            let message = format!(
                "Unacceptable location. The name '{name}' is unacceptable in file '{path}'"
            );
            self.error("ILLEGAL_DEFINITION_LOCATION", message, span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn a_module_file_promises_names() {
        let namespace = |path: &str| Location::in_module(path);
        assert_eq!(
            namespace("ntp/manifests/init.pp"),
            Location::Namespace("ntp".into())
        );
        assert_eq!(
            namespace("ntp/manifests/a/b.pp"),
            Location::Namespace("ntp::a::b".into())
        );
        assert_eq!(
            namespace("ntp/manifests/a/init.pp"),
            Location::Namespace("ntp::a::init".into())
        );
        assert_eq!(
            namespace("ntp/types/Mode.pp"),
            Location::Namespace("ntp::mode".into())
        );
        assert_eq!(namespace("ntp/files/x.pp"), Location::Misplaced);
        assert_eq!(namespace("x.pp"), Location::Misplaced);
    }
}
