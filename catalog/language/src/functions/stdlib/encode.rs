//! Values as text of other languages: Base64, JSON, YAML, TOML, Python, Ruby; and digests.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ficelle_model::wire::{Richness, data::Form as Json};

use super::{
    super::{Function, digest::hexadecimal, fail, function, legacy, on},
    yaml,
};
use crate::{
    data::from_json,
    error::{Error, Evaluated},
    evaluator::Call,
    values::{
        HashMap, Value, inspect,
        rich::{Form, References, to_data},
        ruby_string,
    },
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64", &[legacy(base64)]),
    function("to_json", JSON),
    function("stdlib::to_json", JSON),
    function("to_json_pretty", PRETTY),
    function("stdlib::to_json_pretty", PRETTY),
    function("to_yaml", YAML),
    function("stdlib::to_yaml", YAML),
    function("to_toml", TOML),
    function("stdlib::to_toml", TOML),
    function("to_python", PYTHON),
    function("stdlib::to_python", PYTHON),
    function("to_ruby", RUBY),
    function("stdlib::to_ruby", RUBY),
    function(
        "stdlib::sha256",
        &[on("Any my_data", |call| {
            Ok(Value::string(hexadecimal::<sha2::Sha256>(
                bare(call).as_bytes(),
            )))
        })],
    ),
    function(
        "stdlib::crc32",
        &[on("Any my_data", |call| {
            Ok(Value::string(format!("{:x}", crc32(bare(call).as_bytes()))))
        })],
    ),
];

const JSON: &[super::super::Dispatch] = &[on("Any data", |call| {
    let mut text = String::new();
    write_json(&mut text, &call.arguments[0], &Layout::COMPACT, 0)?;
    Ok(Value::string(text))
})];
const PRETTY: &[super::super::Dispatch] = &[on(
    "Variant[Hash, Array] data, Optional[Boolean] skip_undef?, \
     Struct[{indent => Optional[String], space => Optional[String], \
     space_before => Optional[String], object_nl => Optional[String], \
     array_nl => Optional[String], allow_nan => Optional[Boolean], \
     max_nesting => Optional[Integer[-1, default]]}] opts?",
    to_json_pretty,
)];
const YAML: &[super::super::Dispatch] = &[on("Any data, Hash options?", |call| {
    Ok(Value::string(yaml::dump(
        &call.arguments[0],
        call.arguments.get(1),
    )))
})];
const TOML: &[super::super::Dispatch] = &[on("Hash data", to_toml)];
const PYTHON: &[super::super::Dispatch] = &[on("Any object", |call| {
    literal(&call.arguments[0], Dialect::Python)
})];
const RUBY: &[super::super::Dispatch] = &[on("Any object", |call| {
    literal(&call.arguments[0], Dialect::Ruby)
})];

/// The text of what is to be digested, out of its wrapping.
fn bare(call: &Call<'_, '_>) -> String {
    match &call.arguments[0] {
        Value::Sensitive(inner) => ruby_string(inner),
        other => ruby_string(other),
    }
}

/// The checksum of zip and gzip.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |mut crc: u32, byte: &u8| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
        crc
    };
    !bytes.iter().fold(u32::MAX, step)
}

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

fn base64(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() < 2 {
        fail!(
            "base64(): Wrong number of arguments ({}; must be >= 2)",
            call.arguments.len()
        );
    }
    let action = call.arguments[0].as_str();
    if !matches!(action, Some("encode" | "decode")) {
        fail!("base64(): the first argument must be one of 'encode' or 'decode'");
    }
    let bytes = match &call.arguments[1] {
        Value::String(text) => text.as_bytes(),
        Value::Undef => &[],
        _ => fail!("base64(): the second argument must be a string to base64"),
    };
    let method = match call.arguments.get(2) {
        None => "default",
        Some(given) => match given.as_str() {
            Some(method @ ("default" | "strict" | "urlsafe")) => method,
            _ => fail!(
                "base64(): the third argument must be one of 'default', 'strict', or 'urlsafe'"
            ),
        },
    };
    if action == Some("encode") {
        return Ok(Value::string(match method {
            "strict" => STANDARD.encode(bytes),
            "urlsafe" => URL_SAFE.encode(bytes),
            _ => {
                let encoded = STANDARD.encode(bytes);
                let lines = encoded.as_bytes().chunks(60).map(|line| {
                    let line = std::str::from_utf8(line).expect("Base64 is ASCII");
                    format!("{line}\n")
                });
                lines.collect()
            }
        }));
    }
    let decoded = match method {
        "urlsafe" => URL_SAFE.decode(bytes),
        "strict" => STANDARD.decode(bytes),
        _ => {
            let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
            let ends = bytes
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or(bytes.len());
            let digits: Vec<u8> = bytes[..ends].iter().copied().filter(is_digit).collect();
            let whole = digits.len() - usize::from(digits.len() % 4 == 1);
            STANDARD.decode(&digits[..whole])
        }
    };
    match decoded.map(String::from_utf8) {
        Ok(Ok(text)) => Ok(Value::string(text)),
        Ok(Err(error)) => Ok(Value::Binary(error.into_bytes().into())),
        Err(_) => fail!("invalid base64"),
    }
}

/// What stands between the parts of a JSON text.
struct Layout {
    indent: String,
    space: String,
    space_before: String,
    object_line: String,
    array_line: String,
}

impl Layout {
    const COMPACT: Self = Self {
        indent: String::new(),
        space: String::new(),
        space_before: String::new(),
        object_line: String::new(),
        array_line: String::new(),
    };
}

fn to_json_pretty(call: &Call<'_, '_>) -> Evaluated {
    let options = match call.arguments.get(2) {
        Some(Value::Hash(options)) => Some(options),
        _ => None,
    };
    let option = |name: &str, default: &str| {
        let given = options.and_then(|options| options.get(&Value::string(name)));
        given.and_then(Value::as_str).unwrap_or(default).to_owned()
    };
    let layout = Layout {
        indent: option("indent", "  "),
        space: option("space", " "),
        space_before: option("space_before", ""),
        object_line: option("object_nl", "\n"),
        array_line: option("array_nl", "\n"),
    };
    let skips_undef = matches!(call.arguments.get(1), Some(Value::Boolean(true)));
    let is_set = |value: &Value| !matches!(value, Value::Undef);
    let data = match &call.arguments[0] {
        Value::Array(elements) if skips_undef => {
            let kept = elements.iter().filter(|value| is_set(value));
            Value::array(kept.cloned().collect::<Vec<_>>())
        }
        Value::Hash(entries) if skips_undef => {
            let mut entries = HashMap::clone(entries);
            entries.retain(|_, value| is_set(value));
            Value::hash(entries)
        }
        other => other.clone(),
    };
    let mut text = String::new();
    write_json(&mut text, &data, &layout, 0)?;
    text.push('\n');
    Ok(Value::string(text))
}

fn write_json(text: &mut String, value: &Value, layout: &Layout, depth: usize) -> Evaluated<()> {
    let quoted = |text: &str| serde_json::to_string(text).expect("any text can be written as JSON");
    match value {
        Value::Undef => text.push_str("null"),
        Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Integer(_) | Value::Float(_) => text.push_str(&value.to_string()),
        Value::Array(elements) => {
            // The library writes the line's end of the first element where there is none, too.
            text.push('[');
            text.push_str(&layout.array_line);
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                    text.push_str(&layout.array_line);
                }
                text.push_str(&layout.indent.repeat(depth + 1));
                write_json(text, element, layout, depth + 1)?;
            }
            text.push_str(&layout.array_line);
            text.push_str(&layout.indent.repeat(depth));
            text.push(']');
        }
        Value::Hash(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&layout.object_line);
                text.push_str(&layout.indent.repeat(depth + 1));
                text.push_str(&quoted(&ruby_string(key)));
                text.push_str(&layout.space_before);
                text.push(':');
                text.push_str(&layout.space);
                write_json(text, value, layout, depth + 1)?;
            }
            text.push_str(&layout.object_line);
            text.push_str(&layout.indent.repeat(depth));
            text.push('}');
        }
        other => text.push_str(&quoted(&ruby_string(other))),
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Dialect {
    Python,
    Ruby,
}

/// The value as code; what is no plain data in the form in which it travels.
fn literal(value: &Value, dialect: Dialect) -> Evaluated {
    let form = Form {
        richness: Richness::Rich,
        references: References::Types,
    };
    let written = to_data(value, form).map_err(|refused| Error::new(refused.to_string()))?;
    let json = Json {
        data: &written.data,
        richness: Richness::Rich,
    };
    let plain = serde_json::to_value(json).map_err(|error| Error::new(error.to_string()))?;
    let mut text = String::new();
    write_literal(&mut text, &from_json(&plain), dialect);
    Ok(Value::string(text))
}

fn write_literal(text: &mut String, value: &Value, dialect: Dialect) {
    match (value, dialect) {
        (Value::Undef, Dialect::Python) => text.push_str("None"),
        (Value::Boolean(true), Dialect::Python) => text.push_str("True"),
        (Value::Boolean(false), Dialect::Python) => text.push_str("False"),
        (Value::Array(elements), _) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_literal(text, element, dialect);
            }
            text.push(']');
        }
        (Value::Hash(entries), _) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write_literal(text, key, dialect);
                text.push_str(match dialect {
                    Dialect::Python => ": ",
                    Dialect::Ruby => " => ",
                });
                write_literal(text, value, dialect);
            }
            text.push('}');
        }
        (other, _) => text.push_str(&inspect(other)),
    }
}

fn to_toml(call: &Call<'_, '_>) -> Evaluated {
    let mut text = String::new();
    if let Value::Hash(entries) = &call.arguments[0] {
        write_toml(&mut text, entries, &[]);
    }
    Ok(Value::string(text))
}

fn write_toml(text: &mut String, entries: &HashMap, path: &[String]) {
    let is_table = |value: &Value| matches!(value, Value::Hash(_));
    let is_tables = |value: &Value| match value {
        Value::Array(elements) => !elements.is_empty() && elements.iter().all(is_table),
        _ => false,
    };
    let mut sorted: Vec<_> = entries
        .iter()
        .map(|(key, value)| (toml_key(key), value))
        .collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (key, value) in &sorted {
        if !is_table(value) && !is_tables(value) {
            text.push_str(&format!("{key} = {}\n", toml_value(value)));
        }
    }
    for (key, value) in &sorted {
        let path = [path, std::slice::from_ref(key)].concat();
        match value {
            Value::Hash(inner) => {
                let has_own = inner.is_empty()
                    || inner
                        .values()
                        .any(|value| !is_table(value) && !is_tables(value));
                if has_own {
                    text.push_str(&format!("[{}]\n", path.join(".")));
                }
                write_toml(text, inner, &path);
            }
            Value::Array(elements) if is_tables(value) => {
                for element in elements.iter() {
                    text.push_str(&format!("[[{}]]\n", path.join(".")));
                    if let Value::Hash(inner) = element {
                        write_toml(text, inner, &path);
                    }
                }
            }
            _ => {}
        }
    }
}

fn toml_key(key: &Value) -> String {
    let text = key.to_string();
    let is_bare = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_bare { text } else { toml_string(&text) }
}

fn toml_string(text: &str) -> String {
    let shown = inspect(&Value::string(text));
    shown.replace("\\e", "\\u001b").replace("\\#", "#")
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::String(text) => toml_string(text),
        Value::Array(elements) => {
            let shown: Vec<String> = elements.iter().map(toml_value).collect();
            format!("[{}]", shown.join(", "))
        }
        Value::Hash(entries) => {
            let pair = |(key, value): (&Value, &Value)| {
                format!("{} = {}", toml_key(key), toml_value(value))
            };
            let shown: Vec<String> = entries.iter().map(pair).collect();
            format!("{{ {} }}", shown.join(", "))
        }
        Value::Undef => "\"\"".to_owned(),
        Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => value.to_string(),
        other => toml_string(&other.to_string()),
    }
}
