//! What a type and a resource of it have to answer.
//!
//! A provider is written against [`Provider`], whose state has a type of its own; the engine
//! holds [`Managed`], which any provider is.

use std::any::Any;

use ficelle_model::{
    Data, Resource,
    schema::{RelationKind, Target, TypeSchema},
};
use indexmap::IndexMap;

use crate::{Change, Context, ParameterError, Parameters, ProviderError};

/// A native type.
pub trait ResourceType: Sync {
    /// Its attributes.
    fn schema(&self) -> &'static TypeSchema;

    /// Reads what is wanted of a resource.
    ///
    /// # Errors
    /// It cannot be managed as it is declared.
    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError>;

    /// Every resource of the type that the host has, for `agent resource TYPE`; `None` where
    /// they cannot be listed.
    ///
    /// # Errors
    /// The host cannot be read.
    fn instances(&self, _context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        Ok(None)
    }

    /// One resource as the host has it, `ensure => absent` where it has none; `None` where the
    /// type cannot say.
    ///
    /// # Errors
    /// The host cannot be read.
    fn instance(
        &self,
        name: &str,
        context: &Context<'_>,
    ) -> Result<Option<Instance>, ProviderError> {
        let Some(instances) = self.instances(context)? else {
            return Ok(None);
        };
        let found = instances.into_iter().find(|instance| instance.name == name);
        Ok(Some(found.unwrap_or_else(|| Instance::absent(name))))
    }

    /// Whether two resources of the same name are the same thing, so that a catalog may hold only
    /// one of them. Commands and messages are not.
    fn is_isomorphic(&self) -> bool {
        true
    }
}

/// A resource as the host has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Its properties, `ensure` first.
    pub properties: IndexMap<String, Data>,
}

impl Instance {
    /// One without properties yet.
    pub fn new(name: impl Into<String>, ensure: &str) -> Self {
        let properties = IndexMap::from([("ensure".to_owned(), Data::from(ensure))]);
        Self {
            name: name.into(),
            properties,
        }
    }

    /// One that is not there.
    pub fn absent(name: impl Into<String>) -> Self {
        Self::new(name, "absent")
    }

    /// Adds a property.
    #[must_use]
    pub fn with(mut self, property: &str, value: impl Into<Data>) -> Self {
        self.properties.insert(property.to_owned(), value.into());
        self
    }
}

/// Whether the state of a resource may be read beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It only looks.
    Parallel,
    /// It runs what the user wrote (`onlyif`, `status`), which may do anything.
    InOrder,
}

/// A resource of a provider's own state.
pub trait Provider: Send + Sync + 'static {
    /// What is there.
    type State: Send + 'static;

    /// Looks at what is there. Changes nothing.
    ///
    /// # Errors
    /// The host or a source cannot be read.
    fn read(&self, context: &Context<'_>) -> Result<Self::State, ProviderError>;

    /// What has to change, in the order in which it will be made.
    ///
    /// # Errors
    /// What is wanted cannot be made of what is there.
    fn diff(
        &self,
        state: &Self::State,
        context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError>;

    /// Makes one change of [`Provider::diff`].
    ///
    /// # Errors
    /// It could not be made.
    fn apply(
        &self,
        change: &Change,
        state: &mut Self::State,
        context: &Context<'_>,
    ) -> Result<(), ProviderError>;

    /// Called once after the changes of the resource were made, some perhaps not.
    ///
    /// # Errors
    /// What was left to do could not be done.
    fn flush(&self, _state: &mut Self::State, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Whether a change of something it is subscribed to means anything to it.
    fn is_refreshable(&self) -> bool {
        false
    }

    /// Whether a change of its own is followed by a refresh: a file system is mounted anew.
    fn refreshes_itself(&self) -> bool {
        false
    }

    /// Acts on a change of something it is subscribed to.
    ///
    /// # Errors
    /// It could not.
    fn refresh(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    /// Resources that this one brings into the catalog before anything is applied.
    ///
    /// # Errors
    /// They cannot be found out.
    fn generate(&self, _context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        Ok(Vec::new())
    }

    /// Resources that this one brings in at its own turn, just before it is applied itself. They
    /// come after it, are contained in it, and go before what depends on it; one that the catalog
    /// declares wins over them.
    ///
    /// # Errors
    /// They cannot be found out.
    fn expand(&self, _context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        Ok(Vec::new())
    }

    /// What it relates to beside what its schema says.
    fn relations(&self, _context: &Context<'_>) -> Vec<(RelationKind, Target)> {
        Vec::new()
    }

    /// Whether its state may be read beside others'.
    fn reading(&self) -> Reading {
        Reading::Parallel
    }
}

/// What a provider read, until the engine hands it back.
pub struct State(Box<dyn Any + Send>);

/// A resource as the engine holds it. Every [`Provider`] is one.
pub trait Managed: Send + Sync {
    /// Looks at what is there and says what has to change, in order.
    ///
    /// # Errors
    /// The host or a source cannot be read, or cannot become what is wanted.
    fn observe(&self, context: &Context<'_>) -> Result<(State, Vec<Change>), ProviderError>;

    /// Makes one of the changes.
    ///
    /// # Errors
    /// It could not be made.
    fn apply(
        &self,
        change: &Change,
        state: &mut State,
        context: &Context<'_>,
    ) -> Result<(), ProviderError>;

    /// See [`Provider::flush`]; called where a change was made.
    ///
    /// # Errors
    /// What was left to do could not be done.
    fn flush(&self, state: &mut State, context: &Context<'_>) -> Result<(), ProviderError>;

    /// See [`Provider::is_refreshable`].
    fn is_refreshable(&self) -> bool;

    /// See [`Provider::refreshes_itself`].
    fn refreshes_itself(&self) -> bool;

    /// See [`Provider::refresh`].
    ///
    /// # Errors
    /// It could not.
    fn refresh(&self, context: &Context<'_>) -> Result<(), ProviderError>;

    /// See [`Provider::generate`].
    ///
    /// # Errors
    /// They cannot be found out.
    fn generate(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError>;

    /// See [`Provider::expand`].
    ///
    /// # Errors
    /// They cannot be found out.
    fn expand(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError>;

    /// See [`Provider::relations`].
    fn relations(&self, context: &Context<'_>) -> Vec<(RelationKind, Target)>;

    /// See [`Provider::reading`].
    fn reading(&self) -> Reading;
}

impl<P: Provider> Managed for P {
    fn observe(&self, context: &Context<'_>) -> Result<(State, Vec<Change>), ProviderError> {
        let state = self.read(context)?;
        let changes = self.diff(&state, context)?;
        Ok((State(Box::new(state)), changes))
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut State,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        Provider::apply(self, change, state.of::<P>(), context)
    }

    fn flush(&self, state: &mut State, context: &Context<'_>) -> Result<(), ProviderError> {
        Provider::flush(self, state.of::<P>(), context)
    }

    fn is_refreshable(&self) -> bool {
        Provider::is_refreshable(self)
    }

    fn refreshes_itself(&self) -> bool {
        Provider::refreshes_itself(self)
    }

    fn refresh(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        Provider::refresh(self, context)
    }

    fn generate(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        Provider::generate(self, context)
    }

    fn expand(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        Provider::expand(self, context)
    }

    fn relations(&self, context: &Context<'_>) -> Vec<(RelationKind, Target)> {
        Provider::relations(self, context)
    }

    fn reading(&self) -> Reading {
        Provider::reading(self)
    }
}

impl State {
    fn of<P: Provider>(&mut self) -> &mut P::State {
        self.0
            .downcast_mut()
            .expect("the engine hands back what the same resource read")
    }
}
