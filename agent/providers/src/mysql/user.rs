//! `mysql_user`

use ficelle_model::{Data, schema::TypeSchema};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown, Visibility,
    parameters::{Presence, schema},
};

use super::{account, literal, normal_account, query, split_account};

pub(crate) struct UserType;

/// The limits, as attributes and as the columns of `mysql.user`.
const LIMITS: [(&str, &str); 4] = [
    ("max_user_connections", "MAX_USER_CONNECTIONS"),
    ("max_connections_per_hour", "MAX_CONNECTIONS_PER_HOUR"),
    ("max_queries_per_hour", "MAX_QUERIES_PER_HOUR"),
    ("max_updates_per_hour", "MAX_UPDATES_PER_HOUR"),
];

impl ResourceType for UserType {
    fn schema(&self) -> &'static TypeSchema {
        schema("mysql_user")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let name = parameters.name();
        if !name.contains('@') {
            let reason = format!("Invalid database user {name:?}: it must be user@host");
            return Err(parameters.invalid("name", reason));
        }
        let mut limits = [None; 4];
        for ((attribute, _), limit) in LIMITS.iter().zip(&mut limits) {
            *limit = parameters.parse(attribute)?;
        }
        let plugin = parameters.text("plugin")?;
        if plugin.as_ref().is_some_and(|plugin| {
            !plugin
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        }) {
            return Err(parameters.invalid("plugin", "Invalid plugin name"));
        }
        Ok(Box::new(User {
            name: normal_account(&name),
            ensure: parameters.presence()?,
            password_hash: parameters.text("password_hash")?,
            password_visibility: parameters.visibility("password_hash"),
            plugin,
            limits,
            tls: parameters.list("tls_options")?.map(|options| {
                options
                    .iter()
                    .map(|option| option.trim().to_owned())
                    .collect()
            }),
        }))
    }
}

/// What is wanted.
#[derive(Debug)]
struct User {
    name: String,
    ensure: Presence,
    password_hash: Option<String>,
    password_visibility: Visibility,
    plugin: Option<String>,
    /// In the order of [`LIMITS`].
    limits: [Option<u64>; 4],
    tls: Option<Vec<String>>,
}

/// What is there.
#[derive(Clone, Debug)]
struct Entry {
    password_hash: String,
    plugin: String,
    limits: [u64; 4],
    tls: Vec<String>,
}

impl Provider for User {
    type State = Option<Entry>;

    fn read(&self, context: &Context<'_>) -> Result<Option<Entry>, ProviderError> {
        let (user, host) = split_account(&self.name);
        let rows = query(
            &format!(
                "SELECT PLUGIN, AUTHENTICATION_STRING, MAX_USER_CONNECTIONS, MAX_CONNECTIONS, \
                 MAX_QUESTIONS, MAX_UPDATES, SSL_TYPE, SSL_CIPHER, X509_ISSUER, X509_SUBJECT \
                 FROM mysql.user WHERE User = {} AND LOWER(Host) = {}",
                literal(user),
                literal(host)
            ),
            context,
        )?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let column = |index: usize| row.get(index).map_or("", String::as_str);
        let number = |index: usize| column(index).parse().unwrap_or(0);
        let given = |name: &str, index: usize| {
            (!column(index).is_empty()).then(|| format!("{name} {}", literal(column(index))))
        };
        Ok(Some(Entry {
            plugin: column(0).to_owned(),
            password_hash: column(1).to_owned(),
            limits: [number(2), number(3), number(4), number(5)],
            tls: match column(6) {
                "ANY" => vec!["SSL".to_owned()],
                "X509" => vec!["X509".to_owned()],
                "SPECIFIED" => [given("CIPHER", 7), given("ISSUER", 8), given("SUBJECT", 9)]
                    .into_iter()
                    .flatten()
                    .collect(),
                _ => vec!["NONE".to_owned()],
            },
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
        if let Some(hash) = &self.password_hash
            && *hash != entry.password_hash
        {
            let change = Change::told(
                "password_hash",
                Shown::text("[old password hash redacted]"),
                Shown::text("[new password hash redacted]"),
                "changed password",
            );
            changes.push(change.with_visibility(self.password_visibility));
        }
        if let Some(plugin) = self
            .plugin
            .as_ref()
            .filter(|plugin| **plugin != entry.plugin)
        {
            changes.push(Change::new(
                "plugin",
                Shown::text(&*entry.plugin),
                Shown::text(&**plugin),
            ));
        }
        for (((attribute, _), wanted), is) in LIMITS.iter().zip(self.limits).zip(entry.limits) {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != is) {
                let shown = |number: u64| Shown::data(Data::from(number.to_string()));
                changes.push(Change::new(*attribute, shown(is), shown(wanted)));
            }
        }
        if let Some(tls) = &self.tls {
            let sorted = |options: &[String]| {
                let mut options = options.to_vec();
                options.sort();
                options
            };
            if sorted(tls) != sorted(&entry.tls) {
                changes.push(Change::new(
                    "tls_options",
                    Shown::list(&entry.tls),
                    Shown::list(tls),
                ));
            }
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Option<Entry>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let name = account(&self.name);
        let statement = match (&*change.property, state) {
            ("ensure", Some(_)) => format!("DROP USER {name}"),
            ("ensure", None) => return self.create(context),
            ("password_hash" | "plugin", _) => format!("ALTER USER {name}{}", self.identified()),
            ("tls_options", _) => {
                format!(
                    "ALTER USER {name} REQUIRE {}",
                    self.tls.as_deref().unwrap_or_default().join(" AND ")
                )
            }
            (limit, _) => {
                let place = LIMITS.iter().position(|(attribute, _)| *attribute == limit);
                let place = place.expect("every other change is of a limit");
                let value = self.limits[place].unwrap_or(0);
                format!("ALTER USER {name} WITH {} {value}", LIMITS[place].1)
            }
        };
        query(&statement, context)?;
        Ok(())
    }
}

impl User {
    /// ` IDENTIFIED …`, or nothing where there is nothing to say.
    fn identified(&self) -> String {
        match (&self.plugin, &self.password_hash) {
            (Some(plugin), Some(hash)) => {
                format!(" IDENTIFIED WITH {plugin} AS {}", literal(hash))
            }
            (Some(plugin), None) => format!(" IDENTIFIED WITH {plugin}"),
            (None, Some(hash)) => {
                format!(
                    " IDENTIFIED WITH mysql_native_password AS {}",
                    literal(hash)
                )
            }
            (None, None) => String::new(),
        }
    }

    fn create(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let mut statement = format!("CREATE USER {}{}", account(&self.name), self.identified());
        if let Some(tls) = self.tls.as_ref().filter(|tls| !tls.is_empty()) {
            statement.push_str(" REQUIRE ");
            statement.push_str(&tls.join(" AND "));
        }
        let limits = LIMITS.iter().zip(self.limits);
        let limits =
            limits.filter_map(|((_, column), limit)| Some(format!(" {column} {}", limit?)));
        let limits = limits.collect::<String>();
        if !limits.is_empty() {
            statement.push_str(" WITH");
            statement.push_str(&limits);
        }
        query(&statement, context)?;
        Ok(())
    }
}
