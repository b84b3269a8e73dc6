//! What a level's back end has for a key: data files, and functions that give data.

use std::{
    rc::Rc,
    sync::{Arc, LazyLock},
};

use camino::Utf8Path;
use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated, Unwind},
    types::parse::parse_plain,
    values::HashMap,
};

use super::{Invocation, Lookup, OPTIONS};
use crate::{
    LookupHost,
    data::Format,
    explain::Event,
    eyaml,
    hierarchy::{
        Backend, Entry, Layer,
        entry::{Location, Place},
    },
    interpolation::{Methods, interpolate},
    key::{Key, Segment, failed, failure, issue},
};

/// What a function that gives all data at once gives.
static HASH: LazyLock<Type> =
    LazyLock::new(|| parse_plain("Hash").expect("a type of the language"));

/// The message with which `$context.not_found` leaves a back end.
pub const NOT_FOUND: &str = "lookup: not found";

impl Lookup {
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

    /// What one location of a level has for a key's root.
    pub(super) fn fetch(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        entry: &Entry,
        place: &Place,
        key: &Key,
    ) -> Evaluated<Option<Value>> {
        let ask = || {
            if let Location::Path { exists: false, .. } = place.location {
                self.trace.event(|| Event::LocationNotFound);
                return Ok(None);
            }
            let found = self.ask(invocation, layer, entry, place, key)?;
            // What a back end dug out itself was told by then.
            if !matches!(entry.backend, Backend::DataDig(_)) {
                self.trace.outcome(&key.root, found.as_ref());
            }
            Ok(found)
        };
        match place.location {
            Location::None => ask(),
            _ => self.trace.within(|| place.location.step(), ask),
        }
    }

    fn ask(
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
                        self.require(host, layer, entry, function)?;
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
                let Location::Path { path, .. } = location else {
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
                    Segment::Name(name) => Value::String(Arc::clone(name)),
                    Segment::Index(index) => Value::Integer(*index),
                }));
                let names = segments[1..].to_vec();
                let arguments = vec![
                    Value::array(segments),
                    options_with(entry, location),
                    self.context(host, layer, entry, function)?,
                ];
                let value = self.call(invocation, function, arguments)?;
                self.trace.outcome(&key.text, value.as_ref());
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
            (Some(format), Location::Path { path, .. }) if entry.options.is_empty() => {
                self.file(host, path, format)?
            }
            (Some(_), _) => return Err(missing_path(function, "data_hash")),
            (None, _) => {
                let context = self.context(host, layer, entry, function)?;
                let arguments = vec![options_with(entry, location), context];
                self.call(invocation, function, arguments)?
                    .unwrap_or_default()
            }
        };
        let source = || {
            let place = match location {
                Location::Path { path, .. } => format!(", when using location '{path}',"),
                Location::Uri { uri, .. } => format!(", when using location '{uri}',"),
                Location::None => String::new(),
            };
            format!("data_hash function '{function}'{place}")
        };
        if !matches!(hash, Value::Hash(_)) {
            let subject = format!("Value returned from {} has wrong type,", source());
            host.assert_type(&subject, &HASH, &hash).map_err(failed)?;
        }
        check_module_keys(host, layer, &hash, source);
        self.hashes.borrow_mut().insert(cached, hash.clone());
        Ok(hash)
    }

    fn file(&self, host: &dyn LookupHost, path: &Utf8Path, format: Format) -> Evaluated {
        let Some(value) = self.cache.load(host.inputs(), path, format)? else {
            return Ok(Value::hash(HashMap::default()));
        };
        // What is no hash is refused where data is taken; a file of YAML may be empty.
        if format == Format::Json || matches!(value, Value::Hash(_)) {
            return Ok(value);
        }
        let message = format!("{path}: file does not contain a valid yaml hash");
        if host.is_strict() && !matches!(value, Value::Undef | Value::Boolean(false)) {
            return Err(failure(message).into());
        }
        host.warn(&message, None);
        Ok(Value::hash(HashMap::default()))
    }

    /// Refuses a back end that is not there.
    fn require(
        &self,
        host: &dyn LookupHost,
        layer: &Layer,
        entry: &Entry,
        function: &str,
    ) -> Evaluated<()> {
        if host.has_function(function)? {
            return Ok(());
        }
        let kind = entry.backend.kind();
        let message = format!("Unable to find '{kind}' function named '{function}'");
        let hierarchy = self.hierarchy(host, layer)?;
        let file = hierarchy.as_ref().and_then(|found| found.file.as_ref());
        Err(issue(match file {
            Some(file) => format!("{message} (file: {file})"),
            None => message,
        })
        .into())
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
        self.require(host, layer, entry, function)?;
        let context = host.context(match layer {
            Layer::Module(module) => Some(module),
            _ => None,
        })?;
        self.contexts.borrow_mut().insert(key, context.clone());
        Ok(context)
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
}

fn found(answer: Evaluated) -> Evaluated<Option<Value>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Unwind::Error(error)) if error.message == NOT_FOUND => Ok(None),
        Err(other) => Err(other),
    }
}

fn options_with(entry: &Entry, location: &Location) -> Value {
    let mut options = entry.options.clone();
    match location {
        Location::None => {}
        Location::Path { path, .. } => {
            options.insert(Value::string("path"), Value::string(path.as_str()));
        }
        Location::Uri { uri, .. } => {
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
