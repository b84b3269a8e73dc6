//! Ruby's `strftime` for timestamps.
//!
//! Source: the documentation of Ruby's `Time#strftime`.

use super::{SECOND, civil_from_days, days_from_civil};

/// A moment in a time zone, taken apart.
struct Moment {
    year: i64,
    month: u32,
    day: u32,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i128,
    /// Seconds east of Greenwich.
    offset: i64,
    /// What `%Z` shows.
    zone: String,
    /// From Sunday.
    weekday: i64,
    /// From 1.
    year_day: i64,
    nanoseconds: i128,
}

const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
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

/// The widest field: a format is input.
const WIDEST: usize = 1024;

/// Writes a timestamp in a format, at an offset from UTC where one is given.
pub fn format(nanoseconds: i128, format: &str, offset: Option<i64>) -> String {
    let moment = Moment::new(nanoseconds, offset);
    let mut out = String::new();
    let mut rest = format;
    while let Some(index) = rest.find('%') {
        out.push_str(&rest[..index]);
        let directive = &rest[index + 1..];
        match Directive::read(directive) {
            Some((parsed, after)) => {
                match moment.text(&parsed) {
                    Some(text) => out.push_str(&text),
                    // What is not known stays as it is.
                    None => out.push_str(&rest[index..rest.len() - after.len()]),
                }
                rest = after;
            }
            None => {
                out.push('%');
                rest = directive;
            }
        }
    }
    out.push_str(rest);
    out
}

#[derive(Debug, Default)]
struct Directive {
    /// `-`, `0`, `_`: the last one given.
    padding: Option<char>,
    upper: bool,
    swap: bool,
    colons: usize,
    width: Option<usize>,
    letter: char,
}

impl Directive {
    fn read(text: &str) -> Option<(Self, &str)> {
        let mut directive = Self::default();
        for (index, character) in text.char_indices() {
            match character {
                '-' | '0' | '_' if directive.width.is_none() => directive.padding = Some(character),
                '^' => directive.upper = true,
                '#' => directive.swap = true,
                ':' => directive.colons += 1,
                'E' | 'O' if directive.letter == '\0' => {}
                digit if digit.is_ascii_digit() => {
                    let digit = digit as usize - '0' as usize;
                    let width = directive.width.unwrap_or(0) * 10 + digit;
                    directive.width = Some(width.min(WIDEST));
                }
                letter => {
                    directive.letter = letter;
                    return Some((directive, &text[index + letter.len_utf8()..]));
                }
            }
        }
        None
    }

    fn number(&self, value: i64, width: usize, default_padding: char) -> String {
        let padding = self.padding.unwrap_or(default_padding);
        let width = match padding {
            '-' => 0,
            _ => self.width.unwrap_or(width),
        };
        if padding == '_' {
            return format!("{value:width$}");
        }
        if value < 0 {
            let width = width.saturating_sub(1);
            return format!("-{:0width$}", value.unsigned_abs());
        }
        format!("{value:0width$}")
    }

    fn text(&self, text: &str) -> String {
        let cased = if self.upper || self.swap {
            text.to_uppercase()
        } else {
            text.to_owned()
        };
        let width = match self.padding {
            Some('-') => 0,
            _ => self.width.unwrap_or(0),
        };
        let missing = width.saturating_sub(cased.chars().count());
        let padding = if self.padding == Some('0') { "0" } else { " " };
        padding.repeat(missing) + &cased
    }
}

impl Moment {
    fn new(nanoseconds: i128, offset: Option<i64>) -> Self {
        let shifted = nanoseconds + i128::from(offset.unwrap_or(0)) * SECOND;
        let seconds = i64::try_from(shifted.div_euclid(SECOND)).unwrap_or(0);
        let days = seconds.div_euclid(86_400);
        let of_day = seconds.rem_euclid(86_400);
        let (year, month, day) = civil_from_days(days);
        Self {
            year,
            month,
            day,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            nanosecond: shifted.rem_euclid(SECOND),
            offset: offset.unwrap_or(0),
            zone: if offset.is_none() {
                "UTC".to_owned()
            } else {
                String::new()
            },
            weekday: (days + 4).rem_euclid(7),
            year_day: days - days_from_civil(year, 1, 1) + 1,
            nanoseconds,
        }
    }

    fn hour_12(&self) -> i64 {
        match self.hour % 12 {
            0 => 12,
            hour => hour,
        }
    }

    /// Year and week by ISO 8601.
    fn iso_week(&self) -> (i64, i64) {
        let weekday = (self.weekday + 6) % 7;
        let week = (self.year_day - 1 - weekday + 10) / 7;
        if week < 1 {
            return (self.year - 1, weeks_of(self.year - 1));
        }
        if week > weeks_of(self.year) {
            return (self.year + 1, 1);
        }
        (self.year, week)
    }

    fn text(&self, directive: &Directive) -> Option<String> {
        let number = |value: i64, width: usize| directive.number(value, width, '0');
        let blank = |value: i64, width: usize| directive.number(value, width, '_');
        let weekday = WEEKDAYS[usize::try_from(self.weekday).unwrap_or(0) % 7];
        let month = MONTHS[(self.month as usize + 11) % 12];
        let noon = if self.hour < 12 { "AM" } else { "PM" };
        let whole = |text: &str| {
            let plain = format(
                self.nanoseconds,
                text,
                Some(self.offset).filter(|_| self.zone.is_empty()),
            );
            directive.text(&plain)
        };
        Some(match directive.letter {
            'Y' => {
                let width = if self.year < 0 { 5 } else { 4 };
                number(self.year, width)
            }
            'C' => number(self.year.div_euclid(100), 2),
            'y' => number(self.year.rem_euclid(100), 2),
            'm' => number(i64::from(self.month), 2),
            'B' => directive.text(month),
            'b' | 'h' => directive.text(&month[..3]),
            'd' => number(i64::from(self.day), 2),
            'e' => blank(i64::from(self.day), 2),
            'j' => number(self.year_day, 3),
            'H' => number(self.hour, 2),
            'k' => blank(self.hour, 2),
            'I' => number(self.hour_12(), 2),
            'l' => blank(self.hour_12(), 2),
            'P' => directive.text(&noon.to_lowercase()),
            'p' if directive.swap => noon.to_lowercase(),
            'p' => directive.text(noon),
            'M' => number(self.minute, 2),
            'S' => number(self.second, 2),
            'L' => self.fraction(directive.width.unwrap_or(3)),
            'N' => self.fraction(directive.width.unwrap_or(9)),
            'z' => self.zone_offset(directive),
            'Z' => directive.text(&self.zone),
            'A' => directive.text(weekday),
            'a' => directive.text(&weekday[..3]),
            'u' => number(if self.weekday == 0 { 7 } else { self.weekday }, 1),
            'w' => number(self.weekday, 1),
            'G' => number(self.iso_week().0, 4),
            'g' => number(self.iso_week().0.rem_euclid(100), 2),
            'V' => number(self.iso_week().1, 2),
            'U' => number((self.year_day + 6 - self.weekday) / 7, 2),
            'W' => number((self.year_day + 6 - (self.weekday + 6) % 7) / 7, 2),
            's' => number(super::to_integer(self.nanoseconds), 1),
            'Q' => number(
                i64::try_from(self.nanoseconds / 1_000_000).unwrap_or(i64::MAX),
                1,
            ),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            '%' => "%".to_owned(),
            'F' => whole("%Y-%m-%d"),
            'T' | 'X' => whole("%H:%M:%S"),
            'D' | 'x' => whole("%m/%d/%y"),
            'R' => whole("%H:%M"),
            'r' => whole("%I:%M:%S %p"),
            'c' => whole("%a %b %e %H:%M:%S %Y"),
            'v' => whole("%e-%^b-%Y"),
            '+' => whole("%a %b %e %H:%M:%S %Z %Y"),
            _ => return None,
        })
    }

    fn fraction(&self, digits: usize) -> String {
        let digits = digits.max(1);
        let nine = format!("{:09}", self.nanosecond);
        if digits <= 9 {
            nine[..digits].to_owned()
        } else {
            format!("{nine:0<digits$}")
        }
    }

    fn zone_offset(&self, directive: &Directive) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let total = self.offset.abs();
        let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
        let rest = match directive.colons {
            0 => format!("{minutes:02}"),
            1 => format!(":{minutes:02}"),
            2 => format!(":{minutes:02}:{seconds:02}"),
            _ if seconds != 0 => format!(":{minutes:02}:{seconds:02}"),
            _ if minutes != 0 => format!(":{minutes:02}"),
            _ => String::new(),
        };
        let width = directive
            .width
            .unwrap_or(0)
            .saturating_sub(rest.len() + 1)
            .max(2);
        match directive.padding {
            Some('-') => format!("{sign}{hours}{rest}"),
            Some('_') => format!("{:>1$}{rest}", format!("{sign}{hours}"), width + 1),
            _ => format!("{sign}{hours:0width$}{rest}"),
        }
    }
}

fn weeks_of(year: i64) -> i64 {
    let first = (days_from_civil(year, 1, 1) + 4).rem_euclid(7);
    let is_leap = days_from_civil(year + 1, 1, 1) - days_from_civil(year, 1, 1) == 366;
    if first == 4 || first == 3 && is_leap {
        53
    } else {
        52
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_ruby() {
        // 2016-10-10T14:30:05.123456789 UTC, a Monday.
        let moment = 1_476_109_805 * SECOND + 123_456_789;
        for (text, expected) in [
            ("%F %T.%L %Z", "2016-10-10 14:30:05.123 UTC"),
            ("%-d/%-m/%y %I:%M %p", "10/10/16 02:30 PM"),
            ("%A %^a %j %V %U", "Monday MON 284 41 41"),
            ("%N %3N %12N", "123456789 123 123456789000"),
            ("%10Y|%_10m|%s", "0000002016|        10|1476109805"),
            ("100%%", "100%"),
        ] {
            assert_eq!(format(moment, text, None), expected);
        }
        assert_eq!(format(moment, "%H %z %:z", Some(-3600)), "13 -0100 -01:00");
    }
}
