//! JSON as `serde_json` writes it, byte for byte, and several times as fast: a catalog is thousands
//! of short strings (`text.rs`), and what has elements is closed over its last comma.

use std::fmt::{self, Write as _};

use serde::{
    Serialize, Serializer,
    ser::{
        Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
        SerializeTupleStruct,
    },
};
use serde_json::Error;

pub(super) use self::text::{escaped, string};

#[cfg(test)]
mod tests;
mod text;

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
