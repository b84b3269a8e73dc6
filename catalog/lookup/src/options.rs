//! `lookup_options`: how a key is merged and converted, by its name or by a pattern.

use std::sync::Arc;

use ficelle_language::{
    Value,
    error::Evaluated,
    values::{HashMap, Regexp},
};

use crate::{hierarchy::Layer, key::failure};

/// The options of one layer.
#[derive(Debug, Default)]
pub(crate) struct KeyOptions {
    names: Vec<(Arc<str>, HashMap)>,
    patterns: Vec<(Arc<Regexp>, HashMap)>,
}

impl KeyOptions {
    /// The options of a key: by its name, else by the first pattern that fits.
    pub fn of(&self, key: &str) -> Option<&HashMap> {
        let named = self.names.iter().find(|(name, _)| **name == *key);
        if let Some((_, options)) = named {
            return Some(options);
        }
        let fits = |pattern: &Regexp| pattern.is_match(key).unwrap_or(false);
        self.patterns
            .iter()
            .find(|(pattern, _)| fits(pattern))
            .map(|(_, options)| options)
    }
}

/// Reads what a layer's data says.
pub(crate) fn read(layer: &Layer, value: Option<Value>) -> Evaluated<KeyOptions> {
    let mut options = KeyOptions::default();
    let hash = match value {
        None | Some(Value::Undef) => return Ok(options),
        Some(Value::Hash(hash)) => hash,
        Some(_) => return Err(failure("value of lookup_options must be a hash").into()),
    };
    for (name, value) in hash.iter() {
        let (Some(name), Value::Hash(value)) = (name.as_str(), value) else {
            return Err(failure("value of lookup_options must be a hash of hashes").into());
        };
        let is_pattern = name.starts_with('^');
        if let Layer::Module(module) = layer {
            let bare = name.trim_start_matches('^');
            if !bare.starts_with(&format!("{module}::")) {
                let what = if is_pattern { "patterns" } else { "keys" };
                let how = if is_pattern {
                    "match a key starting with module name"
                } else {
                    "start with module name"
                };
                return Err(
                    failure(format!("all lookup_options {what} must {how} '{module}'")).into(),
                );
            }
        }
        let entry = HashMap::clone(value);
        if is_pattern {
            let pattern = Regexp::compile(name)
                .map_err(|error| failure(format!("a pattern of lookup_options: {error}")))?;
            options.patterns.push((pattern, entry));
        } else {
            options.names.push((name.into(), entry));
        }
    }
    Ok(options)
}
