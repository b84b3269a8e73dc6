//! What is no container, by the letter of its format.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

use super::{Format, Formats, quoted, sprintf};
use crate::values::{Value, inspect, literal, number::float_text, quote};

type Written = Result<String, String>;

pub(super) fn write(value: &Value, format: &Format, formats: &Formats) -> Written {
    match value {
        Value::Undef => undef(format),
        Value::Default => default(format),
        Value::Boolean(flag) => boolean(*flag, format, formats),
        Value::Integer(number) => integer(*number, format),
        Value::Float(number) => float(*number, format),
        Value::String(text) => string(text, format),
        Value::Binary(bytes) => binary(bytes, format),
        Value::Regexp(regexp) => match format.letter {
            'p' => format.with_text(&regexp.delimited()),
            's' if format.alternative => format.with_text(&quote(regexp.source())),
            's' => format.with_text(regexp.source()),
            _ => Err(format.refuse("Regexp", "sp")),
        },
        Value::Type(of) => match format.letter {
            's' if format.alternative => format.with_text(&format!("\"{of}\"")),
            's' | 'p' => format.with_text(&of.to_string()),
            _ => Err(format.refuse("Type", "sp")),
        },
        Value::Uri(text) => match format.letter {
            'p' => Ok(format!("URI({})", quote(text))),
            's' if format.alternative => format.with_text(&quote(text)),
            's' => format.with_text(text),
            _ => Err(format.refuse("URI", "sp")),
        },
        Value::Object(_) => match format.letter {
            'p' | 's' => Ok(literal(value)),
            'q' => Ok(inspect(value)),
            _ => Err(format.refuse("Object", "spq")),
        },
        Value::Timestamp(_) | Value::Timespan(_) | Value::SemVer(_) | Value::SemVerRange(_)
            if format.letter == 'p' =>
        {
            format.with_text(&literal(value))
        }
        Value::Sensitive(_) if format.letter == 'p' => format.with_text(&inspect(value)),
        other => sprintf(&plain_text(format), std::slice::from_ref(other)),
    }
}

/// The format without what only containers know.
fn plain_text(format: &Format) -> String {
    format
        .text
        .chars()
        .filter(|flag| !"[{(<|".contains(*flag))
        .collect()
}

fn undef(format: &Format) -> Written {
    let alternative = format.alternative;
    let text = match format.letter {
        'n' if alternative => "null",
        'n' => "nil",
        'u' if alternative => "undefined",
        'u' => "undef",
        'd' | 'x' | 'X' | 'o' | 'b' | 'B' | 'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' => "NaN",
        'v' => "n/a",
        'V' => "N/A",
        's' if alternative => "\"\"",
        's' => "",
        'p' if alternative => "\"undef\"",
        'p' => "undef",
        _ => return Err(format.refuse("Undef", "nudxXobBeEfgGaAvVsp")),
    };
    Ok(format.padded(text.to_owned()))
}

fn default(format: &Format) -> Written {
    let text = match format.letter {
        'd' | 's' | 'p' => "default",
        'D' => "Default",
        _ => return Err(format.refuse("Default", "dDsp")),
    };
    let text = if format.alternative {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    };
    Ok(format.padded(text))
}

fn boolean(flag: bool, format: &Format, _formats: &Formats) -> Written {
    let word = |yes: &str, no: &str| {
        let word = if flag { yes } else { no };
        let count = if format.alternative { 1 } else { word.len() };
        Ok(format.padded(word.chars().take(count).collect()))
    };
    match format.letter {
        't' => word("true", "false"),
        'T' => word("True", "False"),
        'y' => word("yes", "no"),
        'Y' => word("Yes", "No"),
        'd' | 'x' | 'X' | 'o' | 'b' | 'B' => integer(i64::from(flag), format),
        'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' => float(f64::from(u8::from(flag)), format),
        's' | 'p' => Ok(format.padded(flag.to_string())),
        _ => Err(format.refuse("Boolean", "tTyYdxXobBeEfgGaAsp")),
    }
}

fn integer(number: i64, format: &Format) -> Written {
    match format.letter {
        'd' | 'x' | 'X' | 'o' | 'b' | 'B' | 'p' => {
            sprintf(&plain_text(format), &[Value::Integer(number)])
        }
        'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' => {
            sprintf(&plain_text(format), &[Value::Float(number as f64)])
        }
        'c' => {
            let character = u32::try_from(number)
                .ok()
                .and_then(char::from_u32)
                .ok_or("pack(U): value out of range")?;
            let text = if format.alternative {
                format!("\"{character}\"")
            } else {
                character.to_string()
            };
            format.with_text(&text)
        }
        's' if format.alternative => format.with_text(&format!("\"{number}\"")),
        's' => format.with_text(&number.to_string()),
        _ => Err(format.refuse("Integer", "dxXobBeEfgGaAspc")),
    }
}

fn float(number: f64, format: &Format) -> Written {
    match format.letter {
        'd' | 'x' | 'X' | 'o' | 'b' | 'B' => {
            sprintf(&plain_text(format), &[Value::Float(number.trunc())])
        }
        'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' | 'p' => {
            sprintf(&plain_text(format), &[Value::Float(number)])
        }
        's' if format.alternative => format.with_text(&format!("\"{}\"", float_text(number))),
        's' => format.with_text(&float_text(number)),
        _ => Err(format.refuse("Float", "dxXobBeEfgGaAsp")),
    }
}

fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => {
            let mut capitalized: String = first.to_uppercase().collect();
            capitalized.push_str(&characters.as_str().to_lowercase());
            capitalized
        }
        None => String::new(),
    }
}

fn string(text: &str, format: &Format) -> Written {
    let changed = match format.letter {
        's' => {
            return format.with_text(text);
        }
        'p' => return Ok(format.padded(quoted(text, format.alternative))),
        'c' => capitalize(text),
        'C' => text
            .split("::")
            .map(capitalize)
            .collect::<Vec<_>>()
            .join("::"),
        'u' => text.to_uppercase(),
        'd' => text.to_lowercase(),
        't' => text.trim().to_owned(),
        _ => return Err(format.refuse("String", "cCudspt")),
    };
    if format.alternative {
        Ok(format.padded(quote(&changed)))
    } else {
        format.with_text(&changed)
    }
}

fn binary(bytes: &[u8], format: &Format) -> Written {
    let show = |text: &str| {
        if format.alternative {
            format.with_text(&inspect(&Value::from(text)))
        } else {
            format.with_text(text)
        }
    };
    match format.letter {
        's' => match std::str::from_utf8(bytes) {
            Ok(text) => show(text),
            Err(_) if format.alternative => {
                let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect();
                format.with_text(&format!("\"{escaped}\""))
            }
            Err(_) => Err("\"\\x\" from ASCII-8BIT to UTF-8".to_owned()),
        },
        'p' => {
            let text = format.with_text(&STANDARD.encode(bytes))?;
            Ok(format!("Binary(\"{text}\")"))
        }
        'b' => {
            let encoded = STANDARD.encode(bytes);
            let mut lines = String::new();
            for line in encoded.as_bytes().chunks(60) {
                lines.push_str(&String::from_utf8_lossy(line));
                lines.push('\n');
            }
            show(&lines)
        }
        'B' => show(&STANDARD.encode(bytes)),
        'u' => show(&URL_SAFE.encode(bytes)),
        't' => show("Binary"),
        'T' => show("BINARY"),
        _ => Err(format.refuse("Binary", "bButTsp")),
    }
}
