//! Accepting connections: TLS first, then HTTP, each within its bounds.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use ficelle_ca::Certificate;
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::peer::Peer;

/// Connections at a time; more wait in the system's queue.
const MOST_CONNECTIONS: usize = 8192;
const HANDSHAKE: Duration = Duration::from_secs(15);
/// For a request's head, and for the next request on a connection that is kept.
const HEAD: Duration = Duration::from_secs(60);
/// So much of an answer, in bytes, is encrypted before it goes to the system: most go at once. Who
/// reads slowly makes us keep as much once more as the answer that waits for them anyway.
const ENCRYPTED: usize = 512 * 1024;
/// How long requests that run may take after the end was asked for.
const FAREWELL: Duration = Duration::from_secs(20);

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    router: Router,
}

impl Server {
    /// Listens.
    ///
    /// # Errors
    /// The address cannot be used.
    pub async fn bind(address: SocketAddr, tls: ServerConfig, router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            router,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `end`, then lets running requests finish.
    pub async fn serve(self, end: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        tokio::pin!(end);
        loop {
            let place = Arc::clone(&places).acquire_owned();
            let accepted = tokio::select! {
                () = &mut end => break,
                accepted = async {
                    let place = place.await.expect("the semaphore is never closed");
                    (self.listener.accept().await, place)
                } => accepted,
            };
            let (stream, address, place) = match accepted {
                (Ok((stream, address)), place) => (stream, address, place),
                (Err(error), _) => {
                    // Out of file descriptors, or a client that left: neither ends the server.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            // A client of IPv4 on a socket for both families keeps its own form.
            let address = SocketAddr::new(address.ip().to_canonical(), address.port());
            let connection = Connection {
                acceptor: self.acceptor.clone(),
                router: self.router.clone(),
                address,
                watcher: graceful.watcher(),
            };
            tokio::spawn(async move {
                connection.run(stream).await;
                drop(place);
            });
        }
        drop(self.listener);
        if tokio::time::timeout(FAREWELL, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("some requests did not finish in time");
        }
    }
}

struct Connection {
    acceptor: TlsAcceptor,
    router: Router,
    address: SocketAddr,
    watcher: hyper_util::server::graceful::Watcher,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        // Answers are small and whole: waiting to fill a packet only costs time.
        let _ = stream.set_nodelay(true);
        let handshake = tokio::time::timeout(HANDSHAKE, self.acceptor.accept(stream));
        let mut stream = match handshake.await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                let address = self.address;
                tracing::info!(client.address = %address, %error, "TLS handshake failed");
                return;
            }
            Err(_) => return,
        };
        let (_, session) = stream.get_mut();
        session.set_buffer_limit(Some(ENCRYPTED));
        let shown = session.peer_certificates().and_then(|chain| chain.first());
        let certificate = match shown.map(|der| Certificate::from_der(der)).transpose() {
            Ok(certificate) => certificate.map(Arc::new),
            Err(error) => {
                tracing::warn!(client.address = %self.address, %error, "connection refused");
                return;
            }
        };
        let peer = Peer {
            certificate,
            address: self.address,
        };
        let router = self.router;
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer.clone());
            router.clone().oneshot(request)
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(128 * 1024);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(HEAD)
            .max_header_list_size(64 * 1024);
        let connection = builder
            .serve_connection(TokioIo::new(stream), service)
            .into_owned();
        if let Err(error) = self.watcher.watch(connection).await {
            tracing::debug!(client.address = %self.address, %error, "connection ended");
        }
    }
}
