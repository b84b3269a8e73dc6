//! What is there, and what has to change.

use std::time::{SystemTime, UNIX_EPOCH};

use ficelle_system::{Algorithm, Digest, FileKind, FileStat, Group, Links, User};

use crate::{Change, Context, ProviderError, Shown};

use super::{
    Account, Ensure, File, Force, Replace, SourcePermissions, content::Wanted, origin::Origin,
};

/// What is there, and what the sources say.
#[derive(Debug)]
pub(super) struct Current {
    /// What stands at the path.
    pub(super) stat: Option<FileStat>,
    /// What should, the source's kind taken into account.
    pub(super) ensure: Option<Ensure>,
    /// What it should hold.
    pub(super) wanted_content: Option<Wanted>,
    /// Where it should lead.
    pub(super) wanted_target: Option<String>,
    /// What it holds.
    digest: Option<String>,
    /// Where it leads.
    target: Option<String>,
    /// Owner, group and mode of the source, where they count.
    pub(super) permissions: Permissions,
}

/// Owner, group and mode of a source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Permissions {
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) mode: Option<u32>,
}

impl File {
    /// Looks at what is there.
    pub(super) fn look(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        let stat = context.system.stat(&self.path, self.links)?;
        let origin = match self.ensure {
            Some(Ensure::Absent) => None,
            _ => self.origin(context)?,
        };
        let mut current = Current {
            ensure: self.ensure,
            wanted_content: None,
            wanted_target: self.target.clone(),
            digest: None,
            target: None,
            permissions: Permissions::default(),
            stat,
        };
        if let Some(content) = &self.content {
            current.wanted_content = Some(Wanted::Given(self.checksum.of(content)));
        }
        if let Some(origin) = origin {
            self.take_from(origin, &mut current);
        }
        match current.stat.as_ref().map(|stat| stat.kind) {
            Some(FileKind::Link) => {
                let target = context.system.read_link(&self.path)?;
                current.target = target.map(|target| target.to_string_lossy().into_owned());
            }
            Some(FileKind::File) if self.manages_content(&current) => {
                current.digest = self.digest_of(&current, context)?;
            }
            _ => {}
        }
        Ok(current)
    }

    /// What a source says about kind, content and permissions.
    fn take_from(&self, origin: Origin, current: &mut Current) {
        let metadata = &origin.metadata;
        current.ensure = Some(match metadata.kind {
            FileKind::Directory => Ensure::Directory,
            FileKind::Link if self.links == Links::Manage => Ensure::Link,
            FileKind::Link => Ensure::Present,
            _ => Ensure::File,
        });
        let counts = match self.source_permissions {
            SourcePermissions::Ignore => false,
            SourcePermissions::Use => true,
            SourcePermissions::UseWhenCreating => current.stat.is_none(),
        };
        if counts {
            current.permissions = Permissions {
                uid: metadata.uid,
                gid: metadata.gid,
                mode: metadata.mode,
            };
        }
        if current.ensure == Some(Ensure::Link) {
            current.wanted_target = metadata.destination.clone();
        } else if current.ensure != Some(Ensure::Directory) {
            current.wanted_content = Some(match (&self.checksum_value, &metadata.checksum) {
                (Some(value), _) => {
                    let digest = Digest {
                        algorithm: self.checksum,
                        value: value.clone(),
                    };
                    Wanted::Sourced(digest, origin)
                }
                (None, Some(digest)) => Wanted::Sourced(digest.clone(), origin),
                (None, None) => {
                    let modified = metadata
                        .modified
                        .map_or_else(String::new, |time| format!("{{mtime}}{}", seconds(time)));
                    Wanted::Dated(modified, origin)
                }
            });
        }
    }

    fn digest_of(
        &self,
        current: &Current,
        context: &Context<'_>,
    ) -> Result<Option<String>, ProviderError> {
        let algorithm = match &current.wanted_content {
            Some(Wanted::Given(digest) | Wanted::Sourced(digest, _)) => digest.algorithm,
            Some(Wanted::Dated(..)) => Algorithm::Mtime,
            None => return Ok(None),
        };
        Ok(Some(match (algorithm, &current.stat) {
            (Algorithm::Mtime, Some(stat)) => format!("{{mtime}}{}", seconds(stat.mtime)),
            (Algorithm::Ctime, Some(stat)) => format!("{{ctime}}{}", seconds(stat.ctime)),
            _ => context.system.digest(&self.path, algorithm)?.to_string(),
        }))
    }

    /// What has to change: `ensure` alone where something has to come or go, else one property
    /// after the other.
    pub(super) fn compare(
        &self,
        current: &Current,
        context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        if let Some(change) = self.compare_ensure(current, context) {
            return Ok(vec![change]);
        }
        let Some(stat) = &current.stat else {
            return Ok(Vec::new());
        };
        if current.ensure == Some(Ensure::Absent) {
            return Ok(Vec::new());
        }
        let mut changes = Vec::new();
        changes.extend(self.compare_content(current, context)?);
        changes.extend(self.compare_target(current, stat));
        let follows = stat.kind != FileKind::Link || self.links == Links::Follow;
        changes.extend(self.compare_owner(current, stat, context)?);
        changes.extend(self.compare_group(current, stat, context)?);
        if follows {
            changes.extend(self.compare_mode(current, stat));
        }
        Ok(changes)
    }

    fn compare_ensure(&self, current: &Current, context: &Context<'_>) -> Option<Change> {
        let wanted = current.ensure?;
        let Some(stat) = &current.stat else {
            if wanted == Ensure::Absent {
                return None;
            }
            let message = match &current.wanted_content {
                Some(content) if self.manages_content(current) => {
                    format!("defined content as '{}'", content.shown())
                }
                _ => "created".to_owned(),
            };
            let change = Change::told(
                "ensure",
                Shown::absent(),
                Shown::text(wanted.name()),
                message,
            );
            return Some(change.with_visibility(self.content_visibility));
        };
        let kind = stat.kind.name();
        match wanted {
            Ensure::Present => None,
            Ensure::Absent if stat.kind == FileKind::Directory && self.force == Force::No => {
                // Saying "removed" of what stays would be a lie in the report.
                context.log_resource(
                    crate::Level::Notice,
                    "Not removing directory; use 'force' to override",
                );
                None
            }
            Ensure::Absent => Some(Change::told(
                "ensure",
                Shown::text(kind),
                Shown::absent(),
                "removed",
            )),
            wanted if wanted.name() == kind || self.replace == Replace::No => None,
            wanted => Some(Change::new(
                "ensure",
                Shown::text(kind),
                Shown::text(wanted.name()),
            )),
        }
    }

    fn compare_content(
        &self,
        current: &Current,
        context: &Context<'_>,
    ) -> Result<Option<Change>, ProviderError> {
        let Some(wanted) = &current.wanted_content else {
            return Ok(None);
        };
        if !self.manages_content(current) {
            if let (Some(Ensure::Present), Some(stat), Some(_)) =
                (current.ensure, &current.stat, &self.content)
            {
                let kind = stat.kind.name();
                context.log_resource(
                    crate::Level::Warning,
                    &format!(
                        "Ensure set to :present but file type is {kind} so no content will be synced"
                    ),
                );
            }
            return Ok(None);
        }
        let is = current.digest.clone().unwrap_or_default();
        let in_sync = match wanted {
            Wanted::Dated(time, _) => !time.is_empty() && is >= *time,
            wanted => is == wanted.shown(),
        };
        if in_sync || self.replace == Replace::No {
            return Ok(None);
        }
        let change = Change::told(
            "content",
            Shown::text(&*is),
            Shown::text(wanted.shown()),
            format!("content changed '{is}' to '{}'", wanted.shown()),
        );
        let change = change.with_details(self.difference(wanted, context)?);
        Ok(Some(change.with_visibility(self.content_visibility)))
    }

    fn compare_target(&self, current: &Current, stat: &FileStat) -> Option<Change> {
        let wanted = current.wanted_target.as_deref()?;
        let is = current.target.as_deref();
        let applies = current.ensure == Some(Ensure::Link)
            && stat.kind == FileKind::Link
            && self.replace == Replace::Yes;
        (applies && is != Some(wanted))
            .then(|| Change::new("target", Shown::optional(is), Shown::text(wanted)))
    }

    fn compare_owner(
        &self,
        current: &Current,
        stat: &FileStat,
        context: &Context<'_>,
    ) -> Result<Option<Change>, ProviderError> {
        let (wanted, shown) = match (&self.owner, current.permissions.uid) {
            (Some(Account::Id(uid)), _) => (Some(*uid), user_name(*uid, context)?),
            (Some(Account::Name(name)), _) => (
                context.system.user_named(name)?.map(|user| user.uid),
                name.clone(),
            ),
            (None, Some(uid)) => (Some(uid), user_name(uid, context)?),
            (None, None) => return Ok(None),
        };
        if wanted == Some(stat.uid) {
            return Ok(None);
        }
        let is = Shown::text(user_name(stat.uid, context)?);
        Ok(Some(Change::new("owner", is, Shown::text(shown))))
    }

    fn compare_group(
        &self,
        current: &Current,
        stat: &FileStat,
        context: &Context<'_>,
    ) -> Result<Option<Change>, ProviderError> {
        let (wanted, shown) = match (&self.group, current.permissions.gid) {
            (Some(Account::Id(gid)), _) => (Some(*gid), group_name(*gid, context)?),
            (Some(Account::Name(name)), _) => (
                context.system.group_named(name)?.map(|group| group.gid),
                name.clone(),
            ),
            (None, Some(gid)) => (Some(gid), group_name(gid, context)?),
            (None, None) => return Ok(None),
        };
        if wanted == Some(stat.gid) {
            return Ok(None);
        }
        let is = Shown::text(group_name(stat.gid, context)?);
        Ok(Some(Change::new("group", is, Shown::text(shown))))
    }

    fn compare_mode(&self, current: &Current, stat: &FileStat) -> Option<Change> {
        let wanted = self.wanted_mode(current, Some(stat))?;
        if wanted == stat.mode {
            return None;
        }
        let (is, should) = (format!("{:04o}", stat.mode), format!("{wanted:04o}"));
        let mut message = format!("mode changed '{is}' to '{should}'");
        if let Some(mode @ super::ModeChange::Symbolic { .. }) = &self.mode {
            message.push_str(&format!(" ({mode})"));
        }
        Some(Change::told(
            "mode",
            Shown::text(is),
            Shown::text(should),
            message,
        ))
    }

    /// The bits that the file should have, where anybody said so.
    pub(super) fn wanted_mode(&self, current: &Current, stat: Option<&FileStat>) -> Option<u32> {
        let is_directory = match stat {
            Some(stat) => stat.kind == FileKind::Directory,
            None => current.ensure == Some(Ensure::Directory),
        };
        let fresh = if is_directory { 0o755 } else { 0o644 };
        let before = stat.map_or(fresh, |stat| stat.mode);
        match &self.mode {
            Some(mode) => Some(mode.bits(before, is_directory)),
            None => current.permissions.mode,
        }
    }
}

fn user_name(uid: u32, context: &Context<'_>) -> Result<String, ProviderError> {
    let user: Option<User> = context.system.user_with_id(uid)?;
    Ok(user.map_or_else(|| uid.to_string(), |user| user.name))
}

fn group_name(gid: u32, context: &Context<'_>) -> Result<String, ProviderError> {
    let group: Option<Group> = context.system.group_with_id(gid)?;
    Ok(group.map_or_else(|| gid.to_string(), |group| group.name))
}

/// A time in whole seconds, wide enough that texts compare as times.
fn seconds(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:010}", since.as_secs())
}
