//! The cases that are wrong for this project, each with its reason.
//!
//! The file holds tables in TOML's form, with two strings each:
//!
//! ```toml
//! [[exception]]
//! id = "0123456789abcdef"
//! reason = "why this project answers otherwise"
//! ```

use std::collections::BTreeMap;

use anyhow::{Result, bail};

/// Reasons, by the id of the case.
#[derive(Clone, Debug, Default)]
pub struct Exceptions(BTreeMap<String, String>);

impl Exceptions {
    /// Reads the list.
    pub fn read(text: &str) -> Result<Self> {
        let mut found = BTreeMap::new();
        let mut id: Option<String> = None;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line == "[[exception]]" {
                if let Some(id) = id {
                    bail!("line {}: the exception {id} has no reason", number + 1);
                }
                id = None;
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                bail!("line {}: expected `key = \"value\"`", number + 1);
            };
            let value: String = serde_json::from_str(value.trim())?;
            match (key.trim(), id.take()) {
                ("id", None) => id = Some(value),
                ("reason", Some(_)) if value.is_empty() => {
                    bail!("line {}: an exception needs a reason", number + 1);
                }
                ("reason", Some(id)) => {
                    if found.insert(id.clone(), value).is_some() {
                        bail!("line {}: {id} stands here twice", number + 1);
                    }
                }
                (key, _) => bail!("line {}: unexpected `{key}`", number + 1),
            }
        }
        match id {
            Some(id) => bail!("the exception {id} has no reason"),
            None => Ok(Self(found)),
        }
    }

    /// Why a case is on the list.
    pub fn reason(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Exceptions;

    #[test]
    fn reads_ids_and_reasons() {
        let text = "# why\n[[exception]]\nid = \"a\"\nreason = \"says \\\"so\\\"\"\n";
        let list = Exceptions::read(text).expect("the list is in form");
        assert_eq!(list.reason("a"), Some("says \"so\""));
        assert_eq!(list.reason("b"), None);
    }

    #[test]
    fn an_exception_needs_a_reason() {
        assert!(Exceptions::read("[[exception]]\nid = \"a\"\n").is_err());
        assert!(Exceptions::read("[[exception]]\nid = \"a\"\nreason = \"\"\n").is_err());
    }
}
