//! Text: case, runs of characters, escapes for shells and markup.

use super::{
    super::{Function, fail, function, legacy, on},
    change, class_of, wrong_number,
};
use crate::{
    error::Evaluated,
    evaluator::Call,
    values::{Value, inspect, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("swapcase", &[legacy(|call| change(call, swap_case))]),
    function(
        "regexpescape",
        &[legacy(|call| change(call, escape_regexp))],
    ),
    function("uriescape", &[legacy(|call| change(call, escape_uri))]),
    function("squeeze", &[legacy(squeeze)]),
    function("shell_join", &[legacy(shell_join)]),
    function("shell_split", &[legacy(shell_split)]),
    function("shell_escape", SHELL),
    function("stdlib::shell_escape", SHELL),
    function("batch_escape", BATCH),
    function("stdlib::batch_escape", BATCH),
    function("powershell_escape", POWERSHELL),
    function("stdlib::powershell_escape", POWERSHELL),
    function(
        "stdlib::xml_encode",
        &[on("String str, Enum['text', 'attr'] type?", xml_encode)],
    ),
    function(
        "stdlib::start_with",
        &[on(
            "String test_string, Variant[String[1], Array[String[1], 1]] prefixes",
            |call| is_affixed(call, |text, affix| text.starts_with(affix)),
        )],
    ),
    function(
        "stdlib::end_with",
        &[on(
            "String test_string, Variant[String[1], Array[String[1], 1]] suffixes",
            |call| is_affixed(call, |text, affix| text.ends_with(affix)),
        )],
    ),
];

const SHELL: &[super::super::Dispatch] = &[on("Any string", |call| {
    Ok(Value::string(shell_escape(&ruby_string(
        &call.arguments[0],
    ))))
})];
const BATCH: &[super::super::Dispatch] = &[on("Any string", batch_escape)];
const POWERSHELL: &[super::super::Dispatch] = &[on("Any string", powershell_escape)];

fn swap_case(text: &str) -> String {
    let swap = |character: char| -> Vec<char> {
        match character.is_uppercase() {
            true => character.to_lowercase().collect(),
            false => character.to_uppercase().collect(),
        }
    };
    text.chars().flat_map(swap).collect()
}

/// Ruby's `Regexp.escape`.
pub(in crate::functions) fn escape_regexp(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\x0b' => escaped.push_str("\\v"),
            '\x0c' => escaped.push_str("\\f"),
            '.' | '*' | '?' | '+' | '^' | '$' | '|' | '\\' | '(' | ')' | '[' | ']' | '{' | '}'
            | '-' | ' ' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

fn escape_uri(text: &str) -> String {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'();/?:@&=+$,[]".contains(&byte);
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match is_plain(byte) {
            true => escaped.push(byte as char),
            false => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn squeeze(call: &Call<'_, '_>) -> Evaluated {
    let (item, set) = match call.arguments {
        [item] => (item, None),
        [item, set] => (item, set.as_str()),
        others => fail!(
            "squeeze(): Wrong number of arguments given {} for 2 or 1",
            others.len()
        ),
    };
    let one = |value: &Value| -> Evaluated {
        let Value::String(text) = value else {
            fail!(
                "undefined method `squeeze' for {}:{}",
                inspect(value),
                class_of(value)
            );
        };
        let mut squeezed = String::with_capacity(text.len());
        let mut before = None;
        for character in text.chars() {
            let counts = set.is_none_or(|set| is_in_set(character, set));
            if !(counts && before == Some(character)) {
                squeezed.push(character);
            }
            before = Some(character);
        }
        Ok(Value::string(squeezed))
    };
    match item {
        Value::Array(elements) => Ok(Value::array(
            elements.iter().map(one).collect::<Evaluated<Vec<_>>>()?,
        )),
        Value::Undef => Ok(Value::string("")),
        other => one(other),
    }
}

/// Ruby's character sets: `a-z`, and `^` first for all others.
fn is_in_set(character: char, set: &str) -> bool {
    let (is_negated, set) = match set.strip_prefix('^') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, set),
    };
    let members: Vec<char> = set.chars().collect();
    let mut at = 0;
    let mut found = false;
    while at < members.len() {
        if at + 2 < members.len() && members[at + 1] == '-' {
            found |= (members[at]..=members[at + 2]).contains(&character);
            at += 3;
        } else {
            found |= members[at] == character;
            at += 1;
        }
    }
    found != is_negated
}

/// Ruby's `Shellwords.escape`.
fn shell_escape(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "_-.,:+/@\n".contains(character);
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' {
            escaped.push_str("'\n'");
            continue;
        }
        if !is_plain(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn shell_join(call: &Call<'_, '_>) -> Evaluated {
    match call.arguments {
        [Value::Array(elements)] => {
            let words = elements
                .iter()
                .map(|element| shell_escape(&ruby_string(element)));
            Ok(Value::string(words.collect::<Vec<_>>().join(" ")))
        }
        [other] => fail!("First argument is not an Array: {}", inspect(other)),
        _ => Err(wrong_number(call, "1").into()),
    }
}

fn shell_split(call: &Call<'_, '_>) -> Evaluated {
    let [text] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    let text = ruby_string(text);
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\\' => {
                let escaped = characters.next().unwrap_or('\\');
                if escaped != '\n' {
                    word.get_or_insert_default().push(escaped);
                }
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        Some('\'') => break,
                        Some(inner) => word.push(inner),
                        None => fail!("Unmatched quote: {text}"),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        Some('"') => break,
                        Some('\\') => match characters.next() {
                            Some(escaped @ ('$' | '`' | '"' | '\\')) => word.push(escaped),
                            Some('\n') => {}
                            Some(other) => {
                                word.push('\\');
                                word.push(other);
                            }
                            None => fail!("Unmatched quote: {text}"),
                        },
                        Some(inner) => word.push(inner),
                        None => fail!("Unmatched quote: {text}"),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(Value::array(
        words.into_iter().map(Value::string).collect::<Vec<_>>(),
    ))
}

fn batch_escape(call: &Call<'_, '_>) -> Evaluated {
    let mut escaped = String::from("\"");
    for character in ruby_string(&call.arguments[0]).chars() {
        match character {
            '"' => escaped.push_str("\"\""),
            '$' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped.push('"');
    Ok(Value::string(escaped))
}

fn powershell_escape(call: &Call<'_, '_>) -> Evaluated {
    let mut escaped = String::new();
    for character in ruby_string(&call.arguments[0]).chars() {
        match character {
            ' ' | '\'' | '`' | '|' | '\n' | '$' => {
                escaped.push('`');
                escaped.push(character);
            }
            '"' => escaped.push_str("\\`\""),
            other => escaped.push(other),
        }
    }
    Ok(Value::string(escaped))
}

fn xml_encode(call: &Call<'_, '_>) -> Evaluated {
    let text = call.arguments[0].as_str().unwrap_or_default();
    let is_attribute = call.arguments.get(1).and_then(Value::as_str) == Some("attr");
    let mut encoded = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    if is_attribute {
        encoded = format!("\"{}\"", encoded.replace('"', "&quot;"));
    }
    Ok(Value::string(encoded))
}

fn is_affixed(call: &Call<'_, '_>, test: fn(&str, &str) -> bool) -> Evaluated {
    let text = call.arguments[0].as_str().unwrap_or_default();
    let affixes = match &call.arguments[1] {
        Value::Array(affixes) => affixes.to_vec(),
        other => vec![other.clone()],
    };
    let mut affixes = affixes.iter().filter_map(Value::as_str);
    Ok(Value::Boolean(affixes.any(|affix| test(text, affix))))
}
