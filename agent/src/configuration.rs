//! The settings, and what they lead to: names, places, endpoints.

use std::{fs, io, time::Duration};

use anyhow::{Context as _, Result};
use ficelle_model::{
    Certname, EnvironmentName,
    report::Journal,
    settings::{ConfigFile, Flags, Mode, Settings},
};
use ficelle_providers::FileBucket;
use ficelle_system::System;
use ficelle_transport::{
    Endpoint, Enrolment, KeyType, Places, Timeouts, enrolment::Patience, tls::Revocation,
};

/// The settings of a run.
pub struct Configuration {
    /// The settings.
    pub settings: Settings,
    /// The host.
    pub system: System,
    /// Whether `--environment` was given.
    pub has_environment_flag: bool,
    /// Whether `--waitforcert` was given.
    has_wait_flag: bool,
    flags: Flags,
}

impl Configuration {
    /// Reads the configuration file, if there is one.
    pub fn load(flags: Flags) -> Result<Self> {
        let system = System::host();
        let host = ficelle_facts::full_name(&system);
        let empty = || ConfigFile::parse("puppet.conf", "").context("an empty file is valid");
        let bare = Settings::new(Mode::Agent, empty()?, flags.clone(), &host);
        let path = bare.path("config")?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !bare.is_set("config") => {
                String::new()
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        };
        let file = ConfigFile::parse(path.as_str(), &text)?;
        let settings = Settings::new(Mode::Agent, file, flags.clone(), &host);
        settings.check()?;
        Ok(Self {
            has_environment_flag: bare.is_set("environment"),
            has_wait_flag: bare.is_set("waitforcert"),
            settings,
            system,
            flags,
        })
    }

    /// Reads the file again.
    pub fn reload(&self) -> Result<Self> {
        Self::load(self.flags.clone())
    }

    /// What is odd in the file.
    pub fn warnings(&self) -> Vec<String> {
        let unknown = self.settings.unknown().into_iter();
        unknown
            .map(|(name, line)| format!("Unrecognized setting {name} in puppet.conf, line {line}"))
            .collect()
    }

    /// The node's name.
    pub fn certname(&self) -> Result<Certname> {
        Ok(Certname::from_typed(&self.settings.text("certname")?)?)
    }

    /// The environment that the settings name.
    pub fn environment(&self) -> Result<EnvironmentName> {
        Ok(EnvironmentName::parse(&self.settings.text("environment")?)?)
    }

    /// The masters to ask, in order.
    pub fn masters(&self) -> Result<Vec<Endpoint>> {
        let port = self.settings.port("serverport")?;
        let list = self.settings.list("server_list")?;
        let several: Vec<Endpoint> = list
            .iter()
            .map(|text| {
                Endpoint::parse(text, port)
                    .with_context(|| format!("server_list: {text:?} is no host and port"))
            })
            .collect::<Result<_>>()?;
        if several.is_empty() {
            return Ok(vec![Endpoint::new(&self.settings.text("server")?, port)]);
        }
        Ok(several)
    }

    /// `report_server`, where it is another than the master.
    pub fn report_server(&self) -> Result<Option<Endpoint>> {
        if !self.settings.is_set("report_server") && !self.settings.is_set("report_port") {
            return Ok(None);
        }
        let host = self.settings.text("report_server")?;
        Ok(Some(Endpoint::new(
            &host,
            self.settings.port("report_port")?,
        )))
    }

    /// `ca_server`; the first of `server_list` where that is what is set.
    pub fn authority(&self) -> Result<Endpoint> {
        if !self.settings.is_set("ca_server")
            && let Some(first) = self.masters()?.into_iter().next()
        {
            let port = match self.settings.is_set("ca_port") {
                true => self.settings.port("ca_port")?,
                false => first.port,
            };
            return Ok(Endpoint { port, ..first });
        }
        let host = self.settings.text("ca_server")?;
        Ok(Endpoint::new(&host, self.settings.port("ca_port")?))
    }

    /// How this node enrols.
    pub fn enrolment<'a>(&self, journal: &'a dyn Journal) -> Result<Enrolment<'a>> {
        let settings = &self.settings;
        let expected = settings.text("ca_fingerprint")?;
        let forever = Duration::from_secs(10 * 365 * 86_400);
        let default = Timeouts::default();
        Ok(Enrolment {
            certname: self.certname()?,
            authority: self.authority()?,
            places: self.places()?,
            key_type: KeyType::from_settings(
                &settings.text("key_type")?,
                settings.integer("keylength")?,
            ),
            names: settings.list("dns_alt_names")?,
            expected: (!expected.trim().is_empty()).then_some(expected),
            revocation: Revocation::from_setting(&settings.text("certificate_revocation")?),
            timeouts: Timeouts {
                connect: settings
                    .duration("http_connect_timeout")?
                    .unwrap_or(default.connect),
                read: settings.duration("http_read_timeout")?.unwrap_or(forever),
            },
            journal,
        })
    }

    /// Where the identity is kept.
    pub fn places(&self) -> Result<Places> {
        let path = |name| self.settings.path(name);
        Ok(Places {
            authority: path("localcacert")?,
            revocations: path("hostcrl")?,
            key: path("hostprivkey")?,
            certificate: path("hostcert")?,
            request: path("hostcsr")?,
            attributes: path("csr_attributes")?,
            oids: path("trusted_oid_mapping_file")?,
        })
    }

    /// How long to wait for a signature. A single run does not wait, unless it is told to.
    pub fn patience(&self) -> Result<Patience> {
        let is_patient = self.has_wait_flag || !self.settings.boolean("onetime")?;
        Ok(Patience {
            every: self
                .settings
                .duration("waitforcert")?
                .filter(|_| is_patient),
            at_most: self.settings.duration("maxwaitforcert")?,
        })
    }

    /// Where replaced files are kept.
    pub fn bucket(&self) -> Result<FileBucket> {
        Ok(FileBucket::new(
            self.settings.path("clientbucketdir")?.into_std_path_buf(),
        ))
    }

    /// Where external facts lie; what stands in a later directory wins.
    pub fn fact_directories(&self) -> Result<Vec<std::path::PathBuf>> {
        let own = self.settings.path("confdir")?.join("facts.d");
        let synced = self.settings.path("pluginfactdest")?;
        Ok(vec![
            synced.into(),
            "/etc/puppetlabs/facter/facts.d".into(),
            "/etc/facter/facts.d".into(),
            own.into(),
        ])
    }
}
