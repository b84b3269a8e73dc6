//! From what a manifest says to a process.

use std::{fmt, path::Path};

use ficelle_system::{Command, FileKind, Identity, Links, Output, System};

use crate::{Context, ProviderError, Visibility};

use super::{Exec, Shell};

/// What only a shell understands.
const SHELL_CHARACTERS: &[char] = &[
    '*', '?', '{', '}', '[', ']', '<', '>', '(', ')', '~', '&', '|', '\\', '$', ';', '\'', '`',
    '"', '\n', '#', '=', '%',
];

/// Words that only a shell knows.
const SHELL_WORDS: &[&str] = &[
    "!", ".", ":", "break", "case", "continue", "do", "done", "elif", "else", "esac", "eval",
    "exec", "exit", "export", "fi", "for", "if", "in", "readonly", "return", "set", "shift",
    "then", "times", "trap", "unset", "until", "while", "cd", "umask", "command", "type", "ulimit",
    "wait",
];

/// The status with which a shell says that it does not find a command.
const NOT_FOUND: i32 = 127;

/// A command as the manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// One line.
    Line(String),
    /// The program and its arguments, which nobody splits or expands.
    Words(Vec<String>),
}

impl Script {
    /// The program it starts.
    pub(super) fn program(&self) -> &str {
        match self {
            Self::Words(words) => words.first().map_or("", String::as_str),
            Self::Line(line) => {
                for quote in ['"', '\''] {
                    let quoted = line
                        .strip_prefix(quote)
                        .and_then(|rest| rest.split_once(quote));
                    if let Some((program, _)) = quoted.filter(|(program, _)| !program.is_empty()) {
                        return program;
                    }
                }
                line.split(' ').next().unwrap_or_default()
            }
        }
    }

    fn words(&self, shell: Shell) -> Vec<String> {
        match self {
            Self::Words(words) => words.clone(),
            Self::Line(line) => {
                let first = line.split_whitespace().next().unwrap_or_default();
                let needs_shell = shell == Shell::Always
                    || line.contains(SHELL_CHARACTERS)
                    || SHELL_WORDS.contains(&first);
                if needs_shell {
                    vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()]
                } else {
                    line.split_whitespace().map(str::to_owned).collect()
                }
            }
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => f.write_str(line),
            Self::Words(words) => write!(f, "{words:?}"),
        }
    }
}

impl Exec {
    /// Runs one of its commands to its end.
    pub(super) fn run(
        &self,
        script: &Script,
        context: &Context<'_>,
    ) -> Result<Output, ProviderError> {
        let system = context.system;
        if self.shell == Shell::WhereNeeded {
            self.find(script.program(), system)?;
        }
        let mut words = script.words(self.shell).into_iter();
        let program = words.next().unwrap_or_default();
        let mut command = Command::new(program).arguments(words);
        for name in ["HOME", "USER", "LOGNAME"] {
            command = command.without_variable(name);
        }
        if let Some(directories) = &self.search_path {
            command = command.variable("PATH", directories.join(":"));
        }
        for (name, value) in &self.environment {
            command = command.variable(name, value);
        }
        command.directory = self.directory.as_ref().map(Into::into);
        command.identity = self.identity(system)?;
        command.umask = self.umask;
        command.timeout = self.timeout;
        if let Some(directory) = &self.directory
            && !matches!(system.stat(directory, Links::Follow)?, Some(stat) if stat.kind == FileKind::Directory)
        {
            return Err(ProviderError::failed(format!(
                "Working directory '{directory}' does not exist"
            )));
        }
        let output = system.run(&command)?;
        if output.status == NOT_FOUND {
            let text = match self.visibility {
                Visibility::Shown => output.text().trim_end().to_owned(),
                Visibility::Redacted => "Could not find command [redacted]".to_owned(),
            };
            return Err(ProviderError::Failed(text));
        }
        Ok(output)
    }

    /// Says clearly what is wrong with a program before the kernel says it less clearly.
    fn find(&self, program: &str, system: &System) -> Result<(), ProviderError> {
        let missing = || ProviderError::failed(format!("Could not find command '{program}'"));
        if Path::new(program).is_absolute() {
            let stat = system.stat(program, Links::Follow)?.ok_or_else(missing)?;
            if stat.kind != FileKind::File {
                let kind = stat.kind.name();
                return Err(ProviderError::failed(format!(
                    "'{program}' is a {kind}, not a file"
                )));
            }
            if stat.mode & 0o111 == 0 {
                return Err(ProviderError::failed(format!(
                    "'{program}' is not executable"
                )));
            }
            return Ok(());
        }
        let directories = self.search_path.as_deref().unwrap_or_default();
        match system.find_program(program, directories) {
            Some(_) => Ok(()),
            None if SHELL_WORDS.contains(&program) => Ok(()),
            None => Err(missing()),
        }
    }

    fn identity(&self, system: &System) -> Result<Option<Identity>, ProviderError> {
        if self.user.is_none() && self.group.is_none() {
            return Ok(None);
        }
        let user = match &self.user {
            None => None,
            Some(name) => {
                let found = match name.parse() {
                    Ok(uid) => system.user_with_id(uid)?,
                    Err(_) => system.user_named(name)?,
                };
                let missing = || ProviderError::failed(format!("Invalid user: {name}"));
                Some(found.ok_or_else(missing)?)
            }
        };
        let group = match &self.group {
            None => user.as_ref().map(|user| user.gid),
            Some(name) => match name.parse() {
                Ok(gid) => Some(gid),
                Err(_) => {
                    let missing = || ProviderError::failed(format!("Invalid group: {name}"));
                    Some(system.group_named(name)?.ok_or_else(missing)?.gid)
                }
            },
        };
        Ok(Some(Identity {
            user: user.map(|user| user.uid),
            group,
        }))
    }
}
