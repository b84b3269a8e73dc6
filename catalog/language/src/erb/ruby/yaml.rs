//! YAML as Psych writes and reads it.

use std::{rc::Rc, sync::Arc};

use ficelle_model::yaml::{
    self, Node,
    layout::{Layout, Tree, TreeKind},
};
use rustc_hash::FxHashMap;

use super::{
    interpreter::{Run, Stop},
    text::class_name,
    value::{Entries, Key, Value},
};
use crate::values::number::float_text;

/// How deep values nest.
const DEPTH: usize = 200;

/// `to_yaml`
pub(super) fn dump(value: &Value, options: Option<&Value>) -> Run<String> {
    let mut layout = Layout::default();
    let mut line_width = None;
    if let Some(Value::Hash(map)) = options {
        for (key, value) in map.entries.borrow().iter() {
            match (&key.0, value) {
                (Value::Symbol(name), Value::Integer(wanted)) if &**name == "line_width" => {
                    let wanted = usize::try_from(*wanted).ok();
                    line_width = wanted;
                    layout.width = match wanted {
                        None => usize::MAX,
                        Some(width) if width <= 2 * layout.indent => layout.width,
                        Some(width) => width,
                    };
                }
                (Value::Symbol(name), Value::Integer(wanted)) if &**name == "indentation" => {
                    let wanted = usize::try_from(*wanted).ok();
                    if let Some(indent @ 2..=9) = wanted {
                        layout.indent = indent;
                    }
                }
                _ => return Err(Stop::unsupported("options of to_yaml")),
            }
        }
    }
    let mut maker = Maker {
        line_width,
        ..Maker::default()
    };
    maker.count(value, 0)?;
    let tree = maker.tree(value)?;
    Ok(tree.write(layout))
}

/// Makes the tree; what stands in several places is written once.
#[derive(Default)]
struct Maker {
    line_width: Option<usize>,
    /// How often an array or hash was met.
    met: FxHashMap<usize, Met>,
    last_name: u32,
}

#[derive(Default)]
struct Met {
    name: Option<u32>,
    is_written: bool,
}

impl Maker {
    /// Names what is met again, in the order in which that happens.
    fn count(&mut self, value: &Value, depth: usize) -> Run<()> {
        if depth > DEPTH {
            return Err(Stop::limit("a value is nested too deep"));
        }
        let Some(address) = address(value) else {
            return Ok(());
        };
        if let Some(met) = self.met.get_mut(&address) {
            if met.name.is_none() {
                self.last_name += 1;
                met.name = Some(self.last_name);
            }
            return Ok(());
        }
        self.met.insert(address, Met::default());
        match value {
            Value::Array(list) => {
                for element in list.0.borrow().iter() {
                    self.count(element, depth + 1)?;
                }
            }
            Value::Hash(map) => {
                for (key, value) in map.entries.borrow().iter() {
                    self.count(&key.0, depth + 1)?;
                    self.count(value, depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn tree(&mut self, value: &Value) -> Run<Tree> {
        let met = address(value).and_then(|address| self.met.get_mut(&address));
        let mut anchor = None;
        if let Some(met) = met {
            match met.name {
                Some(name) if met.is_written => return Ok(Tree::new(TreeKind::Alias(name))),
                name => {
                    met.is_written = true;
                    anchor = name;
                }
            }
        }
        let kind = match value {
            Value::Array(list) => {
                let list = list.0.borrow();
                let items = list.iter().map(|item| self.tree(item));
                TreeKind::Sequence(items.collect::<Run<_>>()?)
            }
            Value::Hash(map) => {
                let entries = map.entries.borrow();
                let pair =
                    |(key, value): (&Key, &Value)| Ok((self.tree(&key.0)?, self.tree(value)?));
                TreeKind::Mapping(entries.iter().map(pair).collect::<Run<_>>()?)
            }
            Value::Range(range) => {
                let ends = [("begin", &range.from), ("end", &range.to)];
                let mut pairs = Vec::new();
                for (name, end) in ends {
                    pairs.push((Tree::word(name), self.tree(end)?));
                }
                pairs.push((
                    Tree::word("excl"),
                    Tree::word(range.is_exclusive.to_string()),
                ));
                return Ok(Tree {
                    tag: Some("!ruby/range".to_owned()),
                    ..Tree::new(TreeKind::Mapping(pairs))
                });
            }
            Value::String(text) => return Ok(yaml::text(&text.borrow(), self.line_width)),
            other => return Ok(Tree::word(scalar(other)?)),
        };
        Ok(Tree {
            anchor,
            ..Tree::new(kind)
        })
    }
}

/// What tells arrays and hashes apart.
fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Array(list) => Some(Rc::as_ptr(list) as usize),
        Value::Hash(map) => Some(Rc::as_ptr(map) as usize),
        _ => None,
    }
}

fn scalar(value: &Value) -> Run<String> {
    Ok(match value {
        Value::Nil => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) if value.is_nan() => ".nan".to_owned(),
        Value::Float(value) if value.is_infinite() => {
            if *value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
        }
        Value::Float(value) => float_text(*value),
        Value::Symbol(name) if !name.is_empty() => format!(":{name}"),
        other => {
            return Err(Stop::unsupported(format!(
                "a {} in YAML",
                class_name(other)
            )));
        }
    })
}

/// `YAML.load`
pub(super) fn load(text: &str) -> Run {
    let node =
        yaml::parse(text).map_err(|error| Stop::raise("Psych::SyntaxError", error.to_string()))?;
    convert(&node)
}

fn convert(node: &Node) -> Run {
    Ok(match node {
        Node::Null => Value::Nil,
        Node::Boolean(value) => Value::Bool(*value),
        Node::Integer(value) => Value::Integer(*value),
        Node::Float(value) => Value::Float(*value),
        Node::String(text) => Value::text(&**text),
        Node::Symbol(name) => Value::Symbol(Arc::clone(name)),
        Node::Binary(_) => return Err(Stop::unsupported("bytes in strings")),
        Node::Sequence(nodes) => Value::list(nodes.iter().map(convert).collect::<Run<_>>()?),
        Node::Mapping(pairs) => {
            let mut entries = Entries::default();
            for (key, value) in pairs.iter() {
                entries.insert(convert(key)?.into_key(), convert(value)?);
            }
            Value::map(entries)
        }
    })
}
