//! Numbers as Ruby's `Integer(text)` and `Float(text)` read them.

/// Ruby's `Integer(text)`: `0x1f`, `0b1`, `0o7` and `010` are told from their first digits.
pub(super) fn parse_integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let number = i64::from_str_radix(&bare(digits)?, base).ok()?;
    Some(if is_negative { -number } else { number })
}

/// Ruby's `Float(text)`.
pub(in crate::functions) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x") {
        let number = i64::from_str_radix(digits, 16).ok()?;
        return Some(number as f64);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = unsigned.strip_prefix('.').unwrap_or(unsigned);
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE_".contains(&byte));
    let is_whole = starts.starts_with(|first: char| first.is_ascii_digit())
        && text.ends_with(|last: char| last.is_ascii_digit());
    (is_number && is_whole)
        .then(|| bare(text)?.parse().ok())
        .flatten()
}

/// Digits without the underscores between them; there may be one at a time.
fn bare(digits: &str) -> Option<String> {
    let is_apart =
        !digits.starts_with(['_', '+', '-']) || digits.len() > 1 && !digits.starts_with('_');
    let is_even = !digits.ends_with('_') && !digits.contains("__");
    (is_apart && is_even).then(|| digits.replace('_', ""))
}
