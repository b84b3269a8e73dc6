//! Functions that look for patterns: `match`, `regsubst`, `split`, `versioncmp`.

use std::{cmp::Ordering, sync::Arc};

use super::{Function, function, on};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    types::Type,
    values::{Regexp, RegexpError, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "match",
        &[
            on("String string, Variant[Any, Type] pattern", |call| {
                matched(
                    &call.arguments[1],
                    call.arguments[0].as_str().unwrap_or_default(),
                )
            }),
            on("Array[String] string, Variant[Any, Type] pattern", |call| {
                let texts = call.arguments[0].as_array().unwrap_or_default();
                let found: Evaluated<Vec<Value>> = texts
                    .iter()
                    .map(|text| matched(&call.arguments[1], text.as_str().unwrap_or_default()))
                    .collect();
                Ok(Value::array(found?))
            }),
        ],
    ),
    function(
        "regsubst",
        &[
            on(
                "Variant[Array[Variant[String,Sensitive[String]]],\
                 Sensitive[Array[Variant[String,Sensitive[String]]]],\
                 Variant[String,Sensitive[String]]] target, String pattern, \
                 Variant[String,Hash[String,String]] replacement, \
                 Optional[Pattern[/^[GEIM]*$/]] flags?, Enum['N','E','S','U'] encoding?",
                |call| {
                    let flags = call
                        .arguments
                        .get(3)
                        .and_then(Value::as_str)
                        .unwrap_or_default();
                    let pattern = call.arguments[1].as_str().unwrap_or_default();
                    regsubst(call, &*compile_with(pattern, flags)?, flags.contains('G'))
                },
            ),
            on(
                "Variant[Array[Variant[String,Sensitive[String]]],\
                 Sensitive[Array[Variant[String,Sensitive[String]]]],\
                 Variant[String,Sensitive[String]]] target, Variant[Regexp,Type[Regexp]] pattern, \
                 Variant[String,Hash[String,String]] replacement, Pattern[/^G?$/] flags?",
                |call| {
                    let every = call.arguments.get(3).and_then(Value::as_str) == Some("G");
                    regsubst(call, &regexp_of(&call.arguments[1]), every)
                },
            ),
        ],
    ),
    function(
        "split",
        &[
            on("String str, String pattern", split),
            on("String str, Regexp pattern", split),
            on("String str, Type[Regexp] pattern", split),
            on("Sensitive[String] sensitive, String pattern", split),
            on("Sensitive[String] sensitive, Regexp pattern", split),
            on("Sensitive[String] sensitive, Type[Regexp] pattern", split),
        ],
    ),
    function(
        "versioncmp",
        &[on(
            "String a, String b, Boolean ignore_trailing_zeroes?",
            |call| {
                let text = |index: usize| call.arguments[index].as_str().unwrap_or_default();
                let zeroes = match call.arguments.get(2) {
                    Some(Value::Boolean(true)) => TrailingZeroes::Ignored,
                    _ => TrailingZeroes::Matter,
                };
                Ok(Value::Integer(
                    compare_versions(text(0), text(1), zeroes) as i64
                ))
            },
        )],
    ),
];

fn compile(source: &str) -> Result<Arc<Regexp>, Error> {
    Regexp::compile(source).map_err(|error| Error::new(error.to_string()))
}

/// The expression of a regular expression or of a type of such.
fn regexp_of(value: &Value) -> Arc<Regexp> {
    match value {
        Value::Regexp(regexp) | Value::Type(Type::Regexp(Some(regexp))) => regexp.clone(),
        _ => Regexp::of(""),
    }
}

fn groups(regexp: &Regexp, text: &str) -> Evaluated {
    let found = regexp
        .captures(text)
        .map_err(|error| Error::new(error.to_string()))?;
    Ok(found.map_or(Value::Undef, |groups| {
        Value::array(
            groups
                .into_iter()
                .map(|group| group.map_or(Value::Undef, Value::String))
                .collect::<Vec<_>>(),
        )
    }))
}

fn first_match(patterns: impl IntoIterator<Item = Value>, text: &str) -> Evaluated {
    for pattern in patterns {
        let found = matched(&pattern, text)?;
        if !found.is_undef() {
            return Ok(found);
        }
    }
    Ok(Value::Undef)
}

fn matched(pattern: &Value, text: &str) -> Evaluated {
    match pattern {
        Value::String(source) => groups(&*compile(source)?, text),
        Value::Regexp(regexp) => groups(regexp, text),
        Value::Array(patterns) => first_match(patterns.iter().cloned(), text),
        Value::Type(of) => match of {
            Type::Alias(alias) => matched(&Value::Type(alias.target()), text),
            Type::Variant(types) => first_match(types.iter().cloned().map(Value::Type), text),
            Type::Regexp(Some(regexp)) => groups(regexp, text),
            Type::Regexp(None) => {
                Err(Error::new("Given Regexp Type has no regular expression").into())
            }
            Type::Pattern(patterns) => {
                first_match(patterns.iter().cloned().map(Value::Regexp), text)
            }
            _ => Err(no_pattern(pattern)),
        },
        other => Err(no_pattern(other)),
    }
}

fn no_pattern(value: &Value) -> crate::error::Unwind {
    let class = crate::types::parameterize::class_name(value);
    Error::new(format!(
        "match() expects pattern of T, where T is String, Regexp, Regexp[r], Pattern[p], or \
         Array[T]. Got {class}"
    ))
    .into()
}

/// The expression of a pattern with the flags of `regsubst`.
fn compile_with(pattern: &str, flags: &str) -> Result<Arc<Regexp>, Error> {
    let inline = [('M', "m"), ('I', "i"), ('E', "x")];
    let inline = inline.map(|(flag, inline)| if flags.contains(flag) { inline } else { "" });
    let inline = inline.concat();
    if inline.is_empty() {
        return compile(pattern);
    }
    // What is wrong is told of the pattern as it was given.
    let refused = |error: RegexpError| match error {
        RegexpError::Invalid { reason, .. } => Error::new(format!("{reason}: /{pattern}/{inline}")),
        other => Error::new(other.to_string()),
    };
    Regexp::compile(&["(?", &inline, ")", pattern].concat()).map_err(refused)
}

fn regsubst(call: &Call<'_, '_>, regexp: &Regexp, every: bool) -> Evaluated {
    substitute(&call.arguments[0], regexp, &call.arguments[2], every)
}

fn substitute(target: &Value, regexp: &Regexp, with: &Value, every: bool) -> Evaluated {
    Ok(match target {
        Value::String(text) => Value::from(replace(text, regexp, with, every)?),
        Value::Sensitive(inner) => {
            Value::Sensitive(Arc::new(substitute(inner, regexp, with, every)?))
        }
        Value::Array(elements) => {
            let replaced: Evaluated<Vec<Value>> = elements
                .iter()
                .map(|one| substitute(one, regexp, with, every))
                .collect();
            Value::array(replaced?)
        }
        other => other.clone(),
    })
}

fn replace(text: &str, regexp: &Regexp, with: &Value, every: bool) -> Result<String, Error> {
    let failed = |error: fancy_regex::Error| Error::new(error.to_string());
    let compiled = regexp
        .compiled()
        .map_err(|error| Error::new(error.to_string()))?;
    let most = if every { usize::MAX } else { 1 };
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    match with.as_str() {
        Some(replacement) if replacement.contains('\\') => {
            for found in compiled.captures_iter(text).take(most) {
                let found = found.map_err(failed)?;
                let Some(whole) = found.get(0) else {
                    break;
                };
                out.push_str(&text[end..whole.start()]);
                expand(&mut out, replacement, &found, compiled, text)?;
                end = whole.end();
            }
        }
        // Without references nobody asks for the groups.
        replacement => {
            for whole in compiled.find_iter(text).take(most) {
                let whole = whole.map_err(failed)?;
                out.push_str(&text[end..whole.start()]);
                match (replacement, with.get(whole.as_str())) {
                    (Some(replacement), _) => out.push_str(replacement),
                    (None, Some(value)) => out.push_str(&value.to_string()),
                    (None, None) => {}
                }
                end = whole.end();
            }
        }
    }
    out.push_str(&text[end..]);
    Ok(out)
}

/// Ruby's references in a replacement: `\1`, `\0`, `\&`, `\+`, `\k<name>`, `` \` ``, `\'`, `\\`.
fn expand(
    out: &mut String,
    replacement: &str,
    found: &fancy_regex::Captures<'_, str>,
    compiled: &fancy_regex::Regex,
    text: &str,
) -> Result<(), Error> {
    let mut rest = replacement;
    while let Some(index) = rest.find('\\') {
        out.push_str(&rest[..index]);
        rest = &rest[index + 1..];
        let Some(letter) = rest.chars().next() else {
            out.push('\\');
            return Ok(());
        };
        let mut consumed = letter.len_utf8();
        let group = |number: usize| found.get(number).map_or("", |group| group.as_str());
        let whole = found
            .get(0)
            .map_or(0..0, |whole| whole.start()..whole.end());
        match letter {
            '0'..='9' => out.push_str(group(letter as usize - '0' as usize)),
            '&' => out.push_str(group(0)),
            // The last group that took part.
            '+' => {
                let last = (1..found.len()).rev().find_map(|number| found.get(number));
                out.push_str(last.map_or("", |group| group.as_str()));
            }
            '`' => out.push_str(&text[..whole.start]),
            '\'' => out.push_str(&text[whole.end..]),
            '\\' => out.push('\\'),
            'k' if rest[1..].starts_with('<') => match rest[2..].split_once('>') {
                Some((name, _)) if !compiled.capture_names().flatten().any(|one| one == name) => {
                    return Err(Error::new(format!(
                        "undefined group name reference: {name}"
                    )));
                }
                Some((name, _)) => {
                    out.push_str(found.name(name).map_or("", |group| group.as_str()));
                    consumed = name.len() + 3;
                }
                None => return Err(Error::new("invalid group name reference format")),
            },
            other => {
                out.push('\\');
                out.push(other);
            }
        }
        rest = &rest[consumed..];
    }
    out.push_str(rest);
    Ok(())
}

fn split(call: &Call<'_, '_>) -> Evaluated {
    let regexp = match &call.arguments[1] {
        Value::String(source) => compile(source)?,
        other => regexp_of(other),
    };
    Ok(match &call.arguments[0] {
        Value::Sensitive(text) => {
            let parts = split_text(text.as_str().unwrap_or_default(), &regexp)?;
            Value::Sensitive(Arc::new(Value::array(parts)))
        }
        text => Value::array(split_text(text.as_str().unwrap_or_default(), &regexp)?),
    })
}

/// Ruby's `split`: groups become parts, empty parts at the end go.
fn split_text(text: &str, regexp: &Regexp) -> Result<Vec<Value>, Error> {
    let failed = |error: String| Error::new(error);
    let compiled = regexp
        .compiled()
        .map_err(|error| failed(error.to_string()))?;
    let mut parts: Vec<String> = Vec::new();
    let mut start = 0;
    for found in compiled.captures_iter(text) {
        let found = found.map_err(|error| failed(error.to_string()))?;
        let Some(whole) = found.get(0) else {
            break;
        };
        // An empty match separates characters, but not at either end.
        if whole.start() == whole.end() && (whole.start() == 0 || whole.start() >= text.len()) {
            continue;
        }
        parts.push(text[start..whole.start()].to_owned());
        for index in 1..found.len() {
            parts.extend(found.get(index).map(|group| group.as_str().to_owned()));
        }
        start = whole.end();
    }
    parts.push(text[start..].to_owned());
    while parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    Ok(parts.into_iter().map(Value::from).collect())
}

/// Whether `1.0.0` is more than `1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailingZeroes {
    /// It is.
    Matter,
    /// They are the same.
    Ignored,
}

/// Compares two versions of packages, part by part.
pub fn compare_versions(a: &str, b: &str, zeroes: TrailingZeroes) -> Ordering {
    if zeroes == TrailingZeroes::Ignored {
        let (a, b) = (without_trailing_zeroes(a), without_trailing_zeroes(b));
        return compare_versions(&a, &b, TrailingZeroes::Matter);
    }
    for (first, second) in version_parts(a).zip(version_parts(b)) {
        if first == second {
            continue;
        }
        return match (first, second) {
            ("-", _) => Ordering::Less,
            (_, "-") => Ordering::Greater,
            (".", _) => Ordering::Less,
            (_, ".") => Ordering::Greater,
            _ if is_number(first) && is_number(second) => {
                if first.starts_with('0') || second.starts_with('0') {
                    first.cmp(second)
                } else {
                    first
                        .len()
                        .cmp(&second.len())
                        .then_with(|| first.cmp(second))
                }
            }
            _ => first.to_uppercase().cmp(&second.to_uppercase()),
        };
    }
    a.cmp(b)
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Separators, runs of digits, and runs of anything else.
fn version_parts(version: &str) -> impl std::iter::Iterator<Item = &str> {
    let class = |character: u8| match character {
        b'-' | b'.' => 0,
        digit if digit.is_ascii_digit() => 1,
        _ => 2,
    };
    let mut rest = version;
    std::iter::from_fn(move || {
        let first = class(*rest.as_bytes().first()?);
        let length = match first {
            0 => 1,
            _ => rest
                .bytes()
                .position(|byte| class(byte) != first)
                .unwrap_or(rest.len()),
        };
        let (part, after) = rest.split_at(length);
        rest = after;
        Some(part)
    })
}

fn without_trailing_zeroes(version: &str) -> String {
    let (first, rest) = match version.split_once('-') {
        Some((first, rest)) => (first, Some(rest)),
        None => (version, None),
    };
    let first = first.trim_end_matches(['0', '.']);
    match rest {
        Some(rest) => format!("{first}-{rest}"),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_part_by_part() {
        let compare = |a, b| compare_versions(a, b, TrailingZeroes::Matter);
        assert_eq!(compare("1.2", "1.10"), Ordering::Less);
        assert_eq!(compare("2.0-1", "2.0.1"), Ordering::Less);
        assert_eq!(compare("2.0a", "2.0b"), Ordering::Less);
        assert_eq!(compare("1.0", "1.0"), Ordering::Equal);
        assert_eq!(
            compare_versions("10.1.0", "10.1", TrailingZeroes::Ignored),
            Ordering::Equal
        );
    }

    #[test]
    fn splits_as_ruby() {
        let split = |text: &str, source: &str| {
            let parts = split_text(text, &Regexp::of(source)).expect("a valid expression");
            parts.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(split("a,b,,", ","), ["a", "b"]);
        assert_eq!(split("ab", ""), ["a", "b"]);
        assert_eq!(split(",a", ","), ["", "a"]);
        assert_eq!(split("a1b", "([0-9])"), ["a", "1", "b"]);
    }
}
