//! The lookup itself: layers, levels, locations, and what is done to a value on its way out.

use std::{cell::RefCell, collections::HashMap as Map, rc::Rc, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::{
    Value,
    error::{Error, Evaluated, Unwind},
    values::HashMap,
};

use crate::{
    LookupHost,
    data::{DataCache, Format},
    eyaml,
    hierarchy::{
        Backend, Entry, Hierarchy, Layer, Locations,
        entry::{Location, Place},
    },
    interpolation::{Methods, interpolate},
    key::{Key, failure},
    merge::Merge,
    options::{self, KeyOptions},
};

/// The key under which data holds options, which is no data itself.
pub(crate) const OPTIONS: &str = "lookup_options";

/// Where the layers are.
#[derive(Clone, Debug, Default)]
pub struct LookupSettings {
    /// The global `hiera.yaml` (`hiera_config`).
    pub global: Option<Utf8PathBuf>,
    /// The environment's root folder.
    pub environment: Option<Utf8PathBuf>,
    /// `environment_data_provider` of `environment.conf` (deprecated), and that file's path.
    pub environment_provider: Option<(Arc<str>, Utf8PathBuf)>,
}

/// What gave a hash of data: the layer, the function, the location.
type Source = (Layer, Arc<str>, Location);

/// Who keeps a context: the layer, the level's name, the function.
type Level = (Layer, Arc<str>, Arc<str>);

/// The lookups of one compile: hierarchies and options that were read stay in mind.
pub struct Lookup {
    settings: LookupSettings,
    cache: Arc<DataCache>,
    hierarchies: RefCell<Map<Layer, Option<Rc<Hierarchy>>>>,
    options: RefCell<Map<Layer, Rc<KeyOptions>>>,
    hashes: RefCell<Map<Source, Value>>,
    contexts: RefCell<Map<Level, Value>>,
    /// The questions during which a back end is at work, the innermost last.
    asked: RefCell<Vec<Rc<Vec<Arc<str>>>>>,
}

/// One question, and the questions that led to it.
#[derive(Clone)]
pub(crate) struct Invocation<'h> {
    pub host: &'h dyn LookupHost,
    names: Rc<Vec<Arc<str>>>,
    bound: Option<(Arc<str>, Value)>,
    layers: Layers,
    given: Rc<Given>,
    /// Keeps which variables were asked for.
    watch: Option<Rc<RefCell<Seen>>>,
}

/// Variables that were asked for, and what they were.
pub(crate) type Seen = Vec<(Arc<str>, Option<Value>)>;

/// Values that the call brought along.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// Before all data.
    pub overrides: Option<Value>,
    /// After all data.
    pub defaults: Option<Value>,
}

/// Which layers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layers {
    All,
    /// As the functions of Hiera 3 ask where an environment has no data of its own.
    Global,
}

impl<'h> Invocation<'h> {
    pub fn new(host: &'h dyn LookupHost, layers: Layers) -> Self {
        Self {
            host,
            names: Rc::default(),
            bound: None,
            layers,
            given: Rc::default(),
            watch: None,
        }
    }

    /// The same, keeping which variables are asked for.
    pub fn watched(&self) -> (Self, Rc<RefCell<Seen>>) {
        let seen = Rc::<RefCell<Seen>>::default();
        let watched = Self {
            watch: Some(Rc::clone(&seen)),
            ..self.clone()
        };
        (watched, seen)
    }

    /// Whether variables are what they were.
    pub fn still_sees(&self, seen: &Seen) -> Evaluated<bool> {
        for (name, before) in seen {
            if !same(before.as_ref(), self.variable(name)?.as_ref()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same with values that the call brought along.
    pub fn with_given(self, given: Given) -> Self {
        Self {
            given: Rc::new(given),
            ..self
        }
    }

    /// The value that the call brought along to go before all data.
    pub fn overriding(&self, name: &str) -> Option<Value> {
        self.given.overrides.as_ref()?.get(name).cloned()
    }

    /// The value that the call brought along for what is not found.
    pub fn default(&self, name: &str) -> Option<Value> {
        self.given.defaults.as_ref()?.get(name).cloned()
    }

    /// A question within this one.
    pub fn nested(&self, name: &Arc<str>) -> Result<Self, Error> {
        let mut names = Vec::clone(&self.names);
        if names.contains(name) {
            let chain = names.join(", ");
            return Err(failure(format!("Recursive lookup detected in [{chain}]")));
        }
        names.push(Arc::clone(name));
        Ok(Self {
            names: Rc::new(names),
            ..self.clone()
        })
    }

    /// The same with a variable of its own (`mapped_paths`).
    pub fn with_variable(&self, name: &Arc<str>, value: Value) -> Self {
        Self {
            bound: Some((Arc::clone(name), value)),
            ..self.clone()
        }
    }

    pub fn variable(&self, name: &str) -> Evaluated<Option<Value>> {
        let value = match &self.bound {
            Some((bound, value)) if **bound == *name => Some(value.clone()),
            _ => match self.overriding(name) {
                Some(value) => Some(value),
                None => self.host.variable(name)?.or_else(|| self.default(name)),
            },
        };
        if let Some(watch) = &self.watch {
            watch.borrow_mut().push((name.into(), value.clone()));
        }
        Ok(value)
    }
}

/// Whether two values are the same; compounds where they are one thing in memory.
fn same(before: Option<&Value>, now: Option<&Value>) -> bool {
    match (before, now) {
        (None, None) => true,
        (Some(Value::Hash(before)), Some(Value::Hash(now))) => Arc::ptr_eq(before, now),
        (Some(Value::Array(before)), Some(Value::Array(now))) => Arc::ptr_eq(before, now),
        (Some(before), Some(now)) => before == now,
        _ => false,
    }
}

impl Lookup {
    /// Lookups of one compile; `cache` may be shared with others.
    pub fn new(settings: LookupSettings, cache: Arc<DataCache>) -> Self {
        Self {
            settings,
            cache,
            hierarchies: RefCell::default(),
            options: RefCell::default(),
            hashes: RefCell::default(),
            contexts: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    /// The value of a class's parameter (`apache::port`), as automatic parameter lookup finds it.
    ///
    /// # Errors
    /// A data file cannot be read, an interpolation or a conversion fails.
    pub fn parameter(&self, host: &dyn LookupHost, name: &str) -> Evaluated<Option<Value>> {
        self.find(&Invocation::new(host, Layers::All), name, None)
    }

    /// Interpolates a value that a back end made.
    ///
    /// # Errors
    /// An interpolation fails.
    pub fn interpolate(&self, host: &dyn LookupHost, value: Value) -> Evaluated {
        let invocation = Invocation {
            names: self.asked.borrow().last().cloned().unwrap_or_default(),
            ..Invocation::new(host, Layers::All)
        };
        interpolate(self, &invocation, value, Methods::Allowed)
    }

    /// What `yaml_data` or `json_data` gives for a path.
    ///
    /// # Errors
    /// There is no path, or the file cannot be read.
    pub fn file_data(
        &self,
        host: &dyn LookupHost,
        function: &str,
        path: Option<&str>,
    ) -> Evaluated {
        let format = match function {
            "json_data" => Format::Json,
            _ => Format::Yaml,
        };
        match path {
            Some(path) => self.file(host, Utf8Path::new(path), format),
            None => Err(missing_path(function, "data_hash")),
        }
    }

    /// Refuses a question that a back end asks while it is being asked the same.
    ///
    /// # Errors
    /// It is one of those that led here.
    pub(crate) fn refuse_recursion(&self, name: &str) -> Evaluated<()> {
        let asked = self.asked.borrow();
        match asked.last() {
            Some(names) if names.iter().any(|one| **one == *name) => Err(Error::new(format!(
                "Lookup of key '{name}' failed: Recursive lookup detected in [{}]",
                names.join(", ")
            ))
            .into()),
            _ => Ok(()),
        }
    }

    /// Calls a back end.
    fn call(
        &self,
        invocation: &Invocation<'_>,
        function: &str,
        arguments: Vec<Value>,
    ) -> Evaluated<Option<Value>> {
        self.asked.borrow_mut().push(Rc::clone(&invocation.names));
        let answer = found(invocation.host.call_function(function, arguments));
        self.asked.borrow_mut().pop();
        answer
    }

    /// Whether the environment has data of its own.
    pub(crate) fn environment_has_data(&self, host: &dyn LookupHost) -> Evaluated<bool> {
        Ok(self.hierarchy(host, &Layer::Environment)?.is_some())
    }

    /// The value of a key; `merge` is what `lookup_options` say where it is `None`.
    pub(crate) fn find(
        &self,
        invocation: &Invocation<'_>,
        text: &str,
        merge: Option<&Merge>,
    ) -> Evaluated<Option<Value>> {
        if text == OPTIONS || text.starts_with("lookup_options.") {
            return Ok(None);
        }
        let key = Key::parse(text)?;
        let invocation = &invocation.nested(&key.text)?;
        let options = self.options_of(invocation, &key)?;
        let from_options = match (&merge, options.get(&Value::string("merge"))) {
            (None, Some(merge)) => Some(Merge::parse(merge)?),
            _ => None,
        };
        let merge = merge.or(from_options.as_ref()).cloned().unwrap_or_default();
        let found = match self.layers(invocation, &key, &merge)? {
            Some(value) => key.dig(value)?,
            None if invocation.layers == Layers::Global => None,
            None => match self.module_defaults(invocation, &key)? {
                Some(value) => key.dig(value)?,
                None => None,
            },
        };
        match (found, options.get(&Value::string("convert_to"))) {
            (Some(value), Some(wanted)) => convert(invocation.host, text, wanted, value).map(Some),
            (found, _) => Ok(found),
        }
    }

    fn layers(
        &self,
        invocation: &Invocation<'_>,
        key: &Key,
        merge: &Merge,
    ) -> Evaluated<Option<Value>> {
        let mut layers = vec![Layer::Global];
        if invocation.layers == Layers::All {
            layers.push(Layer::Environment);
            layers.extend(key.module().map(|module| Layer::Module(module.into())));
        }
        merge.lookup(
            layers
                .into_iter()
                .map(|layer| move || self.layer(invocation, &layer, key, merge)),
        )
    }

    fn layer(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        key: &Key,
        merge: &Merge,
    ) -> Evaluated<Option<Value>> {
        let Some(hierarchy) = self.hierarchy(invocation.host, layer)? else {
            return Ok(None);
        };
        self.levels(invocation, layer, &hierarchy.entries, key, merge)
    }

    fn module_defaults(&self, invocation: &Invocation<'_>, key: &Key) -> Evaluated<Option<Value>> {
        let Some(module) = key.module() else {
            return Ok(None);
        };
        let layer = Layer::Module(module.into());
        let hierarchy = match self.hierarchy(invocation.host, &layer)? {
            Some(hierarchy) if !hierarchy.defaults.is_empty() => hierarchy,
            _ => return Ok(None),
        };
        // Its options come from itself, and count alone.
        let levels = &hierarchy.defaults;
        let options = Key::parse(OPTIONS)?;
        let options = self.levels(invocation, &layer, levels, &options, &Merge::Hash)?;
        let options = options::read(&layer, options)?;
        let merge = options
            .of(&key.root)
            .and_then(|options| options.get(&Value::string("merge")));
        let merge = merge.map(Merge::parse).transpose()?.unwrap_or_default();
        self.levels(invocation, &layer, levels, key, &merge)
    }

    fn levels(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        entries: &[Entry],
        key: &Key,
        merge: &Merge,
    ) -> Evaluated<Option<Value>> {
        merge.lookup(entries.iter().map(|entry| {
            move || {
                let places = entry.places(self, invocation)?;
                merge.lookup(
                    places
                        .iter()
                        .map(|place| move || self.fetch(invocation, layer, entry, place, key)),
                )
            }
        }))
    }

    /// What one location of a level has for a key's root.
    fn fetch(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        entry: &Entry,
        place: &Place,
        key: &Key,
    ) -> Evaluated<Option<Value>> {
        let host = invocation.host;
        let location = &place.location;
        match &entry.backend {
            Backend::DataHash(function) => {
                let hash = match place.data.get() {
                    Some(hash) => hash,
                    None => {
                        let hash = self.data_hash(invocation, layer, entry, function, location)?;
                        place.data.get_or_init(|| hash)
                    }
                };
                let Value::Hash(hash) = hash else {
                    return Ok(None);
                };
                let Some(value) = hash.get(&Value::String(Arc::clone(&key.root))) else {
                    return Ok(None);
                };
                if *key.root == *OPTIONS && value.is_undef() {
                    return Ok(None);
                }
                interpolate(self, invocation, value.clone(), Methods::Allowed).map(Some)
            }
            Backend::Data(function) => {
                let cached = (layer.clone(), Arc::clone(function), Location::None);
                let known = self.hashes.borrow().get(&cached).cloned();
                let hash = match known {
                    Some(hash) => hash,
                    None => {
                        let hash = self.call(invocation, function, Vec::new())?;
                        let hash = hash.unwrap_or_default();
                        check_module_keys(host, layer, &hash, || {
                            format!("deprecated API function '{function}'")
                        });
                        self.hashes.borrow_mut().insert(cached, hash.clone());
                        hash
                    }
                };
                let Value::Hash(hash) = hash else {
                    return Ok(None);
                };
                let value = hash.get(&Value::String(Arc::clone(&key.root))).cloned();
                value
                    .map(|value| interpolate(self, invocation, value, Methods::Allowed))
                    .transpose()
            }
            Backend::LookupKey(function) if **function == *"eyaml_lookup_key" => {
                let Location::Path(path) = location else {
                    return Err(missing_path("eyaml_lookup_key", "lookup_key"));
                };
                let Some(Value::Hash(hash)) = self.cache.load(host.inputs(), path, Format::Yaml)?
                else {
                    return Ok(None);
                };
                let Some(value) = hash.get(&Value::String(Arc::clone(&key.root))) else {
                    return Ok(None);
                };
                let value = eyaml::decrypt_value(
                    host.inputs(),
                    &entry.options,
                    value.clone(),
                    &key.root,
                    path.as_str(),
                )?;
                interpolate(self, invocation, value, Methods::Allowed).map(Some)
            }
            Backend::LookupKey(function) => {
                let name = Value::String(Arc::clone(&key.root));
                let context = self.context(host, layer, entry, function)?;
                let arguments = vec![name, options_with(entry, location), context];
                self.call(invocation, function, arguments)?
                    .map(|value| self.checked(host, "lookup_key", function, value))
                    .transpose()
            }
            Backend::DataDig(function) => {
                let mut segments = vec![Value::String(Arc::clone(&key.root))];
                segments.extend(key.segments.iter().map(|segment| match segment {
                    crate::key::Segment::Name(name) => Value::String(Arc::clone(name)),
                    crate::key::Segment::Index(index) => Value::Integer(*index),
                }));
                let names = segments[1..].to_vec();
                let arguments = vec![
                    Value::array(segments),
                    options_with(entry, location),
                    self.context(host, layer, entry, function)?,
                ];
                let value = self.call(invocation, function, arguments)?;
                // The caller follows the segments again: give it a value in which it can.
                Ok(value.map(|value| {
                    names.into_iter().rev().fold(value, |inner, name| {
                        let mut hash = HashMap::default();
                        hash.insert(name, inner);
                        Value::hash(hash)
                    })
                }))
            }
        }
    }

    fn checked(
        &self,
        host: &dyn LookupHost,
        kind: &str,
        function: &str,
        value: Value,
    ) -> Evaluated {
        let subject = format!("Return type of '{kind}' function named '{function}' is incorrect,");
        host.assert_rich_data(&subject, &value)?;
        Ok(value)
    }

    fn data_hash(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        entry: &Entry,
        function: &Arc<str>,
        location: &Location,
    ) -> Evaluated {
        let host = invocation.host;
        let format = match &**function {
            "yaml_data" => Some(Format::Yaml),
            "json_data" => Some(Format::Json),
            "hocon_data" => {
                return Err(Error::new(
                    "Function Load Error for function 'hocon_data': Lookup using Hocon data_hash \
                     function is not supported without hocon library",
                )
                .into());
            }
            _ => None,
        };
        let cached = (layer.clone(), Arc::clone(function), location.clone());
        if let Some(hash) = self.hashes.borrow().get(&cached) {
            return Ok(hash.clone());
        }
        let hash = match (format, location) {
            (Some(format), Location::Path(path)) => self.file(host, path, format)?,
            (Some(_), _) => return Err(missing_path(function, "data_hash")),
            (None, _) => {
                let context = self.context(host, layer, entry, function)?;
                let arguments = vec![options_with(entry, location), context];
                self.call(invocation, function, arguments)?
                    .unwrap_or_default()
            }
        };
        check_module_keys(host, layer, &hash, || {
            let place = match location {
                Location::Path(path) => format!(", when using location '{path}',"),
                Location::Uri(uri) => format!(", when using location '{uri}',"),
                Location::None => String::new(),
            };
            format!("data_hash function '{function}'{place}")
        });
        self.hashes.borrow_mut().insert(cached, hash.clone());
        Ok(hash)
    }

    fn file(&self, host: &dyn LookupHost, path: &Utf8Path, format: Format) -> Evaluated {
        match self.cache.load(host.inputs(), path, format)? {
            Some(hash @ Value::Hash(_)) => Ok(hash),
            Some(Value::Undef) | None => Ok(Value::default()),
            Some(_) => {
                let kind = if format == Format::Yaml {
                    "yaml"
                } else {
                    "json"
                };
                host.warn(
                    &format!("{path}: file does not contain a valid {kind} hash"),
                    None,
                );
                Ok(Value::default())
            }
        }
    }

    /// What a back end written in the Puppet language gets as its `$context`.
    /// A level's function keeps it over the whole compile, with what it cached.
    fn context(
        &self,
        host: &dyn LookupHost,
        layer: &Layer,
        entry: &Entry,
        function: &Arc<str>,
    ) -> Evaluated {
        let key = (layer.clone(), entry.name.clone(), Arc::clone(function));
        if let Some(known) = self.contexts.borrow().get(&key) {
            return Ok(known.clone());
        }
        let context = host.context(match layer {
            Layer::Module(module) => Some(module),
            _ => None,
        })?;
        self.contexts.borrow_mut().insert(key, context.clone());
        Ok(context)
    }

    fn hierarchy(&self, host: &dyn LookupHost, layer: &Layer) -> Evaluated<Option<Rc<Hierarchy>>> {
        if let Some(known) = self.hierarchies.borrow().get(layer) {
            return Ok(known.clone());
        }
        let hierarchy = self.read_hierarchy(host, layer)?.map(Rc::new);
        self.hierarchies
            .borrow_mut()
            .insert(layer.clone(), hierarchy.clone());
        Ok(hierarchy)
    }

    fn read_hierarchy(&self, host: &dyn LookupHost, layer: &Layer) -> Evaluated<Option<Hierarchy>> {
        let (root, provider) = match layer {
            Layer::Global => {
                let Some(path) = &self.settings.global else {
                    return Ok(None);
                };
                return Hierarchy::load(host, layer, path);
            }
            Layer::Environment => {
                let Some(root) = &self.settings.environment else {
                    return Ok(None);
                };
                let provider = self.settings.environment_provider.clone();
                (root.clone(), provider)
            }
            Layer::Module(name) => {
                let Some(module) = host.module(name) else {
                    return Ok(None);
                };
                let metadata = module.root.join("metadata.json");
                (
                    module.root,
                    module.data_provider.map(|provider| (provider, metadata)),
                )
            }
        };
        let configured = Hierarchy::load(host, layer, &root.join("hiera.yaml"))?;
        let Some((provider, file)) = provider.filter(|(name, _)| **name != *"none") else {
            return Ok(configured);
        };
        deprecated_provider(host, layer, &provider, &file, configured.is_some());
        if configured.is_some() {
            return Ok(configured);
        }
        let entry = match (&*provider, layer) {
            ("function", Layer::Module(name)) => Entry {
                name: "function".into(),
                backend: Backend::Data(format!("{name}::data").into()),
                folder: root,
                locations: Locations::None,
                options: HashMap::default(),
                resolved: Default::default(),
            },
            ("function", _) => Entry {
                name: "function".into(),
                backend: Backend::Data("environment::data".into()),
                folder: root,
                locations: Locations::None,
                options: HashMap::default(),
                resolved: Default::default(),
            },
            ("hiera", _) => Entry {
                name: "Common".into(),
                backend: Backend::DataHash("yaml_data".into()),
                folder: root.join("data"),
                locations: Locations::Paths(vec!["common.yaml".into()]),
                options: HashMap::default(),
                resolved: Default::default(),
            },
            (other, _) => {
                return Err(failure(format!(
                    "Environment or module data provider '{other}' is not known: use a hiera.yaml \
                     (file: {file})"
                ))
                .into());
            }
        };
        Ok(Some(Hierarchy {
            entries: vec![entry],
            defaults: Vec::new(),
        }))
    }

    /// The options of a key: a module's own for its keys, those of the stronger layers over them.
    fn options_of(&self, invocation: &Invocation<'_>, key: &Key) -> Evaluated<HashMap> {
        let mut options = HashMap::default();
        if invocation.layers == Layers::All {
            if let Some(module) = key.module() {
                let layer = Layer::Module(module.into());
                extend(
                    &mut options,
                    self.layer_options(invocation, &layer)?.of(&key.root),
                );
            }
            let layer = &Layer::Environment;
            extend(
                &mut options,
                self.layer_options(invocation, layer)?.of(&key.root),
            );
        }
        extend(
            &mut options,
            self.layer_options(invocation, &Layer::Global)?
                .of(&key.root),
        );
        Ok(options)
    }

    fn layer_options(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
    ) -> Evaluated<Rc<KeyOptions>> {
        if let Some(known) = self.options.borrow().get(layer) {
            return Ok(Rc::clone(known));
        }
        // Options that data interpolation asks for while they are being read are none.
        self.options
            .borrow_mut()
            .insert(layer.clone(), Rc::default());
        let key = Key::parse(OPTIONS)?;
        let found = self.layer(invocation, layer, &key, &Merge::Hash)?;
        let options = Rc::new(options::read(layer, found)?);
        self.options
            .borrow_mut()
            .insert(layer.clone(), Rc::clone(&options));
        Ok(options)
    }
}

fn extend(options: &mut HashMap, stronger: Option<&HashMap>) {
    for (name, value) in stronger.into_iter().flatten() {
        options.insert(name.clone(), value.clone());
    }
}

fn convert(host: &dyn LookupHost, key: &str, wanted: &Value, value: Value) -> Evaluated {
    let (wanted, arguments) = match wanted {
        Value::Array(parts) => match parts.split_first() {
            Some((wanted, arguments)) => (wanted.clone(), arguments.to_vec()),
            None => return Ok(value),
        },
        one => (one.clone(), Vec::new()),
    };
    host.convert(&wanted, value, &arguments)
        .map_err(|unwind| match unwind {
            Unwind::Error(error) => failure(format!(
                "The convert_to lookup_option for key '{key}' raised error: {}",
                error.message
            ))
            .into(),
            other => other,
        })
}

fn found(answer: Evaluated) -> Evaluated<Option<Value>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Unwind::Error(error)) if error.message == NOT_FOUND => Ok(None),
        Err(other) => Err(other),
    }
}

/// The message with which `$context.not_found` leaves a back end.
pub const NOT_FOUND: &str = "lookup: not found";

fn options_with(entry: &Entry, location: &Location) -> Value {
    let mut options = entry.options.clone();
    match location {
        Location::None => {}
        Location::Path(path) => {
            options.insert(Value::string("path"), Value::string(path.as_str()));
        }
        Location::Uri(uri) => {
            options.insert(Value::string("uri"), Value::String(Arc::clone(uri)));
        }
    }
    Value::hash(options)
}

fn missing_path(function: &str, kind: &str) -> Unwind {
    Error::new(format!(
        "'{function}' one of 'path', 'paths' 'glob', 'globs' or 'mapped_paths' must be declared in \
         hiera.yaml when using this {kind} function"
    ))
    .into()
}

fn check_module_keys(
    host: &dyn LookupHost,
    layer: &Layer,
    hash: &Value,
    source: impl Fn() -> String,
) {
    let (Layer::Module(module), Value::Hash(hash)) = (layer, hash) else {
        return;
    };
    let prefix = format!("{module}::");
    for key in hash.keys() {
        let name = key.as_str().unwrap_or_default();
        if name != OPTIONS && !name.starts_with(&prefix) {
            host.warn(
                &format!(
                    "Module '{module}': Value returned from {} must use keys qualified with the \
                     name of the module; got {name}",
                    source()
                ),
                None,
            );
        }
    }
}

fn deprecated_provider(
    host: &dyn LookupHost,
    layer: &Layer,
    provider: &str,
    file: &Utf8Path,
    has_hierarchy: bool,
) {
    let hint = if has_hierarchy {
        ""
    } else {
        " A 'hiera.yaml' file should be used instead"
    };
    let message = match layer {
        Layer::Module(_) => format!(
            "Defining \"data_provider\": \"{provider}\" in metadata.json is deprecated.{hint}"
        ),
        _ => format!(
            "Defining environment_data_provider='{provider}' in environment.conf is deprecated.\
             {hint}"
        ),
    };
    host.deprecate(file.as_str(), &message, Some(file.as_str()));
    if provider == "function" && *layer == Layer::Environment {
        host.deprecate(
            "environment::data",
            "Using of legacy data provider function 'environment::data'. Please convert to a \
             'data_hash' function",
            None,
        );
    }
}
