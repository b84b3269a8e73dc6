//! The kernel, and what it knows: `kernel…`, `filesystems`, `fips_enabled`, `load_averages`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{line, put, put_some, read};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let uname = rustix::system::uname();
    let release = uname.release().to_string_lossy().into_owned();
    let version = version(&release);
    let major: Vec<&str> = version.split('.').take(2).collect();
    put(
        facts,
        "kernel",
        uname.sysname().to_string_lossy().into_owned(),
    );
    put(facts, "kernelmajversion", major.join("."));
    put(facts, "kernelversion", version);
    put(facts, "kernelrelease", release.as_str());
    put_some(
        facts,
        "filesystems",
        read(system, "/proc/filesystems").map(|text| filesystems(&text)),
    );
    let fips = line(system, "/proc/sys/crypto/fips_enabled");
    put(facts, "fips_enabled", fips.as_deref() == Some("1"));
    let loads = read(system, "/proc/loadavg").and_then(|text| loads(&text));
    put_some(facts, "load_averages", loads);
}

/// `6.18.44-fc-v657` to `6.18.44`
fn version(release: &str) -> &str {
    let is_other = |character: char| !character.is_ascii_digit() && character != '.';
    release.split(is_other).next().unwrap_or(release)
}

/// File systems on devices, sorted.
fn filesystems(text: &str) -> String {
    let mut names: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("nodev"))
        .map(str::trim)
        .filter(|name| !name.is_empty() && *name != "fuseblk")
        .collect();
    names.sort_unstable();
    names.join(",")
}

fn loads(text: &str) -> Option<Data> {
    let mut words = text.split_whitespace().map(str::parse::<f64>);
    let mut averages = DataHash::default();
    for name in ["1m", "5m", "15m"] {
        put(&mut averages, name, Data::Float(words.next()?.ok()?));
    }
    Some(Data::hash(averages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_file_systems() {
        assert_eq!(version("6.18.44-fc-v657"), "6.18.44");
        let text = "nodev\tsysfs\n\text4\n\tbtrfs\n\tfuseblk\nnodev\ttmpfs\n";
        assert_eq!(filesystems(text), "btrfs,ext4");
        assert!(loads("0.1 0.2").is_none());
        assert!(loads("0.10 0.20 0.30 1/99 7\n").is_some());
    }
}
