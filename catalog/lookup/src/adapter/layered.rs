//! What there is for each layer.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::hierarchy::Layer;

/// Something for each layer of which it is known.
#[derive(Debug)]
pub(super) struct Layered<T> {
    global: Option<T>,
    environment: Option<T>,
    modules: FxHashMap<Arc<str>, T>,
}

impl<T> Layered<T> {
    /// What is known for a layer.
    pub fn get(&self, layer: &Layer) -> Option<&T> {
        match layer {
            Layer::Global => self.global.as_ref(),
            Layer::Environment => self.environment.as_ref(),
            Layer::Module(name) => self.modules.get(name),
        }
    }

    /// Sets what is known for a layer.
    pub fn insert(&mut self, layer: Layer, known: T) {
        match layer {
            Layer::Global => self.global = Some(known),
            Layer::Environment => self.environment = Some(known),
            Layer::Module(name) => {
                self.modules.insert(name, known);
            }
        }
    }

    /// What is known for the layers that may speak of the keys of a module, where it is known for
    /// each of them.
    pub fn of_key(&self, module: &str) -> Option<[T; 3]>
    where
        T: Clone,
    {
        let known = (&self.global, &self.environment, self.modules.get(module));
        let (Some(global), Some(environment), Some(module)) = known else {
            return None;
        };
        Some([global.clone(), environment.clone(), module.clone()])
    }
}

impl<T> Default for Layered<T> {
    fn default() -> Self {
        Self {
            global: None,
            environment: None,
            modules: FxHashMap::default(),
        }
    }
}
