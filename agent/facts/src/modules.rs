//! Facts that come with stdlib there, in Ruby, and are read by half of the modules.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{put, put_some};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let family = facts
        .get("os")
        .and_then(|os| os.dig(["family"].into_iter()));
    let package = match family.and_then(Data::as_str) {
        Some("Debian") => Some("apt"),
        Some("RedHat") if system.exists("/usr/bin/dnf") => Some("dnf"),
        Some("RedHat") => Some("yum"),
        Some("Suse") => Some("zypper"),
        Some("Archlinux") => Some("pacman"),
        Some("Alpine") => Some("apk"),
        _ => None,
    };
    put_some(facts, "package_provider", package);
    let service = if system.exists("/run/systemd/system") {
        "systemd"
    } else {
        "init"
    };
    put(facts, "service_provider", service);
    let root = system.user_with_id(0).ok().flatten();
    put_some(facts, "root_home", root.map(|root| root.home));
    put(facts, "is_pe", false);
}
