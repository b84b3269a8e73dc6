//! The command itself, in a directory of its own.

mod administer;
mod data;
mod installation;
mod language;
mod serve;

use installation::Installation;
