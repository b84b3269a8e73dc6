//! The rules for names of classes, types, variables, parameters and hosts.

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a segment starts with what `first` takes and goes on with word characters.
fn is_segment(segment: &str, first: impl Fn(u8) -> bool) -> bool {
    segment.as_bytes().first().is_some_and(|&byte| first(byte)) && segment.bytes().all(is_word)
}

/// `a::b`, as classes, defined types and functions are named.
pub(super) fn is_definition(name: &str) -> bool {
    name.split("::")
        .all(|segment| is_segment(segment, |byte| byte.is_ascii_lowercase()))
}

/// `A::B`, as type aliases are named.
pub(super) fn is_type(name: &str) -> bool {
    name.split("::")
        .all(|segment| is_segment(segment, |byte| byte.is_ascii_uppercase()))
}

/// `a`, `::a::b`, `a::_b`
pub(super) fn is_variable(name: &str) -> bool {
    let name = name.strip_prefix("::").unwrap_or(name);
    let (path, last) = name
        .rsplit_once("::")
        .map_or((None, name), |(path, last)| (Some(path), last));
    path.is_none_or(is_definition) && is_parameter(last)
}

/// `a`, `_a`
pub(super) fn is_parameter(name: &str) -> bool {
    is_segment(name, |byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// `0`, or a decimal number that does not start with 0: what a match sets.
pub(super) fn is_match_variable(name: &str) -> bool {
    name == "0" || !name.starts_with('0') && is_digits(name)
}

/// `12`, `012`, `0x12`
pub(super) fn is_numeric_parameter(name: &str) -> bool {
    is_digits(name.strip_prefix("0x").unwrap_or(name))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a host's name has only the characters it may have.
pub(super) fn is_host(name: &str) -> bool {
    name.bytes()
        .all(|byte| is_word(byte) || byte == b'-' || byte == b'.')
}

/// Whether a definition of this name would hide a type of the language.
pub(super) fn is_reserved_type(name: &str) -> bool {
    matches!(
        name,
        "type"
            | "any"
            | "unit"
            | "scalar"
            | "boolean"
            | "numeric"
            | "integer"
            | "float"
            | "collection"
            | "array"
            | "hash"
            | "tuple"
            | "struct"
            | "variant"
            | "optional"
            | "enum"
            | "regexp"
            | "pattern"
            | "runtime"
            | "init"
            | "object"
            | "sensitive"
            | "semver"
            | "semverrange"
            | "string"
            | "timestamp"
            | "timespan"
            | "typeset"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_rules() {
        assert!(is_definition("a::b2_c"));
        assert!(!is_definition("::a"));
        assert!(!is_definition("a::B"));
        assert!(!is_definition("a-b"));
        assert!(is_variable("::a::_b"));
        assert!(!is_variable("_a::b"));
        assert!(!is_variable(""));
        assert!(is_match_variable("0") && is_match_variable("10") && !is_match_variable("01"));
        assert!(is_host("a-b.example.com") && !is_host("a b"));
    }
}
