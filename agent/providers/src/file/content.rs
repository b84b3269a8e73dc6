//! What a file should hold, and how that differs from what it holds.

use std::io;

use ficelle_system::Digest;
use similar::TextDiff;

use crate::{Context, ProviderError, Visibility};

use super::{File, ShowDiff, origin::Origin};

/// Files longer than this are not compared line by line for the log.
const DIFF_LIMIT: usize = 1024 * 1024;

/// What a file should hold.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// What the catalog says.
    Given(Digest),
    /// What a source has, known by its checksum.
    Sourced(Digest, Origin),
    /// What a source has; only when it was changed is known.
    Dated(String, Origin),
}

impl Wanted {
    /// As the log shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Given(digest) | Self::Sourced(digest, _) => digest.to_string(),
            Self::Dated(time, _) => time.clone(),
        }
    }
}

impl File {
    /// The difference between what is there and what should be, for the log.
    pub(super) fn difference(
        &self,
        wanted: &Wanted,
        context: &Context<'_>,
    ) -> Result<Option<String>, ProviderError> {
        let may_show = context.show_diff
            && self.show_diff == ShowDiff::Yes
            && self.content_visibility == Visibility::Shown;
        if !may_show {
            return Ok(None);
        }
        let Some(old) = context
            .system
            .read(&self.path)?
            .filter(|old| old.len() <= DIFF_LIMIT)
        else {
            return Ok(None);
        };
        let new = match wanted {
            Wanted::Given(_) => self.content.clone().unwrap_or_default(),
            Wanted::Sourced(_, origin) | Wanted::Dated(_, origin) => {
                let mut bytes = Vec::new();
                let mut too_long = false;
                let sent = origin.send(context, &mut |piece| {
                    bytes.extend_from_slice(piece);
                    too_long = bytes.len() > DIFF_LIMIT;
                    if too_long {
                        Err(io::ErrorKind::FileTooLarge.into())
                    } else {
                        Ok(())
                    }
                });
                if too_long {
                    return Ok(None);
                }
                sent?;
                bytes
            }
        };
        Ok(Some(unified(&self.path, &old, &new)))
    }
}

/// The difference in the form of `diff -u`, after an empty line as the log has it.
pub(super) fn unified(path: &str, old: &[u8], new: &[u8]) -> String {
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
        return format!("\nBinary files {path} and (new) differ");
    };
    let diff = TextDiff::from_lines(old, new);
    let text = diff
        .unified_diff()
        .context_radius(3)
        .header(path, "(new)")
        .to_string();
    format!("\n{}", text.trim_end_matches('\n'))
}
