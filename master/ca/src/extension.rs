//! The extensions that Puppet puts into requests and certificates, and their short names.
//!
//! Source: puppet-docs, `ssl_attributes_extensions`: registered ids under 1.3.6.1.4.1.34380.1.1,
//! private ones under …1.2, authorisation under …1.3.

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

    /// The name it goes by in `$trusted['extensions']`: the short name, else the identifier.
    pub fn name(&self) -> &str {
        short_name(&self.oid).unwrap_or(&self.oid)
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

/// The short name of a registered identifier.
pub fn short_name(oid: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(known, _)| *known == oid)
        .map(|(_, name)| *name)
}

/// The identifier behind a short name.
pub fn oid(name: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(oid, _)| *oid)
}

const NAMES: &[(&str, &str)] = &[
    ("1.3.6.1.4.1.34380.1.1.1", "pp_uuid"),
    ("1.3.6.1.4.1.34380.1.1.2", "pp_instance_id"),
    ("1.3.6.1.4.1.34380.1.1.3", "pp_image_name"),
    ("1.3.6.1.4.1.34380.1.1.4", "pp_preshared_key"),
    ("1.3.6.1.4.1.34380.1.1.5", "pp_cost_center"),
    ("1.3.6.1.4.1.34380.1.1.6", "pp_product"),
    ("1.3.6.1.4.1.34380.1.1.7", "pp_project"),
    ("1.3.6.1.4.1.34380.1.1.8", "pp_application"),
    ("1.3.6.1.4.1.34380.1.1.9", "pp_service"),
    ("1.3.6.1.4.1.34380.1.1.10", "pp_employee"),
    ("1.3.6.1.4.1.34380.1.1.11", "pp_created_by"),
    ("1.3.6.1.4.1.34380.1.1.12", "pp_environment"),
    ("1.3.6.1.4.1.34380.1.1.13", "pp_role"),
    ("1.3.6.1.4.1.34380.1.1.14", "pp_software_version"),
    ("1.3.6.1.4.1.34380.1.1.15", "pp_department"),
    ("1.3.6.1.4.1.34380.1.1.16", "pp_cluster"),
    ("1.3.6.1.4.1.34380.1.1.17", "pp_provisioner"),
    ("1.3.6.1.4.1.34380.1.1.18", "pp_region"),
    ("1.3.6.1.4.1.34380.1.1.19", "pp_datacenter"),
    ("1.3.6.1.4.1.34380.1.1.20", "pp_zone"),
    ("1.3.6.1.4.1.34380.1.1.21", "pp_network"),
    ("1.3.6.1.4.1.34380.1.1.22", "pp_securitypolicy"),
    ("1.3.6.1.4.1.34380.1.1.23", "pp_cloudplatform"),
    ("1.3.6.1.4.1.34380.1.1.24", "pp_apptier"),
    ("1.3.6.1.4.1.34380.1.1.25", "pp_hostname"),
    ("1.3.6.1.4.1.34380.1.1.26", "pp_owner"),
    ("1.3.6.1.4.1.34380.1.3.1", "pp_authorization"),
    ("1.3.6.1.4.1.34380.1.3.2", "pp_auto_renew"),
    ("1.3.6.1.4.1.34380.1.3.13", "pp_auth_role"),
    ("1.3.6.1.4.1.34380.1.3.39", "pp_cli_auth"),
];

#[cfg(test)]
mod tests {
    use super::{Extension, Standing, oid, short_name, string_content};

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
        assert_eq!(short_name("2.5.29.17"), None);
    }

    #[test]
    fn a_string_must_fill_its_value() {
        assert_eq!(string_content(b"\x0c\x81\x02ab"), Some(&b"ab"[..]));
        assert_eq!(string_content(b"\x0c\x05ab"), None);
        assert_eq!(string_content(b"\x0c"), None);
        assert_eq!(string_content(b"\x02\x01\x01"), None);
    }
}
