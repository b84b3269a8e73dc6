//! `mysql_database`, `mysql_user` and `mysql_grant`: what is in a MySQL or MariaDB server, through
//! its own client over the local socket.

mod database;
mod grant;
#[cfg(test)]
mod tests;
mod user;

use ficelle_system::Command;

use crate::{Context, ProviderError};

pub(crate) use database::DatabaseType;
pub(crate) use grant::GrantType;
pub(crate) use user::UserType;

/// Where root's own way in is written, where there is one.
const OPTIONS: &str = "/root/.my.cnf";

/// Asks the server; the answer's rows as their columns. The statement goes in by the standard
/// input, because everybody can read a command line.
fn query(statement: &str, context: &Context<'_>) -> Result<Vec<Vec<String>>, ProviderError> {
    let mut command = Command::new("mysql");
    // Must be the first of the options.
    if context.system.exists(OPTIONS) {
        command = command.argument(format!("--defaults-extra-file={OPTIONS}"));
    }
    let command = command
        .arguments(["--batch", "--skip-column-names"])
        .input(format!("{statement};\n"));
    let output = context.system.run(&command)?;
    if !output.success() {
        return Err(ProviderError::failed(format!(
            "Execution of 'mysql' returned {}: {}",
            output.status,
            output.text().trim_end()
        )));
    }
    let rows = output.text();
    Ok(rows
        .lines()
        .map(|row| row.split('\t').map(unescape).collect())
        .collect())
}

/// What the client writes for tabs and the like.
fn unescape(column: &str) -> String {
    if column == "NULL" {
        return String::new();
    }
    let mut text = String::with_capacity(column.len());
    let mut letters = column.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('t') => text.push('\t'),
                Some('n') => text.push('\n'),
                Some('0') => text.push('\0'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            letter => text.push(letter),
        }
    }
    text
}

/// A text as a literal of SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A name as an identifier of SQL.
fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// `app@10.0.0.%` as its two parts; the last `@` separates.
fn split_account(account: &str) -> (&str, &str) {
    account.rsplit_once('@').unwrap_or((account, "%"))
}

/// `'app'@'10.0.0.%'`
fn account(text: &str) -> String {
    let (user, host) = split_account(text);
    format!("{}@{}", literal(user), literal(host))
}

/// `'app'@'Host'`, `"app"@host` and the like as `app@host`, the host in lower case.
fn normal_account(text: &str) -> String {
    let (user, host) = split_account(text);
    let bare = |part: &str| part.trim_matches(['\'', '`', '"']).to_owned();
    format!("{}@{}", bare(user), bare(host).to_lowercase())
}
