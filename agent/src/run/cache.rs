//! The last catalog that could be applied, for when the master gives none.

use std::{fs, io};

use anyhow::{Context as _, Result};
use camino::Utf8PathBuf;
use ficelle_model::{
    Certname, atomic,
    settings::Settings,
    wire::{self, catalog::Received},
};

/// The cached catalog of a node.
pub struct Cache(Utf8PathBuf);

impl Cache {
    /// Where it is kept.
    pub fn new(settings: &Settings, certname: &Certname) -> Result<Self> {
        let folder = settings.path("client_datadir")?.join("catalog");
        Ok(Self(folder.join(format!("{certname}.json"))))
    }

    /// The catalog; none where there is none that can be read.
    pub fn read(&self) -> Result<Option<Received>> {
        match fs::read(&self.0) {
            Ok(json) => wire::catalog::read(&json)
                .map(Some)
                .with_context(|| format!("cannot use the cached catalog {}", self.0)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.0)),
        }
    }

    /// Keeps a catalog. It may hold secrets: nobody else reads it.
    pub fn write(&self, json: &[u8]) -> Result<()> {
        let context = || format!("cannot keep the catalog in {}", self.0);
        if fs::read(&self.0).is_ok_and(|old| old == json) {
            return Ok(());
        }
        if let Some(parent) = self.0.parent() {
            fs::create_dir_all(parent).with_context(context)?;
        }
        atomic::replace(self.0.as_std_path(), json, 0o600).with_context(context)
    }
}
