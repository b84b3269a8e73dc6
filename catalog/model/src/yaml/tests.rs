//! Tests of the YAML reader; what is expected was measured with Ruby's Psych.

use super::*;
use crate::data::DataHash;

fn read(text: &str) -> Node {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn string(text: &str) -> Node {
    Node::String(text.into())
}

#[test]
fn plain_scalars_are_psychs() {
    for (text, node) in [
        ("", Node::Null),
        ("~", Node::Null),
        ("null", Node::Null),
        ("nuLL", Node::Null),
        ("yes", Node::Boolean(true)),
        ("On", Node::Boolean(true)),
        ("OFF", Node::Boolean(false)),
        ("y", string("y")),
        ("n", string("n")),
        ("0777", Node::Integer(0o777)),
        ("0o17", string("0o17")),
        ("089", string("089")),
        ("1_000", Node::Integer(1000)),
        ("1,000", Node::Integer(1000)),
        ("-12", Node::Integer(-12)),
        ("0x1F", Node::Integer(31)),
        ("0b11", Node::Integer(3)),
        ("1.5", Node::Float(1.5)),
        ("1e5", string("1e5")),
        ("1.0e+5", Node::Float(1e5)),
        (".5", Node::Float(0.5)),
        ("1.", Node::Float(1.0)),
        (".", string(".")),
        ("-", string("-")),
        ("1.2.3", string("1.2.3")),
        ("1:30", Node::Integer(5400)),
        ("1:30:01", Node::Integer(5401)),
        ("1.5e3", string("1.5e3")),
        ("0_", Node::Integer(0)),
        ("1:75", string("1:75")),
        (":sym", Node::Symbol("sym".into())),
        ("a:b", string("a:b")),
        ("10.0.0.1", string("10.0.0.1")),
        ("-.inf", Node::Float(f64::NEG_INFINITY)),
        ("12abc", string("12abc")),
        ("2001-01", string("2001-01")),
    ] {
        assert_eq!(plain(text), Ok(node), "{text}");
    }
    assert!(plain("2001-01-02").unwrap_err().contains("Date"));
    assert!(
        plain("2001-01-02 03:04:05 +01:00")
            .unwrap_err()
            .contains("Time")
    );
}

#[test]
fn quotes_and_tags_decide() {
    assert_eq!(read("'yes'"), string("yes"));
    assert_eq!(read("\"0777\""), string("0777"));
    assert_eq!(read("!!str 5"), string("5"));
    assert_eq!(read("!!float 5"), Node::Float(5.0));
    assert_eq!(read("!!binary aGk="), Node::Binary((*b"hi").into()));
    assert!(parse("!ruby/object:Object {}").is_err());
    assert_eq!(
        parse("!!int x").expect("it says nothing"),
        parse("x").expect("text")
    );
}

#[test]
fn anchors_and_merges() {
    let node = read("base: &b {x: 1, y: 2}\nuse:\n  y: 0\n  <<: *b\n  z: 3\n");
    let merged = node.get("use").unwrap();
    assert_eq!(merged.get("x"), Some(&Node::Integer(1)));
    assert_eq!(merged.get("y"), Some(&Node::Integer(2)));
    assert_eq!(merged.get("z"), Some(&Node::Integer(3)));
}

#[test]
fn bad_input_is_an_error_with_a_place() {
    let error = parse("a: [1, 2\nb: }").unwrap_err();
    assert!(error.line >= 1, "{error}");
    assert!(parse("a: *nothing").is_err());
    assert!(parse(&"[".repeat(5000)).is_err());
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let previous = format!("*a{},", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
    }
    assert!(parse(&bomb).unwrap_err().message.contains("grows"));
}

#[test]
fn what_is_written_is_read_again() {
    let strings = [
        "plain",
        "",
        "yes",
        "0777",
        "12",
        "1.5",
        ":s",
        "a: b",
        "x # y",
        "- x",
        "it's",
        "tab\there",
        "two\nlines",
        "two\nlines\n",
        "end\n\n",
        " lead",
        "trail ",
        "~",
        "null",
        "2001-01-01",
        "{x}",
        "@at",
        "a:",
        "é",
        "\u{7}bell",
        "%x",
        "y",
    ];
    let mut hash = DataHash::default();
    hash.insert(
        "strings".into(),
        Data::Array(strings.map(Data::from).to_vec()),
    );
    hash.insert("empty".into(), Data::hash(DataHash::default()));
    hash.insert("none".into(), Data::Undef);
    hash.insert(
        "deep".into(),
        Data::Array(vec![
            Data::hash(DataHash::from_iter([
                ("a".into(), Data::Integer(1)),
                (
                    "b".into(),
                    Data::Array(vec![Data::from("c\nd"), Data::Boolean(true)]),
                ),
            ])),
            Data::Array(vec![Data::Array(vec![]), Data::Float(1.0)]),
        ]),
    );
    for string in strings {
        hash.insert(string.into(), Data::from(string));
    }
    let data = Data::hash(hash);
    let text = emit(&data);
    assert_eq!(read(&text).to_data(), data, "{text}");
}

/// Fuzzing found a byte order mark that was emitted bare and could not be read again.
#[test]
fn what_only_stands_escaped_comes_back() {
    for text in ["202\u{feff}1-21", "a\u{2028}b", "a\n\u{feff}b"] {
        let data = Data::string(text);
        let emitted = emit(&data);
        let read = parse(&emitted).map(|node| node.to_data());
        assert_eq!(read, Ok(data), "{emitted:?}");
    }
}

/// Fuzzing found a key that was too long to be read again. The texts are Psych's own.
#[test]
fn long_keys_stand_behind_question_marks() {
    let (simple, long) = ("k".repeat(128), "k".repeat(129));
    for (key, value, emitted) in [
        (&*simple, Data::Integer(1), format!("---\n{simple}: 1\n")),
        (&*long, Data::Integer(1), format!("---\n? {long}\n: 1\n")),
        (
            &*long,
            Data::Array(vec![
                Data::Integer(1),
                Data::hash(DataHash::from_iter([
                    ("a".into(), Data::Integer(2)),
                    (long.as_str().into(), Data::Array(vec![Data::from("b")])),
                ])),
            ]),
            format!("---\n? {long}\n: - 1\n  - a: 2\n    ? {long}\n    : - b\n"),
        ),
        (
            "multi\nline",
            Data::from("c\nd"),
            "---\n? |-\n  multi\n  line\n: |-\n  c\n  d\n".to_owned(),
        ),
    ] {
        let data = Data::hash(DataHash::from_iter([(key.into(), value)]));
        assert_eq!(emit(&data), emitted);
        assert_eq!(read(&emitted).to_data(), data);
    }
}

/// Fuzzing found a key that read as the end of the document. The texts are Psych's own.
#[test]
fn what_begins_like_the_end_of_a_document_is_quoted() {
    for (string, emitted) in [
        ("...", "\"...\""),
        ("... a", "\"... a\""),
        ("...\"x\"", "'...\"x\"'"),
        ("a ...", "a ..."),
    ] {
        let data = Data::hash(DataHash::from_iter([(string.into(), Data::from(string))]));
        let text = emit(&data);
        assert_eq!(text, format!("---\n{emitted}: {emitted}\n"));
        assert_eq!(read(&text).to_data(), data);
    }
}

#[test]
fn strings_of_marks_come_back_from_everywhere() {
    let marks: Vec<char> = "\t\n\r :#-.?'\"\\{}[],a1%@&*!|>~=<_+é\0\u{1}\u{7f}\u{85}\u{a0}\u{2028}\
                            \u{feff}\u{fffe}\u{1f600}"
        .chars()
        .collect();
    let pairs = marks
        .iter()
        .flat_map(|first| marks.iter().map(move |second| format!("{first}{second}")));
    for pair in pairs {
        for string in [format!("{pair}{pair}b"), pair] {
            let value = Data::from(&*string);
            let inside = Data::hash(DataHash::from_iter([(
                string.as_str().into(),
                Data::Array(vec![value.clone()]),
            )]));
            for data in [value, Data::Array(vec![inside.clone()]), inside] {
                let text = emit(&data);
                let back = parse(&text).map(|node| node.to_data());
                assert_eq!(back, Ok(data), "{text:?}");
            }
        }
    }
}

/// What was measured with Psych, whose words people search for.
#[test]
fn complaints_are_libyamls() {
    for (text, expected) in [
        (
            "a: 1\n b: 2\n  c: [\n",
            "mapping values are not allowed in this context at line 2 column 3",
        ),
        (
            "a:\n  b: 1\n c: 2\n",
            "did not find expected key while parsing a block mapping at line 1 column 1",
        ),
        (
            "- a\nb: 1\n",
            "did not find expected '-' indicator while parsing a block collection at line 1 column 1",
        ),
        (
            "a: {b: 1\nc: 2\n",
            "did not find expected ',' or '}' while parsing a flow mapping at line 1 column 4",
        ),
        (
            "a: [1, 2\nb: 1\n",
            "did not find expected ',' or ']' while parsing a flow sequence at line 1 column 4",
        ),
        (
            "a: [1, 2]]\n",
            "did not find expected key while parsing a block mapping at line 1 column 1",
        ),
        (
            "a: }\n",
            "did not find expected node content while parsing a block node at line 1 column 4",
        ),
        (
            "a: [b, {]\n",
            "did not find expected node content while parsing a flow node at line 1 column 9",
        ),
        (
            "a: @x\n",
            "found character that cannot start any token while scanning for the next token at line 1 column 4",
        ),
        (
            "a:\n\tb: 1\n",
            "found character that cannot start any token while scanning for the next token at line 2 column 1",
        ),
        (
            "a: \"x\n",
            "found unexpected end of stream while scanning a quoted scalar at line 1 column 4",
        ),
        (
            "a: 1\nkey\nb: 2\n",
            "could not find expected ':' while scanning a simple key at line 2 column 1",
        ),
        (
            "a: 'x' y\n",
            "did not find expected key while parsing a block mapping at line 1 column 1",
        ),
        (
            "é: [\n",
            "did not find expected node content while parsing a flow node at line 2 column 1",
        ),
        ("a: *nope\n", "Unknown alias: nope"),
        ("a: 2020-01-01\n", "Tried to load unspecified class: Date"),
        (
            "a: !ruby/object:Foo {}\n",
            "Tried to load unspecified class: Foo",
        ),
        (
            "a: \u{1}\n",
            "control characters are not allowed at line 1 column 1",
        ),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

/// libyaml is less strict than its successors.
#[test]
fn what_libyaml_takes_is_read() {
    for (text, expected) in [
        (
            "a: \"multi\nline\"\nb: 'x\n\n\ty'\n",
            "a: multi line\nb: \"x\\ny\"\n",
        ),
        ("é: \"say \\\"\n  hi\\\"\nyou\"\n", "é: say \" hi\" you\n"),
        ("a: {\n\tb: 1\n}\nc:\t2\n", "a: {b: 1}\nc: 2\n"),
        (
            "a: !foo x\nb: !foo {c: 1}\nd: !foo [2]\n",
            "a: x\nb: {c: 1}\nd: [2]\n",
        ),
        ("a: !!int x\nb: !float 1\n", "a: x\nb: 1.0\n"),
    ] {
        assert_eq!(
            parse(text).expect(text),
            parse(expected).expect(expected),
            "{text}"
        );
    }
}

/// A blank that separates is written anew for the parser; what a scalar holds never is.
#[test]
fn tabs_in_scalars_stay() {
    for (text, expected) in [
        (
            "a:\tb\nc: |\n  x\ty\nd: \"p\tq\"\n",
            &[("a", "b"), ("c", "x\ty\n"), ("d", "p\tq")][..],
        ),
        (
            "a:\tb\r\nc: >\r\n  x\ty\r\nd:\t'p\tq'\r\n",
            &[("a", "b"), ("c", "x\ty\n"), ("d", "p\tq")],
        ),
        ("\"a\":\tb\n\"c\td\":\te\n", &[("a", "b"), ("c\td", "e")]),
        (
            "a: \t \tb\tc\nd:\te\tf # g:\th\ni: |-\n  k:\tv\n  l:\tw\n",
            &[("a", "b\tc"), ("d", "e\tf"), ("i", "k:\tv\nl:\tw")],
        ),
        (
            "a: \"it's\n\tx\ty\"\nb: 'y\nk:\tv'\nc:\td\n",
            &[("a", "it's x\ty"), ("b", "y k:\tv"), ("c", "d")],
        ),
        ("a:\tb\n  - \"c\nd:\te\n", &[("a", "b - \"c"), ("d", "e")]),
        (
            "{\n\ta: \"p\tq\",\n\tb:\tc\td,\n\te: 'f\n\tg'\n}\n",
            &[("a", "p\tq"), ("b", "c\td"), ("e", "f g")],
        ),
    ] {
        let entry = |(key, value): &(&str, &str)| (string(key), string(value));
        let expected = expected.iter().map(entry).collect();
        assert_eq!(read(text), Node::Mapping(Arc::new(expected)), "{text:?}");
    }
    assert_eq!(
        read("- a:\tb\n- \"c\td\"\n- e\tf\n"),
        read("- {a: b}\n- \"c\\td\"\n- \"e\\tf\"\n")
    );
    assert_eq!(
        read("- [\n\ta,\n\t'b\tc'\n\t]\n"),
        read("- [a, \"b\\tc\"]\n")
    );
    assert!(parse(" a: {b: 1}\n\tc: 2\n").is_err(), "a block's tab");
    assert!(parse("a: \"x\n--- y\"\n").is_err(), "a document begins");
}

/// However much is written anew, it is read in time that grows with it, or refused.
#[test]
fn many_lenient_places_are_few_readings() {
    let lines = |count: usize, line: &str| -> String {
        let line = |index: usize| line.replace('#', &index.to_string());
        (0..count).map(line).collect()
    };
    for (text, count) in [
        (lines(1200, "k#:\tv\n"), 1200),
        (lines(4000, "k#: v\n") + &lines(300, "q#: \"a\nb\"\n"), 4300),
        (
            lines(
                300,
                "a#: |\n  x\ty\nb#: [1, 'c']\n'd#': 1\ne#:\n  - \"f\"\ng#:\tv\n",
            ),
            1500,
        ),
        (format!("{{\n{}}}", lines(1200, "\tk#: \"v\",\n")), 1200),
    ] {
        let Node::Mapping(entries) = read(&text) else {
            panic!("no mapping");
        };
        assert_eq!(entries.len(), count);
        assert!(matches!(entries[count - 1].1.as_str(), Some("v" | "a b")));
    }
    // What stands between them takes a reading for each.
    let error = parse(&lines(40_000, "k#:\tv\nl#: [[1]]\n")).unwrap_err();
    assert_eq!(
        error.message,
        "':' must be followed by a valid YAML whitespace"
    );
}

#[test]
fn a_tag_that_makes_another_kind_is_refused() {
    for text in ["!!omap [x: 1]", "!omap [x: 1]", "!!omap {x: 1}"] {
        let error = parse(text).expect_err(text);
        assert_eq!(
            error.message,
            "Tried to load unspecified class: Psych::Omap"
        );
    }
    assert!(parse("!!str {str: a}").is_err());
}
