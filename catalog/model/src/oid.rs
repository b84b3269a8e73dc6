//! The object identifiers that certificates and requests of a site carry, and the names they go
//! by in `csr_attributes.yaml` and in `$trusted['extensions']`.
//!
//! Source: puppet-docs, `ssl_attributes_extensions` and `config_file_oid_map`.

use std::sync::Arc;

use thiserror::Error;

use crate::yaml::{self, Node, YamlError};

/// The key of the file under which a site's own names stand.
const MAPPING: &str = "oid_mapping";

/// Identifiers by their short names: those of the product and those of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oids {
    custom: Vec<(Arc<str>, Arc<str>)>,
}

/// What is wrong with `custom_trusted_oid_mapping.yaml`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OidError {
    /// It is no YAML.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// It holds something else.
    #[error("no such index '{MAPPING}'")]
    Missing,
    /// The mapping is none.
    #[error("data under index '{MAPPING}' must be a Hash")]
    Mapping,
    /// An identifier says nothing about itself.
    #[error("incorrect definition of oid '{0}'")]
    Definition(String),
    /// An identifier has no short name.
    #[error("incomplete definition of oid '{0}'")]
    Incomplete(String),
    /// What should be an identifier is none.
    #[error("'{0}' is no object identifier: write dotted numbers")]
    Identifier(String),
}

impl Oids {
    /// Reads a site's `custom_trusted_oid_mapping.yaml`.
    ///
    /// # Errors
    /// It is not of the documented shape.
    pub fn parse(text: &str) -> Result<Self, OidError> {
        let document = yaml::parse(text)?;
        let mapping = document.get(MAPPING).ok_or(OidError::Missing)?;
        let Node::Mapping(entries) = mapping else {
            return Err(OidError::Mapping);
        };
        let mut custom = Vec::with_capacity(entries.len());
        for (key, value) in entries.iter() {
            let oid = match key {
                Node::String(text) => text.to_string(),
                Node::Float(number) => number.to_string(),
                other => format!("{:?}", other.to_data()),
            };
            if numbers(&oid).is_none() {
                return Err(OidError::Identifier(oid));
            }
            if !matches!(value, Node::Mapping(_)) {
                return Err(OidError::Definition(oid));
            }
            let Some(Node::String(name)) = value.get("shortname") else {
                return Err(OidError::Incomplete(oid));
            };
            custom.push((oid.into(), Arc::clone(name)));
        }
        Ok(Self { custom })
    }

    /// The name that an identifier goes by: its short name, else the identifier itself.
    pub fn name<'a>(&'a self, oid: &'a str) -> &'a str {
        let custom = self.custom.iter().find(|(known, _)| **known == *oid);
        match custom {
            Some((_, name)) => name,
            None => short_name(oid).unwrap_or(oid),
        }
    }

    /// The identifier behind a short name or behind dotted numbers.
    pub fn resolve(&self, name: &str) -> Option<Vec<u64>> {
        let custom = self.custom.iter().find(|(_, known)| **known == *name);
        let oid = match custom {
            Some((oid, _)) => oid,
            None => oid(name).unwrap_or(name),
        };
        numbers(oid)
    }
}

/// The short name of an identifier that the product knows.
pub fn short_name(oid: &str) -> Option<&'static str> {
    let known = REGISTERED.iter().find(|(known, _)| *known == oid);
    known.map(|(_, name)| *name)
}

/// The identifier behind a short name that the product knows.
pub fn oid(name: &str) -> Option<&'static str> {
    let known = REGISTERED.iter().chain(REQUEST).find(|(_, n)| *n == name);
    known.map(|(oid, _)| *oid)
}

/// The numbers of a dotted identifier; X.660 bounds the first two.
pub fn numbers(text: &str) -> Option<Vec<u64>> {
    let numbers: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| {
        numbers.len() > 2 && numbers[0] <= 2 && (numbers[0] == 2 || numbers[1] < 40)
    })
}

/// Extensions that a certificate keeps: `ppRegCertExt`, then `ppAuthCertExt`.
const REGISTERED: &[(&str, &str)] = &[
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
    ("1.3.6.1.4.1.34380.1.3.2", "pp_auth_auto_renew"),
    ("1.3.6.1.4.1.34380.1.3.13", "pp_auth_role"),
    ("1.3.6.1.4.1.34380.1.3.39", "pp_cli_auth"),
];

/// What else a request may name.
const REQUEST: &[(&str, &str)] = &[
    ("1.2.840.113549.1.9.7", "challengePassword"),
    ("1.2.840.113549.1.9.14", "extReq"),
    ("1.3.6.1.4.1.311.2.1.14", "msExtReq"),
    ("2.5.29.17", "subjectAltName"),
];

#[cfg(test)]
mod tests {
    use super::{OidError, Oids, oid, short_name};

    #[test]
    fn names_lead_to_numbers_and_back() {
        assert_eq!(oid("pp_role"), Some("1.3.6.1.4.1.34380.1.1.13"));
        assert_eq!(short_name("1.3.6.1.4.1.34380.1.3.13"), Some("pp_auth_role"));
        assert_eq!(short_name("2.5.29.17"), None);
        let oids = Oids::default();
        assert_eq!(oids.resolve("extReq").expect("known").last(), Some(&14));
        assert_eq!(oids.resolve("1.2.3"), Some(vec![1, 2, 3]));
        assert_eq!(oids.resolve("pp_nothing"), None);
        assert_eq!(oids.resolve("3.1.1"), None);
    }

    #[test]
    fn a_site_has_names_of_its_own() {
        let text = "oid_mapping:\n  1.3.6.1.4.1.34380.1.2.1.1:\n    shortname: rack\n    \
                    longname: Where it stands\n";
        let oids = Oids::parse(text).expect("it is of the shape");
        assert_eq!(oids.name("1.3.6.1.4.1.34380.1.2.1.1"), "rack");
        assert_eq!(oids.name("1.3.6.1.4.1.34380.1.1.1"), "pp_uuid");
        assert_eq!(oids.name("1.2.3"), "1.2.3");
        let numbers = oids.resolve("rack").expect("it is known");
        assert_eq!(numbers, [1, 3, 6, 1, 4, 1, 34380, 1, 2, 1, 1]);
    }

    #[test]
    fn what_is_wrong_with_a_mapping() {
        let wrong = |text| Oids::parse(text).expect_err("it is refused");
        assert_eq!(wrong("a: b"), OidError::Missing);
        assert_eq!(wrong("oid_mapping: x"), OidError::Mapping);
        assert_eq!(
            wrong("oid_mapping: {1.2.3.4: x}"),
            OidError::Definition("1.2.3.4".into())
        );
        assert_eq!(
            wrong("oid_mapping: {1.2.3.4: {longname: x}}"),
            OidError::Incomplete("1.2.3.4".into())
        );
        assert_eq!(
            wrong("oid_mapping: {rack: {shortname: x}}"),
            OidError::Identifier("rack".into())
        );
    }
}
