//! Arrays and hashes, on one line or indented.

use super::{Format, Formats, Indentation, default_contained, is_container, write};
use crate::values::{HashMap, Value};

type Written = Result<String, String>;

fn contained(value: &Value, formats: &Formats, inner: &Formats, at: Indentation) -> Written {
    let formats = if is_container(value) { formats } else { inner };
    write(value, &value.infer_set(), formats, at)
}

fn is_collection(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Hash(_))
}

pub(super) fn array(
    elements: &[Value],
    format: &Format,
    formats: &Formats,
    indentation: Indentation,
) -> Written {
    if !"asp".contains(format.letter) {
        return Err(format.refuse("Array", "asp"));
    }
    let separator = format.separator.as_deref().unwrap_or(", ");
    let inner = format.contained.clone().unwrap_or_else(default_contained);
    let (open, close) = format.delimiters(("[", "]"));
    let indentation = indentation.indenting(format.alternative || indentation.indenting);
    let mut out = String::new();
    if indentation.breaks() {
        out.push('\n');
        out.push_str(&indentation.padding());
    }
    out.push_str(open);
    let mut children = indentation.increase(format.alternative);
    let mut texts = Vec::with_capacity(elements.len());
    for element in elements {
        children = children.subsequent();
        texts.push(contained(element, formats, &inner, children)?);
    }
    let breaks_by_size = format.alternative
        && format
            .width
            .is_some_and(|width| widest_run(elements, &texts) > width);
    let children = indentation.increase(format.alternative);
    for (index, (element, text)) in elements.iter().zip(&texts).enumerate() {
        let is_plain = !is_collection(element);
        if index == 0 {
            if breaks_by_size && is_plain {
                out.push(' ');
            }
        } else {
            out.push_str(separator);
            let behind_collection =
                format.alternative && is_collection(&elements[index - 1]) && is_plain;
            if breaks_by_size && is_plain || behind_collection {
                if !out.ends_with('\n') {
                    out.truncate(out.trim_end().len());
                }
                out.push('\n');
                out.push_str(&children.padding());
            }
        }
        if out.ends_with(' ') && text.starts_with('\n') {
            out.truncate(out.trim_end().len());
        }
        out.push_str(text);
    }
    out.push_str(close);
    Ok(out)
}

/// The length of the longest run of plain elements.
fn widest_run(elements: &[Value], texts: &[String]) -> usize {
    let mut widest = 0;
    let mut current = 0;
    for (element, text) in elements.iter().zip(texts) {
        current = if is_collection(element) {
            0
        } else {
            current + text.chars().count()
        };
        widest = widest.max(current);
    }
    widest
}

pub(super) fn hash(
    entries: &HashMap,
    format: &Format,
    formats: &Formats,
    indentation: Indentation,
) -> Written {
    if format.letter == 'a' {
        let pairs: Vec<Value> = entries
            .iter()
            .map(|(key, value)| Value::array([key.clone(), value.clone()]))
            .collect();
        let pairs = Value::array(pairs);
        return write(&pairs, &pairs.infer_set(), formats, indentation);
    }
    if !"hsp".contains(format.letter) {
        return Err(format.refuse("Hash", "hasp"));
    }
    let mut separator = format.separator.clone().unwrap_or_else(|| ", ".to_owned());
    let association = format.association.as_deref().unwrap_or(" => ");
    let inner = format.contained.clone().unwrap_or_else(default_contained);
    let (open, close) = format.delimiters(("{", "}"));
    if format.alternative {
        if !separator.ends_with('\n') {
            separator.truncate(separator.trim_end().len());
        }
        separator.push('\n');
    }
    let indentation = indentation.indenting(format.alternative || indentation.indenting);
    let children = indentation.increase(false);
    let mut out = String::new();
    if indentation.breaks() {
        out.push('\n');
        out.push_str(&indentation.padding());
    }
    out.push_str(open);
    let padding = if format.alternative {
        children.padding()
    } else {
        String::new()
    };
    if format.alternative {
        out.push('\n');
    }
    let mut lines = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let key = contained(key, formats, &inner, children)?;
        let value = contained(value, formats, &inner, children)?;
        lines.push(format!("{padding}{key}{association}{value}"));
    }
    out.push_str(&lines.join(&separator));
    if format.alternative {
        out.push('\n');
        out.push_str(&indentation.padding());
    }
    out.push_str(close);
    Ok(out)
}
