//! `puppet.conf` and the flags that override it: one set of settings for both binaries, under the
//! names that Puppet gives them.
//!
//! A value is looked for among the flags, then in the section of the mode (`[server]`, also
//! spelled `[master]`; `[agent]`; `[user]`), then in `[main]`, then in the table of defaults.
//! `$name` and `${name}` in a value stand for another setting.

mod file;
mod flags;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use camino::Utf8PathBuf;
use thiserror::Error;

pub use file::ConfigFile;
pub use flags::{Flags, split_flags};
pub use table::{Kind, Setting, canonical_name, find as find_setting, settings as known_settings};

/// What is wrong with the settings, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// A line of the file is neither a section, a setting nor a comment.
    #[error(
        "cannot read line {line} of {path}: {text:?} is neither `[section]` nor `name = value`"
    )]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A section that means nothing.
    #[error("{path} has a section [{section}]; there are main, server, master, agent and user")]
    Section {
        /// The file.
        path: String,
        /// The section.
        section: String,
    },
    /// A value is of the wrong kind.
    #[error("setting {name} = {value:?} is not {wanted}{place}")]
    Value {
        /// The setting.
        name: String,
        /// Its value.
        value: String,
        /// What would be right.
        wanted: String,
        /// ` (file, line)`, or nothing for a flag.
        place: String,
    },
    /// Settings refer to each other in a circle.
    #[error("setting {0} refers to itself")]
    Circle(String),
    /// A value refers to a setting that is not known.
    #[error("setting {name} refers to ${reference}, which is no setting")]
    Reference {
        /// The setting.
        name: String,
        /// The unknown name.
        reference: String,
    },
    /// A flag needs a value.
    #[error("--{0} needs a value")]
    Missing(String),
}

/// Reads a duration: seconds, or a number with `s`, `m`, `h`, `d` or `y`; `Some(None)` is
/// `unlimited`.
pub fn duration(text: &str) -> Option<Option<Duration>> {
    let text = text.trim();
    if text == "unlimited" {
        return Some(None);
    }
    let (number, unit) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => (&text[..at], unit),
        _ => (text, 's'),
    };
    let factor: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    let number: u64 = number.trim().parse().ok()?;
    Some(Some(Duration::from_secs(number.checked_mul(factor)?)))
}

/// Which program reads the settings, and so which section counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `master`: `[server]` and `[master]`.
    Server,
    /// `agent`: `[agent]`.
    Agent,
    /// Everything else: `[user]`.
    User,
}

impl Mode {
    fn sections(self) -> &'static [&'static str] {
        match self {
            Self::Server => &["server", "master"],
            Self::Agent => &["agent"],
            Self::User => &["user"],
        }
    }

    /// The name that `run_mode` has.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Agent => "agent",
            Self::User => "user",
        }
    }
}

/// The settings of one run.
#[derive(Clone, Debug)]
pub struct Settings {
    mode: Mode,
    file: ConfigFile,
    flags: BTreeMap<String, String>,
    host_name: String,
}

impl Settings {
    /// Settings from a parsed file, the flags of the command line, and the host's full name in
    /// lower case (the default certname).
    pub fn new(mode: Mode, file: ConfigFile, flags: Flags, host_name: &str) -> Self {
        Self {
            mode,
            file,
            flags: flags.values,
            host_name: host_name.to_ascii_lowercase(),
        }
    }

    /// The mode they were read for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Sets a value as if it had been a flag.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.flags
            .insert(canonical_name(name).to_owned(), value.into());
    }

    /// The value as written, before `$name` is replaced, and where it comes from.
    fn raw(&self, name: &str) -> Option<(String, Origin)> {
        if let Some(value) = self.flags.get(name) {
            return Some((value.clone(), Origin::Flag));
        }
        let sections = self.mode.sections().iter().chain(&["main"]);
        for section in sections {
            if let Some(entry) = self.file.find(section, name) {
                return Some((entry.value.clone(), Origin::File(entry.line)));
            }
        }
        let setting = table::find(name)?;
        Some((setting.default.to_owned(), Origin::Default))
    }

    /// Whether the file or a flag gives it a value.
    pub fn is_set(&self, name: &str) -> bool {
        matches!(
            self.raw(canonical_name(name)),
            Some((_, Origin::Flag | Origin::File(_)))
        )
    }

    /// A setting's text, `$name`s replaced. Empty where it has neither value nor default.
    ///
    /// # Errors
    /// It refers to itself or to an unknown setting.
    pub fn text(&self, name: &str) -> Result<String, SettingsError> {
        self.resolve(canonical_name(name), &mut Vec::new())
    }

    fn resolve(&self, name: &str, above: &mut Vec<String>) -> Result<String, SettingsError> {
        match name {
            "host_name" | "fqdn" => return Ok(self.host_name.clone()),
            "hostname" => return Ok(self.host_name.split('.').next().unwrap_or("").to_owned()),
            "domain" => {
                return Ok(self
                    .host_name
                    .split_once('.')
                    .map_or("", |(_, rest)| rest)
                    .to_owned());
            }
            "run_mode" => return Ok(self.mode.name().to_owned()),
            _ => {}
        }
        if above.iter().any(|seen| seen == name) {
            return Err(SettingsError::Circle(name.to_owned()));
        }
        let Some((raw, _)) = self.raw(name) else {
            return Ok(String::new());
        };
        above.push(name.to_owned());
        let text = self.interpolate(name, &raw, above)?;
        above.pop();
        Ok(text)
    }

    fn interpolate(
        &self,
        name: &str,
        raw: &str,
        above: &mut Vec<String>,
    ) -> Result<String, SettingsError> {
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (reference, remainder) = match after.strip_prefix('{') {
                Some(inner) => inner.split_once('}').unwrap_or((inner, "")),
                None => {
                    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                    after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len()))
                }
            };
            // Left for those who fill it in later: `config_version = …/$environment/…`.
            if reference.is_empty() || reference == "environment" {
                text.push('$');
                rest = after;
                continue;
            }
            let reference = canonical_name(reference);
            let known = table::find(reference).is_some()
                || self.raw(reference).is_some()
                || matches!(
                    reference,
                    "fqdn" | "host_name" | "hostname" | "domain" | "run_mode"
                );
            if !known {
                return Err(SettingsError::Reference {
                    name: name.to_owned(),
                    reference: reference.to_owned(),
                });
            }
            text.push_str(&self.resolve(reference, above)?);
            rest = remainder;
        }
        text.push_str(rest);
        Ok(text)
    }

    fn refuse(&self, name: &str, value: &str, wanted: impl Into<String>) -> SettingsError {
        let place = match self.raw(name) {
            Some((_, Origin::File(line))) => format!(" ({}, line {line})", self.file.path()),
            _ => String::new(),
        };
        SettingsError::Value {
            name: name.to_owned(),
            value: value.to_owned(),
            wanted: wanted.into(),
            place,
        }
    }

    /// `true`, `yes` or `1`; `false`, `no`, `0` or nothing.
    ///
    /// # Errors
    /// Anything else.
    pub fn boolean(&self, name: &str) -> Result<bool, SettingsError> {
        let name = canonical_name(name);
        let text = self.text(name)?;
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true),
            "false" | "no" | "0" | "" => Ok(false),
            _ => Err(self.refuse(name, &text, "true or false")),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// Anything else.
    pub fn integer(&self, name: &str) -> Result<i64, SettingsError> {
        let name = canonical_name(name);
        let text = self.text(name)?;
        text.trim()
            .parse()
            .map_err(|_| self.refuse(name, &text, "a whole number"))
    }

    /// A port.
    ///
    /// # Errors
    /// No number from 1 to 65535.
    pub fn port(&self, name: &str) -> Result<u16, SettingsError> {
        let name = canonical_name(name);
        let text = self.text(name)?;
        let port = text.trim().parse().ok().filter(|&port: &u16| port > 0);
        port.ok_or_else(|| self.refuse(name, &text, "a port (1 to 65535)"))
    }

    /// A duration: seconds, or a number with `s`, `m`, `h`, `d` or `y`. `None` for `unlimited`.
    ///
    /// # Errors
    /// Anything else.
    pub fn duration(&self, name: &str) -> Result<Option<Duration>, SettingsError> {
        let name = canonical_name(name);
        let text = self.text(name)?;
        let wanted = "a duration such as 90, 30m, 12h, 7d, 1y or unlimited";
        duration(&text).ok_or_else(|| self.refuse(name, &text, wanted))
    }

    /// A path.
    ///
    /// # Errors
    /// As [`Settings::text`].
    pub fn path(&self, name: &str) -> Result<Utf8PathBuf, SettingsError> {
        Ok(Utf8PathBuf::from(self.text(name)?))
    }

    /// Several values, separated by commas.
    ///
    /// # Errors
    /// As [`Settings::text`].
    pub fn list(&self, name: &str) -> Result<Vec<String>, SettingsError> {
        let text = self.text(name)?;
        Ok(text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(Into::into)
            .collect())
    }

    /// Several paths, separated by colons.
    ///
    /// # Errors
    /// As [`Settings::text`].
    pub fn paths(&self, name: &str) -> Result<Vec<Utf8PathBuf>, SettingsError> {
        let text = self.text(name)?;
        Ok(text
            .split(':')
            .filter(|item| !item.is_empty())
            .map(Into::into)
            .collect())
    }

    /// Checks the file's sections, and every value that it or a flag gives against its kind.
    ///
    /// # Errors
    /// The first that does not fit.
    pub fn check(&self) -> Result<(), SettingsError> {
        let is_known = |name: &str| {
            let modes = [Mode::Server, Mode::Agent, Mode::User];
            name == "main" || modes.iter().any(|mode| mode.sections().contains(&name))
        };
        if let Some(section) = self.file.sections().find(|name| !is_known(name)) {
            return Err(SettingsError::Section {
                path: self.file.path().to_owned(),
                section: section.to_owned(),
            });
        }
        for setting in table::settings() {
            if !self.is_set(setting.name) {
                continue;
            }
            let text = self.text(setting.name)?;
            match setting.kind {
                Kind::Text | Kind::Path | Kind::List | Kind::Paths => {}
                Kind::Boolean => drop(self.boolean(setting.name)?),
                Kind::Integer => drop(self.integer(setting.name)?),
                Kind::Duration => drop(self.duration(setting.name)?),
                Kind::OneOf(values) if values.contains(&text.as_str()) => {}
                Kind::OneOf(values) => {
                    let wanted = format!("one of {}", values.join(", "));
                    return Err(self.refuse(setting.name, &text, wanted));
                }
            }
        }
        Ok(())
    }

    /// Settings of the file that nobody knows, with their lines: worth a warning.
    pub fn unknown(&self) -> Vec<(String, usize)> {
        let sections = self.mode.sections().iter().chain(&["main"]);
        sections
            .flat_map(|section| self.file.entries(section))
            .filter(|(name, _)| table::find(name).is_none())
            .map(|(name, entry)| (name.to_owned(), entry.line))
            .collect()
    }

    /// Every known setting with its value, in the table's order (`$settings::…` of a manifest).
    pub fn all(&self) -> Vec<(&'static str, String)> {
        let value = |setting: &'static Setting| Some((setting.name, self.text(setting.name).ok()?));
        table::settings().iter().filter_map(value).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Flag,
    File(usize),
    Default,
}
