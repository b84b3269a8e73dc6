//! Data files: read through the compile's inputs, parsed once for all compiles.

use std::{
    collections::HashMap as Map,
    sync::{Arc, Mutex, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::Value;
use ficelle_model::{inputs::Inputs, yaml};

use crate::key::failure;
use ficelle_language::error::{Error, Evaluated};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Yaml,
    Json,
}

/// A file, and how it is read.
type File = (Utf8PathBuf, Format);
/// The bytes that were parsed, and what they gave.
type Parsed = (Arc<[u8]>, Value);

/// Parsed data files and hierarchies, shared by compiles. An entry holds as long as the inputs
/// give the same bytes.
#[derive(Debug, Default)]
pub struct DataCache {
    parsed: Mutex<Map<File, Parsed>>,
}

impl DataCache {
    /// What a file in JSON holds; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no JSON.
    pub fn json(&self, inputs: &dyn Inputs, path: &Utf8Path) -> Evaluated<Option<Value>> {
        self.load(inputs, path, Format::Json)
    }

    /// The data of a file; `None` where there is none.
    pub(crate) fn load(
        &self,
        inputs: &dyn Inputs,
        path: &Utf8Path,
        format: Format,
    ) -> Evaluated<Option<Value>> {
        let bytes = inputs
            .read(path)
            .map_err(|error| Error::new(error.to_string()))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let key = (path.to_owned(), format);
        {
            let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, value)) = parsed.get(&key)
                && (Arc::ptr_eq(known, &bytes) || known == &bytes)
            {
                return Ok(Some(value.clone()));
            }
        }
        let value = parse(path, &bytes, format)?;
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.insert(key, (bytes, value.clone()));
        Ok(Some(value))
    }
}

fn parse(path: &Utf8Path, bytes: &[u8], format: Format) -> Evaluated {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| failure(format!("Unable to parse ({path}): {error}")))?;
    match format {
        Format::Yaml => {
            let node = yaml::parse(text)
                .map_err(|error| failure(format!("Unable to parse ({path}): {error}")))?;
            Ok(from_node(&node))
        }
        Format::Json => {
            let json: serde_json::Value = serde_json::from_str(text)
                .map_err(|error| failure(format!("Unable to parse ({path}): {error}")))?;
            Ok(from_json(&json))
        }
    }
}

pub(crate) use ficelle_language::data::from_json;
pub use ficelle_language::data::from_yaml as from_node;
