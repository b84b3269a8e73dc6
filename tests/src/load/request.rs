//! The request of an agent of Puppet 7, byte for byte but for its uuids.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::Server;

/// What stays as it is in a form: Ruby's `CGI.escape`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*');

/// A request for a catalog.
pub struct Request {
    /// The node.
    pub node: String,
    /// The environment.
    pub environment: String,
    /// The facts by name.
    pub facts: Value,
    /// Which encodings the answer may have.
    pub encoding: Encoding,
}

/// Which encodings an answer may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// None.
    Identity,
    /// Those that an agent names, gzip first.
    Agent,
}

impl Request {
    /// A request with the facts of a file: a flat hash of them, or what an agent sends.
    ///
    /// # Errors
    /// The text is no JSON.
    pub fn new(node: &str, environment: &str, facts: &str, encoding: Encoding) -> Result<Self> {
        let facts: Value = serde_json::from_str(facts).context("the facts are no JSON")?;
        let facts = match facts {
            Value::Object(mut sent) if sent.contains_key("values") => {
                sent.remove("values").unwrap_or_default()
            }
            flat => flat,
        };
        Ok(Self {
            node: node.to_owned(),
            environment: environment.to_owned(),
            facts,
            encoding,
        })
    }

    /// The whole of it: head and body.
    pub(super) fn bytes(&self, server: &Server, encoding: Encoding) -> Vec<u8> {
        let body = self.body();
        let encodings = match encoding {
            Encoding::Identity => "identity",
            Encoding::Agent => "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
        };
        let mut text = String::with_capacity(body.len() + 600);
        write!(
            text,
            "POST /puppet/v3/catalog/{}?environment={} HTTP/1.1\r\n\
             X-Puppet-Version: 7.23.0\r\n\
             User-Agent: Puppet/7.23.0 Ruby/3.1.2-p20 (x86_64-linux-gnu)\r\n\
             Accept: application/vnd.puppet.rich+json, application/json, text/pson\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Accept-Encoding: {encodings}\r\n\
             Host: {}:{}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.node,
            self.environment,
            server.name,
            server.address.port(),
            body.len()
        )
        .expect("writing to a string cannot fail");
        text.into_bytes()
    }

    /// The form. Facts are encoded twice, as agents do it.
    fn body(&self) -> String {
        let facts = json!({
            "name": self.node,
            "values": self.facts,
            "timestamp": "2026-01-01T00:00:00.000000000+00:00",
            "expiration": "2036-01-01T00:00:00.000000000+00:00",
        });
        let once = encoded(&facts.to_string());
        let pairs = [
            ("facts_format", "application/json"),
            ("facts", &once),
            ("environment", &self.environment),
            ("configured_environment", &self.environment),
            ("check_environment", "true"),
            ("transaction_uuid", "1a5fcd42-3c6e-4f7f-9a57-1a5b4c0a2f10"),
            ("job_uuid", ""),
            ("static_catalog", "true"),
            ("checksum_type", "sha256.sha384.sha512.sha224.md5"),
        ];
        let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
        pairs.join("&")
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_encoded_twice() {
        let facts = r#"{"name": "x", "values": {"a": "b c"}}"#;
        let request = Request::new("web1", "production", facts, Encoding::Identity);
        let body = request.expect("facts").body();
        assert!(
            body.starts_with("facts_format=application%2Fjson&facts=%257B%2522name%2522%253A"),
            "{body}"
        );
        assert!(body.contains("%2522a%2522%253A%2522b%2520c%2522"), "{body}");
        assert!(
            body.ends_with("checksum_type=sha256.sha384.sha512.sha224.md5"),
            "{body}"
        );
    }
}
