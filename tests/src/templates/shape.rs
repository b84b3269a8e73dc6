//! What a template makes of a variable tells what the variable holds.

use std::sync::{Arc, LazyLock};

use ficelle_language::values::Regexp;

use super::find::all;
use crate::modules::value::{by_name, quoted};

/// Stands for the value that is looked at.
const MARK: &str = "\u{1}";

macro_rules! pattern {
    ($name:ident, $($text:expr),+) => {
        static $name: LazyLock<Arc<Regexp>> = LazyLock::new(|| Regexp::of(concat!($($text),+)));
    };
}

/// From a value to the first parameter of a block that it is iterated with.
macro_rules! to_block {
    () => {
        r"\x01[\w.?!]*(?:\([^()%\n]*\))?[\w.?!]*\s*(?:do|\{)\s*\|\s*\(?"
    };
}

pattern!(PAIRS, to_block!(), r"\w+\s*,\s*\(?(\w+)");
pattern!(ITEMS, to_block!(), r"(\w+)");
pattern!(
    INDEXED,
    r"\x01[\w.]*(?:with_index|inject|reduce|with_object)"
);
pattern!(
    KEYS,
    r#"\x01(?:\[|\.(?:has_key|key|fetch)\??\(|\.include\?\()['":]([A-Za-z]\w*)"#
);
pattern!(
    OF_MAPS,
    r"\x01\.(?:keys|values|each_pair|each_key|has_key|to_hash)\b"
);
pattern!(
    OF_LISTS,
    r"\x01(?:\.(?:join|flatten|each|first|last|uniq|collect|map|sort|push|compact)\b|\[\d)"
);
pattern!(OF_NUMBERS, r"\x01(?:\.to_i\b|\s*[<>*]=?\s*\d|\s*[+-]\s*\d)");

/// How deep elements of elements are looked at.
const DEEPEST: u32 = 3;

/// What a value looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string, or anything that is written as it is.
    Text,
    /// A number.
    Number,
    /// An array.
    List(Box<Shape>),
    /// A hash with any keys.
    Map(Box<Shape>),
    /// A hash with these keys.
    Record(Vec<(String, Shape)>),
}

/// Which of several values is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// One or two elements each.
    Full,
    /// Other values, some of them of another kind.
    Other,
    /// No elements, empty texts.
    Empty,
}

impl Shape {
    /// The shape of what `access` stands for in the text of a template.
    pub fn of(text: &str, access: &str) -> Self {
        Self::at(text, access, DEEPEST)
    }

    fn at(text: &str, access: &str, depth: u32) -> Self {
        let Some(depth) = depth.checked_sub(1) else {
            return Self::Text;
        };
        let marked = marked(text, access);
        let matches = |pattern: &Regexp| pattern.is_match(&marked).unwrap_or(false);
        // The second of two block parameters, but for an index.
        let values = all(&PAIRS, &marked);
        if let (Some(value), false) = (values.first(), matches(&INDEXED)) {
            return Self::Map(Box::new(Self::at(text, value, depth)));
        }
        let mut keys = all(&KEYS, &marked);
        if !keys.is_empty() {
            keys.sort();
            keys.dedup();
            let member = |key: String| {
                let shape = Self::at(text, &format!("{access}['{key}']"), depth);
                (key, shape)
            };
            return Self::Record(keys.into_iter().map(member).collect());
        }
        if matches(&OF_MAPS) {
            return Self::Map(Box::new(Self::Text));
        }
        if let Some(item) = all(&ITEMS, &marked).first() {
            return Self::List(Box::new(Self::at(text, item, depth)));
        }
        if matches(&OF_LISTS) {
            return Self::List(Box::new(Self::Text));
        }
        if matches(&OF_NUMBERS) {
            return Self::Number;
        }
        Self::Text
    }

    /// A value of this shape, written in the language.
    pub fn value(&self, name: &str, filling: Filling) -> String {
        match (self, filling) {
            (Self::Text, Filling::Full) => quoted(by_name(name).unwrap_or("value")),
            (Self::Text, Filling::Empty) => quoted(""),
            (Self::Text, Filling::Other) => {
                let others = ["true", "false", "5", "'a b'", "['x', 'y']", "undef", "'on'"];
                let sum: usize = name.bytes().map(usize::from).sum();
                others[sum % others.len()].to_owned()
            }
            (Self::Number, Filling::Empty) => "0".to_owned(),
            (Self::Number, Filling::Full) => "12".to_owned(),
            (Self::Number, Filling::Other) => "'34'".to_owned(),
            (Self::List(_), Filling::Empty) => "[]".to_owned(),
            (Self::List(item), Filling::Full) => {
                let first = item.value(name, filling);
                match **item {
                    Self::Text => format!("[{first}, 'other']"),
                    _ => format!("[{first}, {first}]"),
                }
            }
            (Self::List(item), Filling::Other) => match **item {
                Self::Text => quoted("single"),
                _ => format!("[{}]", item.value(name, filling)),
            },
            (Self::Map(_), Filling::Empty) => "{}".to_owned(),
            (Self::Map(value), Filling::Full) => {
                let value = value.value(name, filling);
                format!("{{'zeta' => {value}, 'alpha' => {value}}}")
            }
            (Self::Map(value), Filling::Other) => {
                format!("{{'key' => {}}}", value.value(name, filling))
            }
            (Self::Record(_), Filling::Empty) => "{}".to_owned(),
            (Self::Record(members), _) => {
                let member = |(key, shape): &(String, Self)| {
                    format!("{} => {}", quoted(key), shape.value(key, filling))
                };
                let members: Vec<String> = members.iter().map(member).collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }
}

/// The text with a mark for each place where the name stands as a whole.
fn marked(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let behind = &found[name.len()..];
        out.push_str(before);
        let is_part = out.ends_with(|last| is_word(last) || matches!(last, '@' | '.'))
            || (name.ends_with(is_word) && behind.starts_with(is_word));
        out.push_str(if is_part { name } else { MARK });
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_tells_the_shape() {
        let text = "<% @hosts.sort.each do |name, options| %><%= options['ip'] %>\
                    <% options['aliases'].each do |a| %><%= a %><% end end %>\
                    <%= @list.join(' ') %> <%= @count.to_i %> <%= @plain %>";
        let of = |name: &str| Shape::of(text, name).value("x", Filling::Full);
        assert_eq!(
            of("@hosts"),
            "{'zeta' => {'aliases' => ['value', 'other'], 'ip' => '192.0.2.10'}, \
             'alpha' => {'aliases' => ['value', 'other'], 'ip' => '192.0.2.10'}}"
        );
        assert_eq!(of("@list"), "['value', 'other']");
        assert_eq!(of("@count"), "12");
        assert_eq!(of("@plain"), "'value'");
    }
}
