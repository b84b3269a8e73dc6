//! External facts that modules bring (`MODULE/facts.d`): fetched before facts are gathered. Plugins
//! in Ruby are of no use to this agent and are not fetched.

use std::{collections::HashSet, fs, io};

use camino::{Utf8Component, Utf8Path};
use ficelle_model::{EnvironmentName, atomic, report::Journal as _};
use ficelle_system::{Algorithm, Links};
use ficelle_transport::{
    Client, TransportError,
    api::files::{self, Depth, Kind, Look, Metadata},
};

use crate::{configuration::Configuration, journal::Console};

/// The largest file that is taken.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Makes the directory of synced facts what the master has.
pub fn sync(
    configuration: &Configuration,
    console: &Console,
    client: &Client,
    environment: &EnvironmentName,
) -> Result<(), TransportError> {
    let settings = &configuration.settings;
    let identity =
        |error: ficelle_model::settings::SettingsError| TransportError::Identity(error.to_string());
    let folder = settings.path("pluginfactdest").map_err(identity)?;
    let ignore: Vec<String> = settings
        .text("pluginsignore")
        .map_err(identity)?
        .split_whitespace()
        .map(Into::into)
        .collect();
    console.info("Retrieving pluginfacts".to_owned());
    let look = Look {
        environment: environment.as_str(),
        links: "follow",
        checksum_type: "sha256",
        source_permissions: "use",
    };
    let depth = Depth {
        limit: None,
        ignore: &ignore,
        max_files: -1,
    };
    let entries = files::metadatas(client, "pluginfacts", &look, &depth)?.unwrap_or_default();
    let mut wanted = HashSet::new();
    for entry in entries {
        let Some(path) = inside(&folder, &entry) else {
            continue;
        };
        wanted.insert(path.clone());
        match entry.kind {
            Kind::Directory => fs::create_dir_all(&path).map_err(|source| failed(&path, source))?,
            Kind::File => take(configuration, console, client, environment, &entry, &path)?,
            // Links were to be followed; what is left of them leads nowhere.
            Kind::Link => {}
        }
    }
    remove_others(&folder, &wanted, console);
    Ok(())
}

/// Where an entry goes; none for the directory itself and for names that would lead out of it.
fn inside(folder: &Utf8Path, entry: &Metadata) -> Option<camino::Utf8PathBuf> {
    let relative = Utf8Path::new(entry.relative_path.as_deref()?);
    let mut parts = relative.components();
    let is_plain = parts.all(|part| matches!(part, Utf8Component::Normal(_)));
    (is_plain && !relative.as_str().is_empty()).then(|| folder.join(relative))
}

fn take(
    configuration: &Configuration,
    console: &Console,
    client: &Client,
    environment: &EnvironmentName,
    entry: &Metadata,
    path: &Utf8Path,
) -> Result<(), TransportError> {
    let mode = entry.mode.unwrap_or(0o644) & 0o755;
    let there = configuration.system.digest(path, Algorithm::Sha256);
    if there.is_ok_and(|digest| digest.value == entry.checksum.bare()) {
        let stat = configuration.system.stat(path, Links::Follow);
        if stat.ok().flatten().is_some_and(|stat| stat.mode != mode) {
            let set = configuration.system.set_mode(path, mode);
            set.map_err(|error| failed(path, io::Error::other(error.to_string())))?;
        }
        return Ok(());
    }
    let relative = entry.relative_path.as_deref().unwrap_or_default();
    let mut content = Vec::new();
    let source = format!("pluginfacts/{relative}");
    files::content(client, &source, environment.as_str(), &mut |piece| {
        if content.len() + piece.len() > MAX_BYTES {
            return Err(io::Error::other("it is too large for a fact"));
        }
        content.extend_from_slice(piece);
        Ok(())
    })?;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
    }
    atomic::replace(path.as_std_path(), &content, mode).map_err(|source| failed(path, source))?;
    let sum = entry.checksum.bare();
    console.notice(format!("{path}: defined content as '{{sha256}}{sum}'"));
    Ok(())
}

/// Facts that the master no longer has are no longer told.
fn remove_others(folder: &Utf8Path, wanted: &HashSet<camino::Utf8PathBuf>, console: &Console) {
    let Ok(entries) = folder.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_directory {
            remove_others(path, wanted, console);
        }
        if wanted.contains(path) {
            continue;
        }
        let removed = if is_directory {
            fs::remove_dir(path)
        } else {
            fs::remove_file(path)
        };
        match removed {
            Ok(()) => console.notice(format!("{path}: removed")),
            Err(error) => console.warning(format!("cannot remove {path}: {error}")),
        }
    }
}

fn failed(path: &Utf8Path, source: io::Error) -> TransportError {
    TransportError::File {
        action: "write",
        path: path.to_string(),
        source,
    }
}
