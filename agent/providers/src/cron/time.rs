//! The five fields of a crontab's time.

use crate::{ParameterError, Parameters};

/// One of the fields.
#[derive(Debug)]
pub(super) struct Field {
    /// `minute`
    pub(super) name: &'static str,
    first: u32,
    last: u32,
    /// Names for the values from `first` on.
    names: &'static [&'static str],
}

/// In the order of a crontab's line.
pub(super) const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        first: 0,
        last: 59,
        names: &[],
    },
    Field {
        name: "hour",
        first: 0,
        last: 23,
        names: &[],
    },
    Field {
        name: "monthday",
        first: 1,
        last: 31,
        names: &[],
    },
    Field {
        name: "month",
        first: 1,
        last: 12,
        names: &[
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
    },
    Field {
        name: "weekday",
        first: 0,
        last: 7,
        names: &[
            "sunday",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
        ],
    },
];

/// `@daily` and its like, without the sign.
pub(super) const SPECIALS: &[&str] = &[
    "reboot", "yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly",
];

impl Field {
    /// The values that are wanted; `*` alone for any.
    pub(super) fn read(
        &self,
        parameters: &Parameters<'_>,
    ) -> Result<Option<Vec<String>>, ParameterError> {
        let Some(values) = parameters.list(self.name)? else {
            return Ok(None);
        };
        let values = values
            .iter()
            .flat_map(|value| value.split(','))
            .map(str::trim);
        let read = values.map(|value| {
            self.value(value).ok_or_else(|| {
                parameters.invalid(self.name, format!("{value} is not a valid {}", self.name))
            })
        });
        read.collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn value(&self, text: &str) -> Option<String> {
        if text == "absent" || text == "*" {
            return Some("*".to_owned());
        }
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (
                range,
                Some(step.parse::<u32>().ok().filter(|step| *step > 0)?),
            ),
            None => (text, None),
        };
        let range = if range == "*" {
            "*".to_owned()
        } else if let Some((from, to)) = range.split_once('-') {
            let (from, to) = (self.number(from)?, self.number(to)?);
            format!("{from}-{to}")
        } else {
            self.number(range)?.to_string()
        };
        Some(match step {
            Some(step) => format!("{range}/{step}"),
            None => range,
        })
    }

    fn number(&self, text: &str) -> Option<u32> {
        if let Ok(number) = text.parse() {
            return (self.first..=self.last).contains(&number).then_some(number);
        }
        let lower = text.to_ascii_lowercase();
        let place = self
            .names
            .iter()
            .position(|name| *name == lower || (lower.len() == 3 && name.starts_with(&lower)))?;
        Some(self.first + u32::try_from(place).ok()?)
    }
}
