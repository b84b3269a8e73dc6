//! The host as a function of the language sees it.

use std::{sync::Arc, time::UNIX_EPOCH};

use camino::Utf8Path;
use ficelle_model::{
    Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
};
use ficelle_system::{Command, FileKind as Kind, Links, System, SystemError};

/// Files above this size are no values.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

pub(super) struct HostInputs<'a>(pub(super) &'a System);

impl Inputs for HostInputs<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        let failed = |error: SystemError| unreadable(path, &error);
        let size = self.0.stat(path, Links::Follow).map_err(failed)?;
        if size.is_some_and(|stat| stat.size > LARGEST_FILE) {
            return Err(unreadable(path, &"it is too large"));
        }
        let bytes = self.0.read(path).map_err(failed)?;
        Ok(bytes.map(Into::into))
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        let names = self.0.list(path);
        let Some(mut names) = names.map_err(|error| unreadable(path, &error))? else {
            return Ok(None);
        };
        names.sort_unstable();
        let mut entries = Vec::with_capacity(names.len());
        for name in names {
            // What goes away meanwhile, or leads nowhere, is not there.
            let path = path.join(&name);
            if let Some(kind) = self.kind(&path)? {
                let itself = self.0.stat(&path, Links::Manage);
                let is_link =
                    itself.is_ok_and(|itself| itself.is_some_and(|it| it.kind == Kind::Link));
                entries.push(DirectoryEntry {
                    name,
                    kind,
                    is_link,
                });
            }
        }
        Ok(Some(entries.into()))
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        let stat = self.0.stat(path, Links::Follow);
        let stat = stat.map_err(|error| unreadable(path, &error))?;
        Ok(stat.map(|stat| match stat.kind {
            Kind::File => FileKind::File,
            Kind::Directory => FileKind::Directory,
            _ => FileKind::Other,
        }))
    }

    /// Nobody exports to a node.
    fn exported(&self, _query: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        Ok(Vec::new())
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(InputError::Command("an empty command".to_owned()));
        };
        let command = Command::new(program).arguments(arguments);
        let output = self.0.run(&command);
        let output = output.map_err(|error| InputError::Command(error.to_string()))?;
        Ok(CommandOutput {
            status: output.status,
            stdout: output.combined,
            stderr: Vec::new(),
        })
    }

    fn now(&self) -> i128 {
        let since = self.0.now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| since.as_nanos().cast_signed())
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

fn unreadable(path: &Utf8Path, reason: &dyn std::fmt::Display) -> InputError {
    InputError::File {
        path: path.to_string(),
        reason: reason.to_string(),
    }
}
