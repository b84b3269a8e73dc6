//! `hiera.yaml`: which levels there are, in which order, and where their data lies.

pub(crate) mod entry;
mod version3;
mod version4;
mod version5;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated},
    types::mismatch,
    values::{HashMap, Key as Name},
};

use crate::{
    LookupHost,
    data::{DataCache, Format},
    explain::Kind,
    key::{failure, issue},
};

pub(crate) use entry::{Backend, Entry, Locations};

/// Whose hierarchy it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Layer {
    Global,
    Environment,
    Module(Arc<str>),
}

/// A hierarchy as configured.
#[derive(Debug)]
pub(crate) struct Hierarchy {
    /// Of the configuration file's format.
    pub version: u8,
    /// The configuration file, where there is one.
    pub file: Option<Utf8PathBuf>,
    /// The levels, strongest first.
    pub entries: Vec<Entry>,
    /// Levels asked when no layer knows the key; of a module only.
    pub defaults: Vec<Entry>,
}

/// No levels, which is what is there without a configuration.
impl Default for Hierarchy {
    fn default() -> Self {
        Self {
            version: 5,
            file: None,
            entries: Vec::new(),
            defaults: Vec::new(),
        }
    }
}

impl Hierarchy {
    /// How an explanation names a layer that has this hierarchy.
    pub fn step(&self, layer: &Layer) -> Kind {
        let version = self.version;
        let module = match layer {
            Layer::Module(name) => Some(Arc::clone(name)),
            _ => None,
        };
        let layer = match layer {
            Layer::Global => "Global".to_owned(),
            Layer::Environment => "Environment".to_owned(),
            Layer::Module(name) => format!("Module \"{name}\""),
        };
        Kind::Layer {
            name: format!("{layer} Data Provider (hiera configuration version {version})"),
            configuration: self.file.as_ref().map(|file| file.as_str().into()),
            module,
        }
    }

    /// Reads a `hiera.yaml`; `None` where there is none. `environment` is the environment's root.
    pub fn load(
        host: &dyn LookupHost,
        cache: &DataCache,
        layer: &Layer,
        path: &Utf8Path,
        environment: &Utf8Path,
    ) -> Evaluated<Option<Self>> {
        let bytes = host
            .inputs()
            .read(path)
            .map_err(|error| failure(error.to_string()))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes);
        let value = cache.load(host.inputs(), path, Format::Yaml);
        let value = value.map_err(|unwind| not_yaml(unwind.into_error()))?;
        let file = ConfigurationFile {
            path,
            text: &text,
            environment,
        };
        let hash = match value {
            Some(Value::Hash(hash)) => hash,
            _ => {
                host.warn(
                    &format!(
                        "{path}: File exists but does not contain a valid YAML hash. Falling back \
                         to Hiera version 3 default config"
                    ),
                    None,
                );
                Arc::default()
            }
        };
        let hierarchy = file.read(host, layer, &hash)?;
        Ok(Some(Self {
            file: Some(path.to_owned()),
            ..hierarchy
        }))
    }
}

/// Of itself a configuration says where it is wrong and no more.
fn not_yaml(error: Error) -> Error {
    match error.message.strip_prefix("Unable to parse ") {
        Some(message) => Error::new(message),
        None => error,
    }
}

/// A `hiera.yaml` that is being read.
pub(crate) struct ConfigurationFile<'t> {
    path: &'t Utf8Path,
    text: &'t str,
    environment: &'t Utf8Path,
}

impl ConfigurationFile<'_> {
    fn read(&self, host: &dyn LookupHost, layer: &Layer, hash: &HashMap) -> Evaluated<Hierarchy> {
        let version = match hash.get(&Name("version")) {
            None | Some(Value::Undef) => 3,
            Some(Value::Integer(version)) => *version,
            Some(Value::Float(version)) => *version as i64,
            Some(Value::String(text)) => leading_digits(text),
            Some(_) => 0,
        };
        match version {
            5 => self.version5(layer, hash),
            4 => {
                self.deprecated(host, 4);
                self.version4(layer, hash)
            }
            3 => {
                self.deprecated(host, 3);
                let hierarchy = self.version3(hash)?;
                let place = match layer {
                    Layer::Global => return Ok(hierarchy),
                    Layer::Module(_) => "a module",
                    Layer::Environment => "an environment",
                };
                self.refuse(
                    &format!("hiera.yaml version 3 cannot be used in {place}"),
                    None,
                )
            }
            other => self.refuse(
                &format!("This runtime does not support hiera.yaml version {other}"),
                None,
            ),
        }
    }

    fn deprecated(&self, host: &dyn LookupHost, version: u8) {
        let path = self.path;
        // One for all files: whoever reads it looks for the others.
        host.deprecate(
            "hiera.yaml",
            &format!(
                "{path}: Use of 'hiera.yaml' version {version} is deprecated. It should be \
                 converted to version 5"
            ),
            Some(path.as_str()),
        );
    }

    /// Refuses what is not of the type of its version.
    fn check_type(&self, wanted: &Type, given: &HashMap) -> Evaluated<()> {
        let subject = format!("The Lookup Configuration at '{}'", self.path);
        mismatch::assert(&subject, wanted, &Value::hash(given.clone()))
            .map_err(|message| Error::new(message).into())
    }

    /// The folder that relative paths start from.
    fn root(&self) -> Utf8PathBuf {
        self.path
            .parent()
            .map(Utf8Path::to_owned)
            .unwrap_or_default()
    }

    /// An error that names the file, and the line where one is known.
    fn refuse<T>(&self, message: &str, line: Option<usize>) -> Evaluated<T> {
        let place = match line {
            Some(line) => format!("(file: {}, line: {line})", self.path),
            None => format!("(file: {})", self.path),
        };
        Err(issue(format!("{message} {place}")).into())
    }

    /// The line, from 1, of the `occurrence`-th (from 1) setting `key: value`.
    fn line_of(&self, key: &str, value: &str, occurrence: usize) -> Option<usize> {
        let fits = |line: &str| {
            let line = line.trim().trim_start_matches("- ").trim_start();
            let line = line.strip_prefix(':').unwrap_or(line);
            let rest = line
                .strip_prefix(key)
                .and_then(|rest| rest.trim_start().strip_prefix(':'));
            rest.is_some_and(|rest| {
                let rest = rest.split(" #").next().unwrap_or(rest).trim();
                rest.trim_matches(['"', '\'']) == value
            })
        };
        self.text
            .lines()
            .enumerate()
            .filter(|(_, line)| fits(line))
            .nth(occurrence - 1)
            .map(|(index, _)| index + 1)
    }

    /// The first two lines, from 1, on which a word stands.
    fn lines_with(&self, word: &str) -> (Option<usize>, Option<usize>) {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let has_word = |line: &str| {
            let mut words = line.split(|c| !is_part(c)).skip(1);
            words.any(|one| one == word)
        };
        let mut lines = self.text.lines().enumerate();
        let mut next = || {
            lines
                .find(|(_, line)| has_word(line))
                .map(|(index, _)| index + 1)
        };
        (next(), next())
    }

    /// The line, from 1, on which a setting's name stands.
    fn line_of_key(&self, key: &str) -> Option<usize> {
        let fits = |line: &str| {
            let line = line.trim().trim_start_matches("- ").trim_start();
            let line = line.strip_prefix(':').unwrap_or(line);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        self.text.lines().position(fits).map(|index| index + 1)
    }
}

/// The number that a text begins with, or 0.
fn leading_digits(text: &str) -> i64 {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit());
    text[..end.unwrap_or(text.len())]
        .parse()
        .unwrap_or_default()
}

/// The text of an entry of a hash.
pub(crate) fn text<'h>(hash: &'h HashMap, key: &str) -> Option<&'h str> {
    hash.get(&Value::string(key)).and_then(Value::as_str)
}

/// One text, or several.
pub(crate) fn texts(value: &Value) -> Vec<Arc<str>> {
    match value {
        Value::String(text) => vec![Arc::clone(text)],
        Value::Array(elements) => elements.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
