//! The same cases, compiled here.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use camino::Utf8Path;
use ficelle_compiler::{
    CompileRequest, DiskInputs, Environment, EnvironmentDefaults, Settings, Strictness, compile,
};
use ficelle_model::data::{Data, DataHash};
use ficelle_model::wire::{catalog, data::Richness};
use ficelle_model::{Certname, EnvironmentName, Facts, wire};
use ficelle_ruby::Pool;
use serde_json::Value;

use super::reference::{Answer, Mode, Places, Question};
use crate::conformance::compile::data;

/// How long a case may take.
const TIME: Duration = Duration::from_secs(60);

/// The compiler with the modules open. Threads share it.
pub struct Ours {
    inputs: DiskInputs,
    modules: Environment,
    facts: BTreeMap<Arc<str>, Arc<Facts>>,
    defaults: EnvironmentDefaults,
}

impl Ours {
    /// Opens modules and facts.
    pub fn open(places: &Places) -> Result<Self> {
        let ruby = Pool::new(ficelle_ruby::Settings::default());
        Self::with(places, DiskInputs::new().with_ruby(Arc::new(ruby)))
    }

    /// As [`Self::open`], with no Ruby in reach.
    pub fn native(places: &Places) -> Result<Self> {
        Self::with(places, DiskInputs::new())
    }

    fn with(places: &Places, inputs: DiskInputs) -> Result<Self> {
        let modules = Environment::bare(
            EnvironmentName::production(),
            vec![places.modules.clone()],
            None,
            &inputs,
        )?;
        let mut facts = BTreeMap::new();
        for entry in places.facts().read_dir_utf8()? {
            let path = entry?.into_path();
            let name = path.file_stem().unwrap_or_default().into();
            let read = wire::facts::read(&std::fs::read(&path)?).context(path)?;
            facts.insert(name, Arc::new(read));
        }
        let defaults = EnvironmentDefaults {
            base_modulepath: vec![places.modules.clone()],
            ..EnvironmentDefaults::default()
        };
        Ok(Self {
            inputs,
            modules,
            facts,
            defaults,
        })
    }

    /// The names of the sets of facts.
    pub fn facts(&self) -> Vec<Arc<str>> {
        self.facts.keys().cloned().collect()
    }

    /// Compiles. The thread needs a large stack.
    pub fn ask(&self, question: &Question<'_>, settings: &Value) -> Result<Answer> {
        let facts = &self.facts[question.facts];
        let node = match question.node {
            Some(node) => Certname::from_typed(node)?,
            None => facts.name.clone(),
        };
        let mut request = CompileRequest::new(node, Arc::clone(facts));
        request.code = (!question.code.is_empty()).then(|| question.code.into());
        request.deadline = Some(Instant::now() + TIME);
        request.settings = self.settings(question.mode, settings);
        request.server_facts = server_facts(settings);
        let site = question.site.map(|folder| self.site(folder)).transpose()?;
        let environment = site.as_ref().unwrap_or(&self.modules);
        let compiled = catch_unwind(AssertUnwindSafe(|| {
            compile(&request, environment, &self.inputs)
        }));
        Ok(match compiled {
            Err(_) => Answer::Error("PANIC".to_owned()),
            Ok(Err(error)) => Answer::Error(error.to_string()),
            Ok(Ok(compiled)) => {
                let form = catalog::Form {
                    catalog: &compiled.catalog,
                    uuid: "",
                    richness: Richness::Rich,
                };
                Answer::Catalog(serde_json::from_slice(&form.to_json())?)
            }
        })
    }

    fn site(&self, folder: &Utf8Path) -> Result<Environment> {
        let name = folder.file_name().context("a folder with a name")?;
        let name = EnvironmentName::parse(name)?;
        Ok(Environment::open(
            name,
            folder,
            &self.defaults,
            &self.inputs,
        )?)
    }

    fn settings(&self, mode: Mode, values: &Value) -> Settings {
        let mut settings = Settings {
            strict: match mode {
                Mode::Strict => Strictness::Error,
                Mode::Lenient => Strictness::Warning,
            },
            strict_variables: mode.strict_variables(),
            storeconfigs: false,
            ..Settings::default()
        };
        for (name, value) in values.as_object().into_iter().flatten() {
            // What the compile goes by it knows itself.
            if !matches!(
                &**name,
                "puppet" | "strict" | "strict_variables" | "manifest" | "modulepath"
            ) {
                settings.values.insert(name.as_str().into(), data(value));
            }
        }
        settings
    }
}

fn server_facts(settings: &Value) -> DataHash {
    DataHash::from_iter([
        ("serverversion".into(), data(&settings["puppet"])),
        ("servername".into(), Data::from("control")),
        ("serverip".into(), Data::from("192.0.2.1")),
        ("environment".into(), Data::from("production")),
    ])
}
