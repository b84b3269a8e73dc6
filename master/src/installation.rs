//! What every command starts from: the settings, and what they lead to.

use std::{fs, io, sync::Arc};

use anyhow::{Context as _, Result};
use camino::Utf8PathBuf;
use ficelle_api::{StoreRegistry, compile::EnvironmentFolders, nodes::definition::Definitions};
use ficelle_ca::{
    Authority, Autosign, KeyType,
    authority::{AuthorityFiles, OwnFiles, Policy},
    request::AltName,
};
use ficelle_compiler::{
    Classifier, DiskInputs, EnvironmentDefaults, Settings as Language, Strictness,
};
use ficelle_model::{
    Certname, Data, EnvironmentName, Oids,
    settings::{ConfigFile, Flags, Mode, Settings},
};
use ficelle_ruby::Pool;
use ficelle_store::Store;
use jiff::Timestamp;

use crate::{host, privileges};

/// A master's settings, and what they lead to.
pub struct Installation {
    /// The settings.
    pub settings: Settings,
    host: String,
}

impl Installation {
    /// Reads the configuration file, if there is one.
    pub fn new(flags: Flags) -> Result<Self> {
        let host = host::full_name();
        let empty = ConfigFile::parse("puppet.conf", "").context("an empty file is valid")?;
        let bare = Settings::new(Mode::Server, empty, flags.clone(), &host);
        let path = bare.path("config")?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !bare.is_set("config") => {
                String::new()
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        };
        let file = ConfigFile::parse(path.as_str(), &text)?;
        let settings = Settings::new(Mode::Server, file, flags, &host);
        settings.check()?;
        Ok(Self { settings, host })
    }

    /// The master's own name.
    pub fn certname(&self) -> Result<Certname> {
        Ok(Certname::from_typed(&self.settings.text("certname")?)?)
    }

    /// Becomes the service's user, with the folders that it needs.
    pub fn drop_privileges(&self) -> Result<()> {
        let names = ["vardir", "ssldir", "cadir", "rundir", "logdir"];
        let folders = names.map(|name| self.settings.path(name));
        let folders: Vec<Utf8PathBuf> = folders.into_iter().collect::<Result<_, _>>()?;
        let folders: Vec<_> = folders.iter().map(Utf8PathBuf::as_path).collect();
        privileges::drop(&self.settings, &folders)
    }

    /// The store.
    pub async fn store(&self) -> Result<Arc<dyn Store>> {
        let url = self.settings.text("database")?;
        ficelle_store::open(&url)
            .await
            .with_context(|| format!("cannot open {}", shown(&url)))
    }

    /// Whether opening the store would not make it.
    pub fn has_store(&self) -> Result<bool> {
        let url = self.settings.text("database")?;
        Ok(match url.strip_prefix("sqlite:") {
            Some(path) => Utf8PathBuf::from(path).exists(),
            None => true,
        })
    }

    /// The authority, made where there is none.
    pub async fn authority(&self, store: &Arc<dyn Store>) -> Result<Authority> {
        let registry = Arc::new(StoreRegistry(Arc::clone(store)));
        let files = self.authority_files()?;
        Authority::open(&files, registry, self.policy()?, Timestamp::now)
            .await
            .context("cannot open the certificate authority")
    }

    /// Where the authority's files are.
    pub fn authority_files(&self) -> Result<AuthorityFiles> {
        Ok(AuthorityFiles {
            key: self.settings.path("cakey")?.into(),
            certificate: self.settings.path("cacert")?.into(),
            common_name: self.settings.text("ca_name")?,
            key_type: KeyType::Rsa4096,
        })
    }

    fn policy(&self) -> Result<Policy> {
        let lifetime = self
            .settings
            .duration("cert_ttl")?
            .context("cert_ttl must end")?;
        Ok(Policy {
            autosign: Autosign::from_setting(&self.settings.text("autosign")?),
            lifetime_seconds: i64::try_from(lifetime.as_secs()).context("cert_ttl is too long")?,
            ..Policy::default()
        })
    }

    /// Where the key and the certificate of a name are kept.
    pub fn own_files(&self, name: &Certname) -> Result<OwnFiles> {
        let file = format!("{name}.pem");
        Ok(OwnFiles {
            key: self.settings.path("privatekeydir")?.join(&file).into(),
            certificate: self.settings.path("certdir")?.join(&file).into(),
        })
    }

    /// The kind of key that certificates made here get.
    pub fn key_type(&self) -> Result<KeyType> {
        Ok(match self.settings.text("key_type")?.as_str() {
            "rsa" => KeyType::Rsa4096,
            _ => KeyType::P256,
        })
    }

    /// The names under which agents may reach this master.
    pub fn alt_names(&self) -> Result<Vec<AltName>> {
        let short = self.host.split('.').next().unwrap_or_default();
        let mut names = vec![
            AltName::Dns(self.host.clone()),
            AltName::Dns(short.to_owned()),
            AltName::Dns("puppet".to_owned()),
            AltName::Dns("localhost".to_owned()),
        ];
        names.extend(parse_alt_names(&self.settings.list("dns_alt_names")?));
        let own = self.certname()?;
        let mut unique = Vec::new();
        for name in names {
            let is_own = matches!(&name, AltName::Dns(host) if host == own.as_str());
            if !is_own && !unique.contains(&name) {
                unique.push(name);
            }
        }
        Ok(unique)
    }

    /// Where environments stand.
    pub fn environment_folders(&self) -> Result<EnvironmentFolders> {
        let fixed = self.settings.path("manifests")?;
        let fixed = (!fixed.as_str().is_empty())
            .then(|| {
                let directory = fixed.canonicalize_utf8();
                let directory = directory.with_context(|| format!("cannot use {fixed}"))?;
                anyhow::Ok((EnvironmentName::production(), directory))
            })
            .transpose()?;
        Ok(EnvironmentFolders {
            path: self.settings.paths("environmentpath")?,
            fixed,
        })
    }

    /// Where definitions of nodes come from.
    pub fn definitions(&self) -> Result<Definitions> {
        let settings = &self.settings;
        let classifier = match settings.text("node_terminus")?.as_str() {
            "exec" => Some(Classifier::new(&settings.text("external_nodes")?)?),
            _ => None,
        };
        let command = settings.path("trusted_external_command")?;
        let mapping = settings.path("trusted_oid_mapping_file")?;
        let oids = match fs::read_to_string(&mapping) {
            Ok(text) => Oids::parse(&text).with_context(|| {
                format!("Error loading ssl custom OIDs mapping file from '{mapping}'")
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Oids::default(),
            Err(error) => return Err(error).with_context(|| format!("cannot read {mapping}")),
        };
        Ok(Definitions {
            classifier,
            trusted_command: (!command.as_str().is_empty()).then_some(command),
            oids,
            addresses: host::addresses(),
        })
    }

    /// What environments take from the settings.
    pub fn environment_defaults(&self) -> Result<EnvironmentDefaults> {
        Ok(EnvironmentDefaults {
            base_modulepath: self.settings.paths("basemodulepath")?,
            default_manifest: self.settings.path("default_manifest")?,
            only_default_manifest: self.settings.boolean("disable_per_environment_manifest")?,
            variables: self
                .settings
                .all()
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect(),
        })
    }

    /// The disk as compiles read it, with the helper for what modules write in Ruby.
    pub fn disk(&self) -> Result<DiskInputs> {
        let pool = Pool::new(ficelle_ruby::Settings::read(&self.settings)?);
        Ok(DiskInputs::new().with_ruby(Arc::new(pool)))
    }

    /// What the language obeys.
    pub fn language(&self) -> Result<Language> {
        let hiera = self.settings.path("hiera_config")?;
        let values = self.settings.all().into_iter();
        Ok(Language {
            strict: match self.settings.text("strict")?.as_str() {
                "off" => Strictness::Off,
                "warning" => Strictness::Warning,
                _ => Strictness::Error,
            },
            strict_variables: self.settings.boolean("strict_variables")?,
            tasks: self.settings.boolean("tasks")?,
            debug: true,
            rich_data: self.settings.boolean("rich_data")?,
            storeconfigs: self.settings.boolean("storeconfigs")?,
            hiera_config: hiera.is_file().then_some(hiera),
            values: values
                .map(|(name, value)| (name.into(), Data::from(value)))
                .collect(),
        })
    }
}

/// `DNS:name`, `IP:address` or a plain name, as `dns_alt_names` has them.
pub fn parse_alt_names(names: &[String]) -> impl Iterator<Item = AltName> {
    names.iter().map(|name| {
        let (kind, value) = name.split_once(':').unwrap_or(("DNS", name));
        match (kind, name.parse(), value.parse()) {
            (_, Ok(address), _) | ("IP", _, Ok(address)) => AltName::Ip(address),
            _ => AltName::Dns(value.trim().to_ascii_lowercase()),
        }
    })
}

/// A URL without its password.
fn shown(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}…{}", &url[..scheme + 3], &url[at..])
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{AltName, parse_alt_names, shown};

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(
            shown("postgres://u:secret@db/ficelle"),
            "postgres://…@db/ficelle"
        );
        assert_eq!(shown("sqlite:/var/lib/x.db"), "sqlite:/var/lib/x.db");
    }

    #[test]
    fn other_names_have_kinds() {
        let names = ["Puppet.LAN", "DNS:a", "IP:192.0.2.7", "2001:db8::1"].map(str::to_owned);
        let names: Vec<_> = parse_alt_names(&names)
            .map(|name| name.to_string())
            .collect();
        assert_eq!(
            names,
            ["DNS:puppet.lan", "DNS:a", "IP:192.0.2.7", "IP:2001:db8::1"]
        );
        assert!(matches!(
            parse_alt_names(&["x".into()]).next(),
            Some(AltName::Dns(_))
        ));
    }
}
