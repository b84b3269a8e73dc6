//! What drives the whole program from outside: the recorded cases of the language, Debian's
//! modules and their templates beside the reference, and a load of requests; and the counts of an
//! instrumented program.

pub mod conformance;
pub mod load;
pub mod modules;
pub mod profile;
pub mod templates;
