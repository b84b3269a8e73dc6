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
