//! Who is signed without being asked for: nobody, unless the operator says otherwise.
//!
//! Source: puppet-docs, `ssl_autosign`: `false`, `true`, an allow-list, or a policy executable that
//! gets the certname as its argument and the request on its standard input.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use ficelle_model::Certname;
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;

/// A policy that has not decided by then has decided against.
const POLICY_DEADLINE: Duration = Duration::from_secs(30);

/// What the operator chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Autosign {
    /// Every request waits.
    #[default]
    Off,
    /// Every request is signed. For laboratories.
    Everyone,
    /// A file: an executable one is a policy, any other an allow-list; none signs nobody.
    File(PathBuf),
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Sign now.
    Sign,
    /// Let it wait for a person.
    Wait,
}

/// The list or the policy could not be asked; the request waits.
#[derive(Debug, Error)]
#[error("cannot ask the autosign file {path}: {reason}")]
pub struct AutosignError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl Autosign {
    /// From the setting: `true`, `false`, or a path.
    pub fn from_setting(value: &str) -> Self {
        match value.trim() {
            "" | "false" => Self::Off,
            "true" => Self::Everyone,
            path => Self::File(path.into()),
        }
    }

    /// Decides about a request.
    ///
    /// # Errors
    /// The file cannot be read, or the policy not be run.
    pub async fn decide(&self, name: &Certname, pem: &str) -> Result<Decision, AutosignError> {
        match self {
            Self::Off => Ok(Decision::Wait),
            Self::Everyone => Ok(Decision::Sign),
            Self::File(path) => {
                let fail = |reason: String| AutosignError {
                    path: path.clone(),
                    reason,
                };
                let metadata = match fs::metadata(path) {
                    Ok(metadata) => metadata,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        return Ok(Decision::Wait);
                    }
                    Err(error) => return Err(fail(error.to_string())),
                };
                if metadata.permissions().mode() & 0o111 != 0 {
                    return ask_policy(path, name, pem).await.map_err(fail);
                }
                let list = fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
                Ok(if is_listed(&list, name.as_str()) {
                    Decision::Sign
                } else {
                    Decision::Wait
                })
            }
        }
    }
}

/// Whether a name stands in an allow-list: one name or `*.domain` a line, `*` for everybody.
fn is_listed(list: &str, name: &str) -> bool {
    list.lines()
        .map(|line| {
            line.split('#')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        })
        .filter(|entry| !entry.is_empty())
        .any(|entry| match entry.strip_prefix('*') {
            Some("") => true,
            // `*.example.org` holds for what stands below, never for `example.org` itself.
            Some(domain) if domain.starts_with('.') => {
                name.len() > domain.len() && name.ends_with(domain)
            }
            Some(_) => false,
            None => entry == name,
        })
}

async fn ask_policy(path: &Path, name: &Certname, pem: &str) -> Result<Decision, String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the operator's own policy executable, which the setting names"
    )]
    let mut child = tokio::process::Command::new(path)
        .arg(name.as_str())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdin = child
        .stdin
        .take()
        .expect("the child's standard input was asked for");
    let decided = async {
        // A policy that looks at the name only may close its input early.
        let _ = stdin.write_all(pem.as_bytes()).await;
        drop(stdin);
        child.wait().await
    };
    match tokio::time::timeout(POLICY_DEADLINE, decided).await {
        Ok(Ok(status)) if status.success() => Ok(Decision::Sign),
        Ok(Ok(_)) => Ok(Decision::Wait),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", POLICY_DEADLINE.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::is_listed;

    #[test]
    fn an_allow_list_names_hosts_and_domains() {
        let list =
            "# ours\nweb1.example.org\n*.lab.example.org # all of the lab\nUPPER.example.org\n";
        assert!(is_listed(list, "web1.example.org"));
        assert!(is_listed(list, "a.lab.example.org"));
        assert!(is_listed(list, "a.b.lab.example.org"));
        assert!(is_listed(list, "upper.example.org"));
        assert!(!is_listed(list, "lab.example.org"));
        assert!(!is_listed(list, "evil-lab.example.org"));
        assert!(!is_listed(list, "web2.example.org"));
        assert!(!is_listed("web*", "web1"));
        assert!(is_listed("*", "anybody"));
        assert!(!is_listed("", "anybody"));
    }
}
