//! The file: sections of `name = value`, as Puppet reads it.

use indexmap::IndexMap;

use super::{SettingsError, table::canonical_name};

/// A parsed `puppet.conf`.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    path: String,
    sections: IndexMap<String, IndexMap<String, Entry>>,
}

/// A value and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As written, without quotes and ownership notes.
    pub value: String,
    /// From 1.
    pub line: usize,
}

impl ConfigFile {
    /// Reads the text of the file at `path` (which is only named in errors).
    ///
    /// # Errors
    /// A line that is no section, setting, comment or blank.
    pub fn parse(path: &str, text: &str) -> Result<Self, SettingsError> {
        let mut file = Self {
            path: path.to_owned(),
            sections: IndexMap::new(),
        };
        let mut section = "main".to_owned();
        for (index, line) in text.lines().enumerate() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = trimmed
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                section = name.trim().to_owned();
                file.sections.entry(section.clone()).or_default();
                continue;
            }
            let Some((name, value)) = trimmed.split_once('=') else {
                return Err(SettingsError::Line {
                    path: path.to_owned(),
                    line: index + 1,
                    text: trimmed.to_owned(),
                });
            };
            let name = canonical_name(name.trim()).to_owned();
            let entry = Entry {
                value: clean(value),
                line: index + 1,
            };
            file.sections
                .entry(section.clone())
                .or_default()
                .insert(name, entry);
        }
        Ok(file)
    }

    /// The path that it was read from.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn find(&self, section: &str, name: &str) -> Option<&Entry> {
        self.sections.get(section)?.get(name)
    }

    pub(super) fn entries(&self, section: &str) -> impl Iterator<Item = (&str, &Entry)> {
        let entries = self.sections.get(section).into_iter().flatten();
        entries.map(|(name, entry)| (name.as_str(), entry))
    }
}

/// Takes quotes and a trailing `{ owner = …, mode = … }` off a value.
fn clean(value: &str) -> String {
    let mut value = value.trim();
    if let Some((before, note)) = value.rsplit_once('{')
        && note.ends_with('}')
        && note.contains('=')
        && !before.ends_with('$')
    {
        value = before.trim_end();
    }
    let quoted = ['"', '\''].iter().find_map(|&quote| {
        value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    });
    quoted.unwrap_or(value).to_owned()
}
