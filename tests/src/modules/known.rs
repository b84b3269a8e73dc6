//! The differences that are known, each with its reason.
//!
//! The file holds tables in TOML's form, with two strings each:
//!
//! ```toml
//! [[difference]]
//! cases = "apt::source/full@*"
//! reason = "why the two sides differ there"
//! ```

use anyhow::{Result, bail};

/// Known differences.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<Entry>);

/// Some cases and why they differ.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The id of a case; `*` stands for anything.
    pub cases: String,
    /// Why they differ.
    pub reason: String,
}

impl Known {
    /// Reads the list.
    pub fn read(text: &str) -> Result<Self> {
        let mut found: Vec<Entry> = Vec::new();
        let mut cases: Option<String> = None;
        for (number, line) in text.lines().enumerate() {
            let number = number + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line == "[[difference]]" {
                if let Some(cases) = cases {
                    bail!("line {number}: {cases} has no reason");
                }
                cases = None;
                continue;
            }
            let Some((key, value)) = line.split_once('=') else {
                bail!("line {number}: expected `key = \"value\"`");
            };
            let value: String = serde_json::from_str(value.trim())?;
            match (key.trim(), cases.take()) {
                ("cases", None) => cases = Some(value),
                ("reason", Some(cases)) if !value.is_empty() => found.push(Entry {
                    cases,
                    reason: value,
                }),
                (key, _) => bail!("line {number}: unexpected `{key}`"),
            }
        }
        match cases {
            Some(cases) => bail!("{cases} has no reason"),
            None => Ok(Self(found)),
        }
    }

    /// Why a case may differ.
    pub fn reason(&self, id: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| fits(&entry.cases, id))
    }

    /// All of them.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}

/// Whether a text is what a pattern with `*` says.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .any(|at| fits(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::{Known, fits};

    #[test]
    fn a_star_stands_for_anything() {
        assert!(fits("apt::*/full@*", "apt::source/full@debian12"));
        assert!(!fits("apt::*/full@*", "apt::source/main@debian12"));
        assert!(fits("*", "") && fits("a", "a") && !fits("a", "ab"));
    }

    #[test]
    fn a_difference_needs_a_reason() {
        let list = "[[difference]]\ncases = \"a*\"\nreason = \"so\"\n";
        let list = Known::read(list).expect("the list is in form");
        assert_eq!(list.reason("ab").map(|entry| &*entry.reason), Some("so"));
        assert!(Known::read("[[difference]]\ncases = \"a\"\n").is_err());
        assert!(Known::read("[[difference]]\ncases = \"a\"\nreason = \"\"\n").is_err());
    }
}
