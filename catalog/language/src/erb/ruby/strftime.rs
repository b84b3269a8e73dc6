//! Ruby's `strftime`.

use jiff::Zoned;

use super::interpreter::{Run, Stop};

const DAYS: [&str; 7] = [
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

pub(super) fn format(time: &Zoned, format: &str) -> Run<String> {
    let mut out = String::new();
    let mut characters = format.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        let mut pad = None;
        let mut is_upper = false;
        let mut is_swapped = false;
        let mut colons = 0;
        let mut width = String::new();
        let directive = loop {
            match characters.next() {
                Some('-') => pad = Some(None),
                Some('0') if width.is_empty() => pad = Some(Some('0')),
                Some('_') => pad = Some(Some(' ')),
                Some('^') => is_upper = true,
                Some('#') => is_swapped = true,
                Some(':') => colons += 1,
                Some(digit) if digit.is_ascii_digit() => width.push(digit),
                other => break other,
            }
        };
        let Some(directive) = directive else {
            out.push('%');
            break;
        };
        let number = |value: i64, default_pad: char, digits: usize| {
            let digits = width.parse().unwrap_or(digits).min(100);
            match pad.unwrap_or(Some(default_pad)) {
                None => value.to_string(),
                Some('0') => format!("{value:0digits$}"),
                Some(_) => format!("{value:digits$}"),
            }
        };
        let weekday = i64::from(time.weekday().to_sunday_zero_offset());
        let day_name = DAYS[usize::try_from(weekday).unwrap_or(0)];
        let month_name = MONTHS[usize::try_from(time.month() - 1).unwrap_or(0)];
        let hour = i64::from(time.hour());
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let nested = |format: &str| self::format(time, format);
        let day_of_year = i64::from(time.day_of_year());
        let text = match directive {
            'Y' => number(i64::from(time.year()), '0', 4),
            'C' => number(i64::from(time.year()) / 100, '0', 2),
            'y' => number(i64::from(time.year()).rem_euclid(100), '0', 2),
            'm' => number(i64::from(time.month()), '0', 2),
            'd' => number(i64::from(time.day()), '0', 2),
            'e' => number(i64::from(time.day()), ' ', 2),
            'j' => number(day_of_year, '0', 3),
            'H' => number(hour, '0', 2),
            'k' => number(hour, ' ', 2),
            'I' => number(twelve, '0', 2),
            'l' => number(twelve, ' ', 2),
            'M' => number(i64::from(time.minute()), '0', 2),
            'S' => number(i64::from(time.second()), '0', 2),
            'L' => format!("{:03}", time.subsec_nanosecond() / 1_000_000),
            'N' => {
                let digits = format!("{:09}", time.subsec_nanosecond());
                digits.chars().take(width.parse().unwrap_or(9)).collect()
            }
            'p' => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            'P' => if hour < 12 { "am" } else { "pm" }.to_owned(),
            'A' => day_name.to_owned(),
            'a' => day_name[..3].to_owned(),
            'B' => month_name.to_owned(),
            'b' | 'h' => month_name[..3].to_owned(),
            'u' => (if weekday == 0 { 7 } else { weekday }).to_string(),
            'w' => weekday.to_string(),
            'U' => number((day_of_year + 6 - weekday) / 7, '0', 2),
            'W' => number((day_of_year + 6 - (weekday + 6) % 7) / 7, '0', 2),
            'G' => number(i64::from(time.date().iso_week_date().year()), '0', 4),
            'V' => number(i64::from(time.date().iso_week_date().week()), '0', 2),
            's' => time.timestamp().as_second().to_string(),
            'z' => {
                let offset = time.offset().seconds();
                let (sign, offset) = if offset < 0 {
                    ('-', -offset)
                } else {
                    ('+', offset)
                };
                let (hours, minutes) = (offset / 3600, offset / 60 % 60);
                let colon = if colons > 0 { ":" } else { "" };
                format!("{sign}{hours:02}{colon}{minutes:02}")
            }
            'Z' => time.strftime("%Z").to_string(),
            'F' => nested("%Y-%m-%d")?,
            'T' | 'X' => nested("%H:%M:%S")?,
            'D' | 'x' => nested("%m/%d/%y")?,
            'R' => nested("%H:%M")?,
            'r' => nested("%I:%M:%S %p")?,
            'c' => nested("%a %b %e %H:%M:%S %Y")?,
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            '%' => "%".to_owned(),
            other => return Err(Stop::unsupported(format!("%{other} in strftime"))),
        };
        // To change the case of what is upper case makes it lower case.
        let is_lower = is_swapped && matches!(directive, 'p' | 'Z');
        out.push_str(&match (is_upper || is_swapped, is_lower) {
            (_, true) => text.to_lowercase(),
            (true, _) => text.to_uppercase(),
            (false, _) => text,
        });
    }
    Ok(out)
}
