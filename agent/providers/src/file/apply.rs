//! Making the changes.

use std::io::Write;

use ficelle_system::{Command, FileKind, Links, Owner, Staged, SystemError};

use crate::{Change, Context, Level, ProviderError};

use super::{Account, Backup, Ensure, File, Force, content::Wanted, observe::Current};

impl File {
    pub(super) fn make(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        match &*change.property {
            "ensure" => self.make_ensure(state, context),
            "content" => self.make_file(state, context),
            "target" => {
                context.system.remove_file(&self.path)?;
                self.make_link(state, context)
            }
            "owner" | "group" | "mode" => self.make_permissions(&change.property, state, context),
            other => unreachable!("a file has no changes of {other}"),
        }
    }

    fn make_ensure(&self, state: &mut Current, context: &Context<'_>) -> Result<(), ProviderError> {
        let system = context.system;
        let wanted = state
            .ensure
            .expect("a change of ensure is due because one is wanted");
        let is = state.stat.as_ref().map(|stat| stat.kind);
        match is {
            Some(FileKind::Directory) if self.force == Force::Yes => {
                self.keep_tree(&self.path, context)?;
                system.remove_tree(&self.path)?;
            }
            Some(FileKind::Directory) => {
                return Err(ProviderError::failed(format!(
                    "Could not replace directory {} with {}: Not removing directory; \
                     use 'force' to override",
                    self.path,
                    wanted.name()
                )));
            }
            Some(FileKind::BlockDevice | FileKind::CharacterDevice) => {
                return Err(ProviderError::failed(format!(
                    "Could not back up files of type {}",
                    is.map_or("unknown", FileKind::name)
                )));
            }
            Some(kind) => {
                self.keep(&self.path, kind, context)?;
                system.remove_file(&self.path)?;
            }
            None => {}
        }
        state.stat = None;
        match wanted {
            Ensure::Absent => Ok(()),
            Ensure::Link => self.make_link(state, context),
            Ensure::Directory => {
                let mode = self.wanted_mode(state, None).unwrap_or(0o755);
                self.owner(state, context)?;
                system.make_directory(&self.path, mode)?;
                // The mask of the agent does not count.
                system.set_mode(&self.path, mode)?;
                self.make_owner(state, context)
            }
            Ensure::File | Ensure::Present => self.make_file(state, context),
        }
    }

    fn make_link(&self, state: &Current, context: &Context<'_>) -> Result<(), ProviderError> {
        let target = state.wanted_target.as_deref().unwrap_or_default();
        context.system.make_link(&self.path, target)?;
        self.make_owner(state, context)
    }

    /// Writes the content beside the old file, has it checked, and lets it take its place.
    fn make_file(&self, state: &Current, context: &Context<'_>) -> Result<(), ProviderError> {
        let system = context.system;
        let before = state.stat.as_ref();
        let owner = self.owner(state, context)?;
        let mut staged = if self.links == Links::Follow && before.is_some() {
            let real = std::fs::canonicalize(system.locate(&self.path));
            let inside = real.ok().and_then(|real| {
                let root = system.locate("/");
                Some(std::path::Path::new("/").join(real.strip_prefix(root).ok()?))
            });
            system.stage(inside.as_deref().unwrap_or(self.path.as_ref()))?
        } else {
            system.stage(&self.path)?
        };
        if let Some(wanted) = &state.wanted_content {
            self.write(wanted, &mut staged, context)?;
        }
        let mode = self
            .wanted_mode(state, before)
            .or(before.map(|before| before.mode));
        staged.set_owner(Owner {
            uid: owner.uid.or(before.map(|before| before.uid)),
            gid: owner.gid.or(before.map(|before| before.gid)),
        })?;
        // After the owner: a change of owner takes special bits away.
        staged.set_mode(mode.unwrap_or(0o644))?;
        self.check(&staged, context)?;
        if let Some(before) = before {
            self.keep(&self.path, before.kind, context)?;
        }
        Ok(staged.commit()?)
    }

    fn write(
        &self,
        wanted: &Wanted,
        staged: &mut Staged,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let failed = |source| SystemError::File {
            path: self.path.clone().into(),
            source,
        };
        match wanted {
            Wanted::Given(_) => {
                let content = self.content.as_deref().unwrap_or_default();
                staged.write_all(content).map_err(failed)?;
            }
            Wanted::Dated(_, origin) => origin.write(context, staged)?,
            Wanted::Sourced(digest, origin) => {
                origin.write(context, staged)?;
                staged.flush().map_err(failed)?;
                if digest.algorithm.reads_content() {
                    let file = std::fs::File::open(staged.path()).map_err(failed)?;
                    let written = digest.algorithm.of_reader(file).map_err(failed)?;
                    if written != *digest {
                        return Err(ProviderError::failed(format!(
                            "File written to disk did not match checksum; discarding changes \
                             ({written} vs {digest})"
                        )));
                    }
                }
            }
        }
        Ok(staged.flush().map_err(failed)?)
    }

    fn check(&self, staged: &Staged, context: &Context<'_>) -> Result<(), ProviderError> {
        let Some(validate) = &self.validate else {
            return Ok(());
        };
        let path = staged.path().to_string_lossy();
        let line = validate.command.replace(&validate.replacement, &path);
        let command = Command::shell(&line);
        let output = context.system.run(&command)?;
        if output.success() {
            return Ok(());
        }
        Err(ProviderError::failed(format!(
            "Execution of '{line}' returned {}: {}",
            output.status,
            output.text().trim_end()
        )))
    }

    fn make_permissions(
        &self,
        property: &str,
        state: &Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let system = context.system;
        let stat = system.stat(&self.path, self.links)?;
        if property == "mode" {
            let bits = self.wanted_mode(state, stat.as_ref());
            let bits = bits.expect("a change of mode is due because one is wanted");
            return Ok(system.set_mode(&self.path, bits)?);
        }
        let owner = self.owner(state, context)?;
        let owner = match property {
            "owner" => Owner { gid: None, ..owner },
            _ => Owner { uid: None, ..owner },
        };
        system.set_owner(&self.path, owner, self.links)?;
        // A change of owner takes special bits away.
        if let (Some(mode), Some(stat)) = (self.wanted_mode(state, stat.as_ref()), &stat)
            && stat.kind != FileKind::Link
            && mode == stat.mode
            && mode & 0o6000 != 0
        {
            system.set_mode(&self.path, mode)?;
        }
        Ok(())
    }

    fn make_owner(&self, state: &Current, context: &Context<'_>) -> Result<(), ProviderError> {
        let owner = self.owner(state, context)?;
        if owner == Owner::default() {
            return Ok(());
        }
        Ok(context.system.set_owner(&self.path, owner, Links::Manage)?)
    }

    /// The owner and group that are wanted, as ids.
    fn owner(&self, state: &Current, context: &Context<'_>) -> Result<Owner, ProviderError> {
        let uid = match &self.owner {
            None => state.permissions.uid,
            Some(Account::Id(uid)) => Some(*uid),
            Some(Account::Name(name)) => {
                let missing = || ProviderError::NoAccount {
                    kind: "user",
                    name: name.clone(),
                };
                Some(context.system.user_named(name)?.ok_or_else(missing)?.uid)
            }
        };
        let gid = match &self.group {
            None => state.permissions.gid,
            Some(Account::Id(gid)) => Some(*gid),
            Some(Account::Name(name)) => {
                let missing = || ProviderError::NoAccount {
                    kind: "group",
                    name: name.clone(),
                };
                Some(context.system.group_named(name)?.ok_or_else(missing)?.gid)
            }
        };
        Ok(Owner { uid, gid })
    }

    /// Keeps what is about to be replaced or removed.
    fn keep(&self, path: &str, kind: FileKind, context: &Context<'_>) -> Result<(), ProviderError> {
        if kind != FileKind::File {
            return Ok(());
        }
        match (&self.backup, context.bucket) {
            (Backup::Nothing, _) | (Backup::Bucket(_), None) => Ok(()),
            (Backup::Beside(suffix), _) => {
                let beside = format!("{path}{suffix}");
                let system = context.system;
                let stat = system.stat(path, Links::Follow)?;
                let mut staged = system.stage(&beside)?;
                let failed = |source| SystemError::File {
                    path: beside.clone().into(),
                    source,
                };
                std::io::copy(&mut system.open(path)?, &mut staged).map_err(failed)?;
                if let Some(stat) = stat {
                    staged.set_owner(Owner {
                        uid: Some(stat.uid),
                        gid: Some(stat.gid),
                    })?;
                    staged.set_mode(stat.mode)?;
                }
                Ok(staged.commit()?)
            }
            (Backup::Bucket(name), Some(bucket)) => {
                let digest = bucket.keep(context.system, path.as_ref())?;
                context.log_resource(
                    Level::Info,
                    &format!("Filebucketed {path} to {name} with sum {}", digest.value),
                );
                Ok(())
            }
        }
    }

    /// Keeps every file of a directory that is about to be removed.
    fn keep_tree(&self, path: &str, context: &Context<'_>) -> Result<(), ProviderError> {
        if !matches!(self.backup, Backup::Bucket(_)) {
            return Ok(());
        }
        for name in context.system.list(path)?.unwrap_or_default() {
            let below = format!("{path}/{name}");
            match context.system.stat(&below, Links::Manage)? {
                Some(stat) if stat.kind == FileKind::Directory => {
                    self.keep_tree(&below, context)?
                }
                Some(stat) => self.keep(&below, stat.kind, context)?,
                None => {}
            }
        }
        Ok(())
    }
}
