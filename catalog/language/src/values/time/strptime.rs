//! Timestamps from text, by Ruby's `strptime`.
//!
//! Source: the documentation of Ruby's `DateTime._strptime`.

use super::{SECOND, days_from_civil};

/// A timestamp cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The text does not have the format.
    #[error("Unable to parse '{text}' using format '{format}'")]
    Text {
        /// The text.
        text: String,
        /// The format.
        format: String,
    },
    /// The text has none of the formats.
    #[error("Unable to parse '{text}' using any of the formats {formats}")]
    NoFormat {
        /// The text.
        text: String,
        /// The formats.
        formats: String,
    },
    /// A time zone is said twice.
    #[error(
        "Using a Timezone designator in format specification is mutually exclusive to providing \
         an explicit timezone argument"
    )]
    TwoZones,
    /// The time zone is not known.
    #[error("Illegal timezone '{0}'")]
    Zone(String),
}

const WITHOUT_ZONE: [&str; 5] = ["%FT%T.%N", "%FT%T", "%F %T.%N", "%F %T", "%F"];
const WITH_ZONE: [&str; 5] = [
    "%FT%T.%N %Z",
    "%FT%T %Z",
    "%F %T.%N %Z",
    "%F %T %Z",
    "%F %Z",
];

/// Reads a timestamp in one format.
///
/// # Errors
/// The text does not have it, or the time zone is not known or said twice.
pub fn parse(text: &str, format: &str, timezone: Option<&str>) -> Result<i128, TimestampError> {
    let timezone = timezone.filter(|zone| !zone.is_empty());
    let fields = read(text, format).ok_or_else(|| TimestampError::Text {
        text: text.to_owned(),
        format: format.to_owned(),
    })?;
    if timezone.is_some() && fields.zone.is_some() {
        return Err(TimestampError::TwoZones);
    }
    fields.to_nanoseconds(timezone)
}

/// Reads a timestamp in the first format that fits.
///
/// # Errors
/// None fits, or the time zone is not known.
pub fn parse_any<T: AsRef<str>>(
    text: &str,
    formats: &[T],
    timezone: Option<&str>,
) -> Result<i128, TimestampError> {
    let timezone = timezone.filter(|zone| !zone.is_empty());
    for format in formats {
        if let Some(fields) = read(text, format.as_ref())
            && !(timezone.is_some() && fields.zone.is_some())
        {
            return fields.to_nanoseconds(timezone);
        }
    }
    let formats: Vec<&str> = formats.iter().map(AsRef::as_ref).collect();
    Err(TimestampError::NoFormat {
        text: text.to_owned(),
        formats: formats.join(", "),
    })
}

/// Reads a timestamp in one of the usual formats.
///
/// # Errors
/// None fits, or the time zone is not known.
pub fn parse_default(text: &str, timezone: Option<&str>) -> Result<i128, TimestampError> {
    if timezone.is_some_and(|zone| !zone.is_empty()) {
        return parse_any(text, &WITHOUT_ZONE, timezone);
    }
    let formats: Vec<&str> = WITH_ZONE.into_iter().chain(WITHOUT_ZONE).collect();
    parse_any(text, &formats, timezone)
}

/// Seconds east of Greenwich of a time zone: `UTC`, `CET`, `+01:00`, `-0800`.
///
/// # Errors
/// It is not known.
pub fn zone_offset(zone: &str) -> Result<i64, TimestampError> {
    let unknown = || TimestampError::Zone(zone.to_owned());
    let lower = zone.to_ascii_lowercase();
    if let Some((_, hours)) = NAMED.iter().find(|(name, _)| *name == lower) {
        return Ok(hours * 3600);
    }
    let digits = lower
        .strip_prefix("gmt")
        .or_else(|| lower.strip_prefix("utc"))
        .unwrap_or(&lower);
    let (sign, digits) = match digits.as_bytes().first() {
        Some(b'+') => (1, &digits[1..]),
        Some(b'-') => (-1, &digits[1..]),
        _ => return Err(unknown()),
    };
    let number = |text: &str| text.parse::<i64>().map_err(|_| unknown());
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (number(hours)?, number(minutes)?),
        None if digits.len() == 4 => (number(&digits[..2])?, number(&digits[2..])?),
        None => (number(digits)?, 0),
    };
    Ok(sign * (hours * 3600 + minutes * 60))
}

fn is_current(zone: &str) -> bool {
    zone.eq_ignore_ascii_case("current")
}

/// Seconds east of Greenwich of this host's zone, at a time that its clocks show.
///
/// The reference takes the offset of the moment in which it compiles, so that one manifest gives
/// two values a year; here a time always means the same.
fn host_offset(local: i64) -> i64 {
    let shown = jiff::Timestamp::from_second(local)
        .map(|timestamp| timestamp.to_zoned(jiff::tz::TimeZone::UTC).datetime());
    shown
        .and_then(|shown| jiff::tz::TimeZone::system().to_timestamp(shown))
        .map_or(0, |timestamp| local - timestamp.as_second())
}

/// The zones that Ruby's date library knows and people write, in hours.
const NAMED: [(&str, i64); 34] = [
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("ut", 0),
    ("wet", 0),
    ("bst", 1),
    ("cet", 1),
    ("met", 1),
    ("mez", 1),
    ("west", 1),
    ("cest", 2),
    ("mest", 2),
    ("mesz", 2),
    ("eet", 2),
    ("sast", 2),
    ("eest", 3),
    ("msk", 3),
    ("msd", 4),
    ("jst", 9),
    ("ist", 5),
    ("cct", 8),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("akst", -9),
    ("akdt", -8),
    ("hst", -10),
    ("ast", -4),
    ("adt", -3),
];

#[derive(Debug, Default)]
struct Fields {
    year: Option<i64>,
    month: Option<u32>,
    day: Option<u32>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i128,
    afternoon: Option<bool>,
    zone: Option<String>,
    seconds: Option<i128>,
}

impl Fields {
    fn to_nanoseconds(&self, timezone: Option<&str>) -> Result<i128, TimestampError> {
        let zone = timezone.or(self.zone.as_deref());
        if let Some(seconds) = self.seconds {
            zone.filter(|zone| !is_current(zone))
                .map(zone_offset)
                .transpose()?;
            return Ok(seconds * SECOND + self.nanosecond);
        }
        let hour = match self.afternoon {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let year = self.year.unwrap_or(1970);
        let days = match self.year_day {
            Some(day) => days_from_civil(year, 1, 1) + day - 1,
            None => days_from_civil(year, self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        let local = days * 86_400 + hour * 3600 + self.minute * 60 + self.second;
        let offset = match zone {
            Some(zone) if is_current(zone) => host_offset(local),
            Some(zone) => zone_offset(zone)?,
            None => 0,
        };
        let seconds = local - offset;
        Ok(i128::from(seconds) * SECOND + self.nanosecond)
    }
}

fn read(text: &str, format: &str) -> Option<Fields> {
    let mut fields = Fields::default();
    let rest = read_into(&mut fields, text, format)?;
    rest.is_empty().then_some(fields)
}

fn number(text: &str, digits: usize) -> Option<(i64, &str)> {
    let text = text.trim_start();
    let length = text
        .bytes()
        .take(digits)
        .take_while(u8::is_ascii_digit)
        .count();
    let value = text[..length].parse().ok()?;
    Some((value, &text[length..]))
}

fn bounded(text: &str, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<(i64, &str)> {
    number(text, digits).filter(|(value, _)| range.contains(value))
}

fn name<'a>(text: &'a str, names: &[&str]) -> Option<(usize, &'a str)> {
    let starts = |name: &str| {
        text.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    names.iter().enumerate().find_map(|(index, name)| {
        let length = if starts(name) {
            name.len()
        } else if starts(&name[..3]) {
            3
        } else {
            return None;
        };
        Some((index, &text[length..]))
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

fn read_into<'a>(fields: &mut Fields, text: &'a str, format: &str) -> Option<&'a str> {
    let mut text = text;
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character.is_whitespace() {
            text = text.trim_start();
            continue;
        }
        if character != '%' {
            text = text.strip_prefix(character)?;
            continue;
        }
        let mut letter = characters.next()?;
        while matches!(letter, '-' | '0' | '^' | '#' | '_' | ':' | 'E' | 'O') {
            letter = characters.next()?;
        }
        text = read_field(fields, text, letter)?;
    }
    Some(text)
}

fn read_field<'a>(fields: &mut Fields, text: &'a str, letter: char) -> Option<&'a str> {
    let (value, rest) = match letter {
        'Y' => {
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => (-1, digits),
                None => (1, text.strip_prefix('+').unwrap_or(text)),
            };
            let (year, rest) = number(digits, if digits.len() > 4 { 4 } else { digits.len() })?;
            fields.year = Some(sign * year);
            return Some(rest);
        }
        'y' => {
            let (year, rest) = bounded(text, 2, 0..=99)?;
            fields.year = Some(if year < 69 { 2000 + year } else { 1900 + year });
            return Some(rest);
        }
        'm' => bounded(text, 2, 1..=12)?,
        'd' | 'e' => bounded(text, 2, 1..=31)?,
        'j' => bounded(text, 3, 1..=366)?,
        'H' | 'k' => bounded(text, 2, 0..=24)?,
        'I' | 'l' => bounded(text, 2, 1..=12)?,
        'M' => bounded(text, 2, 0..=59)?,
        'S' => bounded(text, 2, 0..=60)?,
        'L' | 'N' => {
            let length = text.bytes().take_while(u8::is_ascii_digit).count();
            if length == 0 {
                return None;
            }
            let digits = &text[..length.min(9)];
            let scale = 10i128.pow(u32::try_from(9 - digits.len()).unwrap_or(0));
            fields.nanosecond = digits.parse::<i128>().ok()? * scale;
            return Some(&text[length..]);
        }
        's' => {
            let length = text.bytes().take_while(u8::is_ascii_digit).count();
            fields.seconds = Some(text[..length].parse().ok()?);
            return Some(&text[length..]);
        }
        'B' | 'b' | 'h' => {
            let (index, rest) = name(text, &MONTHS)?;
            fields.month = u32::try_from(index + 1).ok();
            return Some(rest);
        }
        'A' | 'a' => return name(text, &WEEKDAYS).map(|(_, rest)| rest),
        'p' | 'P' => {
            let start = text.get(..2)?.to_ascii_lowercase();
            fields.afternoon = Some(match start.as_str() {
                "am" => false,
                "pm" => true,
                _ => return None,
            });
            return Some(&text[2..]);
        }
        'Z' | 'z' => return read_zone(fields, text),
        'u' => return bounded(text, 1, 1..=7).map(|(_, rest)| rest),
        'w' => return bounded(text, 1, 0..=6).map(|(_, rest)| rest),
        'U' | 'W' | 'V' => return bounded(text, 2, 0..=53).map(|(_, rest)| rest),
        'n' | 't' => return Some(text.trim_start()),
        '%' => return text.strip_prefix('%'),
        'F' => return read_into(fields, text, "%Y-%m-%d"),
        'T' | 'X' => return read_into(fields, text, "%H:%M:%S"),
        'D' | 'x' => return read_into(fields, text, "%m/%d/%y"),
        'R' => return read_into(fields, text, "%H:%M"),
        'r' => return read_into(fields, text, "%I:%M:%S %p"),
        'c' => return read_into(fields, text, "%a %b %e %H:%M:%S %Y"),
        'v' => return read_into(fields, text, "%e-%b-%Y"),
        '+' => return read_into(fields, text, "%a %b %e %H:%M:%S %Z %Y"),
        _ => return None,
    };
    match letter {
        'm' => fields.month = u32::try_from(value).ok(),
        'd' | 'e' => fields.day = u32::try_from(value).ok(),
        'j' => fields.year_day = Some(value),
        'H' | 'k' | 'I' | 'l' => fields.hour = value,
        'M' => fields.minute = value,
        _ => fields.second = value,
    }
    Some(rest)
}

fn read_zone<'a>(fields: &mut Fields, text: &'a str) -> Option<&'a str> {
    let text = text.trim_start();
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let mut length = letters;
    let behind = &text[letters..];
    if behind.starts_with(['+', '-']) {
        length += 1 + behind[1..]
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b':')
            .count();
    }
    if length == 0 {
        return None;
    }
    fields.zone = Some(text[..length].to_owned());
    Some(&text[length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_the_zone_of_the_host_what_is_written_in_it() {
        use crate::formats::{strftime, timezone};
        let zone = timezone("current").expect("every host has a zone");
        for text in ["2016-01-10 14:30:05", "2016-07-10 14:30:05"] {
            let moment = parse_default(text, Some("current")).expect("a usual format");
            assert_eq!(strftime(moment, "%F %T", &zone).as_deref(), Ok(text));
        }
    }

    #[test]
    fn reads_the_usual_formats() {
        let moment = 1_476_109_805 * SECOND;
        for text in [
            "2016-10-10T14:30:05 UTC",
            "2016-10-10 14:30:05",
            "2016-10-10T16:30:05.0 CEST",
        ] {
            assert_eq!(parse_default(text, None), Ok(moment), "{text}");
        }
        assert_eq!(
            parse_default("2016-10-10 06:30:05", Some("PDT")),
            Ok(moment - 3600 * SECOND)
        );
        assert_eq!(parse("10/10/16 02:30:05 PM", "%D %r", None), Ok(moment));
        assert!(parse("x", "%F", None).is_err());
    }
}
