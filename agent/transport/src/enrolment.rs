//! How a node becomes known: authority, revocations, key, request, certificate; each is fetched or
//! made once and kept, so that a run that was stopped goes on where it stood.

use std::time::{Duration, Instant};

use ficelle_model::{Certname, report::Journal};

use crate::{
    api::authority,
    client::{Client, Timeouts},
    endpoint::Endpoint,
    error::TransportError,
    identity::{Attributes, Identity, KeyType, Places, PrivateKey, Request, read, write},
    lines,
    tls::{self, Revocation},
};

/// What an enrolment needs to know.
pub struct Enrolment<'a> {
    /// The node.
    pub certname: Certname,
    /// `ca_server` and `ca_port`
    pub authority: Endpoint,
    /// Where files are kept.
    pub places: Places,
    /// Which key to make.
    pub key_type: KeyType,
    /// `dns_alt_names`
    pub names: Vec<String>,
    /// `ca_fingerprint`: SHA-256 of the authority's certificate.
    pub expected: Option<String>,
    /// `certificate_revocation`
    pub revocation: Revocation,
    /// Waits.
    pub timeouts: Timeouts,
    /// Who listens.
    pub journal: &'a dyn Journal,
}

/// How long to wait for a signature.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// `waitforcert`: between two questions; none to ask once.
    pub every: Option<Duration>,
    /// `maxwaitforcert`; none for ever.
    pub at_most: Option<Duration>,
}

/// Lets the wait be ended from outside.
pub trait Wait {
    /// Waits; false when the process shall stop.
    fn wait(&self, time: Duration) -> bool;
}

/// A node that may talk to masters.
#[derive(Debug)]
pub struct Session {
    identity: Identity,
    authority: String,
    revocations: Option<String>,
    revocation: Revocation,
    timeouts: Timeouts,
}

impl Session {
    /// A client that shows this node's certificate.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn client(&self, endpoint: &Endpoint) -> Result<Client, TransportError> {
        let tls = tls::verified(
            &self.authority,
            self.revocations.as_deref(),
            self.revocation,
            Some(self.identity.credentials()),
        )?;
        Client::new(endpoint.clone(), tls, self.timeouts)
    }

    /// Fetches the revocations anew and keeps them, once they are older than `age`. A list that
    /// cannot be had is no reason to stop: the old one goes on to hold.
    ///
    /// # Errors
    /// Why the list could not be had or kept.
    pub fn refresh_revocations(
        &mut self,
        endpoint: &Endpoint,
        places: &Places,
        age: Duration,
    ) -> Result<(), TransportError> {
        let changed = std::fs::metadata(&places.revocations).and_then(|file| file.modified());
        let is_young = changed
            .ok()
            .and_then(|changed| changed.elapsed().ok())
            .is_some_and(|elapsed| elapsed < age);
        if self.revocation == Revocation::Ignore || is_young {
            return Ok(());
        }
        let bundle = authority::revocations(&self.client(endpoint)?)?;
        if lines::revocation_lists(&bundle).is_empty() {
            return Err(TransportError::Body {
                url: endpoint.url(authority::CRL),
                detail: "no revocation list stands in it".to_owned(),
            });
        }
        write(&places.revocations, &bundle, 0o644)?;
        self.revocations = Some(bundle);
        Ok(())
    }

    /// Who this node is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl Enrolment<'_> {
    /// Goes from wherever this node stands to a session.
    ///
    /// # Errors
    /// The first step that failed; the steps before it are kept.
    pub fn run(&self, patience: Patience, wait: &dyn Wait) -> Result<Session, TransportError> {
        let authority = self.authority()?;
        let revocations = self.revocations(&authority)?;
        let key = self.key()?;
        let certificate = match read(&self.places.certificate)? {
            Some(certificate) => certificate,
            None => self.certificate(&authority, revocations.as_deref(), &key, patience, wait)?,
        };
        let identity = Identity::new(&self.certname, key.pem(), &certificate)?;
        identity.check_time(jiff::Timestamp::now())?;
        Ok(Session {
            identity,
            authority,
            revocations,
            revocation: self.revocation,
            timeouts: self.timeouts,
        })
    }

    /// The fingerprint of what this node has: its certificate, else its request.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn fingerprint(&self) -> Result<Option<String>, TransportError> {
        if let Some(certificate) = read(&self.places.certificate)? {
            return Ok(lines::certificates(&certificate)
                .first()
                .map(|der| lines::fingerprint(der)));
        }
        let Some(request) = read(&self.places.request)? else {
            return Ok(None);
        };
        Ok(pem::parse(request)
            .ok()
            .map(|request| lines::fingerprint(request.contents())))
    }

    fn client(&self, tls: rustls::ClientConfig) -> Result<Client, TransportError> {
        Client::new(self.authority.clone(), tls, self.timeouts)
    }

    fn authority(&self) -> Result<String, TransportError> {
        if let Some(bundle) = read(&self.places.authority)? {
            return Ok(bundle);
        }
        let client = self.client(tls::unverified()?)?;
        let bundle = authority::certificate(&client, "ca")?.ok_or_else(|| {
            TransportError::Identity("CA certificate is missing from the server".to_owned())
        })?;
        let certificates = lines::certificates(&bundle);
        let Some(first) = certificates.first() else {
            return Err(TransportError::Body {
                url: self.authority.url(authority::CA),
                detail: "no certificate stands in it".to_owned(),
            });
        };
        let shown = lines::fingerprint(first);
        if let Some(expected) = &self.expected {
            // The bundle's own digest is what the reference compares; operators paste either.
            let candidates = [
                shown.clone(),
                lines::fingerprint(certificates[certificates.len() - 1].as_ref()),
                lines::fingerprint(bundle.as_bytes()),
            ];
            let expected = lines::bare(expected);
            if !candidates.iter().any(|one| lines::bare(one) == expected) {
                return Err(TransportError::Identity(format!(
                    "CA bundle with digest (SHA256) {shown} did not match expected digest \
                     {expected}: nothing was kept or sent; {} may not be your master",
                    self.authority
                )));
            }
            self.journal
                .info(format!("Verified CA bundle with digest (SHA256) {shown}"));
        } else {
            self.journal.notice(format!(
                "First contact with {}: keeping its CA certificate (SHA256) {shown}",
                self.authority
            ));
        }
        write(&self.places.authority, &bundle, 0o644)?;
        Ok(bundle)
    }

    fn revocations(&self, authority: &str) -> Result<Option<String>, TransportError> {
        if self.revocation == Revocation::Ignore {
            return Ok(None);
        }
        if let Some(bundle) = read(&self.places.revocations)? {
            return Ok(Some(bundle));
        }
        let tls = tls::verified(authority, None, Revocation::Ignore, None)?;
        let bundle = authority::revocations(&self.client(tls)?)?;
        if lines::revocation_lists(&bundle).is_empty() {
            return Err(TransportError::Body {
                url: self.authority.url(authority::CRL),
                detail: "no revocation list stands in it".to_owned(),
            });
        }
        write(&self.places.revocations, &bundle, 0o644)?;
        Ok(Some(bundle))
    }

    fn key(&self) -> Result<PrivateKey, TransportError> {
        if let Some(key) = PrivateKey::load(&self.places.key)? {
            return Ok(key);
        }
        let kind = match self.key_type {
            KeyType::Ec => "EC SSL key for {} using curve prime256v1",
            KeyType::Rsa2048 | KeyType::Rsa4096 => "RSA SSL key for {}",
        };
        let kind = kind.replace("{}", self.certname.as_str());
        self.journal.info(format!("Creating a new {kind}"));
        let key = PrivateKey::generate(self.key_type)?;
        key.save(&self.places.key)?;
        Ok(key)
    }

    fn certificate(
        &self,
        authority: &str,
        revocations: Option<&str>,
        key: &PrivateKey,
        patience: Patience,
        wait: &dyn Wait,
    ) -> Result<String, TransportError> {
        let name = &self.certname;
        let tls = tls::verified(authority, revocations, self.revocation, None)?;
        let client = self.client(tls)?;
        self.submit(&client, key)?;
        let began = Instant::now();
        loop {
            if let Some(certificate) = authority::certificate(&client, name.as_str())? {
                // Before it is kept: one that does not fit would stand in the way for ever.
                Identity::new(name, key.pem(), &certificate)?;
                write(&self.places.certificate, &certificate, 0o644)?;
                self.journal.info(format!(
                    "Downloaded certificate for {name} from {}",
                    self.authority
                ));
                return Ok(certificate);
            }
            self.journal
                .info(format!("Certificate for {name} has not been signed yet"));
            let advice = format!(
                "Couldn't fetch certificate from CA server; you might still need to sign this \
                 agent's certificate ({name})."
            );
            let Some(every) = patience.every.filter(|every| !every.is_zero()) else {
                return Err(TransportError::NotSigned(format!(
                    "{advice} Exiting now because the waitforcert setting is set to 0."
                )));
            };
            if patience.at_most.is_some_and(|most| began.elapsed() >= most) {
                return Err(TransportError::NotSigned(format!(
                    "{advice} Exiting now because the maxwaitforcert timeout has been exceeded."
                )));
            }
            self.journal.notice(format!(
                "{advice} On the master: master cert sign {name}. Will try again in {} seconds.",
                every.as_secs()
            ));
            if !wait.wait(every) {
                return Err(TransportError::Stopped);
            }
        }
    }

    fn submit(&self, client: &Client, key: &PrivateKey) -> Result<(), TransportError> {
        let name = &self.certname;
        self.journal
            .info(format!("Creating a new SSL certificate request for {name}"));
        // What was handed in before is handed in again: its fingerprint is the one that somebody
        // may be comparing just now.
        let kept = read(&self.places.request)?;
        let request = match kept.and_then(|pem| Request::kept(pem, key)) {
            Some(request) => request,
            None => {
                let attributes = Attributes::load(&self.places.attributes, &self.places.oids)?;
                Request::new(name, key, &self.names, &attributes)?
            }
        };
        self.journal.notice(format!(
            "Certificate Request fingerprint (SHA256): {}",
            request.fingerprint
        ));
        let submitted = match authority::submit(client, name.as_str(), &request.pem) {
            // A request or certificate of this name is there already: the question for the
            // certificate will tell whether it is ours.
            Err(TransportError::Status {
                status: 400,
                message,
                ..
            }) if message.contains("already has") => {
                self.journal.debug(message);
                Ok(())
            }
            other => other,
        };
        submitted?;
        write(&self.places.request, &request.pem, 0o644)
    }
}
