//! Which hierarchy each layer has: that of its `hiera.yaml`, else what a deprecated provider names.

use std::rc::Rc;

use camino::Utf8Path;
use ficelle_language::{error::Evaluated, values::HashMap};

use super::Lookup;
use crate::{
    LookupHost,
    hierarchy::{Backend, Entry, Hierarchy, Layer, Locations},
    key::failure,
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
            ..Hierarchy::default()
        }))
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
