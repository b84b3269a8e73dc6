//! `puppetlabs-mongodb`

use md5::{Digest as _, Md5};

use crate::functions::{Function, function, on};

pub(super) const FUNCTIONS: &[Function] = &[
    // As MONGODB-CR has it.
    function(
        "mongodb_password",
        &[on("String user, String password", |call| {
            let [user, password] = [0, 1].map(|at| call.arguments[at].as_str().unwrap_or_default());
            let digest = Md5::digest(format!("{user}:mongo:{password}"));
            Ok(hex::encode(digest).into())
        })],
    ),
];
