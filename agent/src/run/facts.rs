//! The facts of this host with what a master wants to know of its agent.

use anyhow::Result;
use ficelle_model::{Certname, Data, EnvironmentName, Facts, report::Journal as _};
use jiff::Timestamp;

use crate::{configuration::Configuration, journal::Console};

/// The facts of this host as they go to a master.
pub fn facts(
    configuration: &Configuration,
    console: &Console,
    certname: &Certname,
    environment: Option<&EnvironmentName>,
) -> Result<Facts> {
    let settings = &configuration.settings;
    let options = ficelle_facts::Options {
        directories: configuration.fact_directories()?,
    };
    let (mut values, warnings) = ficelle_facts::gather(&configuration.system, &options);
    for warning in warnings {
        console.warning(warning);
    }
    let mut put = |name: &str, value: Data| drop(values.insert(name.into(), value));
    put("clientcert", certname.as_str().into());
    put("clientversion", ficelle_model::PUPPET_VERSION.into());
    put("clientnoop", settings.boolean("noop")?.into());
    put("puppet_vardir", settings.text("vardir")?.into());
    put("puppet_server", settings.text("server")?.into());
    let environments = settings.text("environmentpath")?;
    put("puppet_environmentpath", environments.into());
    if let Some(environment) = environment
        && configuration.has_environment_flag
    {
        put("agent_specified_environment", environment.as_str().into());
    }
    Ok(Facts {
        name: certname.clone(),
        values,
        timestamp: Some(Timestamp::now().to_string()),
        expiration: None,
    })
}
