//! What a type makes of a resource's title: its `title_patterns`, read without running them.
//!
//! They are a list of regular expressions, each with the parameters that its groups are. Local
//! variables may stand in the expressions:
//!
//! ```ruby
//! def self.title_patterns
//!   host = /[^:]+/
//!   [[/^(#{host}):(.*)$/, [[:host], [:path]]], [/^(#{host})$/, [[:host]]]]
//! end
//! ```

use std::{collections::HashMap, sync::Arc};

use ficelle_language::values::Regexp;

/// Anything but two colons in a row: `not_two_colon_regex` of OpenStack's keystone module, which
/// its types take from a file that they share.
const NOT_TWO_COLONS: &str = "(?:[^:]|:[^:])+";

/// The patterns of a type, in the order they are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitlePatterns(Vec<Pattern>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    regexp: Arc<Regexp>,
    /// Which parameters the groups are.
    names: Vec<Arc<str>>,
}

impl TitlePatterns {
    /// Reads them from a declaration; `None` where it has none, or none that can be understood.
    pub fn read(lines: &[&str]) -> Option<Self> {
        let start = lines
            .iter()
            .position(|line| line.trim() == "def self.title_patterns")?;
        let indent = lines[start].len() - lines[start].trim_start().len();
        let body: Vec<&str> = lines[start + 1..]
            .iter()
            .take_while(|line| {
                line.trim() != "end" || line.len() - line.trim_start().len() > indent
            })
            .copied()
            .collect();
        let list = body.iter().position(|line| line.trim().starts_with('['));
        let patterns = match list {
            Some(list) => patterns(&body[list..].join("\n"), &variables(&body[..list])),
            None => shared(&body.join("\n"))?,
        };
        (!patterns.is_empty()).then_some(Self(patterns))
    }

    /// The parameters that a title gives; `None` where no pattern fits it.
    pub fn parameters(&self, title: &str) -> Option<Vec<(Arc<str>, Arc<str>)>> {
        self.0.iter().find_map(|pattern| {
            let groups = pattern.regexp.captures(title).ok()??;
            let given = pattern.names.iter().zip(groups.into_iter().skip(1));
            Some(
                given
                    .filter_map(|(name, text)| Some((Arc::clone(name), text?)))
                    .collect(),
            )
        })
    }
}

/// `NAME = EXPRESSION`, as far as it is a regular expression.
fn variables<'t>(lines: &[&'t str]) -> HashMap<&'t str, String> {
    let mut known: HashMap<&str, String> = HashMap::new();
    for line in lines {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        let source = match known.get(value) {
            Some(source) => Some(source.clone()),
            None if value.ends_with(".not_two_colon_regex") => Some(NOT_TWO_COLONS.to_owned()),
            None => literal(value, &known).map(|(source, _)| source),
        };
        if let Some(source) = source {
            known.insert(name, source);
        }
    }
    known
}

/// The expressions of a list, each with the symbols that follow it.
fn patterns(text: &str, known: &HashMap<&str, String>) -> Vec<Pattern> {
    let mut found: Vec<Pattern> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['/', '%', ':']) {
        let here = &rest[at..];
        rest = &here[1..];
        if let Some(name) = here.strip_prefix(':') {
            let end = name
                .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .unwrap_or(name.len());
            if let Some(last) = found.last_mut().filter(|_| end > 0) {
                last.names.push(name[..end].into());
            }
            rest = &name[end..];
        } else if let Some((source, after)) = literal(here, known) {
            found.push(Pattern {
                regexp: Regexp::of(&source),
                names: Vec::new(),
            });
            rest = after;
        }
    }
    found
}

/// A regular expression at the beginning of a text, and what follows it.
fn literal<'t>(text: &'t str, known: &HashMap<&str, String>) -> Option<(String, &'t str)> {
    let text = text.strip_prefix("Regexp.new(").unwrap_or(text);
    let (body, close) = match text.strip_prefix("%r{") {
        Some(body) => (body, '}'),
        None => (text.strip_prefix('/')?, '/'),
    };
    let end = end_of(body, close)?;
    let mut source = String::new();
    let mut rest = &body[..end];
    while let Some((before, after)) = rest.split_once("#{") {
        let (name, after) = after.split_once('}')?;
        source.push_str(before);
        source.push_str(&format!("(?:{})", known.get(name.trim())?));
        rest = after;
    }
    source.push_str(rest);
    // A slash needs no escape but between slashes.
    let source = source.replace("\\/", "/");
    let after = &body[end + 1..];
    let length = after
        .find(|flag: char| !matches!(flag, 'i' | 'm' | 'x'))
        .unwrap_or(after.len());
    let (flags, after) = after.split_at(length);
    Some(match flags {
        "" => (source, after),
        flags => (format!("(?{flags}:{source})"), after),
    })
}

/// Where a literal ends: at what closes it, unless that is escaped or closes something inside.
fn end_of(body: &str, close: char) -> Option<usize> {
    let mut depth = 0;
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            _ if character == close && depth == 0 => return Some(at),
            '{' if close == '}' => depth += 1,
            '}' if close == '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `basic_split_title_patterns(:name, :domain)` of OpenStack's keystone module: two parts with two
/// colons between them, or the first alone.
fn shared(text: &str) -> Option<Vec<Pattern>> {
    let (_, arguments) = text.split_once(".basic_split_title_patterns(")?;
    let (arguments, _) = arguments.split_once(')')?;
    let names: Vec<Arc<str>> = arguments
        .split(',')
        .map(|name| Some(name.trim().strip_prefix(':')?.into()))
        .collect::<Option<_>>()?;
    let [first, _] = &names[..] else {
        return None;
    };
    let alone = Pattern {
        regexp: Regexp::of(&format!("^({NOT_TWO_COLONS})$")),
        names: vec![Arc::clone(first)],
    };
    let both = Pattern {
        regexp: Regexp::of(&format!("^({NOT_TWO_COLONS})::({NOT_TWO_COLONS})$")),
        names,
    };
    Some(vec![both, alone])
}

#[cfg(test)]
mod tests {
    use super::TitlePatterns;

    fn given(declaration: &str, title: &str) -> Option<Vec<String>> {
        let lines: Vec<&str> = declaration.lines().collect();
        let patterns = TitlePatterns::read(&lines).expect("patterns");
        let given = patterns.parameters(title)?;
        Some(
            given
                .iter()
                .map(|(name, text)| format!("{name}={text}"))
                .collect(),
        )
    }

    #[test]
    fn expressions_with_the_parameters_of_their_groups() {
        let declaration = "  def self.title_patterns\n    [\n      [\n        %r{^([^:]+)$},\n        \
                           [\n          [:name]\n        ]\n      ],\n      [\n        \
                           %r{^(.*):([a-z]:(/|\\\\).*)$}i,\n        [[:name], [:link]]\n      ],\n    \
                           ]\n  end\n  newparam(:other)\n";
        let given = |title| given(declaration, title);
        assert_eq!(given("vim").as_deref(), Some(&["name=vim".to_owned()][..]));
        assert_eq!(
            given("vim:C:/x").as_deref(),
            Some(&["name=vim".to_owned(), "link=C:/x".to_owned()][..])
        );
        assert_eq!(given("a:b"), None);
    }

    #[test]
    fn variables_in_expressions() {
        let declaration = "  def self.title_patterns\n    user = Shared.not_two_colon_regex\n    domain = user\n    \
                           region = Regexp.new(/[^\\/]+/)\n    [\n      [/^(#{region})\\/(#{user})::(#{domain})$/, \
                           [[:region], [:user], [:domain]]],\n    ]\n  end\n";
        assert_eq!(
            given(declaration, "one/a:b::c").as_deref(),
            Some(
                &[
                    "region=one".to_owned(),
                    "user=a:b".to_owned(),
                    "domain=c".to_owned()
                ][..]
            )
        );
    }

    #[test]
    fn what_the_types_of_keystone_share() {
        let declaration = "  def self.title_patterns\n    \
                           Shared.basic_split_title_patterns(:name, :domain)\n  end\n";
        assert_eq!(
            given(declaration, "bob::all").as_deref(),
            Some(&["name=bob".to_owned(), "domain=all".to_owned()][..])
        );
        assert_eq!(
            given(declaration, "bob").as_deref(),
            Some(&["name=bob".to_owned()][..])
        );
    }
}
