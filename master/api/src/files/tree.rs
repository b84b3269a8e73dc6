//! What stands at a path and below it, in the form that agents compare with.

use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    sync::Arc,
};

use camino::Utf8Path;
use serde::Serialize;

use super::{
    checksum::{ChecksumType, Checksums, time_of},
    mounts::Target,
    pattern,
};

/// How an agent wants a tree looked at.
#[derive(Clone, Debug)]
pub struct Look {
    /// Whether a link is itself or what it leads to.
    pub links: Links,
    /// The kind of checksum.
    pub checksum: ChecksumType,
    /// Whether owner, group and mode are told.
    pub permissions: Permissions,
    /// How deep; 0 for the root alone.
    pub depth: usize,
    /// File names that are left out.
    pub ignore: Vec<String>,
    /// More entries than that are an error.
    pub most: usize,
}

/// What to do about links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// A link is a link.
    Manage,
    /// A link is what it leads to.
    Follow,
}

/// Whether owner, group and mode are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// As they are here.
    Use,
    /// The server's own, and 0644: agents are not to take them over.
    Ignore,
}

/// What agents are told of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    path: String,
    relative_path: Option<String>,
    links: &'static str,
    owner: u32,
    group: u32,
    mode: u32,
    checksum: Checksum,
    #[serde(rename = "type")]
    kind: &'static str,
    destination: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Checksum {
    #[serde(rename = "type")]
    kind: &'static str,
    value: Arc<str>,
}

/// What stands at the target itself; nothing where nothing does.
pub fn one(target: &Target, look: &Look, checksums: &Checksums) -> io::Result<Option<Entry>> {
    for root in &target.roots {
        if let Some(metadata) = metadata(root, look.links)? {
            return describe(root, None, root, &metadata, look, checksums).map(Some);
        }
    }
    Ok(None)
}

/// What stands at the target and below it: the first root counts where several hold a path.
/// Nothing where nothing stands there.
pub fn all(target: &Target, look: &Look, checksums: &Checksums) -> io::Result<Option<Vec<Entry>>> {
    let mut found = BTreeMap::new();
    for root in &target.roots {
        if let Some(metadata) = metadata(root, look.links)? {
            let mut walk = Walk {
                root,
                look,
                checksums,
                found: &mut found,
            };
            walk.take(root, String::new(), &metadata)?;
            if metadata.is_dir() && look.depth > 0 {
                walk.descend(root, "", look.depth)?;
            }
        }
    }
    if found.is_empty()
        && let Some(root) = &target.instead
        && let Some(metadata) = metadata(root, look.links)?
    {
        Walk {
            root,
            look,
            checksums,
            found: &mut found,
        }
        .take(root, String::new(), &metadata)?;
    }
    Ok((!found.is_empty()).then(|| found.into_values().collect()))
}

struct Walk<'a> {
    root: &'a Utf8Path,
    look: &'a Look,
    checksums: &'a Checksums,
    found: &'a mut BTreeMap<String, Entry>,
}

impl Walk<'_> {
    fn descend(&mut self, directory: &Utf8Path, relative: &str, depth: usize) -> io::Result<()> {
        for entry in directory.read_dir_utf8()? {
            let entry = match entry {
                Ok(entry) => entry,
                // A name that is not UTF-8 has no form in JSON.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => continue,
                Err(error) => return Err(error),
            };
            let name = entry.file_name();
            if self
                .look
                .ignore
                .iter()
                .any(|ignored| pattern::fits(ignored, name))
            {
                continue;
            }
            let path = entry.path();
            // Gone in between, or a link that leads nowhere.
            let Some(metadata) = metadata(path, self.look.links)? else {
                continue;
            };
            let relative = if relative.is_empty() {
                name.to_owned()
            } else {
                format!("{relative}/{name}")
            };
            self.take(path, relative.clone(), &metadata)?;
            if metadata.is_dir() && depth > 1 {
                self.descend(path, &relative, depth - 1)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Utf8Path, relative: String, metadata: &Metadata) -> io::Result<()> {
        if self.found.contains_key(&relative) || !is_served(metadata) {
            return Ok(());
        }
        if self.found.len() >= self.look.most {
            return Err(io::Error::other(format!(
                "{} holds more than {} files",
                self.root, self.look.most
            )));
        }
        let shown = if relative.is_empty() { "." } else { &relative };
        let entry = describe(
            self.root,
            Some(shown),
            path,
            metadata,
            self.look,
            self.checksums,
        )?;
        self.found.insert(relative, entry);
        Ok(())
    }
}

/// Sockets, pipes and devices have no content to give.
fn is_served(metadata: &Metadata) -> bool {
    metadata.is_file() || metadata.is_dir() || metadata.is_symlink()
}

fn metadata(path: &Utf8Path, links: Links) -> io::Result<Option<Metadata>> {
    let metadata = match links {
        Links::Manage => fs::symlink_metadata(path),
        Links::Follow => fs::metadata(path),
    };
    match metadata {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn describe(
    root: &Utf8Path,
    relative: Option<&str>,
    path: &Utf8Path,
    metadata: &Metadata,
    look: &Look,
    checksums: &Checksums,
) -> io::Result<Entry> {
    let mut destination = None;
    let (kind, checksum) = if metadata.is_dir() {
        let value = time_of(metadata, ChecksumType::Changed).into();
        (
            "directory",
            Checksum {
                kind: "ctime",
                value,
            },
        )
    } else if metadata.is_symlink() {
        destination = Some(path.read_link_utf8()?.into_string());
        let value = match fs::metadata(path) {
            Ok(target) if target.is_file() => {
                checksums.of(path.as_std_path(), &target, look.checksum)?
            }
            _ => format!("{{{}}}", look.checksum.name()).into(),
        };
        (
            "link",
            Checksum {
                kind: look.checksum.name(),
                value,
            },
        )
    } else {
        let value = checksums.of(path.as_std_path(), metadata, look.checksum)?;
        (
            "file",
            Checksum {
                kind: look.checksum.name(),
                value,
            },
        )
    };
    let (owner, group, mode) = match look.permissions {
        Permissions::Use => (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777),
        Permissions::Ignore => (process_owner(), process_group(), 0o644),
    };
    Ok(Entry {
        path: root.to_string(),
        relative_path: relative.map(ToOwned::to_owned),
        links: match look.links {
            Links::Manage => "manage",
            Links::Follow => "follow",
        },
        owner,
        group,
        mode,
        checksum,
        kind,
        destination,
    })
}

fn process_owner() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn process_group() -> u32 {
    rustix::process::getegid().as_raw()
}
