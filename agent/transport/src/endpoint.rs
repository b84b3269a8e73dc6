//! Where a master listens.

use std::fmt;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl Endpoint {
    /// A host as a person typed it (lowered), and a port.
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.trim().to_ascii_lowercase(),
            port,
        }
    }

    /// Reads `host` or `host:port` (an entry of `server_list`).
    pub fn parse(text: &str, port: u16) -> Option<Self> {
        let (host, port) = match text.trim().rsplit_once(':') {
            Some((host, number)) if !host.contains(':') || host.ends_with(']') => {
                (host, number.parse().ok()?)
            }
            _ => (text.trim(), port),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        (!host.is_empty()).then(|| Self::new(host, port))
    }

    /// The address of a path there.
    pub fn url(&self, path: &str) -> String {
        format!("https://{self}{path}")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn hosts_with_and_without_ports() {
        let read = |text| Endpoint::parse(text, 8140).map(|endpoint| endpoint.to_string());
        assert_eq!(read("CONTROL").as_deref(), Some("control:8140"));
        assert_eq!(read("control:8141").as_deref(), Some("control:8141"));
        assert_eq!(read("[::1]:8141").as_deref(), Some("[::1]:8141"));
        assert_eq!(read("2001:db8::1").as_deref(), Some("[2001:db8::1]:8140"));
        assert_eq!(read("control:x"), None);
        assert_eq!(read(""), None);
    }
}
