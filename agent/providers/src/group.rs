//! `group`: a group of users.

use ficelle_model::schema::TypeSchema;
use ficelle_system::{Command, Group as Entry};

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Shown,
    nothing::Nothing,
    parameters::{Presence, schema},
};

pub(crate) struct GroupType;

impl ResourceType for GroupType {
    fn schema(&self) -> &'static TypeSchema {
        schema("group")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        if !parameters.is_managed() {
            return Ok(Box::new(Nothing));
        }
        Ok(Box::new(Group {
            name: parameters.name(),
            ensure: parameters.presence()?,
            gid: parameters.parse("gid")?,
            members: parameters.list("members")?,
            membership: match parameters.boolean("auth_membership")? {
                Some(true) => Membership::Whole,
                _ => Membership::AtLeast,
            },
            is_system: parameters.boolean("system")?.unwrap_or(false),
            allows_duplicate: parameters.boolean("allowdupe")?.unwrap_or(false),
        }))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        let groups = context.system.local_groups()?.into_iter();
        Ok(Some(groups.map(|group| instance(&group)).collect()))
    }
}

fn instance(group: &Entry) -> Instance {
    Instance::new(&*group.name, "present").with("gid", i64::from(group.gid))
}

/// What is wanted.
#[derive(Debug)]
struct Group {
    name: String,
    ensure: Presence,
    gid: Option<u32>,
    members: Option<Vec<String>>,
    membership: Membership,
    is_system: bool,
    allows_duplicate: bool,
}

/// Whether the members named are all that there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Membership {
    Whole,
    AtLeast,
}

impl Provider for Group {
    type State = Option<Entry>;

    fn read(&self, context: &Context<'_>) -> Result<Option<Entry>, ProviderError> {
        let local = context
            .system
            .local_groups()?
            .into_iter()
            .find(|group| group.name == self.name);
        match local {
            Some(group) => Ok(Some(group)),
            None => Ok(context.system.group_named(&self.name)?),
        }
    }

    fn diff(
        &self,
        state: &Option<Entry>,
        _context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        let group = match (self.ensure, state) {
            (Presence::Present, None) => return Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => return Ok(vec![Change::removed()]),
            (Presence::Absent, None) => return Ok(Vec::new()),
            (Presence::Present, Some(group)) => group,
        };
        let mut changes = Vec::new();
        if let Some(gid) = self.gid
            && gid != group.gid
        {
            let shown = |gid: u32| Shown::data(i64::from(gid).into());
            changes.push(Change::new("gid", shown(group.gid), shown(gid)));
        }
        if let Some(wanted) = self.wanted_members(group) {
            changes.push(Change::new(
                "members",
                Shown::list(&group.members),
                Shown::list(&wanted),
            ));
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Option<Entry>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        match (&*change.property, state) {
            ("ensure", Some(_)) => run(
                Command::new("/usr/sbin/groupdel").argument(&self.name),
                context,
            ),
            ("ensure", None) => self.create(context),
            ("gid", _) => {
                let mut command = Command::new("/usr/sbin/groupmod");
                if self.allows_duplicate {
                    command = command.argument("-o");
                }
                let gid = self.gid.unwrap_or_default().to_string();
                run(command.arguments(["-g", &gid, &self.name]), context)
            }
            (_, Some(group)) => match self.wanted_members(group) {
                Some(members) => self.set_members(&members, context),
                None => Ok(()),
            },
            (_, None) => Ok(()),
        }
    }
}

impl Group {
    /// The members that there should be, where they are not those that there are.
    fn wanted_members(&self, group: &Entry) -> Option<Vec<String>> {
        let mut wanted = self.members.clone()?;
        if self.membership == Membership::AtLeast {
            wanted.extend(group.members.iter().cloned());
        }
        wanted.sort();
        wanted.dedup();
        let mut is = group.members.clone();
        is.sort();
        (wanted != is).then_some(wanted)
    }

    fn create(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let mut command = Command::new("/usr/sbin/groupadd");
        if let Some(gid) = self.gid {
            command = command.arguments(["-g", &gid.to_string()]);
        }
        if self.allows_duplicate {
            command = command.argument("-o");
        }
        if self.is_system {
            command = command.argument("-r");
        }
        run(command.argument(&self.name), context)?;
        match &self.members {
            Some(members) if !members.is_empty() => self.set_members(members, context),
            _ => Ok(()),
        }
    }

    fn set_members(&self, members: &[String], context: &Context<'_>) -> Result<(), ProviderError> {
        let members = members.join(",");
        run(
            Command::new("/usr/bin/gpasswd").arguments(["-M", &members, &self.name]),
            context,
        )
    }
}

fn run(command: Command, context: &Context<'_>) -> Result<(), ProviderError> {
    context.system.run(&command)?.successful(&command)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ficelle_model::Data;

    use crate::testing::{Host, Recorder, list, resource};

    fn told(name: &str, parameters: &[(&str, Data)]) -> (Vec<String>, Vec<String>) {
        let recorder = Recorder::answering(&[]);
        let host = Host::recorded(&recorder);
        host.write("/etc/group", "root:x:0:\nweb:x:500:a,b\n");
        (
            host.apply(&resource("group", name, parameters)),
            recorder.commands(),
        )
    }

    #[test]
    fn comes_and_goes() {
        let (messages, commands) = told(
            "app",
            &[("gid", Data::Integer(700)), ("system", true.into())],
        );
        assert_eq!(messages, ["created"]);
        assert_eq!(commands, ["/usr/sbin/groupadd -g 700 -r app"]);
        let (messages, commands) = told("web", &[("ensure", "absent".into())]);
        assert_eq!(messages, ["removed"]);
        assert_eq!(commands, ["/usr/sbin/groupdel web"]);
    }

    #[test]
    fn changes_its_number_and_members() {
        let (messages, commands) = told(
            "web",
            &[("gid", Data::Integer(501)), ("members", list(&["c"]))],
        );
        assert_eq!(
            messages,
            [
                "gid changed 500 to 501",
                "members changed ['a', 'b'] to ['a', 'b', 'c']"
            ]
        );
        assert_eq!(
            commands,
            [
                "/usr/sbin/groupmod -g 501 web",
                "/usr/bin/gpasswd -M a,b,c web"
            ]
        );
        let whole = [("members", list(&["c"])), ("auth_membership", true.into())];
        assert_eq!(told("web", &whole).1, ["/usr/bin/gpasswd -M c web"]);
        assert!(
            told(
                "web",
                &[("gid", "500".into()), ("members", list(&["b", "a"]))]
            )
            .0
            .is_empty()
        );
    }
}
