//! Versions as RubyGems orders them.

use std::cmp::Ordering;

use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    values::Value,
};

pub(super) fn sort(call: &Call<'_, '_>) -> Evaluated {
    let given = call.arguments[0].as_array().unwrap_or_default();
    let read = given.iter().map(|value| {
        let text = value.as_str().unwrap_or_default();
        let malformed = || Error::new(format!("Malformed version number string {text}"));
        Ok((Version::parse(text).ok_or_else(malformed)?, value.clone()))
    });
    let mut versions = read.collect::<Evaluated<Vec<_>>>()?;
    versions.sort_by(|(left, _), (right, _)| left.order(right));
    let sorted = versions.into_iter().map(|(_, value)| value);
    Ok(Value::array(sorted.collect::<Vec<_>>()))
}

struct Version {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq)]
enum Part {
    /// Digits, without zeros before them: there may be any number of them.
    Number(String),
    Word(String),
}

impl Part {
    const ZERO: Self = Self::Number(String::new());

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => {
                left.len().cmp(&right.len()).then_with(|| left.cmp(right))
            }
            (Self::Word(left), Self::Word(right)) => left.cmp(right),
            // Words stand for what came before a release.
            (Self::Word(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Word(_)) => Ordering::Greater,
        }
    }
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r');
        let text = text.trim_matches(is_space);
        let (release, before) = match text.split_once('-') {
            Some((release, before)) => (release, Some(before)),
            None => (text, None),
        };
        let of = |text: &str, is_one: fn(u8) -> bool| !text.is_empty() && text.bytes().all(is_one);
        let mut numbers = release.split('.');
        let is_release = numbers
            .next()
            .is_some_and(|one| of(one, |b| b.is_ascii_digit()))
            && numbers.all(|one| of(one, |b| b.is_ascii_alphanumeric()));
        let is_before = |text: &str| {
            text.split('.')
                .all(|one| of(one, |b| b.is_ascii_alphanumeric() || b == b'-'))
        };
        let is_version = text.is_empty() || is_release && before.is_none_or(is_before);
        is_version.then(|| Self {
            parts: parts(&text.replace('-', ".pre.")),
        })
    }

    fn order(&self, other: &Self) -> Ordering {
        let longest = self.parts.len().max(other.parts.len());
        let part =
            |version: &Self, index: usize| version.parts.get(index).cloned().unwrap_or(Part::ZERO);
        (0..longest)
            .map(|index| part(self, index).order(&part(other, index)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Runs of digits and of letters, without the zeros that the numbers end with, and those that all
/// ends with.
fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest
            .bytes()
            .position(|b| !b.is_ascii_alphanumeric() || b.is_ascii_digit() != is_digit)
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end.max(1));
        if is_digit {
            parts.push(Part::Number(run.trim_start_matches('0').to_owned()));
        } else if first.is_ascii_alphabetic() {
            let numbers = parts.iter().all(|part| matches!(part, Part::Number(_)));
            if numbers {
                drop_zeros(&mut parts);
            }
            parts.push(Part::Word(run.to_owned()));
        }
        rest = after;
    }
    drop_zeros(&mut parts);
    parts
}

fn drop_zeros(parts: &mut Vec<Part>) {
    while parts.last() == Some(&Part::ZERO) {
        parts.pop();
    }
}
