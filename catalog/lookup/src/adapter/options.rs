//! The options of a key, from all layers that may speak of it.

use std::rc::Rc;

use ficelle_language::{Value, error::Evaluated, values::HashMap};

use super::{Invocation, Lookup, OPTIONS};
use crate::{
    explain::Kind,
    hierarchy::Layer,
    key::Key,
    merge::Merge,
    options::{self, KeyOptions},
};

impl Lookup {
    /// The options of a key: those of the stronger layers over a module's own.
    pub(super) fn options_of(&self, invocation: &Invocation<'_>, key: &Key) -> Evaluated<HashMap> {
        let layers = invocation.layers.of(key);
        let is_known = |layer: &Layer| self.options.borrow().get(layer).is_some();
        if !layers.iter().all(is_known) {
            let step = || Kind::Key(OPTIONS.into());
            self.trace.within(step, || {
                let mut layers = layers.iter();
                layers.try_for_each(|layer| self.layer_options(invocation, layer).map(drop))
            })?;
        }
        let mut options = HashMap::default();
        for layer in &layers {
            let found = self.layer_options(invocation, layer)?;
            for (name, value) in found.of(&key.root).into_iter().flatten() {
                options.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(options)
    }

    /// All options that may concern a key, merged, for those who ask how they come about.
    pub(crate) fn merged_options(
        &self,
        invocation: &Invocation<'_>,
        key: &Key,
    ) -> Evaluated<Option<Value>> {
        let options = &Key::parse(OPTIONS)?;
        let layers = invocation.layers.of(key).into_iter();
        let layer = |layer| move || self.layer(invocation, &layer, options, &Merge::Hash);
        self.merged(&Merge::Hash, layers.map(layer))
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
