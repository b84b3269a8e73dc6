//! The tokens of a template's code.

use std::sync::Arc;

/// A token, where it stands, and whether a blank stands before it.
#[derive(Clone, Debug)]
pub(in crate::erb::ruby) struct Token {
    pub kind: TokenKind,
    pub line: u32,
    pub is_spaced: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::erb::ruby) enum TokenKind {
    /// A lower-case name, `name?` and `name!` among them.
    Name(Arc<str>),
    /// An upper-case name.
    Constant(Arc<str>),
    /// Without the `@`.
    Instance(Arc<str>),
    /// Without the `$`.
    Global(Arc<str>),
    Integer(i64),
    Float(f64),
    String(Vec<Piece>),
    Symbol(Vec<Piece>),
    Regexp(Vec<Piece>, Arc<str>),
    /// `%w[]`
    Words(Vec<Vec<Piece>>),
    /// `%i[]`
    Symbols(Vec<Vec<Piece>>),
    /// `name:` or `"name":`
    Label(Vec<Piece>),
    Keyword(&'static str),
    Operator(&'static str),
    /// A line's end or a semicolon.
    End,
    /// The template's own text.
    Text(Arc<str>),
    /// `<%=`
    OutputStart,
    /// The `%>` of `<%=`.
    OutputEnd,
    EndOfInput,
}

/// A piece of a string.
#[derive(Clone, Debug)]
pub(in crate::erb::ruby) enum Piece {
    Text(String),
    Code(Vec<Token>),
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Text(a), Self::Text(b)) if a == b)
    }
}

pub(super) const KEYWORDS: &[&str] = &[
    "alias",
    "and",
    "begin",
    "break",
    "case",
    "class",
    "def",
    "defined?",
    "do",
    "else",
    "elsif",
    "end",
    "ensure",
    "false",
    "for",
    "if",
    "in",
    "module",
    "next",
    "nil",
    "not",
    "or",
    "redo",
    "rescue",
    "retry",
    "return",
    "self",
    "super",
    "then",
    "true",
    "undef",
    "unless",
    "until",
    "when",
    "while",
    "yield",
    "__FILE__",
    "__LINE__",
    "__method__",
];

/// Longest first where one starts another.
pub(super) const OPERATORS: &[&str] = &[
    "**=", "<=>", "===", "...", "<<=", ">>=", "&&=", "||=", "**", "==", "!=", ">=", "<=", "&&",
    "||", "=~", "!~", "..", "::", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "->",
    "=>", "&.", "+", "-", "*", "/", "%", "=", "<", ">", "!", "&", "|", "^", "~", "?", ":", ",",
    ".", "(", ")", "[", "]", "{", "}",
];
