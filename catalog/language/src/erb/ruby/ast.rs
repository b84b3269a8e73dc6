//! The tree of a template's code.

use std::sync::{Arc, OnceLock};

use super::value::RegexpValue;

/// An expression and its line.
#[derive(Clone, Debug)]
pub(in crate::erb) struct Node {
    pub kind: Kind,
    pub line: u32,
}

#[derive(Clone, Debug)]
pub(in crate::erb) enum Kind {
    Nil,
    True,
    False,
    SelfReference,
    Integer(i64),
    Float(f64),
    String(Arc<str>),
    Interpolated(Vec<Part>),
    Symbol(Arc<str>),
    InterpolatedSymbol(Vec<Part>),
    Regexp {
        parts: Vec<Part>,
        options: Arc<str>,
        /// Itself, once made, where it is the same every time.
        made: OnceLock<Arc<RegexpValue>>,
    },
    Array(Vec<Node>),
    /// A pair without a key is `**value`.
    Hash(Vec<(Option<Node>, Node)>),
    Range {
        from: Option<Box<Node>>,
        to: Option<Box<Node>>,
        is_exclusive: bool,
    },
    /// `__FILE__`
    File,
    Local(Arc<str>),
    Instance(Arc<str>),
    Global(Arc<str>),
    Constant(Arc<str>),
    /// `$1`
    Group(usize),
    Assign(Target, Box<Node>),
    OperatorAssign(Target, AssignOperator, Box<Node>),
    MultipleAssign(Pattern, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Defined(Box<Node>),
    Call(Box<Call>),
    Yield(Vec<Node>),
    Splat(Box<Node>),
    If(Box<Node>, Box<Node>, Option<Box<Node>>),
    While {
        condition: Box<Node>,
        body: Box<Node>,
        /// What the condition has to be for another round.
        while_is: bool,
        check: Check,
    },
    For(Pattern, Box<Node>, Box<Node>),
    Case {
        subject: Option<Box<Node>>,
        branches: Vec<(Vec<Node>, Node)>,
        otherwise: Option<Box<Node>>,
    },
    Begin(Box<Begin>),
    Sequence(Vec<Node>),
    Define(Arc<Definition>),
    Return(Option<Box<Node>>),
    Break(Option<Box<Node>>),
    Next(Option<Box<Node>>),
    Lambda(Arc<BlockCode>),
    /// The template's own text.
    Text(Arc<str>),
    /// `<%= %>`
    Output(Option<Box<Node>>),
}

/// When a loop looks at its condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::erb) enum Check {
    Before,
    /// `begin … end while`
    After,
}

/// Whether a procedure is a lambda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::erb) enum Lambda {
    Yes,
    No,
}

/// A piece of a string.
#[derive(Clone, Debug)]
pub(in crate::erb) enum Part {
    Text(Arc<str>),
    Code(Node),
}

/// What can be assigned to.
#[derive(Clone, Debug)]
pub(in crate::erb) enum Target {
    Local(Arc<str>),
    Instance(Arc<str>),
    Global(Arc<str>),
    Constant(Arc<str>),
    Index(Box<Node>, Vec<Node>),
    Attribute(Box<Node>, Arc<str>),
    Nested(Pattern),
}

/// `a, (b, c), *d, e`
#[derive(Clone, Debug, Default)]
pub(in crate::erb) struct Pattern {
    pub before: Vec<Target>,
    /// `*d`; a bare star has no target.
    pub splat: Option<Option<Box<Target>>>,
    pub after: Vec<Target>,
}

#[derive(Clone, Debug)]
pub(in crate::erb) enum AssignOperator {
    /// `||=`
    Or,
    /// `&&=`
    And,
    /// `+=` and the like.
    Method(Arc<str>),
}

#[derive(Clone, Debug)]
pub(in crate::erb) struct Call {
    pub receiver: Option<Node>,
    pub name: Arc<str>,
    pub arguments: Vec<Node>,
    pub block: Option<BlockArgument>,
    /// `&.`
    pub is_safe: bool,
    /// Neither arguments nor parentheses: may have been meant as a variable.
    pub is_bare: bool,
}

#[derive(Clone, Debug)]
pub(in crate::erb) enum BlockArgument {
    Code(Arc<BlockCode>),
    /// `&value`
    Value(Box<Node>),
}

/// A block's parameters and body.
#[derive(Clone, Debug)]
pub(in crate::erb) struct BlockCode {
    pub parameters: Parameters,
    pub body: Node,
}

#[derive(Clone, Debug, Default)]
pub(in crate::erb) struct Parameters {
    pub required: Vec<Target>,
    pub optional: Vec<(Arc<str>, Node)>,
    pub splat: Option<Option<Arc<str>>>,
    /// Required ones behind the splat or the optional ones.
    pub after: Vec<Target>,
    pub keywords: Vec<(Arc<str>, Option<Node>)>,
    pub keyword_splat: Option<Arc<str>>,
    pub block: Option<Arc<str>>,
    /// `|a; b|`
    pub locals: Vec<Arc<str>>,
    /// `|a,|`
    pub has_trailing_comma: bool,
}

/// `def name`
#[derive(Debug)]
pub(in crate::erb) struct Definition {
    pub name: Arc<str>,
    pub parameters: Parameters,
    pub body: Node,
}

#[derive(Clone, Debug)]
pub(in crate::erb) struct Begin {
    pub body: Node,
    pub rescues: Vec<Rescue>,
    pub otherwise: Option<Node>,
    pub ensure: Option<Node>,
}

#[derive(Clone, Debug)]
pub(in crate::erb) struct Rescue {
    pub classes: Vec<Node>,
    pub variable: Option<Target>,
    pub body: Node,
}
