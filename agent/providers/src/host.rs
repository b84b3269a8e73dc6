//! `host`: a line of the hosts file.

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Shown,
    parameters::{Presence, schema},
};

const HOSTS: &str = "/etc/hosts";

pub(crate) struct HostType;

impl ResourceType for HostType {
    fn schema(&self) -> &'static TypeSchema {
        schema("host")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let ip = parameters.text("ip")?;
        if let Some(ip) = &ip
            && ip.parse::<std::net::IpAddr>().is_err()
        {
            return Err(parameters.invalid("ip", format!("Invalid IP address {ip:?}")));
        }
        let aliases = parameters.list("host_aliases")?;
        for alias in aliases.iter().flatten() {
            if alias.is_empty() || alias.contains(char::is_whitespace) {
                return Err(
                    parameters.invalid("host_aliases", "Host aliases cannot include whitespace")
                );
            }
        }
        let comment = parameters.text("comment")?;
        if comment
            .as_ref()
            .is_some_and(|comment| comment.contains(['\n', '\r']))
        {
            return Err(parameters.invalid("comment", "Comment cannot include newline"));
        }
        Ok(Box::new(Host {
            name: parameters.name(),
            ensure: parameters.presence()?,
            ip,
            aliases,
            comment,
            target: parameters
                .path("target")?
                .unwrap_or_else(|| HOSTS.to_owned()),
        }))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        let text = context.system.read_text(HOSTS)?.unwrap_or_default();
        let instances = text.lines().filter_map(Entry::parse).map(|entry| {
            let mut instance = Instance::new(&*entry.name, "present");
            if !entry.aliases.is_empty() {
                let aliases = entry
                    .aliases
                    .iter()
                    .map(|alias| alias.as_str().into())
                    .collect();
                instance = instance.with("host_aliases", ficelle_model::Data::Array(aliases));
            }
            instance.with("ip", entry.ip).with("target", HOSTS)
        });
        Ok(Some(instances.collect()))
    }
}

/// What is wanted.
#[derive(Debug)]
struct Host {
    name: String,
    ensure: Presence,
    ip: Option<String>,
    aliases: Option<Vec<String>>,
    comment: Option<String>,
    target: String,
}

/// A line of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    ip: String,
    name: String,
    aliases: Vec<String>,
    comment: String,
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let (names, comment) = match line.split_once('#') {
            Some((names, comment)) => (names, comment.trim()),
            None => (line, ""),
        };
        let mut words = names.split_whitespace().map(str::to_owned);
        Some(Self {
            ip: words.next()?,
            name: words.next()?,
            aliases: words.collect(),
            comment: comment.to_owned(),
        })
    }

    fn line(&self) -> String {
        let mut line = format!("{}\t{}", self.ip, self.name);
        if !self.aliases.is_empty() {
            line.push('\t');
            line.push_str(&self.aliases.join(" "));
        }
        if !self.comment.is_empty() {
            line.push_str("\t# ");
            line.push_str(&self.comment);
        }
        line
    }
}

impl Provider for Host {
    type State = Option<Entry>;

    fn read(&self, context: &Context<'_>) -> Result<Option<Entry>, ProviderError> {
        let text = context.system.read_text(&self.target)?.unwrap_or_default();
        Ok(text
            .lines()
            .filter_map(Entry::parse)
            .find(|entry| entry.name == self.name))
    }

    fn diff(
        &self,
        state: &Option<Entry>,
        _context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        let entry = match (self.ensure, state) {
            (Presence::Present, None) => return Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => return Ok(vec![Change::removed()]),
            (Presence::Absent, None) => return Ok(Vec::new()),
            (Presence::Present, Some(entry)) => entry,
        };
        let mut changes = Vec::new();
        if let Some(ip) = self.ip.as_ref().filter(|ip| **ip != entry.ip) {
            changes.push(Change::new(
                "ip",
                Shown::text(&*entry.ip),
                Shown::text(&**ip),
            ));
        }
        if let Some(aliases) = self
            .aliases
            .as_ref()
            .filter(|aliases| **aliases != entry.aliases)
        {
            let is = Shown::bare(entry.aliases.join(" "));
            changes.push(Change::new(
                "host_aliases",
                is,
                Shown::text(aliases.join(" ")),
            ));
        }
        if let Some(comment) = self
            .comment
            .as_ref()
            .filter(|comment| **comment != entry.comment)
        {
            let is = Shown::text(&*entry.comment);
            changes.push(Change::new("comment", is, Shown::text(&**comment)));
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Option<Entry>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let mut entry = state.clone().unwrap_or_else(|| Entry {
            name: self.name.clone(),
            ..Entry::default()
        });
        let takes = |property: &str| *change.property == *property || change.property == "ensure";
        if let Some(ip) = self.ip.as_ref().filter(|_| takes("ip")) {
            entry.ip.clone_from(ip);
        }
        if let Some(aliases) = self.aliases.as_ref().filter(|_| takes("host_aliases")) {
            entry.aliases.clone_from(aliases);
        }
        if let Some(comment) = self.comment.as_ref().filter(|_| takes("comment")) {
            entry.comment.clone_from(comment);
        }
        let entry = (self.ensure == Presence::Present).then_some(entry);
        if entry.as_ref().is_some_and(|entry| entry.ip.is_empty()) {
            return Err(ProviderError::failed(
                "ip is a required attribute for hosts",
            ));
        }
        let text = context.system.read_text(&self.target)?.unwrap_or_default();
        let mut lines = Vec::new();
        let mut placed = false;
        for line in text.lines() {
            if Entry::parse(line).is_some_and(|found| found.name == self.name) {
                if let Some(entry) = entry.as_ref().filter(|_| !placed) {
                    lines.push(entry.line());
                    placed = true;
                }
            } else {
                lines.push(line.to_owned());
            }
        }
        if let Some(entry) = entry.as_ref().filter(|_| !placed) {
            lines.push(entry.line());
        }
        lines.push(String::new());
        context.rewrite(&self.target, &lines.join("\n"), 0o644)?;
        *state = entry;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Host, list, resource};

    #[test]
    fn keeps_everybody_elses_lines() {
        let host = Host::new();
        host.write(
            "/etc/hosts",
            "# mine\n127.0.0.1 localhost\n\n::1  localhost6 # six\n",
        );
        let app = |ip: &str, more: &[(&str, ficelle_model::Data)]| {
            let mut parameters = vec![("ip", ip.into())];
            parameters.extend(more.iter().cloned());
            resource("host", "app.example", &parameters)
        };
        let aliases = [
            ("host_aliases", list(&["app", "a"])),
            ("comment", "the app".into()),
        ];
        assert_eq!(host.apply(&app("10.0.0.1", &aliases)), ["created"]);
        assert_eq!(
            host.text("/etc/hosts"),
            "# mine\n127.0.0.1 localhost\n\n::1  localhost6 # six\n\
             10.0.0.1\tapp.example\tapp a\t# the app\n"
        );
        assert!(host.apply(&app("10.0.0.1", &aliases)).is_empty());
        assert_eq!(
            host.apply(&app("10.0.0.2", &[])),
            ["ip changed '10.0.0.1' to '10.0.0.2'"]
        );
        let gone = resource("host", "localhost6", &[("ensure", "absent".into())]);
        assert_eq!(host.apply(&gone), ["removed"]);
        assert_eq!(
            host.text("/etc/hosts"),
            "# mine\n127.0.0.1 localhost\n\n10.0.0.2\tapp.example\tapp a\t# the app\n"
        );
    }

    #[test]
    fn an_address_must_be_one() {
        let host = Host::new();
        assert_eq!(
            host.apply(&resource("host", "x", &[("ip", "1.2.3".into())])),
            ["Parameter ip failed on Host[x]: Invalid IP address \"1.2.3\""]
        );
    }
}
