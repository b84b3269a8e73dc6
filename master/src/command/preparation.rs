//! What `compile`, `lookup` and `eval` have in common: a node, its facts, its environment, and a
//! thread with a stack for deep manifests.

use std::{fs, sync::Arc, thread, time::Instant};

use anyhow::{Context as _, Result, bail};
use camino::Utf8Path;
use ficelle_api::compile::{Environments, StoreInputs};
use ficelle_compiler::{CompileRequest, DiskInputs, Environment, LogMessage};
use ficelle_model::{
    Certname, Data, EnvironmentName, Facts, data::DataHash, inputs::Inputs, wire, yaml,
};
use ficelle_store::Store;

use super::block_on;
use crate::installation::Installation;

/// As on the server's threads.
const STACK: usize = 64 * 1024 * 1024;

/// Whom something is compiled for.
pub struct Subject<'a> {
    /// The node.
    pub node: Certname,
    /// A file with facts.
    pub facts: Option<&'a Utf8Path>,
    /// What the facts are to the command.
    pub need: Need,
    /// Whether an external classifier is asked.
    pub is_classified: bool,
}

/// What facts are to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Those of the file, in place of those that the node sent; there must be some.
    Some,
    /// Those of the file over those that the node sent; there must be some.
    Overlaid,
    /// As [`Need::Overlaid`], or none.
    Any,
}

/// Does something with a request, an environment and what compiles read; gives what there is to
/// say of the environment, and what came of it.
pub fn with<T: Send + 'static>(
    installation: &Installation,
    subject: Subject<'_>,
    work: impl FnOnce(&CompileRequest, &Environment, &dyn Inputs) -> T + Send + 'static,
) -> Result<(Vec<LogMessage>, T)> {
    let given = subject.facts.map(read_facts).transpose()?;
    block_on(async {
        let store = match installation.has_store()? {
            true => Some(installation.store().await?),
            false => None,
        };
        let facts = facts(&subject, given, store.as_ref()).await?;
        let node = subject.node;
        let disk = Arc::new(installation.disk()?);
        let (request, environment) = prepare(
            installation,
            node.clone(),
            facts,
            subject.is_classified,
            &*disk,
        )?;
        let warnings = environment.configuration().warnings.clone();
        let runtime = tokio::runtime::Handle::current();
        let thread = thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || match store {
                Some(store) => {
                    let inputs = StoreInputs {
                        disk,
                        arrived: Instant::now(),
                        store,
                        runtime,
                        node,
                    };
                    work(&request, &environment, &inputs)
                }
                None => work(&request, &environment, &*disk as &dyn Inputs),
            })?;
        let done = tokio::task::spawn_blocking(|| thread.join()).await?;
        let done = done.map_err(|_| anyhow::anyhow!("internal error: the compile panicked"))?;
        Ok((warnings, done))
    })
}

fn prepare(
    installation: &Installation,
    node: Certname,
    facts: Facts,
    is_classified: bool,
    inputs: &dyn Inputs,
) -> Result<(CompileRequest, Arc<Environment>)> {
    let settings = &installation.settings;
    let mut name = EnvironmentName::parse(&settings.text("environment")?)?;
    let mut request = CompileRequest::new(node.clone(), Arc::new(facts));
    request.settings = installation.language()?;
    let definitions = installation.definitions()?;
    if is_classified {
        let failed = || format!("Failed when searching for node {node}");
        let classified = definitions
            .classify(&node, inputs)
            .with_context(failed)?
            .with_context(|| format!("Could not find node '{node}'; cannot compile"))?;
        if let Some(given) = classified.environment {
            name = given;
        }
        let (trusted, reads) = definitions
            .trusted(&node, DataHash::default(), inputs)
            .with_context(failed)?;
        request.trusted = trusted;
        request.classification = classified.classification;
        request.reads = reads.after(&classified.reads);
    }
    request.server_facts = definitions.server_facts(&installation.certname()?, &name);
    let timeout = settings.duration("compile_timeout")?;
    request.deadline = timeout.map(|timeout| Instant::now() + timeout);
    let environment = environment(installation, name)?;
    Ok((request, environment))
}

/// An environment; `--modulepath` and `--manifest` take the place of its own.
fn environment(installation: &Installation, name: EnvironmentName) -> Result<Arc<Environment>> {
    let settings = &installation.settings;
    let manifest = settings.path("manifest")?;
    let manifest = (!manifest.as_str().is_empty()).then_some(manifest);
    if settings.is_set("modulepath") {
        let disk = DiskInputs::new();
        let bare = Environment::bare(name, settings.paths("modulepath")?, manifest, &disk)?;
        return Ok(Arc::new(bare));
    }
    let folders = installation.environment_folders()?;
    let environments = Environments::new(folders, installation.environment_defaults()?);
    let environment = environments.get(&name, &**environments.disk())?;
    match manifest {
        None => Ok(environment),
        Some(manifest) => {
            drop(environments);
            let environment = Arc::into_inner(environment).expect("nobody else holds it");
            Ok(Arc::new(environment.with_manifest(manifest)))
        }
    }
}

async fn facts(
    subject: &Subject<'_>,
    given: Option<DataHash>,
    store: Option<&Arc<dyn Store>>,
) -> Result<Facts> {
    let node = &subject.node;
    let none = || Facts {
        name: node.clone(),
        values: DataHash::default(),
        timestamp: None,
        expiration: None,
    };
    let mut facts = match (store, &given, subject.need) {
        (_, Some(_), Need::Some) | (None, ..) => none(),
        (Some(store), ..) => match store.facts(node).await? {
            Some(kept) => wire::facts::read(&kept.json)?,
            None => none(),
        },
    };
    if facts.values.is_empty() && given.is_none() && subject.need != Need::Any {
        bail!("{node} has sent no facts; give some with --facts FILE");
    }
    facts.values.extend(given.into_iter().flatten());
    Ok(facts)
}

/// Facts as a node sends them, or their values alone; in JSON or YAML.
fn read_facts(path: &Utf8Path) -> Result<DataHash> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let data = if text.trim_start().starts_with('{') {
        serde_json::from_str::<wire::data::Read>(&text)
            .with_context(|| format!("cannot read {path}"))?
            .0
    } else {
        yaml::parse(&text)
            .with_context(|| format!("cannot read {path}"))?
            .to_data()
    };
    let Data::Hash(values) = data else {
        bail!("{path} holds no facts")
    };
    match values.get("values") {
        Some(Data::Hash(inner)) => Ok((**inner).clone()),
        _ => Ok(*values),
    }
}
