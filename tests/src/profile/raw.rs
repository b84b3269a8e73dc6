//! The raw file: a header and the program's own tables, one after the other, as they lay in its
//! memory (`llvm/ProfileData/InstrProfData.inc` of LLVM 22).

use std::{collections::HashMap, io::Read as _};

use flate2::read::ZlibDecoder;
use md5::{Digest as _, Md5};

use super::{Fault, Function, Order};

/// How the file of a 64-bit program begins, as a number: `\xfflprofr\x81`.
pub(super) const MAGIC: u64 = 0xff6c_7072_6f66_7281;

/// The one version that is known.
pub(super) const VERSION: u64 = 10;

/// The version proper; the other bits of that number say what is counted.
const VERSION_BITS: u64 = 0xffff_ffff;

/// Edges of the intermediate representation: what `-Cprofile-generate` counts.
pub(super) const EDGES: u64 = 1 << 56;

/// The same, a function's entry first.
pub(super) const ENTRY_FIRST: u64 = 1 << 58;

/// The last kind of values that a record counts the sites of: virtual tables.
pub(super) const LAST_VALUE_KIND: u64 = 2;

/// How long a function's record is.
pub(super) const RECORD: usize = 64;

/// What a file has.
#[derive(Debug)]
pub(super) struct Raw {
    pub order: Order,
    pub functions: Vec<(Function, Vec<u64>)>,
    /// By the hash that stands for each.
    pub names: HashMap<u64, String>,
}

impl Raw {
    pub fn read(file: &[u8]) -> Result<Self, Fault> {
        let mut file = File { bytes: file, at: 0 };
        let header = Header::read(&mut file)?;
        file.take("binary ids", header.binary_ids, 1)?;
        let records = file.take("records", header.records, RECORD)?;
        file.take("padding", header.padding_before_counters, 1)?;
        let counters = file.take("counters", header.counters, 8)?;
        file.take("padding", header.padding_after_counters, 1)?;
        file.take("bitmaps", header.bitmaps, 1)?;
        file.take("padding", header.padding_after_bitmaps, 1)?;
        let names = file.take("names", header.names, 1)?;
        let functions = (0..).zip(records.chunks_exact(RECORD));
        let functions = functions.map(|(number, record)| {
            let record = Record(record);
            let start = record.counters(number, header.counters_delta);
            let counts = part(counters, start, record.count()).ok_or(Fault::Astray { number })?;
            Ok((record.function(), numbers(counts).collect()))
        });
        Ok(Self {
            order: header.order,
            functions: functions.collect::<Result<_, _>>()?,
            names: unpack(names)?,
        })
    }
}

/// How many there are of what, in the order of the file; paddings, bitmaps and names in bytes.
#[derive(Debug)]
struct Header {
    order: Order,
    binary_ids: u64,
    records: u64,
    padding_before_counters: u64,
    counters: u64,
    padding_after_counters: u64,
    bitmaps: u64,
    padding_after_bitmaps: u64,
    names: u64,
    /// How far it was in memory from the first record to the first counter.
    counters_delta: u64,
}

impl Header {
    /// What it is comes before how long it should be: other versions have other headers.
    fn read(file: &mut File<'_>) -> Result<Self, Fault> {
        let start = &file.bytes[..file.bytes.len().min(8)];
        if !MAGIC.to_le_bytes().starts_with(start) {
            return Err(Fault::Foreign);
        }
        let [_magic, version] = file.numbers("header")?;
        let (found, kind) = (version & VERSION_BITS, version & !VERSION_BITS);
        if found != VERSION {
            return Err(Fault::Version { found });
        }
        let order = match kind {
            EDGES => Order::Edges,
            kind if kind == EDGES | ENTRY_FIRST => Order::Entry,
            kind => return Err(Fault::Kind { kind }),
        };
        let [binary_ids, records] = file.numbers("header")?;
        let [padding_before_counters, counters, padding_after_counters] = file.numbers("header")?;
        let [bitmaps, padding_after_bitmaps, names] = file.numbers("header")?;
        let [counters_delta, _bitmaps_delta, _names_delta] = file.numbers("header")?;
        let [_virtual_tables, _their_names, last] = file.numbers("header")?;
        if last != LAST_VALUE_KIND {
            return Err(Fault::ValueKinds { last });
        }
        Ok(Self {
            order,
            binary_ids,
            records,
            padding_before_counters,
            counters,
            padding_after_counters,
            bitmaps,
            padding_after_bitmaps,
            names,
            counters_delta,
        })
    }
}

/// A function's record: hashes of its name and shape, addresses of its counters, bitmap, code and
/// values, the number of its counters, and numbers of what is not read here.
struct Record<'a>(&'a [u8]);

impl Record<'_> {
    fn function(&self) -> Function {
        Function {
            name: self.number(0),
            hash: self.number(8),
        }
    }

    /// Where its counters are among the counters. The address is their distance from this very
    /// record, the header's that from the first one.
    fn counters(&self, number: u64, delta: u64) -> u64 {
        let start = self.number(16).wrapping_sub(delta);
        start.wrapping_add(number.wrapping_mul(RECORD as u64))
    }

    /// How many bytes its counters take.
    fn count(&self) -> u64 {
        let count = self.0[48..52].try_into().expect("a record is long enough");
        u64::from(u32::from_le_bytes(count)) * 8
    }

    fn number(&self, at: usize) -> u64 {
        number(&self.0[at..at + 8])
    }
}

/// What is read from its start to its end.
struct File<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl<'a> File<'a> {
    /// The next so many things of that size.
    fn take(&mut self, what: &'static str, count: u64, size: usize) -> Result<&'a [u8], Fault> {
        let size = count.saturating_mul(size as u64);
        let end = self.at.saturating_add(size);
        let taken = part(self.bytes, self.at, size).ok_or(Fault::Short {
            what,
            end,
            length: self.bytes.len() as u64,
        })?;
        self.at = end;
        Ok(taken)
    }

    fn numbers<const N: usize>(&mut self, what: &'static str) -> Result<[u64; N], Fault> {
        let bytes = self.take(what, N as u64, 8)?;
        let mut all = numbers(bytes);
        Ok([(); N].map(|()| all.next().expect("as many were taken")))
    }
}

/// The names by their hashes: blocks, each with its lengths unpacked and packed (0: as it is), and
/// in a block the names with `\x01` between. Zeros stand between blocks.
fn unpack(mut blocks: &[u8]) -> Result<HashMap<u64, String>, Fault> {
    let damaged = |why: &str| Fault::Names { why: why.into() };
    let mut names = HashMap::new();
    while let Some(zero_or_more) = blocks.first() {
        if *zero_or_more == 0 {
            blocks = &blocks[1..];
            continue;
        }
        let lengths = length(&mut blocks).zip(length(&mut blocks));
        let (unpacked, packed) = lengths.ok_or_else(|| damaged("a length has no end"))?;
        let size = if packed == 0 { unpacked } else { packed };
        let block = part(blocks, 0, size).ok_or_else(|| damaged("a block has no end"))?;
        blocks = &blocks[block.len()..];
        let text = match packed {
            0 => block.to_vec(),
            _ => inflate(block, unpacked).map_err(|error| damaged(&error.to_string()))?,
        };
        if text.len() as u64 != unpacked {
            return Err(damaged("a block has another length than it says"));
        }
        let text = String::from_utf8(text).map_err(|error| damaged(&error.to_string()))?;
        names.extend(text.split('\x01').map(|name| (hash(name), name.to_owned())));
    }
    Ok(names)
}

/// No more than it should be, and one byte by which that shows.
fn inflate(packed: &[u8], length: u64) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut unpacked = ZlibDecoder::new(packed).take(length.saturating_add(1));
    unpacked.read_to_end(&mut text)?;
    Ok(text)
}

/// A number in groups of seven bits, the lowest first (LEB128).
fn length(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// What stands for a name in a record: the first half of its MD5.
pub(super) fn hash(name: &str) -> u64 {
    number(&Md5::digest(name)[..8])
}

fn part(bytes: &[u8], start: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(start).ok()?;
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    bytes.get(start..end)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks_exact(8).map(number)
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("a number has eight bytes"))
}
