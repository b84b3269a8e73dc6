//! The modules of an environment: where each is, and what is known of it.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{
    inputs::{FileKind, InputError, Inputs},
    qualified::{segments, split_first},
};
use indexmap::IndexMap;

/// A module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name: the name of its directory.
    pub name: Arc<str>,
    /// Its directory.
    pub path: Utf8PathBuf,
}

impl Module {
    /// The file that `name` (full, lower case) is looked for in, in one of the module's folders:
    /// `apache::mod::php` in `manifests/mod/php.pp`, `apache` in `manifests/init.pp`.
    pub fn file_of(&self, folder: &str, name: &str) -> Utf8PathBuf {
        let room = self.path.as_str().len() + folder.len() + name.len() + "//init.pp".len();
        let mut path = String::with_capacity(room);
        path.push_str(self.path.as_str());
        for part in ["/", folder, "/"] {
            path.push_str(part);
        }
        match split_first(name) {
            None => path.push_str("init"),
            Some((_, rest)) => {
                for (index, segment) in segments(rest).enumerate() {
                    path.push_str(if index > 0 { "/" } else { "" });
                    path.push_str(segment);
                }
            }
        }
        path.push_str(".pp");
        path.into()
    }

    /// The version that `metadata.json` names.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn version(&self, inputs: &dyn Inputs) -> Result<Option<String>, InputError> {
        Ok(self.metadata(inputs)?.version.as_str().map(str::to_owned))
    }

    fn metadata(&self, inputs: &dyn Inputs) -> Result<Metadata, InputError> {
        let bytes = inputs.read(&self.path.join("metadata.json"))?;
        let metadata = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(metadata.unwrap_or_default())
    }
}

/// What is asked of a module's `metadata.json`.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Metadata {
    version: serde_json::Value,
}

/// The modules that a modulepath leads to; of two with the same name, the first one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    by_name: IndexMap<Arc<str>, Arc<Module>>,
}

impl Modules {
    pub(super) fn find(
        modulepath: &[Utf8PathBuf],
        inputs: &dyn Inputs,
    ) -> Result<Self, InputError> {
        let mut by_name = IndexMap::new();
        for directory in modulepath {
            let Some(entries) = inputs.list(directory)? else {
                continue;
            };
            for entry in entries.iter() {
                if entry.kind != FileKind::Directory || !is_module_name(&entry.name) {
                    continue;
                }
                let name: Arc<str> = entry.name.as_str().into();
                by_name.entry(name.clone()).or_insert_with(|| {
                    Arc::new(Module {
                        name,
                        path: directory.join(&entry.name),
                    })
                });
            }
        }
        Ok(Self { by_name })
    }

    /// A module by name.
    pub fn get(&self, name: &str) -> Option<&Arc<Module>> {
        self.by_name.get(name)
    }

    /// All of them, in the order of the modulepath, then by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.by_name.values()
    }

    /// The module that a file belongs to.
    pub fn of_file(&self, path: &Utf8Path) -> Option<&Arc<Module>> {
        self.iter().find(|module| path.starts_with(&module.path))
    }
}

/// A directory of another name is no module.
fn is_module_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
