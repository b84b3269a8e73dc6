//! The formats of timespans: `%D-%H:%M:%S.%-N` and its like, for writing and reading.
//!
//! Source: puppet-docs, `Timespan.new` and `strftime`.

use super::SECOND;

/// A format of timespans.
#[derive(Clone, Debug)]
pub struct Format {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    Value(Field),
}

#[derive(Clone, Debug)]
struct Field {
    unit: Unit,
    padding: Padding,
    width: Option<usize>,
    /// Whether this is the format's largest unit: it takes everything above it too.
    total: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Nanosecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Padding {
    None,
    Space,
    Zero,
}

/// A timespan cannot be read, or a format not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimespanError {
    /// The format is wrong.
    #[error("Bad format specifier '{specifier}' in '{format}', at position {position}")]
    Format {
        /// What is wrong.
        specifier: String,
        /// The format.
        format: String,
        /// Where the reading stopped.
        position: usize,
    },
    /// A fraction stands alone.
    #[error(
        "Format specifiers %L and %N denotes fractions and must be used together with a \
         specifier of higher magnitude"
    )]
    Fraction,
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
}

/// The formats that are tried when none is given.
pub const DEFAULTS: [&str; 8] = [
    "%D-%H:%M:%S.%-N",
    "%H:%M:%S.%-N",
    "%M:%S.%-N",
    "%S.%-N",
    "%D-%H:%M:%S",
    "%H:%M:%S",
    "%D-%H:%M",
    "%S",
];

impl Unit {
    fn nanoseconds(self) -> i128 {
        match self {
            Self::Nanosecond => 1,
            Self::Millisecond => SECOND / 1000,
            Self::Second => SECOND,
            Self::Minute => 60 * SECOND,
            Self::Hour => 3600 * SECOND,
            Self::Day => 86_400 * SECOND,
        }
    }

    /// How many make one of the next larger unit.
    fn modulus(self) -> i128 {
        match self {
            Self::Nanosecond => SECOND,
            Self::Millisecond => 1000,
            Self::Second | Self::Minute => 60,
            Self::Hour => 24,
            Self::Day => i128::MAX,
        }
    }

    fn default_width(self) -> usize {
        match self {
            Self::Nanosecond => 9,
            Self::Millisecond => 3,
            Self::Second | Self::Minute | Self::Hour => 2,
            Self::Day => 1,
        }
    }

    fn is_fraction(self) -> bool {
        self <= Self::Millisecond
    }
}

/// Reads a timespan in the first format that fits.
///
/// # Errors
/// No format fits, or a format is wrong.
pub fn parse<T: AsRef<str>>(text: &str, formats: &[T]) -> Result<i128, TimespanError> {
    for format in formats {
        let format = Format::new(format.as_ref())?;
        if let Ok(nanoseconds) = format.parse(text) {
            return Ok(nanoseconds);
        }
    }
    let formats: Vec<&str> = formats.iter().map(AsRef::as_ref).collect();
    Err(TimespanError::NoFormat {
        text: text.to_owned(),
        formats: formats.join(", "),
    })
}

impl Format {
    /// The format that a timespan has in a string.
    pub fn default_format() -> Self {
        Self::new(DEFAULTS[0]).expect("the default format is right")
    }

    /// Reads a format.
    ///
    /// # Errors
    /// A specifier is unknown.
    pub fn new(text: &str) -> Result<Self, TimespanError> {
        let mut segments: Vec<Segment> = Vec::new();
        let characters: Vec<char> = text.chars().collect();
        let mut index = 0;
        while let Some(&character) = characters.get(index) {
            if character != '%' {
                push_literal(&mut segments, character);
                index += 1;
                continue;
            }
            let start = index;
            let bad = |position: usize| TimespanError::Format {
                specifier: characters[start..position].iter().collect(),
                format: text.to_owned(),
                position,
            };
            index += 1;
            let mut padding = Padding::Zero;
            let mut width: Option<usize> = None;
            let mut first = true;
            loop {
                let Some(&character) = characters.get(index) else {
                    return Err(bad(index.saturating_sub(1)));
                };
                let unit = match character {
                    '%' => {
                        push_literal(&mut segments, '%');
                        index += 1;
                        break;
                    }
                    '-' if first => {
                        padding = Padding::None;
                        None
                    }
                    '_' if first => {
                        padding = Padding::Space;
                        None
                    }
                    '0' if first => None,
                    'D' => Some(Unit::Day),
                    'H' => Some(Unit::Hour),
                    'M' => Some(Unit::Minute),
                    'S' => Some(Unit::Second),
                    'L' => Some(Unit::Millisecond),
                    'N' => Some(Unit::Nanosecond),
                    digit if digit.is_ascii_digit() => {
                        let digit = digit as usize - '0' as usize;
                        width = Some(width.unwrap_or(0).saturating_mul(10).min(1000) + digit);
                        None
                    }
                    _ => return Err(bad(index)),
                };
                index += 1;
                first = false;
                if let Some(unit) = unit {
                    segments.push(Segment::Value(Field {
                        unit,
                        padding,
                        width,
                        total: false,
                    }));
                    break;
                }
            }
        }
        let largest = segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Value(field) => Some(field.unit),
                Segment::Literal(_) => None,
            })
            .max();
        for segment in &mut segments {
            if let Segment::Value(field) = segment
                && Some(field.unit) == largest
            {
                field.total = true;
                break;
            }
        }
        Ok(Self {
            text: text.to_owned(),
            segments,
        })
    }

    /// Writes a timespan.
    pub fn format(&self, nanoseconds: i128) -> String {
        let mut out = String::new();
        if nanoseconds < 0 {
            out.push('-');
        }
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => out.push_str(text),
                Segment::Value(field) => out.push_str(&field.text(nanoseconds.abs())),
            }
        }
        out
    }

    /// Reads a timespan.
    ///
    /// # Errors
    /// The text does not have this format.
    pub fn parse(&self, text: &str) -> Result<i128, TimespanError> {
        let refuse = || TimespanError::Text {
            text: text.to_owned(),
            format: self.text.clone(),
        };
        let (negative, body) = match text.strip_prefix('-') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let total = match_segments(&self.segments, body).ok_or_else(refuse)??;
        Ok(if negative { -total } else { total })
    }
}

fn push_literal(segments: &mut Vec<Segment>, character: char) {
    match segments.last_mut() {
        Some(Segment::Literal(text)) => text.push(character),
        _ => segments.push(Segment::Literal(character.into())),
    }
}

/// Matches the segments against the whole text, the longest digits first, and adds up.
fn match_segments(segments: &[Segment], text: &str) -> Option<Result<i128, TimespanError>> {
    let Some((first, rest)) = segments.split_first() else {
        return text.is_empty().then_some(Ok(0));
    };
    let field = match first {
        Segment::Literal(literal) => {
            return match_segments(rest, text.strip_prefix(literal.as_str())?);
        }
        Segment::Value(field) => field,
    };
    let (least, most, blanks) = field.extent();
    let available = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || blanks && byte.is_ascii_whitespace())
        .count();
    for length in (least..=most.min(available)).rev() {
        let (taken, after) = text.split_at(length);
        let digits = taken.trim_start();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        match match_segments(rest, after) {
            Some(Ok(others)) => {
                return Some(field.nanoseconds(digits).map(|value| value + others));
            }
            Some(Err(error)) => return Some(Err(error)),
            None => {}
        }
    }
    None
}

impl Field {
    /// The least and the most characters that the field has, and whether blanks may lead.
    fn extent(&self) -> (usize, usize, bool) {
        let blanks = self.padding == Padding::Space;
        match self.width {
            None if self.total => (1, usize::MAX, blanks),
            None => (1, self.unit.default_width(), blanks),
            Some(width) if self.padding == Padding::None => (1, width, false),
            Some(width) => (width, width, blanks),
        }
    }

    fn nanoseconds(&self, digits: &str) -> Result<i128, TimespanError> {
        let value: i128 = digits.parse().unwrap_or(i128::from(u64::MAX));
        if !self.unit.is_fraction() {
            return Ok(value.saturating_mul(self.unit.nanoseconds()));
        }
        if self.total {
            return Err(TimespanError::Fraction);
        }
        let missing = 9usize.saturating_sub(digits.len());
        Ok(value * 10i128.pow(u32::try_from(missing).unwrap_or(0)))
    }

    fn text(&self, nanoseconds: i128) -> String {
        let width = self.width.unwrap_or(self.unit.default_width());
        let value = if self.unit == Unit::Nanosecond {
            self.nanosecond_value(nanoseconds, width)
        } else {
            let count = nanoseconds / self.unit.nanoseconds();
            if self.total {
                count
            } else {
                count % self.unit.modulus()
            }
        };
        if !self.unit.is_fraction() {
            return match self.padding {
                Padding::None => value.to_string(),
                Padding::Space => format!("{value:width$}"),
                Padding::Zero => format!("{value:0width$}"),
            };
        }
        let value = if self.total || self.padding == Padding::Zero {
            value.to_string()
        } else {
            let text = value.to_string();
            let trimmed = text.trim_end_matches('0');
            if trimmed.is_empty() {
                "0".to_owned()
            } else {
                trimmed.to_owned()
            }
        };
        match self.padding {
            Padding::None => value,
            Padding::Space | Padding::Zero => format!("{value:<width$}"),
        }
    }

    fn nanosecond_value(&self, nanoseconds: i128, width: usize) -> i128 {
        let digits = u32::try_from(width).unwrap_or(9);
        if digits >= 9 {
            return if self.total {
                nanoseconds
            } else {
                nanoseconds % SECOND
            };
        }
        let value = nanoseconds / 10i128.pow(9 - digits);
        if self.total {
            value
        } else {
            value % 10i128.pow(digits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_formats_read_and_write() {
        let span = parse("3-12:40:31.123", &DEFAULTS).expect("a timespan");
        assert_eq!(Format::default_format().format(span), "3-12:40:31.123");
        assert_eq!(parse("-00:00:01", &DEFAULTS), Ok(-SECOND));
        assert!(parse("x", &DEFAULTS).is_err());
    }

    #[test]
    fn the_largest_unit_takes_all() {
        let format = Format::new("%H:%M").expect("a format");
        assert_eq!(format.format(86_400 * SECOND + 60 * SECOND), "24:01");
        assert!(Format::new("%x").is_err());
    }
}
