//! A catalog applied to this host, with the settings that say how.

use std::{sync::Arc, time::Instant};

use anyhow::Result;
use ficelle_engine::{Language, Native, Options, Run, Store, state::LastRun};
use ficelle_model::{
    Catalog, Data, Report, data::DataHash, report::Journal as _, settings::Settings,
};
use ficelle_providers::Source;

use super::facts::facts;
use crate::{configuration::Configuration, journal::Console};

/// Applies a catalog and remembers what is to be remembered; false where it cannot be applied,
/// which is then said.
pub fn apply(
    configuration: &Configuration,
    console: &Console,
    catalog: &Catalog,
    source: &dyn Source,
    stop: &(dyn Fn() -> bool + Sync),
    report: &mut Report,
) -> Result<bool> {
    let settings = &configuration.settings;
    let options = Options {
        noop: settings.boolean("noop")?,
        tags: settings.list("tags")?,
        skip_tags: settings.list("skip_tags")?,
        ignore_schedules: settings.boolean("ignore_schedules")?,
        show_diff: settings.boolean("show_diff")?,
        evaltrace: settings.boolean("evaltrace")?,
    };
    let (mut store, warnings) = Store::load(
        &settings.path("transactionstorefile")?,
        &settings.path("statefile")?,
    );
    for warning in warnings {
        console.warning(warning);
    }
    report.configuration_version = match catalog.version.parse() {
        Ok(number) => Data::Integer(number),
        Err(_) => Data::String(Arc::clone(&catalog.version)),
    };
    if settings.boolean("write_catalog_summary")? {
        last_run(settings)?.write_catalog(catalog)?;
    }
    let bucket = configuration.bucket()?;
    let certname = configuration.certname()?;
    let gather = || {
        let facts = facts(
            configuration,
            console,
            &certname,
            Some(&catalog.environment),
        );
        // What is wrong with them has been said when they went to the master.
        facts.map_or_else(|_| DataHash::default(), |facts| facts.values)
    };
    let resolver = Language::new(&configuration.system, console, &gather);
    let run = Run {
        system: &configuration.system,
        source,
        bucket: Some(&bucket),
        types: &Native,
        resolver: &resolver,
        journal: console,
        stop,
        options: &options,
    };
    let began = Instant::now();
    if let Err(error) = ficelle_engine::apply(run, catalog, &mut store, report) {
        console.error(format!("Failed to apply catalog: {error}"));
        return Ok(false);
    }
    store.save()?;
    console.notice(format!(
        "Applied catalog in {:.2} seconds",
        began.elapsed().as_secs_f64()
    ));
    Ok(true)
}

/// Where it is told how the last run went.
pub fn last_run(settings: &Settings) -> Result<LastRun> {
    Ok(LastRun {
        summary: settings.path("lastrunfile")?,
        report: settings.path("lastrunreport")?,
        classes: settings.path("classfile")?,
        resources: settings.path("resourcefile")?,
    })
}
