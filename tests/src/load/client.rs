//! A client that knows as much of TLS and HTTP as it needs: one connection, one request after
//! another, blocking.

use std::{
    io::{Read, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _};

/// A server, and who one is to it.
#[derive(Clone)]
pub struct Server {
    /// Its name, as its certificate has it.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// Certificates and key of the client.
    pub identity: Identity,
}

/// Who the client is, and whom it trusts.
#[derive(Clone)]
pub struct Identity(Arc<ClientConfig>);

impl Identity {
    /// From an agent's files (PEM).
    ///
    /// # Errors
    /// One of them is not what it should be.
    pub fn new(authority: &[u8], certificate: &[u8], key: &[u8]) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(authority) {
            roots.add(root.context("the authority's certificate")?)?;
        }
        let chain = CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>();
        let key = PrivateKeyDer::from_pem_slice(key).context("the client's key")?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain.context("the client's certificate")?, key)?;
        Ok(Self(Arc::new(config)))
    }
}

/// How long a server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(600);
const BUFFER: usize = 64 * 1024;

/// An answer, without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: u16,
    /// Bytes of the body as they came over the wire.
    pub length: u64,
}

/// A connection that is kept.
pub(super) struct Connection<S = StreamOwned<ClientConnection, TcpStream>> {
    stream: S,
    buffer: Box<[u8]>,
    /// What was received and not used yet.
    start: usize,
    end: usize,
}

impl Connection {
    pub fn open(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(server.address)
            .with_context(|| format!("cannot connect to {}", server.address))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let name = ServerName::try_from(server.name.clone())?;
        let session = ClientConnection::new(Arc::clone(&server.identity.0), name)?;
        Ok(Self::over(StreamOwned::new(session, stream)))
    }

    /// Sends a request and takes the answer, whose body is kept only where it is wanted.
    pub fn ask(&mut self, request: &[u8], body: Option<&mut Vec<u8>>) -> Result<Answer> {
        self.stream.write_all(request)?;
        self.stream.flush()?;
        self.answer(body)
    }
}

impl<S: Read> Connection<S> {
    fn over(stream: S) -> Self {
        Self {
            stream,
            buffer: vec![0; BUFFER].into(),
            start: 0,
            end: 0,
        }
    }

    fn answer(&mut self, mut body: Option<&mut Vec<u8>>) -> Result<Answer> {
        let status = self.line()?;
        let code = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = code.with_context(|| format!("no status line: {status:?}"))?;
        let mut length = 0;
        let mut is_chunked = false;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().context("content-length")?,
                "transfer-encoding" => is_chunked = value.trim().eq_ignore_ascii_case("chunked"),
                "connection" if value.trim().eq_ignore_ascii_case("close") => {
                    bail!("the server closes the connection after each answer")
                }
                _ => {}
            }
        }
        if !is_chunked {
            self.take(length, &mut body)?;
            return Ok(Answer { status, length });
        }
        let mut length = 0;
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).context("the size of a chunk")?;
            self.take(size, &mut body)?;
            self.line()?;
            if size == 0 {
                return Ok(Answer { status, length });
            }
            length += size;
        }
    }

    /// A line of the head, without its end.
    fn line(&mut self) -> Result<String> {
        let mut line = Vec::new();
        loop {
            self.fill()?;
            let held = &self.buffer[self.start..self.end];
            match held.iter().position(|byte| *byte == b'\n') {
                Some(at) => {
                    line.extend_from_slice(&held[..at]);
                    self.start += at + 1;
                    line.pop_if(|last| *last == b'\r');
                    return Ok(String::from_utf8(line)?);
                }
                None => {
                    line.extend_from_slice(held);
                    self.start = self.end;
                }
            }
            if line.len() > BUFFER {
                bail!("a line of the head has no end");
            }
        }
    }

    fn take(&mut self, mut length: u64, body: &mut Option<&mut Vec<u8>>) -> Result<()> {
        while length > 0 {
            self.fill()?;
            let held = (self.end - self.start) as u64;
            let taken = held.min(length) as usize;
            if let Some(body) = body {
                body.extend_from_slice(&self.buffer[self.start..self.start + taken]);
            }
            self.start += taken;
            length -= taken as u64;
        }
        Ok(())
    }

    /// Makes sure that something is held.
    fn fill(&mut self) -> Result<()> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.stream.read(&mut self.buffer)?;
            if self.end == 0 {
                bail!("the server closed the connection");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_whole_or_in_chunks() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc\
                    HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n\
                    1;x=y\r\ne\r\n0\r\n\r\n";
        let mut connection = Connection::over(text.as_bytes());
        let mut body = Vec::new();
        let first = connection.answer(Some(&mut body)).expect("an answer");
        assert_eq!((first.status, first.length, &*body), (200, 3, &b"abc"[..]));
        let mut body = Vec::new();
        let second = connection.answer(Some(&mut body)).expect("an answer");
        assert_eq!(
            (second.status, second.length, &*body),
            (500, 5, &b"abcde"[..])
        );
        assert!(connection.answer(None).is_err());
    }
}
