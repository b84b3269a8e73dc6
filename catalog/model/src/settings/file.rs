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
        let mut section = file.sections.entry("main".to_owned()).or_default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            match Line::of(line) {
                Some(Line::Nothing) => {}
                Some(Line::Section(name)) => {
                    section = file.sections.entry(name.to_owned()).or_default();
                }
                Some(Line::Setting(name, value)) => {
                    let name = canonical_name(name).to_owned();
                    // Of two, the first one counts.
                    section.entry(name).or_insert_with(|| Entry {
                        value: clean(value),
                        line: index + 1,
                    });
                }
                None => {
                    return Err(SettingsError::Line {
                        path: path.to_owned(),
                        line: index + 1,
                        text: line.to_owned(),
                    });
                }
            }
        }
        Ok(file)
    }

    /// The path that it was read from.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The sections that it has, `main` first.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// A setting of a section.
    pub fn find(&self, section: &str, name: &str) -> Option<&Entry> {
        self.sections.get(section)?.get(name)
    }

    /// The settings of a section, by name.
    pub fn entries(&self, section: &str) -> impl Iterator<Item = (&str, &Entry)> {
        let entries = self.sections.get(section).into_iter().flatten();
        entries.map(|(name, entry)| (name.as_str(), entry))
    }
}

/// What a line without the space around it may be.
enum Line<'a> {
    /// Blank, or a comment. A comment has a line of its own.
    Nothing,
    /// `[name]`
    Section(&'a str),
    /// `name = value`
    Setting(&'a str, &'a str),
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Option<Self> {
        if line.is_empty() || line.starts_with('#') {
            return Some(Self::Nothing);
        }
        let is_word =
            |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if let Some(name) = line.strip_prefix('[') {
            return name.strip_suffix(']').filter(is_word).map(Self::Section);
        }
        let (name, value) = line.split_once('=')?;
        let name = Some(name.trim_end()).filter(is_word)?;
        Some(Self::Setting(name, value))
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
    let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
    value.strip_suffix(['"', '\'']).unwrap_or(value).to_owned()
}
