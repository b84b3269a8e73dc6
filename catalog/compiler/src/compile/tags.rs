//! Tags: the words by which resources are collected and runs are restricted.

use std::sync::Arc;

use ficelle_language::Value;
use ficelle_model::data::Names;

/// Adds a tag, and its segments where it is qualified.
///
/// # Errors
/// It holds a character that no tag may have.
pub(super) fn add(tags: &mut Names, tag: &str) -> Result<(), String> {
    let tag = tag.to_lowercase();
    if tags.contains(tag.as_str()) {
        return Ok(());
    }
    if !is_valid(&tag) {
        return Err(format!("Invalid tag '{tag}'"));
    }
    insert(tags, &tag);
    Ok(())
}

/// Adds a tag where it is a valid one: a title often is none.
pub(super) fn add_if_valid(tags: &mut Names, tag: &Arc<str>) {
    if !is_valid(tag) {
        return;
    }
    let is_plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase() && byte != b':';
    if tag.bytes().all(is_plain) {
        tags.insert(tag.clone());
    } else {
        insert(tags, &tag.to_lowercase());
    }
}

/// Adds the tags that a value names: a string, or arrays of them.
///
/// # Errors
/// One of them holds a character that no tag may have.
pub(super) fn add_value(tags: &mut Names, value: &Value) -> Result<(), String> {
    match value {
        Value::Undef => Ok(()),
        Value::Array(elements) => elements
            .iter()
            .try_for_each(|element| add_value(tags, element)),
        Value::String(text) => add(tags, text),
        other => add(tags, &super::texts::display(other)),
    }
}

fn insert(tags: &mut Names, tag: &str) {
    // Most have no colon at all, which is soon seen.
    if tags.insert(tag.into()) && tag.contains(':') && tag.contains("::") {
        for segment in tag.split("::") {
            // A leading `::` gives an empty segment, which the reference keeps too.
            tags.insert(segment.into());
        }
    }
}

/// `\A[[:alnum:]_][[:alnum:]_:.-]*\Z`
fn is_valid(tag: &str) -> bool {
    let mut characters = tag.strip_suffix('\n').unwrap_or(tag).chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphanumeric() || first == '_')
        && characters.all(|other| other.is_alphanumeric() || matches!(other, '_' | ':' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualified_tag_brings_its_segments() {
        let mut tags = Names::default();
        add(&mut tags, "Apache::Vhost").expect("a valid tag");
        let tags: Vec<&str> = tags.iter().map(|tag| &**tag).collect();
        assert_eq!(tags, ["apache::vhost", "apache", "vhost"]);
    }

    #[test]
    fn a_title_with_other_characters_is_no_tag() {
        let mut tags = Names::default();
        add_if_valid(&mut tags, &"/etc/motd".into());
        assert!(tags.is_empty());
        assert_eq!(add(&mut tags, "a b"), Err("Invalid tag 'a b'".to_owned()));
    }
}
