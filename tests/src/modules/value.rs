//! Plausible values for parameters, written in the Puppet language, from their types and names.

use ficelle_language::values::Regexp;
use ficelle_syntax::ast::{Expression, ExpressionKind, Parameter, UnaryOperator};

use super::library::Library;

/// How deep aliases and containers are followed.
const DEEPEST: u32 = 12;

/// Which of several values is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The first that comes to mind.
    First,
    /// Another one, where there is one: `false`, the second word of an Enum.
    Other,
}

/// What a parameter's name suggests, by the end of the name; the first that fits counts.
const BY_NAME: &[(&str, &str)] = &[
    ("ensure", "present"),
    ("version", "1.2.3"),
    ("port", "8080"),
    ("ports", "8080"),
    ("mode", "0644"),
    ("umask", "0022"),
    ("owner", "root"),
    ("user", "root"),
    ("group", "root"),
    ("password", "secret"),
    ("email", "root@example.com"),
    ("admin", "root@example.com"),
    ("url", "https://www.example.com/x"),
    ("uri", "https://www.example.com/x"),
    ("endpoint", "https://www.example.com/x"),
    ("connection", "mysql+pymysql://user:secret@127.0.0.1/db"),
    ("ip", "192.0.2.10"),
    ("address", "192.0.2.10"),
    ("ipaddress", "192.0.2.10"),
    ("addr", "192.0.2.10"),
    ("network", "192.0.2.0"),
    ("netmask", "255.255.255.0"),
    ("cidr", "192.0.2.0/24"),
    ("subnet", "192.0.2.0/24"),
    ("host", "host.example.com"),
    ("hostname", "host.example.com"),
    ("server", "host.example.com"),
    ("servername", "host.example.com"),
    ("fqdn", "host.example.com"),
    ("domain", "example.com"),
    ("path", "/srv/x"),
    ("file", "/srv/x"),
    ("dir", "/srv/x"),
    ("directory", "/srv/x"),
    ("root", "/srv/x"),
    ("docroot", "/srv/x"),
    ("home", "/srv/x"),
    ("target", "/srv/x"),
    ("cert", "/srv/x.pem"),
    ("source", "puppet:///modules/x/y"),
    ("content", "content"),
    ("command", "/bin/true"),
    ("timeout", "30"),
    ("interval", "30"),
    ("uid", "1000"),
    ("gid", "1000"),
    ("priority", "10"),
    ("weight", "10"),
    ("order", "10"),
    ("enable", "true"),
    ("enabled", "true"),
];

/// What patterns may be after.
const STRINGS: &[&str] = &[
    "value",
    "present",
    "installed",
    "host.example.com",
    "192.0.2.10",
    "192.0.2.0/24",
    "2001:db8::1",
    "/srv/x",
    "0644",
    "https://www.example.com/x",
    "http://www.example.com/x",
    "puppet:///modules/x/y",
    "8080",
    "1.2.3",
    "1.2",
    "10",
    "1",
    "0",
    "10m",
    "10M",
    "1G",
    "10s",
    "30d",
    "10%",
    "0.5",
    "on",
    "On",
    "off",
    "Off",
    "yes",
    "true",
    "info",
    "warn",
    "LOG_INFO",
    "VALUE",
    "Value",
    "root@example.com",
    "@example.com",
    "0123456789abcdef0123456789abcdef01234567",
    "0123456789ABCDEF0123456789ABCDEF01234567",
    "00:16:3e:00:00:01",
    "key=value",
    "key:value",
    "key: value",
    "a,b",
    "a/b",
    "value value",
    "tcp://host.example.com:8080",
    "tcp:8080",
    "mysql+pymysql://user:secret@127.0.0.1/db",
    "ldap://host.example.com",
    "ldapi:///",
    "redis://host.example.com:6379",
    "amqp://host.example.com:5672",
    "mysql://host.example.com",
    "host.example.com:8080",
    "192.0.2.10:8080",
    "user/package",
    "user@host.example.com/db.table",
    "user@localhost/*.*",
    "user@localhost",
    "dc=example,dc=com",
    "*",
    "%",
    "-1",
    "2026-01-31",
    "2026-01-31T12:00:00Z",
    "12:00",
    "Mon",
    "c2VjcmV0dmFsdWU=",
    "SHA-256",
    "x.deb",
    "x.tar.gz",
    "x.conf",
    "sha256",
    "!value",
    "~value",
    "latest",
    "u+rw,g+r",
    "lxc",
    "x86_64",
];

/// Values for parameters.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    library: &'a Library,
    choice: Choice,
}

impl<'a> Values<'a> {
    /// Values that fit the types of these modules.
    pub fn new(library: &'a Library, choice: Choice) -> Self {
        Self { library, choice }
    }

    /// A value for a parameter; `None` where none comes to mind.
    pub fn of(self, parameter: &Parameter) -> Option<String> {
        match &parameter.type_expression {
            Some(expression) => self.of_type(expression, &parameter.name, DEEPEST),
            None => Some(quoted(by_name(&parameter.name).unwrap_or("value"))),
        }
    }

    fn of_type(self, expression: &Expression, name: &str, depth: u32) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match &expression.kind {
            ExpressionKind::Reference(type_name) => self.of_name(type_name, &[], name, depth),
            ExpressionKind::Access { left, keys } => match &left.kind {
                ExpressionKind::Reference(type_name) => self.of_name(type_name, keys, name, depth),
                _ => None,
            },
            ExpressionKind::Parenthesized(inner) => self.of_type(inner, name, depth),
            _ => None,
        }
    }

    fn of_name(
        self,
        type_name: &str,
        keys: &[Expression],
        name: &str,
        depth: u32,
    ) -> Option<String> {
        let type_of = |key: &Expression| self.of_type(key, name, depth);
        let lower = type_name.to_lowercase();
        match lower.trim_start_matches("::") {
            "string" => match keys {
                // `String[text]` is the type of that text alone.
                [only] if literal(only).is_some() => literal(only),
                _ => Some(quoted(by_name(name).unwrap_or("value"))),
            },
            "any" | "data" | "scalar" | "scalardata" | "richdata" | "notundef" => {
                match keys.first() {
                    Some(key) => type_of(key),
                    None => Some(quoted(by_name(name).unwrap_or("value"))),
                }
            }
            "integer" | "numeric" => Some(self.integer(keys, name).to_string()),
            "float" => Some(format!("{}.5", self.integer(keys, name))),
            "boolean" => Some(match keys.first() {
                Some(key) => literal(key)?,
                None => (self.choice == Choice::First).to_string(),
            }),
            "enum" => {
                let words: Vec<&Expression> = keys
                    .iter()
                    .filter(|key| {
                        matches!(
                            key.kind,
                            ExpressionKind::String(_) | ExpressionKind::Name(_)
                        )
                    })
                    .collect();
                let wanted = match self.choice {
                    Choice::First => words.first(),
                    Choice::Other => words.get(1).or(words.first()),
                };
                literal(wanted?)
            }
            "pattern" => {
                let expressions: Vec<_> = keys.iter().filter_map(regexp).collect();
                let fits = |text: &&str| {
                    expressions
                        .iter()
                        .any(|expression| expression.is_match(text).unwrap_or(false))
                };
                by_name(name)
                    .into_iter()
                    .chain(STRINGS.iter().copied())
                    .find(fits)
                    .map(quoted)
            }
            "regexp" => Some("/value/".to_owned()),
            "undef" => Some("undef".to_owned()),
            "default" => Some("default".to_owned()),
            "optional" => match keys.first() {
                Some(key) => literal(key).or_else(|| type_of(key)),
                None => Some("undef".to_owned()),
            },
            "variant" => {
                let mut values = keys.iter().filter_map(type_of);
                let first = values.next()?;
                match self.choice {
                    Choice::First => Some(first),
                    Choice::Other => Some(values.next().unwrap_or(first)),
                }
            }
            "sensitive" => match keys.first() {
                Some(key) => Some(format!("Sensitive({})", type_of(key)?)),
                None => Some("Sensitive('secret')".to_owned()),
            },
            "array" | "collection" | "iterable" | "tuple" => {
                let elements = keys.iter().filter(|key| number(key).is_none());
                let elements: Option<Vec<String>> = match &*lower {
                    "tuple" => elements.map(type_of).collect(),
                    _ => elements.take(1).map(type_of).collect(),
                };
                let elements = elements?;
                if elements.is_empty() {
                    return Some(format!("[{}]", quoted(by_name(name).unwrap_or("value"))));
                }
                Some(format!("[{}]", elements.join(", ")))
            }
            "hash" => match keys {
                [key, value, ..] if number(key).is_none() => {
                    Some(format!("{{{} => {}}}", type_of(key)?, type_of(value)?))
                }
                _ => Some("{}".to_owned()),
            },
            "struct" => self.of_struct(keys.first()?, depth),
            "timestamp" => Some("Timestamp('2026-01-31T12:00:00')".to_owned()),
            "timespan" => Some("Timespan(30)".to_owned()),
            "semver" => Some("SemVer('1.2.3')".to_owned()),
            "binary" => Some("Binary('c2VjcmV0')".to_owned()),
            "uri" => Some("URI('https://www.example.com/x')".to_owned()),
            "type" => match keys.first() {
                Some(key) => match &key.kind {
                    ExpressionKind::Reference(name) => Some(name.to_string()),
                    _ => None,
                },
                None => Some("String".to_owned()),
            },
            "catalogentry" | "resource" => Some("File['/srv/x']".to_owned()),
            alias => self.of_type(self.library.aliases.get(alias)?, name, depth),
        }
    }

    /// The keys that must be there; all of them where another value is wanted.
    fn of_struct(self, members: &Expression, depth: u32) -> Option<String> {
        let ExpressionKind::Hash(entries) = &members.kind else {
            return None;
        };
        let mut made = Vec::new();
        for entry in entries {
            let (key, optional) = match &entry.key.kind {
                ExpressionKind::Access { left, keys } => {
                    let optional = matches!(&left.kind, ExpressionKind::Reference(name) if &**name == "Optional");
                    (literal_text(keys.first()?)?, optional)
                }
                _ => (literal_text(&entry.key)?, is_optional(&entry.value)),
            };
            if optional && self.choice == Choice::First {
                continue;
            }
            match self.of_type(&entry.value, &key, depth) {
                Some(value) => made.push(format!("{} => {value}", quoted(&key))),
                None if optional => {}
                None => return None,
            }
        }
        Some(format!("{{{}}}", made.join(", ")))
    }

    fn integer(self, keys: &[Expression], name: &str) -> i64 {
        let bound = |index: usize| keys.get(index).and_then(number);
        let (low, high) = (bound(0), bound(1));
        let suggested: i64 = by_name(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(1);
        let fits = |value: &i64| {
            low.is_none_or(|low| low <= *value) && high.is_none_or(|high| *value <= high)
        };
        [suggested, 1, 1024]
            .into_iter()
            .find(fits)
            .or(low)
            .or(high)
            .unwrap_or(suggested)
    }
}

/// Whether a type takes `undef`, as far as its text tells.
fn is_optional(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Access { left, .. } => {
            matches!(&left.kind, ExpressionKind::Reference(name) if &**name == "Optional")
        }
        _ => false,
    }
}

/// What a name suggests.
pub fn by_name(name: &str) -> Option<&'static str> {
    BY_NAME
        .iter()
        .find(|(end, _)| {
            name.strip_suffix(end)
                .is_some_and(|before| before.is_empty() || before.ends_with('_'))
        })
        .map(|(_, value)| *value)
}

fn literal(expression: &Expression) -> Option<String> {
    match &expression.kind {
        ExpressionKind::Boolean(value) => Some(value.to_string()),
        _ => literal_text(expression).map(|text| quoted(&text)),
    }
}

fn literal_text(expression: &Expression) -> Option<String> {
    match &expression.kind {
        ExpressionKind::String(text) | ExpressionKind::Name(text) => Some(text.to_string()),
        _ => None,
    }
}

fn number(expression: &Expression) -> Option<i64> {
    match &expression.kind {
        ExpressionKind::Integer { value, .. } => Some(*value),
        ExpressionKind::Unary {
            operator: UnaryOperator::Minus,
            operand,
        } => number(operand).map(|value| -value),
        _ => None,
    }
}

fn regexp(expression: &Expression) -> Option<std::sync::Arc<Regexp>> {
    match &expression.kind {
        ExpressionKind::Regexp(source) => Some(Regexp::of(source)),
        _ => None,
    }
}

/// A text as a literal of the language.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
