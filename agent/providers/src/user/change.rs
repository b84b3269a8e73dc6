//! What has to change of a user, and how.

use ficelle_model::Data;
use ficelle_system::{Command, FileKind, Links};

use crate::{Change, Context, ProviderError, Shown};

use super::{
    Membership, User,
    read::{Current, date_of, days_of},
};

impl User {
    pub(super) fn compare(
        &self,
        current: &Current,
        context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        let entry = &current.entry;
        let mut changes = Vec::new();
        let text = |property: &'static str, wanted: &Option<String>, is: &str| {
            let wanted = wanted.as_deref().filter(|wanted| *wanted != is)?;
            Some(Change::new(property, Shown::text(is), Shown::text(wanted)))
        };
        let number = |property: &'static str, wanted: Option<i64>, is: Option<i64>| {
            let wanted = wanted.filter(|wanted| Some(*wanted) != is)?;
            let is = is.map_or_else(Shown::absent, |is| Shown::data(Data::Integer(is)));
            Some(Change::new(
                property,
                is,
                Shown::data(Data::Integer(wanted)),
            ))
        };
        changes.extend(text("home", &self.home, &entry.home));
        changes.extend(number(
            "uid",
            self.uid.map(i64::from),
            Some(i64::from(entry.uid)),
        ));
        if let Some(gid) = &self.gid {
            let wanted = self.group_id(gid, context)?;
            if wanted != Some(entry.gid) {
                let should = wanted.map_or_else(
                    || Shown::text(&**gid),
                    |wanted| Shown::data(Data::Integer(wanted.into())),
                );
                let is = Shown::data(Data::Integer(entry.gid.into()));
                changes.push(Change::new("gid", is, should));
            }
        }
        changes.extend(text("comment", &self.comment, &entry.comment));
        changes.extend(text("shell", &self.shell, &entry.shell));
        if let Some(password) = &self.password
            && *password != current.shadow.password
        {
            // Hashes are no more for the log than passwords.
            let is = Shown::text(&*current.shadow.password);
            changes.push(Change::new("password", is, Shown::text(&**password)).redacted());
        }
        let shadow = &current.shadow;
        changes.extend(number(
            "password_min_age",
            self.minimum_age,
            shadow.minimum_age,
        ));
        changes.extend(number(
            "password_max_age",
            self.maximum_age,
            shadow.maximum_age,
        ));
        changes.extend(number(
            "password_warn_days",
            self.warning_days,
            shadow.warning_days,
        ));
        if let Some(wanted) = self.wanted_groups(current) {
            changes.push(Change::new(
                "groups",
                Shown::bare(current.groups.join(",")),
                Shown::list(&wanted),
            ));
        }
        if let Some(expiry) = &self.expiry
            && days_of(expiry) != shadow.expiry
        {
            let shown = |date: &str| {
                if date.is_empty() {
                    Shown::absent()
                } else {
                    Shown::text(date)
                }
            };
            let is = shadow.expiry.map(date_of).unwrap_or_default();
            changes.push(Change::new("expiry", shown(&is), shown(expiry)));
        }
        Ok(changes)
    }

    /// The groups that there should be, where they are not those that there are.
    fn wanted_groups(&self, current: &Current) -> Option<Vec<String>> {
        let mut wanted = self.groups.clone()?;
        if self.membership == Membership::Minimum {
            wanted.extend(current.groups.iter().cloned());
        }
        wanted.sort();
        wanted.dedup();
        (wanted != current.groups).then_some(wanted)
    }

    fn group_id(&self, gid: &str, context: &Context<'_>) -> Result<Option<u32>, ProviderError> {
        match gid.parse() {
            Ok(gid) => Ok(Some(gid)),
            Err(_) => Ok(context.system.group_named(gid)?.map(|group| group.gid)),
        }
    }

    pub(super) fn create(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        self.check_shell(context)?;
        let mut command = Command::new("/usr/sbin/useradd");
        let mut option = |flag: &str, value: Option<&str>| {
            if let Some(value) = value {
                command.arguments.extend([flag.into(), value.into()]);
            }
        };
        let groups = self.groups.as_ref().map(|groups| groups.join(","));
        let own_group = context
            .system
            .group_named(&self.name)?
            .map(|_| self.name.as_str());
        option("-c", self.comment.as_deref());
        option(
            "-e",
            self.expiry.as_deref().filter(|expiry| !expiry.is_empty()),
        );
        option("-g", self.gid.as_deref().or(own_group));
        option("-G", groups.as_deref().filter(|groups| !groups.is_empty()));
        option("-d", self.home.as_deref());
        option("-s", self.shell.as_deref());
        option("-u", self.uid.map(|uid| uid.to_string()).as_deref());
        if self.allows_duplicate {
            command = command.argument("-o");
        }
        command = command.argument(if self.manages_home { "-m" } else { "-M" });
        if self.is_system {
            command = command.argument("-r");
        }
        run(command.argument(&self.name), context)?;
        if self.password.is_some() {
            self.set_password(context)?;
        }
        self.set_ages(
            &[
                ("-m", self.minimum_age),
                ("-M", self.maximum_age),
                ("-W", self.warning_days),
            ],
            context,
        )
    }

    pub(super) fn remove(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let command = Command::new("/usr/sbin/userdel");
        let command = if self.manages_home {
            command.argument("-r")
        } else {
            command
        };
        let command = command.argument(&self.name);
        let output = context.system.run(&command)?;
        // 12: the home could not be removed (it was not there); the user is gone all the same.
        if output.status == 12 && context.system.user_named(&self.name)?.is_none() {
            return Ok(());
        }
        output.successful(&command)?;
        Ok(())
    }

    pub(super) fn modify(
        &self,
        property: &str,
        current: &Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let (flag, value) = match property {
            "password" => return self.set_password(context),
            "password_min_age" => return self.set_ages(&[("-m", self.minimum_age)], context),
            "password_max_age" => return self.set_ages(&[("-M", self.maximum_age)], context),
            "password_warn_days" => return self.set_ages(&[("-W", self.warning_days)], context),
            "home" => ("-d", self.home.clone()),
            "uid" => ("-u", self.uid.map(|uid| uid.to_string())),
            "gid" => ("-g", self.gid.clone()),
            "comment" => ("-c", self.comment.clone()),
            "shell" => {
                self.check_shell(context)?;
                ("-s", self.shell.clone())
            }
            "groups" => (
                "-G",
                self.wanted_groups(current).map(|groups| groups.join(",")),
            ),
            "expiry" => ("-e", self.expiry.clone()),
            other => unreachable!("a user has no changes of {other}"),
        };
        let mut command =
            Command::new("/usr/sbin/usermod").arguments([flag, &value.unwrap_or_default()]);
        if property == "uid" && self.allows_duplicate {
            command = command.argument("-o");
        }
        run(command.argument(&self.name), context)
    }

    fn set_password(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let hash = self.password.as_deref().unwrap_or_default();
        let command = Command::new("/usr/sbin/chpasswd")
            .argument("-e")
            .input(format!("{}:{hash}\n", self.name));
        let output = context.system.run(&command)?;
        if output.success() && output.combined.is_empty() {
            return Ok(());
        }
        Err(ProviderError::failed(format!(
            "Could not set password on User[{}]: chpasswd said {}",
            self.name,
            output.text().trim_end()
        )))
    }

    fn set_ages(
        &self,
        ages: &[(&str, Option<i64>)],
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let mut command = Command::new("/usr/bin/chage");
        for (flag, days) in ages {
            if let Some(days) = days {
                command = command.arguments([*flag, &days.to_string()]);
            }
        }
        if command.arguments.is_empty() {
            return Ok(());
        }
        run(command.argument(&self.name), context)
    }

    fn check_shell(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let Some(shell) = &self.shell else {
            return Ok(());
        };
        match context.system.stat(shell, Links::Follow)? {
            Some(stat) if stat.kind == FileKind::File && stat.mode & 0o111 != 0 => Ok(()),
            Some(_) => Err(ProviderError::failed(format!(
                "Shell {shell} must be executable"
            ))),
            None => Err(ProviderError::failed(format!("Shell {shell} must exist"))),
        }
    }
}

fn run(command: Command, context: &Context<'_>) -> Result<(), ProviderError> {
    context.system.run(&command)?.successful(&command)?;
    Ok(())
}
