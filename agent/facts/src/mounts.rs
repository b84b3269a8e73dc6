//! What is mounted: `mountpoints`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{hash, put, put_some, read, size};

/// A line of `/proc/mounts`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    pub(crate) device: String,
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) options: Vec<String>,
}

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let mut points = DataHash::default();
    for mount in mounted(system) {
        let is_kernels = ["/proc", "/sys"]
            .iter()
            .any(|root| mount.path == *root || mount.path.starts_with(&format!("{root}/")));
        if mount.kind == "autofs" || (is_kernels && mount.kind != "tmpfs") {
            continue;
        }
        let mut entry = DataHash::default();
        put(&mut entry, "device", mount.device.as_str());
        put(&mut entry, "filesystem", mount.kind.as_str());
        let options = mount
            .options
            .iter()
            .map(|option| Data::from(option.as_str()));
        put(&mut entry, "options", Data::Array(options.collect()));
        if is_local(&mount.kind) {
            usage(&system.locate(&mount.path), &mut entry);
        }
        put(&mut points, &mount.path, Data::hash(entry));
    }
    put_some(facts, "mountpoints", hash(points));
}

pub(crate) fn mounted(system: &System) -> Vec<Mount> {
    parse(&read(system, "/proc/mounts").unwrap_or_default())
}

fn parse(text: &str) -> Vec<Mount> {
    let mount = |line: &str| {
        let mut fields = line.split(' ').map(unescape);
        Some(Mount {
            device: fields.next()?,
            path: fields.next()?,
            kind: fields.next()?,
            options: fields.next()?.split(',').map(Into::into).collect(),
        })
    };
    text.lines().filter_map(mount).collect()
}

/// Blanks in names stand as octal escapes (proc(5), getmntent(3)).
fn unescape(text: &str) -> String {
    text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}

/// Whether it can be asked without waiting for another host that may never answer.
fn is_local(kind: &str) -> bool {
    let remote = [
        "nfs",
        "cifs",
        "smb",
        "fuse.",
        "ceph",
        "glusterfs",
        "9p",
        "afs",
    ];
    !remote.iter().any(|prefix| kind.starts_with(prefix))
}

fn usage(path: &std::path::Path, entry: &mut DataHash) {
    let Ok(found) = rustix::fs::statvfs(path) else {
        return;
    };
    let total = found.f_blocks * found.f_frsize;
    let available = found.f_bavail * found.f_frsize;
    let used = total.saturating_sub(found.f_bfree * found.f_frsize);
    for (name, bytes) in [("size", total), ("available", available), ("used", used)] {
        put(entry, name, size::human(bytes));
        put(entry, &format!("{name}_bytes"), size::bytes(bytes));
    }
    put(entry, "capacity", size::share(used, used + available));
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_path_with_a_blank() {
        let mounts = parse("/dev/sda1 /mnt/my\\040disk ext4 rw,relatime 0 0\nbroken\n");
        assert_eq!(mounts.len(), 1);
        assert_eq!(mounts[0].path, "/mnt/my disk");
        assert_eq!(mounts[0].options, ["rw", "relatime"]);
    }
}
