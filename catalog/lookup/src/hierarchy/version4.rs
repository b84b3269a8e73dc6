//! `version: 4`, deprecated: levels with a `backend` and paths without an extension.

use std::sync::LazyLock;

use ficelle_language::{
    Type, Value,
    error::Evaluated,
    types::parse::parse_plain,
    values::{HashMap, Key as Name},
};

use super::{Backend, ConfigurationFile, Entry, Hierarchy, Layer, Locations, text, texts};

static CONFIGURATION: LazyLock<Type> = LazyLock::new(|| {
    let text = "Struct[{version => Integer[4, 4], Optional[datadir] => String[1], \
                Optional[hierarchy] => Array[Struct[{backend => String[1], name => String[1], \
                Optional[datadir] => String[1], Optional[path] => String[1], \
                Optional[paths] => Array[String[1]]}]]}]";
    parse_plain(text).expect("a type of the language")
});

impl ConfigurationFile<'_> {
    pub(super) fn version4(&self, layer: &Layer, hash: &HashMap) -> Evaluated<Hierarchy> {
        let mut given = hash.clone();
        let defaults = [
            ("datadir", Value::string("data")),
            ("hierarchy", Value::array(vec![common_level()])),
        ];
        for (name, value) in defaults {
            let given = given.entry(Value::string(name)).or_default();
            if given.is_undef() {
                *given = value;
            }
        }
        self.check_type(&CONFIGURATION, &given)?;
        if *layer == Layer::Global {
            return self.refuse(
                "hiera.yaml version 4 cannot be used in the global layer",
                None,
            );
        }
        let root = self.root();
        let folder = text(&given, "datadir").unwrap_or_default();
        let levels = match given.get(&Name("hierarchy")) {
            Some(Value::Array(levels)) => &levels[..],
            _ => &[],
        };
        let mut entries: Vec<Entry> = Vec::new();
        for level in levels.iter().filter_map(Value::as_hash) {
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
                locations: Locations::Bare {
                    paths,
                    extension: format!(".{extension}").into(),
                },
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

/// The level that is there without a `hierarchy`.
fn common_level() -> Value {
    let level = [("name", "common"), ("backend", "yaml")];
    let level = level.map(|(name, value)| (Value::string(name), Value::string(value)));
    Value::hash(level.into_iter().collect::<HashMap>())
}
