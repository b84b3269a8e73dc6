//! How a command wakes the master that runs beside it: a line to `$rundir/master.sock`, answered
//! when what the command wrote is in force.

use std::{
    fs, io,
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use camino::{Utf8Path, Utf8PathBuf};
use ficelle_ca::Authority;
use ficelle_model::settings::Settings;
use tokio::{io::AsyncWriteExt as _, net::UnixListener};

/// A master that does not answer by then takes note by itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where the socket is.
pub fn socket(settings: &Settings) -> Result<Utf8PathBuf> {
    Ok(settings.path("rundir")?.join("master.sock"))
}

/// Wakes a running master and waits until it took note. Nothing where none runs.
pub fn wake(socket: &Utf8Path) {
    let told = UnixStream::connect(socket).and_then(|mut stream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(b"refresh\n")?;
        stream.shutdown(std::net::Shutdown::Write)?;
        stream.read_to_end(&mut Vec::new())
    });
    if let Err(error) = told {
        tracing::debug!(%error, "no master took note");
    }
}

/// Opens the socket.
pub fn bind(socket: &Utf8Path) -> Result<UnixListener> {
    match fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace {socket}"));
        }
        _ => {}
    }
    let listener =
        UnixListener::bind(socket).with_context(|| format!("cannot listen on {socket}"))?;
    fs::set_permissions(socket, fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// Takes in what others wrote, at each wake-up.
pub async fn listen(listener: UnixListener, authority: Arc<Authority>) {
    loop {
        let mut stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot be woken");
                tokio::time::sleep(PATIENCE).await;
                continue;
            }
        };
        match authority.refresh().await {
            // Whoever asked may have gone.
            Ok(()) => drop(stream.write_all(b"ok\n").await),
            Err(error) => tracing::error!(%error, "cannot take in what a command wrote"),
        }
    }
}
