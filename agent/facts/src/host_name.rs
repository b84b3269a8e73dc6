//! The full name of the host, from which the default certname comes.

use ficelle_system::System;

use crate::read;

/// The host's full name in lower case: what the kernel has, completed from `/etc/hosts`, then from
/// `/etc/resolv.conf`.
pub fn full_name(system: &System) -> String {
    let uname = rustix::system::uname();
    let name = uname.nodename().to_string_lossy().to_ascii_lowercase();
    let read = |path| read(system, path).unwrap_or_default();
    complete(&name, &read("/etc/hosts"), &read("/etc/resolv.conf"))
}

fn complete(name: &str, hosts: &str, resolver: &str) -> String {
    if name.contains('.') {
        return name.to_owned();
    }
    let begins = format!("{name}.");
    for line in hosts.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let names: Vec<_> = line
            .split_whitespace()
            .skip(1)
            .map(str::to_ascii_lowercase)
            .collect();
        let full = names.iter().find(|known| known.starts_with(&begins));
        if let Some(full) = full
            && names.iter().any(|known| known == name)
        {
            return full.clone();
        }
    }
    let domain = resolver.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let is_domain = matches!(words.next(), Some("domain" | "search"));
        is_domain.then(|| words.next()).flatten()
    });
    match domain.map(|domain| domain.trim_matches('.').to_ascii_lowercase()) {
        Some(domain) if !domain.is_empty() => format!("{name}.{domain}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn a_short_name_is_completed() {
        let hosts = "127.0.0.1 localhost\n127.0.1.1 app1.lan APP1 # this host\n";
        assert_eq!(complete("app1.example.org", hosts, ""), "app1.example.org");
        assert_eq!(complete("app1", hosts, "search example.org\n"), "app1.lan");
        assert_eq!(
            complete("db1", hosts, "search example.org lan\n"),
            "db1.example.org"
        );
        assert_eq!(complete("db1", hosts, "search .\n"), "db1");
    }
}
