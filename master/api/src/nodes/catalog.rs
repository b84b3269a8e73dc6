//! `catalog/NAME`: facts come, a catalog goes.

use std::{sync::Arc, time::Instant};

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use ficelle_compiler::{CompileRequest, Compiled, compile};
use ficelle_model::{
    Certname, EnvironmentName, Facts,
    data::DataHash,
    wire::{self, Richness, catalog::Text},
};
use ficelle_store::{ExportedResource, NewCatalog, Store, StoreError};
use jiff::Timestamp;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::{
    compile::{PoolError, StoreInputs},
    error::ApiError,
    negotiation::{self, Form},
    nodes::{definition::failed, facts, refused},
    peer::Peer,
    query::Query,
    rule::Subject,
    state::App,
};

/// `POST /puppet/v3/catalog/{certname}`
///
/// # Errors
/// The facts cannot be read, the environment is missing, or the compile failed.
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let mut query = Query::parse(query.unwrap_or_default().as_bytes())?;
    query.extend(Query::parse(&body)?);
    answer(&app, name, &peer, &query, &headers).await
}

/// `GET /puppet/v3/catalog/{certname}`, as clients without a body ask.
///
/// # Errors
/// As [`post`].
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    answer(&app, name, &peer, &query, &headers).await
}

async fn answer(
    app: &Arc<App>,
    name: Certname,
    peer: &Peer,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let form = negotiation::choose(headers, &[Form::Rich, Form::Json, Form::Pson])?;
    let environment = query.environment()?;
    let given = match query.get("facts") {
        Some(encoded) => Given::Sent(encoded.into()),
        None => Given::Kept(Arc::new(facts::kept(app, &name).await?)),
    };
    let started = Instant::now();
    let outcome = run(
        app,
        name.clone(),
        &environment,
        given.clone(),
        peer,
        form.richness(),
    );
    let Outcome { facts, compiled } = match outcome.await {
        Ok(outcome) => outcome?,
        // It never ran, or not to its end.
        Err(error) => Outcome {
            facts: given.read(&name)?.1,
            compiled: Err(error.into()),
        },
    };
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(error) => {
            tracing::error!(
                node.certname = %name, environment = %environment, error = %error.message,
                "compile failed"
            );
            if let Some(json) = &facts {
                keep_facts(&*app.store, &name, &environment, json).await?;
            }
            return Err(error);
        }
    };
    tracing::info!(
        node.certname = %name,
        environment = %compiled.environment,
        catalog.resources = compiled.resources,
        catalog.version = compiled.version,
        duration_ms = started.elapsed().as_secs_f64() * 1000.0,
        "compiled a catalog"
    );
    keep(app, &name, &compiled, facts.as_deref()).await?;
    Ok((
        [(header::CONTENT_TYPE, form.content_type())],
        compiled.into_answer(),
    )
        .into_response())
}

/// Facts for a compile.
#[derive(Clone)]
enum Given {
    /// As they came in a form. The thread that compiles reads them: what one thread allocates and
    /// another one frees costs both of them more.
    Sent(Arc<str>),
    /// Those that the node sent last.
    Kept(Arc<Facts>),
}

impl Given {
    /// The facts, and what is to be kept of them.
    fn read(&self, name: &Certname) -> Result<(Arc<Facts>, Option<Vec<u8>>), ApiError> {
        match self {
            Self::Sent(encoded) => {
                let facts = facts::decode(name, encoded)?;
                let json = wire::facts::write(&facts);
                Ok((Arc::new(facts), Some(json)))
            }
            Self::Kept(facts) => Ok((Arc::clone(facts), None)),
        }
    }
}

/// What came of a compile whose facts could be read.
struct Outcome {
    /// The facts, where they are to be kept.
    facts: Option<Vec<u8>>,
    compiled: Result<Written, ApiError>,
}

/// A catalog that was compiled, written down.
struct Written {
    /// The one that it was compiled in: a classifier may have chosen another than the agent.
    environment: EnvironmentName,
    resources: usize,
    version: String,
    /// What is kept, and what a client gets that knows rich values.
    text: Text,
    /// What any other client gets.
    plain: Option<Text>,
    exported: Vec<ExportedResource>,
}

impl Written {
    fn new(compiled: &Compiled, richness: Richness) -> Self {
        let catalog = &compiled.catalog;
        let version = match &*catalog.version {
            "" => Timestamp::now().as_second().to_string(),
            version => version.to_owned(),
        };
        let uuid = Uuid::new_v4().to_string();
        let text = |richness| Text::new(catalog, richness, &version, &uuid);
        let exported = compiled.exported.iter().map(|resource| ExportedResource {
            certname: catalog.name.clone(),
            type_name: resource.reference.type_name.to_string(),
            title: resource.reference.title.to_string(),
            json: wire::resource::write(resource),
        });
        Self {
            environment: catalog.environment.clone(),
            resources: catalog.resources.len(),
            text: text(Richness::Rich),
            plain: (richness == Richness::Plain).then(|| text(Richness::Plain)),
            exported: exported.collect(),
            version,
        }
    }

    fn into_answer(self) -> Vec<u8> {
        self.plain.unwrap_or(self.text).into_answer()
    }
}

async fn run(
    app: &Arc<App>,
    name: Certname,
    environment: &EnvironmentName,
    given: Given,
    peer: &Peer,
    richness: Richness,
) -> Result<Result<Outcome, ApiError>, PoolError> {
    let inputs = StoreInputs {
        disk: Arc::clone(app.environments.disk()),
        arrived: Instant::now(),
        store: Arc::clone(&app.store),
        runtime: Handle::current(),
        node: name.clone(),
    };
    let extensions = app.definitions.extensions(peer);
    let wanted = environment.clone();
    let work = Arc::clone(app);
    let job = move || {
        let (facts, new) = given.read(&name)?;
        // As a rule they are kept with the catalog, in one transaction, but commands may ask.
        if let Some(json) = &new
            && work.definitions.run_commands()
        {
            let keep = keep_facts(&*work.store, &name, &wanted, json);
            inputs.runtime.block_on(keep)?;
        }
        let mut request = CompileRequest::new(name, facts);
        request.settings = work.language.clone();
        request.settings.debug = tracing::enabled!(tracing::Level::DEBUG);
        Ok(Outcome {
            facts: new,
            compiled: written(&work, request, extensions, wanted, &inputs, richness),
        })
    };
    app.compiler.run(job).await
}

/// Compiles a catalog and writes it down.
fn written(
    app: &App,
    mut request: CompileRequest,
    extensions: DataHash,
    wanted: EnvironmentName,
    inputs: &StoreInputs,
    richness: Richness,
) -> Result<Written, ApiError> {
    let wanted = define(app, &mut request, extensions, wanted, inputs)?;
    let environment = app.environments.get(&wanted, inputs).map_err(|error| {
        match app.definitions.classifier {
            Some(_) => failed(&request.node, error),
            None => refused(&wanted, &error),
        }
    })?;
    // The time in the queue is not the manifest's.
    request.deadline = Some(Instant::now() + app.compile_timeout);
    let compiled = compile(&request, &environment, inputs).map_err(ApiError::server_error)?;
    for entry in &compiled.logs {
        log(&request.node, entry);
    }
    Ok(Written::new(&compiled, richness))
}

/// Takes what the master knows of the node into the request; gives the environment to compile in.
fn define(
    app: &App,
    request: &mut CompileRequest,
    extensions: DataHash,
    wanted: EnvironmentName,
    inputs: &StoreInputs,
) -> Result<EnvironmentName, ApiError> {
    let node = request.node.clone();
    let classified = app
        .definitions
        .classify(&node, inputs)
        .map_err(|error| failed(&node, error))?
        .ok_or_else(|| {
            ApiError::server_error(format_args!("Could not find node '{node}'; cannot compile"))
        })?;
    let (trusted, reads) = app
        .definitions
        .trusted(&node, extensions, inputs)
        .map_err(|error| failed(&node, error))?;
    let environment = classified.environment.unwrap_or(wanted);
    request.classification = classified.classification;
    request.trusted = trusted;
    request.server_facts = app.definitions.server_facts(&app.server_name, &environment);
    request.reads = reads.after(&classified.reads);
    Ok(environment)
}

fn log(node: &Certname, entry: &ficelle_compiler::LogMessage) {
    use ficelle_compiler::Level;
    let (file, line) = (entry.file.as_deref(), entry.line);
    let (source, message) = (&*entry.source, &*entry.message);
    match entry.level {
        Level::Debug => {
            tracing::debug!(node.certname = %node, source, file, line, "{message}");
        }
        Level::Info | Level::Notice => {
            tracing::info!(node.certname = %node, source, file, line, "{message}");
        }
        Level::Warning => {
            tracing::warn!(node.certname = %node, source, file, line, "{message}");
        }
        Level::Error | Level::Alert | Level::Emergency | Level::Critical => {
            tracing::error!(node.certname = %node, source, file, line, "{message}");
        }
    }
}

/// Keeps facts for which there is no catalog, or not yet.
async fn keep_facts(
    store: &dyn Store,
    name: &Certname,
    environment: &EnvironmentName,
    json: &[u8],
) -> Result<(), StoreError> {
    let at = Timestamp::now().as_millisecond();
    store.save_facts(name, environment.as_str(), json, at).await
}

/// Keeps the catalog and the facts that came for it, and replaces what the node exports.
async fn keep(
    app: &App,
    name: &Certname,
    compiled: &Written,
    facts: Option<&[u8]>,
) -> Result<(), ApiError> {
    let catalog = NewCatalog {
        certname: name,
        environment: compiled.environment.as_str(),
        json: &compiled.text.constant(),
        facts,
        exported: &compiled.exported,
        at: Timestamp::now().as_millisecond(),
    };
    Ok(app.store.save_catalog(&catalog).await?)
}
