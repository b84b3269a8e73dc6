//! `master serve` under a supervisor, and commands beside it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use crate::{Installation, installation::read};

#[test]
fn it_says_when_it_is_ready_and_ends_when_asked() {
    let master = Installation::new();
    let serving = master.serve();
    assert!(TcpStream::connect(("127.0.0.1", serving.port)).is_ok());
    let authority = read(&master.path("vardir/ssl/certs/ca.pem"));
    assert_eq!(authority, read(&master.path("vardir/ca/ca_crt.pem")));
    // Commands work beside it, and it takes note.
    assert!(master.path("rundir/master.sock").exists());
    master.prints(&["cert", "generate", "web1"]);
    master.prints(&["cert", "revoke", "web1"]);
    let log = serving.stop();
    assert!(log.contains("serving"), "{log}");
    assert!(!master.path("rundir/master.sock").exists());
    let list = master.prints(&["cert", "list", "--all"]);
    assert!(list.contains("    control  (SHA256)"), "{list}");
    assert!(list.contains("DNS:puppet, DNS:localhost"), "{list}");
}

#[test]
fn a_client_without_tls_gets_nothing() {
    let master = Installation::new();
    let serving = master.serve();
    let mut stream = TcpStream::connect(("127.0.0.1", serving.port)).expect("it listens");
    stream
        .write_all(b"GET /status/v1/simple HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    // An alert, or nothing at all; never HTTP.
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    serving.stop();
}
