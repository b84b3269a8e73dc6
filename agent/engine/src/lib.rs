//! From a catalog to a host that is as the catalog says: order, changes, events, report.
//!
//! `plan` turns a catalog into a graph of what has to come before what, or says why that cannot
//! be; `transaction` walks it, has each resource observed and changed by its provider, and lets
//! changes refresh what listens to them; [`state`] is what is remembered from run to run.

mod deferred;
mod error;
mod plan;
pub mod state;
mod transaction;
mod types;

pub use deferred::{Language, Resolver, Unresolved};
pub use error::EngineError;
pub use state::Store;
pub use transaction::{Options, Run, apply, validate};
pub use types::{Native, Types};
