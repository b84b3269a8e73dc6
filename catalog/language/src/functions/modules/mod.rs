//! Functions that popular modules bring along in Ruby, so that these modules need none; a file a
//! module.
//!
//! They are found by [`find_of_module`] alone: whoever asks has seen that the module is there and
//! has such a function in Ruby, of which this is the native twin. A twin knows the calls that mean
//! the same in every version of its module; of any other it says so ([`is_known_call`]).

mod apache;
mod docker;
mod extlib;
mod inifile;
mod mongodb;
mod mysql;
mod openstack;
mod postgresql;
mod systemd;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{Function, Registered};
use crate::{error::Evaluated, evaluator::Call, values::Value};

const MODULES: &[&[Function]] = &[
    apache::FUNCTIONS,
    docker::FUNCTIONS,
    extlib::FUNCTIONS,
    inifile::FUNCTIONS,
    mongodb::FUNCTIONS,
    mysql::FUNCTIONS,
    openstack::FUNCTIONS,
    postgresql::FUNCTIONS,
    systemd::FUNCTIONS,
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
    if !twin.accepts(call)? {
        return Ok(false);
    }
    Ok(match name {
        "postgresql::postgresql_password" => postgresql::keeps_md5(call),
        "systemd::systemd_escape" => systemd::is_sure(call),
        _ if name.starts_with("docker") => docker::is_sure(name, call),
        _ if name.starts_with("extlib::") => extlib::is_sure(name, call),
        _ => true,
    })
}

/// Whether a value is nothing but data, which Ruby shows as it is known to.
fn is_data(value: &Value) -> bool {
    match value {
        Value::Undef
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_) => true,
        Value::Array(elements) => elements.iter().all(is_data),
        Value::Hash(entries) => entries
            .iter()
            .all(|(key, value)| is_data(key) && is_data(value)),
        _ => false,
    }
}
