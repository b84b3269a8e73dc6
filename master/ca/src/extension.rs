//! The extensions that Puppet puts into requests and certificates.
//!
//! Source: puppet-docs, `ssl_attributes_extensions`: registered ids under 1.3.6.1.4.1.34380.1.1,
//! private ones under …1.2, authorisation under …1.3.

use ficelle_model::oid;

/// An extension that a request carries and a certificate keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The dotted object identifier.
    pub oid: String,
    /// The DER of its value.
    pub value: Vec<u8>,
}

/// What an object identifier is to the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A trusted fact: copied into the certificate.
    Trusted,
    /// Gives rights: copied only where the operator allows it.
    Authorization,
    /// Anything else is refused.
    Unknown,
}

impl Extension {
    /// Whether the extension may stand in a certificate.
    pub fn standing(&self) -> Standing {
        let under = |arc: &str| {
            self.oid
                .strip_prefix(arc)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        if under("1.3.6.1.4.1.34380.1.1") || under("1.3.6.1.4.1.34380.1.2") {
            Standing::Trusted
        } else if under("1.3.6.1.4.1.34380.1.3") {
            Standing::Authorization
        } else {
            Standing::Unknown
        }
    }

    /// The short name that the product knows it by, else the identifier.
    pub fn name(&self) -> &str {
        oid::short_name(&self.oid).unwrap_or(&self.oid)
    }

    /// The text of its value: of an ASN.1 string, or the bytes themselves, as old clients sent.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(string_content(&self.value).unwrap_or(&self.value)).into_owned()
    }
}

/// The content of a DER string (UTF8, Printable, IA5) that fills `der` exactly.
pub fn string_content(der: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = der.split_first()?;
    if !matches!(tag, 0x0c | 0x13 | 0x16) {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, content) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
        0x82 => (
            usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])),
            rest.get(2..)?,
        ),
        _ => return None,
    };
    (content.len() == length).then_some(content)
}

#[cfg(test)]
mod tests {
    use ficelle_model::oid::oid;

    use super::{Extension, Standing, string_content};

    #[test]
    fn names_and_standing() {
        let role = Extension {
            oid: oid("pp_role").expect("pp_role is registered").to_owned(),
            value: b"\x0c\x03web".to_vec(),
        };
        assert_eq!(role.name(), "pp_role");
        assert_eq!(role.text(), "web");
        assert_eq!(role.standing(), Standing::Trusted);
        let private = Extension {
            oid: "1.3.6.1.4.1.34380.1.2.7".into(),
            value: b"raw".to_vec(),
        };
        assert_eq!(
            (private.name(), private.text().as_str()),
            ("1.3.6.1.4.1.34380.1.2.7", "raw")
        );
        let near = Extension {
            oid: "1.3.6.1.4.1.34380.1.11.1".into(),
            value: Vec::new(),
        };
        assert_eq!(near.standing(), Standing::Unknown);
    }

    #[test]
    fn a_string_must_fill_its_value() {
        assert_eq!(string_content(b"\x0c\x81\x02ab"), Some(&b"ab"[..]));
        assert_eq!(string_content(b"\x0c\x05ab"), None);
        assert_eq!(string_content(b"\x0c"), None);
        assert_eq!(string_content(b"\x02\x01\x01"), None);
    }
}
