//! The host's SSH keys: `ssh`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::{Algorithm, System};

use crate::{hash, put, put_some, read};

/// Name, file, and number in SSHFP records (RFC 4255, 6594, 7479).
const KEYS: [(&str, &str, u8); 4] = [
    ("rsa", "ssh_host_rsa_key.pub", 1),
    ("dsa", "ssh_host_dsa_key.pub", 2),
    ("ecdsa", "ssh_host_ecdsa_key.pub", 3),
    ("ed25519", "ssh_host_ed25519_key.pub", 4),
];

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let mut ssh = DataHash::default();
    for (name, file, number) in KEYS {
        let folders = ["/etc/ssh", "/usr/local/etc/ssh", "/etc"];
        let text = folders
            .iter()
            .find_map(|folder| read(system, &format!("{folder}/{file}")));
        put_some(
            &mut ssh,
            name,
            text.and_then(|text| describe(&text, number)),
        );
    }
    put_some(facts, "ssh", hash(ssh));
}

fn describe(text: &str, number: u8) -> Option<Data> {
    let mut words = text.split_whitespace();
    let (kind, key) = (words.next()?, words.next()?);
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, key).ok()?;
    let mut fingerprints = DataHash::default();
    for (name, algorithm, method) in [
        ("sha1", Algorithm::Sha1, 1),
        ("sha256", Algorithm::Sha256, 2),
    ] {
        let digest = algorithm.of(&bytes).value;
        put(
            &mut fingerprints,
            name,
            format!("SSHFP {number} {method} {digest}"),
        );
    }
    let mut facts = DataHash::default();
    put(&mut facts, "fingerprints", Data::hash(fingerprints));
    put(&mut facts, "key", key);
    put(&mut facts, "type", kind);
    Some(Data::hash(facts))
}

/// Flat names of the keys, for the older facts.
pub(crate) fn flat(facts: &mut DataHash) {
    let Some(Data::Hash(keys)) = facts.get("ssh").cloned() else {
        return;
    };
    for (name, key) in keys.iter() {
        let of = |path: &'static str| key.dig(path.split('.')).and_then(Data::as_str);
        put_some(facts, &format!("ssh{name}key"), of("key"));
        if let (Some(first), Some(second)) = (of("fingerprints.sha1"), of("fingerprints.sha256")) {
            put(
                facts,
                &format!("sshfp_{name}"),
                format!("{first}\n{second}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_and_its_records() {
        let facts = describe("ssh-ed25519 AAAA root@host\n", 4).expect("a key");
        let record = facts
            .dig("fingerprints.sha1".split('.'))
            .and_then(Data::as_str);
        assert_eq!(
            record,
            Some("SSHFP 4 1 29e2dcfbb16f63bb0254df7585a15bb6fb5e927d")
        );
        assert!(describe("ssh-rsa ???", 1).is_none());
        assert!(describe("", 1).is_none());
    }
}
