//! What drives the whole program from outside: the recorded cases of the language, and
//! Debian's modules and their templates beside the reference.

pub mod conformance;
pub mod modules;
pub mod templates;
