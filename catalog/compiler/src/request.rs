//! What a compile is asked and what it answers.

use std::{sync::Arc, time::Instant};

use ficelle_model::{
    Catalog, Certname, Facts, Resource,
    data::{Data, DataHash},
};
use indexmap::IndexMap;

use crate::inputs::ReadSet;

/// Parameters of a class, by name.
pub type ParameterMap = DataHash;

/// Everything that is known of a node before its manifests are evaluated.
#[derive(Clone, Debug)]
pub struct CompileRequest {
    /// The node.
    pub node: Certname,
    /// What it says of itself.
    pub facts: Arc<Facts>,
    /// `$trusted`: what its certificate says; see [`Trusted`].
    pub trusted: DataHash,
    /// `$server_facts`: `serverversion`, `servername`, `serverip`, `environment`.
    pub server_facts: DataHash,
    /// What an external classifier says of it.
    pub classification: Classification,
    /// How strict the language is, and what `$settings::…` shows.
    pub settings: Settings,
    /// Code that takes the place of the environment's manifests (`--execute`, tests).
    pub code: Option<Arc<str>>,
    /// When to give up.
    pub deadline: Option<Instant>,
    /// What was read to ask this: the catalog depends on it as on what the compile reads.
    pub reads: ReadSet,
}

impl CompileRequest {
    /// A node without classification, under default settings.
    pub fn new(node: Certname, facts: Arc<Facts>) -> Self {
        let trusted = Trusted::new(&node).into_hash();
        Self {
            node,
            facts,
            trusted,
            server_facts: DataHash::default(),
            classification: Classification::default(),
            settings: Settings::default(),
            code: None,
            deadline: None,
            reads: ReadSet::default(),
        }
    }
}

/// What `$trusted` shows of a node.
#[derive(Clone, Debug)]
pub struct Trusted {
    node: Certname,
    /// How it is known: by its certificate, or because it compiles for itself.
    pub authenticated: Authenticated,
    /// The extensions of its certificate, by name.
    pub extensions: DataHash,
    /// What `trusted_external_command` says.
    pub external: Data,
}

/// How a node is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticated {
    /// By a certificate that was verified.
    Remote,
    /// It is the machine that compiles.
    Local,
}

impl Trusted {
    /// A node whose certificate was verified and says nothing but its name.
    pub fn new(node: &Certname) -> Self {
        Self {
            node: node.clone(),
            authenticated: Authenticated::Remote,
            extensions: DataHash::default(),
            external: Data::hash(DataHash::default()),
        }
    }

    /// The variable.
    pub fn into_hash(self) -> DataHash {
        let name = self.node.as_str();
        let (hostname, domain) = match name.split_once('.') {
            Some((hostname, domain)) => (hostname, Data::from(domain)),
            None => (name, Data::Undef),
        };
        let authenticated = match self.authenticated {
            Authenticated::Remote => "remote",
            Authenticated::Local => "local",
        };
        DataHash::from_iter([
            ("authenticated".into(), Data::from(authenticated)),
            ("certname".into(), Data::from(name)),
            ("extensions".into(), Data::hash(self.extensions)),
            ("hostname".into(), Data::from(hostname)),
            ("domain".into(), domain),
            ("external".into(), self.external),
        ])
    }
}

/// What an external node classifier gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classification {
    /// Classes, with parameters where some were given.
    pub classes: IndexMap<Arc<str>, ParameterMap>,
    /// Top-scope variables.
    pub parameters: DataHash,
}

/// The settings that a compile obeys.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `strict`
    pub strict: Strictness,
    /// `strict_variables`
    pub strict_variables: bool,
    /// `tasks`: plans and the task functions of the language.
    pub tasks: bool,
    /// Whether anybody wants what is logged at the level `debug`.
    pub debug: bool,
    /// `storeconfigs`: exported resources are kept and can be collected.
    pub storeconfigs: bool,
    /// `rich_data`: rich values stay themselves in the catalog.
    pub rich_data: bool,
    /// `hiera_config`: the global `hiera.yaml`.
    pub hiera_config: Option<camino::Utf8PathBuf>,
    /// What stands in `$settings::NAME`.
    pub values: DataHash,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strict: Strictness::Error,
            strict_variables: true,
            tasks: false,
            debug: true,
            storeconfigs: true,
            rich_data: true,
            hiera_config: None,
            values: DataHash::default(),
        }
    }
}

/// The `strict` setting: what becomes of a dubious construct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing is said.
    Off,
    /// A warning.
    Warning,
    /// The compile fails.
    #[default]
    Error,
}

/// What a compile gives.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The catalog. Its resources are the realized ones.
    pub catalog: Catalog,
    /// The resources that this node exports, virtual ones among them, in the order of evaluation.
    pub exported: Vec<Resource>,
    /// What was said on the way.
    pub logs: Vec<LogMessage>,
    /// What was read: while none of it changes, neither does the catalog.
    pub reads: ReadSet,
}

/// A message of the compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogMessage {
    /// How loud.
    pub level: Level,
    /// The text, with its position where the reference gives one.
    pub message: Arc<str>,
    /// The scope that said it: `Scope(Class[main])`; empty for the compiler itself.
    pub source: Arc<str>,
    /// The file that said it.
    pub file: Option<Arc<str>>,
    /// The line.
    pub line: Option<u32>,
}

impl LogMessage {
    /// A warning of the compiler itself, of no place.
    pub(crate) fn warning(message: impl Into<Arc<str>>) -> Self {
        Self {
            level: Level::Warning,
            message: message.into(),
            source: "".into(),
            file: None,
            line: None,
        }
    }
}

/// How loud a message is, from the quietest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `debug`
    Debug,
    /// `info`
    Info,
    /// `notice`
    Notice,
    /// `warning`
    Warning,
    /// `err`
    Error,
    /// `alert`
    Alert,
    /// `emerg`
    Emergency,
    /// `crit`
    Critical,
}

impl Level {
    /// The name that the log functions and the wire use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "err",
            Self::Alert => "alert",
            Self::Emergency => "emerg",
            Self::Critical => "crit",
        }
    }

    /// The level of a log function's name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Debug,
            Self::Info,
            Self::Notice,
            Self::Warning,
            Self::Error,
            Self::Alert,
            Self::Emergency,
            Self::Critical,
        ]
        .into_iter()
        .find(|level| level.as_str() == name)
    }
}
