//! `master cert`, `ca`, `node`, `report` while nothing serves.

use std::os::unix::fs::PermissionsExt as _;

use crate::{Installation, installation::read};

#[test]
fn a_certificate_from_beginning_to_end() {
    let master = Installation::new();
    assert_eq!(
        master.prints(&["cert", "list"]),
        "No certificates to list\n"
    );
    let fingerprint = master.prints(&["cert", "fingerprint"]);
    assert!(fingerprint.starts_with("ca (SHA256) "), "{fingerprint}");
    assert_eq!(
        fingerprint,
        master.prints(&["cert", "fingerprint"]),
        "the authority stays"
    );

    let generated = master.prints(&["cert", "generate", "WEB1", "--alt-names", "www.lan"]);
    let key = master.path("vardir/ssl/private_keys/web1.pem");
    assert_eq!(
        generated,
        format!(
            "{}\n{}\n",
            key.display(),
            master.path("vardir/ssl/certs/web1.pem").display()
        )
    );
    let mode = std::fs::metadata(&key)
        .expect("the key")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let refused = master.fails(&["cert", "generate", "web1"]);
    assert!(
        refused.contains("web1 already has a certificate"),
        "{refused}"
    );

    let list = master.prints(&["cert", "list", "--all"]);
    assert!(
        list.starts_with("Signed Certificates:\n    web1  (SHA256)  "),
        "{list}"
    );
    assert!(list.ends_with("alt names: DNS:www.lan\n"), "{list}");
    assert_eq!(
        master.prints(&["cert", "revoke", "web1"]),
        "Revoked certificate for web1\n"
    );
    assert_eq!(
        master.prints(&["cert", "revoke", "web1"]),
        "web1 was revoked before\n"
    );
    let list = master.prints(&["cert", "list", "--all"]);
    assert!(
        list.starts_with("Revoked Certificates:\n    web1  (SHA256)  "),
        "{list}"
    );
    master.prints(&["cert", "clean", "web1"]);
    assert_eq!(master.prints(&["cert", "list", "--all"]), "");
    let unknown = master.fails(&["cert", "clean", "web1"]);
    assert_eq!(
        unknown,
        "Error: Could not find a certificate or a request for web1\n"
    );
    let unknown = master.fails(&["cert", "sign", "web9"]);
    assert_eq!(
        unknown,
        "Error: Could not find certificate request for web9\n"
    );
    assert_eq!(
        master.prints(&["cert", "sign", "--all"]),
        "No waiting certificate requests to sign\n"
    );
    let refused = master.fails(&["cert", "sign", "../etc"]);
    assert!(refused.contains("a slash may not stand in it"), "{refused}");
}

#[test]
fn the_authority_moves_under_a_passphrase() {
    let (first, second) = (Installation::new(), Installation::new());
    let passphrase = first.write("passphrase", "correct horse battery\n");
    let passphrase = passphrase.to_str().expect("UTF-8");
    let sealed = first.prints(&["ca", "export", "--passphrase-file", passphrase]);
    let file = second.write("export.pem", &sealed);
    let file = file.to_str().expect("UTF-8");
    second.prints(&["ca", "import", file, "--passphrase-file", passphrase]);
    assert_eq!(
        first.prints(&["cert", "fingerprint"]),
        second.prints(&["cert", "fingerprint"])
    );
    assert_eq!(
        read(&first.path("vardir/ca/ca_key.pem")),
        read(&second.path("vardir/ca/ca_key.pem"))
    );
    let refused = second.fails(&["ca", "import", file, "--passphrase-file", passphrase]);
    assert!(refused.contains("there is an authority in"), "{refused}");
}

#[test]
fn nothing_is_known_of_nodes_at_first() {
    let master = Installation::new();
    assert_eq!(
        master.prints(&["node", "list"]),
        "NODE  ENVIRONMENT  STATUS  LAST REPORT\n"
    );
    let report = master.prints(&["report", "list"]);
    assert!(report.starts_with("RECEIVED  NODE  STATUS"), "{report}");
    assert_eq!(
        master.fails(&["node", "show", "web1"]),
        "Error: Could not find node web1\n"
    );
    let refused = master.fails(&["compile", "web1"]);
    assert!(refused.contains("web1 has sent no facts"), "{refused}");
}

#[test]
fn a_wrong_setting_is_named() {
    let master = Installation::new();
    let config = master.write("confdir/puppet.conf", "[master]\nmasterport = many\n");
    let refused = master.fails(&["serve"]);
    assert!(refused.contains("serverport"), "{refused}");
    master.write("confdir/puppet.conf", "[main\n");
    let refused = master.fails(&["cert", "list"]);
    assert!(
        refused.contains(config.to_str().expect("UTF-8")),
        "{refused}"
    );
}
