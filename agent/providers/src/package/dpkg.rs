//! What dpkg knows: its status file, read once and again when it changed.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use ficelle_system::Links;

use crate::{Context, ProviderError};

const STATUS: &str = "/var/lib/dpkg/status";

/// A package that dpkg knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installed {
    version: String,
    state: State,
    pub(super) is_held: bool,
    /// What is wrong with it, where something is.
    pub(super) error: Option<String>,
    provides: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Installed,
    /// Removed, or not installed to the end.
    Absent,
    Purged,
}

impl Installed {
    /// Its version, where it is installed.
    pub(super) fn version(&self) -> Option<&str> {
        (self.state == State::Installed).then_some(&*self.version)
    }

    /// Its version, `absent` or `purged`.
    pub(super) fn shown(&self) -> &str {
        match self.state {
            State::Installed => &self.version,
            State::Absent => "absent",
            State::Purged => "purged",
        }
    }
}

/// Every package that dpkg knows.
pub(super) struct Packages {
    read_at: Option<SystemTime>,
    /// By name, and by `name:architecture`.
    packages: HashMap<String, Installed>,
}

impl Packages {
    /// A package by name, or by `name:architecture`.
    pub(super) fn find(&self, name: &str) -> Option<&Installed> {
        self.packages.get(name)
    }

    /// An installed package that provides a name.
    pub(super) fn providing(&self, name: &str) -> Option<&Installed> {
        self.packages.values().find(|package| {
            package.version().is_some() && package.provides.iter().any(|provided| provided == name)
        })
    }

    /// All of them, by name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Installed)> {
        let own = self.packages.iter().filter(|(name, _)| !name.contains(':'));
        own.map(|(name, package)| (&**name, package))
    }
}

/// What dpkg knows now.
pub(super) fn packages(context: &Context<'_>) -> Result<Arc<Packages>, ProviderError> {
    let changed = context
        .system
        .stat(STATUS, Links::Follow)?
        .map(|stat| stat.mtime);
    let read = || {
        let text = context.system.read_text(STATUS)?.unwrap_or_default();
        Ok(Packages {
            read_at: changed,
            packages: parse(&text),
        })
    };
    let known = context.memory.recall(read)?;
    if known.read_at == changed {
        return Ok(known);
    }
    context.memory.forget::<Packages>();
    context.memory.recall(read)
}

/// Drops what was read, because it is about to be wrong.
pub(super) fn forget(context: &Context<'_>) {
    context.memory.forget::<Packages>();
}

fn parse(text: &str) -> HashMap<String, Installed> {
    let mut packages = HashMap::new();
    for paragraph in text.split("\n\n") {
        let field = |name: &str| {
            paragraph.lines().find_map(|line| {
                line.strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix(':'))
                    .map(str::trim)
            })
        };
        let (Some(name), Some(status)) = (field("Package"), field("Status")) else {
            continue;
        };
        let mut words = status.split(' ');
        let (desired, flag) = (words.next().unwrap_or(""), words.next().unwrap_or("ok"));
        let state = match words.next().unwrap_or("") {
            "installed" | "triggers-awaited" | "triggers-pending" => State::Installed,
            "not-installed" => State::Purged,
            _ => State::Absent,
        };
        let provides = field("Provides").unwrap_or_default().split(',');
        let installed = Installed {
            version: field("Version").unwrap_or_default().to_owned(),
            state,
            is_held: desired == "hold",
            error: (flag != "ok").then(|| flag.to_owned()),
            provides: provides
                .filter_map(|one| one.split_whitespace().next().map(str::to_owned))
                .collect(),
        };
        if let Some(architecture) = field("Architecture") {
            packages.insert(format!("{name}:{architecture}"), installed.clone());
        }
        // Of several architectures, one that is installed goes first.
        let place = packages.entry(name.to_owned());
        place
            .and_modify(|known: &mut Installed| {
                if known.state != State::Installed {
                    *known = installed.clone();
                }
            })
            .or_insert(installed);
    }
    packages
}
