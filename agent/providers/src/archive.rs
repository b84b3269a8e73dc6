//! `archive`: fetches an archive, checks it, unpacks it.

#[cfg(test)]
mod tests;

use std::io::Write;

use ficelle_model::schema::TypeSchema;
use ficelle_system::{Algorithm, Command, Digest, Identity, Owner, SystemError};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown,
    parameters::{Presence, schema},
};

pub(crate) struct ArchiveType;

impl ResourceType for ArchiveType {
    fn schema(&self) -> &'static TypeSchema {
        schema("archive")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let either = |one: &str, other: &str| {
            Ok::<_, ParameterError>(match parameters.text(one)? {
                Some(text) => Some(text),
                None => parameters.text(other)?,
            })
        };
        let checksum = either("checksum", "digest_string")?;
        let kind = either("checksum_type", "digest_type")?;
        let verifies = parameters.boolean("checksum_verify")?.unwrap_or(true);
        let algorithm = match kind.as_deref() {
            None | Some("none") => None,
            // The module calls it by its family's name.
            Some("sha2") => Some(Algorithm::Sha256),
            Some(name) => Some(name.parse().map_err(|error| {
                parameters.invalid("checksum_type", format!("Invalid value {name:?}. {error}"))
            })?),
        };
        let checksum = match (checksum, algorithm) {
            (Some(value), Some(algorithm)) if verifies && value != "false" => Some(Digest {
                algorithm,
                value: value.to_lowercase(),
            }),
            _ => None,
        };
        let extract = parameters.boolean("extract")?.unwrap_or(false);
        let extract_path = either("extract_path", "target")?;
        if extract && extract_path.is_none() {
            return Err(parameters.combination("extract_path is a required attribute"));
        }
        let ensure = parameters.presence()?;
        let source = either("source", "url")?;
        if ensure == Presence::Present && source.is_none() {
            return Err(parameters.combination("source is a required attribute"));
        }
        Ok(Box::new(Archive {
            path: parameters.name_path()?,
            ensure,
            source,
            checksum,
            extract_path: extract_path.filter(|_| extract),
            extract_command: parameters.text("extract_command")?,
            extract_flags: parameters.list("extract_flags")?,
            creates: parameters.path("creates")?,
            cleans_up: parameters.boolean("cleanup")?.unwrap_or(true) && extract,
            user: parameters.text("user")?,
            group: parameters.text("group")?,
        }))
    }
}

/// What is wanted.
#[derive(Debug)]
struct Archive {
    path: String,
    ensure: Presence,
    source: Option<String>,
    checksum: Option<Digest>,
    /// Where it is unpacked, where it is.
    extract_path: Option<String>,
    extract_command: Option<String>,
    extract_flags: Option<Vec<String>>,
    creates: Option<String>,
    cleans_up: bool,
    user: Option<String>,
    group: Option<String>,
}

impl Provider for Archive {
    /// Whether it is there, checked and unpacked.
    type State = Presence;

    fn read(&self, context: &Context<'_>) -> Result<Presence, ProviderError> {
        let is_file = context.system.exists(&self.path);
        let is_unpacked = self
            .creates
            .as_ref()
            .is_some_and(|creates| context.system.exists(creates));
        // What is unpacked and cleaned up needs no archive.
        let is_there = if is_unpacked && !is_file {
            true
        } else {
            let waits = self.creates.is_some() && !is_unpacked;
            is_file && !waits && self.is_intact(context)?
        };
        Ok(if is_there {
            Presence::Present
        } else {
            Presence::Absent
        })
    }

    fn diff(&self, state: &Presence, context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        Ok(match (self.ensure, state) {
            (Presence::Present, Presence::Absent) => {
                let message = format!(
                    "download archive from {} to {} {} {}",
                    self.source.as_deref().unwrap_or_default(),
                    self.path,
                    self.extract_path
                        .as_ref()
                        .map_or_else(String::new, |path| format!("and extracted in {path}")),
                    if self.cleans_up {
                        "with cleanup"
                    } else {
                        "without cleanup"
                    }
                );
                let (old, new) = (Shown::absent(), Shown::text("present"));
                vec![Change::told("ensure", old, new, message)]
            }
            (Presence::Absent, _) if context.system.exists(&self.path) => vec![Change::removed()],
            _ => Vec::new(),
        })
    }

    fn apply(
        &self,
        _change: &Change,
        _state: &mut Presence,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        if self.ensure == Presence::Absent {
            return Ok(context.system.remove_file(&self.path)?);
        }
        if !context.system.exists(&self.path) || !self.is_intact(context)? {
            self.fetch(context)?;
        }
        let Some(directory) = &self.extract_path else {
            return Ok(());
        };
        self.unpack(directory, context)?;
        if self.cleans_up {
            context.system.remove_file(&self.path)?;
        }
        Ok(())
    }
}

impl Archive {
    fn is_intact(&self, context: &Context<'_>) -> Result<bool, ProviderError> {
        match &self.checksum {
            None => Ok(true),
            Some(wanted) => Ok(context.system.digest(&self.path, wanted.algorithm)? == *wanted),
        }
    }

    /// Brings the archive, and lets it stand at its place only when it is what it should be.
    fn fetch(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let system = context.system;
        let source = self.source.as_deref().unwrap_or_default();
        let mut staged = system.stage(&self.path)?;
        let failed = |source| SystemError::File {
            path: self.path.clone().into(),
            source,
        };
        match source
            .strip_prefix("file://")
            .or(source.starts_with('/').then_some(source))
        {
            Some(path) => {
                std::io::copy(&mut system.open(path)?, &mut staged).map_err(failed)?;
            }
            None => context
                .source
                .content(source, context.environment, &mut |piece| {
                    staged.write_all(piece)
                })?,
        }
        staged.flush().map_err(failed)?;
        if let Some(wanted) = &self.checksum {
            let file = std::fs::File::open(staged.path()).map_err(failed)?;
            let got = wanted.algorithm.of_reader(file).map_err(failed)?;
            if got != *wanted {
                return Err(ProviderError::failed(format!(
                    "archive file checksum mismatch: expected {} got {}",
                    wanted.value, got.value
                )));
            }
        }
        if let Some(Identity { user, group }) = self.identity(context)? {
            staged.set_owner(Owner {
                uid: user,
                gid: group,
            })?;
        }
        staged.set_mode(0o644)?;
        Ok(staged.commit()?)
    }

    fn unpack(&self, directory: &str, context: &Context<'_>) -> Result<(), ProviderError> {
        if !context.system.exists(directory) {
            return Err(ProviderError::failed(format!(
                "extract_path {directory} does not exist"
            )));
        }
        let mut command = self.unpacker()?;
        command.directory = Some(directory.into());
        command.identity = self.identity(context)?;
        let output = context.system.run(&command)?.successful(&command)?;
        // What `gunzip -c` and its kind give is the file itself.
        if let Some(name) = self.single_file() {
            let target = format!("{directory}/{name}");
            let mut staged = context.system.stage(&target)?;
            let failed = |source| SystemError::File {
                path: target.clone().into(),
                source,
            };
            staged.write_all(&output.combined).map_err(failed)?;
            staged.set_mode(0o644)?;
            staged.commit()?;
        }
        Ok(())
    }

    /// The file's name without the ending, where it is one packed file rather than an archive.
    fn single_file(&self) -> Option<&str> {
        if self.extract_command.is_some() {
            return None;
        }
        let name = self.path.rsplit('/').next()?;
        let stem = [".gz", ".bz2", ".xz"]
            .iter()
            .find_map(|ending| name.strip_suffix(ending))?;
        (!stem.ends_with(".tar")).then_some(stem)
    }

    fn unpacker(&self) -> Result<Command, ProviderError> {
        let path = &self.path;
        if let Some(line) = &self.extract_command {
            let line = if line.contains("%s") {
                line.replace("%s", path)
            } else {
                format!("{line} {path}")
            };
            return Ok(Command::shell(&line));
        }
        let command = |program: &str, defaults: &[&str]| {
            let command = Command::new(program);
            match &self.extract_flags {
                Some(flags) => command.arguments(flags),
                None => command.arguments(defaults),
            }
            .argument(path)
        };
        let has = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
        if has(&[
            ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst",
        ]) {
            Ok(command("tar", &["xf"]))
        } else if has(&[".zip", ".jar", ".war"]) {
            Ok(command("unzip", &["-o"]))
        } else if has(&[".gz"]) {
            Ok(command("gunzip", &["-c"]))
        } else if has(&[".bz2"]) {
            Ok(command("bunzip2", &["-c"]))
        } else if has(&[".xz"]) {
            Ok(command("unxz", &["-c"]))
        } else if has(&[".deb"]) {
            Ok(Command::new("dpkg-deb").arguments(["-x", path, "."]))
        } else {
            Err(ProviderError::failed(format!(
                "Don't know how to extract '{path}'"
            )))
        }
    }

    fn identity(&self, context: &Context<'_>) -> Result<Option<Identity>, ProviderError> {
        if self.user.is_none() && self.group.is_none() {
            return Ok(None);
        }
        let missing =
            |kind: &str, name: &str| ProviderError::failed(format!("Could not find {kind} {name}"));
        let user = match &self.user {
            None => None,
            Some(name) => {
                let found = match name.parse() {
                    Ok(uid) => context.system.user_with_id(uid)?,
                    Err(_) => context.system.user_named(name)?,
                };
                Some(found.ok_or_else(|| missing("user", name))?)
            }
        };
        let group = match &self.group {
            None => user.as_ref().map(|user| user.gid),
            Some(name) => match name.parse() {
                Ok(gid) => Some(gid),
                Err(_) => {
                    let found = context.system.group_named(name)?;
                    Some(found.ok_or_else(|| missing("group", name))?.gid)
                }
            },
        };
        let user = user.map(|user| user.uid);
        Ok(Some(Identity { user, group }))
    }
}
