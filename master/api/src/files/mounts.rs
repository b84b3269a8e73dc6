//! Where a path of the file server leads: into modules, or to a directory that the operator
//! mounted in `fileserver.conf`.

use std::sync::Arc;

use camino::Utf8PathBuf;
use ficelle_compiler::Environment;
use ficelle_model::Certname;
use thiserror::Error;

use super::Checksums;

/// The mount points beside the modules' own.
#[derive(Debug, Default)]
pub struct Mounts {
    custom: Vec<(String, Utf8PathBuf)>,
    /// Checksums of what was served before.
    pub checksums: Arc<Checksums>,
}

/// Why `fileserver.conf` cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("fileserver.conf, line {line}: {text:?} is neither `[name]`, `path DIR` nor a comment")]
pub struct MountError {
    line: usize,
    text: String,
}

/// Directories or files that a path leads to; of those that are there, the first counts, and the
/// trees of all lie over each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) roots: Vec<Utf8PathBuf>,
    /// What stands for the whole where none of the roots is there.
    pub(super) instead: Option<Utf8PathBuf>,
}

impl Mounts {
    /// Reads `fileserver.conf`.
    ///
    /// # Errors
    /// A line that means nothing.
    pub fn parse(text: &str) -> Result<Self, MountError> {
        let mut custom: Vec<(String, Utf8PathBuf)> = Vec::new();
        let mut name = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let refused = || MountError {
                line: index + 1,
                text: line.to_owned(),
            };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(section) = line.strip_prefix('[') {
                name = Some(section.strip_suffix(']').ok_or_else(refused)?.to_owned());
                continue;
            }
            match (line.split_once(char::is_whitespace), &name) {
                (Some(("path", path)), Some(name)) => {
                    let path = path.trim().trim_start_matches('=').trim();
                    custom.push((name.clone(), path.into()));
                }
                // Who may read is decided by certificates alone.
                (Some(("allow" | "deny" | "allow_ip" | "deny_ip", _)), Some(_)) => {}
                _ => return Err(refused()),
            }
        }
        Ok(Self {
            custom,
            checksums: Arc::default(),
        })
    }

    /// Where a path leads; nothing where there is no such mount or the path leaves it.
    pub(super) fn find(
        &self,
        environment: &Environment,
        peer: &Certname,
        path: &str,
    ) -> Option<Target> {
        let path = path.trim_matches('/');
        if !path.split('/').all(is_plain) {
            return None;
        }
        let (mount, rest) = path.split_once('/').unwrap_or((path, ""));
        let only = |root: Utf8PathBuf| {
            Some(Target {
                roots: vec![root],
                instead: None,
            })
        };
        match mount {
            "modules" => only(in_module(environment, rest, "files")?),
            "tasks" => only(in_module(environment, rest, "tasks")?),
            "scripts" => only(in_module(environment, rest, "scripts")?),
            "plugins" => Some(of_all(environment, "lib", rest)),
            "pluginfacts" => Some(of_all(environment, "facts.d", rest)),
            "locales" => Some(of_all(environment, "locales", rest)),
            mount => {
                let (_, directory) = self.custom.iter().find(|(name, _)| name == mount)?;
                only(join(&for_node(directory, peer), rest))
            }
        }
    }
}

/// A segment that leads no way but down.
fn is_plain(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..") && !segment.contains(|c: char| c.is_control())
}

fn in_module(environment: &Environment, path: &str, folder: &str) -> Option<Utf8PathBuf> {
    let (module, rest) = path.split_once('/').unwrap_or((path, ""));
    let module = environment.module(module)?;
    Some(join(&module.path.join(folder), rest))
}

fn of_all(environment: &Environment, folder: &str, rest: &str) -> Target {
    let modules = environment.modules().iter();
    let roots = modules
        .map(|module| module.path.join(folder))
        .filter(|root| root.is_dir())
        .map(|root| join(&root, rest))
        .collect();
    // Agents want a directory to compare with even where no module has anything.
    let modulepath = &environment.configuration().modulepath;
    let present = modulepath.iter().find(|directory| directory.is_dir());
    let instead = present.or_else(|| modulepath.first()).cloned();
    Target {
        roots,
        instead: instead.filter(|_| rest.is_empty()),
    }
}

fn join(root: &Utf8PathBuf, rest: &str) -> Utf8PathBuf {
    if rest.is_empty() {
        root.clone()
    } else {
        root.join(rest)
    }
}

/// `%H` is the certname, `%h` its first part, `%d` the rest.
fn for_node(directory: &Utf8PathBuf, peer: &Certname) -> Utf8PathBuf {
    if !directory.as_str().contains('%') {
        return directory.clone();
    }
    let (host, domain) = peer.as_str().split_once('.').unwrap_or((peer.as_str(), ""));
    let text = directory.as_str();
    text.replace("%H", peer.as_str())
        .replace("%h", host)
        .replace("%d", domain)
        .into()
}

#[cfg(test)]
mod tests {
    use super::{Mounts, is_plain};

    #[test]
    fn mounts_are_read() {
        let mounts = Mounts::parse("# ours\n[private]\n  path /srv/%H\n  allow *\n[x]\npath /x\n");
        let mounts = mounts.expect("valid");
        assert_eq!(mounts.custom[0], ("private".to_owned(), "/srv/%H".into()));
        assert_eq!(mounts.custom.len(), 2);
        let refused = Mounts::parse("[a]\nnonsense\n").expect_err("a line that means nothing");
        assert_eq!(
            refused.to_string(),
            "fileserver.conf, line 2: \"nonsense\" is neither `[name]`, `path DIR` nor a comment"
        );
    }

    #[test]
    fn segments_lead_down() {
        assert!(is_plain("a.b") && is_plain("..a"));
        assert!(!is_plain("..") && !is_plain(".") && !is_plain("") && !is_plain("a\0b"));
    }
}
