//! Timestamps and timespans, both counted in nanoseconds: their texts, their arithmetic.

use std::cmp::Ordering;

use super::Value;

pub mod strptime;
pub mod timespan;

/// Nanoseconds of a second.
pub const SECOND: i128 = 1_000_000_000;

/// The order of a time and a number of seconds: whole seconds against an integer.
pub fn compare_with_number(nanoseconds: i128, number: &Value) -> Option<Ordering> {
    match number {
        Value::Integer(seconds) => Some(nanoseconds.div_euclid(SECOND).cmp(&i128::from(*seconds))),
        Value::Float(seconds) => to_float(nanoseconds).partial_cmp(seconds),
        _ => None,
    }
}

/// Seconds, with their fraction.
pub fn to_float(nanoseconds: i128) -> f64 {
    nanoseconds as f64 / SECOND as f64
}

/// Whole seconds, downwards.
pub fn to_integer(nanoseconds: i128) -> i64 {
    i64::try_from(nanoseconds.div_euclid(SECOND)).unwrap_or(i64::MAX)
}

/// Nanoseconds of a number of seconds.
pub fn from_seconds(seconds: &Value) -> Option<i128> {
    match seconds {
        Value::Integer(seconds) => Some(i128::from(*seconds) * SECOND),
        Value::Float(seconds) => Some((seconds * SECOND as f64) as i128),
        _ => None,
    }
}

/// `2026-11-21T10:00:00.000000000 UTC`
pub fn timestamp_text(nanoseconds: i128) -> String {
    let (days, rest) = (
        nanoseconds.div_euclid(86_400 * SECOND),
        nanoseconds.rem_euclid(86_400 * SECOND),
    );
    let (year, month, day) = civil_from_days(i64::try_from(days).unwrap_or(0));
    let (seconds, fraction) = (rest / SECOND, rest % SECOND);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{fraction:09} UTC",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
    )
}

/// `0-01:02:03.4`
pub fn timespan_text(nanoseconds: i128) -> String {
    timespan::Format::default_format().format(nanoseconds)
}

/// Year, month and day of a number of days since 1970, in the proleptic Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

/// Days since 1970 of a date in the proleptic Gregorian calendar.
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from(month);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
