//! Ruby's `strftime` for a timestamp.
//!
//! Source: the documentation of Ruby's `DateTime#strftime`, which the reference uses.

use jiff::{
    Timestamp, Zoned,
    civil::Weekday,
    tz::{Offset, TimeZone},
};

use super::{
    FormatError, WIDEST,
    digits::{filled, zero_filled},
};

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
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A time zone by its name: `UTC`, `Europe/Paris`, `EST`, `+02:00`, `current`.
///
/// # Errors
/// There is no such zone.
pub fn timezone(name: &str) -> Result<TimeZone, FormatError> {
    let unknown = || FormatError::new(format!("Illegal timezone '{name}'"));
    if name.eq_ignore_ascii_case("current") {
        return Ok(TimeZone::system());
    }
    if let Some(hours) = abbreviation(&name.to_ascii_uppercase()) {
        return Ok(TimeZone::fixed(Offset::constant(hours)));
    }
    let digits = name.trim_start_matches(['+', '-']).replace(':', "");
    if name.starts_with(['+', '-']) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |text: &str| text.parse::<i32>().ok();
        let (hours, minutes) = match digits.len() {
            1 | 2 => (number(&digits), Some(0)),
            4 => (number(&digits[..2]), number(&digits[2..])),
            _ => (None, None),
        };
        let seconds = hours.ok_or_else(unknown)? * 3600 + minutes.ok_or_else(unknown)? * 60;
        let seconds = if name.starts_with('-') {
            -seconds
        } else {
            seconds
        };
        let offset = Offset::from_seconds(seconds).map_err(|_| unknown())?;
        return Ok(TimeZone::fixed(offset));
    }
    TimeZone::get(name).map_err(|_| unknown())
}

/// Hours from UTC of the zones that have no other name.
fn abbreviation(name: &str) -> Option<i8> {
    Some(match name {
        "UTC" | "GMT" | "UT" | "Z" | "WET" => 0,
        "BST" | "CET" | "MET" | "WEST" => 1,
        "CEST" | "EET" | "MEST" => 2,
        "EEST" | "MSK" => 3,
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" | "AKDT" => -8,
        "AKST" => -9,
        "HST" => -10,
        "JST" => 9,
        _ => return None,
    })
}

/// A timestamp (nanoseconds since 1970) in a zone, by a format.
///
/// # Errors
/// The time is out of range, or a width is too large.
pub fn strftime(nanoseconds: i128, format: &str, zone: &TimeZone) -> Result<String, FormatError> {
    let time = Timestamp::from_nanosecond(nanoseconds)
        .map_err(|_| FormatError::new("the timestamp is out of range"))?
        .to_zoned(zone.clone());
    Writer {
        time: &time,
        depth: 0,
    }
    .write(format)
}

/// How a field is padded and cased.
#[derive(Clone, Copy, Default)]
struct Flags {
    padding: Option<Padding>,
    upper: bool,
    swap: bool,
    colons: usize,
    width: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    None,
    Blank,
    Zero,
}

struct Writer<'t> {
    time: &'t Zoned,
    depth: usize,
}

impl Writer<'_> {
    fn write(&self, format: &str) -> Result<String, FormatError> {
        let mut text = String::with_capacity(format.len() * 2);
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            let directive = &rest[at..];
            let (flags, length) = flags(&directive[1..])?;
            let letter = directive[1 + length..].chars().next();
            match letter
                .map(|letter| self.field(letter, flags))
                .transpose()?
                .flatten()
            {
                Some(field) => {
                    text.push_str(&field);
                    rest = &directive[2 + length..];
                }
                // What is no directive stays as it is.
                None => {
                    text.push('%');
                    rest = &directive[1..];
                }
            }
        }
        text.push_str(rest);
        Ok(text)
    }

    fn field(&self, letter: char, flags: Flags) -> Result<Option<String>, FormatError> {
        let time = self.time;
        let hour12 = match time.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        let year = i64::from(time.year());
        let number = |value: i64, digits| Ok(Some(number(value, digits, Padding::Zero, flags)));
        let blank =
            |value: i64, digits| Ok(Some(self::number(value, digits, Padding::Blank, flags)));
        let word = |text: &str| Ok(Some(word(text, flags)));
        let whole = |format: &str| {
            if self.depth > 3 {
                return Ok(None);
            }
            let inner = Writer {
                time,
                depth: self.depth + 1,
            }
            .write(format)?;
            Ok(Some(self::word(&inner, flags)))
        };
        let weekday = time.weekday();
        let iso = time.date().iso_week_date();
        match letter {
            'Y' => number(year, if year < 0 { 5 } else { 4 }),
            'C' => number(year.div_euclid(100), 2),
            'y' => number(year.rem_euclid(100), 2),
            'm' => number(time.month().into(), 2),
            'B' => word(MONTHS[time.month() as usize - 1]),
            'b' | 'h' => word(&MONTHS[time.month() as usize - 1][..3]),
            'd' => number(time.day().into(), 2),
            'e' => blank(time.day().into(), 2),
            'j' => number(time.day_of_year().into(), 3),
            'H' => number(time.hour().into(), 2),
            'k' => blank(time.hour().into(), 2),
            'I' => number(hour12.into(), 2),
            'l' => blank(hour12.into(), 2),
            'M' => number(time.minute().into(), 2),
            'S' => number(time.second().into(), 2),
            'L' => Ok(Some(fraction(time, flags.width.unwrap_or(3)))),
            'N' => Ok(Some(fraction(time, flags.width.unwrap_or(9)))),
            'P' => word(if time.hour() < 12 { "am" } else { "pm" }),
            'p' if flags.swap => {
                let text = if time.hour() < 12 { "am" } else { "pm" };
                Ok(Some(self::word(
                    text,
                    Flags {
                        swap: false,
                        ..flags
                    },
                )))
            }
            'p' => word(if time.hour() < 12 { "AM" } else { "PM" }),
            'z' => Ok(Some(offset(time, flags))),
            // A DateTime knows its zone by offset only.
            'Z' => word(&offset(
                time,
                Flags {
                    colons: 1,
                    ..Flags::default()
                },
            )),
            'A' => word(DAYS[weekday.to_sunday_zero_offset() as usize]),
            'a' => word(&DAYS[weekday.to_sunday_zero_offset() as usize][..3]),
            'u' => number(weekday.to_monday_one_offset().into(), 1),
            'w' => number(weekday.to_sunday_zero_offset().into(), 1),
            'G' => number(iso.year().into(), 4),
            'g' => number(i64::from(iso.year()).rem_euclid(100), 2),
            'V' => number(iso.week().into(), 2),
            'U' => number(week(time, Weekday::Sunday), 2),
            'W' => number(week(time, Weekday::Monday), 2),
            's' => number(time.timestamp().as_second(), 1),
            'Q' => number(time.timestamp().as_millisecond(), 1),
            'n' => word("\n"),
            't' => word("\t"),
            '%' => word("%"),
            'c' => whole("%a %b %e %H:%M:%S %Y"),
            'D' | 'x' => whole("%m/%d/%y"),
            'F' => whole("%Y-%m-%d"),
            'T' | 'X' => whole("%H:%M:%S"),
            'R' => whole("%H:%M"),
            'r' => whole("%I:%M:%S %p"),
            'v' => whole("%e-%^b-%4Y"),
            '+' => whole("%a %b %e %H:%M:%S %Z %Y"),
            _ => Ok(None),
        }
    }
}

/// The week of the year, weeks starting with `first`; days before the first are in week 0.
fn week(time: &Zoned, first: Weekday) -> i64 {
    let day = i64::from(time.day_of_year()) - 1;
    let from_first = i64::from(time.weekday().since(first));
    (day + 7 - from_first) / 7
}

fn flags(text: &str) -> Result<(Flags, usize), FormatError> {
    let mut flags = Flags::default();
    let mut length = 0;
    for byte in text.bytes() {
        match byte {
            b'-' => flags.padding = Some(Padding::None),
            b'_' => flags.padding = Some(Padding::Blank),
            b'0' => flags.padding = Some(Padding::Zero),
            b'^' => flags.upper = true,
            b'#' => flags.swap = true,
            b':' => flags.colons += 1,
            _ => break,
        }
        length += 1;
    }
    let digits = text[length..]
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    if digits > 0 {
        let width = text[length..length + digits].parse().unwrap_or(usize::MAX);
        if width > WIDEST {
            return Err(FormatError::new(format!("a width is larger than {WIDEST}")));
        }
        flags.width = Some(width);
    }
    Ok((flags, length + digits))
}

fn number(value: i64, digits: usize, default: Padding, flags: Flags) -> String {
    let width = flags.width.unwrap_or(digits);
    match flags.padding.unwrap_or(default) {
        Padding::None => value.to_string(),
        Padding::Blank => filled(&value.to_string(), width, ' '),
        Padding::Zero => zero_filled(i128::from(value), width),
    }
}

fn word(text: &str, flags: Flags) -> String {
    let cased = if flags.upper || flags.swap {
        text.to_uppercase()
    } else {
        text.to_owned()
    };
    let cased = if flags.swap && text.chars().all(|c| !c.is_lowercase()) {
        text.to_lowercase()
    } else {
        cased
    };
    let width = flags.width.unwrap_or(0);
    match flags.padding {
        Some(Padding::None) => cased,
        Some(Padding::Zero) => filled(&cased, width, '0'),
        _ => filled(&cased, width, ' '),
    }
}

fn fraction(time: &Zoned, digits: usize) -> String {
    let nanoseconds = format!("{:09}", time.subsec_nanosecond());
    match nanoseconds.get(..digits) {
        Some(cut) => cut.to_owned(),
        None => format!("{nanoseconds}{}", "0".repeat(digits - 9)),
    }
}

fn offset(time: &Zoned, flags: Flags) -> String {
    let seconds = time.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match flags.colons {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        1 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{strftime, timezone};

    #[test]
    fn fields_are_rubys() {
        // 2016-09-03 13:04:05.123456789 UTC, a Saturday
        let time = 1_472_907_845_123_456_789;
        let utc = timezone("UTC").unwrap();
        for (format, expected) in [
            (
                "%Y-%m-%dT%H:%M:%S.%L %z %Z",
                "2016-09-03T13:04:05.123 +0000 +00:00",
            ),
            ("%N %3N %6N %12N", "123456789 123 123456 123456789000"),
            (
                "%a %A %b %B %^a %#p %p",
                "Sat Saturday Sep September SAT pm PM",
            ),
            ("%-d|%_d|%e|%05d|%-m", "3| 3| 3|00003|9"),
            ("%j %U %W %V %G %u %w", "247 35 35 35 2016 6 6"),
            ("%I %l %P %k", "01  1 pm 13"),
            ("%s %Q", "1472907845 1472907845123"),
            (
                "%c|%D|%F|%T|%R|%r|%v",
                "Sat Sep  3 13:04:05 2016|09/03/16|2016-09-03|13:04:05|13:04|01:04:05 PM| 3-SEP-2016",
            ),
            ("%C %y %% %q %n", "20 16 % %q \n"),
            (
                "%10A|%^10b|%:z|%::z",
                "  Saturday|       SEP|+00:00|+00:00:00",
            ),
        ] {
            assert_eq!(strftime(time, format, &utc).unwrap(), expected, "{format}");
        }
        let est = timezone("EST").unwrap();
        assert_eq!(strftime(time, "%H %z", &est).unwrap(), "08 -0500");
        let india = timezone("+05:30").unwrap();
        assert_eq!(strftime(time, "%H:%M %:z", &india).unwrap(), "18:34 +05:30");
        assert!(timezone("Nowhere/Land").is_err());
    }
}
