//! What an autoloaded file must hold: the one definition that it is named after, and nothing else.

use camino::Utf8Path;
use ficelle_language::{Error, Evaluated};

use super::sources::ParsedFile;

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) enum Sought<'n> {
    Function(&'n str),
    /// By its name in lower case.
    Type(&'n str),
}

impl Sought<'_> {
    /// The one of the definitions of a file that is sought.
    pub(super) fn only<'f, T>(
        self,
        definitions: &'f [T],
        name_of: impl Fn(&T) -> &str,
        file: &ParsedFile,
        path: &Utf8Path,
    ) -> Evaluated<&'f T> {
        let what = self.named();
        let problem = match (file.contents.len(), definitions) {
            (0, _) => format!("does not define the {what} - it is empty."),
            (1, [definition]) if self.is(name_of(definition)) => {
                if file.program.body.len() == 1 {
                    return Ok(definition);
                }
                let what = match self {
                    Self::Function(name) => format!("function {name}"),
                    Self::Type(_) => what,
                };
                format!("contains additional logic - can only contain the {what}")
            }
            (1, [definition]) => {
                let actual = name_of(definition);
                match self {
                    Self::Function(name) => format!(
                        "produced function with the wrong name, expected {name}, actual {actual}"
                    ),
                    Self::Type(name) => format!(
                        "produced type with the wrong name, expected '{name}', actual '{actual}'"
                    ),
                }
            }
            (1, _) => match self {
                Self::Function(_) => format!("does not define the {what} - no function found."),
                Self::Type(_) => {
                    format!("does not define the {what} - no type alias or type definition found.")
                }
            },
            _ => format!("must contain only the {what} - it has additional definitions."),
        };
        Err(Error::new(format!("The code loaded from {path} {problem}")).into())
    }

    fn named(self) -> String {
        match self {
            Self::Function(name) => format!("function '{name}'"),
            Self::Type(name) => format!("type '{name}'"),
        }
    }

    fn is(self, name: &str) -> bool {
        match self {
            Self::Function(sought) => name == sought,
            Self::Type(sought) => name.to_lowercase() == sought,
        }
    }
}
