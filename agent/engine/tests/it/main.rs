//! The engine over a host that is a map.

mod deferred;
mod failures;
mod order;
mod refresh;
mod remembered;
mod world;
