//! URIs: their parts, and types that ask for some of them.
//!
//! Source: RFC 3986, appendix B.

use std::{fmt, sync::Arc};

use super::Type;
use crate::values::{HashMap, Value};

/// The parts of a URI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UriParts<'a> {
    /// `https`
    pub scheme: Option<&'a str>,
    /// `user:password`
    pub userinfo: Option<&'a str>,
    /// `example.com`
    pub host: Option<&'a str>,
    /// `8080`
    pub port: Option<i64>,
    /// `/a/b`
    pub path: Option<&'a str>,
    /// What follows `?`.
    pub query: Option<&'a str>,
    /// What follows `#`.
    pub fragment: Option<&'a str>,
    /// What follows the scheme where that is no hierarchy: `mailto:a@b`.
    pub opaque: Option<&'a str>,
}

/// The text is no URI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUri {
    /// It has characters where a URI cannot have them.
    #[error("bad URI(is not URI?): {0:?}")]
    Malformed(String),
    /// It is not ASCII, as it is shown.
    #[error("URI must be ascii only \"{0}\"")]
    NotAscii(String),
}

/// Takes a URI apart.
///
/// # Errors
/// It holds what a URI may not hold.
pub fn parse(text: &str) -> Result<UriParts<'_>, BadUri> {
    let allowed = |character: char| {
        character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character)
    };
    let bad = || BadUri::Malformed(text.to_owned());
    if !text.is_ascii() {
        return Err(BadUri::NotAscii(ascii(text)));
    }
    if !text.chars().all(allowed) || !escapes_are_whole(text) {
        return Err(bad());
    }
    let mut parts = UriParts::default();
    let (rest, fragment) = match text.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (text, None),
    };
    parts.fragment = fragment;
    if fragment.is_some_and(|fragment| fragment.contains(['#', '[', ']'])) {
        return Err(bad());
    }
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let rest = match rest.split_once(':') {
        Some((scheme, after)) if is_scheme(scheme) => {
            parts.scheme = Some(scheme);
            if !after.starts_with('/') && !after.is_empty() {
                parts.opaque = Some(after);
                return Ok(parts);
            }
            after
        }
        _ => rest,
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    parts.query = query;
    let path = match rest.strip_prefix("//") {
        Some(after) => {
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            parse_authority(&mut parts, authority).ok_or_else(bad)?;
            path
        }
        None => rest,
    };
    if path.contains(['[', ']']) {
        return Err(bad());
    }
    parts.path = Some(path);
    Ok(parts)
}

/// A text in which other characters stand by their numbers.
fn ascii(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            _ if character.is_ascii() => character.to_string(),
            '\u{10000}'.. => format!("\\u{{{:X}}}", u32::from(character)),
            _ => format!("\\u{:04X}", u32::from(character)),
        })
        .collect()
}

/// Whether each `%` has its two digits.
fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// The text of a URI as it is kept: the scheme in lower case, without the port that is its own.
///
/// # Errors
/// It is no URI.
pub fn normalized(text: &str) -> Result<String, BadUri> {
    parse(text).map(|parts| parts.to_string())
}

/// The class of a URI in the reference's own language, which its messages show.
pub fn class(text: &str) -> &'static str {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    match scheme.to_ascii_lowercase().as_str() {
        "http" => "HTTP",
        "https" => "HTTPS",
        "ftp" => "FTP",
        "file" => "File",
        "ldap" => "LDAP",
        "ldaps" => "LDAPS",
        "mailto" => "MailTo",
        "ws" => "WS",
        "wss" => "WSS",
        _ => "Generic",
    }
}

fn parse_authority<'a>(parts: &mut UriParts<'a>, authority: &'a str) -> Option<()> {
    let host = match authority.rsplit_once('@') {
        Some((userinfo, host)) => {
            parts.userinfo = Some(userinfo);
            host
        }
        None => authority,
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host, None),
    };
    parts.host = Some(host);
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        parts.port = Some(port.parse().ok()?);
    }
    Some(())
}

impl UriParts<'_> {
    /// The port, or that of the scheme.
    pub fn port_or_default(&self) -> Option<i64> {
        self.port.or_else(|| self.default_port())
    }

    fn default_port(&self) -> Option<i64> {
        match self.scheme?.to_ascii_lowercase().as_str() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            "ftp" => Some(21),
            "ldap" => Some(389),
            "ldaps" => Some(636),
            _ => None,
        }
    }

    /// A part by its name.
    pub fn part(&self, name: &str) -> Value {
        let text = |part: Option<&str>| part.map_or(Value::Undef, Value::from);
        match name {
            "scheme" => self
                .scheme
                .map_or(Value::Undef, |scheme| scheme.to_ascii_lowercase().into()),
            "userinfo" => text(self.userinfo),
            "host" => text(self.host),
            "port" => self.port_or_default().map_or(Value::Undef, Value::from),
            "path" => text(self.path_of_scheme()),
            "query" => text(self.query),
            "fragment" => text(self.fragment),
            "opaque" => text(self.opaque),
            _ => Value::Undef,
        }
    }

    /// The path; that of FTP begins at the folder of the user.
    fn path_of_scheme(&self) -> Option<&str> {
        let is_ftp = self
            .scheme
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("ftp"));
        self.path
            .map(|path| path.strip_prefix('/').filter(|_| is_ftp).unwrap_or(path))
    }

    /// The parts as the parameters of a type.
    pub fn as_parameters(&self) -> HashMap {
        let scheme = self.scheme.map(str::to_ascii_lowercase);
        let usual = matches!(
            (self.port_or_default(), scheme.as_deref()),
            (Some(80), Some("http")) | (Some(443), Some("https"))
        );
        let port = self
            .port_or_default()
            .filter(|_| !usual)
            .map(|port| port.to_string());
        let filled = |part: Option<&str>| part.filter(|part| !part.is_empty()).map(str::to_owned);
        let parts = [
            ("scheme", scheme),
            ("userinfo", self.userinfo.map(str::to_owned)),
            (
                "host",
                filled(self.host).map(|host| host.to_ascii_lowercase()),
            ),
            ("port", port),
            ("path", filled(self.path_of_scheme())),
            ("query", self.query.map(str::to_owned)),
            ("fragment", self.fragment.map(str::to_owned)),
            ("opaque", self.opaque.map(str::to_owned)),
        ];
        parts
            .into_iter()
            .filter_map(|(name, part)| Some((name.into(), part?.into())))
            .collect()
    }
}

impl fmt::Display for UriParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}:", scheme.to_ascii_lowercase())?;
        }
        if let Some(opaque) = self.opaque {
            f.write_str(opaque)?;
        } else {
            let is_file = self
                .scheme
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file"));
            let host = self.host.filter(|host| !host.is_empty());
            if host.is_some() || is_file && self.host.is_some() {
                f.write_str("//")?;
            }
            if let Some(userinfo) = self.userinfo {
                write!(f, "{userinfo}@")?;
            }
            f.write_str(host.unwrap_or_default())?;
            if let Some(port) = self.port.filter(|port| Some(*port) != self.default_port()) {
                write!(f, ":{port}")?;
            }
            f.write_str(self.path.unwrap_or_default())?;
            if let Some(query) = self.query {
                write!(f, "?{query}")?;
            }
        }
        match self.fragment {
            Some(fragment) => write!(f, "#{fragment}"),
            None => Ok(()),
        }
    }
}

/// The type of one URI.
pub(super) fn type_of(text: &str) -> Type {
    match parse(text) {
        Ok(parts) => Type::Uri(Some(Arc::new(Value::hash(parts.as_parameters())))),
        Err(_) => Type::Uri(None),
    }
}

/// Whether the parts of a URI fit the parameters of a type.
pub(super) fn matches(parameters: &HashMap, text: &str) -> bool {
    parse(text).is_ok_and(|parts| {
        parameters
            .iter()
            .all(|(name, wanted)| wanted.accepts(&parts.part(name.as_str().unwrap_or_default())))
    })
}
