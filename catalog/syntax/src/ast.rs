//! The tree of a parsed manifest or template: what the parser makes and the evaluator reads.
//!
//! Trees are immutable and `Send + Sync`; definitions sit behind `Arc` so that they can outlive
//! the file they came from in a loader's cache. Names are `Arc<str>` for the same reason.

use std::{
    any::Any,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::source::{Source, Span};

/// A place beside a definition where whoever evaluates it keeps what it has worked out, for those
/// who come after. A copy of the definition has none.
#[derive(Default)]
pub struct Slot(Mutex<Option<Arc<dyn Any + Send + Sync>>>);

impl Slot {
    /// What is kept, where it is of this kind.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()?.downcast().ok()
    }

    /// Keeps something, in place of what was kept before.
    pub fn keep<T: Any + Send + Sync>(&self, kept: Arc<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }
}

impl Clone for Slot {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}

/// A word beside a name where whoever evaluates it keeps what it has worked out of the name, for
/// those who come after: zero as long as nothing is kept. A copy has none.
#[derive(Default)]
pub struct Memo(AtomicU64);

impl Memo {
    /// What is kept.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Keeps this, whatever was kept before.
    pub fn keep(&self, word: u64) {
        self.0.store(word, Ordering::Relaxed);
    }

    /// What is kept, or what `work_out` gives, which is kept then.
    pub fn get_or(&self, work_out: impl FnOnce() -> u64) -> u64 {
        match self.get() {
            0 => {
                let made = work_out();
                self.keep(made);
                made
            }
            kept => kept,
        }
    }
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

/// A variable that is named.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Without the dollar; a leading `::` is kept.
    pub name: Arc<str>,
    /// What the name looks like.
    pub form: VariableForm,
    /// For what is worked out of the last segment of the name.
    pub memo: Memo,
    /// For where a body's scope has it.
    pub place: Memo,
}

/// What the name of a variable looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableForm {
    /// `name`
    Plain,
    /// `class::name`, `::name`: where the last segment begins, zero where there is no `::`.
    Qualified(u32),
    /// `1`: a group of the last match. Nothing is known of a number that is too large.
    Group(Option<u32>),
}

impl Variable {
    /// The variable of this name.
    pub fn new(name: Arc<str>) -> Self {
        Self {
            form: VariableForm::of(&name),
            name,
            memo: Memo::default(),
            place: Memo::default(),
        }
    }

    /// The last segment of the name, by which a scope has it.
    #[inline]
    pub fn leaf(&self) -> &str {
        match self.form {
            VariableForm::Qualified(leaf) => &self.name[leaf as usize..],
            _ => &self.name,
        }
    }
}

impl VariableForm {
    /// What a name looks like.
    pub fn of(name: &str) -> Self {
        match name.as_bytes() {
            [first, ..] if first.is_ascii_digit() => Self::Group(name.parse().ok()),
            bytes if bytes.contains(&b':') => {
                let mut pairs = bytes.windows(2);
                let separator = pairs.rposition(|pair| pair == b"::");
                Self::Qualified(separator.map_or(0, |at| at as u32 + 2))
            }
            _ => Self::Plain,
        }
    }
}

/// A parsed file: what stands at its top level, definitions included.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where the code came from.
    pub source: Arc<Source>,
    /// The statements, in order. An EPP template is one [`ExpressionKind::Epp`].
    pub body: Vec<Expression>,
}

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where messages about it point. As in the reference this is the operator of a binary
    /// expression, a relationship, an assignment or a hash entry, and what opens everything else.
    pub span: Span,
}

/// Every form of expression; statements are expressions too.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// `undef`
    Undef,
    /// `default`
    Default,
    /// `true`, `false`
    Boolean(bool),
    /// An integer with the radix it was written in (8, 10 or 16).
    Integer {
        /// The value.
        value: i64,
        /// 8, 10 or 16.
        radix: u8,
    },
    /// A floating point number.
    Float(f64),
    /// A string without interpolation, escapes already resolved.
    String(Arc<str>),
    /// A double-quoted string or heredoc with interpolation.
    Concatenated(Vec<StringPart>),
    /// A heredoc: its syntax tag (empty where none is given) and its text.
    Heredoc {
        /// What stands after the colon in `@(END:json)`.
        syntax: Arc<str>,
        /// A `String` or `Concatenated`.
        text: Box<Expression>,
    },
    /// `/regexp/`, without the slashes.
    Regexp(Arc<str>),
    /// A lower-case name, perhaps qualified: `notice`, `apache::vhost`.
    Name(Arc<str>),
    /// A reserved word used where a name may not stand; validation refuses it.
    ReservedWord {
        /// The word.
        word: Arc<str>,
        /// Whether it is only reserved for a later version.
        future: bool,
    },
    /// A capitalised name, perhaps qualified, as it was written: `File`, `Apache::Vhost`.
    Reference(Arc<str>),
    /// `$name`
    Variable(Variable),
    /// `[…]`
    Array(Vec<Expression>),
    /// `{…}`
    Hash(Vec<HashEntry>),
    /// `left[keys]`
    Access {
        /// What is accessed.
        left: Box<Expression>,
        /// The keys.
        keys: Vec<Expression>,
    },
    /// A call of a function by name, or of a value (`String(…)`).
    Call(Box<Call>),
    /// `receiver.name(arguments) |…| { }`
    MethodCall(Box<MethodCall>),
    /// An operator between two operands.
    Binary {
        /// Which.
        operator: BinaryOperator,
        /// The left operand.
        left: Box<Expression>,
        /// The right operand.
        right: Box<Expression>,
    },
    /// `!operand`, `-operand`, `*operand`
    Unary {
        /// Which.
        operator: UnaryOperator,
        /// The operand.
        operand: Box<Expression>,
    },
    /// `target = value` (also `+=`, `-=`, which validation refuses).
    Assignment {
        /// Which.
        operator: AssignmentOperator,
        /// The left side: a variable, an array of them, or a hash of them.
        target: Box<Expression>,
        /// The right side.
        value: Box<Expression>,
    },
    /// `if`, and `elsif` as an `if` in `otherwise`.
    If {
        /// The condition.
        condition: Box<Expression>,
        /// A block.
        then: Box<Expression>,
        /// A block, an `If`, or nothing.
        otherwise: Option<Box<Expression>>,
    },
    /// `unless`
    Unless {
        /// The condition.
        condition: Box<Expression>,
        /// A block.
        then: Box<Expression>,
        /// A block or nothing.
        otherwise: Option<Box<Expression>>,
    },
    /// `case`
    Case {
        /// What is tested.
        test: Box<Expression>,
        /// The options, in order.
        options: Vec<CaseOption>,
    },
    /// `test ? { … }`
    Selector {
        /// What is tested.
        test: Box<Expression>,
        /// The choices, in order.
        choices: Vec<SelectorChoice>,
    },
    /// `{ … }` of a control structure, or an inner sequence of statements.
    Block(Vec<Expression>),
    /// A parenthesised expression (kept only where the tree would not tell otherwise).
    Parenthesized(Box<Expression>),
    /// `type { title: … }` in all its forms.
    Resource(Box<ResourceExpression>),
    /// `Type { … }`
    ResourceDefaults(Box<ResourceDefaults>),
    /// `Type[title] { … }`
    ResourceOverride(Box<ResourceOverride>),
    /// `Type <| query |> { … }`
    Collector(Box<Collector>),
    /// `left -> right` and its kin.
    Relationship {
        /// Which arrow.
        operator: RelationshipOperator,
        /// The left operand.
        left: Box<Expression>,
        /// The right operand.
        right: Box<Expression>,
    },
    /// `class …`
    Class(Arc<ClassDefinition>),
    /// `define …`
    Define(Arc<DefineDefinition>),
    /// `node …`
    Node(Arc<NodeDefinition>),
    /// `function …`
    Function(Arc<FunctionDefinition>),
    /// `plan …` (with `tasks`)
    Plan(Arc<PlanDefinition>),
    /// `type Name = …`
    TypeAlias(Arc<TypeAliasDefinition>),
    /// `type Runtime[ruby, 'name'] = Name`
    TypeMapping {
        /// The left side.
        type_expression: Box<Expression>,
        /// The right side.
        mapping: Box<Expression>,
    },
    /// `type Name inherits Parent { … }`, reserved syntax that validation refuses.
    TypeDefinition(Box<TypeDefinition>),
    /// `apply(targets) { … }` (with `tasks`)
    Apply(Box<Apply>),
    /// An EPP template.
    Epp(Arc<EppTemplate>),
    /// Literal text of an EPP template.
    RenderText(Arc<str>),
    /// `<%= … %>`
    RenderExpression(Box<Expression>),
    /// Nothing: an empty body, `;`.
    Nop,
}

/// A part of an interpolated string.
#[derive(Clone, Debug)]
pub enum StringPart {
    /// Literal text, escapes resolved.
    Text(Arc<str>, Span),
    /// `$name` or `${…}`: the expression inside, a bare name already turned into a variable.
    Expression(Expression),
}

/// `key => value` of a hash.
#[derive(Clone, Debug)]
pub struct HashEntry {
    /// The key.
    pub key: Expression,
    /// The value.
    pub value: Expression,
    /// Where the arrow stands.
    pub span: Span,
}

/// A call that is not a method call.
#[derive(Clone, Debug)]
pub struct Call {
    /// A `Name`, a `Reference`, or any expression that gives something to call.
    pub functor: Expression,
    /// The arguments; `*x` is a `Unary` splat.
    pub arguments: Vec<Expression>,
    /// The lambda after the arguments.
    pub lambda: Option<Arc<Lambda>>,
    /// Whether the value is used: false for a statement call without parentheses (`invoke` in
    /// Puppet Notation, `call` otherwise).
    pub value_required: bool,
}

/// `type Name inherits Parent { … }`
#[derive(Clone, Debug)]
pub struct TypeDefinition {
    /// The name.
    pub name: Arc<str>,
    /// The parent's name.
    pub parent: Option<Arc<str>>,
    /// The statements.
    pub body: Vec<Expression>,
}

/// `apply(targets) { … }`
#[derive(Clone, Debug)]
pub struct Apply {
    /// The arguments.
    pub arguments: Vec<Expression>,
    /// The statements.
    pub body: Vec<Expression>,
}

/// `receiver.name(arguments)`
#[derive(Clone, Debug)]
pub struct MethodCall {
    /// What stands before the dot.
    pub receiver: Expression,
    /// What stands after it: a `Name`, or a `Reference` or reserved word such as `type`.
    pub name: Expression,
    /// The arguments in parentheses.
    pub arguments: Vec<Expression>,
    /// The lambda.
    pub lambda: Option<Arc<Lambda>>,
    /// Whether the value is used.
    pub value_required: bool,
}

/// `|parameters| >> Type { body }`
#[derive(Clone, Debug)]
pub struct Lambda {
    /// Where it was written.
    pub source: Arc<Source>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The return type.
    pub returns: Option<Expression>,
    /// The statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// `Type *$name = default`
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Without the dollar.
    pub name: Arc<str>,
    /// The type expression.
    pub type_expression: Option<Expression>,
    /// The default.
    pub default: Option<Expression>,
    /// Whether it takes the rest of the arguments (`*$rest`).
    pub captures_rest: bool,
    /// Where it stands.
    pub span: Span,
}

/// Binary operators that compute a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `<<`
    LeftShift,
    /// `>>`
    RightShift,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `=~`
    Match,
    /// `!~`
    NotMatch,
    /// `in`
    In,
    /// `and`
    And,
    /// `or`
    Or,
}

impl BinaryOperator {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::Modulo => "%",
            BinaryOperator::LeftShift => "<<",
            BinaryOperator::RightShift => ">>",
            BinaryOperator::Equal => "==",
            BinaryOperator::NotEqual => "!=",
            BinaryOperator::Less => "<",
            BinaryOperator::LessEqual => "<=",
            BinaryOperator::Greater => ">",
            BinaryOperator::GreaterEqual => ">=",
            BinaryOperator::Match => "=~",
            BinaryOperator::NotMatch => "!~",
            BinaryOperator::In => "in",
            BinaryOperator::And => "and",
            BinaryOperator::Or => "or",
        }
    }
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Minus,
    /// `*`
    Splat,
}

/// Assignment operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssignmentOperator {
    /// `=`
    Assign,
    /// `+=`
    Append,
    /// `-=`
    Delete,
}

/// Chaining arrows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationshipOperator {
    /// `->`
    Before,
    /// `~>`
    Notify,
    /// `<-`
    Require,
    /// `<~`
    Subscribe,
}

impl AssignmentOperator {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            AssignmentOperator::Assign => "=",
            AssignmentOperator::Append => "+=",
            AssignmentOperator::Delete => "-=",
        }
    }
}

impl RelationshipOperator {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            RelationshipOperator::Before => "->",
            RelationshipOperator::Notify => "~>",
            RelationshipOperator::Require => "<-",
            RelationshipOperator::Subscribe => "<~",
        }
    }
}

/// `values: { … }` of a case.
#[derive(Clone, Debug)]
pub struct CaseOption {
    /// The values.
    pub values: Vec<Expression>,
    /// A block.
    pub then: Expression,
    /// Where it stands.
    pub span: Span,
}

/// `match => value` of a selector.
#[derive(Clone, Debug)]
pub struct SelectorChoice {
    /// What is matched.
    pub matches: Expression,
    /// What it gives.
    pub value: Expression,
    /// Where it stands.
    pub span: Span,
}

/// How a resource expression was marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceForm {
    /// Nothing.
    Regular,
    /// `@`
    Virtual,
    /// `@@`
    Exported,
}

/// `type { body; body }`
#[derive(Clone, Debug)]
pub struct ResourceExpression {
    /// `@`, `@@` or nothing.
    pub form: ResourceForm,
    /// The type: a `Name` (also `class`), a `Reference` or any expression.
    pub type_name: Expression,
    /// Title and attributes, one or more.
    pub bodies: Vec<ResourceBody>,
}

/// `title: attributes`
#[derive(Clone, Debug)]
pub struct ResourceBody {
    /// The title; `Default` for local defaults.
    pub title: Expression,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// Where it stands.
    pub span: Span,
}

/// `name => value`, `name +> value` or `* => value`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Which.
    pub operator: AttributeOperator,
    /// The name; empty for `*`.
    pub name: Arc<str>,
    /// The value.
    pub value: Expression,
    /// Where it stands.
    pub span: Span,
}

/// What an attribute does to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeOperator {
    /// `=>`
    Set,
    /// `+>`
    Append,
    /// `* =>`
    Splat,
}

/// `Type { attributes }`
#[derive(Clone, Debug)]
pub struct ResourceDefaults {
    /// `@`, `@@` or nothing (anything but nothing is refused by validation).
    pub form: ResourceForm,
    /// The type.
    pub type_reference: Expression,
    /// The attributes.
    pub attributes: Vec<Attribute>,
}

/// `Type[title] { attributes }`
#[derive(Clone, Debug)]
pub struct ResourceOverride {
    /// `@`, `@@` or nothing (anything but nothing is refused by validation).
    pub form: ResourceForm,
    /// An `Access`.
    pub resources: Expression,
    /// The attributes.
    pub attributes: Vec<Attribute>,
}

/// `Type <| query |> { attributes }`
#[derive(Clone, Debug)]
pub struct Collector {
    /// The type.
    pub type_reference: Expression,
    /// Virtual (`<| |>`) or exported (`<<| |>>`).
    pub exported: bool,
    /// The query, where there is one: `==`, `!=`, `and`, `or` as `Binary`.
    pub query: Option<Expression>,
    /// Overrides.
    pub attributes: Vec<Attribute>,
}

/// `class name(parameters) inherits parent { body }`
#[derive(Clone, Debug)]
pub struct ClassDefinition {
    /// Where it was written.
    pub source: Arc<Source>,
    /// The full name, lower case, without a leading `::`.
    pub name: Arc<str>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The parent's name (`default` allowed by the grammar).
    pub parent: Option<Arc<str>>,
    /// The statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
    /// For what its parameters' types are.
    pub slot: Slot,
    /// For where its variables are.
    pub layout: Slot,
}

/// `define name(parameters) { body }`
#[derive(Clone, Debug)]
pub struct DefineDefinition {
    /// Where it was written.
    pub source: Arc<Source>,
    /// The full name, lower case.
    pub name: Arc<str>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
    /// For what its parameters' types are.
    pub slot: Slot,
    /// For where its variables are.
    pub layout: Slot,
}

/// `node matches { body }`
#[derive(Clone, Debug)]
pub struct NodeDefinition {
    /// Where it was written.
    pub source: Arc<Source>,
    /// Names (`String`, `Concatenated`), `Regexp` or `Default`.
    pub matches: Vec<Expression>,
    /// The parent, which validation refuses.
    pub parent: Option<Expression>,
    /// The statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
    /// For where the variables of its body are.
    pub layout: Slot,
}

/// `function name(parameters) >> Type { body }`
#[derive(Clone, Debug)]
pub struct FunctionDefinition {
    /// Where it was written.
    pub source: Arc<Source>,
    /// The full name.
    pub name: Arc<str>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The return type.
    pub returns: Option<Expression>,
    /// The statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// `plan name(parameters) { body }`
#[derive(Clone, Debug)]
pub struct PlanDefinition {
    /// Where it was written.
    pub source: Arc<Source>,
    /// The full name.
    pub name: Arc<str>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The return type.
    pub returns: Option<Expression>,
    /// The statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
}

/// `type Name = expression`
#[derive(Clone, Debug)]
pub struct TypeAliasDefinition {
    /// Where it was written.
    pub source: Arc<Source>,
    /// The name, capitalised as written.
    pub name: Arc<str>,
    /// What it stands for.
    pub type_expression: Expression,
    /// Where it stands.
    pub span: Span,
    /// For the type.
    pub slot: Slot,
}

/// An EPP template.
#[derive(Clone, Debug)]
pub struct EppTemplate {
    /// Where it was written.
    pub source: Arc<Source>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Whether a (perhaps empty) parameter list was given: then the caller's scope is not seen.
    pub parameters_specified: bool,
    /// `RenderText`, `RenderExpression` and statements.
    pub body: Vec<Expression>,
    /// Where it stands.
    pub span: Span,
}
