//! Facts in JSON: `{"name": …, "values": {…}, "timestamp": …, "expiration": …}`.

use serde::{Deserialize, Serialize};

use super::{
    WireError,
    data::{HashForm, ReadHash, Richness},
    json,
};
use crate::{facts::Facts, name::Certname};

#[derive(Serialize)]
struct Outgoing<'a> {
    name: &'a str,
    values: HashForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<&'a str>,
}

#[derive(Deserialize)]
struct Incoming {
    name: String,
    values: ReadHash,
    timestamp: Option<String>,
    expiration: Option<String>,
}

/// Bytes of a node's facts, more or less: room to begin with.
const USUAL_FACTS: usize = 16 * 1024;

/// Writes a node's facts.
pub fn write(facts: &Facts) -> Vec<u8> {
    let outgoing = Outgoing {
        name: facts.name.as_str(),
        values: HashForm {
            hash: &facts.values,
            richness: Richness::Rich,
        },
        timestamp: facts.timestamp.as_deref(),
        expiration: facts.expiration.as_deref(),
    };
    let mut json = Vec::with_capacity(USUAL_FACTS);
    json::write(&outgoing, &mut json).expect("facts have string keys and finite numbers only");
    json
}

/// Reads a node's facts.
///
/// # Errors
/// The bytes are no facts in JSON, or the name breaks a rule.
pub fn read(json: &[u8]) -> Result<Facts, WireError> {
    let what = "facts";
    let incoming: Incoming =
        serde_json::from_slice(json).map_err(|source| WireError::Json { what, source })?;
    let name = Certname::parse(&incoming.name).map_err(|error| WireError::Name {
        what,
        reason: error.to_string(),
    })?;
    Ok(Facts {
        name,
        values: incoming.values.0,
        timestamp: incoming.timestamp,
        expiration: incoming.expiration,
    })
}
