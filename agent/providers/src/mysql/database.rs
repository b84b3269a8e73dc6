//! `mysql_database`

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown,
    parameters::{Presence, schema},
};

use super::{identifier, literal, query};

pub(crate) struct DatabaseType;

impl ResourceType for DatabaseType {
    fn schema(&self) -> &'static TypeSchema {
        schema("mysql_database")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let word = |name: &str, default: &str| {
            let text = parameters.text(name)?.unwrap_or_else(|| default.to_owned());
            let is_word = text
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            if is_word {
                Ok(text)
            } else {
                Err(parameters.invalid_value(name, &text, &["/^\\S+$/"]))
            }
        };
        Ok(Box::new(Database {
            name: parameters.name(),
            ensure: parameters.presence()?,
            charset: word("charset", "utf8")?,
            collation: word("collate", "utf8_general_ci")?,
        }))
    }
}

/// What is wanted.
#[derive(Debug)]
struct Database {
    name: String,
    ensure: Presence,
    charset: String,
    collation: String,
}

/// What is there: character set and collation.
type Current = Option<(String, String)>;

impl Provider for Database {
    type State = Current;

    fn read(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        let rows = query(
            &format!(
                "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME \
                 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {}",
                literal(&self.name)
            ),
            context,
        )?;
        Ok(rows.into_iter().find_map(|row| {
            let mut columns = row.into_iter();
            Some((columns.next()?, columns.next()?))
        }))
    }

    fn diff(&self, state: &Current, _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let (charset, collation) = match (self.ensure, state) {
            (Presence::Present, None) => return Ok(vec![Change::created()]),
            (Presence::Absent, Some(_)) => return Ok(vec![Change::removed()]),
            (Presence::Absent, None) => return Ok(Vec::new()),
            (Presence::Present, Some(current)) => current,
        };
        let mut changes = Vec::new();
        let mut compare = |property: &'static str, is: &str, wanted: &str| {
            if plain(is) != plain(wanted) {
                changes.push(Change::new(property, Shown::text(is), Shown::text(wanted)));
            }
        };
        compare("charset", charset, &self.charset);
        compare("collate", collation, &self.collation);
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let name = identifier(&self.name);
        let statement = match (&*change.property, state) {
            ("ensure", Some(_)) => format!("DROP DATABASE {name}"),
            ("ensure", None) => format!(
                "CREATE DATABASE {name} CHARACTER SET {} COLLATE {}",
                self.charset, self.collation
            ),
            ("charset", _) => format!("ALTER DATABASE {name} CHARACTER SET {}", self.charset),
            _ => format!("ALTER DATABASE {name} COLLATE {}", self.collation),
        };
        query(&statement, context)?;
        Ok(())
    }
}

/// Newer servers call `utf8` `utf8mb3`.
fn plain(name: &str) -> String {
    match name.strip_prefix("utf8mb3") {
        Some(rest) => format!("utf8{rest}"),
        None => name.to_owned(),
    }
}
