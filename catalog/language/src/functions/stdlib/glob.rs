//! `glob`: files of the master by patterns, as Ruby's `Dir.glob` finds them.

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::inputs::FileKind;

use super::{super::fail, wrong_number};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    values::Value,
};

pub(super) fn glob(call: &Call<'_, '_>) -> Evaluated {
    let patterns = match call.arguments {
        [Value::Array(patterns)] => patterns.to_vec(),
        [pattern @ Value::String(_)] => vec![pattern.clone()],
        [_] => fail!("glob(): Requires either array or string to work"),
        _ => return Err(wrong_number(call, "1").into()),
    };
    let mut found = Vec::new();
    for pattern in &patterns {
        for pattern in alternatives(&pattern.to_string()) {
            let Some(rest) = pattern.strip_prefix('/') else {
                fail!(
                    "glob(): {pattern} is no absolute path, and a compile has no directory of its own"
                );
            };
            let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
            walk(call, Utf8Path::new("/"), &parts, &mut found)?;
        }
    }
    Ok(Value::array(
        found
            .into_iter()
            .map(|path| Value::string(path.into_string()))
            .collect::<Vec<_>>(),
    ))
}

/// How many paths a call gives at most.
const MOST: usize = 100_000;

fn walk(
    call: &Call<'_, '_>,
    folder: &Utf8Path,
    parts: &[&str],
    found: &mut Vec<Utf8PathBuf>,
) -> Evaluated<()> {
    if found.len() >= MOST {
        fail!("glob(): more than {MOST} files match");
    }
    let inputs = call.evaluator.host().inputs();
    let [part, rest @ ..] = parts else {
        return Ok(());
    };
    let refused = |error: ficelle_model::inputs::InputError| Error::new(error.to_string());
    if !part.contains(['*', '?', '[', '\\']) {
        let path = folder.join(part);
        if !rest.is_empty() {
            return walk(call, &path, rest, found);
        }
        if inputs.kind(&path).map_err(refused)?.is_some() {
            found.push(path);
        }
        return Ok(());
    }
    let is_deep = *part == "**" && !rest.is_empty();
    if is_deep {
        walk(call, folder, rest, found)?;
    }
    let Some(entries) = inputs.list(folder).map_err(refused)? else {
        return Ok(());
    };
    let mut names: Vec<(&str, FileKind)> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.kind))
        .collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    for (name, kind) in names {
        if name.starts_with('.') && !part.starts_with('.') {
            continue;
        }
        let path = folder.join(name);
        if is_deep {
            if kind == FileKind::Directory {
                walk(call, &path, parts, found)?;
            }
        } else if is_match(part, name) {
            match rest {
                [] => found.push(path),
                rest => walk(call, &path, rest, found)?,
            }
        }
    }
    Ok(())
}

/// A pattern for each choice of its braces.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some(open) = pattern.find('{') else {
        return vec![pattern.to_owned()];
    };
    let (mut depth, mut starts) = (0, vec![open + 1]);
    for (at, character) in pattern[open..].char_indices() {
        let at = open + at;
        match character {
            '{' => depth += 1,
            ',' if depth == 1 => starts.push(at + 1),
            '}' => {
                depth -= 1;
                if depth == 0 {
                    let ends = starts.iter().skip(1).map(|start| start - 1).chain([at]);
                    let choices = starts
                        .iter()
                        .zip(ends)
                        .map(|(start, end)| &pattern[*start..end]);
                    let whole = choices.flat_map(|choice| {
                        alternatives(&format!(
                            "{}{choice}{}",
                            &pattern[..open],
                            &pattern[at + 1..]
                        ))
                    });
                    return whole.collect();
                }
            }
            _ => {}
        }
    }
    vec![pattern.to_owned()]
}

/// Whether a name matches: `*`, `?`, `[a-z]`, `[^a]`, and a backslash before what is meant itself.
fn is_match(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    matches_from(&pattern, &name)
}

fn matches_from(pattern: &[char], name: &[char]) -> bool {
    match pattern {
        [] => name.is_empty(),
        ['*', rest @ ..] => (0..=name.len()).any(|skip| matches_from(rest, &name[skip..])),
        ['?', rest @ ..] => !name.is_empty() && matches_from(rest, &name[1..]),
        ['[', set @ ..] if set.contains(&']') => {
            let end = set
                .iter()
                .position(|c| *c == ']')
                .expect("it has just been found");
            let (set, rest) = (&set[..end], &set[end + 1..]);
            let Some((first, others)) = name.split_first() else {
                return false;
            };
            is_in(set, *first) && matches_from(rest, others)
        }
        ['\\', meant, rest @ ..] => name.first() == Some(meant) && matches_from(rest, &name[1..]),
        [plain, rest @ ..] => name.first() == Some(plain) && matches_from(rest, &name[1..]),
    }
}

fn is_in(set: &[char], wanted: char) -> bool {
    let (is_negated, set) = match set {
        ['^' | '!', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut rest = set;
    let mut found = false;
    loop {
        rest = match rest {
            [] => break,
            [from, '-', to, rest @ ..] => {
                found |= (*from..=*to).contains(&wanted);
                rest
            }
            [one, rest @ ..] => {
                found |= *one == wanted;
                rest
            }
        };
    }
    found != is_negated
}

#[cfg(test)]
mod tests {
    use super::{alternatives, is_match};

    #[test]
    fn braces_give_a_pattern_for_each_choice() {
        assert_eq!(alternatives("/a{b,c{d,e}}f"), ["/abf", "/acdf", "/acef"]);
        assert_eq!(alternatives("/a{b"), ["/a{b"]);
    }

    #[test]
    fn names_match_as_in_a_shell() {
        assert!(is_match("*.p?", "site.pp"));
        assert!(is_match("[a-c]x", "bx"));
        assert!(!is_match("[^a-c]x", "bx"));
        assert!(is_match("\\*", "*"));
        assert!(!is_match("a*b", "acd"));
    }
}
