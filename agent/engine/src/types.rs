//! Where the engine finds the provider of a type: the native ones, or those of a test.

use ficelle_providers::ResourceType;

/// The types that can be managed.
pub trait Types: Sync {
    /// A type by its name, in either spelling.
    fn find(&self, name: &str) -> Option<&dyn ResourceType>;
}

/// The native types.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

impl Types for Native {
    fn find(&self, name: &str) -> Option<&dyn ResourceType> {
        ficelle_providers::lookup(name).map(|found| found as &dyn ResourceType)
    }
}
