//! What drives the whole program from outside: the recorded cases of the language.

pub mod conformance;
