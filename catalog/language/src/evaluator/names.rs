//! What a capitalised name stands for.

use std::sync::Arc;

use ficelle_model::qualified::{capitalize, unrooted};

use super::Evaluator;
use crate::{
    error::{Error, Evaluated},
    types::{ResourceType, Type, builtin, names},
    values::Value,
};

impl Evaluator<'_> {
    pub(super) fn reference(&self, name: &Arc<str>) -> Evaluated {
        match self.named_type(name)? {
            Some(found) => Ok(Value::Type(found)),
            None => Err(Error::issue(format!("Resource type not found: {name}")).into()),
        }
    }

    /// The type of a name: one of the language's, an alias, or a type of resources.
    ///
    /// # Errors
    /// The file that should define it cannot be read, or holds something else.
    pub fn named_type(&self, name: &str) -> Evaluated<Option<Type>> {
        if let Some(known) = self.named.borrow().get(name) {
            self.note(name, known);
            return Ok(Some(known.clone()));
        }
        let found = self.find_named_type(name)?;
        if let Some(found) = &found {
            self.note(name, found);
            let mut named = self.named.borrow_mut();
            named.insert(name.into(), found.clone());
        }
        Ok(found)
    }

    fn find_named_type(&self, name: &str) -> Evaluated<Option<Type>> {
        let name = unrooted(name);
        if let Some(found) = names::find(name) {
            return Ok(Some(found));
        }
        if self.host.settings().tasks
            && let Some(found) = builtin::find_for_tasks(name)
        {
            return Ok(Some(found));
        }
        if let Some(found) = self.defined_type(name)? {
            return Ok(Some(found));
        }
        if !self.host.is_resource_type(name)? {
            return Ok(None);
        }
        Ok(Some(Type::Resource(Arc::new(ResourceType {
            type_name: Some(capitalize(name)),
            title: None,
        }))))
    }
}
