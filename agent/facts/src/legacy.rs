//! The flat facts of old (`osfamily`, `ipaddress_eth0`): half of the manifests still read them.
//!
//! Source: puppet-docs, "Core facts", the legacy part.

use ficelle_model::{Data, data::DataHash};

use crate::{disks, put, put_some, ssh};

/// Flat name, and where its value is.
const NAMES: &[(&str, &str)] = &[
    ("architecture", "os.architecture"),
    ("bios_release_date", "dmi.bios.release_date"),
    ("bios_vendor", "dmi.bios.vendor"),
    ("bios_version", "dmi.bios.version"),
    ("boardassettag", "dmi.board.asset_tag"),
    ("boardmanufacturer", "dmi.board.manufacturer"),
    ("boardproductname", "dmi.board.product"),
    ("boardserialnumber", "dmi.board.serial_number"),
    ("chassisassettag", "dmi.chassis.asset_tag"),
    ("domain", "networking.domain"),
    ("fqdn", "networking.fqdn"),
    ("gid", "identity.group"),
    ("hardwareisa", "processors.isa"),
    ("hardwaremodel", "os.hardware"),
    ("hostname", "networking.hostname"),
    ("id", "identity.user"),
    ("ipaddress", "networking.ip"),
    ("ipaddress6", "networking.ip6"),
    ("lsbdistcodename", "os.distro.codename"),
    ("lsbdistdescription", "os.distro.description"),
    ("lsbdistid", "os.distro.id"),
    ("lsbdistrelease", "os.distro.release.full"),
    ("lsbmajdistrelease", "os.distro.release.major"),
    ("lsbminordistrelease", "os.distro.release.minor"),
    ("macaddress", "networking.mac"),
    ("manufacturer", "dmi.manufacturer"),
    ("memoryfree", "memory.system.available"),
    ("memorysize", "memory.system.total"),
    ("netmask", "networking.netmask"),
    ("netmask6", "networking.netmask6"),
    ("network", "networking.network"),
    ("network6", "networking.network6"),
    ("operatingsystem", "os.name"),
    ("operatingsystemmajrelease", "os.release.major"),
    ("operatingsystemrelease", "os.release.full"),
    ("osfamily", "os.family"),
    ("physicalprocessorcount", "processors.physicalcount"),
    ("processorcount", "processors.count"),
    ("productname", "dmi.product.name"),
    ("scope6", "networking.scope6"),
    ("selinux", "os.selinux.enabled"),
    ("selinux_config_mode", "os.selinux.config_mode"),
    ("selinux_config_policy", "os.selinux.config_policy"),
    ("selinux_current_mode", "os.selinux.current_mode"),
    ("selinux_enforced", "os.selinux.enforced"),
    ("selinux_policyversion", "os.selinux.policy_version"),
    ("serialnumber", "dmi.product.serial_number"),
    ("swapfree", "memory.swap.available"),
    ("swapsize", "memory.swap.total"),
    ("uptime", "system_uptime.uptime"),
    ("uptime_days", "system_uptime.days"),
    ("uptime_hours", "system_uptime.hours"),
    ("uptime_seconds", "system_uptime.seconds"),
    ("uuid", "dmi.product.uuid"),
];

/// Sizes in mebibytes.
const MEBIBYTES: [(&str, &str); 4] = [
    ("memoryfree_mb", "memory.system.available_bytes"),
    ("memorysize_mb", "memory.system.total_bytes"),
    ("swapfree_mb", "memory.swap.available_bytes"),
    ("swapsize_mb", "memory.swap.total_bytes"),
];

/// Of each interface.
const INTERFACE: [(&str, &str); 9] = [
    ("ipaddress", "ip"),
    ("ipaddress6", "ip6"),
    ("macaddress", "mac"),
    ("mtu", "mtu"),
    ("netmask", "netmask"),
    ("netmask6", "netmask6"),
    ("network", "network"),
    ("network6", "network6"),
    ("scope6", "scope6"),
];

pub(crate) fn add(facts: &mut DataHash) {
    for (name, path) in NAMES {
        let value = at(facts, path);
        put_some(facts, name, value);
    }
    for (name, path) in MEBIBYTES {
        if let Some(Data::Integer(bytes)) = at(facts, path) {
            put(facts, name, Data::Float(bytes as f64 / 1_048_576.0));
        }
    }
    if let Some(Data::Hash(interfaces)) = at(facts, "networking.interfaces") {
        let mut names: Vec<String> = interfaces.keys().map(|name| flat(name)).collect();
        names.sort_unstable();
        put(facts, "interfaces", names.join(","));
        for (interface, values) in interfaces.iter() {
            for (old, new) in INTERFACE {
                let value = values.as_hash().and_then(|values| values.get(new)).cloned();
                put_some(facts, &format!("{old}_{}", flat(interface)), value);
            }
        }
    }
    if let Some(Data::Array(models)) = at(facts, "processors.models") {
        for (index, model) in models.into_iter().enumerate() {
            put(facts, &format!("processor{index}"), model);
        }
    }
    disks::flat(facts);
    ssh::flat(facts);
}

fn at(facts: &DataHash, path: &str) -> Option<Data> {
    let (first, rest) = path.split_once('.')?;
    facts.get(first)?.dig(rest.split('.')).cloned()
}

/// Interfaces stand in names: `eth0.1` as `eth0_1`.
fn flat(interface: &str) -> String {
    let fits = |character: char| character.is_ascii_alphanumeric() || character == '_';
    interface.replace(|character| !fits(character), "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_become_part_of_names() {
        let interface: DataHash = [("ip".into(), "10.0.0.1".into())].into_iter().collect();
        let interfaces: DataHash = [("eth0.1".into(), Data::hash(interface))]
            .into_iter()
            .collect();
        let networking: DataHash = [("interfaces".into(), Data::hash(interfaces))]
            .into_iter()
            .collect();
        let mut facts: DataHash = [("networking".into(), Data::hash(networking))]
            .into_iter()
            .collect();
        add(&mut facts);
        assert_eq!(facts["ipaddress_eth0_1"].as_str(), Some("10.0.0.1"));
        assert_eq!(facts["interfaces"].as_str(), Some("eth0_1"));
    }
}
