//! A master on a port of its own, in a directory of its own, and clients of it.

use std::{fs, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use ficelle_api::{
    App, AppFiles, Server, StoreRegistry,
    compile::{EnvironmentFolders, Environments, Pool},
    files::Mounts,
    nodes::definition::Definitions,
    router, tls,
};
use ficelle_ca::{
    Authority, ClientVerifier, KeyType,
    authority::{AuthorityFiles, OwnFiles, Permission, Policy},
    keys,
};
use ficelle_compiler::{EnvironmentDefaults, Settings};
use ficelle_model::Certname;
use ficelle_store::Store;
use jiff::Timestamp;
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, DnType, KeyPair};
use reqwest::{Certificate, Identity, Method, StatusCode};
use tempfile::TempDir;
use tokio::sync::oneshot;

pub struct Master {
    pub app: Arc<App>,
    pub directory: TempDir,
    address: SocketAddr,
    _end: oneshot::Sender<()>,
}

impl Master {
    /// Serves `control` with one environment, `production`.
    pub async fn start() -> Self {
        Self::start_with(|_| Definitions::default()).await
    }

    /// The same, with definitions of nodes that may lie in its directory.
    pub async fn start_with(define: impl FnOnce(&Path) -> Definitions) -> Self {
        // Another test may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        write(&root.join("environments/production/manifests/site.pp"), "");
        write(
            &root.join("environments/production/modules/motd/files/motd"),
            "hello\n",
        );
        write(
            &root.join("environments/production/modules/motd/lib/facter/motd.rb"),
            "# a fact\n",
        );
        write(
            &root.join("environments/production/modules/motd/lib/.git/config"),
            "",
        );
        let url = format!("sqlite:{}", root.join("store.db").display());
        let store = ficelle_store::open(&url).await.expect("a store");
        let app = Arc::new(app(root, store, define(root)).await);
        let tls = tls_config(&app, root).await;
        let address = "127.0.0.1:0".parse().expect("an address");
        let server = Server::bind(address, tls, router(Arc::clone(&app)))
            .await
            .expect("a port");
        let address = server.address().expect("its address");
        let (end, ended) = oneshot::channel();
        tokio::spawn(server.serve(async {
            let _ = ended.await;
        }));
        Self {
            app,
            directory,
            address,
            _end: end,
        }
    }

    /// A client without a certificate.
    pub fn anyone(&self) -> Client {
        self.client(None)
    }

    /// A client with a certificate of this name, signed by the operator.
    pub async fn node(&self, name: &str) -> Client {
        self.node_with(name, &[]).await
    }

    /// The same, with extensions in its certificate: object ids and texts.
    pub async fn node_with(&self, name: &str, extensions: &[(&[u64], &str)]) -> Client {
        let key = keys::generate(KeyType::P256).expect("a key");
        let name = Certname::parse(name).expect("a valid name");
        let pem = request_with(name.as_str(), &key, extensions);
        self.app
            .authority
            .submit(&name, &pem)
            .await
            .expect("accepted");
        let signed = self
            .app
            .authority
            .sign(&name, Permission::Refuse, "test")
            .await;
        self.with(&signed.expect("signed").pem, &key)
    }

    pub fn with(&self, certificate_pem: &str, key: &KeyPair) -> Client {
        let pem = format!("{certificate_pem}{}", key.serialize_pem());
        self.client(Some(
            Identity::from_pem(pem.as_bytes()).expect("an identity"),
        ))
    }

    fn client(&self, identity: Option<Identity>) -> Client {
        let authority = self.app.authority.issuer().certificate_pem();
        let authority = Certificate::from_pem(authority.as_bytes()).expect("a certificate");
        let mut builder = reqwest::Client::builder()
            .tls_certs_only([authority])
            .resolve("control", self.address)
            .no_gzip()
            .timeout(Duration::from_secs(30));
        if let Some(identity) = identity {
            builder = builder.identity(identity);
        }
        Client {
            http: builder.build().expect("a client"),
            base: format!("https://control:{}", self.address.port()),
        }
    }
}

pub struct Client {
    pub http: reqwest::Client,
    base: String,
}

impl Client {
    pub fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> (StatusCode, String) {
        answer(self.ask(Method::GET, path)).await
    }

    pub async fn put(&self, path: &str, body: impl Into<reqwest::Body>) -> (StatusCode, String) {
        answer(self.ask(Method::PUT, path).body(body)).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, String) {
    let response = request.send().await.expect("an answer");
    (response.status(), response.text().await.expect("a body"))
}

pub fn request(name: &str, key: &KeyPair) -> String {
    request_with(name, key, &[])
}

fn request_with(name: &str, key: &KeyPair, extensions: &[(&[u64], &str)]) -> String {
    let mut params = CertificateParams::default();
    let extensions = extensions.iter().map(|(oid, text)| {
        let length = u8::try_from(text.len()).expect("a short text");
        let der = [&[0x0c, length], text.as_bytes()].concat();
        CustomExtension::from_oid_content(oid, der)
    });
    params.custom_extensions = extensions.collect();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .serialize_request(key)
        .expect("a request")
        .pem()
        .expect("its PEM")
}

async fn app(root: &Path, store: Arc<dyn Store>, definitions: Definitions) -> App {
    let files = AuthorityFiles {
        key: root.join("ca/ca_key.pem"),
        certificate: root.join("ca/ca_crt.pem"),
        common_name: "Test CA".to_owned(),
        key_type: KeyType::P256,
    };
    let registry = Arc::new(StoreRegistry(Arc::clone(&store)));
    let authority = Authority::open(&files, registry, Policy::default(), Timestamp::now).await;
    let utf8 = |path: &str| root.join(path).try_into().expect("UTF-8");
    let folders = EnvironmentFolders {
        path: vec![utf8("environments")],
        fixed: None,
    };
    App {
        authority: Arc::new(authority.expect("an authority")),
        store,
        environments: Arc::new(Environments::new(folders, EnvironmentDefaults::default())),
        compiler: Pool::start(2, 8).expect("threads"),
        compile_timeout: Duration::from_secs(5),
        language: Settings::default(),
        server_name: Certname::parse("control").expect("a valid name"),
        definitions,
        mounts: Mounts::default(),
        files: AppFiles {
            bucket: utf8("bucket"),
        },
    }
}

async fn tls_config(app: &App, root: &Path) -> rustls::ServerConfig {
    let own = OwnFiles {
        key: root.join("private_keys/control.pem"),
        certificate: root.join("certs/control.pem"),
    };
    let name = &app.server_name;
    let own = app
        .authority
        .own_certificate(name, &[], &own, KeyType::P256, "test")
        .await;
    let own = own.expect("a certificate");
    let key = fs::read_to_string(&own.key).expect("the key");
    let authority = app.authority.issuer().certificate();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = ClientVerifier::new(authority.clone(), app.authority.revocations(), provider);
    let verifier = verifier.expect("a verifier");
    tls::config(&own.certificate_pem, &key, authority, verifier).expect("a configuration")
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a directory above")).expect("made");
    ficelle_model::atomic::replace(path, text.as_bytes(), 0o644).expect("written");
}
