//! The options of `docker run`, which has the most and wants them quoted for the node's shell.

use super::{Flags, Options, flat, shown};
use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::fail,
    values::{Value, ruby_string},
};

/// Options of `docker run` that may be there many times, each with what stands before its value.
pub(super) const MULTIPLE: [(&str, &str); 12] = [
    ("dns", "--dns "),
    ("dns_search", "--dns-search "),
    ("expose", "--expose="),
    ("links", "--link "),
    ("lxc_conf", "--lxc-conf="),
    ("volumes_from", "--volumes-from "),
    ("env", "-e "),
    ("env_file", "--env-file "),
    ("ports", "-p "),
    ("labels", "-l "),
    ("hostentries", "--add-host "),
    ("volumes", "-v "),
];

/// What `docker run` is given.
pub(super) fn run(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    let escape = |value: &Value| escaped(call, value);
    for (key, flag) in [("username", "-u"), ("hostname", "-h")] {
        if options.get(key).is_truthy() {
            flags.word(format!("{flag} {}", escape(options.get(key))?));
        }
    }
    let shown_if = |key: &str| {
        let value = options.get(key);
        value.is_truthy().then(|| ruby_string(value))
    };
    flags.quoted("--restart ", shown_if("restart"));
    let net = options.get("net");
    let nets = match net {
        Value::String(_) => std::slice::from_ref(net),
        other => other.as_array().unwrap_or_default(),
    };
    for net in nets {
        flags.word(format!("--net {}", escape(net)?));
    }
    if let Some(limit) = shown_if("memory_limit") {
        flags.word(format!("-m {limit}"));
    }
    let processors: Vec<String> = flat(options.get("cpuset")).map(shown).collect();
    if !processors.is_empty() {
        flags.word(format!("--cpuset-cpus={}", processors.join(",")));
    }
    flags.word_if(options.get("disable_network").is_truthy(), "-n false");
    flags.word_if(options.get("privileged").is_truthy(), "--privileged");
    flags.quoted("--health-cmd=", options.given("health_check_cmd"));
    if let Some(interval) = options.given("health_check_interval") {
        flags.word(format!("--health-interval={interval}s"));
    }
    flags.word_if(options.get("tty").is_truthy(), "-t");
    flags.word_if(options.get("read_only").is_truthy(), "--read-only=true");

    let family = options.get("osfamily").as_str().unwrap_or_default();
    let end_of_line = match family.eq_ignore_ascii_case("windows") {
        true => " `\n",
        false => " \\\n",
    };
    for (key, flag) in MULTIPLE {
        for value in flat(options.get(key)) {
            flags.word(format!("{flag}{}{end_of_line}", escape(value)?));
        }
    }
    if options.list("extra_params").is_none() {
        fail!("docker_run_flags(): extra_params must be a list");
    }
    flags.flat(options.list("extra_params"));
    Ok(flags.0.join(end_of_line).into())
}

/// A value for the shell of the node.
fn escaped(call: &Call<'_, '_>, value: &Value) -> Evaluated<String> {
    let facts = call.evaluator.variable("facts", call.scope);
    let family = facts
        .as_ref()
        .and_then(|facts| facts.get("os")?.get("family"));
    let function = match family.and_then(Value::as_str) {
        Some("windows") => "stdlib::powershell_escape",
        _ => "stdlib::shell_escape",
    };
    Ok(call
        .forward(function, std::slice::from_ref(value))?
        .to_string())
}
