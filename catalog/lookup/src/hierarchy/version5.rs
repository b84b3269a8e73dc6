//! `version: 5`.

use std::sync::LazyLock;

use ficelle_language::{
    Type, Value,
    error::Evaluated,
    types::parse::parse_plain,
    values::{HashMap, Key as Name},
};

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

static CONFIGURATION: LazyLock<Type> = LazyLock::new(|| {
    let options = "Hash[Pattern[/\\A[A-Za-z](:?[0-9A-Za-z_-]*[0-9A-Za-z])?\\z/], Data]";
    let one = "String[1]";
    let some = "Array[String[1], 1]";
    let levels = format!(
        "Array[Struct[{{name => {one}, Optional[options] => {options}, Optional[data_hash] => {one}, \
         Optional[lookup_key] => {one}, Optional[hiera3_backend] => {one}, \
         Optional[hiera4_data_hash] => {one}, Optional[data_dig] => {one}, Optional[path] => {one}, \
         Optional[paths] => {some}, Optional[glob] => {one}, Optional[globs] => {some}, \
         Optional[uri] => {one}, Optional[uris] => {some}, \
         Optional[mapped_paths] => Array[String[1], 3, 3], Optional[datadir] => {one}}}]]"
    );
    let text = format!(
        "Struct[{{version => Integer[5, 5], Optional[defaults] => Struct[{{\
         Optional[data_hash] => {one}, Optional[lookup_key] => {one}, Optional[data_dig] => {one}, \
         Optional[datadir] => {one}, Optional[options] => {options}}}], \
         Optional[hierarchy] => {levels}, Optional[plan_hierarchy] => {levels}, \
         Optional[default_hierarchy] => {levels}}}]"
    );
    parse_plain(&text).expect("a type of the language")
});

impl ConfigurationFile<'_> {
    pub(super) fn version5(&self, layer: &Layer, hash: &HashMap) -> Evaluated<Hierarchy> {
        // What is null there has its default.
        let mut given = hash.clone();
        given.retain(|key, value| {
            !value.is_undef() || !matches!(key.as_str(), Some("defaults" | "hierarchy"))
        });
        self.check_type(&CONFIGURATION, &given)?;
        let defaults = match given.get(&Name("defaults")) {
            Some(Value::Hash(defaults)) => defaults,
            _ => &HashMap::from_iter([(Value::string("data_hash"), Value::string("yaml_data"))]),
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
        // Its type was checked.
        let Value::Array(levels) = levels else {
            return Ok(Vec::new());
        };
        let mut entries: Vec<Entry> = Vec::with_capacity(levels.len());
        let levels = levels.iter().filter_map(Value::as_hash);
        for level in levels {
            let entry = self.level(level, defaults, layer)?;
            if entries.iter().any(|other| other.name == entry.name) {
                let first = self.line_of("name", &entry.name, 1);
                let first = first.map_or_else(String::new, |line| {
                    format!(" First defined at (line: {line})")
                });
                return self.refuse(
                    &format!(
                        "Hierarchy name '{}' defined more than once.{first}",
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
        let name = text(level, "name").unwrap_or_default();
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
                Some(&key) => located(key, &level[&Value::string(key)]),
            },
            options: options.unwrap_or_default(),
            resolved: Default::default(),
        })
    }
}

fn located(key: &str, value: &Value) -> Locations {
    let values = texts(value);
    match (key, values.as_slice()) {
        ("path" | "paths", _) => Locations::Paths(values),
        ("glob" | "globs", _) => Locations::Globs(values),
        ("uri" | "uris", _) => Locations::Uris(values),
        (_, [variable, name, template]) => Locations::Mapped {
            variable: variable.clone(),
            name: name.clone(),
            template: template.clone(),
        },
        _ => Locations::None,
    }
}

fn backend(level: &HashMap) -> Option<Backend> {
    let data_hash = text(level, "data_hash").map(|name| Backend::DataHash(name.into()));
    let lookup_key = || text(level, "lookup_key").map(|name| Backend::LookupKey(name.into()));
    let data_dig = || text(level, "data_dig").map(|name| Backend::DataDig(name.into()));
    data_hash.or_else(lookup_key).or_else(data_dig)
}
