//! Numbers, and strings that may stand for them.

use ficelle_model::qualified::unrooted;

use crate::values::Value;

/// An operand of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// Nanoseconds since 1970.
    Timestamp(i128),
    /// Nanoseconds.
    Timespan(i128),
}

impl Number {
    /// The number that a value is, or that a string stands for.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => Some(Self::Integer(*value)),
            Value::Float(value) => Some(Self::Float(*value)),
            Value::Timestamp(value) => Some(Self::Timestamp(**value)),
            Value::Timespan(value) => Some(Self::Timespan(**value)),
            // The text is taken for a name, which may begin at the top.
            Value::String(text) => parse(unrooted(text)),
            _ => None,
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Integer(value) => Self::Integer(value),
            Number::Float(value) => Self::Float(value),
            Number::Timestamp(value) => Self::timestamp(value),
            Number::Timespan(value) => Self::timespan(value),
        }
    }
}

/// The number a string stands for: decimal, octal (`017`), hexadecimal (`0x1f`) or a float, with
/// blanks around it and its sign, and nothing else.
pub fn parse(text: &str) -> Option<Number> {
    let blank = |character: char| character == '\t' || (character != '\n' && is_blank(character));
    let text = text.trim_matches(blank);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start_matches(blank)),
        None => match text.strip_prefix('+') {
            Some(rest) => (false, rest.trim_start_matches(blank)),
            None => (false, text),
        },
    };
    let integer = |digits: &str, radix| {
        let value = i128::from_str_radix(digits, radix).ok()?;
        let value = if negative { -value } else { value };
        i64::try_from(value).ok().map(Number::Integer)
    };
    let is_hexadecimal =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return is_hexadecimal(digits)
            .then(|| integer(digits, 16))
            .flatten();
    }
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    if whole == 0 {
        return None;
    }
    if whole == text.len() {
        return match text.strip_prefix('0') {
            Some(octal) if !octal.is_empty() => integer(octal, 8),
            _ => integer(text, 10),
        };
    }
    is_fraction_and_exponent(&text[whole..])
        .then(|| text.parse::<f64>().ok())
        .flatten()
        .map(|value| Number::Float(if negative { -value } else { value }))
}

fn is_blank(character: char) -> bool {
    character == ' ' || (!character.is_ascii() && character.is_whitespace())
}

/// `(\.\d+)?([eE]-?\d+)?`, not empty
fn is_fraction_and_exponent(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text;
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix('-').unwrap_or(exponent);
        let count = digits(exponent);
        if count == 0 {
            return false;
        }
        rest = &exponent[count..];
    }
    rest.is_empty() && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stand_for_numbers_as_the_reference_reads_them() {
        let integer = |text: &str| match parse(text) {
            Some(Number::Integer(value)) => Some(value),
            _ => None,
        };
        assert_eq!(integer("42"), Some(42));
        assert_eq!(integer(" - 42 "), Some(-42));
        assert_eq!(integer("0x1F"), Some(31));
        assert_eq!(integer("017"), Some(15));
        assert_eq!(integer("0"), Some(0));
        for wrong in [
            "", "0888", "0xWTF", "0x12.3", "2\n", "-\n2", "1.", ".1", "1e", "1_0",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(parse("1.5e-3"), Some(Number::Float(0.0015)));
        assert_eq!(parse("-1e3"), Some(Number::Float(-1000.0)));
    }
}
