//! Rich data: what every value travels as, and that it comes back.

use ficelle_language::{
    Value,
    types::parse::parse_plain,
    values::rich::{self, Form, References},
};
use ficelle_model::wire::{
    Richness,
    data::{Form as Json, Read},
};
use serde_json::json;

use crate::world::{World, evaluated};

fn written(value: &Value, richness: Richness) -> serde_json::Value {
    let form = Form {
        richness,
        references: References::Types,
    };
    let written = rich::to_data(value, form).expect("it can travel");
    let data = &written.data;
    serde_json::to_value(Json { data, richness }).expect("it is JSON")
}

fn read(json: &serde_json::Value) -> Result<Value, String> {
    let Read(data) = serde_json::from_value(json.clone()).expect("it is data");
    rich::from_data(&data, &|_| Ok(None))
}

/// Types that stay what they are. (`Boolean[true]` and `Sensitive[String]` do not: the form has
/// no place for what they are of.)
const TYPES: &[&str] = &[
    "Any",
    "Undef",
    "Integer[1, 5]",
    "Float[default, 1.5]",
    "String[1, 2]",
    "Enum['a', 'b', true]",
    "Pattern[/a/, /b/]",
    "Regexp[/a/]",
    "Array[Integer, 1]",
    "Array[0, 0]",
    "Hash[String, Integer, 1, 2]",
    "Tuple[String, Integer, 1, 3]",
    "Struct[{'a' => Integer, Optional['b'] => String, 'c' => Optional[Float]}]",
    "Optional['a']",
    "NotUndef[String]",
    "Variant[Integer, Type[String]]",
    "Callable[[String, 0, 1, Callable[1, 1]], Integer]",
    "Callable",
    "Iterable[String]",
    "Class[foo::bar]",
    "File['/x']",
    "Timestamp['2000-01-01T00:00:00.000000000 UTC']",
    "Timespan['0-00:00:01.0', '0-00:00:02.0']",
    "SemVer['>=1.0.0']",
    "SemVerRange",
    "URI[{'scheme' => 'http'}]",
    "Runtime[ruby, 'X']",
    "Init[Integer, 16]",
    "TypeReference['Foo']",
    "Deferred",
];

#[test]
fn types_come_back_as_they_went() {
    for text in TYPES {
        let value = match *text {
            "TypeReference['Foo']" => Value::Type(ficelle_language::Type::Reference("Foo".into())),
            "File['/x']" => {
                Value::Type(ficelle_language::Type::resource("file", Some("/x".into())))
            }
            text => Value::Type(parse_plain(text).expect("a type")),
        };
        let json = written(&value, Richness::Rich);
        let back = read(&json).expect("a value");
        assert_eq!(back, value, "{text}: {json}");
        assert_eq!(back.to_string(), value.to_string(), "{json}");
    }
}

#[test]
fn values_come_back_as_they_went() {
    let codes = [
        "[1, 1.5, 'x', true, undef, default]",
        "{a => {b => [1]}}",
        "{1 => 'a', [x] => {2 => 3}}",
        "{'__ptype' => 'x'}",
        "/a+/",
        "Sensitive([1, Sensitive(2)])",
        "Binary('YWJj')",
        "URI('http://a.b/c')",
        "SemVer('1.2.3-rc1')",
        "SemVerRange('>=1.0.0 <2.0.0')",
        "Timestamp('2000-01-01T10:11:12.5')",
        "Timespan({hours => 3})",
        "Deferred('join', [[1, 2], ','])",
        "Error('bad', 'kind', {a => 1})",
        "Puppet::Resource::Param(Enum[a, b], 'name')",
    ];
    for code in codes {
        let value = evaluated(&World::default(), code).expect("a value");
        let json = written(&value, Richness::Rich);
        assert_eq!(read(&json), Ok(value), "{code}: {json}");
    }
}

#[test]
fn the_form_is_the_references() {
    let of = |text: &str| {
        let value = Value::Type(parse_plain(text).expect("a type"));
        written(&value, Richness::Rich)
    };
    assert_eq!(of("Array"), json!({"__ptype": "Pcore::ArrayType"}));
    assert_eq!(
        of("Boolean[true]"),
        json!({"__ptype": "Pcore::BooleanType"})
    );
    assert_eq!(
        of("Callable[0, 0]"),
        json!({
            "__ptype": "Pcore::CallableType",
            "param_types": {
                "__ptype": "Pcore::TupleType",
                "types": [],
                "size_type": {"__ptype": "Pcore::IntegerType", "from": 0, "to": 0},
            },
            "block_type": null,
            "return_type": null,
        })
    );
}

#[test]
fn an_object_type_travels_with_its_definition() {
    let code = "type A = Object[{
        attributes => { a => Integer, b => { type => String, value => x } },
        constants => { c => 1 },
        functions => { f => Callable[String] },
        equality => [a],
    }]
    A";
    let value = evaluated(&World::default(), code).expect("a type");
    let json = written(&value, Richness::Rich);
    assert_eq!(json["__ptype"], "Pcore::ObjectType");
    let back = read(&json).expect("a type");
    assert_eq!(back.to_string(), value.to_string());
}

#[test]
fn an_alias_that_is_made_of_itself_cannot_travel() {
    let code = "type A = Variant[Integer, Array[A]]\nA";
    let value = evaluated(&World::default(), code).expect("a type");
    let form = Form {
        richness: Richness::Rich,
        references: References::Types,
    };
    let message = rich::to_data(&value, form)
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("Endless recursion detected"),
        "{message}"
    );
}

#[test]
fn plain_data_says_what_it_lost() {
    let value = evaluated(&World::default(), "{a => [1, /x/], 2 => default}").expect("a value");
    let form = Form {
        richness: Richness::Plain,
        references: References::Texts,
    };
    let written = rich::to_data(&value, form).expect("it can travel");
    let places: Vec<(&str, String)> = written
        .lost
        .iter()
        .map(|lost| (lost.path.as_str(), lost.value.to_string()))
        .collect();
    assert_eq!(
        places,
        [
            ("['a'][1]", "/x/".to_owned()),
            ("", "2".to_owned()),
            ("['2']", "default".to_owned()),
        ]
    );
}

#[test]
fn data_may_refer_to_what_stands_elsewhere_in_it() {
    let data = json!({
        "a": [{"__ptype": "SemVer", "__pvalue": "1.0.0"}],
        "b": {"__ptype": "LocalRef", "__pvalue": "$['a'][0]"},
    });
    let value = read(&data).expect("a value");
    assert_eq!(
        value.get("b").map(ToString::to_string),
        Some("1.0.0".to_owned())
    );
    let lost = json!([{"__ptype": "LocalRef", "__pvalue": "$['x']"}]);
    assert!(read(&lost).unwrap_err().contains("leads to nothing"));
    let endless = json!([{"__ptype": "LocalRef", "__pvalue": "$[0]"}]);
    assert!(read(&endless).unwrap_err().contains("leads back to itself"));
}

#[test]
fn a_type_that_nobody_knows_is_refused() {
    let unknown = json!({"__ptype": "Nobody::Knows", "a": 1});
    assert!(read(&unknown).unwrap_err().contains("Nobody::Knows"));
}
