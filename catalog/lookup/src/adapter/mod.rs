//! The lookup itself: layers, levels, locations, and what is done to a value on its way out.

mod backend;
mod glance;
mod invocation;
mod layered;
mod layers;
mod options;

use std::{cell::RefCell, rc::Rc, sync::Arc};

use camino::Utf8PathBuf;
use ficelle_language::{
    Value,
    error::{Error, Evaluated, Unwind},
    values::Key as Name,
};
use rustc_hash::FxHashMap as Map;

use crate::{
    LookupHost,
    data::DataCache,
    explain::{Event, Kind, Trace},
    hierarchy::{Entry, Hierarchy, Layer, entry::Location},
    interpolation::{Methods, interpolate},
    key::{Key, failed, failure, of_global},
    merge::Merge,
    options::KeyOptions,
};

pub use backend::NOT_FOUND;
pub(crate) use invocation::{Given, Invocation, Layers, Seen};
use layered::Layered;

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
    hierarchies: RefCell<Layered<Option<Rc<Hierarchy>>>>,
    options: RefCell<Layered<Rc<KeyOptions>>>,
    hashes: RefCell<Map<Source, Value>>,
    contexts: RefCell<Map<Level, Value>>,
    /// The questions during which a back end is at work, the innermost last.
    asked: RefCell<Vec<Rc<Vec<Arc<str>>>>>,
    /// What is done, where somebody asked for an explanation.
    pub(crate) trace: Trace,
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
            trace: Trace::default(),
        }
    }

    /// The value of a class's parameter (`apache::port`), as automatic parameter lookup finds it.
    ///
    /// # Errors
    /// A data file cannot be read, an interpolation or a conversion fails.
    pub fn parameter(&self, host: &dyn LookupHost, key: &Key) -> Evaluated<Option<Value>> {
        let invocation = Invocation::new(host, Layers::All);
        if self.is_unheard_of(&invocation, key)? {
            return Ok(None);
        }
        self.find(&invocation, &key.text, None)
    }

    /// Interpolates a value that a back end made.
    ///
    /// # Errors
    /// An interpolation fails.
    pub fn interpolate(&self, host: &dyn LookupHost, value: Value) -> Evaluated {
        let before = self.asked.borrow().last().cloned().unwrap_or_default();
        let invocation = Invocation::new(host, Layers::All).after(before);
        interpolate(self, &invocation, value, Methods::Allowed)
    }

    /// Whether somebody asked why a key has its value.
    pub fn is_explaining(&self) -> bool {
        self.trace.is_on()
    }

    /// What a back end has to say of what it does.
    pub fn explain(&self, text: &str) {
        self.trace.text(text);
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

    /// Whether the environment has data of its own, in the form of today.
    pub(crate) fn environment_has_data(&self, host: &dyn LookupHost) -> Evaluated<bool> {
        let hierarchy = self.hierarchy(host, &Layer::Environment)?;
        Ok(hierarchy.is_some_and(|found| found.version >= 5))
    }

    /// The value of a key; `merge` is what `lookup_options` say where it is `None`.
    pub(crate) fn find(
        &self,
        invocation: &Invocation<'_>,
        text: &str,
        merge: Option<&Merge>,
    ) -> Evaluated<Option<Value>> {
        if text == OPTIONS || text.starts_with("lookup_options.") {
            self.trace
                .step(|| Kind::Section(format!("Invalid key \"{OPTIONS}\"")));
            return Ok(None);
        }
        let key = Key::parse(text)?;
        // The global layer is the first to see that the question leads to itself.
        let depth = invocation.names.len() + 1;
        let invocation = &invocation
            .nested(&key.text)
            .map_err(|error| of_global(error.into(), text, depth))?;
        let options = self.options_of(invocation, &key)?;
        let from_options = match (&merge, options.get(&Name("merge"))) {
            (None, Some(merge)) => {
                self.trace.step(|| Kind::MergeSource);
                Some(Merge::parse(merge)?)
            }
            _ => None,
        };
        let merge = merge.or(from_options.as_ref()).cloned().unwrap_or_default();
        let step = || Kind::Key(Arc::clone(&key.text));
        let found = self.trace.within(step, || -> Evaluated<Option<Value>> {
            match self.layers(invocation, &key, &merge)? {
                Some(value) => self.dig(&key, value),
                None if invocation.layers == Layers::Global => Ok(None),
                None => match self.module_defaults(invocation, &key)? {
                    Some(value) => self.dig(&key, value),
                    None => Ok(None),
                },
            }
        })?;
        match (found, options.get(&Name("convert_to"))) {
            (Some(value), Some(wanted)) => {
                self.convert(invocation.host, text, wanted, value).map(Some)
            }
            (found, _) => Ok(found),
        }
    }

    /// Follows a key's segments into a value.
    pub(crate) fn dig(&self, key: &Key, value: Value) -> Evaluated<Option<Value>> {
        if key.segments.is_empty() {
            return Ok(Some(value));
        }
        let way = || {
            let parts: Vec<String> = key.segments.iter().map(ToString::to_string).collect();
            Kind::SubKey(parts.join("."))
        };
        self.trace.within(way, || {
            key.dig(value, &|segment, found| {
                self.trace.within(
                    || Kind::Segment,
                    || self.trace.outcome(&segment.to_string().into(), found),
                );
            })
        })
    }

    /// One value out of what several places give; see [`Merge::lookup`].
    fn merged<F: FnOnce() -> Evaluated<Option<Value>>>(
        &self,
        merge: &Merge,
        places: impl ExactSizeIterator<Item = F>,
    ) -> Evaluated<Option<Value>> {
        if *merge == Merge::First || places.len() < 2 {
            return merge.lookup(places);
        }
        let step = || Kind::Merge(merge.clone());
        self.trace.within(step, || {
            let found = merge.lookup(places)?;
            if let Some(value) = &found {
                self.trace.event(|| Event::Merged(value.clone()));
            }
            Ok(found)
        })
    }

    fn layers(
        &self,
        invocation: &Invocation<'_>,
        key: &Key,
        merge: &Merge,
    ) -> Evaluated<Option<Value>> {
        let layers = invocation.layers.of(key);
        self.merged(
            merge,
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
        let found = self.hierarchy_levels(invocation, layer, key, merge);
        match layer {
            Layer::Global => {
                let depth = invocation.names.len();
                found.map_err(|unwind| of_global(unwind, &key.text, depth))
            }
            Layer::Environment | Layer::Module(_) => found,
        }
    }

    fn hierarchy_levels(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        key: &Key,
        merge: &Merge,
    ) -> Evaluated<Option<Value>> {
        let hierarchy = match (layer, self.hierarchy(invocation.host, layer)) {
            (Layer::Global, Err(unwind)) => return Err(failed(unwind)),
            (_, hierarchy) => hierarchy?,
        };
        let Some(hierarchy) = hierarchy else {
            self.explain_absence(invocation.host, layer, key);
            return Ok(None);
        };
        let step = || hierarchy.step(layer);
        self.trace.within(step, || {
            self.levels(invocation, layer, &hierarchy.entries, key, merge)
        })
    }

    /// Why a layer has no say.
    fn explain_absence(&self, host: &dyn LookupHost, layer: &Layer, key: &Key) {
        if !self.trace.is_on() {
            return;
        }
        match layer {
            Layer::Global => self.trace.within(
                || Hierarchy::default().step(layer),
                || self.trace.outcome(&key.text, None),
            ),
            Layer::Environment => {}
            Layer::Module(name) => self.trace.step(|| Kind::Module {
                name: Arc::clone(name),
                exists: host.module(name).is_some(),
            }),
        }
    }

    fn module_defaults(&self, invocation: &Invocation<'_>, key: &Key) -> Evaluated<Option<Value>> {
        let Some(module) = &key.module else {
            return Ok(None);
        };
        let layer = Layer::Module(Arc::clone(module));
        let hierarchy = match self.hierarchy(invocation.host, &layer)? {
            Some(hierarchy) if !hierarchy.defaults.is_empty() => hierarchy,
            _ => return Ok(None),
        };
        let ask = |key: &Key, merge: &Merge| {
            let section = || Kind::Section(format!("Searching for \"{}\"", key.text));
            let step = || hierarchy.step(&layer);
            let levels = || self.levels(invocation, &layer, &hierarchy.defaults, key, merge);
            self.trace
                .within(section, || self.trace.within(step, levels))
        };
        let section = || {
            Kind::Section(format!(
                "Searching default_hierarchy of module \"{module}\""
            ))
        };
        self.trace.within(section, || {
            // Its options come from itself, and count alone.
            let options = ask(&Key::parse(OPTIONS)?, &Merge::Hash)?;
            let options = [Rc::new(crate::options::read(&layer, options)?)];
            let merge = crate::options::of(&options, &key.root)
                .and_then(|options| options.get(&Name("merge")));
            let merge = merge.map(Merge::parse).transpose()?.unwrap_or_default();
            ask(key, &merge)
        })
    }

    fn levels(
        &self,
        invocation: &Invocation<'_>,
        layer: &Layer,
        entries: &[Entry],
        key: &Key,
        merge: &Merge,
    ) -> Evaluated<Option<Value>> {
        if entries.is_empty() {
            self.trace.outcome(&key.text, None);
        }
        let level = |entry: &Entry| {
            let places = entry.places(self, invocation)?;
            let place = |place| move || self.fetch(invocation, layer, entry, place, key);
            let step = || Kind::Level(Arc::clone(&entry.name));
            self.trace
                .within(step, || self.merged(merge, places.iter().map(place)))
        };
        self.merged(merge, entries.iter().map(|entry| move || level(entry)))
    }

    fn convert(&self, host: &dyn LookupHost, key: &str, wanted: &Value, value: Value) -> Evaluated {
        let parts = match wanted {
            Value::Array(parts) => parts.to_vec(),
            one => vec![one.clone()],
        };
        let Some((wanted, arguments)) = parts.split_first() else {
            return Ok(value);
        };
        self.trace.step(|| {
            let shown: Vec<String> = parts.iter().map(ToString::to_string).collect();
            Kind::Conversion(shown.join(", "))
        });
        host.convert(wanted, value, arguments)
            .map_err(|unwind| match unwind {
                Unwind::Error(error) => failure(format!(
                    "The convert_to lookup_option for key '{key}' raised error: {}",
                    error.message
                ))
                .into(),
                other => other,
            })
    }
}
