//! `sshkey`

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown,
    parameters::{Presence, schema},
};

use super::{is_kind, kind};

pub(crate) struct KnownHostType;

impl ResourceType for KnownHostType {
    fn schema(&self) -> &'static TypeSchema {
        schema("sshkey")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let title = &parameters.resource().reference.title;
        let kind_given = match parameters.text("type")? {
            Some(given) => Some(given),
            None => self
                .schema()
                .title_attribute(title, "type")
                .map(str::to_owned),
        };
        let ensure = parameters.presence()?;
        let key = parameters.text("key")?;
        if ensure == Presence::Present && (key.is_none() || kind_given.is_none()) {
            return Err(parameters.combination("Attributes 'type' and 'key' are mandatory"));
        }
        Ok(Box::new(KnownHost {
            name: parameters.name(),
            ensure,
            kind: kind_given.map(|given| kind(&given).to_owned()),
            key,
            aliases: parameters.list("host_aliases")?,
            target: parameters
                .path("target")?
                .unwrap_or_else(|| "/etc/ssh/ssh_known_hosts".to_owned()),
        }))
    }

    fn is_isomorphic(&self) -> bool {
        // A host has a key of each kind.
        false
    }
}

/// What is wanted.
#[derive(Debug)]
struct KnownHost {
    name: String,
    ensure: Presence,
    kind: Option<String>,
    key: Option<String>,
    aliases: Option<Vec<String>>,
    target: String,
}

/// A line of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    names: Vec<String>,
    kind: String,
    key: String,
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let names = words
            .next()
            .filter(|names| !names.starts_with(['#', '@', '|']))?;
        let kind = words.next().filter(|word| is_kind(word))?.to_owned();
        let names = names.split(',').map(str::to_owned).collect();
        Some(Self {
            names,
            kind,
            key: words.next()?.to_owned(),
        })
    }

    fn line(&self) -> String {
        format!("{} {} {}", self.names.join(","), self.kind, self.key)
    }

    fn aliases(&self) -> &[String] {
        self.names.get(1..).unwrap_or_default()
    }
}

impl Provider for KnownHost {
    type State = Vec<String>;

    fn read(&self, context: &Context<'_>) -> Result<Vec<String>, ProviderError> {
        let text = context.system.read_text(&self.target)?.unwrap_or_default();
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn diff(
        &self,
        lines: &Vec<String>,
        _context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        let entry = self
            .place(lines)
            .and_then(|place| Entry::parse(&lines[place]));
        let entry = match (self.ensure, entry) {
            (Presence::Present, None) => return Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => return Ok(vec![Change::removed()]),
            (Presence::Absent, None) => return Ok(Vec::new()),
            (Presence::Present, Some(entry)) => entry,
        };
        let mut changes = Vec::new();
        if let Some(key) = self.key.as_ref().filter(|key| **key != entry.key) {
            changes.push(Change::new(
                "key",
                Shown::text(&*entry.key),
                Shown::text(&**key),
            ));
        }
        if let Some(aliases) = self
            .aliases
            .as_deref()
            .filter(|aliases| *aliases != entry.aliases())
        {
            let is = Shown::list(entry.aliases());
            changes.push(Change::new("host_aliases", is, Shown::list(aliases)));
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        lines: &mut Vec<String>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let place = self.place(lines);
        let known = place.and_then(|place| Entry::parse(&lines[place]));
        let takes = |property: &str| *change.property == *property || change.property == "ensure";
        let mut entry = known.unwrap_or_else(|| Entry {
            names: vec![self.name.clone()],
            kind: self.kind.clone().unwrap_or_default(),
            key: String::new(),
        });
        if let Some(key) = self.key.as_ref().filter(|_| takes("key")) {
            entry.key.clone_from(key);
        }
        if let Some(aliases) = self.aliases.as_ref().filter(|_| takes("host_aliases")) {
            entry.names.truncate(1);
            entry.names.extend(aliases.iter().cloned());
        }
        match (self.ensure, place) {
            (Presence::Absent, Some(place)) => {
                lines.remove(place);
            }
            (Presence::Present, Some(place)) => lines[place] = entry.line(),
            (Presence::Present, None) => lines.push(entry.line()),
            (Presence::Absent, None) => {}
        }
        let mut text = lines.join("\n");
        text.push('\n');
        context.rewrite(&self.target, &text, 0o644)
    }
}

impl KnownHost {
    fn place(&self, lines: &[String]) -> Option<usize> {
        lines.iter().position(|line| {
            Entry::parse(line).is_some_and(|entry| {
                entry.names.first() == Some(&self.name)
                    && self.kind.as_ref().is_none_or(|kind| *kind == entry.kind)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Host, list, resource};

    #[test]
    fn a_host_has_a_key_of_each_kind() {
        let host = Host::new();
        host.write("/etc/ssh/ssh_known_hosts", "other ssh-rsa XXXX\n");
        let key = |title: &str, key: &str| {
            let parameters = [("key", key.into()), ("host_aliases", list(&["10.0.0.1"]))];
            resource("sshkey", title, &parameters)
        };
        assert_eq!(host.apply(&key("app@ed25519", "AAAA")), ["created"]);
        assert_eq!(host.apply(&key("app@ssh-rsa", "BBBB")), ["created"]);
        assert_eq!(
            host.apply(&key("app@ssh-rsa", "CCCC")),
            ["key changed 'BBBB' to 'CCCC'"]
        );
        assert!(host.apply(&key("app@ed25519", "AAAA")).is_empty());
        assert_eq!(
            host.text("/etc/ssh/ssh_known_hosts"),
            "other ssh-rsa XXXX\napp,10.0.0.1 ssh-ed25519 AAAA\napp,10.0.0.1 ssh-rsa CCCC\n"
        );
    }
}
