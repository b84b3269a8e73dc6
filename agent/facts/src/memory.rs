//! Memory and swap: `memory`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{hash, put, put_some, read, size};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let text = read(system, "/proc/meminfo").unwrap_or_default();
    put_some(facts, "memory", hash(describe(&text)));
}

fn describe(text: &str) -> DataHash {
    let kibibytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line?.trim_start_matches(':').split_whitespace().next()?;
        number.parse::<u64>().ok().map(|number| number * 1024)
    };
    let mut facts = DataHash::default();
    if let (Some(total), Some(available)) = (kibibytes("MemTotal"), kibibytes("MemAvailable")) {
        put(&mut facts, "system", Data::hash(usage(total, available)));
    }
    if let (Some(total), Some(free)) = (kibibytes("SwapTotal"), kibibytes("SwapFree"))
        && total > 0
    {
        put(&mut facts, "swap", Data::hash(usage(total, free)));
    }
    facts
}

fn usage(total: u64, available: u64) -> DataHash {
    let used = total.saturating_sub(available);
    let mut facts = DataHash::default();
    for (name, bytes) in [("total", total), ("available", available), ("used", used)] {
        put(&mut facts, name, size::human(bytes));
        put(&mut facts, &format!("{name}_bytes"), size::bytes(bytes));
    }
    put(&mut facts, "capacity", size::share(used, total));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_swap() {
        let text = "MemTotal:  1048576 kB\nMemFree: 1 kB\nMemAvailable: 524288 kB\n\
                    SwapTotal: 0 kB\nSwapFree: 0 kB\n";
        let facts = describe(text);
        let system = facts["system"].as_hash().expect("a hash");
        assert_eq!(system["total"].as_str(), Some("1.00 GiB"));
        assert_eq!(system["capacity"].as_str(), Some("50.00%"));
        assert_eq!(system["used_bytes"], Data::Integer(536_870_912));
        assert!(!facts.contains_key("swap"));
    }
}
