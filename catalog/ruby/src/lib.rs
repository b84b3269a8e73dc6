//! The helper for what modules write in Ruby: long-lived processes, each for one environment and
//! one version of its code, spoken to over a socket.
//!
//! The compiler knows what is said ([`ficelle_model::ruby`]); the script in `helper/` answers. What
//! is between them, here, is who may use which process, for how long, and what becomes of one that
//! hangs or dies.

mod pool;
mod process;

pub use pool::{Pool, Settings};
