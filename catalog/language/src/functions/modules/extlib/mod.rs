//! `puppet-extlib`: but for what asks the network or PuppetDB, keeps something on the disk, draws
//! lots, prints, or takes resources out of the catalog.

mod addresses;
mod versions;

use super::is_data;
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    functions::{Function, fail, function, on, on_defined, stdlib::class_of},
    scope::Scope,
    values::{HashMap, Value, inspect, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "extlib::cidr_to_netmask",
        &[on_defined(addresses::NETWORK, addresses::netmask_of)],
    ),
    function(
        "extlib::cidr_to_network",
        &[on_defined(addresses::NETWORK, addresses::first)],
    ),
    function(
        "extlib::compare_ip",
        &[on_defined(
            "Stdlib::IP::Address left, Stdlib::IP::Address right",
            addresses::compare,
        )],
    ),
    function(
        "extlib::default_content",
        &[on(
            "Optional[String] content, Optional[String] template_name",
            default_content,
        )],
    ),
    function("extlib::echo", &[on("Any value, String comment?", echo)]),
    function(
        "extlib::get_ip_in_cidr",
        &[on_defined(
            "Variant[Stdlib::IP::Address::V4::CIDR, Stdlib::IP::Address::V6::CIDR] cidr, \
             Variant[Enum['first', 'second', 'last'], Integer] index?",
            addresses::at,
        )],
    ),
    function(
        "extlib::has_module",
        &[on(r"Pattern[/\A\w+[-\/]\w+\z/] module_name", has_module)],
    ),
    function(
        "extlib::ip_to_cron",
        &[on("Integer[1] runinterval?", addresses::times)],
    ),
    function(
        "extlib::ip_to_reverse",
        &[on_defined("Stdlib::IP::Address ip", addresses::reverse)],
    ),
    function(
        "extlib::is_in_cidr",
        &[on_defined(
            "Stdlib::IP::Address::Nosubnet ip, \
             Variant[Stdlib::IP::Address::V4::CIDR, Stdlib::IP::Address::V6::CIDR] cidr",
            addresses::is_inside,
        )],
    ),
    function(
        "extlib::last_in_cidr",
        &[on_defined(addresses::NETWORK, addresses::last)],
    ),
    function(
        "extlib::netmask_to_cidr",
        &[on_defined(
            "Stdlib::IP::Address::Nosubnet netmask",
            addresses::length_of,
        )],
    ),
    function(
        "extlib::resources_deep_merge",
        &[on("Hash resources, Hash defaults", resources_deep_merge)],
    ),
    function(
        "extlib::sort_by_version",
        &[on("Array[String] versions", versions::sort)],
    ),
    function(
        "extlib::sort_hash_deep",
        &[on("Hash input", |call| match sorted(&call.arguments[0]) {
            Some(sorted) => Ok(sorted),
            None => fail!("{}(): these keys have no order among them", call.name),
        })],
    ),
    function("extlib::to_ini", &[on("Hash data, Hash settings?", to_ini)]),
];

/// Whether a twin is sure of a call that it accepts: not where Ruby would show or compare what is
/// no data.
pub(super) fn is_sure(name: &str, call: &Call<'_, '_>) -> bool {
    match name {
        "extlib::echo" => is_data(&call.arguments[0]),
        "extlib::sort_hash_deep" => sorted(&call.arguments[0]).is_some(),
        "extlib::to_ini" => {
            let header = call.arguments.get(1).and_then(|given| given.get("header"));
            let sections = call.arguments[0].as_hash();
            call.arguments.iter().all(is_data)
                && header.and_then(Value::as_array).is_none()
                && sections.is_some_and(|all| all.values().all(|one| one.as_hash().is_some()))
        }
        _ => true,
    }
}

/// The content, or else what a template gives: one that sees the top scope and nothing else, as
/// whatever a function in Ruby calls.
fn default_content(call: &Call<'_, '_>) -> Evaluated {
    let given = |index: usize| {
        call.arguments[index]
            .as_str()
            .filter(|text| !text.is_empty())
    };
    match (given(0), given(1)) {
        (Some(_), _) => Ok(call.arguments[0].clone()),
        (None, Some(template)) => {
            let function = match template.ends_with(".epp") {
                true => "epp",
                false => "template",
            };
            let scope = Scope::topmost(call.scope);
            Call { scope, ..*call }.forward(function, &call.arguments[1..])
        }
        (None, None) => Ok(Value::Undef),
    }
}

/// A value in the log, as Ruby shows it.
fn echo(call: &Call<'_, '_>) -> Evaluated {
    let value = &call.arguments[0];
    let mut message = format!("({}) {}", class_of(value), inspect(value));
    if let Some(comment) = call.arguments.get(1) {
        message = format!("{comment} {message}");
    }
    call.forward("debug", &[message.into()])
}

/// Whether the environment has a module, and by this author.
fn has_module(call: &Call<'_, '_>) -> Evaluated {
    let wanted = call.arguments[0].to_string().replace('/', "-");
    let name = wanted.split_once('-').map_or("", |(_, name)| name);
    let host = call.evaluator.host();
    let Some(directory) = host.module_directory(name) else {
        return Ok(false.into());
    };
    let path = directory.join("metadata.json");
    let read = host.inputs().read(&path);
    let Some(bytes) = read.map_err(|error| Error::new(error.to_string()))? else {
        return Ok(false.into());
    };
    match serde_json::from_slice::<serde_json::Value>(&bytes) {
        Ok(metadata) => {
            Ok((metadata.get("name").and_then(|it| it.as_str()) == Some(&wanted)).into())
        }
        Err(error) => fail!("extlib::has_module(): {path} is no JSON: {error}"),
    }
}

/// Resources, each over the same parameters.
fn resources_deep_merge(call: &Call<'_, '_>) -> Evaluated {
    let [Value::Hash(resources), defaults] = call.arguments else {
        fail!("the signature allows nothing else");
    };
    let merged = resources.iter().map(|(title, parameters)| {
        let merged = call.forward("deep_merge", &[defaults.clone(), parameters.clone()])?;
        Ok((title.clone(), merged))
    });
    Ok(Value::hash(merged.collect::<Evaluated<HashMap>>()?))
}

/// A hash in the order of its keys, and so the hashes in it and those in its arrays; `None` where
/// keys cannot be compared.
fn sorted(value: &Value) -> Option<Value> {
    let Value::Hash(entries) = value else {
        return Some(value.clone());
    };
    let mut entries: Vec<_> = entries.iter().collect();
    let keys = || entries.iter().map(|(key, _)| key);
    if keys().all(|key| key.as_str().is_some()) {
        entries.sort_by_key(|(key, _)| key.as_str());
    } else if keys().all(|key| matches!(key, Value::Integer(_))) {
        entries.sort_by_key(|(key, _)| match key {
            Value::Integer(number) => *number,
            _ => 0,
        });
    } else if entries.len() > 1 {
        return None;
    }
    let sorted = entries.into_iter().map(|(key, value)| {
        let value = match value {
            Value::Array(elements) => {
                let elements = elements.iter().map(sorted);
                Value::array(elements.collect::<Option<Vec<_>>>()?)
            }
            other => sorted(other)?,
        };
        Some((key.clone(), value))
    });
    Some(Value::hash(sorted.collect::<Option<HashMap>>()?))
}

/// Sections and their settings as the text of an INI file.
fn to_ini(call: &Call<'_, '_>) -> Evaluated {
    let given = call.arguments.get(1);
    let setting = |name: &str| given.and_then(|given| given.get(name));
    let text = |name: &str, default: &str| match setting(name) {
        Some(Value::Undef) => String::new(),
        Some(value) => ruby_string(value),
        None => default.to_owned(),
    };
    let [prefix, suffix] = [("section_prefix", "["), ("section_suffix", "]")]
        .map(|(name, default)| text(name, default));
    let separator = text("key_val_separator", "=");
    let quote = text("quote_char", "\"");
    let is_on = |name: &str| setting(name).is_none_or(Value::is_truthy);
    let (quotes_booleans, quotes_numerics) = (is_on("quote_booleans"), is_on("quote_numerics"));

    let header = text("header", "# THIS FILE IS CONTROLLED BY PUPPET");
    let mut lines = vec![header, String::new()];
    let empty = HashMap::default();
    for (section, settings) in call.arguments[0].as_hash().unwrap_or(&empty) {
        let Some(settings) = settings.as_hash() else {
            fail!("extlib::to_ini(): the section {section} is no hash of settings");
        };
        lines.push(format!("{prefix}{}{suffix}", shown(section)));
        for (key, value) in settings {
            let is_bare = match value {
                Value::Boolean(_) => !quotes_booleans,
                Value::Integer(_) | Value::Float(_) => !quotes_numerics,
                _ => false,
            };
            let quote = if is_bare { "" } else { &quote };
            let (key, value) = (shown(key), shown(value));
            lines.push(format!("{key}{separator}{quote}{value}{quote}"));
        }
        lines.push(String::new());
    }
    Ok(lines.join("\n").into())
}

/// A value in a text of Ruby's.
fn shown(value: &Value) -> String {
    match value {
        Value::Undef => String::new(),
        other => ruby_string(other),
    }
}
