//! `master serve`: everything put together, until a signal.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    thread::available_parallelism,
    time::Duration,
};

use anyhow::{Context as _, Result};
use ficelle_api::{
    App, AppFiles, Server,
    compile::{Environments, Pool},
    files::Mounts,
    router, tls,
};
use ficelle_ca::{Authority, Certificate, ClientVerifier};
use ficelle_store::Store;
use jiff::Timestamp;
use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{MissedTickBehavior, interval},
};

use crate::{installation::Installation, logging, supervisor, wake};

/// Compiles that may wait for a thread.
const QUEUE: usize = 1024;
/// Even a change that nobody told of is taken in by then.
const REFRESH: Duration = Duration::from_secs(30);
const PRUNE: Duration = Duration::from_secs(3600);

/// Serves until SIGTERM or SIGINT.
pub fn run(installation: &Installation) -> Result<()> {
    logging::start(&installation.settings)?;
    for (name, line) in installation.settings.unknown() {
        tracing::warn!(setting = name, line, "puppet.conf holds an unknown setting");
    }
    installation.drop_privileges()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(installation))
}

async fn serve(installation: &Installation) -> Result<()> {
    let settings = &installation.settings;
    let store = installation.store().await?;
    let authority = Arc::new(installation.authority(&store).await?);
    authority.publish_certificate(settings.path("localcacert")?.as_std_path())?;
    let tls = tls_config(installation, &authority).await?;
    let app = Arc::new(app(installation, &store, &authority)?);
    let server = bind(installation, tls, router(app)).await?;
    tracing::info!(
        address = %server.address()?,
        server.certname = %installation.certname()?,
        version = env!("CARGO_PKG_VERSION"),
        "serving"
    );
    let socket = wake::socket(settings)?;
    let listening = tokio::spawn(wake::listen(wake::bind(&socket)?, Arc::clone(&authority)));
    let watching = tokio::spawn(watch(Arc::clone(&store), Arc::clone(&authority)));
    let pruning = tokio::spawn(prune(Arc::clone(&store), settings.duration("report_ttl")?));
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    supervisor::ready();
    let end = async {
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                // Manifests and data are read anew whenever they change; what is left to take in
                // is what others wrote into the store.
                _ = hangup.recv() => refresh(&authority).await,
            }
        }
        supervisor::stopping();
        tracing::info!("stopping");
    };
    server.serve(end).await;
    for task in [watching, pruning, listening] {
        task.abort();
    }
    // Gone already is as good.
    let _ = fs::remove_file(&socket);
    Ok(())
}

fn app(
    installation: &Installation,
    store: &Arc<dyn Store>,
    authority: &Arc<Authority>,
) -> Result<App> {
    let settings = &installation.settings;
    let file = settings.path("fileserverconfig")?;
    let mounts = match fs::read_to_string(&file) {
        Ok(text) => Mounts::parse(&text).with_context(|| format!("cannot use {file}"))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Mounts::default(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {file}")),
    };
    let environments = Environments::new(
        installation.environment_folders()?,
        installation.environment_defaults()?,
    )
    .with_disk(installation.disk()?);
    let threads = available_parallelism().map_or(2, std::num::NonZero::get);
    let timeout = settings.duration("compile_timeout")?;
    Ok(App {
        authority: Arc::clone(authority),
        store: Arc::clone(store),
        environments: Arc::new(environments),
        compiler: Pool::start(threads, QUEUE).context("cannot start threads")?,
        compile_timeout: timeout.unwrap_or(Duration::from_secs(3600)),
        language: installation.language()?,
        server_name: installation.certname()?,
        definitions: installation.definitions()?,
        mounts,
        files: AppFiles {
            bucket: settings.path("vardir")?.join("bucket"),
        },
    })
}

async fn tls_config(installation: &Installation, authority: &Authority) -> Result<ServerConfig> {
    let name = installation.certname()?;
    let files = installation.own_files(&name)?;
    let names = installation.alt_names()?;
    let key_type = installation.key_type()?;
    let own = authority
        .own_certificate(&name, &names, &files, key_type, "serve")
        .await?;
    let key = fs::read_to_string(&own.key)
        .with_context(|| format!("cannot read {}", own.key.display()))?;
    let held = Certificate::from_pem(&own.certificate_pem)?;
    tracing::info!(
        certificate.fingerprint = held.fingerprint,
        certificate.names = held.alt_names.join(", "),
        certificate.until = %held.not_after,
        "the master's certificate"
    );
    let root = authority.issuer().certificate();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = ClientVerifier::new(root.clone(), authority.revocations(), provider)?;
    Ok(tls::config(&own.certificate_pem, &key, root, verifier)?)
}

async fn bind(
    installation: &Installation,
    tls: ServerConfig,
    router: axum::Router,
) -> Result<Server> {
    let port = installation.settings.port("serverport")?;
    let address = installation.settings.text("bindaddress")?;
    let failed = |address: SocketAddr| format!("cannot listen on {address}");
    if !matches!(address.as_str(), "" | "*") {
        let address: IpAddr = address.parse().context("bindaddress is no address")?;
        let address = SocketAddr::new(address, port);
        return Server::bind(address, tls, router)
            .await
            .with_context(|| failed(address));
    }
    // Both families at once, where the system has both.
    let both = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    match Server::bind(both, tls.clone(), router.clone()).await {
        Ok(server) => Ok(server),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(error).with_context(|| failed(both))
        }
        Err(_) => {
            let old = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
            Server::bind(old, tls, router)
                .await
                .with_context(|| failed(old))
        }
    }
}

/// Takes in what another process or master wrote.
async fn watch(store: Arc<dyn Store>, authority: Arc<Authority>) {
    loop {
        if let Ok(Err(error)) = tokio::time::timeout(REFRESH, store.changed()).await {
            tracing::error!(%error, "cannot watch the store");
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        refresh(&authority).await;
    }
}

async fn refresh(authority: &Authority) {
    if let Err(error) = authority.refresh().await {
        tracing::error!(%error, "cannot read revocations; those known so far stay in force");
    }
}

async fn prune(store: Arc<dyn Store>, keep: Option<Duration>) {
    let Some(keep) = keep else { return };
    let mut ticks = interval(PRUNE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Ok(before) = Timestamp::now().checked_sub(keep) else {
            return;
        };
        match store.prune(before.as_millisecond()).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(report.count = count, "old reports dropped"),
            Err(error) => tracing::error!(%error, "cannot drop old reports"),
        }
    }
}
