//! What is wrong with a text, in the words and at the place of libyaml: people search for them.

use super::{At, YamlError};

/// A collection that has begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    is_mapping: bool,
    at: At,
}

impl Open {
    pub fn mapping(at: At) -> Self {
        Self {
            is_mapping: true,
            at,
        }
    }

    pub fn sequence(at: At) -> Self {
        Self {
            is_mapping: false,
            at,
        }
    }

    /// Whether it stands in brackets.
    pub fn is_flow(self, text: &str) -> bool {
        let line = text.lines().nth(self.at.line.saturating_sub(1));
        let first = line.and_then(|line| line.chars().nth(self.at.column - 1));
        matches!(first, Some('[' | '{'))
    }

    /// What is missing where something stands in it that cannot be there.
    fn complaint(self, text: &str) -> YamlError {
        self.at.error(match (self.is_mapping, self.is_flow(text)) {
            (true, false) => "did not find expected key while parsing a block mapping",
            (false, false) => {
                "did not find expected '-' indicator while parsing a block collection"
            }
            (true, true) => "did not find expected ',' or '}' while parsing a flow mapping",
            (false, true) => "did not find expected ',' or ']' while parsing a flow sequence",
        })
    }
}

/// The parser's complaint about a text. `open` has the collections around it, the innermost last.
pub(super) fn of(text: &str, said: &str, at: At, open: &[Open]) -> YamlError {
    let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or("");
    let innermost = open.last();
    let within = |open: &Open| open.complaint(text);
    let no_node = || {
        let is_flow = innermost.is_some_and(|open| open.is_flow(text));
        let place = if is_flow { "flow" } else { "block" };
        let what = "did not find expected node content while parsing a";
        at.error(format!("{what} {place} node"))
    };
    let no_token = |at: At| {
        at.error("found character that cannot start any token while scanning for the next token")
    };
    match said {
        "while parsing a node, did not find expected node content" => no_node(),
        "misplaced bracket" => {
            let before: String = line.chars().take(at.column - 1).collect();
            match innermost {
                Some(open) if !before.trim_end().ends_with([':', '-']) => within(open),
                _ => no_node(),
            }
        }
        "while parsing a block mapping, did not find expected key"
        | "while parsing a block collection, did not find expected '-' indicator"
        | "while parsing a flow mapping, did not find expected ',' or '}'"
        | "while parsing a flow sequence, expected ',' or ']'"
        | "invalid trailing content after double-quoted scalar"
        | "illegal placement of ':' indicator" => match innermost {
            Some(open) => within(open),
            None => swapped(said, at),
        },
        "tabs disallowed within this context (block indentation)"
        | "tabs disallowed in this context" => {
            let tab = line.find('\t').map_or(at.column, |tab| tab + 1);
            no_token(At { column: tab, ..at })
        }
        "while scanning a plain scalar, found a tab" => at
            .error("found a tab character that violates indentation while scanning a plain scalar"),
        "a block scalar content cannot start with a tab" => at.error(
            "found a tab character where an indentation space is expected while scanning a block \
             scalar",
        ),
        "simple key expect ':'" | "simple key expected" => {
            // It was noticed on the next line.
            let above = text.lines().take(at.line.saturating_sub(1)).enumerate();
            let (index, key) = above
                .filter(|(_, line)| !line.trim().is_empty())
                .last()
                .unwrap_or((at.line, line));
            let indentation = key.len() - key.trim_start().len();
            let at = At {
                line: index + 1,
                column: indentation + 1,
            };
            at.error("could not find expected ':' while scanning a simple key")
        }
        "while parsing node, found unknown anchor" => {
            let name = line.chars().skip(at.column);
            let name: String = name
                .take_while(|c| !c.is_whitespace() && *c != ',')
                .collect();
            At::NOWHERE.error(format!("Unknown alias: {name}"))
        }
        "while scanning an anchor or alias, did not find expected alphabetic or numeric character" =>
        {
            let what = match line.chars().nth(at.column - 1) {
                Some('*') => "an alias",
                _ => "an anchor",
            };
            let missing = "did not find expected alphabetic or numeric character while scanning";
            at.error(format!("{missing} {what}"))
        }
        "the handle wasn't declared" => at.error("found undefined tag handle while parsing a node"),
        "duplicate version directive" => at.error("found duplicate %YAML directive"),
        said if said.starts_with("unexpected character") => no_token(at),
        said => swapped(said, at),
    }
}

/// `while doing, this happened` the other way round.
fn swapped(said: &str, at: At) -> YamlError {
    let parts = said
        .split_once(", ")
        .filter(|(doing, _)| doing.starts_with("while "));
    match parts {
        Some((doing, happened)) => at.error(format!("{happened} {doing}")),
        None => at.error(said),
    }
}
