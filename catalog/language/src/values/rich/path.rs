//! Paths in data: `$['a'][0]`, by which a part of it refers to another.

use std::borrow::Cow;

use ficelle_model::Data;

/// What stands where a path leads to.
pub(super) fn follow<'d>(root: &'d Data, path: &str) -> Option<&'d Data> {
    let mut rest = path.strip_prefix('$')?;
    let mut current = root;
    while !rest.is_empty() {
        let (step, after) = first_step(rest)?;
        current = step.of(current)?;
        rest = after;
    }
    Some(current)
}

enum Step<'p> {
    Key(Cow<'p, str>),
    Index(usize),
}

impl Step<'_> {
    fn of<'d>(&self, data: &'d Data) -> Option<&'d Data> {
        let inner = match data {
            Data::Typed(typed) => &typed.value,
            Data::Sensitive(inner) => inner,
            other => other,
        };
        match (self, inner) {
            (Self::Key(key), _) if key == "__pvalue" => Some(inner),
            (Self::Key(key), Data::Hash(hash)) => hash.get(&**key),
            (Self::Index(index), Data::Array(elements)) => elements.get(*index),
            _ => None,
        }
    }
}

/// The first step of a path, and what follows it.
fn first_step(path: &str) -> Option<(Step<'_>, &str)> {
    if let Some(quoted) = path.strip_prefix("['") {
        let mut key = String::new();
        let mut letters = quoted.char_indices();
        let end = loop {
            match letters.next()? {
                (_, '\\') => key.push(letters.next()?.1),
                (at, '\'') => break at,
                (_, letter) => key.push(letter),
            }
        };
        let after = quoted[end + 1..].strip_prefix(']')?;
        return Some((Step::Key(Cow::Owned(key)), after));
    }
    if let Some(number) = path.strip_prefix('[') {
        let (index, after) = number.split_once(']')?;
        return Some((Step::Index(index.parse().ok()?), after));
    }
    let name = path.strip_prefix('.')?;
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (name, after) = name.split_at(end);
    Some((Step::Key(Cow::Borrowed(name)), after))
}
