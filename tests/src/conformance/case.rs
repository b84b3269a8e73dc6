//! A recorded case, and the shape of an answer.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// One line of a file of cases.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in results and exceptions.
    pub id: String,
    /// What is done with it.
    pub kind: String,
    /// What it is about.
    pub area: String,
    /// The code, or the name of a function.
    pub code: String,
    /// Settings that differ from the defaults.
    settings: Map<String, Value>,
    /// What was observed: `error`, or what the kind gives; and perhaps `logs`.
    pub expect: Map<String, Value>,
    /// The whole case, for what only one kind has.
    pub raw: Map<String, Value>,
}

impl Case {
    /// Reads one line.
    pub fn read(line: &str) -> Result<Self> {
        let raw: Map<String, Value> = serde_json::from_str(line).context("not a JSON object")?;
        let text = |key: &str| {
            raw.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let object = |key: &str| raw.get(key).and_then(Value::as_object).cloned();
        Ok(Self {
            id: text("id"),
            kind: text("kind"),
            area: text("area"),
            code: text("code"),
            settings: object("settings").unwrap_or_default(),
            expect: object("expect").context("no `expect`")?,
            raw,
        })
    }

    /// A setting that differs from its default, as text.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(Value::as_str)
    }

    /// A setting that is true or false, where it differs from its default.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.settings.get(name)? {
            Value::Bool(value) => Some(*value),
            other => Some(other.as_str() == Some("true")),
        }
    }

    /// The error that was observed.
    pub fn expected_error(&self) -> Option<&str> {
        self.expect.get("error").and_then(Value::as_str)
    }
}

/// A message that was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// `debug`, `info`, `notice`, `warning`, `err`, …
    pub level: String,
    /// The text.
    pub message: String,
}

/// What this project answers to a case.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// What came out, under the name the kind gives it (`pn`, `value`, `catalog`).
    pub result: Option<(&'static str, Value)>,
    /// The error, when there was one.
    pub error: Option<String>,
    /// What was logged, in order.
    pub logs: Vec<Log>,
}

impl Observed {
    /// An answer that is a result.
    pub fn result(name: &'static str, value: Value) -> Self {
        Self {
            result: Some((name, value)),
            ..Self::default()
        }
    }

    /// An answer that is an error.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            error: Some(message.into()),
            ..Self::default()
        }
    }

    /// The answer in the form of `expect`.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        if let Some((name, value)) = &self.result {
            out.insert((*name).to_owned(), value.clone());
        }
        if let Some(error) = &self.error {
            out.insert("error".into(), error.clone().into());
        }
        if !self.logs.is_empty() {
            let one = |log: &Log| serde_json::json!({"level": log.level.as_str(), "message": log.message.as_str()});
            out.insert("logs".into(), self.logs.iter().map(one).collect());
        }
        Value::Object(out)
    }
}
