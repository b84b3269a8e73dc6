//! What the steps from a manifest to a catalog's bytes cost: `cargo bench -p tests`.
//!
//! `small` and `medium` are the environments of `tests/bench`; `medium` is left out where
//! Debian's modules are not installed.

use std::{hint::black_box, path::Path, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ficelle_compiler::{
    CompileRequest, Compiled, DiskInputs, Environment, EnvironmentDefaults, compile, evaluate,
};
use ficelle_model::{
    Certname, EnvironmentName, Facts,
    wire::{self, Richness},
};
use ficelle_syntax::{Dialect, ParseOptions, ValidateOptions, source::Source};

/// As on the master.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MODULES: &str = "/usr/share/puppet/modules";

/// What the language does most, without a resource.
const EXPRESSIONS: &str = r#"
$numbers = range(1, 100)
$hosts = $numbers.map |$number| { sprintf('host%03d.example.org', $number) }
$entries = $hosts.reduce({}) |$all, $host| {
  $role = $host ? { /0[0-4]\d\./ => 'web', default => 'db' }
  $all + { $host => { 'role' => $role, 'port' => 8000 + $host.length } }
}
$chosen = $entries.filter |$name, $entry| { $entry['role'] == 'web' and $entry['port'] > 8000 }
$lines = $chosen.map |$name, $entry| {
  if $name =~ /^host(\d+)/ { "${name} ${entry['port']} ${1} ${facts['os']['family']}" } else { '' }
}
join($lines, "\n")
"#;

struct Site {
    environment: Environment,
    inputs: DiskInputs,
    request: CompileRequest,
}

impl Site {
    fn open(name: &str) -> Self {
        let directory = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("bench/environments")
            .join(name);
        let inputs = DiskInputs::new();
        let name = EnvironmentName::parse(name).expect("a name");
        let defaults = EnvironmentDefaults::default();
        let environment = Environment::open(name, &directory, &defaults, &inputs);
        let facts = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/facts.json");
        let facts = std::fs::read_to_string(facts).expect("the facts");
        let node = Certname::parse("node1").expect("a name");
        let facts = format!(r#"{{"name": "node1", "values": {facts}}}"#);
        let facts: Facts = wire::facts::read(facts.as_bytes()).expect("facts");
        Self {
            environment: environment.expect("the environment"),
            inputs,
            request: CompileRequest::new(node, Arc::new(facts)),
        }
    }

    fn compile(&self) -> Compiled {
        compile(&self.request, &self.environment, &self.inputs).expect("it compiles")
    }

    /// Those that this machine has what it takes for.
    fn all() -> Vec<(&'static str, Self)> {
        let mut all = vec![("small", Self::open("small"))];
        if Path::new(MODULES).join("apache").exists() {
            all.push(("medium", Self::open("medium")));
        }
        all
    }
}

/// Every manifest below the folders, Debian's modules among them where they are installed.
fn manifests() -> Vec<Arc<Source>> {
    let mut folders: Vec<Utf8PathBuf> = vec![
        concat!(env!("CARGO_MANIFEST_DIR"), "/bench/environments").into(),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../manifests").into(),
        MODULES.into(),
    ];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
            let path = entry.path().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some("pp")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                sources.push(Source::new(Some(path.as_str().into()), &*text));
            }
        }
    }
    sources
}

fn parse(criterion: &mut Criterion) {
    let sources = manifests();
    let bytes: usize = sources.iter().map(|source| source.text().len()).sum();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("manifests", |bencher| {
        bencher.iter(|| {
            for source in &sources {
                black_box(ficelle_syntax::parse(
                    Arc::clone(source),
                    ParseOptions::default(),
                ));
            }
        });
    });
    group.bench_function("manifests, validated", |bencher| {
        let options = ValidateOptions::default();
        bencher.iter(|| {
            for source in &sources {
                let source = Arc::clone(source);
                let loaded = ficelle_syntax::load(source, Dialect::Manifest, &options);
                let _ = black_box(loaded);
            }
        });
    });
}

fn expressions(criterion: &mut Criterion) {
    let mut site = Site::open("small");
    site.request.code = Some(EXPRESSIONS.into());
    criterion.bench_function("evaluate/expressions", |bencher| {
        bencher.iter(|| evaluate(&site.request, &site.environment, &site.inputs, &[]));
    });
}

fn catalogs(criterion: &mut Criterion) {
    for (name, site) in Site::all() {
        let catalog = site.compile().catalog;
        let resources = catalog.resources.len() as u64;
        let mut group = criterion.benchmark_group("compile");
        group.throughput(Throughput::Elements(resources));
        group.bench_function(name, |bencher| bencher.iter(|| site.compile()));
        group.finish();
        let form = wire::catalog::Form {
            catalog: &catalog,
            uuid: "1a5fcd42-3c6e-4f7f-9a57-1a5b4c0a2f10",
            richness: Richness::Rich,
        };
        let bytes = form.to_json().len() as u64;
        let mut group = criterion.benchmark_group("serialise");
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(name, |bencher| bencher.iter(|| form.to_json()));
    }
}

criterion_group!(benches, parse, expressions, catalogs);
criterion_main!(benches);
