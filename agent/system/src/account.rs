//! Users and groups, as the name service of the host knows them.

use crate::{Command, System, SystemError};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its id.
    pub uid: u32,
    /// Its primary group.
    pub gid: u32,
    /// The comment field.
    pub comment: String,
    /// Its home directory.
    pub home: String,
    /// Its shell.
    pub shell: String,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its id.
    pub gid: u32,
    /// The users that are in it beside those whose primary group it is.
    pub members: Vec<String>,
}

impl System {
    /// The users of `/etc/passwd`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn local_users(&self) -> Result<Vec<User>, SystemError> {
        let text = self.read_text("/etc/passwd")?.unwrap_or_default();
        Ok(text.lines().filter_map(parse_user).collect())
    }

    /// The groups of `/etc/group`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn local_groups(&self) -> Result<Vec<Group>, SystemError> {
        let text = self.read_text("/etc/group")?.unwrap_or_default();
        Ok(text.lines().filter_map(parse_group).collect())
    }

    /// A user by name: from `/etc/passwd`, else from what else the name service asks.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn user_named(&self, name: &str) -> Result<Option<User>, SystemError> {
        let local = self
            .local_users()?
            .into_iter()
            .find(|user| user.name == name);
        Ok(local.or_else(|| parse_user(&self.name_service("passwd", name)?)))
    }

    /// A user by id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn user_with_id(&self, uid: u32) -> Result<Option<User>, SystemError> {
        let local = self.local_users()?.into_iter().find(|user| user.uid == uid);
        Ok(local.or_else(|| parse_user(&self.name_service("passwd", &uid.to_string())?)))
    }

    /// A group by name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn group_named(&self, name: &str) -> Result<Option<Group>, SystemError> {
        let local = self
            .local_groups()?
            .into_iter()
            .find(|group| group.name == name);
        Ok(local.or_else(|| parse_group(&self.name_service("group", name)?)))
    }

    /// A group by id.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn group_with_id(&self, gid: u32) -> Result<Option<Group>, SystemError> {
        let local = self
            .local_groups()?
            .into_iter()
            .find(|group| group.gid == gid);
        Ok(local.or_else(|| parse_group(&self.name_service("group", &gid.to_string())?)))
    }

    /// What directories beyond the local files say. Hosts that ask none are spared the process.
    fn name_service(&self, database: &str, key: &str) -> Option<String> {
        if !self.is_host() || key.is_empty() || key.starts_with('-') {
            return None;
        }
        let configuration = self.read_text("/etc/nsswitch.conf").ok()??;
        let asks_others = configuration.lines().any(|line| {
            line.strip_prefix(database)
                .and_then(|rest| rest.strip_prefix(':'))
                .is_some_and(|services| {
                    services.split_whitespace().any(|service| {
                        !matches!(service, "files" | "compat") && !service.starts_with('[')
                    })
                })
        });
        if !asks_others {
            return None;
        }
        let output = self
            .run(&Command::new("getent").arguments([database, key]))
            .ok()?;
        output
            .success()
            .then(|| output.text().trim_end().to_owned())
    }
}

fn parse_user(line: &str) -> Option<User> {
    let mut fields = line.split(':');
    let name = fields
        .next()
        .filter(|name| !name.is_empty() && !name.starts_with(['#', '+', '-']))?;
    let _password = fields.next()?;
    Some(User {
        name: name.to_owned(),
        uid: fields.next()?.parse().ok()?,
        gid: fields.next()?.parse().ok()?,
        comment: fields.next()?.to_owned(),
        home: fields.next()?.to_owned(),
        shell: fields.next().unwrap_or_default().to_owned(),
    })
}

fn parse_group(line: &str) -> Option<Group> {
    let mut fields = line.split(':');
    let name = fields
        .next()
        .filter(|name| !name.is_empty() && !name.starts_with(['#', '+', '-']))?;
    let _password = fields.next()?;
    let gid = fields.next()?.parse().ok()?;
    let members = fields
        .next()
        .unwrap_or_default()
        .split(',')
        .filter(|name| !name.is_empty());
    Some(Group {
        name: name.to_owned(),
        gid,
        members: members.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_of_both_files() {
        let user = parse_user("app:x:1001:100:App,,:/srv/app:/bin/sh").expect("a user");
        assert_eq!(
            (user.uid, user.gid, user.home.as_str()),
            (1001, 100, "/srv/app")
        );
        let group = parse_group("www:x:33:app,other").expect("a group");
        assert_eq!(group.members, ["app", "other"]);
        assert!(parse_user("# comment").is_none());
        assert!(parse_user("+::::::").is_none());
    }

    #[test]
    fn finds_root() {
        let root = System::host()
            .user_named("root")
            .expect("readable")
            .expect("there");
        assert_eq!(root.uid, 0);
    }
}
