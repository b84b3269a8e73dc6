//! Hiera 3's global configuration, deprecated: back ends, each over the same list of paths.

use camino::Utf8PathBuf;
use ficelle_language::{Value, error::Evaluated, values::HashMap};

use super::{
    Backend, ConfigurationFile, Entry, Hierarchy, Locations, text, texts, version4::with_extension,
};

impl ConfigurationFile<'_> {
    pub(super) fn version3(&self, hash: &HashMap) -> Evaluated<Hierarchy> {
        let list = |key: &str, default: &[&str]| {
            let value = hash.get(&Value::string(key));
            value.map_or_else(|| default.iter().map(|&one| one.into()).collect(), texts)
        };
        let backends = list("backends", &["yaml"]);
        let paths = list("hierarchy", &["nodes/%{::trusted.certname}", "common"]);
        let mut entries: Vec<Entry> = Vec::new();
        for backend in &backends {
            if entries.iter().any(|entry| entry.name == *backend) {
                let mut lines = self.text.lines().enumerate().filter(|(_, line)| {
                    line.trim()
                        .strip_prefix("- ")
                        .is_some_and(|name| *name.trim() == **backend)
                });
                let first = lines.next().map_or(0, |(index, _)| index + 1);
                let second = lines.next().map(|(index, _)| index + 1);
                return self.refuse(
                    &format!(
                        "Backend '{backend}' is defined more than once. First defined at (line: \
                         {first})"
                    ),
                    second,
                );
            }
            let empty = HashMap::default();
            let options = match hash.get(&Value::string(&**backend)) {
                Some(Value::Hash(options)) => options,
                _ => &empty,
            };
            let (function, extension) = match &**backend {
                "yaml" => (Backend::DataHash("yaml_data".into()), "yaml"),
                "json" => (Backend::DataHash("json_data".into()), "json"),
                "eyaml" => (
                    Backend::LookupKey("eyaml_lookup_key".into()),
                    text(options, "extension").unwrap_or("eyaml"),
                ),
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
            entries.push(Entry {
                name: backend.clone(),
                backend: function,
                folder,
                locations: Locations::Paths(with_extension(&paths, extension)),
                options: options.clone(),
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
