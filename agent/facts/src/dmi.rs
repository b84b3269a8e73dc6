//! What the firmware says of the machine: `dmi`.

use ficelle_model::data::DataHash;
use ficelle_system::System;

use crate::{hash, line, put_some};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let of = |file: &str| line(system, &format!("/sys/class/dmi/id/{file}"));
    let group = |names: &[(&str, &str)]| {
        let mut group = DataHash::default();
        for (name, file) in names {
            put_some(&mut group, name, of(file));
        }
        hash(group)
    };
    let mut dmi = DataHash::default();
    let bios = [
        ("vendor", "bios_vendor"),
        ("version", "bios_version"),
        ("release_date", "bios_date"),
    ];
    let board = [
        ("asset_tag", "board_asset_tag"),
        ("manufacturer", "board_vendor"),
        ("product", "board_name"),
        ("serial_number", "board_serial"),
    ];
    let product = [
        ("name", "product_name"),
        ("serial_number", "product_serial"),
        ("uuid", "product_uuid"),
        ("version", "product_version"),
    ];
    put_some(&mut dmi, "bios", group(&bios));
    put_some(&mut dmi, "board", group(&board));
    put_some(
        &mut dmi,
        "chassis",
        group(&[("asset_tag", "chassis_asset_tag")]),
    );
    put_some(&mut dmi, "manufacturer", of("sys_vendor"));
    put_some(&mut dmi, "product", group(&product));
    put_some(facts, "dmi", hash(dmi));
}
