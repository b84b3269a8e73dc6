//! `notify`: a message in the log of the run.

use ficelle_model::{report::Level, schema::TypeSchema};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Place, Provider, ProviderError,
    ResourceType, Shown, Visibility, parameters::schema,
};

pub(crate) struct NotifyType;

impl ResourceType for NotifyType {
    fn schema(&self) -> &'static TypeSchema {
        schema("notify")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(Notify {
            message: match parameters.text("message")? {
                Some(message) => message,
                None => parameters.name(),
            },
            place: match parameters.boolean("withpath")? {
                Some(true) => Place::Property("message"),
                _ => Place::Run,
            },
            level: parameters.log_level()?,
            visibility: parameters.visibility("message"),
        }))
    }

    fn is_isomorphic(&self) -> bool {
        false
    }
}

struct Notify {
    message: String,
    place: Place<'static>,
    level: Level,
    visibility: Visibility,
}

impl Provider for Notify {
    type State = ();

    fn read(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    fn diff(&self, (): &(), _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let change = Change::new("message", Shown::absent(), Shown::text(&*self.message));
        Ok(vec![change.with_visibility(self.visibility)])
    }

    fn apply(
        &self,
        _change: &Change,
        (): &mut (),
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let message = match self.visibility {
            Visibility::Shown => &self.message,
            Visibility::Redacted => "Sensitive [value redacted]",
        };
        context.log.write(self.level, self.place, message);
        Ok(())
    }
}
