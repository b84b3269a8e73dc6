//! `puppet:///modules/NAME/…` without a master: the files of the modules on this host.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use ficelle_providers::{Content, FileMetadata, MetadataRequest, Source, SourceError};
use ficelle_system::{FileKind, System};
use std::io::Read as _;

/// How deep a tree may be.
const DEEPEST: u32 = 100;

/// The files of modules.
pub struct Modules<'a> {
    system: &'a System,
    path: Vec<Utf8PathBuf>,
}

impl<'a> Modules<'a> {
    /// The modules on a module path.
    pub fn new(system: &'a System, path: Vec<Utf8PathBuf>) -> Self {
        Self { system, path }
    }

    /// Where a URI leads; none where no module has it.
    fn locate(&self, uri: &str) -> Result<Option<Utf8PathBuf>, String> {
        let rest = uri.strip_prefix("puppet:///modules/").ok_or_else(|| {
            format!("without a master only puppet:///modules/… is served, not {uri}")
        })?;
        let (module, file) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain = |text: &str| {
            let mut parts = Utf8Path::new(text).components();
            parts.all(|part| matches!(part, Utf8Component::Normal(_)))
        };
        if module.is_empty() || !is_plain(module) || !is_plain(file) {
            return Err(format!("{uri} names no file of a module"));
        }
        let module = self.path.iter().map(|path| path.join(module));
        let found = module.into_iter().find(|folder| folder.is_dir());
        Ok(found.map(|folder| folder.join("files").join(file)))
    }

    fn describe(
        &self,
        path: &Utf8Path,
        relative: &str,
        request: &MetadataRequest<'_>,
    ) -> Result<Option<FileMetadata>, String> {
        let text = |error: ficelle_system::SystemError| error.to_string();
        let Some(stat) = self.system.stat(path, request.links).map_err(text)? else {
            return Ok(None);
        };
        let checksum = match stat.kind {
            FileKind::File if request.checksum.reads_content() => {
                Some(self.system.digest(path, request.checksum).map_err(text)?)
            }
            _ => None,
        };
        let destination = match stat.kind {
            FileKind::Link => self.system.read_link(path).map_err(text)?,
            _ => None,
        };
        Ok(Some(FileMetadata {
            relative_path: relative.to_owned(),
            kind: stat.kind,
            checksum,
            destination: destination.map(|path| path.to_string_lossy().into_owned()),
            uid: Some(stat.uid),
            gid: Some(stat.gid),
            mode: Some(stat.mode),
            modified: Some(stat.mtime),
            content_uri: None,
        }))
    }

    fn descend(
        &self,
        root: &Utf8Path,
        relative: &str,
        left: u32,
        ignore: &[String],
        request: &MetadataRequest<'_>,
        found: &mut Vec<FileMetadata>,
    ) -> Result<(), String> {
        let folder = root.join(relative.trim_start_matches("./"));
        let names = self
            .system
            .list(&folder)
            .map_err(|error| error.to_string())?;
        let mut names = names.unwrap_or_default();
        names.sort_unstable();
        for name in names {
            if ignore.iter().any(|pattern| matches(pattern, &name)) {
                continue;
            }
            let below = match relative {
                "." => name,
                above => format!("{above}/{name}"),
            };
            let Some(entry) = self.describe(&root.join(&below), &below, request)? else {
                continue;
            };
            let is_directory = entry.kind == FileKind::Directory;
            found.push(entry);
            if is_directory && left > 1 {
                self.descend(root, &below, left - 1, ignore, request, found)?;
            }
        }
        Ok(())
    }
}

/// Whether a name fits a pattern with `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    fn fits(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern.first(), name.first()) {
            (None, None) => true,
            (Some(b'*'), _) => {
                fits(&pattern[1..], name) || (!name.is_empty() && fits(pattern, &name[1..]))
            }
            (Some(b'?'), Some(_)) => fits(&pattern[1..], &name[1..]),
            (Some(expected), Some(found)) if expected == found => fits(&pattern[1..], &name[1..]),
            _ => false,
        }
    }
    fits(pattern.as_bytes(), name.as_bytes())
}

fn metadata_error(request: &MetadataRequest<'_>, reason: String) -> SourceError {
    SourceError::Metadata {
        environment: request.environment.to_owned(),
        uri: request.uri.to_owned(),
        reason,
    }
}

impl Source for Modules<'_> {
    fn metadata(&self, request: &MetadataRequest<'_>) -> Result<Option<FileMetadata>, SourceError> {
        let found = self.locate(request.uri).and_then(|path| match path {
            Some(path) => self.describe(&path, ".", request),
            None => Ok(None),
        });
        found.map_err(|reason| metadata_error(request, reason))
    }

    fn tree(
        &self,
        request: &MetadataRequest<'_>,
        limit: Option<u32>,
        ignore: &[String],
    ) -> Result<Option<Vec<FileMetadata>>, SourceError> {
        let failed = |reason| metadata_error(request, reason);
        let Some(root) = self.locate(request.uri).map_err(failed)? else {
            return Ok(None);
        };
        let Some(top) = self.describe(&root, ".", request).map_err(failed)? else {
            return Ok(None);
        };
        let is_directory = top.kind == FileKind::Directory;
        let mut found = vec![top];
        let left = limit.unwrap_or(DEEPEST).min(DEEPEST);
        if is_directory && left > 0 {
            self.descend(&root, ".", left, ignore, request, &mut found)
                .map_err(failed)?;
        }
        Ok(Some(found))
    }

    fn content(
        &self,
        uri: &str,
        _environment: &str,
        take: &mut Content<'_>,
    ) -> Result<(), SourceError> {
        let failed = |reason: String| SourceError::Content {
            uri: uri.to_owned(),
            reason,
        };
        let missing = || failed("no module has it".to_owned());
        let path = self.locate(uri).map_err(failed)?.ok_or_else(missing)?;
        let mut file = self
            .system
            .open(&path)
            .map_err(|error| failed(error.to_string()))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = file
                .read(&mut buffer)
                .map_err(|error| failed(error.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            take(&buffer[..count]).map_err(|error| failed(error.to_string()))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ficelle_system::{Algorithm, Links};

    #[test]
    fn a_tree_of_a_module() {
        let kept = tempfile::tempdir().expect("a directory");
        let path = Utf8PathBuf::from_path_buf(kept.path().to_owned()).expect("UTF-8");
        let system = System::host();
        let files = path.join("one/files");
        system
            .make_directories(files.join("tree/sub"), 0o755)
            .expect("made");
        system
            .replace(files.join("tree/sub/a"), b"a", 0o644)
            .expect("written");
        system
            .replace(files.join("tree/x.bak"), b"b", 0o644)
            .expect("written");
        let modules = Modules::new(&system, vec![path]);
        let request = |uri| MetadataRequest {
            uri,
            environment: "production",
            links: Links::Manage,
            checksum: Algorithm::Sha256,
        };
        let ignore = ["*.bak".to_owned()];
        let tree = modules.tree(&request("puppet:///modules/one/tree"), None, &ignore);
        let tree = tree.expect("readable").expect("there");
        let names: Vec<_> = tree.iter().map(|one| one.relative_path.as_str()).collect();
        assert_eq!(names, [".", "sub", "sub/a"]);
        assert!(tree[2].checksum.is_some());
        let none = modules.metadata(&request("puppet:///modules/two/x"));
        assert!(none.expect("no error").is_none());
        assert!(
            modules
                .metadata(&request("puppet:///modules/one/../../etc"))
                .is_err()
        );
        let mut content = Vec::new();
        modules
            .content(
                "puppet:///modules/one/tree/sub/a",
                "production",
                &mut |piece| {
                    content.extend_from_slice(piece);
                    Ok(())
                },
            )
            .expect("read");
        assert_eq!(content, b"a");
    }
}
