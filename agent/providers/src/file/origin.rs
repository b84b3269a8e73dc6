//! Where a file's content comes from: what the sources say, and their bytes.

use std::io::{self, Read, Write};

use ficelle_system::{Algorithm, FileKind, Links, SystemError};

use crate::{Content, Context, FileMetadata, MetadataRequest, ProviderError, SourceError};

use super::File;

/// A source that was found.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// As the catalog has it.
    pub(super) uri: String,
    /// What it says.
    pub(super) metadata: FileMetadata,
}

impl File {
    /// The first of the sources that is there.
    pub(super) fn origin(&self, context: &Context<'_>) -> Result<Option<Origin>, ProviderError> {
        if self.sources.is_empty() {
            return Ok(None);
        }
        for uri in &self.sources {
            let request = MetadataRequest {
                uri,
                environment: context.environment,
                links: self.links,
                checksum: self.checksum,
            };
            let found = match local_path(uri) {
                Some(path) => local_metadata(path, ".", &request, context)?,
                None => context.source.metadata(&request)?,
            };
            if let Some(metadata) = found {
                return Ok(Some(Origin {
                    uri: uri.clone(),
                    metadata,
                }));
            }
        }
        Err(ProviderError::failed(format!(
            "Could not retrieve information from environment {} source(s) {}",
            context.environment,
            self.sources.join(", ")
        )))
    }

    /// What the sources have, for a recursion: the URI of each and what it says.
    pub(super) fn origins(&self, context: &Context<'_>) -> Result<Vec<Origin>, ProviderError> {
        let mut origins: Vec<Origin> = Vec::new();
        for source in &self.sources {
            let request = MetadataRequest {
                uri: source,
                environment: context.environment,
                links: self.links,
                checksum: self.checksum,
            };
            let tree = match local_path(source) {
                Some(path) => self.local_tree(path, &request, self.recurse_limit, context)?,
                None => context
                    .source
                    .tree(&request, self.recurse_limit, &self.ignore)?,
            };
            let Some(tree) = tree.filter(|tree| !tree.is_empty()) else {
                continue;
            };
            let top = tree.iter().find(|metadata| metadata.relative_path == ".");
            if top.is_some_and(|top| top.kind != FileKind::Directory) {
                return Ok(Vec::new());
            }
            for metadata in tree {
                let known = origins
                    .iter()
                    .any(|origin| origin.metadata.relative_path == metadata.relative_path);
                if !known {
                    let uri = match metadata.relative_path.as_str() {
                        "." => source.clone(),
                        relative => format!("{source}/{relative}"),
                    };
                    origins.push(Origin { uri, metadata });
                }
            }
            if self.source_select == super::SourceSelect::First {
                break;
            }
        }
        Ok(origins)
    }
}

impl Origin {
    /// Hands its bytes on, piece by piece.
    pub(super) fn send(
        &self,
        context: &Context<'_>,
        take: &mut Content<'_>,
    ) -> Result<(), ProviderError> {
        let uri = self.metadata.content_uri.as_deref().unwrap_or(&self.uri);
        let Some(path) = local_path(uri) else {
            return Ok(context.source.content(uri, context.environment, take)?);
        };
        let mut file = context.system.open(path)?;
        let mut buffer = vec![0; 64 * 1024];
        let failed = |error: io::Error| SourceError::Content {
            uri: uri.to_owned(),
            reason: error.to_string(),
        };
        loop {
            match file.read(&mut buffer).map_err(failed)? {
                0 => return Ok(()),
                count => take(&buffer[..count]).map_err(failed)?,
            }
        }
    }

    /// Writes its bytes.
    pub(super) fn write(
        &self,
        context: &Context<'_>,
        target: &mut impl Write,
    ) -> Result<(), ProviderError> {
        self.send(context, &mut |piece| target.write_all(piece))
    }
}

/// The path of a `file:` URI.
pub(super) fn local_path(uri: &str) -> Option<&str> {
    uri.strip_prefix("file://")
}

/// What stands at a path of this host, as a server would say it.
pub(super) fn local_metadata(
    path: &str,
    relative_path: &str,
    request: &MetadataRequest<'_>,
    context: &Context<'_>,
) -> Result<Option<FileMetadata>, ProviderError> {
    let Some(stat) = context.system.stat(path, request.links)? else {
        return Ok(None);
    };
    let checksum = match stat.kind {
        FileKind::File if request.checksum.reads_content() => {
            Some(context.system.digest(path, request.checksum)?)
        }
        _ => None,
    };
    let destination = match stat.kind {
        FileKind::Link => context.system.read_link(path)?,
        _ => None,
    };
    let modified = match request.checksum {
        Algorithm::Ctime => stat.ctime,
        _ => stat.mtime,
    };
    Ok(Some(FileMetadata {
        relative_path: relative_path.to_owned(),
        kind: stat.kind,
        checksum,
        destination: destination.map(|target| target.to_string_lossy().into_owned()),
        uid: Some(stat.uid),
        gid: Some(stat.gid),
        mode: Some(stat.mode),
        modified: Some(modified),
        content_uri: None,
    }))
}

impl File {
    /// A directory of this host and what is below it, as a server would list it.
    pub(super) fn local_tree(
        &self,
        top: &str,
        request: &MetadataRequest<'_>,
        limit: Option<u32>,
        context: &Context<'_>,
    ) -> Result<Option<Vec<FileMetadata>>, ProviderError> {
        let Some(first) = local_metadata(top, ".", request, context)? else {
            return Ok(None);
        };
        let mut tree = vec![first];
        if tree[0].kind == FileKind::Directory {
            self.local_below(top, "", request, limit, context, &mut tree)?;
        }
        Ok(Some(tree))
    }

    fn local_below(
        &self,
        top: &str,
        relative: &str,
        request: &MetadataRequest<'_>,
        left: Option<u32>,
        context: &Context<'_>,
        tree: &mut Vec<FileMetadata>,
    ) -> Result<(), ProviderError> {
        if left == Some(0) {
            return Ok(());
        }
        let directory = if relative.is_empty() {
            top.to_owned()
        } else {
            format!("{top}/{relative}")
        };
        for name in context.system.list(&directory)?.unwrap_or_default() {
            if self.ignores(&name) {
                continue;
            }
            let below = if relative.is_empty() {
                name
            } else {
                format!("{relative}/{name}")
            };
            let path = format!("{top}/{below}");
            let found = match local_metadata(&path, &below, request, context) {
                // Gone since it was listed, or not ours to read.
                Ok(None) => continue,
                Err(ProviderError::System(SystemError::File { .. }))
                    if request.links == Links::Follow =>
                {
                    continue;
                }
                found => found?,
            };
            let Some(metadata) = found else {
                continue;
            };
            let descends = metadata.kind == FileKind::Directory;
            tree.push(metadata);
            if descends {
                let left = left.map(|left| left - 1);
                self.local_below(top, &below, request, left, context, tree)?;
            }
        }
        Ok(())
    }

    /// Whether a name is one of those that a recursion leaves out.
    pub(super) fn ignores(&self, name: &str) -> bool {
        self.ignore.iter().any(|pattern| matches(pattern, name))
    }
}

/// Whether a shell pattern (`*.bak`, `[a-c]?`) fits a name.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    fn fits(pattern: &[char], name: &[char]) -> bool {
        match (pattern.first(), name.first()) {
            (None, None) => true,
            (Some('*'), _) => {
                fits(&pattern[1..], name) || (!name.is_empty() && fits(pattern, &name[1..]))
            }
            (Some('?'), Some(_)) => fits(&pattern[1..], &name[1..]),
            (Some('['), Some(letter)) => match pattern.iter().skip(2).position(|end| *end == ']') {
                Some(length) => {
                    let set = &pattern[1..length + 2];
                    in_set(set, *letter) && fits(&pattern[length + 3..], &name[1..])
                }
                None => *letter == '[' && fits(&pattern[1..], &name[1..]),
            },
            (Some('\\'), Some(letter)) if pattern.len() > 1 => {
                pattern[1] == *letter && fits(&pattern[2..], &name[1..])
            }
            (Some(wanted), Some(letter)) => wanted == letter && fits(&pattern[1..], &name[1..]),
            _ => false,
        }
    }
    fn in_set(set: &[char], letter: char) -> bool {
        let (set, wanted) = match set.first() {
            Some('!' | '^') => (&set[1..], false),
            _ => (set, true),
        };
        let mut found = false;
        let mut at = 0;
        while at < set.len() {
            if at + 2 < set.len() && set[at + 1] == '-' {
                found |= (set[at]..=set[at + 2]).contains(&letter);
                at += 3;
            } else {
                found |= set[at] == letter;
                at += 1;
            }
        }
        found == wanted
    }
    let pattern = pattern.chars().collect::<Vec<_>>();
    let name = name.chars().collect::<Vec<_>>();
    fits(&pattern, &name)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_the_shells() {
        for (pattern, name, expected) in [
            ("*.bak", "a.bak", true),
            ("*.bak", "a.bakx", false),
            (".git", ".git", true),
            ("[a-c]?", "b1", true),
            ("[!a-c]?", "b1", false),
            ("a*b*c", "aXXbYYc", true),
            ("\\*", "*", true),
            ("[", "[", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
