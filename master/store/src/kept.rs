//! What is kept of a node already, as far as it tells whether something new came.

use crate::{ExportedResource, Millis};

/// What is kept of a node.
#[derive(Default)]
pub(crate) struct Kept {
    pub environment: Option<String>,
    pub facts: Option<String>,
    pub facts_at: Option<Millis>,
    pub catalog: Option<String>,
    pub catalog_at: Option<Millis>,
    /// How many resources it exports.
    pub exports: i64,
}

impl Kept {
    /// Whether it was last in this environment.
    pub fn is_in(&self, environment: &str) -> bool {
        self.environment.as_deref() == Some(environment)
    }

    /// Whether these are its facts, and came a moment ago.
    pub fn has_facts(&self, digest: &str, now: Millis) -> bool {
        self.facts.as_deref() == Some(digest) && is_fresh(self.facts_at, now)
    }

    /// Whether this is its catalog, and came a moment ago.
    pub fn has_catalog(&self, digest: &str, now: Millis) -> bool {
        self.catalog.as_deref() == Some(digest) && is_fresh(self.catalog_at, now)
    }
}

/// Times of what did not change are kept to the minute: asking again at once writes nothing.
const FRESH: Millis = 60_000;

fn is_fresh(kept: Option<Millis>, now: Millis) -> bool {
    kept.is_some_and(|kept| (kept..kept + FRESH).contains(&now))
}

/// Whether a node's exports, as they were kept, are what it exports now.
pub(crate) fn same_exports(kept: &[(String, String, String)], now: &[ExportedResource]) -> bool {
    kept.len() == now.len()
        && kept
            .iter()
            .zip(now)
            .all(|(kept, now)| kept.0 == now.type_name && kept.1 == now.title && kept.2 == now.json)
}
