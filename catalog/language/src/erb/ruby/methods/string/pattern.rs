//! Searching and replacing in strings: `gsub`, `scan`, `split`, `tr` and their like.

use std::{rc::Rc, sync::Arc};

use super::{Answer, Block, answer, argument};
use crate::erb::ruby::{
    compare,
    interpreter::{Interpreter, Run, Stop, regexp as make},
    methods::regexp,
    text::display,
    value::{Map, MatchValue, RegexpValue, Text, Value},
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    text: &Text,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let content = || text.borrow().share();
    match (name, arguments) {
        ("gsub" | "sub", [pattern, rest @ ..]) => {
            let pattern = pattern_of(pattern)?;
            let replacement = match (rest.first(), block) {
                (Some(Value::Hash(map)), _) => Replacement::Map(map.clone()),
                (Some(text), _) => Replacement::Text(argument::string(text)?),
                (None, Some(_)) => Replacement::Block,
                (None, None) => return Err(Stop::unsupported("gsub without a replacement")),
            };
            let replaced = replace(
                ruby,
                &content(),
                &pattern,
                &replacement,
                block,
                name == "gsub",
            )?;
            ruby.string(replaced).map(Some)
        }
        ("=~", [Value::Regexp(pattern)]) => {
            let found = regexp::search(ruby, pattern, &content(), 0)?;
            answer(found.map(|found| regexp::position(&found, 0)))
        }
        ("match", [pattern, ..]) => {
            let pattern = match pattern {
                Value::String(source) => make(&source.borrow(), "")?,
                other => pattern_of(other)?,
            };
            answer(regexp::search(ruby, &pattern, &content(), 0)?.map(Value::Match))
        }
        ("match?", [pattern]) => {
            let pattern = match pattern {
                Value::String(source) => make(&source.borrow(), "")?,
                other => pattern_of(other)?,
            };
            let before = ruby.last_match.clone();
            let found = regexp::search(ruby, &pattern, &content(), 0)?.is_some();
            ruby.last_match = before;
            answer(found)
        }
        ("scan", [pattern]) => {
            let pattern = pattern_of(pattern)?;
            let mut found = Vec::new();
            for matched in matches(ruby, &content(), &pattern, true)? {
                let item = match matched.groups.len() {
                    1 => matched.value(0),
                    count => Value::list((1..count).map(|index| matched.value(index)).collect()),
                };
                match block {
                    Some(block) => {
                        ruby.last_match = Some(matched);
                        ruby.yield_to(block, &[item])?;
                    }
                    None => found.push(item),
                }
            }
            match block {
                Some(_) => answer(Value::String(text.clone())),
                None => ruby.list(found).map(Some),
            }
        }
        ("split", _) => {
            let parts = split(ruby, &content(), arguments)?;
            let parts = parts.into_iter().map(Value::text).collect();
            ruby.list(parts).map(Some)
        }
        ("partition" | "rpartition", [pattern]) => {
            let whole = content();
            let span = match pattern {
                Value::Regexp(pattern) if name == "partition" => {
                    regexp::search(ruby, pattern, &whole, 0)?.and_then(|found| found.groups[0])
                }
                Value::Regexp(pattern) => {
                    regexp::search_back(ruby, pattern, &whole)?.and_then(|found| found.groups[0])
                }
                other => {
                    let part = argument::string(other)?;
                    let at = match name {
                        "partition" => whole.find(&*part),
                        _ => whole.rfind(&*part),
                    };
                    at.map(|at| (at, at + part.len()))
                }
            };
            let parts = match (span, name) {
                (Some((start, end)), _) => [&whole[..start], &whole[start..end], &whole[end..]],
                (None, "partition") => [&whole, "", ""],
                (None, _) => ["", "", &whole],
            };
            answer(parts.map(Value::text).to_vec())
        }
        ("tr" | "tr_s", [from, to]) => {
            let translated =
                translate(&content(), &argument::string(from)?, &argument::string(to)?)?;
            if name == "tr_s" {
                return Err(Stop::unsupported("the method 'tr_s' of String"));
            }
            ruby.string(translated).map(Some)
        }
        ("delete", sets) => {
            let sets = character_sets(sets)?;
            let kept = content()
                .chars()
                .filter(|c| !sets.iter().all(|set| set.contains(*c)))
                .collect();
            ruby.string(kept).map(Some)
        }
        ("count", sets) => {
            let sets = character_sets(sets)?;
            answer(
                content()
                    .chars()
                    .filter(|c| sets.iter().all(|set| set.contains(*c)))
                    .count(),
            )
        }
        ("squeeze", sets) => {
            let sets = character_sets(sets)?;
            let mut squeezed = String::new();
            for character in content().chars() {
                let is_again = squeezed.ends_with(character);
                if !(is_again && sets.iter().all(|set| set.contains(character))) {
                    squeezed.push(character);
                }
            }
            ruby.string(squeezed).map(Some)
        }
        _ => Ok(None),
    }
}

enum Replacement {
    Text(String),
    Map(Map),
    Block,
}

/// A pattern: strings stand for themselves.
fn pattern_of(value: &Value) -> Run<Arc<RegexpValue>> {
    match value {
        Value::Regexp(pattern) => Ok(pattern.clone()),
        other => make(&escaped(&argument::string(other)?), ""),
    }
}

/// The text as an expression that matches it. (`Regexp.escape` writes newlines otherwise.)
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// All matches, or the first.
fn matches(
    ruby: &mut Interpreter<'_>,
    text: &Arc<str>,
    pattern: &Arc<RegexpValue>,
    is_global: bool,
) -> Run<Vec<Rc<MatchValue>>> {
    let mut all = Vec::new();
    let mut from = 0;
    while from <= text.len() {
        let Some(found) = regexp::search(ruby, pattern, text, from)? else {
            break;
        };
        ruby.allocate(128)?;
        let (start, end) = found.groups[0].unwrap_or_default();
        // Behind the last line's end no line starts, to Ruby.
        if start == text.len() && text.ends_with('\n') && pattern.source.starts_with('^') {
            break;
        }
        all.push(found);
        if !is_global {
            break;
        }
        from = match end > start {
            true => end,
            // An empty match: go on behind the next character.
            false => end + text[end..].chars().next().map_or(1, char::len_utf8),
        };
    }
    ruby.last_match = all.last().cloned();
    Ok(all)
}

fn replace(
    ruby: &mut Interpreter<'_>,
    text: &Arc<str>,
    pattern: &Arc<RegexpValue>,
    replacement: &Replacement,
    block: Block<'_>,
    is_global: bool,
) -> Run<String> {
    let found = matches(ruby, text, pattern, is_global)?;
    let mut replaced = String::with_capacity(text.len());
    let mut copied = 0;
    for matched in found {
        let (start, end) = matched.groups[0].unwrap_or_default();
        replaced.push_str(&text[copied..start]);
        copied = end;
        let new = match (replacement, block) {
            (Replacement::Text(template), _) => expanded(template, &matched)?,
            (Replacement::Map(map), _) => {
                let value = map
                    .entries
                    .borrow()
                    .get(&compare::key(&matched.value(0)))
                    .cloned();
                display(&value.unwrap_or_default())?
            }
            (Replacement::Block, Some(block)) => {
                ruby.last_match = Some(matched.clone());
                let value = ruby.yield_to(block, &[matched.value(0)])?;
                ruby.text_of(&value)?
            }
            (Replacement::Block, None) => String::new(),
        };
        ruby.allocate(new.len())?;
        replaced.push_str(&new);
    }
    replaced.push_str(&text[copied..]);
    Ok(replaced)
}

/// `\1`, `\0`, `\k<name>`, `\\`, `` \` ``, `\'`
fn expanded(template: &str, found: &MatchValue) -> Run<String> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(next) = rest.chars().next() else {
            text.push('\\');
            break;
        };
        let (start, end) = found.groups[0].unwrap_or_default();
        match next {
            '0'..='9' => {
                let index = usize::try_from(next.to_digit(10).unwrap_or(0)).unwrap_or(0);
                text.push_str(found.group(index).unwrap_or_default());
            }
            '&' => text.push_str(found.group(0).unwrap_or_default()),
            '`' => text.push_str(&found.text[..start]),
            '\'' => text.push_str(&found.text[end..]),
            '\\' => text.push('\\'),
            'k' if rest[1..].starts_with('<') => {
                if let Some((name, after)) = rest[2..].split_once('>') {
                    let Some(index) = found.named(name) else {
                        let message = format!("undefined group name reference: {name}");
                        return Err(Stop::raise("IndexError", message));
                    };
                    text.push_str(found.group(index).unwrap_or_default());
                    rest = after;
                    continue;
                }
                text.push_str("\\k");
            }
            other => {
                text.push('\\');
                text.push(other);
            }
        }
        rest = &rest[next.len_utf8()..];
    }
    text.push_str(rest);
    Ok(text)
}

fn split(ruby: &mut Interpreter<'_>, text: &Arc<str>, arguments: &[Value]) -> Run<Vec<String>> {
    let limit = match arguments.get(1) {
        Some(limit) => argument::integer(limit)?,
        None => 0,
    };
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts: Vec<String> = Vec::new();
    let is_full = |parts: &Vec<String>| most.is_some_and(|most| parts.len() + 1 >= most);
    match arguments.first() {
        None | Some(Value::Nil) => words(text, most, &mut parts),
        Some(Value::String(separator)) if **separator.borrow() == *" " => {
            words(text, most, &mut parts)
        }
        Some(Value::String(separator)) if !separator.borrow().is_empty() => {
            let separator = separator.borrow();
            let mut rest: &str = text;
            while !is_full(&parts)
                && let Some((part, after)) = rest.split_once(separator.as_str())
            {
                parts.push(part.to_owned());
                rest = after;
            }
            parts.push(rest.to_owned());
        }
        Some(pattern) => {
            let pattern = pattern_of(pattern)?;
            let mut copied = 0;
            for found in matches(ruby, text, &pattern, true)? {
                if is_full(&parts) {
                    break;
                }
                let (start, end) = found.groups[0].unwrap_or_default();
                if start == end {
                    // An empty match splits between characters, not at the ends.
                    if start == copied && start == 0 || start >= text.len() {
                        continue;
                    }
                }
                parts.push(text[copied..start].to_owned());
                for index in 1..found.groups.len() {
                    if let Some(group) = found.group(index) {
                        parts.push(group.to_owned());
                    }
                }
                copied = end;
            }
            parts.push(text[copied..].to_owned());
        }
    }
    if limit == 0 {
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
    }
    Ok(parts)
}

/// Splits at blanks.
fn words(text: &str, most: Option<usize>, parts: &mut Vec<String>) {
    let is_blank = |c: char| matches!(c, ' ' | '\t'..='\r' | '\0');
    let mut rest = text.trim_start_matches(is_blank);
    loop {
        if most.is_some_and(|most| parts.len() + 1 >= most) {
            parts.push(rest.to_owned());
            return;
        }
        match rest.find(is_blank) {
            Some(at) => {
                parts.push(rest[..at].to_owned());
                rest = rest[at..].trim_start_matches(is_blank);
            }
            None => {
                parts.push(rest.to_owned());
                return;
            }
        }
    }
}

/// The characters of a set such as `a-z` or `^0-9`.
struct CharacterSet {
    characters: Vec<char>,
    is_negated: bool,
}

impl CharacterSet {
    fn of(text: &str) -> Run<Self> {
        let (is_negated, body) = match text.strip_prefix('^') {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, text),
        };
        let mut characters: Vec<char> = Vec::new();
        let source: Vec<char> = body.chars().collect();
        let mut at = 0;
        while at < source.len() {
            let mut character = source[at];
            if character == '\\' && at + 1 < source.len() {
                at += 1;
                character = source[at];
            } else if character == '-' && !characters.is_empty() && at + 1 < source.len() {
                let from = *characters.last().expect("not empty");
                let to = source[at + 1];
                if from > to {
                    return Err(Stop::argument(format!(
                        "invalid range \"{from}-{to}\" in string transliteration"
                    )));
                }
                if u32::from(to) - u32::from(from) > 0x2000 {
                    return Err(Stop::unsupported("a set of that many characters"));
                }
                characters.extend((from..=to).skip(1));
                at += 2;
                continue;
            }
            characters.push(character);
            at += 1;
        }
        Ok(Self {
            characters,
            is_negated,
        })
    }

    fn contains(&self, character: char) -> bool {
        self.characters.contains(&character) != self.is_negated
    }
}

fn character_sets(sets: &[Value]) -> Run<Vec<CharacterSet>> {
    sets.iter()
        .map(|set| CharacterSet::of(&argument::string(set)?))
        .collect()
}

fn translate(text: &str, from: &str, to: &str) -> Run<String> {
    let from = CharacterSet::of(from)?;
    let to = match to.starts_with('^') {
        true => to.chars().collect(),
        false => CharacterSet::of(to)?.characters,
    };
    let last = to.last().copied();
    let mut translated = String::with_capacity(text.len());
    for character in text.chars() {
        let new = if from.is_negated {
            match from.contains(character) {
                true => last,
                false => Some(character),
            }
        } else {
            // The last of several occurrences counts.
            match from
                .characters
                .iter()
                .rposition(|known| *known == character)
            {
                Some(index) => to.get(index).copied().or(last),
                None => Some(character),
            }
        };
        translated.extend(new);
    }
    Ok(translated)
}
