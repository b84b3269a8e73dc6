//! `ssh_authorized_key` and `sshkey`: lines of `authorized_keys` and `ssh_known_hosts`.

mod authorized;
mod known;

pub(crate) use authorized::AuthorizedKeyType;
pub(crate) use known::KnownHostType;

/// The kinds of keys under the names people give them.
fn kind(name: &str) -> &str {
    match name {
        "rsa" => "ssh-rsa",
        "dsa" | "ssh-dsa" => "ssh-dss",
        "ed25519" => "ssh-ed25519",
        "ecdsa-sk" => "sk-ecdsa-sha2-nistp256@openssh.com",
        "ed25519-sk" => "sk-ssh-ed25519@openssh.com",
        name => name,
    }
}

/// Whether a word is a kind of key.
fn is_kind(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]
        .iter()
        .any(|start| word.starts_with(start))
}
