//! `mysql_grant`: what a user may do with a table, a database or the server.

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown,
    parameters::{Presence, schema},
};

use super::{account, identifier, normal_account, query};

pub(crate) struct GrantType;

impl ResourceType for GrantType {
    fn schema(&self) -> &'static TypeSchema {
        schema("mysql_grant")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let name = parameters.name();
        let (from_name_user, from_name_table) = match name.split_once('/') {
            Some((user, table)) => (Some(user.to_owned()), Some(table.to_owned())),
            None => (None, None),
        };
        let missing = |what: &str| parameters.combination(format!("mysql_grant: {what} required."));
        let user = parameters
            .text("user")?
            .or(from_name_user)
            .ok_or_else(|| missing("`user`"))?;
        let table = parameters
            .text("table")?
            .or(from_name_table)
            .ok_or_else(|| missing("`table`"))?;
        let ensure = parameters.presence()?;
        let privileges = parameters.list("privileges")?.unwrap_or_default();
        if ensure == Presence::Present && privileges.is_empty() {
            return Err(missing("`privileges`"));
        }
        for privilege in &privileges {
            let allowed =
                |letter: char| letter.is_ascii_alphanumeric() || " _,()`".contains(letter);
            if !privilege.chars().all(allowed) {
                return Err(
                    parameters.invalid("privileges", format!("Invalid privilege {privilege:?}"))
                );
            }
        }
        if parameters.data("name").is_some() || name.contains('/') {
            let expected = format!("{}/{}", normal_account(&user), table);
            if normal_name(&name) != expected {
                return Err(parameters.combination(
                    "mysql_grant: `name` `parameter` must match user@host/table format.",
                ));
            }
        }
        Ok(Box::new(Grant {
            user: normal_account(&user),
            table,
            ensure,
            privileges: normal_privileges(&privileges),
            options: parameters.list("options")?.map(|options| {
                options
                    .iter()
                    .any(|option| option.eq_ignore_ascii_case("GRANT"))
            }),
        }))
    }
}

/// `'app'@'%'/db.*` as `app@%/db.*`.
fn normal_name(name: &str) -> String {
    match name.split_once('/') {
        Some((user, table)) => format!("{}/{table}", normal_account(user)),
        None => name.to_owned(),
    }
}

/// Capitals, sorted, `ALL` alone.
fn normal_privileges(privileges: &[String]) -> Vec<String> {
    let mut normal = privileges
        .iter()
        .map(|privilege| match privilege.split_once('(') {
            Some((kind, columns)) => {
                let mut columns = columns
                    .trim_end_matches(')')
                    .split(',')
                    .map(|column| column.trim().trim_matches('`'))
                    .collect::<Vec<_>>();
                columns.sort_unstable();
                format!("{} ({})", kind.trim().to_uppercase(), columns.join(", "))
            }
            None => privilege.trim().to_uppercase(),
        })
        .collect::<Vec<_>>();
    normal.sort();
    normal.dedup();
    if normal
        .iter()
        .any(|privilege| matches!(&**privilege, "ALL" | "ALL PRIVILEGES"))
    {
        return vec!["ALL".to_owned()];
    }
    normal
}

/// What is wanted.
#[derive(Debug)]
struct Grant {
    user: String,
    table: String,
    ensure: Presence,
    privileges: Vec<String>,
    /// Whether the user may grant them on; `None` leaves as it is.
    options: Option<bool>,
}

/// What is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) privileges: Vec<String>,
    pub(super) may_grant: bool,
}

impl Provider for Grant {
    type State = Option<Entry>;

    fn read(&self, context: &Context<'_>) -> Result<Option<Entry>, ProviderError> {
        let rows = match query(&format!("SHOW GRANTS FOR {}", account(&self.user)), context) {
            // 1141: the user has no grants, or is not there.
            Err(ProviderError::Failed(text)) if text.contains("ERROR 1141") => Vec::new(),
            rows => rows?,
        };
        let lines = rows.iter().filter_map(|row| row.first());
        Ok(lines
            .filter_map(|line| parse_grant(line))
            .find_map(|(table, entry)| {
                let is_meant = table == self.table || table.replace("\\_", "_") == self.table;
                is_meant.then_some(entry)
            }))
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
        if self.privileges != entry.privileges {
            let is = Shown::list(&entry.privileges);
            changes.push(Change::new("privileges", is, Shown::list(&self.privileges)));
        }
        if let Some(wanted) = self.options.filter(|wanted| *wanted != entry.may_grant) {
            let shown = |may: bool| Shown::list([if may { "GRANT" } else { "NONE" }]);
            changes.push(Change::new(
                "options",
                shown(entry.may_grant),
                shown(wanted),
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
        match (&*change.property, &*state) {
            ("ensure", None) => {
                self.grant(&self.privileges, self.options == Some(true), context)?
            }
            ("ensure", Some(entry)) => {
                if entry.may_grant {
                    self.revoke_option(context)?;
                }
                self.revoke(&["ALL PRIVILEGES".to_owned()], context)?;
            }
            ("privileges", Some(entry)) => {
                // Granted first, so that the user is never without what it keeps.
                let is_all = |privileges: &[String]| privileges == ["ALL"];
                if is_all(&entry.privileges) {
                    self.revoke(&["ALL PRIVILEGES".to_owned()], context)?;
                    self.grant(
                        &self.privileges,
                        self.options.unwrap_or(entry.may_grant),
                        context,
                    )?;
                } else {
                    let missing = difference(&self.privileges, &entry.privileges);
                    let stray = difference(&entry.privileges, &self.privileges);
                    if !missing.is_empty() {
                        self.grant(&missing, entry.may_grant, context)?;
                    }
                    if !stray.is_empty() && !is_all(&self.privileges) {
                        self.revoke(&stray, context)?;
                    }
                }
            }
            _ if self.options == Some(true) => self.grant(&self.privileges, true, context)?,
            _ => self.revoke_option(context)?,
        }
        query("FLUSH PRIVILEGES", context)?;
        Ok(())
    }
}

impl Grant {
    fn grant(
        &self,
        privileges: &[String],
        may_grant: bool,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let option = if may_grant { " WITH GRANT OPTION" } else { "" };
        query(
            &format!(
                "GRANT {} ON {} TO {}{option}",
                list(privileges),
                table(&self.table),
                account(&self.user)
            ),
            context,
        )?;
        Ok(())
    }

    fn revoke(&self, privileges: &[String], context: &Context<'_>) -> Result<(), ProviderError> {
        let (table, user) = (table(&self.table), account(&self.user));
        query(
            &format!("REVOKE {} ON {table} FROM {user}", list(privileges)),
            context,
        )?;
        Ok(())
    }

    fn revoke_option(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let (table, user) = (table(&self.table), account(&self.user));
        query(
            &format!("REVOKE GRANT OPTION ON {table} FROM {user}"),
            context,
        )?;
        Ok(())
    }
}

fn difference(one: &[String], other: &[String]) -> Vec<String> {
    one.iter()
        .filter(|privilege| !other.contains(privilege))
        .cloned()
        .collect()
}

fn list(privileges: &[String]) -> String {
    if privileges == ["ALL"] {
        "ALL PRIVILEGES".to_owned()
    } else {
        privileges.join(", ")
    }
}

/// `db.*` with its names quoted.
fn table(text: &str) -> String {
    if text == "*.*" {
        return text.to_owned();
    }
    let (kind, name) = ["FUNCTION ", "PROCEDURE "]
        .iter()
        .find_map(|kind| Some((*kind, text.strip_prefix(*kind)?)))
        .unwrap_or(("", text));
    let quoted = |name: &str| {
        if name == "*" {
            name.to_owned()
        } else {
            identifier(name)
        }
    };
    match name.rsplit_once('.') {
        Some((database, table)) => format!("{kind}{}.{}", quoted(database), quoted(table)),
        None => format!("{kind}{}", quoted(name)),
    }
}

/// A line of `SHOW GRANTS`: the table, and what is granted on it.
pub(super) fn parse_grant(line: &str) -> Option<(String, Entry)> {
    let bare = line.replace(['\'', '`', '"'], "");
    let rest = bare.strip_prefix("GRANT ")?;
    let (privileges, rest) = rest.split_once(" ON ")?;
    let (table, rest) = rest.split_once(" TO ")?;
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, letter) in privileges.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(privileges[start..at].to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(privileges[start..].to_owned());
    let entry = Entry {
        privileges: normal_privileges(&parts),
        may_grant: rest.contains("WITH GRANT OPTION"),
    };
    Some((table.replace("\\\\", "\\"), entry))
}
