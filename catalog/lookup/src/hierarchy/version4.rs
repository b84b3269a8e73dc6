//! `version: 4`, deprecated: levels with a `backend` and paths without an extension.

use std::sync::Arc;

use ficelle_language::{Value, error::Evaluated, values::HashMap};

use super::{Backend, ConfigurationFile, Entry, Hierarchy, Locations, text, texts};

impl ConfigurationFile<'_> {
    pub(super) fn version4(&self, hash: &HashMap) -> Evaluated<Hierarchy> {
        let root = self.root();
        let folder = text(hash, "datadir").unwrap_or("data");
        let levels = match hash.get(&Value::string("hierarchy")) {
            Some(Value::Array(levels)) => levels.to_vec(),
            _ => Vec::new(),
        };
        let mut entries: Vec<Entry> = Vec::new();
        for level in &levels {
            let Value::Hash(level) = level else {
                return self.refuse("every level of 'hierarchy' must be a hash", None);
            };
            let name = text(level, "name").unwrap_or_default();
            let backend = text(level, "backend").unwrap_or_default();
            let extension = match backend {
                "yaml" => "yaml",
                "json" => "json",
                other => {
                    return self.refuse(
                        &format!("No data provider is registered for backend '{other}'"),
                        self.line_of("backend", other, 1),
                    );
                }
            };
            if entries.iter().any(|entry| *entry.name == *name) {
                let first = self.line_of("name", name, 1).unwrap_or_default();
                return self.refuse(
                    &format!(
                        "Hierarchy name '{name}' defined more than once. First defined at (line: \
                         {first})"
                    ),
                    self.line_of("name", name, 2),
                );
            }
            let given = level
                .get(&Value::string("paths"))
                .or(level.get(&Value::string("path")));
            let paths = given.map_or_else(|| vec![name.into()], texts);
            entries.push(Entry {
                name: name.into(),
                backend: Backend::DataHash(format!("{extension}_data").into()),
                folder: root.join(text(level, "datadir").unwrap_or(folder)),
                locations: Locations::Paths(with_extension(&paths, extension)),
                options: HashMap::default(),
                resolved: Default::default(),
            });
        }
        Ok(Hierarchy {
            version: 4,
            entries,
            ..Hierarchy::default()
        })
    }
}

/// Adds an extension to the paths that lack it.
pub(super) fn with_extension(paths: &[Arc<str>], extension: &str) -> Vec<Arc<str>> {
    let suffix = format!(".{extension}");
    let add = |path: &Arc<str>| {
        if path.ends_with(&suffix) {
            Arc::clone(path)
        } else {
            format!("{path}{suffix}").into()
        }
    };
    paths.iter().map(add).collect()
}
