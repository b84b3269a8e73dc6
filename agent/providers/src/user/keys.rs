//! `purge_ssh_keys`: keys of a user that the catalog does not name.

use ficelle_model::{Reference, Resource};

use crate::{Context, ParameterError, Parameters, ProviderError};

use super::User;
use crate::parameters::Presence;

/// The files to look at, `%h` and `~` standing for the home.
pub(super) fn files(parameters: &Parameters<'_>) -> Result<Option<Vec<String>>, ParameterError> {
    let Some(values) = parameters.list("purge_ssh_keys")? else {
        return Ok(None);
    };
    match values
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["false"] => Ok(None),
        ["true"] => Ok(Some(vec!["%h/.ssh/authorized_keys".to_owned()])),
        paths => {
            let is_path = |path: &&str| path.starts_with(['/', '~']) || path.starts_with("%h");
            if let Some(path) = paths.iter().find(|path| !is_path(path)) {
                return Err(parameters.invalid(
                    "purge_ssh_keys",
                    format!("Paths to keyfiles must be absolute, not {path}"),
                ));
            }
            Ok(Some(values))
        }
    }
}

impl User {
    /// A resource that removes each key that the catalog does not name.
    pub(super) fn stray_keys(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        let (Some(files), Presence::Present) = (&self.key_files, self.ensure) else {
            return Ok(Vec::new());
        };
        let home = match &self.home {
            Some(home) => Some(home.clone()),
            None => context.system.user_named(&self.name)?.map(|user| user.home),
        };
        let Some(home) = home else {
            return Ok(Vec::new());
        };
        let mut strays = Vec::new();
        for file in files {
            let path = match file.strip_prefix("%h").or_else(|| file.strip_prefix('~')) {
                Some(rest) => format!("{home}{rest}"),
                None => file.clone(),
            };
            let text = context.system.read_text(&path)?.unwrap_or_default();
            for (index, line) in text.lines().enumerate() {
                let Some(name) = key_name(line, &path, index) else {
                    continue;
                };
                let reference = Reference::new("Ssh_authorized_key", name);
                if context.declared.contains(&reference) {
                    continue;
                }
                let mut stray = Resource::new(reference);
                stray.parameters.insert("ensure".into(), "absent".into());
                stray
                    .parameters
                    .insert("user".into(), self.name.as_str().into());
                stray
                    .parameters
                    .insert("target".into(), path.as_str().into());
                stray.tags = self.declaration.tags.clone();
                strays.push(stray);
            }
        }
        Ok(strays)
    }
}

/// What a line's key is called: its comment, or where it stands.
fn key_name(line: &str, path: &str, index: usize) -> Option<String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let words = line.split_whitespace().collect::<Vec<_>>();
    let kind = words.iter().position(|word| {
        word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-")
    })?;
    let comment = words.get(kind + 2..).unwrap_or_default().join(" ");
    Some(if comment.is_empty() {
        format!("{path}:unnamed-{}", index + 1)
    } else {
        comment
    })
}
