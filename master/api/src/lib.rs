//! The HTTPS endpoints, Puppet's paths and bodies: the authority's under `/puppet-ca/v1`, the
//! nodes' under `/puppet/v3`, and the status service's.
//!
//! Every route is added together with its [`rule::Rule`]; what has no route is refused.

mod access;
pub mod authority;
pub mod compile;
pub mod error;
pub mod files;
pub mod negotiation;
pub mod nodes;
pub mod peer;
pub mod query;
pub mod registry;
pub mod routes;
pub mod rule;
pub mod server;
pub mod state;
pub mod status;
pub mod tls;

pub use error::{ApiError, IssueKind};
pub use peer::Peer;
pub use registry::StoreRegistry;
pub use routes::router;
pub use server::Server;
pub use state::{App, AppFiles};

/// The version of Puppet whose language and wire this master speaks.
pub const PUPPET_VERSION: &str = "8.11.0";
