//! HOCON, the configuration language of Typesafe's library: JSON with paths for keys, comments,
//! merging and substitutions.
//!
//! Source: `HOCON.md` of lightbend/config. `include` is refused: a compile reads no file that a
//! text names.

mod parser;
mod resolve;

use super::super::{Dispatch, Function, fail, function, on};
use crate::{error::Evaluated, evaluator::Call, values::Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("parsehocon", PARSE),
    function("stdlib::parsehocon", PARSE),
];

const PARSE: &[Dispatch] = &[on("String hocon_string, Any default?", |call| {
    parse_hocon(call)
})];

fn parse_hocon(call: &Call<'_, '_>) -> Evaluated {
    let text = call.arguments[0].as_str().unwrap_or_default();
    match parse(text) {
        Ok(value) => Ok(value),
        Err(error) => match call.arguments.get(1) {
            Some(default) => Ok(default.clone()),
            None => fail!("{error}"),
        },
    }
}

fn parse(text: &str) -> Result<Value, String> {
    resolve::resolve(&parser::parse(text)?)
}

/// A value as it stands in the text: substitutions are not yet made.
#[derive(Clone, Debug)]
enum Node {
    /// What needs nothing more.
    Plain(Value),
    /// Keys and values; a key that was there before has been merged.
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    /// `${path}`, `${?path}`
    Substitution {
        path: Vec<String>,
        is_optional: bool,
    },
    /// Values side by side.
    Concatenation(Vec<Node>),
    /// A value over another: an object is merged into it, anything else takes its place.
    Over(Box<Node>, Box<Node>),
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(value) => value.to_string(),
            Err(error) => error,
        }
    }

    #[test]
    fn keys_are_paths_and_objects_merge() {
        assert_eq!(
            shown("a.b = 1, a { c : x y } // done"),
            "{a => {b => 1, c => x y}}"
        );
        assert_eq!(shown("a = {b:1} {c:2}, a.b = 3"), "{a => {b => 3, c => 2}}");
        assert_eq!(
            shown("\"a.b\" : null\nc += 1\nc += 2"),
            "{a.b => , c => [1, 2]}"
        );
    }

    #[test]
    fn substitutions_look_from_the_root() {
        assert_eq!(
            shown("a = 1, b = x${a}y, c = ${?none}"),
            "{a => 1, b => x1y}"
        );
        assert_eq!(shown("p = [1], p = ${p} [2]"), "{p => [1, 2]}");
        assert!(shown("a = ${b}").contains("Could not resolve substitution"));
        assert!(shown("a = ${b}, b = ${a}").contains("cycle"));
    }

    #[test]
    fn texts_come_in_three_kinds() {
        assert_eq!(shown("a = \"\"\"x\"y\n\"\"\""), "{a => x\"y\n}");
        assert_eq!(
            shown("a = [ true, 1.5\n  on the way, \"q\\n\" ]"),
            "{a => [true, 1.5, on the way, q\n]}"
        );
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(
            shown("invalid"),
            "String: 1: Key 'invalid' may not be followed by token: end of file"
        );
        assert_eq!(
            shown("a = "),
            "String: 1: Expecting a value but got wrong token: end of file"
        );
        assert_eq!(
            shown("{a:1"),
            "String: 1: Expecting close brace } or a comma, got end of file"
        );
    }
}
