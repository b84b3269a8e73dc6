//! JSON as `serde_json` writes it, byte for byte, and several times as fast: a catalog is thousands
//! of short strings, few of which hold anything to escape, so whole runs go at once.

use std::fmt::{self, Write as _};

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
        SerializeTupleStruct,
    },
};
use serde_json::Error;

/// Appends a value.
///
/// # Errors
/// It holds what the wire forms do not use: bytes, enums with data, keys that are no strings.
pub(super) fn write(value: &(impl Serialize + ?Sized), json: &mut Vec<u8>) -> Result<(), Error> {
    value.serialize(Writer(json))
}

/// Appends a value of the catalog's, which has string keys and finite numbers only.
pub(super) fn known(value: &impl Serialize, json: &mut Vec<u8>) {
    write(value, json).expect("a catalog has string keys and finite numbers only");
}

/// Appends a string in its quotes.
#[inline]
pub(super) fn string(json: &mut Vec<u8>, text: &str) {
    json.push(b'"');
    escaped(json, text);
    json.push(b'"');
}

/// Appends a string or a piece of one, without quotes.
#[inline]
pub(super) fn escaped(json: &mut Vec<u8>, text: &str) {
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

/// Closes what has elements: each of them left a comma behind it.
#[inline]
pub(super) fn close(json: &mut Vec<u8>, bracket: u8) {
    match json.last_mut() {
        Some(last @ b',') => *last = bracket,
        _ => json.push(bracket),
    }
}

/// What stands for itself in JSON, and the front of what has elements.
struct Writer<'a>(&'a mut Vec<u8>);

/// Arrays and objects, on their way.
struct Elements<'a> {
    json: &'a mut Vec<u8>,
    closing: u8,
}

impl<'a> Writer<'a> {
    fn number(self, number: impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(self.0, &number)
    }

    fn literal(self, text: &[u8]) -> Result<(), Error> {
        self.0.extend_from_slice(text);
        Ok(())
    }

    fn open(self, opening: u8, closing: u8) -> Result<Elements<'a>, Error> {
        self.0.push(opening);
        Ok(Elements {
            json: self.0,
            closing,
        })
    }
}

fn unused<T>(what: &str) -> Result<T, Error> {
    Err(Error::custom(format_args!("no wire form holds {what}")))
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Elements<'a>;
    type SerializeStruct = Elements<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.literal(if value { b"true" } else { b"false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), Error> {
        string(self.0, text);
        Ok(())
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        struct Pieces<'a>(&'a mut Vec<u8>);
        impl fmt::Write for Pieces<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                escaped(self.0, text);
                Ok(())
            }
        }
        self.0.push(b'"');
        write!(Pieces(self.0), "{value}").map_err(Error::custom)?;
        self.0.push(b'"');
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        unused("bytes")
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.literal(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        unused(name)
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>, Error> {
        self.open(b'[', b']')
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>, Error> {
        self.open(b'[', b']')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, Error> {
        self.open(b'[', b']')
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        unused(name)
    }

    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Elements<'a>, Error> {
        self.open(b'{', b'}')
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, Error> {
        self.open(b'{', b'}')
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        unused(name)
    }
}

impl Elements<'_> {
    #[inline]
    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        value.serialize(Writer(self.json))?;
        self.json.push(b',');
        Ok(())
    }

    #[inline]
    fn key(&mut self, key: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let start = self.json.len();
        key.serialize(Writer(self.json))?;
        if self.json.get(start) != Some(&b'"') {
            return unused("a key that is no string");
        }
        self.json.push(b':');
        Ok(())
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        close(self.json, self.closing);
        Ok(())
    }
}

impl SerializeSeq for Elements<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.end()
    }
}

impl SerializeTuple for Elements<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    fn end(self) -> Result<(), Error> {
        self.end()
    }
}

impl SerializeTupleStruct for Elements<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    fn end(self) -> Result<(), Error> {
        self.end()
    }
}

impl SerializeMap for Elements<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.end()
    }
}

impl SerializeStruct for Elements<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        string(self.json, key);
        self.json.push(b':');
        self.element(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::write;

    fn ours(value: &(impl serde::Serialize + ?Sized)) -> String {
        let mut json = Vec::new();
        write(value, &mut json).expect("a value that can be written");
        String::from_utf8(json).expect("UTF-8")
    }

    #[test]
    fn strings_are_those_of_serde_json() {
        let mut awkward: Vec<char> = (0..0x100).filter_map(char::from_u32).collect();
        awkward.extend(['\u{2028}', '\u{2029}', '€', '\u{FFFF}', '😀']);
        for letter in awkward {
            // In each place of each kind of block, and behind it.
            for before in (0..=20).chain([31, 32, 33, 47]) {
                for after in [0, 1, 7, 8, 15, 16, 17] {
                    let text = format!("{}{letter}{}", "x".repeat(before), "é".repeat(after));
                    let theirs = serde_json::to_string(&text).expect("JSON");
                    assert_eq!(ours(&text), theirs);
                    assert_eq!(ours(&format_args!("{letter}{text}{letter}")), {
                        serde_json::to_string(&format!("{letter}{text}{letter}")).expect("JSON")
                    });
                }
            }
        }
    }

    #[test]
    fn everything_else_is_that_of_serde_json() {
        let values = json!([
            [],
            {},
            [[], [[]], {}],
            null,
            true,
            false,
            0,
            -1,
            i64::MIN,
            i64::MAX,
            u64::MAX,
            [0.0, -0.0, 1.5, 1e16, 1e-7, 1e300, 5e-324, 0.1, 123456789012345680.0],
            { "": { "a\"b": ["\\", { "\n": {} }, "[", ","] }, "b": [1, "x,", {}] },
        ]);
        let theirs = serde_json::to_string(&values).expect("JSON");
        assert_eq!(ours(&values), theirs);
        assert_eq!(ours(&(1_u8, 'x', Some(","), None::<u8>, 1.5_f32)), {
            serde_json::to_string(&(1_u8, 'x', Some(","), None::<u8>, 1.5_f32)).expect("JSON")
        });
    }

    #[test]
    fn what_no_form_holds_is_refused() {
        let numbers = std::collections::BTreeMap::from([(1, 2)]);
        assert!(write(&numbers, &mut Vec::new()).is_err());
        assert!(write(&Ok::<u8, u8>(1), &mut Vec::new()).is_err());
    }
}
