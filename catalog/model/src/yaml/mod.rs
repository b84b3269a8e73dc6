//! YAML as Psych's safe loading reads it: `yes` is true, `0777` is octal, `:name` is a symbol, an
//! unquoted date is refused. Hiera's data, external facts and `csr_attributes.yaml` are all of
//! this dialect.
//!
//! Events come from saphyr-parser; what a scalar means is decided in `scalar`.

mod emit;
pub mod layout;
mod scalar;
#[cfg(test)]
mod tests;
mod text;

use std::{collections::HashMap, sync::Arc};

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use thiserror::Error;

use crate::data::Data;

pub use emit::emit;
pub use scalar::plain;
pub use text::text;

/// The deepest nesting that is read.
const DEPTH: usize = 200;
/// The most nodes that a document may grow to, aliases counted as what they stand for.
const NODES: usize = 5_000_000;

/// What is wrong with a document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message} at line {line} column {column}")]
pub struct YamlError {
    /// What is wrong.
    pub message: String,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

/// A node of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on` and their contraries.
    Boolean(bool),
    /// An integer in any of its notations.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// `:name`
    Symbol(Arc<str>),
    /// `!!binary`
    Binary(Arc<[u8]>),
    /// A sequence.
    Sequence(Arc<Vec<Node>>),
    /// A mapping; keys are unique, a later value takes the place of an earlier one.
    Mapping(Arc<Vec<(Node, Node)>>),
}

impl Node {
    /// The value of a string key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Self::Mapping(entries) = self else {
            return None;
        };
        entries
            .iter()
            .find(|(name, _)| name.as_str() == Some(key))
            .map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The node as data. Keys and symbols become strings, bytes Base64's source text.
    pub fn to_data(&self) -> Data {
        match self {
            Self::Null => Data::Undef,
            Self::Boolean(value) => Data::Boolean(*value),
            Self::Integer(value) => Data::Integer(*value),
            Self::Float(value) => Data::Float(*value),
            Self::String(text) | Self::Symbol(text) => Data::String(Arc::clone(text)),
            Self::Binary(bytes) => Data::from(String::from_utf8_lossy(bytes).into_owned()),
            Self::Sequence(nodes) => Data::Array(nodes.iter().map(Node::to_data).collect()),
            Self::Mapping(entries) => {
                let entry = |(key, value): &(Node, Node)| (key.key_text(), value.to_data());
                Data::hash(entries.iter().map(entry).collect())
            }
        }
    }

    fn key_text(&self) -> Arc<str> {
        match self {
            Self::String(text) | Self::Symbol(text) => Arc::clone(text),
            Self::Null => "".into(),
            Self::Boolean(value) => value.to_string().into(),
            Self::Integer(value) => value.to_string().into(),
            Self::Float(value) => format!("{value:?}").into(),
            other => format!("{other:?}").into(),
        }
    }

    fn hash_key(&self) -> String {
        format!("{self:?}")
    }
}

/// Reads the first document of a text; [`Node::Null`] where there is none.
///
/// # Errors
/// The text is no YAML, or holds what safe loading refuses.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Loader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
    }
    .document()
}

struct Loader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

/// Where an event starts.
#[derive(Clone, Copy)]
struct At {
    line: usize,
    column: usize,
}

impl At {
    fn error(self, message: impl Into<String>) -> YamlError {
        YamlError {
            message: message.into(),
            line: self.line,
            column: self.column,
        }
    }
}

impl<'t> Loader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, At), YamlError> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((
                event,
                At {
                    line: span.start.line(),
                    column: span.start.col() + 1,
                },
            )),
            Some(Err(error)) => {
                let at = At {
                    line: error.marker().line(),
                    column: error.marker().col() + 1,
                };
                Err(at.error(error.info().to_owned()))
            }
            None => Ok((Event::StreamEnd, At { line: 0, column: 0 })),
        }
    }

    fn document(mut self) -> Result<Node, YamlError> {
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(Node::Null),
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
                Event::DocumentEnd => return Ok(Node::Null),
                event => {
                    let node = self.node(event, at, 0)?;
                    // What follows must be YAML too, up to the end of this document.
                    self.next()?;
                    return Ok(node);
                }
            }
        }
    }

    fn count(&mut self, nodes: usize, at: At) -> Result<(), YamlError> {
        self.nodes += nodes;
        if self.nodes > NODES {
            return Err(at.error(format!("the document grows to more than {NODES} values")));
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'t>, at: At, depth: usize) -> Result<Node, YamlError> {
        if depth > DEPTH {
            return Err(at.error(format!("values are nested deeper than {DEPTH}")));
        }
        self.count(1, at)?;
        let before = self.nodes;
        let (node, anchor) = match event {
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    return Err(at.error("an alias refers to an anchor that is not known (yet)"));
                };
                self.count(size, at)?;
                (node, 0)
            }
            Event::Scalar(text, style, anchor, tag) => {
                (scalar_node(&text, style, tag, at)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), &["seq"], at)?;
                (self.sequence(depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), &["map", "set"], at)?;
                (self.mapping(depth)?, anchor)
            }
            _ => return Err(at.error("a value was expected")),
        };
        if anchor != 0 {
            let size = self.nodes - before;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, YamlError> {
        let mut nodes = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Node::Sequence(Arc::new(nodes)));
            }
            nodes.push(self.node(event, at, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Node, YamlError> {
        let mut entries: IndexMap<String, (Node, Node)> = IndexMap::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let entries = entries.into_values().collect();
                return Ok(Node::Mapping(Arc::new(entries)));
            }
            let merges =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node(event, at, depth + 1)?;
            let (event, at) = self.next()?;
            let value = self.node(event, at, depth + 1)?;
            if !merges || !merge(&mut entries, &value) {
                entries.insert(key.hash_key(), (key, value));
            }
        }
    }
}

/// Merges a mapping, or a list of them, into the entries so far; false where it is neither. As
/// in Psych, a later entry wins over an earlier one, wherever either came from.
fn merge(entries: &mut IndexMap<String, (Node, Node)>, value: &Node) -> bool {
    match value {
        Node::Mapping(merged) => {
            for (key, value) in merged.iter() {
                entries.insert(key.hash_key(), (key.clone(), value.clone()));
            }
            true
        }
        Node::Sequence(nodes) if nodes.iter().all(|node| matches!(node, Node::Mapping(_))) => {
            // The first of the list wins.
            nodes.iter().rev().for_each(|node| {
                merge(entries, node);
            });
            true
        }
        _ => false,
    }
}

fn scalar_node(
    text: &str,
    style: ScalarStyle,
    tag: Option<std::borrow::Cow<'_, Tag>>,
    at: At,
) -> Result<Node, YamlError> {
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => plain(text).map_err(|message| at.error(message)),
            _ => Ok(Node::String(text.into())),
        };
    };
    if !tag.is_yaml_core_schema() {
        return match (tag.handle.as_str(), tag.suffix.as_str()) {
            ("!" | "", "" | "str") | ("", "!") => Ok(Node::String(text.into())),
            _ => Err(at.error(format!(
                "the tag {}{} is not allowed",
                tag.handle, tag.suffix
            ))),
        };
    }
    let wrong = || at.error(format!("{text:?} is no {}", tag.suffix));
    match tag.suffix.as_str() {
        "str" => Ok(Node::String(text.into())),
        "null" => Ok(Node::Null),
        "binary" => scalar::base64(text)
            .map(|bytes| Node::Binary(bytes.into()))
            .ok_or_else(wrong),
        "int" => match plain(text) {
            Ok(node @ Node::Integer(_)) => Ok(node),
            _ => Err(wrong()),
        },
        "float" => match plain(text) {
            Ok(node @ Node::Float(_)) => Ok(node),
            Ok(Node::Integer(value)) => Ok(Node::Float(value as f64)),
            _ => Err(wrong()),
        },
        "bool" => match plain(text) {
            Ok(node @ Node::Boolean(_)) => Ok(node),
            _ => Err(wrong()),
        },
        other => Err(at.error(format!("the tag !!{other} is not allowed"))),
    }
}

fn refuse_tag(tag: Option<&Tag>, allowed: &[&str], at: At) -> Result<(), YamlError> {
    match tag {
        None => Ok(()),
        Some(tag) if tag.is_yaml_core_schema() && allowed.contains(&tag.suffix.as_str()) => Ok(()),
        Some(tag) => Err(at.error(format!(
            "the tag {}{} is not allowed",
            tag.handle, tag.suffix
        ))),
    }
}
