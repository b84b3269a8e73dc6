//! What a plain scalar means: YAML 1.1 as Psych resolves it.
//!
//! Source: measured against Ruby's Psych 4.

use super::Node;

/// Resolves a plain (unquoted) scalar.
///
/// # Errors
/// A date or a time, which safe loading refuses.
pub fn plain(text: &str) -> Result<Node, String> {
    let string = || Ok(Node::String(text.into()));
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else {
        return Ok(Node::Null);
    };
    match first {
        b'~' if bytes.len() == 1 => return Ok(Node::Null),
        b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'o' | b'O' => {
            return Ok(word(text).unwrap_or_else(|| Node::String(text.into())));
        }
        b':' if bytes.len() > 1 => return Ok(symbol(text)),
        b'0'..=b'9' | b'-' | b'+' | b'.' => {}
        _ => return string(),
    }
    if let Some(node) = special_float(text)
        .or_else(|| integer(text))
        .or_else(|| float(text))
    {
        return Ok(node);
    }
    if is_date(bytes) {
        return Err("Tried to load unspecified class: Date".to_owned());
    }
    if is_time(bytes) {
        return Err("Tried to load unspecified class: Time".to_owned());
    }
    if let Some(node) = sexagesimal(text) {
        return Ok(node);
    }
    string()
}

fn word(text: &str) -> Option<Node> {
    match text.len() {
        2..=5 => {}
        _ => return None,
    }
    let node = match text.to_ascii_lowercase().as_str() {
        "null" => Node::Null,
        "true" | "yes" | "on" => Node::Boolean(true),
        "false" | "no" | "off" => Node::Boolean(false),
        _ => return None,
    };
    Some(node)
}

fn symbol(text: &str) -> Node {
    let name = &text[1..];
    let quoted = ['"', '\''].iter().find_map(|&quote| {
        name.strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    });
    Node::Symbol(quoted.unwrap_or(name).into())
}

fn special_float(text: &str) -> Option<Node> {
    let (negative, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let value = match rest.to_ascii_lowercase().as_str() {
        ".inf" => f64::INFINITY,
        ".nan" if rest.len() == text.len() => return Some(Node::Float(f64::NAN)),
        _ => return None,
    };
    Some(Node::Float(if negative { -value } else { value }))
}

fn integer(text: &str) -> Option<Node> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let is_separator = |byte: u8| byte == b'_' || byte == b',';
    let (radix, digits) = if let Some(rest) = digits.strip_prefix("0b") {
        (2, rest)
    } else if let Some(rest) = digits.strip_prefix("0x") {
        (16, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    let bytes = digits.as_bytes();
    let fits = |&byte: &u8| is_separator(byte) || (byte as char).is_digit(radix);
    if bytes.is_empty() || !bytes.iter().all(fits) {
        return None;
    }
    if radix == 10 {
        // A separator stands between two digits.
        let starts = bytes[0].is_ascii_digit();
        let doubled = bytes
            .windows(2)
            .any(|two| is_separator(two[0]) && is_separator(two[1]));
        if !starts || doubled || bytes.last().is_some_and(|&last| is_separator(last)) {
            return None;
        }
    }
    let clean: String = digits.chars().filter(|&c| c != '_' && c != ',').collect();
    if clean.is_empty() {
        // `0_` is a zero to Psych, `0b_` an error.
        return (radix == 8).then_some(Node::Integer(0));
    }
    let value = i128::from_str_radix(&clean, radix).ok()?;
    i64::try_from(if negative { -value } else { value })
        .ok()
        .map(Node::Integer)
}

fn float(text: &str) -> Option<Node> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b'_' || byte == b',';
    let whole_fits =
        whole.is_empty() || (whole.as_bytes()[0].is_ascii_digit() && whole.bytes().all(is_part));
    let fraction_fits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|digits| {
        let signed = digits.strip_prefix(['-', '+']);
        signed.is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    let has_digit = whole
        .bytes()
        .chain(fraction.bytes())
        .any(|byte| byte.is_ascii_digit());
    if !whole_fits || !fraction_fits || !exponent_fits || !has_digit {
        return None;
    }
    let clean: String = text.chars().filter(|&c| c != '_' && c != ',').collect();
    clean.parse().ok().map(Node::Float)
}

fn is_date(bytes: &[u8]) -> bool {
    let mut parts = bytes.split(|&byte| byte == b'-');
    let mut part = |lengths: std::ops::RangeInclusive<usize>| {
        parts.next().is_some_and(|part| {
            lengths.contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
        })
    };
    part(4..=4) && part(1..=2) && part(1..=2) && parts.next().is_none()
}

fn is_time(bytes: &[u8]) -> bool {
    // YYYY-M-D, then T or blanks, then H:MM:SS with a fraction and a zone.
    let text = String::from_utf8_lossy(bytes);
    let Some(at) = text.find(['T', 't', ' ', '\t']) else {
        return false;
    };
    let clock = text[at + 1..].trim_start();
    let is_clock = |clock: &str| {
        let mut fields = clock.splitn(3, ':');
        let two = |field: Option<&str>| {
            field.is_some_and(|field| {
                (1..=2).contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        two(fields.next())
            && two(fields.next())
            && fields.next().is_some_and(|rest| {
                rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_digit())
            })
    };
    is_date(&bytes[..at]) && is_clock(clock)
}

fn sexagesimal(text: &str) -> Option<Node> {
    let (negative, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let parts: Vec<&str> = rest.split(':').collect();
    if !(2..=3).contains(&parts.len()) || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut total: i64 = 0;
    for (index, part) in parts.iter().enumerate() {
        let is_digits = !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (index == 0 && byte == b'_'));
        if !is_digits || (index > 0 && part.len() > 2) {
            return None;
        }
        let number: i64 = part.replace('_', "").parse().ok()?;
        if index > 0 && number > 59 {
            return None;
        }
        // Two parts are hours and minutes to Psych.
        total = total.checked_add(number.checked_mul(60i64.pow(2 - index as u32))?)?;
    }
    Some(Node::Integer(if negative { -total } else { total }))
}

/// Decodes Base64, white space skipped.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => continue,
            _ => return None,
        };
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    Some(bytes)
}
