//! Settings given on a command line: `--name value`, `--name=value`, `--name` and `--no-name`.

use std::collections::BTreeMap;

use super::{
    SettingsError,
    table::{self, Kind},
};

/// Settings that the command line gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub(super) values: BTreeMap<String, String>,
}

impl Flags {
    /// Adds one.
    pub fn insert(&mut self, name: &str, value: impl Into<String>) {
        self.values
            .insert(table::canonical_name(name).to_owned(), value.into());
    }

    /// Adds one, unless it was given.
    pub fn insert_default(&mut self, name: &str, value: impl Into<String>) {
        self.values
            .entry(table::canonical_name(name).to_owned())
            .or_insert_with(|| value.into());
    }
}

/// Takes the settings out of `arguments`; what is not a known setting, or is one of `reserved`
/// (options that the command itself understands), stays, in order.
///
/// # Errors
/// A setting that needs a value stands last.
pub fn split_flags(
    arguments: impl IntoIterator<Item = String>,
    reserved: &[&str],
) -> Result<(Flags, Vec<String>), SettingsError> {
    let mut flags = Flags::default();
    let mut rest = Vec::new();
    let mut arguments = arguments.into_iter().peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            rest.push(argument);
            rest.extend(arguments);
            break;
        }
        let Some(option) = argument.strip_prefix("--") else {
            rest.push(argument);
            continue;
        };
        let (written, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (option, None),
        };
        let negated = written.strip_prefix("no-").unwrap_or(written);
        let name = table::canonical_name(negated);
        let Some(setting) = table::find(name).filter(|_| !reserved.contains(&written)) else {
            rest.push(argument);
            continue;
        };
        let value = match (setting.kind, value) {
            (Kind::Boolean, _) if negated.len() < written.len() => "false".to_owned(),
            (_, Some(value)) => value,
            (Kind::Boolean, None) => match arguments.peek().map(String::as_str) {
                Some("true" | "false") => arguments.next().unwrap_or_default(),
                _ => "true".to_owned(),
            },
            (_, None) => arguments
                .next()
                .ok_or_else(|| SettingsError::Missing(written.to_owned()))?,
        };
        flags.values.insert(name.to_owned(), value);
    }
    Ok((flags, rest))
}
