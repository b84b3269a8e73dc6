//! What a host says of itself: the structured facts that manifests read, the older flat names
//! beside them, and whatever lies in `facts.d`.
//!
//! Names and shapes are Facter's (puppet-docs, "Core facts"), since manifests and Hiera hierarchies
//! were written against them. Each module gathers one topic; what it parses, it parses in a
//! function of its own that takes text.

mod disks;
mod dmi;
mod external;
mod host_name;
mod identity;
mod kernel;
mod legacy;
mod memory;
mod modules;
mod mounts;
mod networking;
mod os;
mod processors;
mod size;
mod ssh;
mod time;
mod virtualization;

use std::path::PathBuf;

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

pub use host_name::full_name;

/// The version of Facter whose facts these are.
const FACTER_VERSION: &str = "4.10.0";

/// What to gather beside the host's own facts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Directories of external facts; what stands in a later one wins.
    pub directories: Vec<PathBuf>,
}

/// The facts of a host, and warnings about external ones that could not be had.
pub fn gather(system: &System, options: &Options) -> (DataHash, Vec<String>) {
    let mut facts = DataHash::default();
    let topics: [fn(&System, &mut DataHash); 14] = [
        os::gather,
        kernel::gather,
        networking::gather,
        processors::gather,
        memory::gather,
        disks::gather,
        mounts::gather,
        dmi::gather,
        virtualization::gather,
        identity::gather,
        ssh::gather,
        time::gather,
        modules::gather,
        environment,
    ];
    for topic in topics {
        topic(system, &mut facts);
    }
    legacy::add(&mut facts);
    let warnings = external::gather(system, &options.directories, &mut facts);
    facts.sort_unstable_keys();
    (facts, warnings)
}

fn environment(_system: &System, facts: &mut DataHash) {
    if let Ok(path) = std::env::var("PATH") {
        put(facts, "path", path);
    }
    put(facts, "facterversion", FACTER_VERSION);
    put(facts, "puppetversion", ficelle_model::PUPPET_VERSION);
}

/// Adds a fact.
fn put(facts: &mut DataHash, name: &str, value: impl Into<Data>) {
    facts.insert(name.into(), value.into());
}

/// Adds a fact that may be missing.
fn put_some<T: Into<Data>>(facts: &mut DataHash, name: &str, value: Option<T>) {
    if let Some(value) = value {
        put(facts, name, value);
    }
}

/// A hash as a fact; none where it is empty.
fn hash(entries: DataHash) -> Option<Data> {
    (!entries.is_empty()).then_some(Data::hash(entries))
}

/// The text of a small file of the kernel's or the system's; nothing where it cannot be read.
fn read(system: &System, path: &str) -> Option<String> {
    system.read_text(path).ok().flatten()
}

/// The first line of such a file, without blanks around it; none where it is empty.
fn line(system: &System, path: &str) -> Option<String> {
    let text = read(system, path)?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
