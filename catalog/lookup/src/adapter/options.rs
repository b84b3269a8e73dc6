//! The options of a key, from all layers that may speak of it.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Value, error::Evaluated, values::HashMap};

use super::{Invocation, Lookup, OPTIONS};
use crate::{
    explain::{Event, Kind},
    hierarchy::Layer,
    key::Key,
    merge::Merge,
    options::{self, KeyOptions},
};

impl Lookup {
    /// The options of a key: those of the strongest layer that has some, and none of the others'.
    pub(super) fn options_of(&self, invocation: &Invocation<'_>, key: &Key) -> Evaluated<HashMap> {
        let layers = invocation.layers.of(key);
        let is_known = |layer: &Layer| self.options.borrow().get(layer).is_some();
        if !layers.iter().all(is_known) {
            let step = || Kind::Key(OPTIONS.into());
            self.trace.within(step, || {
                let mut layers = layers.iter();
                layers.try_for_each(|layer| self.layer_options(invocation, layer).map(drop))?;
                match (self.trace.is_on(), &key.module) {
                    (true, Some(module)) => self.explain_merge(module),
                    _ => Ok(()),
                }
            })?;
        }
        let layers = layers.iter();
        let layers = layers.map(|layer| self.layer_options(invocation, layer));
        let layers = layers.collect::<Evaluated<Vec<_>>>()?;
        Ok(options::of(&layers, &key.root).cloned().unwrap_or_default())
    }

    /// How a module's options are merged under those of the stronger layers.
    fn explain_merge(&self, module: &Arc<str>) -> Evaluated<()> {
        let known = self.options.borrow().of_key(module);
        let given = known.map(|layers| layers.map(|layer| layer.given.clone()));
        let Some([global, environment, Some(of_module)]) = given else {
            return Ok(());
        };
        let merged = |values: Vec<Value>| {
            let places = values.into_iter().map(|value| || Ok(Some(value)));
            Merge::Hash.lookup(places)
        };
        let outer: Vec<Value> = [global, environment].into_iter().flatten().collect();
        let Some(outer) = merged(outer)? else {
            return Ok(());
        };
        let step = |name: String, value: &Value| {
            let outcome = || self.trace.outcome(&OPTIONS.into(), Some(value));
            self.trace.within(|| Kind::Section(name), outcome);
        };
        self.trace.within(
            || Kind::Merge(Merge::Hash),
            || {
                step("Global and Environment".to_owned(), &outer);
                step(format!("Module {module}"), &of_module);
                if let Some(all) = merged(vec![outer, of_module])? {
                    self.trace.event(|| Event::Merged(all));
                }
                Ok(())
            },
        )
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
