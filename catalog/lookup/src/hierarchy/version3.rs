//! Hiera 3's global configuration, deprecated: back ends, each over the same list of paths.

use std::sync::Arc;

use camino::Utf8PathBuf;
use ficelle_language::{
    Type, Value,
    error::Evaluated,
    types::{Presence, parse::parse_plain},
    values::{HashMap, Key as Name},
};

use super::{Backend, ConfigurationFile, Entry, Hierarchy, Locations, text, texts};

impl ConfigurationFile<'_> {
    pub(super) fn version3(&self, hash: &HashMap) -> Evaluated<Hierarchy> {
        let mut given = hash.clone();
        let texts_of = |all: &[&str]| {
            Value::array(
                all.iter()
                    .map(|&one| Value::string(one))
                    .collect::<Vec<_>>(),
            )
        };
        let defaults = [
            ("version", Value::Integer(3)),
            ("backends", texts_of(&["yaml"])),
            (
                "hierarchy",
                texts_of(&["nodes/%{::trusted.certname}", "common"]),
            ),
        ];
        for (name, value) in defaults {
            let given = given.entry(Value::string(name)).or_default();
            if given.is_undef() {
                *given = value;
            }
        }
        let backends = texts(&given[&Name("backends")]);
        self.check_type(&configuration(&backends), &given)?;
        let paths = texts(&given[&Name("hierarchy")]);
        let mut entries: Vec<Entry> = Vec::new();
        for backend in &backends {
            if entries.iter().any(|entry| entry.name == *backend) {
                let message = format!("Backend '{backend}' is defined more than once.");
                return match self.lines_with(backend) {
                    (Some(first), Some(second)) => self.refuse(
                        &format!("{message} First defined at (line: {first})"),
                        Some(second),
                    ),
                    (only, _) => self.refuse(&message, only),
                };
            }
            let empty = HashMap::default();
            let options = match hash.get(&Value::string(&**backend)) {
                Some(Value::Hash(options)) => options,
                _ => &empty,
            };
            let function = match &**backend {
                "yaml" => Backend::DataHash("yaml_data".into()),
                "json" => Backend::DataHash("json_data".into()),
                "eyaml" => Backend::LookupKey("eyaml_lookup_key".into()),
                other => {
                    return self.refuse(
                        &format!(
                            "the Hiera 3 back end '{other}' is not supported: yaml, json and \
                             eyaml are; convert the others to a data_hash, lookup_key or data_dig \
                             function"
                        ),
                        None,
                    );
                }
            };
            let folder = text(options, "datadir")
                .map_or_else(|| self.environment.join("hieradata"), Utf8PathBuf::from);
            let extension = text(options, "extension").unwrap_or(backend);
            entries.push(Entry {
                name: backend.clone(),
                backend: function,
                folder,
                locations: Locations::Bare {
                    paths: paths.clone(),
                    extension: format!(".{extension}").into(),
                },
                options: match &**backend {
                    "eyaml" => options.clone(),
                    _ => HashMap::default(),
                },
                resolved: Default::default(),
            });
        }
        Ok(Hierarchy {
            version: 3,
            entries,
            ..Hierarchy::default()
        })
    }
}

/// What may stand in the file, where these are its back ends: each has options under its name.
fn configuration(backends: &[Arc<str>]) -> Type {
    let known = [
        ("version", "Integer[3, 3]"),
        ("backends", "Variant[String[1], Array[String[1]]]"),
        ("logger", "String[1]"),
        ("merge_behavior", "Enum[deep, deeper, native]"),
        (
            "deep_merge_options",
            "Hash[String[1], Variant[String, Boolean]]",
        ),
        ("hierarchy", "Variant[String[1], Array[String[1]]]"),
    ];
    let known = known.map(|(name, value)| (Arc::from(name), value));
    let options = backends
        .iter()
        .map(|backend| (Arc::clone(backend), "Hash[String[1], Any]"));
    Type::struct_of(known.into_iter().chain(options).map(|(name, value)| {
        let value = parse_plain(value).expect("a type of the language");
        (name, Presence::Optional, value)
    }))
}
