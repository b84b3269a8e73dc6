//! What is left when the power goes.

use std::{net::TcpListener, process::Child, thread};

use super::node::Node;

/// Ends a process as a power cut would.
fn cut(mut child: Child) {
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
}

#[test]
fn a_lock_stops_others_and_dies_with_its_holder() {
    let node = Node::new();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("bound").port().to_string();
    let arguments = ["--test", "--server", "127.0.0.1", "--serverport", &port];
    let first = node.command(&arguments).spawn().expect("it starts");
    // It asks for the authority's certificate while it holds the lock.
    let (connection, _) = silent.accept().expect("it comes");

    let second = node.run(&arguments);
    assert_eq!(second.code, Some(1), "{second:?}");
    let path = node.path("var/state/agent_catalog_run.lock");
    let skipped = format!(
        "Notice: Run of Puppet configuration client already in progress; skipping  ({path} exists)\n"
    );
    assert!(second.out.contains(&skipped), "{second:?}");

    cut(first);
    drop((connection, silent));
    assert!(path.exists(), "left behind");
    let third = node.run(&arguments);
    assert!(!third.out.contains("already in progress"), "{third:?}");
}

#[test]
fn a_file_is_the_old_one_or_the_new_one() {
    let node = Node::new();
    let (old, new) = (vec![b'o'; 1 << 20], vec![b'n'; 8 << 20]);
    node.write("source", &new);
    let manifest = "file { '@/there/file': source => '@/source', backup => false }";
    let manifest = manifest.replace('@', node.directory.as_str());
    let folder = node.path("there");
    std::fs::create_dir(&folder).expect("made");
    let target = node.write("there/file", &old);
    let file = node.write("site.pp", &manifest);

    let mut child = node
        .command(&["apply", file.as_str()])
        .spawn()
        .expect("it starts");
    // Until the new content is on its way beside the old, or it is over already.
    while child.try_wait().expect("it is ours").is_none()
        && folder.read_dir().expect("readable").count() < 2
    {
        thread::yield_now();
    }
    cut(child);
    let left = std::fs::read(&target).expect("there");
    assert!(left == old || left == new, "{} bytes are left", left.len());

    let again = node.run(&["apply", file.as_str(), "--detailed-exitcodes"]);
    assert!(matches!(again.code, Some(0 | 2)), "{again:?}");
    assert!(std::fs::read(&target).expect("there") == new);
}
