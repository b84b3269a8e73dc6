//! A small authority and a TLS server whose answers each test decides.

use std::{
    io,
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    DistinguishedName, DnType, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams,
    SerialNumber,
};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The serial of the server's certificate.
pub const SERVER_SERIAL: u64 = 2;

/// An authority of one test.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// From when to when a certificate holds, in days from now.
#[derive(Clone, Copy)]
pub struct Days(pub i64, pub i64);

impl Authority {
    pub fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters.distinguished_name = named("Test CA");
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(parameters, key).expect("a certificate");
        Self { issuer }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    /// Revokes these serials.
    pub fn crl(&self, revoked: &[u64]) -> String {
        let now = OffsetDateTime::now_utc();
        let parameters = CertificateRevocationListParams {
            this_update: now - Duration::days(1),
            next_update: now + Duration::days(30),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|&serial| RevokedCertParams {
                    serial_number: SerialNumber::from(serial),
                    revocation_time: now - Duration::days(1),
                    reason_code: None,
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = parameters.signed_by(&self.issuer).expect("a list");
        list.pem().expect("PEM")
    }

    /// A key and a certificate for a name.
    pub fn issue(&self, name: &str, serial: u64, days: Days) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new([name.to_owned()]).expect("a name");
        parameters.distinguished_name = named(name);
        self.fill(&mut parameters, serial, days);
        let certificate = parameters.signed_by(&key, &self.issuer).expect("signed");
        (key.serialize_pem(), certificate.pem())
    }

    /// Signs a request, as the authority does when someone runs `cert sign`.
    pub fn sign(&self, request: &str, serial: u64) -> String {
        let mut request =
            rcgen::CertificateSigningRequestParams::from_pem(request).expect("a request");
        self.fill(&mut request.params, serial, Days(-1, 30));
        request.signed_by(&self.issuer).expect("signed").pem()
    }

    fn fill(&self, parameters: &mut CertificateParams, serial: u64, Days(from, to): Days) {
        let now = OffsetDateTime::now_utc();
        parameters.serial_number = Some(SerialNumber::from(serial));
        parameters.not_before = now + Duration::days(from);
        parameters.not_after = now + Duration::days(to);
    }

    /// A server's TLS: with `clients`, whoever connects must show a certificate of ours.
    pub fn server(&self, name: &str, days: Days, clients: Option<&[u64]>) -> ServerConfig {
        let (key, certificate) = self.issue(name, SERVER_SERIAL, days);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let chain = vec![
            rustls_pki_types::CertificateDer::from_pem_slice(certificate.as_bytes())
                .expect("a certificate"),
        ];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(revoked) => {
                let mut roots = RootCertStore::empty();
                roots.add(self.issuer.der().clone()).expect("a root");
                let crl = rustls_pki_types::CertificateRevocationListDer::from_pem_slice(
                    self.crl(revoked).as_bytes(),
                )
                .expect("a list");
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .with_crls([crl])
                        .build()
                        .expect("a verifier");
                builder.with_client_cert_verifier(verifier)
            }
        };
        builder
            .with_single_cert(chain, key)
            .expect("they fit together")
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    subject
}

/// What came: the first line and the body.
#[derive(Clone, Debug)]
pub struct Seen {
    pub line: String,
    pub body: String,
}

/// What goes out, byte by byte; the connection ends after it.
pub type Answer = Box<dyn FnMut(&Seen) -> Vec<u8> + Send>;

/// A running server.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub fn start(tls: ServerConfig, answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        listener.set_nonblocking(true).expect("non-blocking");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime
                .block_on(serve(listener, tls, answer, log))
                .expect("it serves");
        });
        Self { port, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic").clone()
    }
}

async fn serve(
    listener: TcpListener,
    tls: ServerConfig,
    mut answer: Answer,
    log: Arc<Mutex<Vec<Seen>>>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    loop {
        let (stream, _) = listener.accept().await?;
        let Ok(mut stream) = acceptor.accept(stream).await else {
            continue;
        };
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        let seen = loop {
            if let Some(seen) = complete(&bytes) {
                break Some(seen);
            }
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => break None,
                Ok(count) => bytes.extend_from_slice(&piece[..count]),
            }
        };
        let Some(seen) = seen else { continue };
        log.lock().expect("no panic").push(seen.clone());
        let out = answer(&seen);
        // The client may have gone already; that is its own test's affair.
        let _ = stream.write_all(&out).await;
        let _ = stream.shutdown().await;
    }
}

fn complete(bytes: &[u8]) -> Option<Seen> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    (body.len() >= length).then(|| Seen {
        line: head.lines().next().unwrap_or_default().to_owned(),
        body: body.to_owned(),
    })
}

/// A whole answer.
pub fn reply(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
