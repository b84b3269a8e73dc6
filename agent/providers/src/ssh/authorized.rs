//! `ssh_authorized_key`

use ficelle_model::schema::TypeSchema;
use ficelle_system::{FileKind, Links, Owner, User};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown,
    parameters::{Presence, schema},
};

use super::{is_kind, kind};

pub(crate) struct AuthorizedKeyType;

impl ResourceType for AuthorizedKeyType {
    fn schema(&self) -> &'static TypeSchema {
        schema("ssh_authorized_key")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let key = parameters.text("key")?;
        if key
            .as_ref()
            .is_some_and(|key| key.contains(char::is_whitespace))
        {
            return Err(parameters.invalid("key", "Key must not contain whitespace"));
        }
        let user = parameters.text("user")?;
        let target = parameters.text("target")?;
        if user.is_none() && target.is_none() {
            return Err(parameters.combination("Attribute 'user' or 'target' is mandatory"));
        }
        let ensure = parameters.presence()?;
        let kind = parameters.text("type")?.map(|name| kind(&name).to_owned());
        if ensure == Presence::Present && (key.is_none() || kind.is_none()) {
            return Err(parameters.combination("Attributes 'type' and 'key' are mandatory"));
        }
        let options = parameters.list("options")?.map(|mut options| {
            options.retain(|option| option != "absent");
            options
        });
        Ok(Box::new(AuthorizedKey {
            name: parameters.name(),
            ensure,
            kind,
            key,
            user,
            target,
            options,
        }))
    }
}

/// What is wanted.
#[derive(Debug)]
struct AuthorizedKey {
    name: String,
    ensure: Presence,
    kind: Option<String>,
    key: Option<String>,
    user: Option<String>,
    target: Option<String>,
    options: Option<Vec<String>>,
}

/// A line of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    options: Vec<String>,
    kind: String,
    key: String,
    comment: String,
}

impl Entry {
    /// Reads a line; options may hold spaces within quotes.
    fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let first = line.split_whitespace().next()?;
        let (options, rest) = if is_kind(first) {
            (Vec::new(), line)
        } else {
            let mut options = Vec::new();
            let (mut start, mut quoted, mut end) = (0, false, line.len());
            let mut escaped = false;
            for (at, letter) in line.char_indices() {
                match letter {
                    '"' if !escaped => quoted = !quoted,
                    ',' if !quoted => {
                        options.push(line[start..at].to_owned());
                        start = at + 1;
                    }
                    letter if letter.is_whitespace() && !quoted => {
                        end = at;
                        break;
                    }
                    _ => {}
                }
                escaped = letter == '\\' && !escaped;
            }
            options.push(line[start..end].to_owned());
            (options, line[end..].trim_start())
        };
        let mut words = rest.splitn(3, char::is_whitespace);
        let kind = words.next().filter(|word| is_kind(word))?.to_owned();
        let key = words.next()?.to_owned();
        Some(Self {
            options,
            kind,
            key,
            comment: words.next().unwrap_or_default().trim().to_owned(),
        })
    }

    fn line(&self) -> String {
        let key = format!("{} {} {}", self.kind, self.key, self.comment);
        if self.options.is_empty() {
            key
        } else {
            format!("{} {key}", self.options.join(","))
        }
    }
}

/// What is there.
struct Current {
    path: String,
    user: Option<User>,
    lines: Vec<String>,
    place: Option<usize>,
}

impl Provider for AuthorizedKey {
    type State = Current;

    fn read(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        let user = match &self.user {
            Some(name) => context.system.user_named(name)?,
            None => None,
        };
        let path = match (&self.target, &user) {
            (Some(target), user) => match (target.strip_prefix("%h"), user) {
                (Some(rest), Some(user)) => format!("{}{rest}", user.home),
                _ => target.clone(),
            },
            (None, Some(user)) => format!("{}/.ssh/authorized_keys", user.home),
            (None, None) if self.ensure == Presence::Absent => String::new(),
            (None, None) => {
                let user = self.user.as_deref().unwrap_or_default();
                return Err(ProviderError::failed(format!(
                    "Could not find a home directory of user '{user}', which is not there (yet)"
                )));
            }
        };
        let text = if path.is_empty() {
            None
        } else {
            context.system.read_text(&path)?
        };
        let lines = text
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let place = lines.iter().enumerate().position(|(index, line)| {
            Entry::parse(line).is_some_and(|entry| {
                let unnamed = || format!("{path}:unnamed-{}", index + 1);
                entry.comment == self.name || (entry.comment.is_empty() && unnamed() == self.name)
            })
        });
        Ok(Current {
            path,
            user,
            lines,
            place,
        })
    }

    fn diff(&self, state: &Current, _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let entry = state
            .place
            .and_then(|place| Entry::parse(&state.lines[place]));
        let entry = match (self.ensure, entry) {
            (Presence::Present, None) => return Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => return Ok(vec![Change::removed()]),
            (Presence::Absent, None) => return Ok(Vec::new()),
            (Presence::Present, Some(entry)) => entry,
        };
        let mut changes = Vec::new();
        if let Some(kind) = self.kind.as_ref().filter(|kind| **kind != entry.kind) {
            changes.push(Change::new(
                "type",
                Shown::text(entry.kind),
                Shown::text(&**kind),
            ));
        }
        if let Some(key) = self.key.as_ref().filter(|key| **key != entry.key) {
            changes.push(Change::new(
                "key",
                Shown::text(entry.key),
                Shown::text(&**key),
            ));
        }
        if let Some(options) = self
            .options
            .as_ref()
            .filter(|options| **options != entry.options)
        {
            changes.push(Change::new(
                "options",
                Shown::list(&entry.options),
                Shown::list(options),
            ));
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let takes = |property: &str| *change.property == *property || change.property == "ensure";
        match (self.ensure, state.place) {
            (Presence::Absent, Some(place)) => {
                state.lines.remove(place);
                state.place = None;
            }
            (Presence::Absent, None) => return Ok(()),
            (Presence::Present, place) => {
                let known = place.and_then(|place| Entry::parse(&state.lines[place]));
                let mut entry = known.unwrap_or_default();
                entry.comment.clone_from(&self.name);
                if let Some(kind) = self.kind.as_ref().filter(|_| takes("type")) {
                    entry.kind.clone_from(kind);
                }
                if let Some(key) = self.key.as_ref().filter(|_| takes("key")) {
                    entry.key.clone_from(key);
                }
                if let Some(options) = self.options.as_ref().filter(|_| takes("options")) {
                    entry.options.clone_from(options);
                }
                match place {
                    Some(place) => state.lines[place] = entry.line(),
                    None => {
                        state.place = Some(state.lines.len());
                        state.lines.push(entry.line());
                    }
                }
            }
        }
        write(state, context)
    }
}

/// Writes the file for its user. The directory is the user's: a link in it could lead root to any
/// file of the host, so none is followed.
fn write(state: &Current, context: &Context<'_>) -> Result<(), ProviderError> {
    let system = context.system;
    let directory = state
        .path
        .rsplit_once('/')
        .map_or("/", |(directory, _)| directory);
    let owner = state.user.as_ref().map(|user| Owner {
        uid: Some(user.uid),
        gid: Some(user.gid),
    });
    match system.stat(directory, Links::Manage)? {
        None => {
            system.make_directory(directory, 0o700)?;
            if let Some(owner) = owner {
                system.set_owner(directory, owner, Links::Manage)?;
            }
        }
        Some(stat) if stat.kind == FileKind::Directory => {}
        Some(_) => {
            return Err(ProviderError::failed(format!(
                "{directory} is not a directory"
            )));
        }
    }
    match system.stat(&state.path, Links::Manage)? {
        Some(stat) if stat.kind != FileKind::File => {
            return Err(ProviderError::failed(format!(
                "{} is not a regular file",
                state.path
            )));
        }
        _ => {}
    }
    let mut text = state.lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    context.rewrite(&state.path, &text, 0o600)?;
    if let Some(owner) = owner {
        system.set_owner(&state.path, owner, Links::Manage)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ficelle_model::Data;

    use crate::testing::{Host, list, resource};

    use super::Entry;

    #[test]
    fn reads_options_with_commas_and_spaces() {
        let line = r#"command="a, b \" c",no-pty ssh-ed25519 AAAA me at home"#;
        let entry = Entry::parse(line).expect("a key");
        assert_eq!(entry.options, [r#"command="a, b \" c""#, "no-pty"]);
        assert_eq!(entry.comment, "me at home");
        assert_eq!(entry.line(), line);
    }

    #[test]
    fn keys_come_change_and_go_without_following_links() {
        let host = Host::new();
        let id = host
            .system
            .stat("/", ficelle_system::Links::Follow)
            .expect("readable")
            .expect("there");
        host.write(
            "/etc/passwd",
            &format!("app:x:{}:{}::/srv/app:/bin/sh\n", id.uid, id.gid),
        );
        host.system
            .make_directories("/srv/app", 0o755)
            .expect("made");
        let key = |key: &str, more: &[(&str, Data)]| {
            let mut parameters = vec![
                ("user", "app".into()),
                ("type", "rsa".into()),
                ("key", key.into()),
            ];
            parameters.extend(more.iter().cloned());
            resource("ssh_authorized_key", "me@home", &parameters)
        };
        assert_eq!(host.apply(&key("AAAA", &[])), ["created"]);
        let path = "/srv/app/.ssh/authorized_keys";
        assert_eq!(host.text(path), "ssh-rsa AAAA me@home\n");
        assert!(host.apply(&key("AAAA", &[])).is_empty());
        let options = [("options", list(&["no-pty"]))];
        assert_eq!(
            host.apply(&key("BBBB", &options)),
            [
                "key changed 'AAAA' to 'BBBB'",
                "options changed [] to ['no-pty']"
            ]
        );
        assert_eq!(host.text(path), "no-pty ssh-rsa BBBB me@home\n");
        host.system.remove_file(path).expect("removed");
        host.system.make_link(path, "/etc/passwd").expect("linked");
        let told = host.apply(&key("AAAA", &[]));
        assert!(
            told[0].ends_with("authorized_keys is not a regular file"),
            "{told:?}"
        );
    }
}
