//! Compiling for nodes: the environments that are open, what a compile reads beside the disk, and
//! the threads that it runs on.

mod environments;
mod inputs;
mod pool;

pub use environments::{EnvironmentFolders, Environments};
pub use inputs::StoreInputs;
pub use pool::{Load, Pool, PoolError};
