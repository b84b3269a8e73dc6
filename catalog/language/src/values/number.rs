//! Numbers as Ruby reads and writes them.

/// A float as Ruby prints it: the shortest text that reads back, with a point, and an exponent
/// below 1e-4 and from 1e15 on.
pub fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("scientific notation has an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    if value != 0.0 && !(-4..15).contains(&exponent) {
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}{point}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{value}");
    if plain.contains('.') {
        plain
    } else {
        plain + ".0"
    }
}

/// A number that the language sees in a string, as in `'0x1F' + 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Digits, decimal, octal (`017`) or hexadecimal (`0x1F`).
    Integer(i64),
    /// With a fraction or an exponent.
    Float(f64),
}

/// Reads a number, with an optional sign and blanks around; `None` where the text is none.
///
/// Source: puppet-specifications, `language/types_values_variables.md`, conversion of strings.
pub fn parse_number(text: &str) -> Option<Number> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.as_bytes().first()? {
        b'-' => (true, trimmed[1..].trim_start()),
        b'+' => (false, trimmed[1..].trim_start()),
        _ => (false, trimmed),
    };
    let signed = |magnitude: u64| {
        if negative {
            0i64.checked_sub_unsigned(magnitude)
        } else {
            i64::try_from(magnitude).ok()
        }
        .map(Number::Integer)
    };
    if let Some(hexadecimal) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        return all(hexadecimal, |byte| byte.is_ascii_hexdigit())
            .then(|| u64::from_str_radix(hexadecimal, 16).ok())
            .flatten()
            .and_then(signed);
    }
    if digits.len() > 1 && digits.starts_with('0') && all(digits, |byte| byte.is_ascii_digit()) {
        return u64::from_str_radix(digits, 8).ok().and_then(signed);
    }
    if all(digits, |byte| byte.is_ascii_digit()) {
        return digits.parse().ok().and_then(signed);
    }
    is_decimal_float(digits)
        .then(|| digits.parse::<f64>().ok())
        .flatten()
        .map(|value| Number::Float(if negative { -value } else { value }))
}

fn all(text: &str, holds: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(holds)
}

/// `0.5`, `1e-3`, `12.5E+7`: digits first, no leading zero before digits.
fn is_decimal_float(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || (digits > 1 && text.starts_with('0')) {
        return false;
    }
    let mut rest = &text[digits..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        return all(exponent, |byte| byte.is_ascii_digit());
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_ruby_does() {
        for (value, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (999999999999999.0, "999999999999999.0"),
            (1e15, "1.0e+15"),
            (1234567890123456.0, "1.234567890123456e+15"),
            (1e16, "1.0e+16"),
            (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00001, "1.0e-05"),
            (-0.0, "-0.0"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }

    #[test]
    fn strings_are_numbers_in_all_radices() {
        assert_eq!(parse_number("0x1F"), Some(Number::Integer(31)));
        assert_eq!(parse_number("-017"), Some(Number::Integer(-15)));
        assert_eq!(parse_number(" 12 "), Some(Number::Integer(12)));
        assert_eq!(parse_number("1e3"), Some(Number::Float(1000.0)));
        assert_eq!(parse_number("089"), None);
        assert_eq!(parse_number("1."), None);
        assert_eq!(parse_number("a"), None);
    }
}
