//! Which hierarchy each layer has: that of its `hiera.yaml`, else what a deprecated provider names.

use std::rc::Rc;

use camino::Utf8Path;
use ficelle_language::{
    error::{Error, Evaluated},
    values::HashMap,
};

use super::Lookup;
use crate::{
    LookupHost,
    hierarchy::{Backend, Entry, Hierarchy, Layer, Locations},
};

impl Lookup {
    pub(super) fn hierarchy(
        &self,
        host: &dyn LookupHost,
        layer: &Layer,
    ) -> Evaluated<Option<Rc<Hierarchy>>> {
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
        let environment = self.settings.environment.as_deref();
        let environment = environment.unwrap_or(Utf8Path::new(""));
        let (root, provider) = match layer {
            Layer::Global => {
                let Some(path) = &self.settings.global else {
                    return Ok(None);
                };
                return Hierarchy::load(host, &self.cache, layer, path, environment);
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
        let file = root.join("hiera.yaml");
        let configured = Hierarchy::load(host, &self.cache, layer, &file, environment)?;
        let Some((provider, file)) = provider else {
            return Ok(configured);
        };
        deprecated_provider(host, layer, &provider, &file, configured.as_ref());
        if configured.as_ref().is_some_and(|found| found.version >= 5) {
            return Ok(configured);
        }
        let entry = match &*provider {
            "none" => return Ok(None),
            "hiera" if configured.is_some() => return Ok(configured),
            "function" => {
                let function = match layer {
                    Layer::Module(name) => format!("{name}::data"),
                    Layer::Global | Layer::Environment => "environment::data".to_owned(),
                };
                host.deprecate(
                    "legacy_provider_function",
                    &format!(
                        "Using of legacy data provider function '{function}'. Please convert to a \
                         'data_hash' function"
                    ),
                    None,
                );
                Entry {
                    name: format!("Legacy function '{function}'").into(),
                    backend: Backend::Data(function.into()),
                    folder: root,
                    locations: Locations::None,
                    options: HashMap::default(),
                    resolved: Default::default(),
                }
            }
            "hiera" => Entry {
                name: "Common".into(),
                backend: Backend::DataHash("yaml_data".into()),
                folder: root.join("data"),
                locations: Locations::Paths(vec!["common.yaml".into()]),
                options: HashMap::default(),
                resolved: Default::default(),
            },
            other => {
                return Err(Error::new(format!(
                    "Environment or module data provider '{other}' is not known: use a hiera.yaml \
                     (file: {file})"
                ))
                .into());
            }
        };
        Ok(Some(Hierarchy {
            entries: vec![entry],
            ..Hierarchy::default()
        }))
    }
}

fn deprecated_provider(
    host: &dyn LookupHost,
    layer: &Layer,
    provider: &str,
    file: &Utf8Path,
    configured: Option<&Hierarchy>,
) {
    let setting = match layer {
        Layer::Module(_) => format!("Defining \"data_provider\": \"{provider}\" in metadata.json"),
        _ => format!("Defining environment_data_provider='{provider}' in environment.conf"),
    };
    let warn = |key: &str, message: &str| {
        let key = format!("{file}#{key}");
        host.deprecate(&key, message, Some(file.as_str()));
    };
    let is_ignored = configured.is_some_and(|hierarchy| hierarchy.version >= 5);
    match (layer, configured) {
        (Layer::Module(_), Some(_)) if is_ignored => warn(
            "data_provider",
            &format!(
                "{setting} is deprecated. It is ignored since a 'hiera.yaml' with version >= 5 is \
                 present"
            ),
        ),
        (_, Some(hierarchy)) if is_ignored => {
            warn("data_provider", &format!("{setting} is deprecated"));
            if let Some(path) = hierarchy.file.as_ref().filter(|_| provider != "hiera") {
                let message = format!(
                    "The environment_data_provider='{provider}' setting is ignored since '{path}' \
                     version >= 5"
                );
                warn("data_provider_overridden", &message);
            }
        }
        (_, Some(_)) => warn("data_provider", &format!("{setting} is deprecated.")),
        (_, None) => warn(
            "data_provider",
            &format!("{setting} is deprecated. A 'hiera.yaml' file should be used instead"),
        ),
    }
}
