//! Upper and lower case as Ruby knows them: character by character, whatever stands around it.

/// Ruby's `downcase`: a sigma is the same at the end of a word.
pub fn downcase(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Ruby's `capitalize`: the first character in title case, the rest in lower case.
pub fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let mut capitalized = title(first);
    capitalized.extend(characters.flat_map(char::to_lowercase));
    capitalized
}

/// A character at the start of a title: of a digraph or a ligature, only the first letter is big.
fn title(character: char) -> String {
    let shifted = |by: u32| char::from_u32(u32::from(character) + by).map(String::from);
    let special = match character {
        'Ǆ'..='ǆ' => Some("ǅ".into()),
        'Ǉ'..='ǉ' => Some("ǈ".into()),
        'Ǌ'..='ǌ' => Some("ǋ".into()),
        'Ǳ'..='ǳ' => Some("ǲ".into()),
        // Georgian has no titles.
        'ა'..='ჿ' => shifted(0),
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => shifted(8),
        'ᾳ' | 'ῃ' | 'ῳ' => shifted(9),
        'ᾈ'..='ᾏ' | 'ᾘ'..='ᾟ' | 'ᾨ'..='ᾯ' | 'ᾼ' | 'ῌ' | 'ῼ' => shifted(0),
        _ => None,
    };
    special.unwrap_or_else(|| {
        let mut letters = character.to_uppercase();
        let mut text: String = letters.next().into_iter().collect();
        let first_is_letter = text.chars().all(char::is_uppercase);
        match first_is_letter {
            true => text.extend(letters.flat_map(char::to_lowercase)),
            false => text.extend(letters),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_rubys() {
        for (text, capitalized) in [
            ("", ""),
            ("hELLO", "Hello"),
            ("ßa", "Ssa"),
            ("ﬁX", "Fix"),
            ("ǆ", "ǅ"),
            ("ǳA", "ǲa"),
            ("ŉx", "ʼNx"),
            ("ᾳ", "ᾼ"),
            ("ﬗ", "Մխ"),
            ("ა", "ა"),
            ("ΣΑΣ", "Σασ"),
        ] {
            assert_eq!(capitalize(text), capitalized, "{text}");
        }
        assert_eq!(downcase("ΣΑΣ"), "σασ");
    }
}
