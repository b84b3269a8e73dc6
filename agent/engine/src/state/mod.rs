//! What is remembered from run to run: how properties were left, when scheduled resources were
//! looked at, what watched properties were. All of it can be lost without harm, so a file that
//! cannot be read is put aside and the run goes on.

mod last_run;

use std::{fs, io, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{
    Data,
    data::DataHash,
    yaml::{self, Node},
};
use indexmap::IndexMap;
use jiff::Timestamp;

pub use last_run::{LastRun, StateError};

/// How a property was left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    /// What the catalog wanted.
    pub(crate) wanted: Data,
    /// What it was, where the provider told (a change); none where it was as wanted.
    pub(crate) system_value: Option<Data>,
}

type Properties = IndexMap<String, Known>;

/// What is remembered.
#[derive(Debug, Default)]
pub struct Store {
    transactions: Utf8PathBuf,
    states: Utf8PathBuf,
    before: IndexMap<String, Properties>,
    after: IndexMap<String, Properties>,
    watched: IndexMap<String, Watched>,
}

/// What is remembered of one resource beside its properties.
#[derive(Clone, Debug, Default, PartialEq)]
struct Watched {
    checked: Option<Timestamp>,
    values: IndexMap<String, Data>,
}

impl Store {
    /// Reads `transactionstorefile` and `statefile`. The texts are warnings.
    pub fn load(transactions: &Utf8Path, states: &Utf8Path) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        let mut store = Self {
            transactions: transactions.to_owned(),
            states: states.to_owned(),
            ..Self::default()
        };
        if let Some(document) = read(transactions, "Transaction store", &mut warnings) {
            store.before = read_transactions(&document);
        }
        if let Some(document) = read(states, "State", &mut warnings) {
            store.watched = read_states(&document);
        }
        (store, warnings)
    }

    /// Writes both files, each whole or not at all. What has not changed is not written.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn save(&self) -> Result<(), StateError> {
        let entries = self.after.iter().map(|(name, properties)| {
            let of = |known: &Known| {
                let mut entry = DataHash::default();
                let value = known.system_value.clone();
                entry.insert("wanted".into(), known.wanted.clone());
                entry.extend(value.map(|value| (Arc::from("system_value"), value)));
                Data::hash(entry)
            };
            let of = |(name, known): (&String, &Known)| (Arc::from(&**name), of(known));
            let parameters: DataHash = properties.iter().map(of).collect();
            let resource = hash([("parameters", Data::hash(parameters))]);
            (Arc::from(&**name), resource)
        });
        let resources = Data::hash(entries.collect());
        replace(&self.transactions, &hash([("resources", resources)]))?;

        let states = self.watched.iter().map(|(name, watched)| {
            let mut entry = DataHash::default();
            if let Some(checked) = watched.checked {
                entry.insert("checked".into(), Data::Integer(checked.as_second()));
            }
            let values = watched.values.iter();
            entry.extend(values.map(|(name, value)| (Arc::from(&**name), value.clone())));
            (Arc::from(&**name), Data::hash(entry))
        });
        replace(&self.states, &Data::hash(states.collect()))
    }

    pub(crate) fn known(&self, resource: &str, property: &str) -> Option<&Known> {
        self.before.get(resource)?.get(property)
    }

    pub(crate) fn known_of(&self, resource: &str) -> Vec<(String, Known)> {
        let properties = self.before.get(resource).into_iter().flatten();
        properties
            .map(|(name, known)| (name.clone(), known.clone()))
            .collect()
    }

    pub(crate) fn set(&mut self, resource: &str, properties: Vec<(String, Known)>) {
        if !properties.is_empty() {
            self.after
                .insert(resource.to_owned(), properties.into_iter().collect());
        }
    }

    /// Keeps what was known of a resource that this run does not look at.
    pub(crate) fn keep(&mut self, resource: &str) {
        if let Some(properties) = self.before.get(resource) {
            self.after.insert(resource.to_owned(), properties.clone());
        }
    }

    pub(crate) fn checked(&self, resource: &str) -> Option<Timestamp> {
        self.watched.get(resource)?.checked
    }

    pub(crate) fn set_checked(&mut self, resource: &str, time: Timestamp) {
        self.watched.entry(resource.to_owned()).or_default().checked = Some(time);
    }

    pub(crate) fn recorded(&self, resource: &str, property: &str) -> Option<&Data> {
        self.watched.get(resource)?.values.get(property)
    }

    pub(crate) fn record(&mut self, resource: &str, property: &str, value: Data) {
        let watched = self.watched.entry(resource.to_owned()).or_default();
        watched.values.insert(property.to_owned(), value);
    }
}

fn read(path: &Utf8Path, what: &str, warnings: &mut Vec<String>) -> Option<Node> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            warnings.push(format!(
                "{what} file {path} cannot be read ({error}), ignoring"
            ));
            return None;
        }
    };
    match yaml::parse(&text) {
        Ok(document) => Some(document),
        Err(error) => {
            warnings.push(format!(
                "{what} file {path} is corrupt ({error}); replacing"
            ));
            // Kept for who wants to know; if it cannot be moved, saving replaces it.
            let _ = fs::rename(path, format!("{path}.bad"));
            None
        }
    }
}

fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match node {
        Node::Mapping(entries) => entries.as_slice(),
        _ => &[],
    };
    entries
        .iter()
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
}

fn read_transactions(document: &Node) -> IndexMap<String, Properties> {
    let resources = document.get("resources").map(entries);
    let properties = |resource: &Node| {
        let parameters = resource.get("parameters").map(entries);
        let parameters = parameters.into_iter().flatten();
        parameters
            .map(|(name, entry)| {
                let known = Known {
                    wanted: entry.get("wanted").map(Node::to_data).unwrap_or_default(),
                    system_value: entry.get("system_value").map(Node::to_data),
                };
                (name.to_owned(), known)
            })
            .collect()
    };
    let resources = resources.into_iter().flatten();
    resources
        .map(|(name, resource)| (name.to_owned(), properties(resource)))
        .collect()
}

fn read_states(document: &Node) -> IndexMap<String, Watched> {
    let watched = |entry: &Node| {
        let mut watched = Watched::default();
        for (name, value) in entries(entry) {
            match (name, value) {
                ("checked", Node::Integer(seconds)) => {
                    watched.checked = Timestamp::from_second(*seconds).ok();
                }
                _ => drop(watched.values.insert(name.to_owned(), value.to_data())),
            }
        }
        watched
    };
    entries(document)
        .map(|(name, entry)| (name.to_owned(), watched(entry)))
        .collect()
}

fn hash<const N: usize>(entries: [(&str, Data); N]) -> Data {
    Data::hash(
        entries
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
    )
}

/// Writes a file of state unless it says the same already.
fn replace(path: &Utf8Path, data: &Data) -> Result<(), StateError> {
    let text = yaml::emit(data);
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    last_run::write(path, &text, 0o640)
}
