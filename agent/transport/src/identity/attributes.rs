//! `csr_attributes.yaml`: what a request carries beside the name.
//!
//! Source: puppet-docs, `ssl_attributes_extensions`.

use camino::Utf8Path;
use ficelle_model::{
    Oids, oid,
    yaml::{self, Node},
};

use super::read;
use crate::error::TransportError;

/// Object ids and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `custom_attributes`: seen by who signs, not in the certificate.
    pub custom: Vec<(Vec<u64>, String)>,
    /// `extension_requests`: copied into the certificate.
    pub extensions: Vec<(Vec<u64>, String)>,
}

impl Attributes {
    /// Reads the file, in which the site's own names of object ids (`mapping`) may be used;
    /// nothing where there is none.
    ///
    /// # Errors
    /// It is no YAML of the documented shape, or names an id that nobody knows.
    pub fn load(path: &Utf8Path, mapping: &Utf8Path) -> Result<Self, TransportError> {
        let Some(text) = read(path)? else {
            return Ok(Self::default());
        };
        let oids = match read(mapping)? {
            Some(text) => Oids::parse(&text).map_err(|error| {
                TransportError::Identity(format!(
                    "Error loading ssl custom OIDs mapping file from '{mapping}': {error}"
                ))
            })?,
            None => Oids::default(),
        };
        Self::parse(&text, &oids)
            .map_err(|detail| TransportError::Identity(format!("{detail} in {path}")))
    }

    fn parse(text: &str, oids: &Oids) -> Result<Self, String> {
        let document = yaml::parse(text).map_err(|error| error.to_string())?;
        let entries = match &document {
            Node::Null => return Ok(Self::default()),
            Node::Mapping(entries) => entries,
            _ => return Err("invalid CSR attributes, expected a hash".to_owned()),
        };
        let mut attributes = Self::default();
        for (key, value) in entries.iter() {
            match key.as_str() {
                Some("custom_attributes") => attributes.custom = pairs(value, oids)?,
                Some("extension_requests") => attributes.extensions = pairs(value, oids)?,
                _ => return Err(format!("unexpected attributes [{:?}]", key.to_data())),
            }
        }
        let clashes = |list: &[(Vec<u64>, String)], name: &str| {
            let reserved = oid::numbers(oid::oid(name).expect("it is registered"));
            list.iter().any(|(oid, _)| Some(oid) == reserved.as_ref())
        };
        if clashes(&attributes.custom, "extReq") || clashes(&attributes.custom, "msExtReq") {
            return Err(
                "Cannot specify CSR attribute extReq: conflicts with internally used CSR attribute"
                    .to_owned(),
            );
        }
        if clashes(&attributes.extensions, "subjectAltName") {
            return Err(
                "Cannot specify CSR extension request subjectAltName: conflicts with internally \
                 used extension request"
                    .to_owned(),
            );
        }
        Ok(attributes)
    }
}

fn pairs(node: &Node, oids: &Oids) -> Result<Vec<(Vec<u64>, String)>, String> {
    let entries = match node {
        Node::Null => return Ok(Vec::new()),
        Node::Mapping(entries) => entries,
        _ => return Err("expected a hash of object ids".to_owned()),
    };
    let pair = |(key, value): &(Node, Node)| {
        let name = key
            .as_str()
            .ok_or("an object id must be a text; put it in quotes")?;
        let oid = oids
            .resolve(name)
            .ok_or_else(|| format!("unknown object id {name:?}"))?;
        let text = match value {
            Node::String(text) | Node::Symbol(text) => text.to_string(),
            Node::Integer(number) => number.to_string(),
            Node::Float(number) => number.to_string(),
            Node::Boolean(value) => value.to_string(),
            Node::Null => String::new(),
            _ => return Err(format!("the value of {name:?} must be a text")),
        };
        Ok((oid, text))
    };
    entries.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::{Attributes, Oids};

    #[test]
    fn names_and_numbers() {
        let text = "---\ncustom_attributes:\n  1.2.840.113549.1.9.7: secret\n\
                    extension_requests:\n  pp_role: web\n  1.3.6.1.4.1.34380.1.2.1: x\n";
        let read = Attributes::parse(text, &Oids::default()).expect("it is of the shape");
        assert_eq!(read.custom[0].0, [1, 2, 840, 113_549, 1, 9, 7]);
        assert_eq!(read.extensions[0].0, [1, 3, 6, 1, 4, 1, 34380, 1, 1, 13]);
        assert_eq!(read.extensions[1].1, "x");
    }

    #[test]
    fn names_of_the_site() {
        let oids = Oids::parse("oid_mapping: {1.3.6.1.4.1.34380.1.2.9: {shortname: rack}}");
        let oids = oids.expect("it is of the shape");
        let read = Attributes::parse("extension_requests: {rack: r7}", &oids);
        let read = read.expect("it is known");
        assert_eq!(read.extensions[0].0, [1, 3, 6, 1, 4, 1, 34380, 1, 2, 9]);
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "- a",
            "other: {}",
            "extension_requests:\n  no_such_name: x",
            "extension_requests:\n  subjectAltName: x",
            "custom_attributes:\n  extReq: x",
        ] {
            assert!(Attributes::parse(text, &Oids::default()).is_err(), "{text}");
        }
    }
}
