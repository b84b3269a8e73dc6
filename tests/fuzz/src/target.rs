//! What reads text, one target each.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ficelle_compiler::{CompileRequest, Environment, EnvironmentDefaults, MemoryInputs, evaluate};
use ficelle_language::{
    Value,
    erb::Template,
    formats::{convert, sprintf, strftime, timezone},
    types::parse::parse_plain,
    values::{
        Regexp,
        time::{strptime, timespan},
    },
};
use ficelle_lookup::eyaml::{self, KeyPair, PrivateKey};
use ficelle_model::{Certname, Data, EnvironmentName, Facts, wire, yaml};
use ficelle_syntax::{
    Dialect, ParseOptions, Parsed, ValidateOptions, parse, parse_epp, pn, source::Source, tokens,
    validate,
};

/// What reads text.
pub enum Target {
    Lexer,
    Parser,
    Epp,
    Erb,
    Ruby,
    Render(Box<World>),
    Yaml,
    Interpolation(Box<World>),
    Types,
    Regexp,
    Formats,
    Times,
    Eyaml(Box<PrivateKey>),
    Wire,
}

const NAMES: &[&str] = &[
    "lexer",
    "parser",
    "epp",
    "erb",
    "ruby",
    "render",
    "yaml",
    "interpolation",
    "types",
    "regexp",
    "formats",
    "times",
    "eyaml",
    "wire",
];

pub fn names() -> String {
    NAMES.join(" ")
}

impl Target {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lexer" => Self::Lexer,
            "parser" => Self::Parser,
            "epp" => Self::Epp,
            "erb" => Self::Erb,
            "ruby" => Self::Ruby,
            "render" => Self::Render(Box::default()),
            "yaml" => Self::Yaml,
            "interpolation" => Self::Interpolation(Box::default()),
            "types" => Self::Types,
            "regexp" => Self::Regexp,
            "formats" => Self::Formats,
            "times" => Self::Times,
            "eyaml" => {
                let pair = KeyPair::generate().expect("a pair of keys");
                let key = PrivateKey::from_pem(&pair.private).expect("a key");
                Self::Eyaml(Box::new(key))
            }
            "wire" => Self::Wire,
            _ => return None,
        })
    }

    pub fn run(&self, text: &str) {
        match self {
            Self::Lexer => cut(text),
            Self::Parser => tree(text, parse),
            Self::Epp => tree(text, parse_epp),
            Self::Erb => drop(Template::parse(text)),
            Self::Ruby => drop(Template::parse(&format!("<%\n{text}\n%>"))),
            Self::Render(world) => world.render(text),
            Self::Yaml => mapping(text),
            Self::Interpolation(world) => world.interpolate(text),
            Self::Types => types(text),
            Self::Regexp => matching(text),
            Self::Formats => formats(text),
            Self::Times => times(text),
            Self::Eyaml(key) => drop(eyaml::decrypt_text(std::slice::from_ref(&**key), text)),
            Self::Wire => {
                drop(wire::facts::read(text.as_bytes()));
                drop(wire::catalog::read(text.as_bytes()));
                drop(wire::resource::read(text));
            }
        }
    }
}

/// Tokens lie in the text, one behind the other.
fn cut(text: &str) {
    for dialect in [Dialect::Manifest, Dialect::Epp] {
        for span in tokens(text, dialect, ParseOptions::default()) {
            assert!(span.start <= span.end && span.end as usize <= text.len());
        }
    }
}

/// A tree can be written down, and what is wrong with it can be told.
fn tree(text: &str, parse: fn(Arc<Source>, ParseOptions) -> Parsed) {
    let parsed = parse(Source::new(None, text), ParseOptions { tasks: false });
    let _ = pn::program(&parsed.program).to_json();
    let mut found = parsed.diagnostics;
    found.extend(validate(&parsed.program, &ValidateOptions::default()));
    for one in found {
        let _ = (one.to_string(), one.render_pretty());
    }
}

/// What was read can be written and read again.
fn mapping(text: &str) {
    if let Ok(node) = yaml::parse(text) {
        let data = node.to_data();
        let emitted = yaml::emit(&data);
        if is_plain(&data)
            && let Err(error) = yaml::parse(&emitted)
        {
            panic!("{error} in what was emitted: {emitted:?}");
        }
    }
}

fn is_plain(data: &Data) -> bool {
    match data {
        Data::Array(elements) => elements.iter().all(is_plain),
        Data::Hash(hash) => hash.values().all(is_plain),
        Data::Sensitive(_) | Data::Typed(_) | Data::Default => false,
        _ => true,
    }
}

/// A type's text is a type's text.
fn types(text: &str) {
    if let Ok(found) = parse_plain(text) {
        let written = found.to_string();
        let _ = (found.expanded_text(), parse_plain(&written));
    }
}

/// A pattern, and behind a line break what it is tried on.
fn matching(text: &str) {
    let (pattern, subject) = text.split_once('\n').unwrap_or((text, "aaaaaaaaaaaaaaaab"));
    if let Ok(regexp) = Regexp::compile(pattern) {
        drop(regexp.is_match(subject));
        drop(regexp.captures(subject));
        let _ = regexp.delimited();
    }
}

fn formats(text: &str) {
    let arguments = [
        Value::Integer(-42),
        Value::Float(1.5e10),
        Value::string("text"),
        Value::array([Value::Integer(1), Value::string("x")]),
        Value::Undef,
    ];
    drop(sprintf(text, &arguments));
    let named = Value::hash([(Value::string("a"), Value::Integer(7))].into_iter().collect());
    drop(sprintf(text, &[named]));
    let formats = Value::string(text);
    for argument in &arguments {
        drop(convert(argument, Some(&formats)));
    }
}

/// A format, and behind a line break what is read by it.
fn times(text: &str) {
    let (format, subject) = text.split_once('\n').unwrap_or((text, "2026-11-21T10:20:30"));
    drop(strptime::parse(subject, format, None));
    drop(strptime::parse_default(subject, None));
    drop(timespan::parse(subject, &[format]));
    if let Ok(zone) = timezone("UTC") {
        for at in [0, 1_700_000_000_000_000_000, -62_000_000_000_000_000_000] {
            drop(strftime(at, format, &zone));
        }
    }
}

/// A compile in memory: what templates and lookups run in.
pub struct World {
    environment: Environment,
    inputs: MemoryInputs,
    request: CompileRequest,
}

const DIRECTORY: &str = "/environments/production";
/// Less than what an input may take: whoever does not keep to it is found.
const DEADLINE: Duration = Duration::from_millis(300);

impl Default for World {
    fn default() -> Self {
        let mut inputs = MemoryInputs::new();
        inputs.add_directory(DIRECTORY);
        let name = EnvironmentName::production();
        let environment =
            Environment::open(name, DIRECTORY.into(), &EnvironmentDefaults::default(), &inputs);
        let facts = Facts {
            name: Certname::parse("web1").expect("a name"),
            values: Default::default(),
            timestamp: None,
            expiration: None,
        };
        Self {
            environment: environment.expect("an environment"),
            inputs,
            request: CompileRequest::new(facts.name.clone(), Arc::new(facts)),
        }
    }
}

impl World {
    fn evaluate(&self, code: &str, inputs: &MemoryInputs, variables: &[(Arc<str>, Value)]) {
        let mut request = self.request.clone();
        request.code = Some(code.into());
        request.deadline = Some(Instant::now() + DEADLINE);
        drop(evaluate(&request, &self.environment, inputs, variables));
    }

    fn render(&self, text: &str) {
        let variables = [
            ("template".into(), Value::string(text)),
            ("list".into(), Value::array([Value::Integer(1), Value::string("b")])),
            ("name_of_it".into(), Value::string("web1")),
        ];
        self.evaluate("inline_template($template)", &self.inputs, &variables);
    }

    /// The text as a value of the data, and as a path of the hierarchy.
    fn interpolate(&self, text: &str) {
        let mut inputs = self.inputs.clone();
        let quoted = format!("{:?}", serde_like(text));
        inputs.add_file(
            format!("{DIRECTORY}/hiera.yaml"),
            format!(
                "version: 5\nhierarchy:\n  - {{name: a, path: common.json, data_hash: json_data}}\n\
                 \x20 - {{name: b, path: {quoted}, data_hash: json_data}}\n"
            ),
        );
        inputs.add_file(
            format!("{DIRECTORY}/data/common.json"),
            format!(r#"{{"k": {quoted}, "a": ["%{{lookup('k')}}", 1], "h": {{"x": {{"y": 2}}}}}}"#),
        );
        let variables = [("fact".into(), Value::string("web"))];
        self.evaluate("[lookup('k', default_value => 1), lookup('missing', default_value => 1)]",
            &inputs, &variables);
    }
}

/// The characters that mean the same in Rust's quotes as in JSON's and YAML's.
fn serde_like(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~')).collect()
}
