//! Functions from and to formatted text: `sprintf`, `strftime`, `scanf`.

use super::{Function, fail, function, legacy, on};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    formats,
    host::Level,
    values::{Value, time::timespan},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("sprintf", &[legacy(sprintf)]),
    function(
        "strftime",
        &[
            on("Timespan time_object, String format", |call| {
                let (Value::Timespan(nanoseconds), Some(format)) =
                    (&call.arguments[0], call.arguments[1].as_str())
                else {
                    return Ok(Value::Undef);
                };
                let format =
                    timespan::Format::new(format).map_err(|error| Error::new(error.to_string()))?;
                Ok(Value::from(format.format(**nanoseconds)))
            }),
            on(
                "Timestamp time_object, String format, String timezone?",
                |call| {
                    let Value::Timestamp(nanoseconds) = &call.arguments[0] else {
                        return Ok(Value::Undef);
                    };
                    strftime(**nanoseconds, &call.arguments[1], call.arguments.get(2))
                },
            ),
            on("String format, String timezone?", |call| {
                call.evaluator.host().log(
                    Level::Warning,
                    "The argument signature (String format, [String timezone]) is deprecated for \
                     #strftime. See #strftime documentation and Timespan type for more info",
                    Some(&call.location()),
                );
                let now = call.evaluator.host().inputs().now();
                strftime(now, &call.arguments[0], call.arguments.get(1))
            }),
        ],
    ),
    function(
        "scanf",
        &[on("String data, String format, Callable &block?", |call| {
            let text = |index: usize| call.arguments[index].as_str().unwrap_or_default();
            let result = Value::array(scan(text(0), text(1)));
            match call.block {
                Some(_) => call.yield_block(&[result]),
                None => Ok(result),
            }
        })],
    ),
];

fn sprintf(call: &Call<'_, '_>) -> Evaluated {
    let Some((format, arguments)) = call.arguments.split_first() else {
        fail!("sprintf(): Wrong number of arguments given (0 for minimum 1)");
    };
    let Some(format) = format.as_str() else {
        fail!(
            "no implicit conversion of {} into String",
            format.infer().generalize()
        );
    };
    formats::sprintf(format, arguments)
        .map(Value::from)
        .map_err(|error| Error::new(error.to_string()).into())
}

fn strftime(nanoseconds: i128, format: &Value, timezone: Option<&Value>) -> Evaluated {
    let name = timezone
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
        .unwrap_or("UTC");
    let failed = |error: formats::FormatError| Error::new(error.to_string());
    let zone = formats::timezone(name).map_err(failed)?;
    let text = formats::strftime(nanoseconds, format.as_str().unwrap_or_default(), &zone)
        .map_err(failed)?;
    Ok(Value::from(text))
}

/// Ruby's `scanf`: values as far as the text fits the format.
fn scan(text: &str, format: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut text = text;
    let mut format = format;
    while let Some(character) = format.chars().next() {
        format = &format[character.len_utf8()..];
        if character.is_whitespace() {
            text = text.trim_start();
            continue;
        }
        if character != '%' || format.starts_with('%') {
            if character == '%' {
                format = &format[1..];
            }
            match text.trim_start().strip_prefix(character) {
                Some(rest) => text = rest,
                None => break,
            }
            continue;
        }
        let is_skipped = format.starts_with('*');
        format = format.strip_prefix('*').unwrap_or(format);
        let digits = format.bytes().take_while(u8::is_ascii_digit).count();
        let width = format[..digits].parse().unwrap_or(usize::MAX);
        format = &format[digits..];
        let Some((value, rest, after)) = scan_one(text, format, width) else {
            break;
        };
        text = rest;
        format = after;
        if !is_skipped {
            found.push(value);
        }
    }
    found
}

/// One directive: its value, the rest of the text and of the format.
fn scan_one<'a, 'f>(
    text: &'a str,
    format: &'f str,
    width: usize,
) -> Option<(Value, &'a str, &'f str)> {
    let letter = format.chars().next()?;
    let mut after = &format[letter.len_utf8()..];
    let take = |text: &'a str, holds: &dyn Fn(char) -> bool| {
        let length: usize = text
            .chars()
            .take(width)
            .take_while(|one| holds(*one))
            .map(char::len_utf8)
            .sum();
        text.split_at(length)
    };
    let trimmed = text.trim_start();
    // The sign is one of the characters that the width counts.
    let sign = usize::from(trimmed.starts_with(['-', '+']));
    let unsigned = &trimmed[sign..];
    let most = width.saturating_sub(sign);
    let integer = |length: usize, radix: u32| {
        let digits = &trimmed[..sign + length];
        let value = i64::from_str_radix(&without_prefix(digits), radix).ok()?;
        Some((Value::Integer(value), &trimmed[digits.len()..]))
    };
    let (value, rest) = match letter {
        'd' | 'u' => integer(digits(unsigned, 10, most), 10)?,
        'o' => integer(digits(unsigned, 8, most), 8)?,
        'x' | 'X' => match hexadecimal(unsigned, most) {
            Some(length) => integer(length, 16)?,
            None => integer(digits(unsigned, 16, most), 16)?,
        },
        'i' => {
            let (length, radix) = any_integer(unsigned, most, width != usize::MAX, sign > 0)?;
            integer(length, radix)?
        }
        'f' | 'e' | 'g' | 'a' | 'E' | 'G' => {
            let length = sign + fraction(unsigned)?;
            let (taken, rest) = match width {
                usize::MAX => trimmed.split_at(length),
                _ => take(trimmed, &|one| !one.is_whitespace()),
            };
            (Value::Float(leading_float(taken)), rest)
        }
        's' => {
            let (word, rest) = take(trimmed, &|one| !one.is_whitespace());
            ((!word.is_empty()).then(|| Value::from(word))?, rest)
        }
        'c' => {
            let count = if width == usize::MAX { 1 } else { width };
            let length: usize = text.chars().take(count).map(char::len_utf8).sum();
            (
                (length > 0).then(|| Value::from(&text[..length]))?,
                &text[length..],
            )
        }
        '[' => {
            let (negated, set) = match after.strip_prefix('^') {
                Some(set) => (true, set),
                None => (false, after),
            };
            let end = set.char_indices().skip(1).find(|(_, one)| *one == ']')?.0;
            let members = &set[..end];
            after = &set[end + 1..];
            let (word, rest) = take(text, &|one| in_set(members, one) != negated);
            ((!word.is_empty()).then(|| Value::from(word))?, rest)
        }
        _ => return None,
    };
    Some((value, rest, after))
}

/// How many digits a text begins with, of so many at most.
fn digits(text: &str, radix: u32, most: usize) -> usize {
    text.chars()
        .take(most)
        .take_while(|one| one.is_digit(radix))
        .count()
}

/// The length of `0x1F` at the beginning of a text.
fn hexadecimal(text: &str, most: usize) -> Option<usize> {
    let after = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    match digits(after, 16, most.checked_sub(2)?) {
        0 => None,
        count => Some(2 + count),
    }
}

/// `0x1F` as `1F`, with its sign.
fn without_prefix(digits: &str) -> String {
    digits.replacen("0x", "", 1).replacen("0X", "", 1)
}

/// The length and radix of an integer as code has it: of one digit, only where a width is given and
/// no sign stands there.
fn any_integer(text: &str, most: usize, is_bounded: bool, is_signed: bool) -> Option<(usize, u32)> {
    if let Some(length) = hexadecimal(text, most) {
        return Some((length, 16));
    }
    let radix = if text.starts_with('0') { 8 } else { 10 };
    match (digits(text, radix, most), is_bounded) {
        (0, _) => None,
        (1, false) if radix == 10 => Some((1, 10)),
        (1, true) if !is_signed => Some((1, 10)),
        (1, _) => None,
        (length, _) => Some((length, radix)),
    }
}

/// The length of a number at the beginning of a text; only behind a point there is an exponent.
fn fraction(text: &str) -> Option<usize> {
    let whole = digits(text, 10, usize::MAX);
    let Some(after) = text[whole..].strip_prefix('.') else {
        return (whole > 0).then_some(whole);
    };
    let length = whole + 1 + digits(after, 10, usize::MAX);
    let exponent = text[length..]
        .strip_prefix(['e', 'E'])
        .map_or(0, |exponent| {
            let sign = usize::from(exponent.starts_with(['-', '+']));
            match digits(&exponent[sign..], 10, usize::MAX) {
                0 => 0,
                count => 1 + sign + count,
            }
        });
    Some(length + exponent)
}

/// Ruby's `to_f`: the number that a text begins with.
pub(super) fn leading_float(text: &str) -> f64 {
    let text = text.trim_start();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut number = text[..text.len() - unsigned.len()].to_owned();
    let begins = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    let mut rest = take_digits(unsigned, &mut number);
    if let Some(after) = rest.strip_prefix('.')
        && begins(after)
    {
        number.push('.');
        rest = take_digits(after, &mut number);
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let (sign, exponent) = exponent.split_at(usize::from(exponent.starts_with(['-', '+'])));
        if begins(exponent) {
            number.push('e');
            number.push_str(sign);
            take_digits(exponent, &mut number);
        }
    }
    number.parse().unwrap_or(0.0)
}

/// Takes digits from the beginning of a text; between two of them there may be a `_`.
fn take_digits<'t>(text: &'t str, number: &mut String) -> &'t str {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while is_digit(end) || (end > 0 && bytes.get(end) == Some(&b'_') && is_digit(end + 1)) {
        end += 1;
    }
    number.extend(text[..end].chars().filter(char::is_ascii_digit));
    &text[end..]
}

/// Whether a character is one of `a-z_`.
fn in_set(members: &str, character: char) -> bool {
    let members: Vec<char> = members.chars().collect();
    let mut index = 0;
    while index < members.len() {
        if index + 2 < members.len() && members[index + 1] == '-' {
            if (members[index]..=members[index + 2]).contains(&character) {
                return true;
            }
            index += 3;
        } else {
            if members[index] == character {
                return true;
            }
            index += 1;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{leading_float, scan};
    use crate::values::Value;

    #[test]
    fn scans_as_ruby() {
        assert_eq!(scan("42 xyz", "%d %s"), [Value::Integer(42), "xyz".into()]);
        assert_eq!(scan("10.5k", "%f%[a-z]"), [Value::Float(10.5), "k".into()]);
        assert_eq!(scan("abc", "%d"), []);
        assert_eq!(scan("1e3", "%g%s"), [Value::Float(1.0), "e3".into()]);
        assert_eq!(scan("1-2", "%5f"), [Value::Float(1.0)]);
        assert_eq!(
            scan("0x1F 017 5", "%i %i %i"),
            [31, 15, 5].map(Value::Integer)
        );
        assert_eq!(scan("0", "%i"), []);
        assert_eq!(scan("-5", "%1d"), []);
        assert_eq!(scan("12abc", "%4i"), [Value::Integer(12)]);
        assert_eq!(scan("1-2", "%d-%*d"), [Value::Integer(1)]);
    }
    #[test]
    fn floats_are_read_as_by_ruby() {
        for (text, number) in [
            ("1-", 1.0),
            ("+1.5x", 1.5),
            ("1e3", 1000.0),
            ("-.5e1", -5.0),
            ("1.", 1.0),
            ("1.e5", 1.0),
            ("1.5e-3x", 0.0015),
            ("1.5e-x", 1.5),
            ("1_000.5", 1000.5),
            ("1__0", 1.0),
            ("1._5", 1.0),
            ("1e1_0", 1e10),
            ("1e400", f64::INFINITY),
            ("--1", 0.0),
            ("e5", 0.0),
            ("_1", 0.0),
            ("0x1F", 0.0),
            ("inf", 0.0),
            ("é", 0.0),
        ] {
            assert_eq!(leading_float(text), number, "{text}");
        }
        let long = "1-".repeat(500_000);
        assert_eq!(scan(&long, "%9999999f"), [Value::Float(1.0)]);
    }
}
