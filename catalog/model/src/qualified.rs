//! Names whose segments stand between `::`: `apache::mod::php`. They are short, and looked at by
//! their bytes.

use std::sync::Arc;

use smallvec::SmallVec;

/// What separates the segments.
const SEPARATOR: &[u8] = b"::";

/// Whether a name has more than one segment.
pub fn is_qualified(name: &str) -> bool {
    name.as_bytes().windows(2).any(|pair| pair == SEPARATOR)
}

/// The first segment, and what follows it; `None` where a name has only one.
pub fn split_first(name: &str) -> Option<(&str, &str)> {
    let mut pairs = name.as_bytes().windows(2);
    let at = pairs.position(|pair| pair == SEPARATOR)?;
    Some((&name[..at], &name[at + 2..]))
}

/// What stands before the last segment, and that; `None` where a name has only one.
pub fn split_last(name: &str) -> Option<(&str, &str)> {
    let mut pairs = name.as_bytes().windows(2);
    let at = pairs.rposition(|pair| pair == SEPARATOR)?;
    Some((&name[..at], &name[at + 2..]))
}

/// The segments, in order.
pub fn segments(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name);
    std::iter::from_fn(move || {
        let name = rest?;
        let (segment, after) =
            split_first(name).map_or((name, None), |(first, rest)| (first, Some(rest)));
        rest = after;
        Some(segment)
    })
}

/// A name without the `::` that it may begin with.
#[inline]
pub fn unrooted(name: &str) -> &str {
    match name.as_bytes() {
        [b':', b':', ..] => &name[2..],
        _ => name,
    }
}

/// A name without any `::` at its beginning.
#[inline]
pub fn without_roots(name: &str) -> &str {
    let mut name = name;
    while let [b':', b':', ..] = name.as_bytes() {
        name = &name[2..];
    }
    name
}

/// Whether a name is in its capitalised form already.
pub fn is_capitalized(name: &str) -> bool {
    // Of three colons, the last two count as well.
    let mut colons = 2;
    let is_in_place = |byte: u8| {
        let is_start = colons >= 2;
        colons = if byte == b':' { colons + 1 } else { 0 };
        match is_start {
            true => !byte.is_ascii_lowercase(),
            false => !byte.is_ascii_uppercase(),
        }
    };
    unrooted(name).len() == name.len() && name.bytes().all(is_in_place)
}

/// `apache::vhost` to `Apache::Vhost`.
pub fn capitalize(name: &str) -> Arc<str> {
    let mut buffer = SmallVec::<[u8; 64]>::from_slice(without_roots(name).as_bytes());
    let text: &mut [u8] = &mut buffer;
    // Of three colons, the last two count as well.
    let mut colons = 2;
    for byte in &mut *text {
        *byte = match colons {
            ..2 => byte.to_ascii_lowercase(),
            _ => byte.to_ascii_uppercase(),
        };
        colons = if *byte == b':' { colons + 1 } else { 0 };
    }
    let text = std::str::from_utf8(text);
    text.expect("only letters of ASCII have changed").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_texts_are() {
        for name in [
            "",
            "a",
            "a::b",
            "::a::b::c",
            "a:::b",
            "::",
            "a::",
            "ä::ö",
            ":a:b",
        ] {
            assert_eq!(is_qualified(name), name.contains("::"), "{name}");
            assert_eq!(split_first(name), name.split_once("::"), "{name}");
            let split: Vec<_> = name.split("::").collect();
            assert_eq!(segments(name).collect::<Vec<_>>(), split, "{name}");
            assert_eq!(split_last(name), name.rsplit_once("::"), "{name}");
            assert_eq!(without_roots(name), name.trim_start_matches("::"), "{name}");
        }
    }
}
