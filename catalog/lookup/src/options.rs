//! `lookup_options`: how a key is merged and converted, by its name or by a pattern.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{
    Value,
    error::{Error, Evaluated},
    values::{HashMap, Regexp},
};

use crate::{hierarchy::Layer, key::failure};

/// The options of one layer.
#[derive(Debug, Default)]
pub(crate) struct KeyOptions {
    names: Vec<(Arc<str>, HashMap)>,
    patterns: Vec<(Arc<Regexp>, HashMap)>,
    /// As the data has them.
    pub given: Option<Value>,
}

/// The options of a key in layers, the strongest first: by its name, else by the first pattern that
/// fits. The patterns of the weakest layer come first, with what the strongest says of them.
pub(crate) fn of<'l>(layers: &'l [Rc<KeyOptions>], key: &str) -> Option<&'l HashMap> {
    let named = |layer: &'l Rc<KeyOptions>| {
        let mut names = layer.names.iter();
        names.find(|(name, _)| **name == *key)
    };
    if let Some((_, options)) = layers.iter().find_map(named) {
        return Some(options);
    }
    let patterns = |layer: &'l Rc<KeyOptions>| layer.patterns.iter();
    let fits = |pattern: &Regexp| pattern.is_match(key).unwrap_or(false);
    let mut weakest_first = layers.iter().rev().flat_map(patterns);
    let (fitting, _) = weakest_first.find(|(pattern, _)| fits(pattern))?;
    let mut strongest_first = layers.iter().flat_map(patterns);
    let same = strongest_first.find(|(pattern, _)| pattern.source() == fitting.source());
    same.map(|(_, options)| options)
}

/// Reads what a layer's data says.
pub(crate) fn read(layer: &Layer, value: Option<Value>) -> Evaluated<KeyOptions> {
    let mut options = KeyOptions::default();
    let hash = match value {
        None | Some(Value::Undef) => return Ok(options),
        Some(Value::Hash(hash)) => {
            options.given = Some(Value::Hash(Arc::clone(&hash)));
            hash
        }
        Some(_) => return Err(failure("value of lookup_options must be a hash").into()),
    };
    for (name, value) in hash.iter() {
        let Some(name) = name.as_str() else {
            return Err(failure("keys of lookup_options must be strings").into());
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
        // What is no hash has no option, but stands for the key nevertheless.
        let entry = match value {
            Value::Hash(options) => HashMap::clone(options),
            _ => HashMap::default(),
        };
        if is_pattern {
            let pattern = Regexp::compile(name).map_err(|error| Error::new(error.to_string()))?;
            options.patterns.push((pattern, entry));
        } else {
            options.names.push((name.into(), entry));
        }
    }
    Ok(options)
}
