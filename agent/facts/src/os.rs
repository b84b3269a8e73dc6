//! Which operating system: `os`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{hash, line, put, put_some, read};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let release = read(system, "/etc/os-release").or_else(|| read(system, "/usr/lib/os-release"));
    let release = OsRelease::parse(&release.unwrap_or_default());
    let debian = line(system, "/etc/debian_version");
    let redhat = line(system, "/etc/redhat-release");
    let mut os = describe(&release, debian.as_deref(), redhat.as_deref());
    let machine = rustix::system::uname();
    let machine = machine.machine().to_string_lossy().into_owned();
    let is_debian = os.get("family").and_then(Data::as_str) == Some("Debian");
    put(&mut os, "architecture", architecture(&machine, is_debian));
    put(&mut os, "hardware", machine);
    put(&mut os, "selinux", Data::hash(selinux(system)));
    put(facts, "os", Data::hash(os));
}

/// Debian calls machines by names of its own.
fn architecture(machine: &str, is_debian: bool) -> String {
    match machine {
        "x86_64" if is_debian => "amd64".to_owned(),
        "aarch64" if is_debian => "arm64".to_owned(),
        "i486" | "i586" | "i686" => "i386".to_owned(),
        other => other.to_owned(),
    }
}

fn selinux(system: &System) -> DataHash {
    let mut facts = DataHash::default();
    let enforcing = line(system, "/sys/fs/selinux/enforce");
    put(&mut facts, "enabled", enforcing.is_some());
    let Some(enforcing) = enforcing else {
        return facts;
    };
    let is_enforced = enforcing == "1";
    let mode = if is_enforced {
        "enforcing"
    } else {
        "permissive"
    };
    put(&mut facts, "enforced", is_enforced);
    put(&mut facts, "current_mode", mode);
    put_some(
        &mut facts,
        "policy_version",
        line(system, "/sys/fs/selinux/policyvers"),
    );
    let configuration = read(system, "/etc/selinux/config").unwrap_or_default();
    let value = |name: &str| {
        let mut lines = configuration.lines();
        lines.find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='))
    };
    put_some(&mut facts, "config_mode", value("SELINUX"));
    put_some(&mut facts, "config_policy", value("SELINUXTYPE"));
    facts
}

/// `/etc/os-release` (os-release(5)).
#[derive(Debug, Default)]
struct OsRelease {
    id: String,
    like: String,
    version: String,
    codename: Option<String>,
    pretty: Option<String>,
}

impl OsRelease {
    fn parse(text: &str) -> Self {
        let mut release = Self::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match name.trim() {
                "ID" => release.id = value,
                "ID_LIKE" => release.like = value,
                "VERSION_ID" => release.version = value,
                "VERSION_CODENAME" => release.codename = Some(value),
                "PRETTY_NAME" => release.pretty = Some(value),
                _ => {}
            }
        }
        release
    }
}

/// By the id of os-release: name and family.
fn name_and_family(release: &OsRelease) -> (String, &'static str) {
    let known = match release.id.as_str() {
        "debian" => ("Debian", "Debian"),
        "ubuntu" => ("Ubuntu", "Debian"),
        "linuxmint" => ("LinuxMint", "Debian"),
        "raspbian" => ("Raspbian", "Debian"),
        "devuan" => ("Devuan", "Debian"),
        "kali" => ("Kali", "Debian"),
        "rhel" => ("RedHat", "RedHat"),
        "centos" => ("CentOS", "RedHat"),
        "rocky" => ("Rocky", "RedHat"),
        "almalinux" => ("AlmaLinux", "RedHat"),
        "ol" => ("OracleLinux", "RedHat"),
        "fedora" => ("Fedora", "RedHat"),
        "amzn" => ("Amazon", "RedHat"),
        "sles" => ("SLES", "Suse"),
        "opensuse-leap" | "opensuse-tumbleweed" | "opensuse" => ("openSUSE", "Suse"),
        "arch" => ("Archlinux", "Archlinux"),
        "alpine" => ("Alpine", "Alpine"),
        "gentoo" => ("Gentoo", "Gentoo"),
        "" => ("Linux", "Linux"),
        _ => ("", ""),
    };
    if !known.0.is_empty() {
        return (known.0.to_owned(), known.1);
    }
    let like = |word| release.like.split_whitespace().any(|like| like == word);
    let family = if like("debian") || like("ubuntu") {
        "Debian"
    } else if like("rhel") || like("fedora") {
        "RedHat"
    } else if like("suse") {
        "Suse"
    } else {
        "Linux"
    };
    let mut characters = release.id.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    (first.into_iter().chain(characters).collect(), family)
}

fn describe(release: &OsRelease, debian: Option<&str>, redhat: Option<&str>) -> DataHash {
    let (name, family) = name_and_family(release);
    let full = match (name.as_str(), family) {
        // os-release has the major number only; testing and unstable have a word there.
        ("Debian", _) => debian.unwrap_or(&release.version),
        (_, "RedHat") => redhat.and_then(version_in).unwrap_or(&release.version),
        _ => &release.version,
    };
    let release_facts = versions(&name, full);
    let mut os = DataHash::default();
    put(&mut os, "name", name.as_str());
    put(&mut os, "family", family);
    put_some(&mut os, "release", hash(release_facts.clone()));
    let mut distro = DataHash::default();
    put(&mut distro, "id", distributor(&name));
    put_some(&mut distro, "codename", release.codename.as_deref());
    put_some(&mut distro, "description", release.pretty.as_deref());
    put_some(&mut distro, "release", hash(release_facts));
    put(&mut os, "distro", Data::hash(distro));
    os
}

/// What `lsb_release` calls it.
fn distributor(name: &str) -> &str {
    match name {
        "RedHat" => "RedHatEnterprise",
        other => other,
    }
}

/// `Rocky Linux release 9.3 (Blue Onyx)` to `9.3`
fn version_in(text: &str) -> Option<&str> {
    text.split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// Ubuntu's releases are named by year and month as a whole.
fn versions(name: &str, full: &str) -> DataHash {
    let mut release = DataHash::default();
    if full.is_empty() {
        return release;
    }
    put(&mut release, "full", full);
    if name == "Ubuntu" {
        put(&mut release, "major", full);
        return release;
    }
    let mut parts = full.split('.');
    put_some(&mut release, "major", parts.next());
    put_some(&mut release, "minor", parts.next());
    release
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str, debian: Option<&str>, redhat: Option<&str>) -> Data {
        Data::hash(describe(&OsRelease::parse(text), debian, redhat))
    }

    fn at<'a>(data: &'a Data, path: &'a str) -> Option<&'a str> {
        data.dig(path.split('.')).and_then(Data::as_str)
    }

    #[test]
    fn debian_has_its_point_release() {
        let text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n\
                    VERSION_CODENAME=bookworm\nID=debian\n";
        let facts = facts(text, Some("12.11"), None);
        assert_eq!(at(&facts, "release.full"), Some("12.11"));
        assert_eq!(at(&facts, "release.minor"), Some("11"));
        assert_eq!(at(&facts, "distro.codename"), Some("bookworm"));
        assert_eq!(
            at(&facts, "distro.description"),
            Some("Debian GNU/Linux 12 (bookworm)")
        );
    }

    #[test]
    fn others() {
        let ubuntu = facts(
            "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"",
            Some("trixie/sid"),
            None,
        );
        assert_eq!(at(&ubuntu, "release.major"), Some("24.04"));
        assert_eq!(at(&ubuntu, "family"), Some("Debian"));
        let rocky = "Rocky Linux release 9.3 (Blue Onyx)";
        let rocky = facts("ID=\"rocky\"\nVERSION_ID=\"9\"", None, Some(rocky));
        assert_eq!(at(&rocky, "release.full"), Some("9.3"));
        assert_eq!(at(&rocky, "family"), Some("RedHat"));
        let unknown = facts(
            "ID=pop\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=22.04",
            None,
            None,
        );
        assert_eq!(at(&unknown, "name"), Some("Pop"));
        assert_eq!(at(&unknown, "family"), Some("Debian"));
    }
}
