//! Names and addresses: `networking`.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;
use nix::ifaddrs::getifaddrs;

use crate::{hash, host_name, line, put, put_some, read};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let full = host_name::full_name(system);
    let mut networking = DataHash::default();
    put(&mut networking, "fqdn", full.as_str());
    let (name, domain) = match full.split_once('.') {
        Some((name, domain)) => (name, Some(domain)),
        None => (full.as_str(), None),
    };
    put(&mut networking, "hostname", name);
    put_some(&mut networking, "domain", domain);

    let interfaces = interfaces(system);
    let routes = read(system, "/proc/net/route").unwrap_or_default();
    let routes6 = read(system, "/proc/net/ipv6_route").unwrap_or_default();
    let primary = default_route(&routes)
        .or_else(|| default_route6(&routes6))
        .filter(|name| interfaces.contains_key(*name))
        .or_else(|| first_global(&interfaces));
    let shown: DataHash = interfaces
        .iter()
        .map(|(name, interface)| (name.as_str().into(), Data::hash(interface.describe())))
        .collect();
    if let Some(primary) = primary {
        put(&mut networking, "primary", primary);
        if let Some(Data::Hash(own)) = shown.get(primary) {
            for (name, value) in own.iter() {
                if !name.starts_with("bindings") {
                    networking.insert(name.clone(), value.clone());
                }
            }
        }
    }
    put_some(&mut networking, "interfaces", hash(shown));
    put(facts, "networking", Data::hash(networking));
}

#[derive(Debug, Default)]
struct Interface {
    mac: Option<String>,
    mtu: Option<i64>,
    v4: Vec<(Ipv4Addr, Ipv4Addr)>,
    v6: Vec<(Ipv6Addr, Ipv6Addr)>,
    /// Scope and flags of the kernel's, by address.
    known6: BTreeMap<Ipv6Addr, (u8, u8)>,
}

fn interfaces(system: &System) -> BTreeMap<String, Interface> {
    let mut interfaces: BTreeMap<String, Interface> = BTreeMap::new();
    for entry in getifaddrs().into_iter().flatten() {
        let interface = interfaces.entry(entry.interface_name).or_default();
        let (Some(address), netmask) = (entry.address, entry.netmask) else {
            continue;
        };
        if let Some(link) = address.as_link_addr() {
            let mac = link.addr().filter(|bytes| *bytes != [0; 6]);
            interface.mac = mac.map(|bytes| bytes.map(|byte| format!("{byte:02x}")).join(":"));
        }
        if let Some(v4) = address.as_sockaddr_in() {
            let mask = netmask.as_ref().and_then(|mask| mask.as_sockaddr_in());
            let mask = mask.map_or(Ipv4Addr::BROADCAST, |mask| mask.ip());
            interface.v4.push((v4.ip(), mask));
        }
        if let Some(v6) = address.as_sockaddr_in6() {
            let mask = netmask.as_ref().and_then(|mask| mask.as_sockaddr_in6());
            let mask = mask.map_or(Ipv6Addr::from(u128::MAX), |mask| mask.ip());
            interface.v6.push((v6.ip(), mask));
        }
    }
    let known = read(system, "/proc/net/if_inet6").unwrap_or_default();
    for (address, scope, flags, name) in known6(&known) {
        if let Some(interface) = interfaces.get_mut(name) {
            interface.known6.insert(address, (scope, flags));
        }
    }
    for (name, interface) in &mut interfaces {
        let mtu = line(system, &format!("/sys/class/net/{name}/mtu"));
        interface.mtu = mtu.and_then(|mtu| mtu.parse().ok());
    }
    interfaces
}

impl Interface {
    fn describe(&self) -> DataHash {
        let mut facts = DataHash::default();
        put_some(&mut facts, "mac", self.mac.as_deref());
        put_some(&mut facts, "mtu", self.mtu);
        let bindings: Vec<DataHash> = self
            .v4
            .iter()
            .map(|&(address, mask)| {
                let network = Ipv4Addr::from(u32::from(address) & u32::from(mask));
                binding(address.into(), mask.into(), network.into())
            })
            .collect();
        let bindings6: Vec<DataHash> = self
            .v6
            .iter()
            .map(|&(address, mask)| {
                let network = Ipv6Addr::from(u128::from(address) & u128::from(mask));
                let mut facts = binding(address.into(), mask.into(), network.into());
                let (scope, flags) = self.known6.get(&address).copied().unwrap_or_default();
                put(&mut facts, "scope6", scope_name(scope));
                put(&mut facts, "flags", Data::Array(flag_names(flags)));
                facts
            })
            .collect();
        let best = |bindings: &[DataHash], names: &[(&str, &str)], facts: &mut DataHash| {
            let is_local = |binding: &&DataHash| {
                let address = binding.get("address").and_then(Data::as_str);
                !address.is_some_and(|address| {
                    address.starts_with("fe80:") || address.starts_with("169.254.")
                })
            };
            let chosen = bindings.iter().find(is_local).or(bindings.first());
            let Some(chosen) = chosen else { return };
            for (name, source) in names {
                put_some(facts, name, chosen.get(*source).cloned());
            }
        };
        let names = [
            ("ip", "address"),
            ("netmask", "netmask"),
            ("network", "network"),
        ];
        best(&bindings, &names, &mut facts);
        let names6 = [
            ("ip6", "address"),
            ("netmask6", "netmask"),
            ("network6", "network"),
            ("scope6", "scope6"),
        ];
        best(&bindings6, &names6, &mut facts);
        let list = |bindings: Vec<DataHash>| {
            let list: Vec<Data> = bindings.into_iter().map(Data::hash).collect();
            (!list.is_empty()).then_some(Data::Array(list))
        };
        put_some(&mut facts, "bindings", list(bindings));
        put_some(&mut facts, "bindings6", list(bindings6));
        facts
    }
}

fn binding(address: IpAddr, netmask: IpAddr, network: IpAddr) -> DataHash {
    let mut facts = DataHash::default();
    put(&mut facts, "address", address.to_string());
    put(&mut facts, "netmask", netmask.to_string());
    put(&mut facts, "network", network.to_string());
    facts
}

/// The interface of the default route with the lowest metric.
fn default_route(routes: &str) -> Option<&str> {
    let lines = routes.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_default = fields.get(1) == Some(&"00000000") && fields.get(7) == Some(&"00000000");
        let metric: u32 = fields.get(6)?.parse().ok()?;
        is_default.then(|| (metric, fields[0]))
    });
    lines
        .min_by_key(|(metric, _)| *metric)
        .map(|(_, name)| name)
}

fn default_route6(routes: &str) -> Option<&str> {
    let lines = routes.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_default =
            fields.first()?.bytes().all(|byte| byte == b'0') && fields.get(1) == Some(&"00");
        let metric = u32::from_str_radix(fields.get(5)?, 16).ok()?;
        let name = *fields.last()?;
        (is_default && name != "lo").then_some((metric, name))
    });
    lines
        .min_by_key(|(metric, _)| *metric)
        .map(|(_, name)| name)
}

fn first_global(interfaces: &BTreeMap<String, Interface>) -> Option<&str> {
    let has_address = |interface: &Interface| {
        interface
            .v4
            .iter()
            .any(|(address, _)| !address.is_loopback() && !address.is_link_local())
    };
    let mut named = interfaces.iter();
    named
        .find(|(_, interface)| has_address(interface))
        .map(|(name, _)| name.as_str())
}

/// Address, scope, flags and name of each line (`/proc/net/if_inet6`).
fn known6(text: &str) -> impl Iterator<Item = (Ipv6Addr, u8, u8, &str)> {
    text.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [address, _index, _prefix, scope, flags, name] = fields[..] else {
            return None;
        };
        let number = |hex: &str| u8::from_str_radix(hex, 16).ok();
        let address = u128::from_str_radix(address, 16).ok()?;
        Some((address.into(), number(scope)?, number(flags)?, name))
    })
}

/// IFA_F_… of linux/if_addr.h.
fn flag_names(flags: u8) -> Vec<Data> {
    const NAMES: [(u8, &str); 8] = [
        (0x01, "temporary"),
        (0x02, "noad"),
        (0x04, "optimistic"),
        (0x08, "dadfailed"),
        (0x10, "homeaddress"),
        (0x20, "deprecated"),
        (0x40, "tentative"),
        (0x80, "permanent"),
    ];
    let set = NAMES.iter().filter(|(bit, _)| flags & bit != 0);
    set.map(|(_, name)| Data::from(*name)).collect()
}

/// Scopes of net/ipv6.h.
fn scope_name(scope: u8) -> &'static str {
    match scope {
        0x10 => "host",
        0x20 => "link",
        0x40 => "site",
        0x80 => "compat",
        _ => "global",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_route_with_the_lowest_metric() {
        let routes = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
            wlan0\t00000000\t0100000A\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
            eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
            eth1\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
        assert_eq!(default_route(routes), Some("eth0"));
        assert_eq!(default_route("Iface\n"), None);
    }

    #[test]
    fn scopes_and_flags() {
        let text = "fe8000000000000000fc00fffe000001 02 40 20 80     eth0\n\
                    00000000000000000000000000000001 01 80 10 80       lo\n";
        let known: Vec<_> = known6(text).collect();
        assert_eq!(known[0].3, "eth0");
        assert_eq!(scope_name(known[0].1), "link");
        assert_eq!(known[1].0, Ipv6Addr::LOCALHOST);
        assert_eq!(
            flag_names(0x82),
            [Data::from("noad"), Data::from("permanent")]
        );
    }

    #[test]
    fn an_interface_shows_its_first_public_address() {
        let interface = Interface {
            v4: vec![
                ([169, 254, 0, 1].into(), [255, 255, 0, 0].into()),
                ([10, 1, 2, 3].into(), [255, 255, 255, 0].into()),
            ],
            ..Interface::default()
        };
        let facts = interface.describe();
        assert_eq!(facts["ip"].as_str(), Some("10.1.2.3"));
        assert_eq!(facts["network"].as_str(), Some("10.1.2.0"));
    }
}
