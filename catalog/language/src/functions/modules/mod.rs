//! Functions that popular modules bring along in Ruby, so that these modules need none; a file a
//! module.
//!
//! They are found by [`find_of_module`] alone: whoever asks has seen that the module is there and
//! has such a function in Ruby, of which this is the native twin. A twin knows the calls that mean
//! the same in every version of its module; of any other it says so ([`is_known_call`]).

mod apache;
mod inifile;
mod mongodb;
mod mysql;
mod openstack;
mod postgresql;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{Function, Registered};
use crate::{error::Evaluated, evaluator::Call};

const MODULES: &[&[Function]] = &[
    apache::FUNCTIONS,
    inifile::FUNCTIONS,
    mongodb::FUNCTIONS,
    mysql::FUNCTIONS,
    openstack::FUNCTIONS,
    postgresql::FUNCTIONS,
];

static REGISTRY: LazyLock<FxHashMap<&'static str, Registered>> =
    LazyLock::new(|| super::registered(MODULES.iter().copied().flatten()));

/// The native twin of a module's function.
pub fn find_of_module(name: &str) -> Option<&'static Registered> {
    REGISTRY.get(name)
}

/// Whether the twin of a function is sure to answer a call as Ruby would.
///
/// # Errors
/// What the type of a block raises.
pub fn is_known_call(name: &str, call: &Call<'_, '_>) -> Evaluated<bool> {
    let Some(twin) = find_of_module(name) else {
        return Ok(false);
    };
    if name == "postgresql::postgresql_password" && !postgresql::keeps_md5(call) {
        return Ok(false);
    }
    twin.accepts(call)
}
