//! What every part of Ficelle agrees on: data, names, resources, catalogs, facts, and the trait
//! through which a compile reads the world. No IO happens here,
//! but for [`atomic`], the one way in which files are replaced.

pub mod atomic;
pub mod catalog;
pub mod data;
pub mod facts;
pub mod inputs;
pub mod name;
pub mod names;
pub mod oid;
pub mod qualified;
pub mod reference;
pub mod report;
pub mod resource;
pub mod ruby;
pub mod schema;
pub mod settings;
pub mod tags;
pub mod wire;
pub mod yaml;

pub use catalog::{Catalog, Edge};
pub use data::Data;
pub use facts::Facts;
pub use name::{Certname, EnvironmentName, NameError};
pub use oid::Oids;
pub use reference::Reference;
pub use report::Report;
pub use resource::Resource;
pub use tags::Tags;

/// The version of the reference whose language, types and wire this follows; what `puppetversion`,
/// `clientversion` and `X-Puppet-Version` say.
pub const PUPPET_VERSION: &str = "8.11.0";
