//! Disks and partitions: `disks`, `partitions`.

use std::collections::HashMap;

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{hash, line, mounts, put, put_some, size};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let names = system.list("/sys/block").ok().flatten().unwrap_or_default();
    let by = |kind: &str| links(system, &format!("/dev/disk/by-{kind}"));
    let labels = [
        ("uuid", by("uuid")),
        ("partuuid", by("partuuid")),
        ("label", by("label")),
        ("partlabel", by("partlabel")),
    ];
    let mounted = mounts::mounted(system);
    let mut disks = DataHash::default();
    let mut partitions = DataHash::default();
    for name in names {
        let folder = format!("/sys/block/{name}");
        let bytes = sectors(system, &folder);
        // Loop devices and the like have no device behind them.
        if system.exists(format!("{folder}/device")) {
            let mut disk = DataHash::default();
            let of = |file: &str| line(system, &format!("{folder}/device/{file}"));
            put_some(&mut disk, "model", of("model"));
            put_some(&mut disk, "vendor", of("vendor"));
            put_some(&mut disk, "serial", of("serial"));
            if let Some(bytes) = bytes {
                put(&mut disk, "size", size::human(bytes));
                put(&mut disk, "size_bytes", size::bytes(bytes));
            }
            let rotates = line(system, &format!("{folder}/queue/rotational"));
            let kind = rotates.map(|text| if text == "0" { "ssd" } else { "hdd" });
            put_some(&mut disk, "type", kind);
            put_some(&mut disks, &name, hash(disk));
        }
        let inside = system.list(&folder).ok().flatten().unwrap_or_default();
        for partition in inside.iter().filter(|inside| inside.starts_with(&name)) {
            let folder = format!("{folder}/{partition}");
            let device = format!("/dev/{partition}");
            let mut entry = DataHash::default();
            if let Some(bytes) = sectors(system, &folder) {
                put(&mut entry, "size", size::human(bytes));
                put(&mut entry, "size_bytes", size::bytes(bytes));
            }
            for (kind, names) in &labels {
                put_some(&mut entry, kind, names.get(partition).map(String::as_str));
            }
            let mount = mounted.iter().find(|mount| mount.device == device);
            put_some(&mut entry, "mount", mount.map(|mount| mount.path.as_str()));
            put_some(
                &mut entry,
                "filesystem",
                mount.map(|mount| mount.kind.as_str()),
            );
            put_some(&mut partitions, &device, hash(entry));
        }
    }
    put_some(facts, "disks", hash(disks));
    put_some(facts, "partitions", hash(partitions));
}

fn sectors(system: &System, folder: &str) -> Option<u64> {
    let sectors: u64 = line(system, &format!("{folder}/size"))?.parse().ok()?;
    Some(sectors * 512)
}

/// Device names by what links to them are called.
fn links(system: &System, folder: &str) -> HashMap<String, String> {
    let names = system.list(folder).ok().flatten().unwrap_or_default();
    let device = |name: &String| {
        let target = system.read_link(format!("{folder}/{name}")).ok()??;
        Some(target.file_name()?.to_string_lossy().into_owned())
    };
    names
        .iter()
        .filter_map(|name| Some((device(name)?, name.clone())))
        .collect()
}

/// Flat names of the disks, for the older facts.
pub(crate) fn flat(facts: &mut DataHash) {
    let Some(Data::Hash(disks)) = facts.get("disks").cloned() else {
        return;
    };
    let names: Vec<&str> = disks.keys().map(|name| &**name).collect();
    put(facts, "blockdevices", names.join(","));
    for (name, disk) in disks.iter() {
        for (old, new) in [
            ("size", "size_bytes"),
            ("model", "model"),
            ("vendor", "vendor"),
        ] {
            let value = disk.as_hash().and_then(|disk| disk.get(new)).cloned();
            put_some(facts, &format!("blockdevice_{name}_{old}"), value);
        }
    }
}
