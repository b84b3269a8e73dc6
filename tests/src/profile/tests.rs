use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use super::{
    Fault, Profile,
    raw::{EDGES, ENTRY_FIRST, LAST_VALUE_KIND, MAGIC, RECORD, VERSION, hash},
};

/// A raw file as a program would write it, from its parts.
struct Made {
    version: u64,
    functions: Vec<(&'static str, u64, Vec<u64>)>,
    /// Blocks of names, packed or as they are.
    names: Vec<(Vec<&'static str>, Packing)>,
    last_value_kind: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Packing {
    Packed,
    Plain,
}

impl Made {
    fn new() -> Self {
        Self {
            version: EDGES | VERSION,
            functions: vec![
                ("_ZN4main", 11, vec![3, 0]),
                ("never", 12, vec![0]),
                ("unit-cgu.0;local", 13, vec![u64::MAX]),
            ],
            names: vec![
                (vec!["_ZN4main", "unit-cgu.0;local"], Packing::Packed),
                (vec!["never"], Packing::Plain),
            ],
            last_value_kind: LAST_VALUE_KIND,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        // Where the tables were in memory; the counters before the records, as they may be.
        let (records, counters) = (0x2000_u64, 0x1000_u64);
        let (mut table, mut counts) = (Vec::new(), Vec::new());
        for (index, (name, shape, all)) in self.functions.iter().enumerate() {
            let own = records + (index * RECORD) as u64;
            let address = (counters + counts.len() as u64).wrapping_sub(own);
            for number in [hash(name), *shape, address, 0, 0, 0] {
                table.extend(number.to_le_bytes());
            }
            table.extend((all.len() as u32).to_le_bytes());
            table.extend([0; 12]);
            counts.extend(all.iter().flat_map(|count| count.to_le_bytes()));
        }
        let mut names = Vec::new();
        for (block, packing) in &self.names {
            names.extend(packed(&block.join("\x01"), *packing));
            names.extend([0; 3]);
        }
        let header = [
            MAGIC,
            self.version,
            16, // binary ids
            self.functions.len() as u64,
            8, // padding
            counts.len() as u64 / 8,
            0,
            5, // bitmaps
            3, // padding
            names.len() as u64,
            counters.wrapping_sub(records),
            0,
            0,
            0,
            0,
            self.last_value_kind,
        ];
        let mut bytes: Vec<u8> = header.iter().flat_map(|one| one.to_le_bytes()).collect();
        bytes.extend([0xee; 16]);
        bytes.extend(table);
        bytes.extend([0xee; 8]);
        bytes.extend(counts);
        bytes.extend([0xee; 8]);
        bytes.extend(names);
        bytes
    }
}

fn packed(text: &str, packing: Packing) -> Vec<u8> {
    let mut block = vec![text.len() as u8];
    match packing {
        Packing::Plain => {
            block.push(0);
            block.extend(text.bytes());
        }
        Packing::Packed => {
            let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
            zlib.write_all(text.as_bytes()).unwrap();
            let zlib = zlib.finish().unwrap();
            block.push(zlib.len() as u8);
            block.extend(zlib);
        }
    }
    block
}

fn text(files: &[Made]) -> Result<String, Fault> {
    let mut profile = Profile::default();
    for file in files {
        profile.add(&file.bytes())?;
    }
    Ok(profile.text())
}

fn fault(bytes: &[u8]) -> Fault {
    Profile::default().add(bytes).unwrap_err()
}

#[test]
fn what_ran_is_written_as_text() {
    let mut profile = Profile::default();
    profile.add(&Made::new().bytes()).unwrap();
    assert_eq!((profile.functions(), profile.ran()), (3, 2));
    assert_eq!(
        profile.text(),
        "\
:ir
_ZN4main
11
2
3
0

unit-cgu.0;local
13
1
18446744073709551615

"
    );
}

#[test]
fn the_order_of_counters_is_told() {
    let made = Made {
        version: EDGES | ENTRY_FIRST | VERSION,
        ..Made::new()
    };
    let text = text(&[made]).unwrap();
    assert!(text.starts_with(":ir\n:entry_first\n_ZN4main\n"), "{text}");
}

#[test]
fn several_files_are_added_up() {
    let mut other = Made::new();
    other.functions[0].1 = 99; // another shape is another function
    other.functions[1].2 = vec![7];
    let text = text(&[Made::new(), other]).unwrap();
    assert_eq!(
        text,
        "\
:ir
_ZN4main
11
2
3
0

never
12
1
7

unit-cgu.0;local
13
1
18446744073709551615

_ZN4main
99
2
3
0

"
    );
}

#[test]
fn files_of_several_programs_are_no_profile() {
    let mut other = Made::new();
    other.functions[0].2 = vec![1];
    let fault = text(&[Made::new(), other]).unwrap_err();
    assert_eq!(
        fault,
        Fault::Contradiction {
            name: "_ZN4main".into(),
            first: 2,
            second: 1
        }
    );
}

#[test]
fn another_file_is_no_raw_profile() {
    assert_eq!(fault(b"\x7fELF\x02\x01\x01 and so on"), Fault::Foreign);
    assert_eq!(fault(b":ir\n"), Fault::Foreign);
    let big_endian = MAGIC.to_be_bytes();
    assert_eq!(fault(&big_endian), Fault::Foreign);
}

#[test]
fn another_version_is_named() {
    for found in [9, 11] {
        let made = Made {
            version: EDGES | found,
            ..Made::new()
        };
        // Its header may be shorter.
        let bytes = &made.bytes()[..112];
        assert_eq!(fault(bytes), Fault::Version { found });
    }
    let made = Made {
        last_value_kind: 3,
        ..Made::new()
    };
    assert_eq!(fault(&made.bytes()), Fault::ValueKinds { last: 3 });
}

#[test]
fn what_counts_for_coverage_is_refused() {
    for kind in [0, EDGES | 1 << 57, EDGES | 1 << 60] {
        let made = Made {
            version: kind | VERSION,
            ..Made::new()
        };
        assert_eq!(fault(&made.bytes()), Fault::Kind { kind });
    }
}

#[test]
fn wherever_a_file_is_cut_it_is_told() {
    let bytes = Made::new().bytes();
    for length in 0..bytes.len() {
        let fault = fault(&bytes[..length]);
        let Fault::Short {
            end, length: is, ..
        } = fault
        else {
            panic!("{length}: {fault:?}");
        };
        assert_eq!(is, length as u64);
        assert!(end > is && end <= bytes.len() as u64, "{length}: {end}");
    }
    let counters = 128 + 16 + 3 * RECORD as u64 + 8 + 4 * 8;
    assert_eq!(
        fault(&bytes[..counters as usize - 1]).to_string(),
        format!(
            "the file is cut short: its counters should end at byte {counters}, and it has {} \
             bytes; train again, and let the program end in order (SIGTERM) before its profile is \
             read",
            counters - 1
        )
    );
}

#[test]
fn numbers_beyond_everything_are_short_files() {
    let mut bytes = Made::new().bytes();
    for field in 2..10 {
        let place = field * 8..field * 8 + 8;
        let number = bytes[place.clone()].to_owned();
        bytes[place.clone()].fill(0xff);
        let fault = fault(&bytes);
        assert!(matches!(fault, Fault::Short { .. }), "{field}: {fault:?}");
        bytes[place].copy_from_slice(&number);
    }
}

#[test]
fn counters_elsewhere_are_damage() {
    let mut bytes = Made::new().bytes();
    let second = 128 + 16 + RECORD;
    bytes[second + 16] ^= 0x80;
    assert_eq!(fault(&bytes), Fault::Astray { number: 1 });
    let mut bytes = Made::new().bytes();
    bytes[second + 48] = 100;
    assert_eq!(fault(&bytes), Fault::Astray { number: 1 });
}

#[test]
fn names_that_are_missing_are_counted() {
    let mut made = Made::new();
    made.names.remove(0);
    let expected = Fault::Nameless {
        missing: 2,
        count: 3,
    };
    assert_eq!(fault(&made.bytes()), expected);
    made.names.clear();
    let expected = Fault::Nameless {
        missing: 3,
        count: 3,
    };
    assert_eq!(fault(&made.bytes()), expected);
}

#[test]
fn names_that_cannot_be_unpacked_are_damage() {
    let whole = Made::new().bytes();
    let names = 128 + 16 + 3 * RECORD + 8 + 4 * 8 + 8;
    for (at, byte) in [
        (names, 0x01),     // shorter than it is
        (names, 0x70),     // longer than it is
        (names + 1, 0x7f), // its block as well
        (names + 2, 0x00), // no zlib
    ] {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        let fault = fault(&bytes);
        assert!(matches!(fault, Fault::Names { .. }), "{at}: {fault:?}");
    }
    let mut bytes = whole;
    bytes[names..].fill(0xff);
    assert!(matches!(fault(&bytes), Fault::Names { .. }));
}
