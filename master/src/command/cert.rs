//! `master cert`: requests and certificates.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use ficelle_ca::{
    Authority, Certificate, Request,
    authority::Permission,
    certificate::fingerprint_of,
    registry::{CertificateRecord, RequestRecord},
};
use ficelle_model::Certname;
use ficelle_store::Store;

use super::{actor, block_on};
use crate::{
    installation::{Installation, parse_alt_names},
    terminal::Terminal,
    wake,
};

#[derive(Debug, Subcommand)]
pub enum Cert {
    /// Lists requests that wait; with --all, certificates too.
    List {
        /// Certificates too, revoked ones among them.
        #[arg(long)]
        all: bool,
    },
    /// Signs requests.
    Sign {
        /// Whose.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        names: Vec<String>,
        /// Every request that waits.
        #[arg(long)]
        all: bool,
        /// Also those that ask for other names beside their own.
        #[arg(long, alias = "allow-subject-alt-names")]
        allow_dns_alt_names: bool,
    },
    /// Revokes certificates; the nodes are refused from then on.
    Revoke {
        /// Whose.
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Revokes certificates and forgets all that the nodes left behind: their names are free again.
    Clean {
        /// Whose.
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Makes a key and a certificate on this host.
    Generate {
        /// Whose.
        #[arg(required = true)]
        names: Vec<String>,
        /// Further names in the certificate, separated by commas: web.example.org,IP:192.0.2.7
        #[arg(long, alias = "subject-alt-names", value_delimiter = ',')]
        alt_names: Vec<String>,
    },
    /// Prints SHA-256 fingerprints: the authority's, or those of names.
    Fingerprint {
        /// Whose certificate or request; the authority's where none is named.
        names: Vec<String>,
    },
}

pub fn run(cert: Cert, installation: &Installation, terminal: &mut Terminal) -> Result<ExitCode> {
    installation.drop_privileges()?;
    block_on(async {
        let store = installation.store().await?;
        let authority = installation.authority(&store).await?;
        let mut work = Work {
            installation,
            store,
            authority,
            terminal,
            code: ExitCode::SUCCESS,
        };
        match cert {
            Cert::List { all } => work.list(all).await?,
            Cert::Sign {
                names,
                all,
                allow_dns_alt_names,
            } => {
                work.sign(names, all, allow_dns_alt_names).await?;
            }
            Cert::Revoke { names } => work.revoke(&names).await?,
            Cert::Clean { names } => work.clean(&names).await?,
            Cert::Generate { names, alt_names } => work.generate(&names, &alt_names).await?,
            Cert::Fingerprint { names } => work.fingerprint(&names).await?,
        }
        Ok(work.code)
    })
}

struct Work<'a> {
    installation: &'a Installation,
    store: Arc<dyn Store>,
    authority: Authority,
    terminal: &'a mut Terminal,
    code: ExitCode,
}

impl Work<'_> {
    async fn list(&mut self, all: bool) -> Result<()> {
        let requests = self.authority.requests().await?;
        if requests.is_empty() && !all {
            self.terminal.line("No certificates to list");
            return Ok(());
        }
        let requests = requests.iter().map(requested).collect::<Result<Vec<_>>>()?;
        self.section("Requested Certificates:", &requests);
        if all {
            let certificates = self.authority.certificates().await?;
            let (revoked, signed): (Vec<_>, Vec<_>) = certificates
                .iter()
                .partition(|record| record.revoked.is_some());
            let rows = |records: Vec<&CertificateRecord>| {
                records.into_iter().map(held).collect::<Result<Vec<_>>>()
            };
            self.section("Signed Certificates:", &rows(signed)?);
            self.section("Revoked Certificates:", &rows(revoked)?);
        }
        Ok(())
    }

    fn section(&mut self, title: &str, rows: &[Vec<String>]) {
        if !rows.is_empty() {
            self.terminal.line(title);
            self.terminal.table(rows);
        }
    }

    async fn sign(&mut self, names: Vec<String>, all: bool, alt_names: bool) -> Result<()> {
        let names: Vec<_> = if all {
            let requests = self.authority.requests().await?;
            requests.into_iter().map(|request| request.name).collect()
        } else {
            parse(&names)?
        };
        if names.is_empty() {
            self.terminal
                .line("No waiting certificate requests to sign");
        }
        let permission = if alt_names {
            Permission::Allow
        } else {
            Permission::Refuse
        };
        for name in &names {
            match self.authority.sign(name, permission, &actor()).await {
                Ok(record) => {
                    let certificate = Certificate::from_pem(&record.pem)?;
                    self.terminal.line(format_args!(
                        "Successfully signed certificate request for {name} (SHA256) {}",
                        certificate.fingerprint
                    ));
                }
                Err(error) => self.failed(error.into()),
            }
        }
        self.wake()
    }

    async fn revoke(&mut self, names: &[String]) -> Result<()> {
        for name in parse(names)? {
            match self.authority.revoke(&name, &actor()).await {
                Ok(serials) if serials.is_empty() => {
                    self.terminal
                        .line(format_args!("{name} was revoked before"));
                }
                Ok(_) => self
                    .terminal
                    .line(format_args!("Revoked certificate for {name}")),
                Err(error) => self.failed(error.into()),
            }
        }
        self.wake()
    }

    async fn clean(&mut self, names: &[String]) -> Result<()> {
        for name in parse(names)? {
            match self.authority.clean(&name, &actor()).await {
                Ok(()) => {
                    let now = jiff::Timestamp::now().as_millisecond();
                    self.store.deactivate(&name, now).await?;
                    self.terminal.line(format_args!(
                        "Revoked and forgot certificate, request and exported resources of {name}"
                    ));
                }
                Err(error) => self.failed(error.into()),
            }
        }
        self.wake()
    }

    async fn generate(&mut self, names: &[String], alt_names: &[String]) -> Result<()> {
        let alt_names: Vec<_> = parse_alt_names(alt_names).collect();
        for name in parse(names)? {
            let files = self.installation.own_files(&name)?;
            if self
                .authority
                .certificate(&name)
                .await?
                .is_some_and(|held| held.revoked.is_none())
            {
                let error = anyhow::anyhow!(
                    "{name} already has a certificate; run `master cert clean {name}` first"
                );
                self.failed(error);
                continue;
            }
            let key_type = self.installation.key_type()?;
            self.authority
                .own_certificate(&name, &alt_names, &files, key_type, &actor())
                .await
                .with_context(|| format!("cannot make a certificate for {name}"))?;
            self.terminal.line(format_args!("{}", files.key.display()));
            self.terminal
                .line(format_args!("{}", files.certificate.display()));
        }
        self.wake()
    }

    async fn fingerprint(&mut self, names: &[String]) -> Result<()> {
        if names.is_empty() {
            let fingerprint = fingerprint_of(self.authority.issuer().certificate_pem())?;
            self.terminal
                .line(format_args!("ca (SHA256) {fingerprint}"));
        }
        for name in parse(names)? {
            let fingerprint = if let Some(record) = self.authority.certificate(&name).await? {
                Certificate::from_pem(&record.pem)?.fingerprint
            } else if let Some(record) = self.authority.request(&name).await? {
                Request::parse(&record.pem, &name)?.fingerprint
            } else {
                self.failed(anyhow::anyhow!(
                    "Could not find a certificate or a request for {name}"
                ));
                continue;
            };
            self.terminal
                .line(format_args!("{name} (SHA256) {fingerprint}"));
        }
        Ok(())
    }

    fn failed(&mut self, error: anyhow::Error) {
        self.terminal.error(&error);
        self.code = ExitCode::FAILURE;
    }

    fn wake(&self) -> Result<()> {
        wake::wake(&wake::socket(&self.installation.settings)?);
        Ok(())
    }
}

fn parse(names: &[String]) -> Result<Vec<Certname>> {
    names
        .iter()
        .map(|name| Ok(Certname::from_typed(name)?))
        .collect()
}

fn requested(record: &RequestRecord) -> Result<Vec<String>> {
    let request = Request::parse(&record.pem, &record.name)
        .with_context(|| format!("the request of {} cannot be read", record.name))?;
    let alt_names: Vec<_> = request.alt_names.iter().map(ToString::to_string).collect();
    Ok(row(&record.name, &request.fingerprint, &alt_names))
}

fn held(record: &CertificateRecord) -> Result<Vec<String>> {
    let certificate = Certificate::from_pem(&record.pem)?;
    if certificate.name != record.name {
        bail!(
            "the certificate kept for {} is made out to {}",
            record.name,
            certificate.name
        );
    }
    let own = format!("DNS:{}", record.name);
    let others: Vec<_> = certificate
        .alt_names
        .into_iter()
        .filter(|name| *name != own)
        .collect();
    Ok(row(&record.name, &certificate.fingerprint, &others))
}

fn row(name: &Certname, fingerprint: &str, alt_names: &[String]) -> Vec<String> {
    let mut row = vec![
        format!("    {name}"),
        "(SHA256)".to_owned(),
        fingerprint.to_owned(),
    ];
    if !alt_names.is_empty() {
        row.push(format!("alt names: {}", alt_names.join(", ")));
    }
    row
}
