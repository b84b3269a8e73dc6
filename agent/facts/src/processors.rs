//! Processors: `processors`.

use std::collections::BTreeSet;

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{line, put, put_some, read};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let text = read(system, "/proc/cpuinfo").unwrap_or_default();
    let mut processors = describe(&text);
    let fastest = line(
        system,
        "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq",
    );
    if let Some(kilohertz) = fastest.and_then(|text| text.parse::<f64>().ok()) {
        put(&mut processors, "speed", speed(kilohertz * 1000.0));
    }
    // What `uname -p` says on the distributions that patch it, and on those that do not.
    put(&mut processors, "isa", "unknown");
    put(facts, "processors", Data::hash(processors));
}

fn describe(text: &str) -> DataHash {
    let mut models = Vec::new();
    let mut count = 0_i64;
    let mut packages = BTreeSet::new();
    let (mut cores, mut siblings, mut megahertz) = (None, None, None);
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "processor" => count += 1,
            "model name" | "cpu" => models.push(Data::from(value)),
            "physical id" => drop(packages.insert(value)),
            "cpu cores" => cores = value.parse::<i64>().ok(),
            "siblings" => siblings = value.parse::<i64>().ok(),
            "cpu MHz" | "clock" if megahertz.is_none() => {
                megahertz = value.trim_end_matches("MHz").parse::<f64>().ok();
            }
            _ => {}
        }
    }
    let mut facts = DataHash::default();
    put(&mut facts, "count", count);
    put(&mut facts, "physicalcount", packages.len().max(1) as i64);
    put(&mut facts, "models", Data::Array(models));
    let cores = cores.unwrap_or(count);
    put(&mut facts, "cores", cores);
    let threads = siblings.unwrap_or(cores) / cores.max(1);
    put(&mut facts, "threads", threads.max(1));
    put_some(
        &mut facts,
        "speed",
        megahertz.map(|megahertz| speed(megahertz * 1e6)),
    );
    facts
}

fn speed(hertz: f64) -> String {
    const UNITS: [&str; 4] = ["Hz", "kHz", "MHz", "GHz"];
    let mut value = hertz;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.2} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_threads_on_a_core() {
        let one = "processor : 0\nmodel name : X\nphysical id : 0\nsiblings : 2\ncpu cores : 1\n\
                   cpu MHz : 2600.000\n";
        let facts =
            describe(&(one.to_owned() + "\n" + &one.replace("processor : 0", "processor : 1")));
        assert_eq!(facts["count"], Data::Integer(2));
        assert_eq!(facts["physicalcount"], Data::Integer(1));
        assert_eq!(facts["threads"], Data::Integer(2));
        assert_eq!(facts["speed"].as_str(), Some("2.60 GHz"));
        assert_eq!(facts["models"].as_array().map(<[_]>::len), Some(2));
    }

    #[test]
    fn nothing_to_read() {
        assert_eq!(describe("")["count"], Data::Integer(0));
    }
}
