//! Placeholder, replaced by its first real code.
