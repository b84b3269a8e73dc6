//! The language as a whole: code in, values, errors and messages out, without a catalog.

mod control;
mod corners;
mod expressions;
mod functions;
mod rich;
mod types;
mod world;
