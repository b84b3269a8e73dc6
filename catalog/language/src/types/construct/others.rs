//! Strings, bytes, expressions, versions, URIs, types and secrets.

use std::sync::Arc;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{Constructor, named, way};
use crate::{
    types::{
        Presence, Range, Type,
        uri::{self as uris, UriParts},
    },
    values::{End, HashMap, Key, Regexp, SemVer, SemVerRange, Value, escape_regexp},
};

pub(super) fn string() -> Constructor {
    let format = named(
        "Format",
        Type::pattern_of(&[r"^%([\s\[+#0{<(|-]*)([1-9][0-9]*)?(?:\.([0-9]+))?([a-zA-Z])$"]),
    );
    let container = named(
        "ContainerFormat",
        Type::struct_of([
            ("format", Presence::Optional, format.clone()),
            ("separator", Presence::Optional, Type::STRING),
            ("separator2", Presence::Optional, Type::STRING),
            (
                "string_formats",
                Presence::Optional,
                Type::hash_of(Type::TYPE, format.clone(), Range::UNBOUNDED),
            ),
        ]),
    );
    let map = named(
        "TypeMap",
        Type::hash_of(
            Type::TYPE,
            Type::Variant(vec![format, container].into()),
            Range::UNBOUNDED,
        ),
    );
    let formats = named(
        "Formats",
        Type::Variant(vec![Type::Default, Type::string_between(1, None), map].into()),
    );
    Constructor::new(
        "new_string",
        vec![way(
            vec![
                ("from", named("Convertible", Type::Any)),
                ("string_formats", formats),
            ],
            1,
            |arguments, _| {
                crate::formats::convert(&arguments[0], arguments.get(1))
                    .map(Value::from)
                    .map_err(|error| error.to_string())
            },
        )],
    )
}

pub(super) fn unit() -> Constructor {
    Constructor::new(
        "new_unit",
        vec![way(vec![("from", Type::Any)], 1, |arguments, _| {
            Ok(arguments[0].clone())
        })],
    )
}

pub(super) fn sensitive() -> Constructor {
    Constructor::new(
        "new_Sensitive",
        vec![
            way(
                vec![("value", Type::Sensitive(Arc::new(Type::Any)))],
                1,
                |arguments, _| Ok(arguments[0].clone()),
            ),
            way(vec![("value", Type::Any)], 1, |arguments, _| {
                Ok(Value::Sensitive(Arc::new(arguments[0].clone())))
            }),
        ],
    )
}

pub(super) fn type_from_text() -> Constructor {
    Constructor::new(
        "new_type",
        vec![way(
            vec![("type_string", Type::string_between(1, None))],
            1,
            |arguments, context| {
                context
                    .parse_type(arguments[0].as_str().unwrap_or_default())
                    .map(Value::Type)
            },
        )],
    )
}

pub(super) fn regexp() -> Constructor {
    Constructor::new(
        "new_float",
        vec![way(
            vec![("pattern", Type::STRING), ("escape", Type::BOOLEAN)],
            1,
            |arguments, _| {
                let text = arguments[0].as_str().unwrap_or_default();
                let regexp = match arguments.get(1) {
                    Some(Value::Boolean(true)) => Regexp::compile(&escape_regexp(text)),
                    _ => Regexp::compile(text),
                };
                regexp.map(Value::Regexp).map_err(|error| error.to_string())
            },
        )],
    )
}

const URLSAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const RELAXED: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn decode(text: &str, format: &str) -> Result<Value, String> {
    let invalid = || "invalid base64".to_owned();
    let bytes = match format {
        "%b" => {
            let plain: String = text
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric() || "+/".contains(*letter))
                .collect();
            RELAXED.decode(plain).map_err(|_| invalid())?
        }
        "%u" => URLSAFE.decode(text).map_err(|_| invalid())?,
        "%B" => base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|_| invalid())?,
        _ => text.as_bytes().to_vec(),
    };
    Ok(Value::Binary(bytes.into()))
}

fn from_bytes(array: &Value) -> Value {
    let bytes: Vec<u8> = array
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(|byte| match byte {
            Value::Integer(byte) => u8::try_from(*byte).ok(),
            _ => None,
        })
        .collect();
    Value::Binary(bytes.into())
}

pub(super) fn binary() -> Constructor {
    let format = || {
        named(
            "Base64Format",
            Type::enum_of(["%b", "%u", "%B", "%s", "%r"]),
        )
    };
    let bytes = || {
        let byte = named("ByteInteger", Type::integer_between(0, 255));
        Type::array_of(byte, Range::UNBOUNDED)
    };
    let hash = named(
        "BinaryArgsHash",
        Type::Variant(
            vec![
                named(
                    "StringHash",
                    Type::struct_of([
                        ("value", Presence::Required, Type::STRING),
                        ("format", Presence::Optional, Type::optional(format())),
                    ]),
                ),
                named(
                    "ArrayHash",
                    Type::struct_of([("value", Presence::Required, bytes())]),
                ),
            ]
            .into(),
        ),
    );
    Constructor::new(
        "new_Binary",
        vec![
            way(
                vec![("str", Type::STRING), ("format", format())],
                1,
                |arguments, _| {
                    let format = arguments.get(1).and_then(Value::as_str).unwrap_or("%B");
                    decode(arguments[0].as_str().unwrap_or_default(), format)
                },
            ),
            way(vec![("byte_array", bytes())], 1, |arguments, _| {
                Ok(from_bytes(&arguments[0]))
            }),
            way(
                vec![("hash_args", hash)],
                1,
                |arguments, _| match arguments[0].get("value") {
                    Some(Value::String(text)) => {
                        let format = arguments[0].get("format").and_then(Value::as_str);
                        decode(text, format.unwrap_or("%B"))
                    }
                    Some(other) => Ok(from_bytes(other)),
                    None => Ok(Value::Undef),
                },
            ),
        ],
    )
}

fn positive() -> Type {
    named(
        "PositiveInteger",
        Type::Integer(Range::new(Some(0), None).into()),
    )
}

fn qualifier() -> Type {
    let pattern = r"\A(?<part>[0-9A-Za-z-]+)(?:\.\g<part>)*\Z";
    named("SemVerQualifier", Type::pattern_of(&[pattern]))
}

fn version(parts: [Option<&Value>; 5]) -> Value {
    let number = |part: Option<&Value>| match part {
        Some(Value::Integer(part)) => u64::try_from(*part).unwrap_or(0),
        _ => 0,
    };
    let text = |part: Option<&Value>| part.and_then(Value::as_str).map(Arc::from);
    let [major, minor, patch, prerelease, build] = parts;
    Value::SemVer(Arc::new(SemVer {
        major: number(major),
        minor: number(minor),
        patch: number(patch),
        prerelease: text(prerelease),
        build: text(build),
    }))
}

pub(super) fn sem_ver() -> Constructor {
    let pattern = r"\A(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\Z";
    let hash = named(
        "SemVerHash",
        Type::struct_of([
            ("major", Presence::Required, positive()),
            ("minor", Presence::Required, positive()),
            ("patch", Presence::Required, positive()),
            ("prerelease", Presence::Optional, qualifier()),
            ("build", Presence::Optional, qualifier()),
        ]),
    );
    Constructor::new(
        "new_Version",
        vec![
            way(
                vec![("str", named("SemVerPattern", Type::pattern_of(&[pattern])))],
                1,
                |arguments, _| {
                    SemVer::parse(arguments[0].as_str().unwrap_or_default().trim_end())
                        .map(|version| Value::SemVer(Arc::new(version)))
                        .map_err(|error| error.to_string())
                },
            ),
            way(
                vec![
                    ("major", positive()),
                    ("minor", positive()),
                    ("patch", positive()),
                    ("prerelease", qualifier()),
                    ("build", qualifier()),
                ],
                3,
                |arguments, _| Ok(version(std::array::from_fn(|index| arguments.get(index)))),
            ),
            way(vec![("hash_args", hash)], 1, |arguments, _| {
                let parts = ["major", "minor", "patch", "prerelease", "build"];
                Ok(version(parts.map(|part| arguments[0].get(part))))
            }),
        ],
    )
    .with_mismatch(|arguments| match arguments {
        [Value::String(text)] => Some(Ok(format!(
            "The string '{text}' cannot be converted to a SemVer"
        ))),
        _ => None,
    })
}

fn range(minimum: Option<&Value>, maximum: Option<&Value>, exclude: Option<&Value>) -> Value {
    let version = |bound: Option<&Value>| match bound {
        Some(Value::SemVer(version)) => Some((**version).clone()),
        _ => None,
    };
    let end = match exclude {
        Some(Value::Boolean(true)) => End::Exclusive,
        _ => End::Inclusive,
    };
    Value::SemVerRange(Arc::new(SemVerRange::between(
        version(minimum),
        version(maximum),
        end,
    )))
}

pub(super) fn sem_ver_range() -> Constructor {
    let bound = || Type::Variant(vec![Type::Default, Type::SemVer(Arc::default())].into());
    let hash = named(
        "SemVerRangeHash",
        Type::struct_of([
            ("min", Presence::Required, bound()),
            ("max", Presence::Optional, bound()),
            ("exclude_max", Presence::Optional, Type::BOOLEAN),
        ]),
    );
    Constructor::new(
        "new_VersionRange",
        vec![
            way(
                vec![(
                    "str",
                    named("SemVerRangeString", Type::string_between(1, None)),
                )],
                1,
                |arguments, _| {
                    SemVerRange::parse(arguments[0].as_str().unwrap_or_default())
                        .map(|range| Value::SemVerRange(Arc::new(range)))
                        .map_err(|error| error.to_string())
                },
            ),
            way(
                vec![
                    ("min", bound()),
                    ("max", bound()),
                    ("exclude_max", Type::BOOLEAN),
                ],
                2,
                |arguments, _| Ok(range(arguments.first(), arguments.get(1), arguments.get(2))),
            ),
            way(vec![("hash_args", hash)], 1, |arguments, _| {
                let part = |name| arguments[0].get(name);
                Ok(range(part("min"), part("max"), part("exclude_max")))
            }),
        ],
    )
}

pub(super) fn uri() -> Constructor {
    let text = || Type::string_between(1, None);
    let hash = Type::struct_of([
        ("scheme", Presence::Optional, text()),
        ("userinfo", Presence::Optional, text()),
        ("host", Presence::Optional, text()),
        (
            "port",
            Presence::Optional,
            Type::Integer(Range::new(Some(0), None).into()),
        ),
        ("path", Presence::Optional, text()),
        ("query", Presence::Optional, text()),
        ("fragment", Presence::Optional, text()),
        ("opaque", Presence::Optional, text()),
    ]);
    Constructor::new(
        "new_error",
        vec![
            way(vec![("uri", text())], 1, |arguments, _| {
                let text = arguments[0].as_str().unwrap_or_default();
                let text = uris::normalized(text).map_err(|error| error.to_string())?;
                Ok(Value::Uri(text.into()))
            }),
            way(vec![("hash", hash)], 1, |arguments, _| {
                let entries = arguments[0].as_hash().cloned().unwrap_or_default();
                Ok(Value::Uri(uri_from_hash(&entries).into()))
            }),
        ],
    )
}

fn uri_from_hash(entries: &HashMap) -> String {
    let part = |name: &str| entries.get(&Key(name)).and_then(Value::as_str);
    let parts = UriParts {
        scheme: part("scheme"),
        userinfo: part("userinfo"),
        host: part("host"),
        port: match entries.get(&Key("port")) {
            Some(Value::Integer(port)) => Some(*port),
            _ => None,
        },
        path: part("path"),
        query: part("query"),
        fragment: part("fragment"),
        opaque: part("opaque"),
    };
    parts.to_string()
}
