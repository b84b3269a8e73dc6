//! `version: 5`.

use std::sync::Arc;

use ficelle_language::{Value, error::Evaluated, values::HashMap};

use super::{Backend, ConfigurationFile, Entry, Hierarchy, Layer, Locations, text, texts};

const BACKENDS: [&str; 4] = ["data_hash", "lookup_key", "data_dig", "hiera3_backend"];
const LOCATIONS: [&str; 7] = [
    "path",
    "paths",
    "glob",
    "globs",
    "uri",
    "uris",
    "mapped_paths",
];
const RESERVED: [&str; 2] = ["path", "uri"];

impl ConfigurationFile<'_> {
    pub(super) fn version5(&self, layer: &Layer, hash: &HashMap) -> Evaluated<Hierarchy> {
        let known = [
            "version",
            "defaults",
            "hierarchy",
            "default_hierarchy",
            "plan_hierarchy",
        ];
        for key in hash.keys() {
            let key = key.as_str().unwrap_or_default();
            if !known.contains(&key) {
                return self.refuse(
                    &format!("The Hiera Configuration has an unrecognized key '{key}'"),
                    self.line_of_key(key),
                );
            }
        }
        let empty = HashMap::default();
        let defaults = match hash.get(&Value::string("defaults")) {
            Some(Value::Hash(defaults)) => defaults,
            _ => &empty,
        };
        self.check_defaults(defaults)?;
        let entries = match hash.get(&Value::string("hierarchy")) {
            None | Some(Value::Undef) => vec![self.common(defaults)?],
            Some(levels) => self.levels(levels, defaults, layer)?,
        };
        let default_entries = match hash.get(&Value::string("default_hierarchy")) {
            None | Some(Value::Undef) => Vec::new(),
            Some(_) if !matches!(layer, Layer::Module(_)) => {
                return self.refuse(
                    "'default_hierarchy' is only allowed in the module layer",
                    self.line_of_key("default_hierarchy"),
                );
            }
            Some(levels) => self.levels(levels, defaults, layer)?,
        };
        Ok(Hierarchy {
            entries,
            defaults: default_entries,
            ..Hierarchy::default()
        })
    }

    fn check_defaults(&self, defaults: &HashMap) -> Evaluated<()> {
        let given = BACKENDS
            .iter()
            .filter(|&&key| defaults.contains_key(&Value::string(key)));
        if given.count() > 1 {
            return self.refuse(
                "Only one of data_hash, lookup_key, data_dig, or hiera3_backend can be defined in \
                 defaults",
                None,
            );
        }
        self.check_options(defaults, "defaults")
    }

    fn check_options(&self, level: &HashMap, place: &str) -> Evaluated<()> {
        let Some(Value::Hash(options)) = level.get(&Value::string("options")) else {
            return Ok(());
        };
        for reserved in RESERVED {
            if options.contains_key(&Value::string(reserved)) {
                return self.refuse(
                    &format!("Option key '{reserved}' used in {place} is reserved by Puppet"),
                    None,
                );
            }
        }
        Ok(())
    }

    /// What is there without a `hierarchy`.
    fn common(&self, defaults: &HashMap) -> Evaluated<Entry> {
        let mut level = HashMap::default();
        level.insert(Value::string("name"), Value::string("Common"));
        level.insert(Value::string("path"), Value::string("common.yaml"));
        self.level(&level, defaults, &Layer::Environment)
    }

    fn levels(&self, levels: &Value, defaults: &HashMap, layer: &Layer) -> Evaluated<Vec<Entry>> {
        let Value::Array(levels) = levels else {
            return self.refuse(
                "'hierarchy' must be an array",
                self.line_of_key("hierarchy"),
            );
        };
        let mut entries: Vec<Entry> = Vec::with_capacity(levels.len());
        for level in levels.iter() {
            let Value::Hash(level) = level else {
                return self.refuse(
                    "every level of 'hierarchy' must be a hash",
                    self.line_of_key("hierarchy"),
                );
            };
            let entry = self.level(level, defaults, layer)?;
            if entries.iter().any(|other| other.name == entry.name) {
                let first = self.line_of("name", &entry.name, 1).unwrap_or_default();
                return self.refuse(
                    &format!(
                        "Hierarchy name '{}' defined more than once. First defined at (line: \
                         {first})",
                        entry.name
                    ),
                    self.line_of("name", &entry.name, 2),
                );
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    fn level(&self, level: &HashMap, defaults: &HashMap, layer: &Layer) -> Evaluated<Entry> {
        let Some(name) = text(level, "name") else {
            return self.refuse(
                "every level of 'hierarchy' needs a 'name'",
                self.line_of_key("hierarchy"),
            );
        };
        for key in level.keys() {
            let key = key.as_str().unwrap_or_default();
            let is_known = BACKENDS.contains(&key)
                || LOCATIONS.contains(&key)
                || matches!(key, "name" | "datadir" | "options");
            if !is_known {
                return self.refuse(
                    &format!("Hierarchy '{name}' has an unrecognized key '{key}'"),
                    self.line_of_key(key),
                );
            }
        }
        let given: Vec<&str> = BACKENDS
            .into_iter()
            .filter(|&key| level.contains_key(&Value::string(key)))
            .collect();
        if given.contains(&"hiera3_backend") {
            let message = if *layer == Layer::Global {
                "'hiera3_backend' needs Ruby's Hiera 3, which is not supported: use data_hash, \
                 lookup_key or data_dig"
            } else {
                "'hiera3_backend' is only allowed in the global layer"
            };
            return self.refuse(message, self.line_of_key("hiera3_backend"));
        }
        if given.len() > 1 {
            return self.refuse(
                &format!(
                    "Only one of data_hash, lookup_key, data_dig, or hiera3_backend can be \
                     defined in hierarchy '{name}'"
                ),
                None,
            );
        }
        let locations: Vec<&str> = LOCATIONS
            .into_iter()
            .filter(|&key| level.contains_key(&Value::string(key)))
            .collect();
        if locations.len() > 1 {
            return self.refuse(
                &format!(
                    "Only one of path, paths, glob, globs, uri, uris, or mapped_paths can be \
                     defined in hierarchy '{name}'"
                ),
                None,
            );
        }
        self.check_options(level, &format!("hierarchy '{name}'"))?;
        let backend = match backend(level).or_else(|| backend(defaults)) {
            Some(backend) => backend,
            // With `defaults` of its own, a file says all of them.
            None if defaults.is_empty() => Backend::DataHash("yaml_data".into()),
            None => {
                return self.refuse(
                    &format!(
                        "One of data_hash, lookup_key, data_dig, or hiera3_backend must be \
                         defined in hierarchy '{name}'"
                    ),
                    None,
                );
            }
        };
        let folder = text(level, "datadir")
            .or_else(|| text(defaults, "datadir"))
            .unwrap_or("data");
        // Options are not merged: a level has its own, or those of the defaults.
        let options = [level, defaults].into_iter().find_map(|hash| {
            match hash.get(&Value::string("options")) {
                Some(Value::Hash(options)) => Some(HashMap::clone(options)),
                _ => None,
            }
        });
        Ok(Entry {
            name: name.into(),
            backend,
            folder: self.root().join(folder),
            locations: match locations.first() {
                None => Locations::None,
                Some(&key) => self.locations(name, key, &level[&Value::string(key)])?,
            },
            options: options.unwrap_or_default(),
            resolved: Default::default(),
        })
    }

    fn locations(&self, name: &str, key: &str, value: &Value) -> Evaluated<Locations> {
        let values = texts(value);
        Ok(match key {
            "path" | "paths" => Locations::Paths(values),
            "glob" | "globs" => Locations::Globs(values),
            "uri" | "uris" => Locations::Uris(values),
            _ => {
                let [variable, element, template] =
                    <[Arc<str>; 3]>::try_from(values).or_else(|_| {
                        self.refuse(
                            &format!(
                                "mapped_paths of hierarchy '{name}' must be [variable, name, \
                                 template]"
                            ),
                            self.line_of_key("mapped_paths"),
                        )
                    })?;
                Locations::Mapped {
                    variable,
                    name: element,
                    template,
                }
            }
        })
    }
}

fn backend(level: &HashMap) -> Option<Backend> {
    let data_hash = text(level, "data_hash").map(|name| Backend::DataHash(name.into()));
    let lookup_key = || text(level, "lookup_key").map(|name| Backend::LookupKey(name.into()));
    let data_dig = || text(level, "data_dig").map(|name| Backend::DataDig(name.into()));
    data_hash.or_else(lookup_key).or_else(data_dig)
}
