//! `master compile`: a node's catalog, from facts of a file or those that the node sent last.

use std::{fs, process::ExitCode, sync::Arc, thread, time::Instant};

use anyhow::{Context as _, Result, bail};
use camino::Utf8Path;
use ficelle_api::{
    PUPPET_VERSION,
    compile::{Environments, StoreInputs},
};
use ficelle_compiler::{CompileRequest, Compiled, DiskInputs, Environment, Level, compile};
use ficelle_model::{
    Certname, Data, EnvironmentName, Facts, data::DataHash, inputs::Inputs, wire, yaml,
};
use ficelle_store::Store;

use super::block_on;
use crate::{cli::Compile, installation::Installation, terminal::Terminal};

/// As on the server's threads.
const STACK: usize = 64 * 1024 * 1024;

pub fn run(
    arguments: &Compile,
    installation: &Installation,
    terminal: &mut Terminal,
) -> Result<ExitCode> {
    let node = Certname::from_typed(&arguments.node)?;
    let given = arguments
        .facts
        .as_deref()
        .map(|path| read_facts(path, &node))
        .transpose()?;
    let compiled = block_on(async {
        let store = match installation.has_store()? {
            true => Some(installation.store().await?),
            false => None,
        };
        let facts = match (given, &store) {
            (Some(facts), _) => facts,
            (None, Some(store)) => kept_facts(store, &node).await?,
            (None, None) => bail!("{node} has sent no facts; give some with --facts FILE"),
        };
        let request = request(installation, node.clone(), facts)?;
        let environment = environment(installation)?;
        let disk = Arc::new(installation.disk()?);
        let runtime = tokio::runtime::Handle::current();
        let work = thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || match store {
                Some(store) => {
                    let inputs = StoreInputs {
                        disk,
                        store,
                        runtime,
                        node,
                    };
                    compile(&request, &environment, &inputs)
                }
                None => compile(&request, &environment, &*disk as &dyn Inputs),
            })?;
        let done = tokio::task::spawn_blocking(|| work.join()).await?;
        done.map_err(|_| anyhow::anyhow!("internal error: the compile panicked"))
    })?;
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(error) => {
            terminal.error(&anyhow::Error::new(error));
            return Ok(ExitCode::FAILURE);
        }
    };
    print(&compiled, terminal)?;
    Ok(ExitCode::SUCCESS)
}

fn print(compiled: &Compiled, terminal: &mut Terminal) -> Result<()> {
    for log in &compiled.logs {
        let source = if log.source.is_empty() {
            "Compiler"
        } else {
            &log.source
        };
        let level = match log.level {
            Level::Error => "Error".to_owned(),
            other => {
                let name = other.as_str();
                name[..1].to_uppercase() + &name[1..]
            }
        };
        terminal.diagnostic(format_args!("{level}: {source}: {}", log.message));
    }
    let form = wire::catalog::Form {
        catalog: &compiled.catalog,
        uuid: "",
        richness: wire::Richness::Rich,
    };
    let mut text = serde_json::to_vec_pretty(&form)?;
    text.push(b'\n');
    terminal.bytes(&text);
    Ok(())
}

fn request(installation: &Installation, node: Certname, facts: Facts) -> Result<CompileRequest> {
    let mut request = CompileRequest::new(node, Arc::new(facts));
    request.settings = installation.language()?;
    request.server_facts = DataHash::from_iter([
        ("serverversion".into(), Data::from(PUPPET_VERSION)),
        (
            "servername".into(),
            Data::from(installation.certname()?.as_str()),
        ),
        (
            "environment".into(),
            Data::from(installation.settings.text("environment")?),
        ),
    ]);
    let timeout = installation.settings.duration("compile_timeout")?;
    request.deadline = timeout.map(|timeout| Instant::now() + timeout);
    Ok(request)
}

/// The environment of the settings; `--modulepath` and `--manifest` take the place of its own.
fn environment(installation: &Installation) -> Result<Arc<Environment>> {
    let settings = &installation.settings;
    let name = EnvironmentName::parse(&settings.text("environment")?)?;
    let manifest = settings.path("manifest")?;
    let manifest = (!manifest.as_str().is_empty()).then_some(manifest);
    if settings.is_set("modulepath") {
        let disk = DiskInputs::new();
        let bare = Environment::bare(name, settings.paths("modulepath")?, manifest, &disk)?;
        return Ok(Arc::new(bare));
    }
    let folders = installation.environment_folders()?;
    let environments = Environments::new(folders, installation.environment_defaults()?);
    let environment = environments.get(&name)?;
    match manifest {
        None => Ok(environment),
        Some(manifest) => {
            drop(environments);
            let environment = Arc::into_inner(environment).expect("nobody else holds it");
            Ok(Arc::new(environment.with_manifest(manifest)))
        }
    }
}

async fn kept_facts(store: &Arc<dyn Store>, node: &Certname) -> Result<Facts> {
    let kept = store.facts(node).await?;
    let kept =
        kept.with_context(|| format!("{node} has sent no facts; give some with --facts FILE"))?;
    Ok(wire::facts::read(&kept.json)?)
}

/// Facts as a node sends them, or their values alone; in JSON or YAML.
fn read_facts(path: &Utf8Path, node: &Certname) -> Result<Facts> {
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
    let Data::Hash(mut values) = data else {
        bail!("{path} holds no facts")
    };
    if let Some(Data::Hash(inner)) = values.get("values") {
        values = inner.clone();
    }
    Ok(Facts {
        name: node.clone(),
        values,
        timestamp: None,
        expiration: None,
    })
}
