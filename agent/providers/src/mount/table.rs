//! The lines of fstab (fstab(5)) and of what is mounted.

use crate::{Context, ProviderError};

/// A line of fstab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) device: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) options: String,
    pub(super) dump: String,
    pub(super) pass: String,
}

impl Entry {
    /// Reads a line; `None` for comments and the like.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('#') {
            return None;
        }
        let mut words = line.split_whitespace().map(unescape);
        let (device, name, kind) = (words.next()?, words.next()?, words.next()?);
        let mut or = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
        let (options, dump, pass) = (or("defaults"), or("0"), or("0"));
        let name = match name.trim_end_matches('/') {
            "" => "/".to_owned(),
            trimmed => trimmed.to_owned(),
        };
        Some(Self {
            device,
            name,
            kind,
            options,
            dump,
            pass,
        })
    }

    pub(super) fn line(&self) -> String {
        let fields = [
            &self.device,
            &self.name,
            &self.kind,
            &self.options,
            &self.dump,
            &self.pass,
        ];
        fields.map(|field| escape(field)).join("\t")
    }
}

/// Where something is mounted now.
pub(super) fn mounted(context: &Context<'_>) -> Result<Vec<String>, ProviderError> {
    let text = context
        .system
        .read_text("/proc/self/mounts")?
        .unwrap_or_default();
    Ok(text
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(unescape)
        .collect())
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\134")
        .replace(' ', "\\040")
        .replace('\t', "\\011")
        .replace('\n', "\\012")
}

fn unescape(text: &str) -> String {
    text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}
