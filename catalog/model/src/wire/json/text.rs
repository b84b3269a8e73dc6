//! Strings in JSON: few of a catalog's hold anything to escape, so whole runs go at once.

/// Appends a string in its quotes.
#[inline]
pub(in crate::wire) fn string(json: &mut Vec<u8>, text: &str) {
    json.push(b'"');
    escaped(json, text);
    json.push(b'"');
}

/// Appends a string or a piece of one, without quotes.
#[inline]
pub(in crate::wire) fn escaped(json: &mut Vec<u8>, text: &str) {
    let text = text.as_bytes();
    match is_plain(text) {
        true => json.extend_from_slice(text),
        false => escape(json, text),
    }
}

/// Whether nothing has to be escaped: looked at in blocks, of which the last may overlap the one
/// before it.
#[inline]
fn is_plain(text: &[u8]) -> bool {
    if let Some(last) = text.last_chunk::<16>() {
        let (blocks, _) = text.as_chunks::<16>();
        return is_plain_block(last) && blocks.iter().all(is_plain_block);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        return is_plain_block(first) && is_plain_block(last);
    }
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => is_plain_block(first) && is_plain_block(last),
        _ => text.iter().all(|byte| !must_escape(*byte)),
    }
}

/// Without an early end, so that the compiler takes all of it at once.
#[inline]
fn is_plain_block<const SIZE: usize>(block: &[u8; SIZE]) -> bool {
    let found = block
        .iter()
        .fold(0, |found, byte| found | u8::from(must_escape(*byte)));
    found == 0
}

#[inline]
fn must_escape(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

#[cold]
fn escape(json: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    loop {
        let (plain, from) = rest.split_at(plain_start(rest));
        json.extend_from_slice(plain);
        let Some((&byte, after)) = from.split_first() else {
            return;
        };
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x09 => b't',
            0x0A => b'n',
            0x0C => b'f',
            0x0D => b'r',
            _ => b'u',
        };
        json.extend_from_slice(&[b'\\', short]);
        if short == b'u' {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            json.extend_from_slice(&[b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        }
        rest = after;
    }
}

/// How many bytes come before the first one to escape.
fn plain_start(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<16>();
    let plain = blocks.iter().take_while(|block| is_plain_block(block));
    let start = 16 * plain.count();
    let rest = text[start..].iter();
    start + rest.take_while(|byte| !must_escape(**byte)).count()
}
