//! On what the host runs: `virtual`, `is_virtual`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{line, put, read};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let dmi = facts.get("dmi").cloned().unwrap_or_default();
    let of = |path: &str| {
        let text = dmi.dig(path.split('.')).and_then(Data::as_str);
        text.unwrap_or_default().to_owned()
    };
    let hints = Hints {
        container: container(system),
        xen: line(system, "/sys/hypervisor/type"),
        product: of("product.name"),
        manufacturer: of("manufacturer"),
        bios: of("bios.vendor"),
        processors: read(system, "/proc/cpuinfo").unwrap_or_default(),
    };
    let kind = hints.kind();
    put(facts, "virtual", kind);
    put(facts, "is_virtual", kind != "physical");
}

fn container(system: &System) -> Option<String> {
    if system.exists("/.dockerenv") {
        return Some("docker".to_owned());
    }
    if system.exists("/run/.containerenv") {
        return Some("podman".to_owned());
    }
    if let Some(kind) = line(system, "/run/systemd/container") {
        return Some(kind);
    }
    let environment = system.read("/proc/1/environ").ok().flatten()?;
    let mut variables = environment.split(|byte| *byte == 0);
    let kind = variables.find_map(|variable| variable.strip_prefix(b"container="))?;
    Some(String::from_utf8_lossy(kind).into_owned())
}

#[derive(Default)]
struct Hints {
    container: Option<String>,
    xen: Option<String>,
    product: String,
    manufacturer: String,
    bios: String,
    processors: String,
}

impl Hints {
    fn kind(&self) -> &'static str {
        match self.container.as_deref() {
            Some(kind) if kind.starts_with("lxc") => return "lxc",
            Some("docker") => return "docker",
            Some("podman" | "oci") => return "podman",
            Some("systemd-nspawn") => return "systemd_nspawn",
            Some("openvz") => return "openvzve",
            Some("wsl") => return "wsl",
            Some(_) => return "container_other",
            None => {}
        }
        if self.xen.as_deref() == Some("xen") {
            return "xenu";
        }
        const PRODUCTS: [(&str, &str); 7] = [
            ("VMware", "vmware"),
            ("VirtualBox", "virtualbox"),
            ("Parallels", "parallels"),
            ("OpenStack", "openstack"),
            ("RHEV Hypervisor", "rhev"),
            ("oVirt Node", "ovirt"),
            ("KVM", "kvm"),
        ];
        if let Some((_, kind)) = PRODUCTS
            .iter()
            .find(|(name, _)| self.product.contains(name))
        {
            return kind;
        }
        if self.manufacturer.contains("Microsoft") && self.product.contains("Virtual Machine") {
            return "hyperv";
        }
        if self.manufacturer.contains("Google") || self.bios.contains("Google") {
            return "gce";
        }
        if self.manufacturer.contains("QEMU")
            || self.manufacturer.contains("Amazon EC2")
            || self.bios.contains("Amazon EC2")
        {
            return "kvm";
        }
        // Below every hypervisor the processor says so; KVM is the one without a name of its own.
        let mut flags = self
            .processors
            .lines()
            .filter(|line| line.starts_with("flags"));
        if flags.any(|line| line.split_whitespace().any(|flag| flag == "hypervisor")) {
            return "kvm";
        }
        "physical"
    }
}

#[cfg(test)]
mod tests {
    use super::Hints;

    #[test]
    fn containers_win_over_what_they_run_on() {
        let mut hints = Hints {
            product: "VMware Virtual Platform".to_owned(),
            ..Hints::default()
        };
        assert_eq!(hints.kind(), "vmware");
        hints.container = Some("lxc".to_owned());
        assert_eq!(hints.kind(), "lxc");
        assert_eq!(Hints::default().kind(), "physical");
        hints = Hints {
            processors: "flags\t\t: fpu hypervisor lahf_lm".to_owned(),
            ..Hints::default()
        };
        assert_eq!(hints.kind(), "kvm");
    }
}
