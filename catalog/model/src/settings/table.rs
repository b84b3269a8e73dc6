//! The settings that are known: names, kinds and defaults.
//!
//! Names are those of Puppet's configuration reference; where things live is Ficelle's own.

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A path.
    Path,
    /// Paths, separated by colons.
    Paths,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Seconds, or a number with a unit.
    Duration,
    /// Values, separated by commas.
    List,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// A known setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Its default; other settings may stand in it.
    pub default: &'static str,
}

/// Every known setting, by name.
pub fn settings() -> &'static [Setting] {
    TABLE
}

/// A setting by its name (not an old spelling: see [`canonical_name`]).
pub fn find(name: &str) -> Option<&'static Setting> {
    TABLE
        .binary_search_by(|setting| setting.name.cmp(name))
        .ok()
        .map(|at| &TABLE[at])
}

/// The name of today for an old spelling; every other name as it is.
pub fn canonical_name(name: &str) -> &str {
    match name {
        "masterport" => "serverport",
        "masterhttplog" => "serverhttplog",
        "master_urls" => "server_list",
        "master_used" => "server_used",
        "reportserver" => "report_server",
        "rest_authconfig" => "auth_config",
        "ignoreschedules" => "ignore_schedules",
        other => other,
    }
}

const fn setting(name: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting {
        name,
        kind,
        default,
    }
}

use Kind::{Boolean, Duration, Integer, List, OneOf, Path, Paths, Text};

/// Sorted by name: [`find`] searches it in halves.
#[rustfmt::skip]
static TABLE: &[Setting] = &[
    setting("agent_catalog_run_lockfile", Path, "$statedir/agent_catalog_run.lock"),
    setting("agent_disabled_lockfile", Path, "$statedir/agent_disabled.lock"),
    setting("allow_duplicate_certs", Boolean, "false"),
    setting("allow_pson_serialization", Boolean, "true"),
    setting("audit_log", Path, "$logdir/audit.log"),
    setting("autosign", Text, "$confdir/autosign.conf"),
    setting("basemodulepath", Paths, "$codedir/modules:/usr/share/puppet/modules"),
    setting("bindaddress", Text, "*"),
    setting("ca", Boolean, "true"),
    setting("ca_fingerprint", Text, ""),
    setting("ca_name", Text, "Ficelle CA: $certname"),
    setting("ca_port", Integer, "$serverport"),
    setting("ca_server", Text, "$server"),
    setting("ca_ttl", Duration, "15y"),
    setting("cacert", Path, "$cadir/ca_crt.pem"),
    setting("cacrl", Path, "$cadir/ca_crl.pem"),
    setting("cadir", Path, "$vardir/ca"),
    setting("cakey", Path, "$cadir/ca_key.pem"),
    setting("catalog_cache_terminus", Text, "json"),
    setting("cert_ttl", Duration, "5y"),
    setting("certdir", Path, "$ssldir/certs"),
    setting("certificate_revocation", OneOf(&["true", "false", "chain", "leaf"]), "chain"),
    setting("certname", Text, "$fqdn"),
    setting("classfile", Path, "$statedir/classes.txt"),
    setting("client_datadir", Path, "$vardir/client_data"),
    setting("clientbucketdir", Path, "$vardir/clientbucket"),
    setting("codedir", Path, "$confdir/code"),
    setting("color", OneOf(&["ansi", "true", "false", "html", "console", "yes", "no"]), "ansi"),
    setting("compile_timeout", Duration, "60"),
    setting("confdir", Path, "/etc/ficelle"),
    setting("config", Path, "$confdir/puppet.conf"),
    setting("config_version", Text, ""),
    setting("csr_attributes", Path, "$confdir/csr_attributes.yaml"),
    setting("daemonize", Boolean, "false"),
    setting("database", Text, "sqlite:$vardir/ficelle.db"),
    setting("default_manifest", Path, "./manifests"),
    setting("deviceconfig", Path, "$confdir/device.conf"),
    setting("diff", Text, "diff"),
    setting("digest_algorithm", OneOf(&["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "md5lite", "sha256lite"]), "sha256"),
    setting("disable_i18n", Boolean, "true"),
    setting("disable_per_environment_manifest", Boolean, "false"),
    setting("dns_alt_names", List, ""),
    setting("environment", Text, "production"),
    setting("environment_data_provider", Text, ""),
    setting("environment_timeout", Duration, "unlimited"),
    setting("environmentpath", Paths, "$codedir/environments"),
    setting("evaltrace", Boolean, "false"),
    setting("external_nodes", Text, ""),
    setting("factpath", Paths, "$vardir/facts:$vardir/lib/facter"),
    setting("fileserverconfig", Path, "$confdir/fileserver.conf"),
    setting("filetimeout", Duration, "15"),
    setting("freeze_main", Boolean, "false"),
    setting("graph", Boolean, "false"),
    setting("graphdir", Path, "$statedir/graphs"),
    setting("group", Text, "ficelle"),
    setting("hiera_config", Path, "$confdir/hiera.yaml"),
    setting("hostcert", Path, "$certdir/$certname.pem"),
    setting("hostcrl", Path, "$ssldir/crl.pem"),
    setting("hostcsr", Path, "$requestdir/$certname.pem"),
    setting("hostprivkey", Path, "$privatekeydir/$certname.pem"),
    setting("hostpubkey", Path, "$publickeydir/$certname.pem"),
    setting("http_connect_timeout", Duration, "2m"),
    setting("http_debug", Boolean, "false"),
    setting("http_keepalive_timeout", Duration, "4"),
    setting("http_proxy_host", Text, "none"),
    setting("http_proxy_port", Integer, "3128"),
    setting("http_read_timeout", Duration, "10m"),
    setting("ignore_schedules", Boolean, "false"),
    setting("ignorecache", Boolean, "false"),
    setting("include_legacy_facts", Boolean, "true"),
    setting("key_type", OneOf(&["ec", "rsa"]), "ec"),
    setting("keylength", Integer, "4096"),
    setting("lastrunfile", Path, "$publicdir/last_run_summary.yaml"),
    setting("lastrunreport", Path, "$statedir/last_run_report.yaml"),
    setting("libdir", Path, "$vardir/lib"),
    setting("localcacert", Path, "$certdir/ca.pem"),
    setting("log_format", OneOf(&["human", "json"]), "human"),
    setting("log_level", OneOf(&["debug", "info", "notice", "warning", "err", "alert", "emerg", "crit"]), "notice"),
    setting("logdest", Text, ""),
    setting("logdir", Path, "/var/log/ficelle"),
    setting("manifest", Path, ""),
    setting("manifests", Path, ""),
    setting("max_deprecations", Integer, "10"),
    setting("max_errors", Integer, "10"),
    setting("max_warnings", Integer, "10"),
    setting("maximum_uid", Integer, "4294967290"),
    setting("maxwaitforcert", Duration, "unlimited"),
    setting("maxwaitforlock", Duration, "1m"),
    setting("mkusers", Boolean, "false"),
    setting("modulepath", Paths, ""),
    setting("name", Text, ""),
    setting("node_name_value", Text, "$certname"),
    setting("node_terminus", OneOf(&["plain", "exec"]), "plain"),
    setting("noop", Boolean, "false"),
    setting("onetime", Boolean, "false"),
    setting("ordering", Text, "manifest"),
    setting("passfile", Path, "$privatedir/password"),
    setting("path", Text, "none"),
    setting("pidfile", Path, "$rundir/${run_mode}.pid"),
    setting("plugindest", Path, "$libdir"),
    setting("pluginfactdest", Path, "$vardir/facts.d"),
    setting("pluginfactsource", Text, "puppet:///pluginfacts"),
    setting("pluginsignore", Text, ".svn CVS .git .hg"),
    setting("pluginsource", Text, "puppet:///plugins"),
    setting("pluginsync", Boolean, "true"),
    setting("preferred_serialization_format", Text, "json"),
    setting("prerun_command", Text, ""),
    setting("preview_outputdir", Path, "$vardir/preview"),
    setting("priority", Text, ""),
    setting("privatedir", Path, "$ssldir/private"),
    setting("privatekeydir", Path, "$ssldir/private_keys"),
    setting("profile", Boolean, "false"),
    setting("publicdir", Path, "$vardir/public"),
    setting("publickeydir", Path, "$ssldir/public_keys"),
    setting("report", Boolean, "true"),
    setting("report_keep", Integer, "50"),
    setting("report_port", Integer, "$serverport"),
    setting("report_server", Text, "$server"),
    setting("report_ttl", Duration, "30d"),
    setting("reportdir", Path, "$vardir/reports"),
    setting("reports", List, "store"),
    setting("requestdir", Path, "$ssldir/certificate_requests"),
    setting("resourcefile", Path, "$statedir/resources.txt"),
    setting("resubmit_facts", Boolean, "false"),
    setting("rich_data", Boolean, "true"),
    setting("route_file", Path, "$confdir/routes.yaml"),
    setting("ruby", Text, "ruby"),
    setting("ruby_memory", Integer, "2048"),
    setting("ruby_timeout", Duration, "30"),
    setting("rundir", Path, "/run/ficelle"),
    setting("runinterval", Duration, "30m"),
    setting("runtimeout", Duration, "1h"),
    setting("server", Text, "puppet"),
    setting("server_datadir", Path, "$vardir/server_data"),
    setting("server_list", List, ""),
    setting("serverport", Integer, "8140"),
    setting("show_diff", Boolean, "false"),
    setting("skip_tags", List, ""),
    setting("sourceaddress", Text, ""),
    setting("splay", Boolean, "false"),
    setting("splaylimit", Duration, "$runinterval"),
    setting("ssl_lockfile", Path, "$ssldir/ssl.lock"),
    setting("ssldir", Path, "$vardir/ssl"),
    setting("statedir", Path, "$vardir/state"),
    setting("statefile", Path, "$statedir/state.yaml"),
    setting("statettl", Duration, "32d"),
    setting("static_catalogs", Boolean, "true"),
    setting("storeconfigs", Boolean, "true"),
    setting("strict", OneOf(&["off", "warning", "error"]), "error"),
    setting("strict_environment_mode", Boolean, "false"),
    setting("strict_hostname_checking", Boolean, "true"),
    setting("strict_variables", Boolean, "true"),
    setting("summarize", Boolean, "false"),
    setting("supported_checksum_types", List, "sha256,sha384,sha512,sha224,md5"),
    setting("tags", List, ""),
    setting("tasks", Boolean, "false"),
    setting("trace", Boolean, "false"),
    setting("transactionstorefile", Path, "$statedir/transactionstore.yaml"),
    setting("trusted_external_command", Path, ""),
    setting("trusted_oid_mapping_file", Path, "$confdir/custom_trusted_oid_mapping.yaml"),
    setting("use_cached_catalog", Boolean, "false"),
    setting("usecacheonfailure", Boolean, "true"),
    setting("user", Text, "ficelle"),
    setting("vardir", Path, "/var/lib/ficelle"),
    setting("versioned_environment_dirs", Boolean, "false"),
    setting("waitforcert", Duration, "2m"),
    setting("waitforlock", Duration, "0"),
    setting("write_catalog_summary", Boolean, "true"),
    setting("yamldir", Path, "$vardir/yaml"),
];
