//! What the node says of itself: its facts by path, its addresses, its release.

use super::{
    super::{Dispatch, Function, collections, function, legacy, on},
    wrong_number,
};
use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::digest::to_integer,
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("fact", &[on("String fact_name", fact)]),
    function(
        "has_interface_with",
        &[legacy(|call| match call.arguments {
            [name] => Ok(Value::Boolean(has_interface(call, name))),
            [kind, value] => Ok(Value::Boolean(has_on_interface(call, kind, value))),
            _ => Err(wrong_number(call, "1 or 2").into()),
        })],
    ),
    function(
        "stdlib::has_interface_with",
        &[
            on("String[1] interface", |call| {
                Ok(Value::Boolean(has_interface(call, &call.arguments[0])))
            }),
            on(
                "Enum['macaddress', 'mac', 'ipaddress', 'ip', 'ipaddress6', 'ip6', 'netmask', \
                 'netmask6', 'network', 'network6'] kind, String[1] value",
                |call| {
                    let [kind, value] = [&call.arguments[0], &call.arguments[1]];
                    let kind = structured_name(kind.as_str().unwrap_or_default());
                    let found = interfaces(call)
                        .is_some_and(|interfaces| has_entry(&interfaces, kind, value));
                    Ok(Value::Boolean(found))
                },
            ),
        ],
    ),
    function(
        "has_ip_address",
        &[legacy(|call| match call.arguments {
            [value] => Ok(Value::Boolean(has_on_interface(
                call,
                &"ipaddress".into(),
                value,
            ))),
            _ => Err(wrong_number(call, "1").into()),
        })],
    ),
    function(
        "has_ip_network",
        &[legacy(|call| match call.arguments {
            [value] => Ok(Value::Boolean(has_on_interface(
                call,
                &"network".into(),
                value,
            ))),
            _ => Err(wrong_number(call, "1").into()),
        })],
    ),
    function("os_version_gte", RELEASE),
    function("stdlib::os_version_gte", RELEASE),
];

const RELEASE: &[Dispatch] = &[on("String[1] os, String[1] version", |call| {
    let [os, version] = [&call.arguments[0], &call.arguments[1]];
    let name = first(call, &[&["os", "name"], &["operatingsystem"]]);
    let release = first(
        call,
        &[&["os", "release", "major"], &["operatingsystemmajrelease"]],
    );
    let is_os = name
        .as_ref()
        .is_some_and(|name| name.to_string() == os.to_string());
    let Some(release) = release.filter(|_| is_os) else {
        return Ok(Value::Boolean(false));
    };
    let order = call.forward(
        "versioncmp",
        &[Value::string(release.to_string()), version.clone()],
    )?;
    Ok(Value::Boolean(to_integer(&order) >= 0))
})];

fn facts(call: &Call<'_, '_>) -> Option<Value> {
    call.evaluator.variable("facts", call.scope)
}

/// The first of some facts that the node has, each by its path.
fn first(call: &Call<'_, '_>, paths: &[&[&str]]) -> Option<Value> {
    let facts = facts(call)?;
    paths.iter().find_map(|path| {
        path.iter().try_fold(facts.clone(), |value, key| {
            value.as_hash()?.get(&Value::string(*key)).cloned()
        })
    })
}

fn fact(call: &Call<'_, '_>) -> Evaluated {
    let path = call.arguments[0].as_str().unwrap_or_default();
    let Some(facts) = facts(call) else {
        return Ok(Value::Undef);
    };
    let keys = match collections::split_path(path) {
        _ if path.is_empty() => Vec::new(),
        Some(keys) => keys,
        // A path that is none names nothing.
        None => return Ok(Value::Undef),
    };
    Ok(keys.iter().fold(facts, |value, key| match (&value, key) {
        (Value::Hash(entries), Value::Integer(index)) => {
            let named = entries.get(&Value::string(index.to_string()));
            named.or(entries.get(key)).cloned().unwrap_or_default()
        }
        (Value::Hash(entries), key) => entries.get(key).cloned().unwrap_or_default(),
        (Value::Array(elements), Value::Integer(index)) => usize::try_from(*index)
            .ok()
            .and_then(|at| elements.get(at))
            .cloned()
            .unwrap_or_default(),
        _ => Value::Undef,
    }))
}

/// `networking.interfaces`
fn interfaces(call: &Call<'_, '_>) -> Option<HashMap> {
    let found = first(call, &[&["networking", "interfaces"]])?;
    found.as_hash().cloned()
}

/// The names in the old fact `interfaces`, where the node has it.
fn old_interfaces(call: &Call<'_, '_>) -> Option<Vec<String>> {
    let names = first(call, &[&["interfaces"]])?.to_string();
    Some(names.split(',').map(str::to_owned).collect())
}

fn has_interface(call: &Call<'_, '_>, name: &Value) -> bool {
    match old_interfaces(call) {
        Some(names) => names.iter().any(|known| *known == name.to_string()),
        None => interfaces(call).is_some_and(|interfaces| interfaces.contains_key(name)),
    }
}

/// Whether a fact of some interface (`ipaddress_eth0`, …) has a value. A node that sends no facts
/// of the old kind is asked by the structured ones.
fn has_on_interface(call: &Call<'_, '_>, kind: &Value, value: &Value) -> bool {
    let kind = kind.to_string();
    match old_interfaces(call) {
        Some(names) => {
            let plain = first(call, &[&[&kind]]);
            let mut known = names.iter().filter_map(|name| {
                let name = name.replace(['.', ':', '-'], "_");
                first(call, &[&[&format!("{kind}_{name}")]])
            });
            plain.as_ref() == Some(value) || known.any(|known| known == *value)
        }
        None => interfaces(call)
            .is_some_and(|interfaces| has_entry(&interfaces, structured_name(&kind), value)),
    }
}

fn structured_name(kind: &str) -> &str {
    match kind {
        "macaddress" => "mac",
        "ipaddress" => "ip",
        "ipaddress6" => "ip6",
        other => other,
    }
}

fn has_entry(interfaces: &HashMap, kind: &str, value: &Value) -> bool {
    let kind = Value::string(kind);
    let mut known = interfaces.values().filter_map(Value::as_hash);
    known.any(|interface| interface.get(&kind) == Some(value))
}
