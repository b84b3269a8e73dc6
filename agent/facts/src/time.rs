//! `timezone` and `system_uptime`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{put, put_some, read};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let now = jiff::Timestamp::try_from(system.now()).unwrap_or_default();
    let local = now.to_zoned(jiff::tz::TimeZone::system());
    put(facts, "timezone", local.strftime("%Z").to_string());
    let uptime = read(system, "/proc/uptime").and_then(|text| {
        let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some(Data::hash(uptime(seconds as i64)))
    });
    put_some(facts, "system_uptime", uptime);
}

fn uptime(seconds: i64) -> DataHash {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600, seconds % 3600 / 60);
    let text = match days {
        0 => format!("{hours}:{minutes:02} hours"),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let mut facts = DataHash::default();
    put(&mut facts, "seconds", seconds);
    put(&mut facts, "hours", hours);
    put(&mut facts, "days", days);
    put(&mut facts, "uptime", text);
    facts
}

#[cfg(test)]
mod tests {
    use super::uptime;

    #[test]
    fn hours_and_days() {
        assert_eq!(uptime(9_060)["uptime"].as_str(), Some("2:31 hours"));
        assert_eq!(uptime(86_400)["uptime"].as_str(), Some("1 day"));
        assert_eq!(uptime(300_000)["uptime"].as_str(), Some("3 days"));
    }
}
