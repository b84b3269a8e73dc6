//! Types that manage nothing of the host: fixed points of the graph, and declarations that other
//! parts read (`schedule`, `filebucket`, the fragments of a file).

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    parameters::schema,
};

/// One such type, by name.
pub(crate) struct NothingType(pub(crate) &'static str);

impl ResourceType for NothingType {
    fn schema(&self) -> &'static TypeSchema {
        match self.0 {
            "concat::fragment" => &ficelle_model::schema::CONCAT_FRAGMENT,
            name => schema(name),
        }
    }

    fn parse(&self, _parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(Nothing))
    }
}

/// A resource that manages nothing.
pub(crate) struct Nothing;

impl Provider for Nothing {
    type State = ();

    fn read(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    fn diff(&self, (): &(), _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        Ok(Vec::new())
    }

    fn apply(
        &self,
        _change: &Change,
        (): &mut (),
        _context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        Ok(())
    }
}
