//! `openstacklib`

use crate::functions::{Function, function, on};

pub(super) const FUNCTIONS: &[Function] = &[
    // OpenStack's mark for "leave the option out of the file".
    function(
        "is_service_default",
        &[on("Any value", |call| {
            Ok((call.arguments[0].as_str() == Some("<SERVICE DEFAULT>")).into())
        })],
    ),
];
