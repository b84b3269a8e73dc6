//! The program as people start it, in a directory of its own and without a master.

mod applied;
mod commands;
mod interrupted;
mod node;
