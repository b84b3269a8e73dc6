//! One run: facts up, catalog down, catalog applied, report up.

mod apply;
mod cache;
mod facts;
pub mod modules;
mod plugins;
pub mod source;

use std::{sync::Arc, time::Instant};

use anyhow::{Context as _, Result};
use ficelle_engine::Native;
use ficelle_model::{
    Catalog, Certname, EnvironmentName, Facts, Report,
    report::{CachedCatalogStatus, Journal as _},
    settings::Settings,
    wire::catalog::Received,
    yaml,
};
use ficelle_providers::Source;
use ficelle_transport::{Client, Session, TransportError, api};
use indexmap::IndexMap;
use jiff::Timestamp;

use crate::{configuration::Configuration, control::Control, journal::Console};
use cache::Cache;
use source::Remote;

pub use apply::{apply, last_run};
pub use facts::facts;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A catalog was applied; what `--detailed-exitcodes` tells.
    Applied(u8),
    /// None was.
    Failed,
    /// It did not begin.
    NotDone,
}

/// How often a master may send the node to another environment in one run.
const MOST_ENVIRONMENTS: u32 = 4;

/// Runs once against a master.
pub fn run(
    configuration: &Configuration,
    console: &Arc<Console>,
    session: &Session,
    control: &Control,
) -> Result<Ended> {
    let began = Instant::now();
    let settings = &configuration.settings;
    let certname = session.identity().certname.clone();
    let mut report = Report::new(certname.as_str(), Timestamp::now());
    report.puppet_version = ficelle_model::PUPPET_VERSION.into();
    report.noop = settings.boolean("noop")?;
    report.transaction_uuid = Some(uuid::Uuid::new_v4().to_string().into());
    console.record();
    let mut work = Work {
        configuration,
        console,
        session,
        control,
        certname,
        times: IndexMap::new(),
        client: None,
        initial_environment: configuration.environment()?,
    };
    let outcome = work.go(&mut report);
    let has_applied = match outcome {
        Ok(has_applied) => has_applied,
        Err(error) => {
            console.failure(&error);
            false
        }
    };
    work.times
        .insert("total".into(), began.elapsed().as_secs_f64());
    report.logs = console.recorded_lines();
    report.finish(&work.times);
    work.keep(&report);
    if settings.boolean("report")? {
        work.send(&report);
    }
    Ok(match has_applied {
        true => Ended::Applied(report.exit_code()),
        false => Ended::Failed,
    })
}

struct Work<'a> {
    configuration: &'a Configuration,
    console: &'a Arc<Console>,
    session: &'a Session,
    control: &'a Control,
    certname: Certname,
    times: IndexMap<Arc<str>, f64>,
    /// The master that answered.
    client: Option<Arc<Client>>,
    initial_environment: EnvironmentName,
}

impl Work<'_> {
    fn settings(&self) -> &Settings {
        &self.configuration.settings
    }

    fn time<T>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let began = Instant::now();
        let result = work(self);
        *self.times.entry(name.into()).or_default() += began.elapsed().as_secs_f64();
        result
    }

    /// Whether a catalog was applied.
    fn go(&mut self, report: &mut Report) -> Result<bool> {
        let mut environment = self.time("node_retrieval", Self::environment)?;
        report.environment = Some(environment.as_str().into());
        self.hook("prerun_command")?;
        let cache = Cache::new(self.settings(), &self.certname)?;
        let mut rounds = 0;
        let (received, json) = loop {
            self.console
                .info(format!("Using environment '{environment}'"));
            let found = self.catalog(&environment, &cache, report)?;
            let Some((received, json)) = found else {
                self.console
                    .error("Could not retrieve catalog; skipping run".to_owned());
                return Ok(false);
            };
            let wanted = received.catalog.environment.clone();
            if wanted == environment || json.is_none() {
                break (received, json);
            }
            rounds += 1;
            anyhow::ensure!(
                rounds < MOST_ENVIRONMENTS,
                "Catalog environment didn't stabilize after {rounds} fetches, aborting run"
            );
            self.console.notice(format!(
                "Local environment: '{environment}' doesn't match server specified environment \
                 '{wanted}', restarting agent run with environment '{wanted}'"
            ));
            environment = wanted;
            report.environment = Some(environment.as_str().into());
        };
        report.catalog_uuid = received.uuid.as_deref().map(Into::into);
        report.code_id.clone_from(&received.catalog.code_id);
        let has_applied = self.apply(&received.catalog, json.as_deref(), &cache, report);
        self.hook("postrun_command")?;
        Ok(has_applied)
    }

    /// The environment to begin with: the one given, the one of the last run, or the master's.
    fn environment(&mut self) -> Result<EnvironmentName> {
        let configured = self.configuration.environment()?;
        if self.configuration.has_environment_flag
            || self.settings().boolean("strict_environment_mode")?
        {
            return Ok(configured);
        }
        let summary = self.settings().path("lastrunfile")?;
        let summary = std::fs::read_to_string(summary).ok();
        let summary = summary.and_then(|text| yaml::parse(&text).ok());
        if let Some(application) = summary.as_ref().and_then(|node| node.get("application")) {
            let name = |key: &str| application.get(key)?.as_str().map(ToOwned::to_owned);
            let initial = name("initial_environment");
            if initial.as_deref() == Some(configured.as_str())
                && let Some(last) = name("converged_environment")
                && let Ok(last) = EnvironmentName::parse(&last)
            {
                return Ok(last);
            }
        }
        let Ok(client) = self.client() else {
            return Ok(configured);
        };
        let uuid = uuid::Uuid::new_v4().to_string();
        let name = self.certname.as_str();
        match api::node::environment(&client, name, configured.as_str(), &uuid) {
            Ok(Some(name)) => Ok(EnvironmentName::parse(&name)?),
            Ok(None) => Ok(configured),
            Err(error) => {
                self.console.warning(format!(
                    "Unable to fetch my node definition, but the agent run will continue:\n{error}"
                ));
                Ok(configured)
            }
        }
    }

    /// A client of the first master that answers.
    fn client(&mut self) -> Result<Arc<Client>> {
        if let Some(client) = &self.client {
            return Ok(Arc::clone(client));
        }
        let masters = self.configuration.masters()?;
        let (last, others) = masters.split_last().context("there is a master to ask")?;
        for master in others {
            let client = self.session.client(master)?;
            let answer = client.send(ficelle_transport::client::Request::get(
                "/status/v1/simple/server",
            ));
            match answer {
                Ok(_) => return Ok(self.remember(client)),
                Err(error) => self.console.warning(error.to_string()),
            }
        }
        let client = self.session.client(last)?;
        Ok(self.remember(client))
    }

    fn remember(&mut self, client: Client) -> Arc<Client> {
        let client = Arc::new(client);
        self.client = Some(Arc::clone(&client));
        client
    }

    /// A catalog of the master's with its bytes, or one of the cache.
    fn catalog(
        &mut self,
        environment: &EnvironmentName,
        cache: &Cache,
        report: &mut Report,
    ) -> Result<Option<(Received, Option<Vec<u8>>)>> {
        if self.settings().boolean("use_cached_catalog")?
            && let Some(received) = cache.read()?
        {
            self.tell_cached(&received);
            report.cached_catalog_status = Some(CachedCatalogStatus::ExplicitlyRequested);
            return Ok(Some((received, None)));
        }
        match self.fetch(environment, report) {
            Ok(catalog) => {
                report.cached_catalog_status = Some(CachedCatalogStatus::NotUsed);
                return Ok(Some((catalog.received, Some(catalog.json))));
            }
            Err(error) => self.console.error(format!(
                "Could not retrieve catalog from remote server: {error:#}"
            )),
        }
        if !self.settings().boolean("usecacheonfailure")? {
            self.console
                .warning("Not using cache on failed catalog".to_owned());
            return Ok(None);
        }
        let Some(received) = cache.read()? else {
            return Ok(None);
        };
        let own = &received.catalog.environment;
        if own != environment {
            self.console.error(format!(
                "Not using cached catalog because its environment '{own}' does not match \
                 '{environment}'"
            ));
            return Ok(None);
        }
        self.tell_cached(&received);
        report.cached_catalog_status = Some(CachedCatalogStatus::OnFailure);
        Ok(Some((received, None)))
    }

    fn tell_cached(&self, received: &Received) {
        self.console.info(format!(
            "Using cached catalog from environment '{}'",
            received.catalog.environment
        ));
    }

    fn fetch(
        &mut self,
        environment: &EnvironmentName,
        report: &mut Report,
    ) -> Result<api::catalog::Catalog> {
        let client = self.client()?;
        report.server_used = Some(client.endpoint().to_string().into());
        if self.settings().boolean("pluginsync")? {
            let synced = self.time("plugin_sync", |work| {
                plugins::sync(work.configuration, work.console, &client, environment)
            });
            match synced {
                // What keeps the master from answering here will keep it from answering below.
                Err(error @ (TransportError::Status { .. } | TransportError::File { .. })) => self
                    .console
                    .warning(format!("Could not retrieve pluginfacts: {error}")),
                Err(error) => return Err(error.into()),
                Ok(()) => {}
            }
        }
        let facts = self.time("fact_generation", |work| work.facts(environment))?;
        let checksums = self.settings().list("supported_checksum_types")?.join(".");
        let configured = self.configuration.environment()?;
        let uuid = report.transaction_uuid.clone().unwrap_or_default();
        let is_set = self.settings().is_set("environment");
        let ask = api::catalog::Ask {
            environment: environment.as_str(),
            configured_environment: is_set.then_some(configured.as_str()),
            transaction_uuid: &uuid,
            job_id: None,
            checksum_types: &checksums,
        };
        Ok(self.time("config_retrieval", |_| {
            api::catalog::fetch(&client, &facts, &ask)
        })?)
    }

    fn facts(&mut self, environment: &EnvironmentName) -> Result<Facts> {
        facts(
            self.configuration,
            self.console,
            &self.certname,
            Some(environment),
        )
    }

    /// Applies a catalog; whether it could be.
    fn apply(
        &mut self,
        catalog: &Catalog,
        json: Option<&[u8]>,
        cache: &Cache,
        report: &mut Report,
    ) -> bool {
        let checked = self.time("convert_catalog", |_| {
            ficelle_engine::validate(catalog, &Native)
        });
        if let Err(error) = checked {
            self.console
                .error(format!("Failed to apply catalog: {error}"));
            return false;
        }
        if let Some(json) = json {
            self.console
                .info(format!("Caching catalog for {}", self.certname));
            if let Err(error) = cache.write(json) {
                self.console.failure(&error);
            }
        }
        let client = self.client.clone();
        let remote = client.map(|client| Remote::new(client, self.session));
        let none = ficelle_providers::LocalOnly;
        let source: &dyn Source = match &remote {
            Some(remote) => remote,
            None => &none,
        };
        let control = self.control.clone();
        let stop = move || control.is_stopping();
        let began = Instant::now();
        let applied = apply(
            self.configuration,
            self.console,
            catalog,
            source,
            &stop,
            report,
        );
        self.times
            .insert("catalog_application".into(), began.elapsed().as_secs_f64());
        match applied {
            Ok(has_applied) => has_applied,
            Err(error) => {
                self.console.failure(&error);
                false
            }
        }
    }

    fn hook(&self, setting: &str) -> Result<()> {
        let line = self.settings().text(setting)?;
        if line.is_empty() {
            return Ok(());
        }
        let command = ficelle_system::Command::shell(&line);
        let output = self.configuration.system.run(&command)?;
        anyhow::ensure!(
            output.success(),
            "Could not run command from {setting}: '{line}' returned {}: {}",
            output.status,
            output.text().trim_end()
        );
        Ok(())
    }

    /// Leaves behind what people and their checks look at.
    fn keep(&self, report: &Report) {
        let kept = last_run(self.settings()).and_then(|last| {
            let initial = self.initial_environment.as_str();
            Ok(last.write(report, initial, Timestamp::now())?)
        });
        if let Err(error) = kept {
            self.console.failure(&error);
        }
    }

    fn send(&mut self, report: &Report) {
        let sent = (|| {
            let client = match self.configuration.report_server()? {
                Some(endpoint) => Arc::new(self.session.client(&endpoint)?),
                None => self.client()?,
            };
            let environment = report.environment.as_deref().unwrap_or("production");
            Ok::<_, anyhow::Error>(api::report::submit(&client, report, environment)?)
        })();
        if let Err(error) = sent {
            self.console
                .error(format!("Could not send report: {error:#}"));
        }
    }
}
