//! The `master` command.

fn main() {}
