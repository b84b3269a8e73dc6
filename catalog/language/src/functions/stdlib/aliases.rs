//! The type aliases of the module that signatures of its functions name.
//!
//! Manifests get them from the module's own files; a native function has its signature before any
//! module is read.

use std::sync::{Arc, LazyLock, OnceLock};

use crate::types::{AliasType, Membership, Type, parse::parse_plain};

static ALIASES: LazyLock<[(&str, Type); 3]> = LazyLock::new(|| {
    [
        (
            "Stdlib::Fqdn",
            r"Pattern[/\A(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9])\z/]",
        ),
        (
            "Stdlib::Dns::Zone",
            r"Pattern[/\A((([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)+|\.)\z/]",
        ),
        (
            "Stdlib::Email",
            r"Pattern[/\A[a-zA-Z0-9.!#$%&'*+\/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z/]",
        ),
    ]
    .map(|(name, target)| {
        let target = parse_plain(target).expect("a type of the language");
        let alias = AliasType {
            name: name.into(),
            membership: Membership::default(),
            resolved: OnceLock::from(target),
        };
        (name, Type::Alias(Arc::new(alias)))
    })
});

/// The alias of a name.
pub(in crate::functions) fn find(name: &str) -> Option<Type> {
    let mut known = ALIASES.iter();
    known
        .find(|(known, _)| *known == name)
        .map(|(_, alias)| alias.clone())
}
