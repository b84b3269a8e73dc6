//! YAML as Psych's safe loading reads it: `yes` is true, `0777` is octal, `:name` is a symbol, an
//! unquoted date is refused. Hiera's data, external facts and `csr_attributes.yaml` are all of
//! this dialect.
//!
//! Events come from saphyr-parser; what a scalar means is decided in `scalar`.

mod complaint;
mod emit;
pub mod layout;
mod leniency;
mod scalar;
#[cfg(test)]
mod tests;
mod text;

use std::{borrow::Cow, collections::HashMap, fmt, sync::Arc};

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use thiserror::Error;

use crate::data::Data;

use complaint::Open;

pub use emit::emit;
pub use scalar::plain;
pub use text::text;

/// The deepest nesting that is read.
const DEPTH: usize = 200;
/// The most nodes that a document may grow to, aliases counted as what they stand for.
const NODES: usize = 5_000_000;

/// How many times its length of a text written anew is parsed again, and how many bytes besides.
const AGAIN: (usize, usize) = (16, 1 << 20);

/// What is wrong with a document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub struct YamlError {
    /// What is wrong.
    pub message: String,
    /// From 1; 0 where it is not told.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.line {
            0 => Ok(()),
            line => write!(f, " at line {line} column {}", self.column),
        }
    }
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
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    if text.contains(is_control) {
        let start = At { line: 1, column: 1 };
        return Err(start.error("control characters are not allowed"));
    }
    let mut text = Cow::Borrowed(text);
    let mut room = text.len().saturating_mul(AGAIN.0).saturating_add(AGAIN.1);
    loop {
        match Loader::new(&text).document() {
            Ok(node) => return Ok(node),
            Err(Refusal::Complaint { said, at, open }) => {
                match leniency::rewritten(&text, &said, at, &open, &mut room) {
                    Some(rewritten) => text = Cow::Owned(rewritten),
                    None => return Err(complaint::of(&text, &said, at, &open)),
                }
            }
            Err(Refusal::Error(error)) => return Err(error),
        }
    }
}

struct Loader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    /// The collections that have begun, the innermost last.
    open: Vec<Open>,
}

/// Why there is no node.
enum Refusal {
    /// The parser's own words.
    Complaint {
        said: String,
        at: At,
        open: Vec<Open>,
    },
    Error(YamlError),
}

impl From<YamlError> for Refusal {
    fn from(error: YamlError) -> Self {
        Self::Error(error)
    }
}

/// Where an event starts.
#[derive(Clone, Copy, Debug)]
struct At {
    line: usize,
    column: usize,
}

impl At {
    const NOWHERE: Self = Self { line: 0, column: 0 };

    fn error(self, message: impl Into<String>) -> YamlError {
        YamlError {
            message: message.into(),
            line: self.line,
            column: self.column,
        }
    }
}

impl<'t> Loader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            parser: Parser::new_from_str(text),
            anchors: HashMap::new(),
            nodes: 0,
            open: Vec::new(),
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, At), Refusal> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let at = At {
                    line: span.start.line(),
                    column: span.start.col() + 1,
                };
                match event {
                    Event::MappingStart(..) => self.open.push(Open::mapping(at)),
                    Event::SequenceStart(..) => self.open.push(Open::sequence(at)),
                    Event::MappingEnd | Event::SequenceEnd => drop(self.open.pop()),
                    _ => {}
                }
                Ok((event, at))
            }
            Some(Err(error)) => Err(Refusal::Complaint {
                said: error.info().to_owned(),
                at: At {
                    line: error.marker().line(),
                    column: error.marker().col() + 1,
                },
                open: std::mem::take(&mut self.open),
            }),
            None => Ok((Event::StreamEnd, At::NOWHERE)),
        }
    }

    fn document(mut self) -> Result<Node, Refusal> {
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

    fn node(&mut self, event: Event<'t>, at: At, depth: usize) -> Result<Node, Refusal> {
        if depth > DEPTH {
            return Err(at
                .error(format!("values are nested deeper than {DEPTH}"))
                .into());
        }
        self.count(1, at)?;
        let before = self.nodes;
        let (node, anchor) = match event {
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    let message = "an alias refers to an anchor that is not known (yet)";
                    return Err(at.error(message).into());
                };
                self.count(size, at)?;
                (node, 0)
            }
            Event::Scalar(text, style, anchor, tag) => {
                (scalar_node(&text, style, tag, at)?, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_class(tag.as_deref())?;
                (self.sequence(depth)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                refuse_class(tag.as_deref())?;
                refuse_string(tag.as_deref())?;
                (self.mapping(depth)?, anchor)
            }
            _ => return Err(at.error("a value was expected").into()),
        };
        if anchor != 0 {
            let size = self.nodes - before;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, Refusal> {
        let mut nodes = Vec::new();
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Node::Sequence(Arc::new(nodes)));
            }
            nodes.push(self.node(event, at, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Node, Refusal> {
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
    tag: Option<Cow<'_, Tag>>,
    at: At,
) -> Result<Node, YamlError> {
    let refused = |message| At::NOWHERE.error(message);
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => plain(text).map_err(refused),
            _ => Ok(Node::String(text.into())),
        };
    };
    let name = match tag.is_yaml_core_schema() {
        true => tag.suffix.as_str(),
        false => match (tag.handle.as_str(), tag.suffix.as_str()) {
            ("!" | "", "") | ("", "!") => "str",
            ("!", name @ ("str" | "binary" | "float")) => name,
            ("!", "ruby/regexp") => return Err(unspecified("Regexp")),
            ("!", "ruby/range") => return Err(unspecified("Range")),
            ("!", "ruby/class" | "ruby/module") => return Err(unspecified(text)),
            ("!", "ruby/sym" | "ruby/symbol") => return Ok(Node::Symbol(text.into())),
            // A tag that nobody knows says nothing.
            _ => "",
        },
    };
    match name {
        "str" => Ok(Node::String(text.into())),
        "binary" => scalar::base64(text)
            .map(|bytes| Node::Binary(bytes.into()))
            .ok_or_else(|| at.error(format!("{text:?} is no binary"))),
        "float" => match plain(text) {
            Ok(Node::Integer(number)) => Ok(Node::Float(number as f64)),
            Ok(node @ Node::Float(_)) => Ok(node),
            _ => Err(refused(format!("invalid value for Float(): {text:?}"))),
        },
        _ => plain(text).map_err(refused),
    }
}

/// Refuses a collection that is to become something of Ruby's.
fn refuse_class(tag: Option<&Tag>) -> Result<(), YamlError> {
    let Some(tag) = tag else { return Ok(()) };
    match (tag.is_yaml_core_schema(), tag.suffix.as_str()) {
        (true, "set") => return Err(unspecified("Psych::Set")),
        // Psych makes a hash of a sequence of pairs.
        (true, "omap") => return Err(unspecified("Psych::Omap")),
        (false, "omap") if tag.handle == "!" => return Err(unspecified("Psych::Omap")),
        (true, _) => return Ok(()),
        (false, _) => {}
    }
    let class = tag
        .suffix
        .strip_prefix("ruby/")
        .and_then(|of| of.split_once(':'));
    match class {
        Some((_, class)) if !class.is_empty() => Err(unspecified(class)),
        _ => Ok(()),
    }
}

/// Refuses a mapping that is to become a string: Psych takes what stands under `str` in it.
fn refuse_string(tag: Option<&Tag>) -> Result<(), YamlError> {
    let is_string = tag
        .is_some_and(|tag| tag.suffix == "str" && (tag.is_yaml_core_schema() || tag.handle == "!"));
    match is_string {
        true => Err(At::NOWHERE.error("a mapping is no string")),
        false => Ok(()),
    }
}

fn unspecified(class: &str) -> YamlError {
    At::NOWHERE.error(format!("Tried to load unspecified class: {class}"))
}
