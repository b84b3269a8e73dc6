//! Puppet Notation.
