//! Cases of kind `compile`: a manifest and the files around it in, a catalog out.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, LazyLock};

use camino::Utf8PathBuf;
use ficelle_compiler::{
    CompileRequest, Compiled, DiskInputs, Environment, EnvironmentDefaults, EnvironmentError,
    LogMessage, MemoryInputs, Strictness, compile,
};
use ficelle_model::data::{Data, DataHash};
use ficelle_model::inputs::Inputs;
use ficelle_model::wire::data::{Form, Richness};
use ficelle_model::{Certname, EnvironmentName, Facts, Resource};
use ficelle_ruby::Pool;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::case::{Case, Log, Observed};
use super::compare::same;

/// Where the environments of a case lie: in memory, or below a folder of its own where Ruby has
/// to read them too.
const ENVIRONMENTS: &str = "/environments";

/// The files of a case.
pub(super) struct World {
    pub inputs: Box<dyn Inputs>,
    /// The folder on the disk, where there is one.
    folder: Option<TempDir>,
}

impl World {
    /// The files of a case. Where code in Ruby is among them they are written to the disk.
    pub fn of(case: &Case) -> Self {
        static RUBY: LazyLock<Arc<Pool>> =
            LazyLock::new(|| Arc::new(Pool::new(ficelle_ruby::Settings::default())));
        let files: Vec<(&String, &str)> = case
            .raw
            .get("files")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(path, content)| (path, content.as_str().unwrap_or_default()))
            .collect();
        let inside = |path: &str| match path {
            "@hiera_config" => "/hiera.yaml".to_owned(),
            path => format!("{ENVIRONMENTS}{path}"),
        };
        if !files.iter().any(|(path, _)| path.ends_with(".rb")) {
            let mut inputs = MemoryInputs::new();
            for (path, content) in files {
                inputs.add_file(inside(path), content);
            }
            return Self {
                inputs: Box::new(inputs),
                folder: None,
            };
        }
        let folder = TempDir::new().expect("a folder can be made");
        for (path, content) in files {
            let path = folder.path().join(&inside(path)[1..]);
            let parent = path.parent().expect("it is in the folder");
            fs::create_dir_all(parent).expect("a folder can be made");
            #[expect(clippy::disallowed_methods, reason = "a fresh folder of our own")]
            fs::write(&path, content).expect("a file can be written");
        }
        Self {
            inputs: Box::new(DiskInputs::new().with_ruby(RUBY.clone())),
            folder: Some(folder),
        }
    }

    /// Where the environments' paths begin.
    fn root(&self) -> &str {
        let folder = self.folder.as_ref().map(|folder| folder.path());
        folder.and_then(|path| path.to_str()).unwrap_or_default()
    }

    /// A text as if the files were in no folder of their own.
    pub fn plain(&self, text: &str) -> String {
        match self.root() {
            "" => text.to_owned(),
            root => text.replace(root, ""),
        }
    }
}

/// Compiles the catalog of the case's node.
pub fn observe(case: &Case) -> Observed {
    let world = World::of(case);
    let environment = match environment(case, &world) {
        Ok(environment) => environment,
        Err(error) => return Observed::error(world.plain(&error.to_string())),
    };
    let (request, name) = request(case, &world);
    match compile(&request, &environment, &*world.inputs) {
        Ok(compiled) => Observed {
            logs: logs(&compiled.logs, &world),
            ..Observed::result("catalog", catalog(&compiled, &name))
        },
        Err(mut error) => {
            // The recording has the text before the node is added to it.
            error.node = None;
            error.environment = None;
            let text = error.to_string().replace(request.node.as_str(), &name);
            Observed::error(world.plain(&text))
        }
    }
}

pub(super) fn environment(case: &Case, world: &World) -> Result<Environment, EnvironmentError> {
    let inputs = &*world.inputs;
    let environments = format!("{}{ENVIRONMENTS}", world.root());
    let name = case
        .raw
        .get("environment")
        .and_then(Value::as_str)
        .unwrap_or("production");
    let directory = Utf8PathBuf::from(format!("{environments}/{name}"));
    let name = EnvironmentName::parse(name)?;
    let modulepath: Option<Vec<Utf8PathBuf>> = case
        .raw
        .get("modulepath")
        .and_then(Value::as_array)
        .map(|paths| {
            let paths = paths.iter().filter_map(Value::as_str);
            paths
                .map(|path| format!("{environments}{path}").into())
                .collect()
        });
    let has_directory = case
        .raw
        .get("files")
        .and_then(Value::as_object)
        .is_some_and(|files| {
            files
                .keys()
                .any(|path| path.starts_with(&format!("/{name}/")))
        });
    if has_directory {
        let environment =
            Environment::open(name, &directory, &EnvironmentDefaults::default(), inputs)?;
        return match modulepath {
            Some(modulepath) => environment.with_modulepath(modulepath, inputs),
            None => Ok(environment),
        };
    }
    let modulepath = modulepath.unwrap_or_else(|| vec![directory.join("modules")]);
    Environment::bare(name, modulepath, None, inputs)
}

pub(super) fn request(case: &Case, world: &World) -> (CompileRequest, String) {
    let node = case
        .raw
        .get("node")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let name = node
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or("test")
        .to_owned();
    // One recorded name has a space, which no certificate has.
    let certname = Certname::from_typed(&name.replace(' ', "_")).expect("a usable name");
    let facts = Facts {
        name: certname.clone(),
        values: DataHash::default(),
        timestamp: None,
        expiration: None,
    };
    let mut request = CompileRequest::new(certname, Arc::new(facts));
    request.code = (!case.code.is_empty()).then(|| case.code.as_str().into());
    let settings = &mut request.settings;
    settings.strict = match case.setting("strict") {
        Some("off") => Strictness::Off,
        Some("warning") => Strictness::Warning,
        _ => Strictness::Error,
    };
    settings.strict_variables = case.flag("strict_variables").unwrap_or(true);
    settings.tasks = case.flag("tasks").unwrap_or(false);
    settings.storeconfigs = false;
    settings.hiera_config = Some(format!("{}/hiera.yaml", world.root()).into());
    let classification = &mut request.classification;
    match node.get("classes") {
        Some(Value::Array(classes)) => {
            for class in classes.iter().filter_map(Value::as_str) {
                classification
                    .classes
                    .insert(class.into(), Default::default());
            }
        }
        Some(Value::Object(classes)) => {
            for (class, parameters) in classes {
                let parameters = parameters.as_object().map(hash).unwrap_or_default();
                classification
                    .classes
                    .insert(class.as_str().into(), parameters);
            }
        }
        _ => {}
    }
    if let Some(parameters) = node.get("parameters").and_then(Value::as_object) {
        classification.parameters = hash(parameters);
    }
    (request, name)
}

fn hash(values: &Map<String, Value>) -> DataHash {
    values
        .iter()
        .map(|(name, value)| (name.as_str().into(), data(value)))
        .collect()
}

/// The catalog's data that JSON stands for.
pub(crate) fn data(value: &Value) -> Data {
    match value {
        Value::Null => Data::Undef,
        Value::Bool(value) => Data::Boolean(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Data::Integer(number),
            None => Data::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Data::from(text.as_str()),
        Value::Array(elements) => Data::Array(elements.iter().map(data).collect()),
        Value::Object(hash) => Data::hash(self::hash(hash)),
    }
}

pub(super) fn logs(messages: &[LogMessage], world: &World) -> Vec<Log> {
    messages
        .iter()
        .map(|log| Log {
            level: log.level.as_str().to_owned(),
            message: world.plain(&log.message),
        })
        .collect()
}

/// The catalog in the form of the recording: without the version and `Class[Settings]`.
fn catalog(compiled: &Compiled, name: &str) -> Value {
    let catalog = &compiled.catalog;
    let resources: Vec<Value> = catalog
        .resources
        .iter()
        .filter(|resource| !is_settings(&resource.reference.to_string()))
        .map(resource)
        .collect();
    let edges: Vec<Value> = catalog
        .edges
        .iter()
        .map(|edge| (edge.source.to_string(), edge.target.to_string()))
        .filter(|(_, target)| !is_settings(target))
        .map(|(source, target)| json!({"source": source, "target": target}))
        .collect();
    let words = |words: &mut dyn Iterator<Item = &Arc<str>>| -> Vec<String> {
        words
            .filter(|word| &***word != "settings")
            .map(|word| word.to_string())
            .collect()
    };
    json!({
        "tags": words(&mut catalog.tags.iter()),
        "name": name,
        "environment": catalog.environment.as_str(),
        "resources": resources,
        "edges": edges,
        "classes": words(&mut catalog.classes.iter()),
    })
}

fn is_settings(reference: &str) -> bool {
    reference == "Class[Settings]"
}

fn resource(resource: &Resource) -> Value {
    let mut out = Map::new();
    out.insert(
        "type".into(),
        resource.reference.type_name.to_string().into(),
    );
    out.insert("title".into(), resource.reference.title.to_string().into());
    out.insert(
        "tags".into(),
        resource.tags.iter().map(|tag| tag.to_string()).collect(),
    );
    out.insert("exported".into(), resource.exported.into());
    if !resource.parameters.is_empty() {
        let parameters: Map<String, Value> = resource
            .parameters
            .iter()
            .map(|(name, data)| {
                let form = Form {
                    data,
                    richness: Richness::Rich,
                };
                (
                    name.to_string(),
                    serde_json::to_value(form).unwrap_or_default(),
                )
            })
            .collect();
        out.insert("parameters".into(), parameters.into());
    }
    if !resource.sensitive.is_empty() {
        let names = resource.sensitive.iter().map(|name| name.to_string());
        out.insert("sensitive_parameters".into(), names.collect());
    }
    Value::Object(out)
}

/// How two catalogs differ: resources and edges in any order, tags and classes as sets; the order
/// of the resources is compared on its own.
pub fn catalog_difference(expected: &Value, observed: &Value) -> Option<String> {
    let resources = |catalog: &Value| -> Vec<Value> {
        catalog
            .get("resources")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let reference = |resource: &Value| {
        let part = |key: &str| {
            resource
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        format!("{}[{}]", part("type"), part("title"))
    };
    let (wanted, got) = (resources(expected), resources(observed));
    let names = |resources: &[Value]| -> Vec<String> { resources.iter().map(reference).collect() };
    if names(&wanted) != names(&got) {
        return Some(format!(
            "expected the resources: {:?}\n     got the resources: {:?}",
            names(&wanted),
            names(&got)
        ));
    }
    for (wanted, got) in wanted.iter().zip(&got) {
        let fields = |resource: &Value| -> BTreeSet<String> {
            let fields = resource
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, _)| key.clone());
            fields
                .filter(|key| !matches!(key.as_str(), "file" | "line" | "kind"))
                .collect()
        };
        for field in fields(wanted).union(&fields(got)) {
            let (left, right) = (wanted.get(field), got.get(field));
            let equal = match field.as_str() {
                "tags" | "sensitive_parameters" => words(left) == words(right),
                _ => match (left, right) {
                    (Some(left), Some(right)) => same(left, right),
                    (left, right) => left.is_none() && right.is_none(),
                },
            };
            if !equal {
                let name = reference(wanted);
                let show = |value: Option<&Value>| value.map_or("nothing".into(), Value::to_string);
                return Some(format!(
                    "{name}, {field}: expected {}\n     got {}",
                    show(left),
                    show(right)
                ));
            }
        }
    }
    for field in ["tags", "classes"] {
        let (wanted, got) = (words(expected.get(field)), words(observed.get(field)));
        if wanted != got {
            return Some(format!("{field}: expected {wanted:?}\n     got {got:?}"));
        }
    }
    let (wanted, got) = (edges(expected), edges(observed));
    if wanted != got {
        let missing: Vec<&String> = wanted.difference(&got).collect();
        let extra: Vec<&String> = got.difference(&wanted).collect();
        return Some(format!(
            "edges: missing {missing:?}, not expected {extra:?}"
        ));
    }
    let plain = |catalog: &Value, field: &str| catalog.get(field).cloned();
    ["name", "environment"].into_iter().find_map(|field| {
        let (wanted, got) = (plain(expected, field), plain(observed, field));
        (wanted != got).then(|| format!("{field}: expected {wanted:?}, got {got:?}"))
    })
}

fn words(value: Option<&Value>) -> BTreeSet<String> {
    let words = value.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn edges(catalog: &Value) -> BTreeSet<String> {
    let edges = catalog
        .get("edges")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    edges
        .map(|edge| {
            let end = |key: &str| edge.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{} -> {}", end("source"), end("target"))
        })
        .collect()
}
