//! What a run leaves for people and their checks: the summary and the report of the last run, the
//! catalog, the classes and resources that it held.

use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{Catalog, Data, Report, atomic, yaml};
use jiff::Timestamp;
use thiserror::Error;

/// A file of state cannot be written.
#[derive(Debug, Error)]
#[error("cannot write {path}: {source}")]
pub struct StateError {
    path: String,
    source: io::Error,
}

/// Where a run leaves things.
#[derive(Clone, Debug)]
pub struct LastRun {
    /// `lastrunfile`
    pub summary: Utf8PathBuf,
    /// `lastrunreport`
    pub report: Utf8PathBuf,
    /// `classfile`
    pub classes: Utf8PathBuf,
    /// `resourcefile`
    pub resources: Utf8PathBuf,
}

impl LastRun {
    /// Writes summary and report.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(
        &self,
        report: &Report,
        initial_environment: &str,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let summary = report.summary("agent", initial_environment, now);
        write(&self.summary, &yaml::emit(&data(summary)), 0o644)?;
        let whole = serde_json::from_slice(&report.to_json()).expect("a report's own JSON is JSON");
        write(&self.report, &yaml::emit(&data(whole)), 0o640)
    }

    /// Writes what the catalog held (`write_catalog_summary`).
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_catalog(&self, catalog: &Catalog) -> Result<(), StateError> {
        let lines = |names: &mut dyn Iterator<Item = String>| {
            names.fold(String::new(), |text, name| text + &name + "\n")
        };
        let classes = lines(&mut catalog.classes.iter().map(ToString::to_string));
        let managed = catalog.resources.iter().filter(|resource| {
            let type_name = &resource.reference.type_name;
            ficelle_model::schema::lookup(type_name).is_some()
        });
        let resources = lines(&mut managed.map(|resource| {
            let reference = &resource.reference;
            format!(
                "{}[{}]",
                reference.type_name.to_lowercase(),
                reference.title
            )
        }));
        write(&self.classes, &classes, 0o640)?;
        write(&self.resources, &resources, 0o640)
    }
}

/// Writes a file whole, its directories first.
pub(super) fn write(path: &Utf8Path, text: &str, mode: u32) -> Result<(), StateError> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| atomic::replace(path.as_std_path(), text.as_bytes(), mode))
        .map_err(|source| StateError {
            path: path.to_string(),
            source,
        })
}

fn data(value: serde_json::Value) -> Data {
    use serde_json::Value;
    match value {
        Value::Null => Data::Undef,
        Value::Bool(value) => Data::Boolean(value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Data::Integer(integer),
            None => Data::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Data::from(text),
        Value::Array(elements) => Data::Array(elements.into_iter().map(data).collect()),
        Value::Object(hash) => Data::hash(
            hash.into_iter()
                .map(|(key, value)| (key.into(), data(value)))
                .collect(),
        ),
    }
}
