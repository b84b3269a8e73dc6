//! Shell patterns of one file name, as Ruby's `File.fnmatch` takes them without flags: `*`, `?`,
//! `[…]` and `\`; a leading dot must be written.

/// Whether a name fits a pattern.
pub fn fits(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with(['.', '\\']) {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    matches(&pattern, &name)
}

/// Walks both at once; at a star it remembers where to come back to, so the time is bounded by
/// the product of the lengths.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while of < name.len() {
        if pattern.get(at) == Some(&'*') {
            star = Some((at + 1, of));
            at += 1;
            continue;
        }
        if let Some(length) = one(&pattern[at.min(pattern.len())..], name[of]) {
            at += length;
            of += 1;
            continue;
        }
        match &mut star {
            Some((after, from)) => {
                *from += 1;
                (at, of) = (*after, *from);
            }
            None => return false,
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

/// How much of the pattern one character uses up; nothing where it does not fit.
fn one(pattern: &[char], character: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['\\', escaped, ..] => (*escaped == character).then_some(2),
        ['[', rest @ ..] => {
            let end = rest.iter().skip(1).position(|inner| *inner == ']')? + 1;
            let set = &rest[..end];
            let (set, negated) = match set {
                ['!' | '^', set @ ..] => (set, true),
                set => (set, false),
            };
            (in_set(set, character) != negated).then_some(end + 2)
        }
        [literal, ..] => (*literal == character).then_some(1),
        [] => None,
    }
}

fn in_set(mut set: &[char], character: char) -> bool {
    loop {
        match set {
            [from, '-', to, rest @ ..] => {
                if (*from..=*to).contains(&character) {
                    return true;
                }
                set = rest;
            }
            [single, rest @ ..] => {
                if *single == character {
                    return true;
                }
                set = rest;
            }
            [] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn as_ruby_has_it() {
        for (pattern, name, expected) in [
            (".git", ".git", true),
            ("*", "file", true),
            ("*", ".hidden", false),
            (".*", ".hidden", true),
            ("*.rb", "a.rb", true),
            ("*.rb", "a.rbx", false),
            ("a*b*c", "aXbYbZc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]", "a", false),
            ("\\*", "*", true),
            ("", "", true),
            ("", "a", false),
            ("CVS", "CVS", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_end_in_time() {
        let (pattern, name) = ("*a".repeat(200), "a".repeat(20_000) + "b");
        assert!(!fits(&pattern, &name));
    }
}
