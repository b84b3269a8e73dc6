//! When a resource may be looked at (`schedule`).
//!
//! Source: puppet-docs, resource type `schedule`.

use ficelle_model::{Data, Reference, Resource};
use ficelle_providers::Declared as _;
use jiff::{Timestamp, Zoned, civil::Time};

use crate::plan::Declarations;

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    ranges: Vec<(Time, Time)>,
    /// 0 is Sunday.
    weekdays: Option<Vec<i8>>,
    period: Option<Period>,
    is_by_number: bool,
    repeat: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Never,
}

impl Period {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "hourly" => Self::Hourly,
            "daily" => Self::Daily,
            "weekly" => Self::Weekly,
            "monthly" => Self::Monthly,
            "never" => Self::Never,
            _ => return None,
        })
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Hourly => 3600,
            Self::Daily => 86_400,
            Self::Weekly => 604_800,
            Self::Monthly => 2_592_000,
            Self::Never => i64::MAX,
        }
    }
}

impl Schedule {
    /// A declared schedule, or one of those that every node has.
    pub(super) fn find(name: &str, declared: &Declarations) -> Result<Self, String> {
        let reference = Reference::new("Schedule", name);
        let schedules = declared.of_type("Schedule");
        if let Some(resource) = schedules.iter().find(|one| one.reference == reference) {
            return Self::read(resource);
        }
        let (period, repeat) = match name {
            "puppet" => (Some(Period::Hourly), 2),
            other => (Period::parse(other), 1),
        };
        if period.is_none() {
            return Err(format!("Could not find schedule {name}"));
        }
        Ok(Self {
            ranges: Vec::new(),
            weekdays: None,
            period,
            is_by_number: false,
            repeat,
        })
    }

    fn read(resource: &Resource) -> Result<Self, String> {
        let text = |name: &str| resource.parameters.get(name).and_then(Data::as_str);
        let refuse = |name: &str, value: &str| {
            let reference = &resource.reference;
            format!("Parameter {name} failed on {reference}: Invalid value {value:?}")
        };
        let mut ranges = Vec::new();
        for range in texts(resource, "range") {
            let read = || {
                let (from, to) = range.split_once('-')?;
                Some((time(from)?, time(to)?))
            };
            ranges.push(read().ok_or_else(|| refuse("range", &range))?);
        }
        let days = texts(resource, "weekday");
        let mut weekdays = Vec::new();
        for day in &days {
            weekdays.push(weekday(day).ok_or_else(|| refuse("weekday", day))?);
        }
        let period = match text("period") {
            None => None,
            Some(name) => Some(Period::parse(name).ok_or_else(|| refuse("period", name))?),
        };
        let repeat = texts(resource, "repeat");
        let repeat = match repeat.first() {
            None => 1,
            Some(value) => {
                let number = value.parse().ok().filter(|&number: &i64| number > 0);
                number.ok_or_else(|| refuse("repeat", value))?
            }
        };
        Ok(Self {
            ranges,
            weekdays: (!days.is_empty()).then_some(weekdays),
            period,
            is_by_number: text("periodmatch") == Some("number"),
            repeat,
        })
    }

    /// Whether `now` is a time for it, given when it was last looked at.
    pub(super) fn fits(&self, last: Option<Timestamp>, now: &Zoned) -> bool {
        self.fits_range(now) && self.fits_period(last, now)
    }

    fn fits_day(&self, day: i8) -> bool {
        self.weekdays
            .as_ref()
            .is_none_or(|days| days.contains(&day))
    }

    fn fits_range(&self, now: &Zoned) -> bool {
        let today = now.weekday().to_sunday_zero_offset();
        if self.ranges.is_empty() {
            return self.fits_day(today);
        }
        let yesterday = (today + 6) % 7;
        self.ranges.iter().any(|&(from, to)| {
            let time = now.time();
            if from < to {
                (from..=to).contains(&time) && self.fits_day(today)
            } else {
                // Over midnight, the day is that of the beginning.
                (time >= from && self.fits_day(today)) || (time <= to && self.fits_day(yesterday))
            }
        })
    }

    fn fits_period(&self, last: Option<Timestamp>, now: &Zoned) -> bool {
        let Some(period) = self.period else {
            return true;
        };
        if period == Period::Never {
            return false;
        }
        let Some(last) = last else { return true };
        if !self.is_by_number {
            let distance = now.timestamp().as_second() - last.as_second();
            return distance >= period.seconds() / self.repeat;
        }
        let last = last.to_zoned(now.time_zone().clone());
        match period {
            Period::Hourly => last.hour() != now.hour(),
            Period::Daily => last.day() != now.day(),
            Period::Monthly => last.month() != now.month(),
            Period::Weekly => {
                let day = |time: &Zoned| time.weekday().to_sunday_zero_offset();
                let distance = now.timestamp().as_second() - last.timestamp().as_second();
                day(&last) > day(now) || distance > Period::Weekly.seconds()
            }
            Period::Never => false,
        }
    }
}

/// `2`, `2:30`, `2:30:15`
fn time(text: &str) -> Option<Time> {
    let mut parts = text.trim().split(':');
    let mut next = || parts.next().map(str::parse::<i8>);
    let hour = next()?.ok()?;
    let minute = next().transpose().ok()?.unwrap_or(0);
    let second = next().transpose().ok()?.unwrap_or(0);
    Time::new(hour, minute, second, 0).ok()
}

fn weekday(text: &str) -> Option<i8> {
    if let Ok(number) = text.parse::<i8>() {
        return (0..=6).contains(&number).then_some(number);
    }
    let names = [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ];
    let text = text.to_ascii_lowercase();
    let at = names
        .iter()
        .position(|name| text.len() >= 3 && name.starts_with(text.as_str()))?;
    i8::try_from(at).ok()
}

fn texts(resource: &Resource, name: &str) -> Vec<String> {
    fn gather(data: &Data, texts: &mut Vec<String>) {
        match data {
            Data::String(text) => texts.push(text.to_string()),
            Data::Integer(number) => texts.push(number.to_string()),
            Data::Array(elements) => elements.iter().for_each(|one| gather(one, texts)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Some(data) = resource.parameters.get(name) {
        gather(data, &mut found);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(parameters: &[(&str, Data)]) -> Schedule {
        let mut resource = Resource::new(Reference::new("Schedule", "x"));
        for (name, value) in parameters {
            resource.parameters.insert((*name).into(), value.clone());
        }
        Schedule::read(&resource).expect("it can be read")
    }

    fn at(text: &str) -> Zoned {
        format!("{text}[UTC]").parse().expect("a time")
    }

    #[test]
    fn ranges_over_midnight_belong_to_the_day_they_begin() {
        // 2026-11-21 is a Saturday.
        let night = schedule(&[("range", "22:00 - 04:00".into()), ("weekday", "Sat".into())]);
        assert!(night.fits(None, &at("2026-11-21T23:00:00")));
        assert!(night.fits(None, &at("2026-11-22T02:00:00")));
        assert!(!night.fits(None, &at("2026-11-21T02:00:00")));
        assert!(!night.fits(None, &at("2026-11-22T23:00:00")));
        let day = schedule(&[("range", "2 - 4".into())]);
        assert!(day.fits(None, &at("2026-11-21T03:59:59")));
        assert!(!day.fits(None, &at("2026-11-21T04:00:01")));
    }

    #[test]
    fn periods_by_distance_and_by_number() {
        let last: Timestamp = "2026-11-21T10:50:00Z".parse().expect("a time");
        let now = at("2026-11-21T11:05:00");
        let hourly = schedule(&[("period", "hourly".into())]);
        assert!(!hourly.fits(Some(last), &now));
        let often = schedule(&[("period", "hourly".into()), ("repeat", 4.into())]);
        assert!(often.fits(Some(last), &now));
        let numbered = [
            ("period", "hourly".into()),
            ("periodmatch", "number".into()),
        ];
        assert!(schedule(&numbered).fits(Some(last), &now));
        assert!(!schedule(&[("period", "never".into())]).fits(None, &now));
    }
}
