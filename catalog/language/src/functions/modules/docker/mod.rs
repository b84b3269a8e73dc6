//! `puppetlabs-docker`: the options of its commands. What changes a container is left to the
//! module: it runs on the node.

mod run;

use super::is_data;
use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::{Function, function, on},
    values::{HashMap, Value, ruby_string},
};

/// What each of the old functions takes; only the first argument counts.
const OPTIONS: &str = "Optional[Hash[String, Data]] options?, Any more*";

/// The first version whose functions are these: those before quote in other ways.
const SINCE: u32 = 6;

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "docker::env",
        &[on("Array args", |call| Ok(call.arguments[0].clone()))],
    ),
    function("docker_exec_flags", &[on(OPTIONS, exec)]),
    function("docker_plugin_enable_flags", &[on(OPTIONS, plugin_enable)]),
    function(
        "docker_plugin_install_flags",
        &[on(OPTIONS, plugin_install)],
    ),
    function("docker_plugin_remove_flags", &[on(OPTIONS, plugin_remove)]),
    function("docker_run_flags", &[on(OPTIONS, run::run)]),
    function("docker_secrets_flags", &[on(OPTIONS, secrets)]),
    function("docker_service_flags", &[on(OPTIONS, service)]),
    function("docker_stack_flags", &[on(OPTIONS, stack)]),
    function("docker_swarm_init_flags", &[on(OPTIONS, swarm_init)]),
    function("docker_swarm_join_flags", &[on(OPTIONS, swarm_join)]),
];

/// Whether a twin is sure of a call that it accepts: the module is of a version that it knows, and
/// no option is of a kind that Ruby's methods fail on.
pub(super) fn is_sure(name: &str, call: &Call<'_, '_>) -> bool {
    let options = Options::of(call);
    let is_list = |key: &str| options.list(key).is_some();
    let is_absent = |key: &str| options.get(key).is_undef();
    let fits = match name {
        "docker::env" => return call.arguments.iter().all(is_data),
        "docker_exec_flags" => is_list("env") || is_absent("env"),
        "docker_stack_flags" => is_list("compose_files") || !options.is_given("compose_files"),
        "docker_run_flags" => {
            let is_named = options.get("osfamily").as_str().is_some();
            let is_scalar = |value: &&Value| !matches!(value, Value::Hash(_) | Value::Array(_));
            let mut escaped = ["username", "hostname"]
                .map(|key| options.get(key))
                .to_vec();
            escaped.extend(options.list("net").unwrap_or_default());
            escaped.extend(
                run::MULTIPLE
                    .iter()
                    .flat_map(|(key, _)| flat(options.get(key))),
            );
            is_list("extra_params")
                && (is_named || !options.is_given("osfamily"))
                && escaped.iter().all(is_scalar)
        }
        _ => true,
    };
    fits && major_version(call).is_some_and(|version| version >= SINCE)
}

/// The version of the module, as its metadata has it.
fn major_version(call: &Call<'_, '_>) -> Option<u32> {
    let arguments = ["docker".into(), true.into()];
    let metadata = call.forward("load_module_metadata", &arguments).ok()?;
    let (major, _) = metadata.get("version")?.as_str()?.split_once('.')?;
    major.parse().ok()
}

/// What a function was given.
struct Options<'c>(Option<&'c HashMap>);

impl<'c> Options<'c> {
    fn of(call: &'c Call<'_, '_>) -> Self {
        Self(call.arguments.first().and_then(Value::as_hash))
    }

    fn get(&self, key: &str) -> &'c Value {
        let found = self.0.and_then(|options| options.get(&Value::from(key)));
        found.unwrap_or(&Value::Undef)
    }

    /// Whether an option is neither absent nor false nor the word `undef`.
    fn is_given(&self, key: &str) -> bool {
        let value = self.get(key);
        value.is_truthy() && value.as_str() != Some("undef")
    }

    /// The text of an option that is given.
    fn given(&self, key: &str) -> Option<String> {
        self.is_given(key).then(|| ruby_string(self.get(key)))
    }

    fn list(&self, key: &str) -> Option<&'c [Value]> {
        self.get(key).as_array()
    }

    fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Value::Boolean(true))
    }

    /// Whether an option does not say `false`, be it that it says nothing.
    fn is_not_false(&self, key: &str) -> bool {
        shown(self.get(key)) != "false"
    }
}

/// The words of a command.
#[derive(Default)]
struct Flags(Vec<String>);

impl Flags {
    fn word(&mut self, word: impl Into<String>) {
        self.0.push(word.into());
    }

    fn word_if(&mut self, condition: bool, word: &str) {
        if condition {
            self.word(word);
        }
    }

    /// An option between quotes, where it is given.
    fn quoted(&mut self, flag: &str, value: Option<String>) {
        if let Some(value) = value {
            self.word(format!("{flag}'{value}'"));
        }
    }

    /// One flag for each element of a list.
    fn each(&mut self, list: Option<&[Value]>, flag: impl Fn(String) -> String) {
        self.0
            .extend(list.unwrap_or_default().iter().map(shown).map(flag));
    }

    /// Words as they are, out of lists in lists.
    fn flat(&mut self, list: Option<&[Value]>) {
        let elements = list.unwrap_or_default().iter().flat_map(elements);
        self.0.extend(elements.map(shown));
    }

    fn joined(self) -> Evaluated {
        Ok(self.0.join(" ").into())
    }
}

/// A value in a text of Ruby's.
fn shown(value: &Value) -> String {
    match value {
        Value::Undef => String::new(),
        other => ruby_string(other),
    }
}

/// A value, or what is in a list and the lists in it.
fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().flat_map(elements).collect(),
        other => vec![other],
    }
}

/// The same without what is undef.
fn flat(value: &Value) -> impl Iterator<Item = &Value> {
    elements(value)
        .into_iter()
        .filter(|value| !value.is_undef())
}

fn exec(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    for (key, flag) in [
        ("detach", "--detach=true"),
        ("interactive", "--interactive=true"),
        ("tty", "--tty=true"),
    ] {
        flags.word_if(options.get(key).is_truthy(), flag);
    }
    flags.each(options.list("env"), |pair| format!("--env {pair}"));
    flags.joined()
}

fn plugin_enable(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.word_if(options.is_true("force_remove"), "--force");
    let name = options.given("plugin_alias");
    flags.quoted("", name.or_else(|| options.given("plugin_name")));
    flags.joined()
}

fn plugin_install(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    if let Some(alias) = options.given("plugin_alias") {
        flags.word(format!("--alias {alias}"));
    }
    for (key, flag) in [
        ("disable_on_install", "--disable"),
        ("disable_content_trust", "--disable-content-trust"),
        ("grant_all_permissions", "--grant-all-permissions"),
    ] {
        flags.word_if(options.is_true(key), flag);
    }
    flags.quoted("", options.given("plugin_name"));
    flags.each(options.list("settings"), |setting| setting);
    flags.joined()
}

fn plugin_remove(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.word_if(options.is_true("force_remove"), "--force");
    flags.quoted("", options.given("plugin_name"));
    flags.joined()
}

fn secrets(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.word_if(options.get("ensure").as_str() == Some("present"), "create");
    flags.quoted("", options.given("secret_name"));
    flags.quoted("", options.given("secret_path"));
    // The module never puts the label in.
    for _ in flat(options.get("label")) {
        flags.word("-l %s \\\n");
    }
    flags.joined()
}

fn service(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.quoted("", options.given("service_name"));
    flags.word_if(options.is_not_false("detach"), "--detach");
    flags.each(options.list("env"), |pair| format!("--env '{pair}'"));
    for (key, flag) in [
        ("label", "--label"),
        ("mounts", "--mount"),
        ("networks", "--network"),
    ] {
        flags.each(options.list(key), |value| format!("{flag} {value}"));
    }
    match options.list("publish") {
        Some(ports) => flags.each(Some(ports), |port| format!("--publish {port}")),
        None => flags.quoted("--publish ", options.given("publish")),
    }
    flags.quoted("--replicas ", options.given("replicas"));
    flags.word_if(options.is_not_false("tty"), "--tty");
    flags.quoted("--user ", options.given("user"));
    flags.quoted("--workdir ", options.given("workdir"));
    flags.flat(options.list("extra_params"));
    flags.quoted("-H ", options.given("host_socket"));
    let mirror = |mirror: String| format!("--registry-mirror='{mirror}'");
    match options.list("registry_mirror") {
        Some(mirrors) => flags.each(Some(mirrors), mirror),
        None => flags.quoted("--registry-mirror=", options.given("registry_mirror")),
    }
    flags.quoted("", options.given("image"));
    match options.list("command") {
        Some(words) => {
            let words = words.iter().flat_map(elements).map(shown);
            flags.word(words.collect::<Vec<_>>().join(" "));
        }
        None => flags.0.extend(options.given("command")),
    }
    flags.joined()
}

fn stack(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.quoted("--bundle-file ", options.given("bundle_file"));
    flags.each(options.list("compose_files"), |file| {
        format!("--compose-file '{file}'")
    });
    flags.quoted("--resolve-image ", options.given("resolve_image"));
    flags.word_if(options.is_given("prune"), "--prune");
    flags.word_if(
        options.is_given("with_registry_auth"),
        "--with-registry-auth",
    );
    flags.joined()
}

fn swarm_init(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.word_if(options.is_not_false("init"), "init");
    flags.quoted("--advertise-addr ", options.given("advertise_addr"));
    flags.word_if(options.is_not_false("autolock"), "--autolock");
    flags.quoted("--cert-expiry ", options.given("cert_expiry"));
    flags.each(options.list("default_addr_pool"), |pool| {
        format!("--default-addr-pool {pool}")
    });
    flags.quoted(
        "--default-addr-pool-mask-length ",
        options.given("default_addr_pool_mask_length"),
    );
    flags.quoted(
        "--dispatcher-heartbeat ",
        options.given("dispatcher_heartbeat"),
    );
    flags.quoted("--external-ca ", options.given("external_ca"));
    flags.word_if(
        options.is_not_false("force_new_cluster"),
        "--force-new-cluster",
    );
    flags.quoted("--listen-addr ", options.given("listen_addr"));
    flags.quoted("--max-snapshots ", options.given("max_snapshots"));
    flags.quoted("--snapshot-interval ", options.given("snapshot_interval"));
    flags.joined()
}

fn swarm_join(call: &Call<'_, '_>) -> Evaluated {
    let options = Options::of(call);
    let mut flags = Flags::default();
    flags.word_if(options.is_not_false("join"), "join");
    flags.quoted("--advertise-addr ", options.given("advertise_addr"));
    if let Some(address) = options.given("listen_addr") {
        flags.word(format!("--listen-addr \"{address}\""));
    }
    flags.quoted("--token ", options.given("token"));
    flags.joined()
}
