//! This host: its full name, from which the default certname comes, and its addresses.

use std::{fs, net::UdpSocket};

/// The host's full name in lower case: what the kernel has, completed from `/etc/hosts`, then from
/// `/etc/resolv.conf`.
pub fn full_name() -> String {
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy().to_ascii_lowercase();
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    complete(&name, &read("/etc/hosts"), &read("/etc/resolv.conf"))
}

/// The addresses from which this host reaches others, by the names they have in `$server_facts`.
/// Nothing is sent: a datagram socket that is given a peer only learns its route.
pub fn addresses() -> Vec<(&'static str, String)> {
    let routes = [
        ("serverip", "0.0.0.0:0", "192.0.2.1:9"),
        ("serverip6", "[::]:0", "[2001:db8::1]:9"),
    ];
    let address = |local: &str, peer: &str| -> std::io::Result<String> {
        let socket = UdpSocket::bind(local)?;
        socket.connect(peer)?;
        Ok(socket.local_addr()?.ip().to_string())
    };
    // A host without a route has no address to tell.
    let known = routes.map(|(name, local, peer)| Some((name, address(local, peer).ok()?)));
    known.into_iter().flatten().collect()
}

fn complete(name: &str, hosts: &str, resolver: &str) -> String {
    if name.contains('.') {
        return name.to_owned();
    }
    let begins = format!("{name}.");
    let lines = hosts
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    for line in lines {
        let names: Vec<_> = line
            .split_whitespace()
            .skip(1)
            .map(str::to_ascii_lowercase)
            .collect();
        if names.iter().any(|known| known == name)
            && let Some(full) = names.iter().find(|known| known.starts_with(&begins))
        {
            return full.clone();
        }
    }
    let domain = resolver.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("domain" | "search"))
            .then(|| words.next())
            .flatten()
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
        let hosts = "127.0.0.1 localhost\n127.0.1.1 control.lan control # this host\n";
        assert_eq!(
            complete("control.example.org", hosts, ""),
            "control.example.org"
        );
        assert_eq!(
            complete("control", hosts, "search example.org\n"),
            "control.lan"
        );
        assert_eq!(
            complete("web1", hosts, "search example.org lan\n"),
            "web1.example.org"
        );
        assert_eq!(complete("web1", hosts, "search .\n"), "web1");
        assert_eq!(complete("web1", "", ""), "web1");
    }
}
