//! Puppet Notation: a tree as nested calls, lists and maps, to read and to compare.
//!
//! The form is that of the reference's `parser dump --format pn`.

mod transform;

use std::fmt;

pub use transform::program;

/// A piece of notation.
#[derive(Clone, Debug, PartialEq)]
pub enum Pn {
    /// `(name elements…)`
    Call(&'static str, Vec<Pn>),
    /// `[elements…]`
    List(Vec<Pn>),
    /// `{:key value …}`
    Map(Vec<(String, Pn)>),
    /// A text.
    String(String),
    /// An integer.
    Integer(i128),
    /// A floating point number.
    Float(f64),
    /// A boolean.
    Boolean(bool),
    /// `nil`
    Nil,
}

impl Pn {
    /// The notation over several indented lines.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        let _ = self.write(&mut out, Some(0));
        out
    }

    /// The notation as JSON: `{"^": […]}` is a call, `{"#": […]}` a map.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let _ = self.write_json(&mut out);
        out
    }

    fn write(&self, out: &mut impl fmt::Write, indent: Option<usize>) -> fmt::Result {
        match self {
            Pn::Call(name, elements) => {
                write!(out, "({name}")?;
                if indent.is_none() && !elements.is_empty() {
                    out.write_char(' ')?;
                }
                write_elements(elements, out, indent)?;
                out.write_char(')')
            }
            Pn::List(elements) => {
                out.write_char('[')?;
                write_elements(elements, out, indent)?;
                out.write_char(']')
            }
            Pn::Map(entries) => {
                out.write_char('{')?;
                let inner = indent.map(|indent| indent + 1);
                for (number, (key, value)) in entries.iter().enumerate() {
                    separate(number, out, inner)?;
                    write!(out, ":{key} ")?;
                    value.write(out, inner)?;
                }
                out.write_char('}')
            }
            Pn::String(text) => write_quoted(text, out),
            Pn::Integer(value) => write!(out, "{value}"),
            Pn::Float(value) => out.write_str(&float_text(*value)),
            Pn::Boolean(value) => write!(out, "{value}"),
            Pn::Nil => out.write_str("nil"),
        }
    }

    fn write_json(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Pn::Call(name, elements) => {
                write!(out, "{{\"^\":[\"{name}\"")?;
                for element in elements {
                    out.write_char(',')?;
                    element.write_json(out)?;
                }
                out.write_str("]}")
            }
            Pn::List(elements) => {
                out.write_char('[')?;
                for (number, element) in elements.iter().enumerate() {
                    if number > 0 {
                        out.write_char(',')?;
                    }
                    element.write_json(out)?;
                }
                out.write_char(']')
            }
            Pn::Map(entries) => {
                out.write_str("{\"#\":[")?;
                for (number, (key, value)) in entries.iter().enumerate() {
                    if number > 0 {
                        out.write_char(',')?;
                    }
                    write_json_string(key, out)?;
                    out.write_char(',')?;
                    value.write_json(out)?;
                }
                out.write_str("]}")
            }
            Pn::String(text) => write_json_string(text, out),
            Pn::Nil => out.write_str("null"),
            number => number.write(out, None),
        }
    }
}

/// The notation on one line.
impl fmt::Display for Pn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, None)
    }
}

fn separate(number: usize, out: &mut impl fmt::Write, indent: Option<usize>) -> fmt::Result {
    match indent {
        Some(indent) => write!(out, "\n{:width$}", "", width = indent * 2),
        None if number > 0 => out.write_char(' '),
        None => Ok(()),
    }
}

fn write_elements(
    elements: &[Pn],
    out: &mut impl fmt::Write,
    indent: Option<usize>,
) -> fmt::Result {
    let inner = indent.map(|indent| indent + 1);
    for (number, element) in elements.iter().enumerate() {
        separate(number, out, inner)?;
        element.write(out, inner)?;
    }
    Ok(())
}

fn write_quoted(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '\t' => out.write_str("\\t")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            c if u32::from(c) < 0x20 => write!(out, "\\o{:03o}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

fn write_json_string(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            c if u32::from(c) < 0x20 => write!(out, "\\u{:04x}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// A number as the reference writes it: `1.5`, `1.0e+20`.
fn float_text(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-4..1e16).contains(&magnitude) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let digits = if digits.contains('.') {
        digits.to_owned()
    } else {
        format!("{digits}.0")
    };
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}
