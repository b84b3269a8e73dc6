//! What strings answer to without patterns: cases, blanks, conversions.

use super::{Answer, answer, argument, strings};
use crate::erb::ruby::{
    compare, format,
    interpreter::{Interpreter, Run, Stop},
    text::display,
    value::{Text, Value},
};
use crate::values::{capitalize, downcase};

/// What Ruby strips: blanks, and NUL at the end.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r' | '\0')
}

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    text: &Text,
    name: &str,
    arguments: &[Value],
) -> Answer {
    let borrowed = text.borrow();
    let made = match (name, arguments) {
        ("to_s" | "to_str", []) => return answer(Value::String(text.clone())),
        ("to_sym" | "intern", []) => return answer(Value::symbol(borrowed.as_str())),
        ("to_i", _) => {
            let base = match arguments.first() {
                Some(base) => argument::integer(base)?,
                None => 10,
            };
            return answer(leading_integer(&borrowed, base)?);
        }
        ("to_f", []) => return answer(leading_float(&borrowed)),
        ("length" | "size", []) => return answer(borrowed.chars().count()),
        ("bytesize", []) => return answer(borrowed.len()),
        ("empty?", []) => return answer(borrowed.is_empty()),
        ("ascii_only?", []) => return answer(borrowed.is_ascii()),
        ("valid_encoding?", []) => return answer(true),
        ("hash", []) => return Ok(None),
        ("ord", []) => {
            return match borrowed.chars().next() {
                Some(first) => answer(i64::from(u32::from(first))),
                None => Err(Stop::argument("empty string")),
            };
        }
        ("sum", []) => return answer(borrowed.bytes().map(i64::from).sum::<i64>() & 0xffff),
        ("hex", []) => return answer(leading_integer(&borrowed, 16)?),
        ("oct", []) => return answer(leading_integer(&borrowed, 8)?),
        ("chars", []) => {
            let all = borrowed.chars().map(Value::text).collect();
            drop(borrowed);
            return ruby.list(all).map(Some);
        }
        ("bytes", []) => {
            let all = borrowed
                .bytes()
                .map(|byte| Value::Integer(byte.into()))
                .collect();
            drop(borrowed);
            return ruby.list(all).map(Some);
        }
        ("+", [other]) => {
            let other = argument::string(other)?;
            ruby.allocate(borrowed.len() + other.len())?;
            return answer([borrowed.as_str(), &other].concat());
        }
        ("*", [count]) => {
            let count = argument::size(count)?;
            ruby.allocate(borrowed.len().saturating_mul(count))?;
            return answer(borrowed.repeat(count));
        }
        ("%", [values]) => {
            let values = match values {
                Value::Array(list) => list.0.borrow().clone(),
                other => vec![other.clone()],
            };
            let template = borrowed.as_str().to_owned();
            drop(borrowed);
            let text = format::format(ruby, &template, &values)?;
            return ruby.string(text).map(Some);
        }
        ("<" | "<=" | ">" | ">=", [other]) => {
            let itself = Value::String(text.clone());
            let Some(order) = compare::compare(&itself, other) else {
                let shown = argument::uncompared(other);
                return Err(Stop::argument(format!(
                    "comparison of String with {shown} failed"
                )));
            };
            return answer(match name {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            });
        }
        ("casecmp", [other]) => {
            let other = argument::string(other)?;
            let order = borrowed
                .to_ascii_lowercase()
                .cmp(&other.to_ascii_lowercase());
            return answer(order as i64);
        }
        ("casecmp?", [other]) => {
            let other = argument::string(other)?;
            return answer(borrowed.to_lowercase() == other.to_lowercase());
        }
        ("<<" | "concat", others) => {
            drop(borrowed);
            for other in others {
                let added = match other {
                    Value::Integer(code) => u32::try_from(*code)
                        .ok()
                        .and_then(char::from_u32)
                        .map(String::from)
                        .ok_or_else(|| {
                            Stop::raise("RangeError", format!("{code} out of char range"))
                        })?,
                    other => argument::string(other)?,
                };
                ruby.allocate(added.len())?;
                if text.borrow().len() + added.len() > 16 << 20 {
                    return Err(Stop::limit("a string is too long"));
                }
                text.borrow_mut().to_mut().push_str(&added);
            }
            return answer(Value::String(text.clone()));
        }
        ("replace", [other]) => {
            let other = argument::string(other)?;
            drop(borrowed);
            *text.borrow_mut() = other.into();
            return answer(Value::String(text.clone()));
        }
        ("clear", []) => {
            drop(borrowed);
            text.borrow_mut().to_mut().clear();
            return answer(Value::String(text.clone()));
        }
        ("prepend", others) => {
            let added = strings(others)?.concat();
            drop(borrowed);
            ruby.allocate(added.len())?;
            text.borrow_mut().to_mut().insert_str(0, &added);
            return answer(Value::String(text.clone()));
        }
        ("insert", [at, added]) => {
            let added = argument::string(added)?;
            let at = argument::integer(at)?;
            let length = borrowed.chars().count() as i64;
            let index = if at < 0 { at + length + 1 } else { at };
            if !(0..=length).contains(&index) {
                return Err(Stop::raise(
                    "IndexError",
                    format!("index {at} out of string"),
                ));
            }
            let index = usize::try_from(index).unwrap_or(0);
            let byte = borrowed
                .char_indices()
                .nth(index)
                .map_or(borrowed.len(), |(byte, _)| byte);
            drop(borrowed);
            ruby.allocate(added.len())?;
            text.borrow_mut().to_mut().insert_str(byte, &added);
            return answer(Value::String(text.clone()));
        }
        ("dup" | "clone" | "+@" | "-@" | "scrub" | "b" | "unicode_normalize", _) => {
            borrowed.as_str().to_owned()
        }
        ("encode" | "force_encoding", [to, ..])
            if display(to)?.to_ascii_uppercase().starts_with("UTF-8") =>
        {
            return answer(Value::String(text.clone()));
        }
        ("encoding", []) => return answer(Value::Class("UTF-8".into())),
        ("upcase", _) => borrowed.to_uppercase(),
        ("downcase", _) => downcase(&borrowed),
        ("capitalize", _) => capitalize(&borrowed),
        ("swapcase", _) => {
            let swap = |character: char| match character.is_uppercase() {
                true => character.to_lowercase().collect::<String>(),
                false => character.to_uppercase().collect(),
            };
            borrowed.chars().map(swap).collect()
        }
        ("strip", []) => borrowed
            .trim_start_matches(is_blank)
            .trim_end_matches(is_blank)
            .to_owned(),
        ("lstrip", []) => borrowed.trim_start_matches(is_blank).to_owned(),
        ("rstrip", []) => borrowed.trim_end_matches(is_blank).to_owned(),
        ("chomp", []) => {
            let end = borrowed
                .strip_suffix("\r\n")
                .or_else(|| borrowed.strip_suffix(['\n', '\r']));
            end.unwrap_or(&borrowed).to_owned()
        }
        ("chomp", [suffix]) => {
            let suffix = argument::string(suffix)?;
            match suffix.is_empty() {
                true => borrowed.trim_end_matches('\n').to_owned(),
                false => borrowed
                    .strip_suffix(&*suffix)
                    .unwrap_or(&borrowed)
                    .to_owned(),
            }
        }
        ("delete_suffix", [suffix]) => {
            let suffix = argument::string(suffix)?;
            borrowed
                .strip_suffix(&*suffix)
                .unwrap_or(&borrowed)
                .to_owned()
        }
        ("delete_prefix", [prefix]) => {
            let prefix = argument::string(prefix)?;
            borrowed
                .strip_prefix(&*prefix)
                .unwrap_or(&borrowed)
                .to_owned()
        }
        ("chop", []) => match borrowed.strip_suffix("\r\n") {
            Some(chopped) => chopped.to_owned(),
            None => {
                let mut characters = borrowed.chars();
                characters.next_back();
                characters.as_str().to_owned()
            }
        },
        ("chr", []) => borrowed.chars().take(1).collect(),
        ("reverse", []) => borrowed.chars().rev().collect(),
        ("succ" | "next", []) => successor(&borrowed),
        ("dump", []) => {
            if !borrowed.is_ascii() {
                return Err(Stop::unsupported("dump of characters beyond ASCII"));
            }
            crate::erb::ruby::text::inspect(&Value::String(text.clone()))
        }
        ("shellescape", []) => crate::erb::ruby::methods::module::shell_escape(&borrowed),
        ("ljust" | "rjust" | "center", [width, rest @ ..]) => {
            let width = argument::integer(width)?;
            let pad = match rest.first() {
                Some(pad) => argument::string(pad)?,
                None => " ".to_owned(),
            };
            if pad.is_empty() {
                return Err(Stop::argument("zero width padding"));
            }
            let length = borrowed.chars().count() as i64;
            let missing = usize::try_from(width.saturating_sub(length).max(0)).unwrap_or(0);
            ruby.allocate(missing.saturating_mul(4).saturating_add(borrowed.len()))?;
            let fill = |count: usize| pad.chars().cycle().take(count).collect::<String>();
            match name {
                "ljust" => format!("{borrowed}{}", fill(missing)),
                "rjust" => format!("{}{borrowed}", fill(missing)),
                _ => format!(
                    "{}{borrowed}{}",
                    fill(missing / 2),
                    fill(missing - missing / 2)
                ),
            }
        }
        _ => return Ok(None),
    };
    drop(borrowed);
    ruby.string(made).map(Some)
}

/// `'12abc'.to_i`
pub(super) fn leading_integer(text: &str, base: i64) -> Run<i64> {
    let Some(radix) = u32::try_from(base)
        .ok()
        .filter(|radix| (2..=36).contains(radix))
    else {
        return match base {
            0 => Err(Stop::unsupported("a radix of 0")),
            _ => Err(Stop::argument(format!("invalid radix {base}"))),
        };
    };
    let trimmed = text.trim_start_matches(is_blank);
    let (is_negative, unsigned) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let prefixes: &[&str] = match radix {
        16 => &["0x", "0X"],
        8 => &["0o", "0O"],
        2 => &["0b", "0B"],
        _ => &[],
    };
    let digits = prefixes
        .iter()
        .find_map(|prefix| unsigned.strip_prefix(prefix))
        .unwrap_or(unsigned);
    let mut value = 0_i64;
    let mut after_digit = false;
    for character in digits.chars() {
        match character.to_digit(radix) {
            Some(digit) => {
                value = value
                    .checked_mul(i64::from(radix))
                    .and_then(|value| value.checked_add(digit.into()))
                    .ok_or_else(Stop::big)?;
                after_digit = true;
            }
            None if character == '_' && after_digit => after_digit = false,
            None => break,
        }
    }
    Ok(if is_negative { -value } else { value })
}

/// `'1.5abc'.to_f`
fn leading_float(text: &str) -> f64 {
    let trimmed = text.trim_start_matches(is_blank).replace('_', "");
    let bytes = trimmed.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let mut end = digits(start);
    if end == start {
        return 0.0;
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    trimmed[..end].parse().unwrap_or(0.0)
}

/// `'az'.succ`
pub(in crate::erb::ruby::methods) fn successor(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let Some(last) = characters.iter().rposition(char::is_ascii_alphanumeric) else {
        if let Some(last) = characters.last_mut() {
            *last = char::from_u32(u32::from(*last) + 1).unwrap_or(*last);
        }
        return characters.into_iter().collect();
    };
    let mut at = last;
    loop {
        let (next, carried) = match characters[at] {
            'z' => ('a', Some('a')),
            'Z' => ('A', Some('A')),
            '9' => ('0', Some('1')),
            other => (char::from_u32(u32::from(other) + 1).unwrap_or(other), None),
        };
        characters[at] = next;
        let Some(carried) = carried else { break };
        match characters[..at]
            .iter()
            .rposition(char::is_ascii_alphanumeric)
        {
            Some(before) if before + 1 == at => at = before,
            _ => {
                characters.insert(at, carried);
                break;
            }
        }
    }
    characters.into_iter().collect()
}
