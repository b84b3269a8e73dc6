//! Functions from and to formatted text: `sprintf`, `strftime`, `scanf`.

use super::{Function, fail, function, legacy, on};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    formats,
    host::Level,
    values::{Value, number, time::timespan},
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
    let signed = |holds: &dyn Fn(char) -> bool| {
        let sign = usize::from(trimmed.starts_with(['-', '+']));
        let (digits, rest) = take(&trimmed[sign..], holds);
        (&trimmed[..sign + digits.len()], rest)
    };
    let integer =
        |digits: &str, radix: u32| i64::from_str_radix(digits, radix).ok().map(Value::Integer);
    let (value, rest) = match letter {
        'd' | 'u' => {
            let (digits, rest) = signed(&|one| one.is_ascii_digit());
            (integer(digits, 10)?, rest)
        }
        'o' => {
            let (digits, rest) = signed(&|one| one.is_digit(8));
            (integer(digits, 8)?, rest)
        }
        'x' | 'X' => {
            let (digits, rest) = signed(&|one| one.is_ascii_hexdigit() || one == 'x');
            (integer(&digits.replacen("0x", "", 1), 16)?, rest)
        }
        'i' => {
            let (digits, rest) = signed(&|one| one.is_ascii_alphanumeric());
            match number::parse_number(digits)? {
                number::Number::Integer(value) => (Value::Integer(value), rest),
                number::Number::Float(_) => return None,
            }
        }
        'f' | 'e' | 'g' | 'a' | 'E' | 'G' => {
            let (digits, rest) =
                signed(&|one| one.is_ascii_digit() || matches!(one, '.' | 'e' | 'E' | '-' | '+'));
            (Value::Float(digits.parse().ok()?), rest)
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
    use super::scan;
    use crate::values::Value;

    #[test]
    fn scans_as_ruby() {
        assert_eq!(scan("42 xyz", "%d %s"), [Value::Integer(42), "xyz".into()]);
        assert_eq!(scan("10.5k", "%f%[a-z]"), [Value::Float(10.5), "k".into()]);
        assert_eq!(scan("abc", "%d"), []);
        assert_eq!(scan("1-2", "%d-%*d"), [Value::Integer(1)]);
    }
}
