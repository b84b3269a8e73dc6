//! What the agent does beside runs.

pub mod apply;
pub mod facts;
pub mod identity;
pub mod resource;
