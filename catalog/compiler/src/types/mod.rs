//! What the compiler must know of resource types that are not written in the Puppet language
//! beyond the native schema: the types that modules declare in Ruby.

mod ruby;
mod titles;

pub use ruby::RubyType;
pub use titles::TitlePatterns;

/// Whether a parameter names other resources.
pub fn is_relationship(name: &str) -> bool {
    matches!(name, "require" | "subscribe" | "before" | "notify")
}

/// The metaparameters that come down from a container to what it contains.
pub const INHERITED: [&str; 7] = [
    "noop", "schedule", "audit", "loglevel", "alias", "tag", "stage",
];

/// Whether every resource has this parameter.
pub fn is_metaparameter(name: &str) -> bool {
    matches!(
        name,
        "noop" | "schedule" | "audit" | "loglevel" | "alias" | "tag" | "stage"
    ) || is_relationship(name)
}

#[cfg(test)]
mod tests {
    use super::{INHERITED, is_metaparameter};

    #[test]
    fn every_metaparameter_is_known_as_one() {
        assert!(INHERITED.iter().all(|name| is_metaparameter(name)));
        assert!(is_metaparameter("require"));
        assert!(!is_metaparameter("ensure"));
    }
}
