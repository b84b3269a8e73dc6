//! What the lexer makes: small tokens that point into the source, and beside them the texts of
//! strings, whose escapes are already resolved.

use std::sync::Arc;

use crate::source::Span;

/// Kinds of tokens. Names follow the grammar of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    // Brackets and punctuation.
    LeftBracket,
    ListStart,
    RightBracket,
    LeftBrace,
    RightBrace,
    LeftParen,
    LineLeftParen,
    RightParen,
    Comma,
    Dot,
    Colon,
    Semicolon,
    Question,
    Pipe,
    At,
    AtAt,
    // Operators.
    Equals,
    Appends,
    Deletes,
    IsEqual,
    NotEqual,
    Match,
    NotMatch,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    FatArrow,
    PlusArrow,
    LeftShift,
    RightShift,
    LeftCollect,
    RightCollect,
    LeftLeftCollect,
    RightRightCollect,
    Plus,
    Minus,
    Slash,
    Star,
    Percent,
    Not,
    InEdge,
    InEdgeSub,
    /// `~`, which begins nothing.
    Tilde,
    OutEdge,
    OutEdgeSub,
    // Words.
    Name,
    Word,
    ClassReference,
    Variable,
    Number,
    Boolean,
    // Texts; `data` is the index of the text.
    String,
    Regexp,
    StringStart,
    StringMiddle,
    StringEnd,
    Heredoc,
    RenderString,
    RenderExpression,
    EppEnd,
    // Keywords.
    Case,
    Class,
    Default,
    Define,
    If,
    Elsif,
    Else,
    Inherits,
    Node,
    And,
    Or,
    Undef,
    In,
    Unless,
    Function,
    Type,
    Attr,
    Private,
    Plan,
    Apply,
    // The rest.
    /// A character that begins nothing.
    Other,
    /// What the lexer could not read; `data` is the index of the error.
    Error,
    /// The end of the input.
    End,
}

impl TokenKind {
    /// Whether this is a keyword that may stand as the name of an attribute.
    pub(crate) fn is_keyword(self) -> bool {
        use TokenKind as T;
        matches!(
            self,
            T::Case
                | T::Class
                | T::Default
                | T::Define
                | T::If
                | T::Elsif
                | T::Else
                | T::Inherits
                | T::Node
                | T::And
                | T::Or
                | T::Undef
                | T::In
                | T::Unless
                | T::Function
                | T::Type
                | T::Attr
                | T::Private
                | T::Plan
                | T::Apply
        )
    }

    /// Whether a `/` after this token divides instead of opening a regular expression.
    pub(crate) fn ends_operand(self) -> bool {
        use TokenKind as T;
        matches!(
            self,
            T::RightParen
                | T::RightBracket
                | T::RightRightCollect
                | T::RightCollect
                | T::Name
                | T::ClassReference
                | T::Number
                | T::String
                | T::Boolean
                | T::StringStart
                | T::StringMiddle
                | T::StringEnd
                | T::Heredoc
                | T::Regexp
                | T::Variable
                | T::Word
        )
    }
}

/// The keyword a word is, if it is one.
pub(crate) fn keyword(word: &str, tasks: bool) -> Option<TokenKind> {
    use TokenKind as T;
    Some(match word {
        "case" => T::Case,
        "class" => T::Class,
        "default" => T::Default,
        "define" => T::Define,
        "if" => T::If,
        "elsif" => T::Elsif,
        "else" => T::Else,
        "inherits" => T::Inherits,
        "node" => T::Node,
        "and" => T::And,
        "or" => T::Or,
        "undef" => T::Undef,
        "false" | "true" => T::Boolean,
        "in" => T::In,
        "unless" => T::Unless,
        "function" => T::Function,
        "type" => T::Type,
        "attr" => T::Attr,
        "private" => T::Private,
        "plan" if tasks => T::Plan,
        "apply" if tasks => T::Apply,
        _ => return None,
    })
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Index into the texts or the errors, for the kinds that have one.
    pub(crate) data: u32,
}

impl Token {
    pub(crate) fn span(self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// Something the lexer could not read, or found odd.
#[derive(Clone, Debug)]
pub(crate) struct LexerIssue {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Where; `None` where the reference tells no place.
    pub(crate) offset: Option<u32>,
}

/// Everything the lexer made of a source.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    pub(crate) texts: Vec<Arc<str>>,
    pub(crate) errors: Vec<LexerIssue>,
    pub(crate) warnings: Vec<LexerIssue>,
}
