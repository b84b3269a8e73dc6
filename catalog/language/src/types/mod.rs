//! The type system: what a type is. Assignability, inference, text forms and mismatch messages
//! stand in modules of their own.
//!
//! Source: puppet-specifications, `language/types_values_variables.md`.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

use crate::values::{HashMap, Regexp, SemVerRange, Value};

mod assignable;
mod common;
mod equality;
mod generalize;
mod infer;
mod init;
mod instance;
mod iterable;
mod make;
pub mod mismatch;
mod normalize;
mod object;
mod object_definition;
pub mod parameterize;
pub mod parse;
pub mod pcore;
mod recursion;
mod text;
pub mod type_set;
pub mod uri;

pub mod builtin;
pub mod construct;
pub mod names;
pub mod signature;

pub use make::{Letters, PairType, capitalize_segments};
pub use object::MemberKind;

/// A type. Cheap to clone; parameters sit behind `Arc`. Every value is as large as the largest of
/// these: what is rare and wide (the bounds of times) sits behind one too.
#[derive(Clone, Debug)]
pub enum Type {
    /// `Any`
    Any,
    /// The type that is assignable to and from everything (not writable by users).
    Unit,
    /// `Undef`
    Undef,
    /// `Default`
    Default,
    /// `Scalar`
    Scalar,
    /// `ScalarData`
    ScalarData,
    /// `Numeric`
    Numeric,
    /// `Boolean`, `Boolean[true]`
    Boolean(Option<bool>),
    /// `Integer[from, to]`
    Integer(Bounds<i64>),
    /// `Float[from, to]`
    Float(Bounds<f64>),
    /// `String[from, to]`
    String(Bounds<i64>),
    /// The type of exactly one string (inferred; shown as `String` or as the string).
    StringValue(Arc<str>),
    /// `Enum['a', 'b', true]`: values, and whether case does not matter.
    Enum(Arc<EnumType>),
    /// `Pattern[/…/]`
    Pattern(Arc<Vec<Arc<Regexp>>>),
    /// `Regexp`, `Regexp[/…/]`
    Regexp(Option<Arc<Regexp>>),
    /// `Collection[from, to]`
    Collection(Bounds<i64>),
    /// `Array[element, from, to]`
    Array(Arc<ArrayType>),
    /// `Tuple[a, b, from, to]`
    Tuple(Arc<TupleType>),
    /// `Hash[key, value, from, to]`
    Hash(Arc<HashType>),
    /// `Struct[{ … }]`
    Struct(Arc<Vec<StructMember>>),
    /// `Optional[T]`; a bare `Optional` accepts nothing but undef.
    Optional(Option<Arc<Type>>),
    /// `NotUndef[T]`
    NotUndef(Option<Arc<Type>>),
    /// `Variant[A, B]`
    Variant(Arc<Vec<Type>>),
    /// `Type[T]`
    Type(Option<Arc<Type>>),
    /// `Sensitive[T]`
    Sensitive(Arc<Type>),
    /// `Iterable[T]`
    Iterable(Option<Arc<Type>>),
    /// `Iterator[T]`
    Iterator(Option<Arc<Type>>),
    /// `Callable[…]`
    Callable(Arc<CallableType>),
    /// `CatalogEntry`
    CatalogEntry,
    /// `Class`, `Class[name]` (lower case, no leading `::`)
    Class(Option<Arc<str>>),
    /// `Resource`, `Resource[type, title]`, `File`, `File[title]`
    Resource(Arc<ResourceType>),
    /// `Binary`
    Binary,
    /// `Timestamp[from, to]`, nanoseconds since 1970
    Timestamp(Arc<Range<i128>>),
    /// `Timespan[from, to]`, nanoseconds
    Timespan(Arc<Range<i128>>),
    /// `SemVer[ranges]`
    SemVer(Arc<Vec<SemVerRange>>),
    /// `SemVerRange`
    SemVerRange,
    /// `URI[…]`
    Uri(Option<Arc<Value>>),
    /// `Runtime[runtime, name]`
    Runtime(Arc<RuntimeType>),
    /// `Init[T, arguments]`
    Init(Arc<InitType>),
    /// `Object[{ … }]`
    Object(Arc<ObjectType>),
    /// `MyType[parameters]`, of an object type with type parameters.
    ParameterizedObject(Arc<ParameterizedObject>),
    /// `TypeSet[{ … }]`
    TypeSet(Arc<TypeSetType>),
    /// A named alias: `Data`, `RichData`, `Stdlib::Absolutepath`.
    Alias(Arc<AliasType>),
    /// A name that is not known: `TypeReference['Foo']`.
    Reference(Arc<str>),
}

/// An inclusive range; `None` is unbounded (`default`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range<T> {
    /// The lower bound.
    pub from: Option<T>,
    /// The upper bound.
    pub to: Option<T>,
}

/// The range of a type that mostly has none: a word.
#[derive(Clone, Debug)]
pub struct Bounds<T>(Option<Arc<Range<T>>>);

/// The parameters of `Enum`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The strings.
    pub values: Vec<Arc<str>>,
    /// Whether case does not matter.
    pub case_insensitive: bool,
}

/// The parameters of `Array`.
#[derive(Clone, Debug)]
pub struct ArrayType {
    /// The elements' type.
    pub element: Type,
    /// How many.
    pub size: Range<i64>,
}

/// The parameters of `Tuple`.
#[derive(Clone, Debug)]
pub struct TupleType {
    /// Types by position; the last repeats.
    pub types: Vec<Type>,
    /// How many, where it was given.
    pub size: Option<Range<i64>>,
}

/// The parameters of `Hash`.
#[derive(Clone, Debug)]
pub struct HashType {
    /// The keys' type.
    pub key: Type,
    /// The values' type.
    pub value: Type,
    /// How many.
    pub size: Range<i64>,
}

/// `key => Type` of a `Struct`.
#[derive(Clone, Debug)]
pub struct StructMember {
    /// The key.
    pub name: Arc<str>,
    /// Whether the key may be missing.
    pub presence: Presence,
    /// The value's type.
    pub value: Type,
}

/// Whether a struct's key may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It may: `Optional[name]`, or a plain `name` whose value may be undef.
    Optional,
    /// It may not.
    Required,
}

/// The parameters of `Callable`.
#[derive(Clone, Debug)]
pub struct CallableType {
    /// The parameters; `None` for a `Callable` of any signature.
    pub parameters: Option<TupleType>,
    /// The block's type: a `Callable` or an `Optional` of one.
    pub block: Option<Type>,
    /// The return type.
    pub returns: Option<Type>,
}

/// The parameters of `Resource`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceType {
    /// Capitalised (`Apache::Vhost`), where it was given.
    pub type_name: Option<Arc<str>>,
    /// The title, where it was given.
    pub title: Option<Arc<str>>,
}

/// The parameters of `Runtime`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeType {
    /// `ruby`
    pub runtime: Option<Arc<str>>,
    /// A name, or a pattern and its replacement.
    pub name: Option<Arc<str>>,
    /// The pattern, where the name is a replacement.
    pub pattern: Option<Arc<str>>,
}

/// The parameters of `Init`.
#[derive(Clone, Debug)]
pub struct InitType {
    /// The type to be made.
    pub of: Option<Type>,
    /// Arguments after the first.
    pub arguments: Vec<Value>,
}

/// `Object[{ … }]`
///
/// The definition is set once, after the type can be found by its name, so that an attribute can
/// be of the type itself.
#[derive(Debug)]
pub struct ObjectType {
    /// The full name; empty for an anonymous type.
    pub name: Arc<str>,
    /// Whether it belongs to a type set.
    pub membership: Membership,
    /// What it is made of.
    pub definition: OnceLock<ObjectDefinition>,
}

/// Whether a named type stands for itself or in a type set, where it goes by a simple name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Membership {
    /// It stands for itself.
    #[default]
    Alone,
    /// It belongs to a type set.
    OfTypeSet,
}

/// What an object type is made of.
#[derive(Debug, Default)]
pub struct ObjectDefinition {
    /// What it inherits from: an `Object`, an alias of one, or any other type.
    pub parent: Option<Type>,
    /// Type parameters, its own.
    pub type_parameters: IndexMap<Arc<str>, Attribute>,
    /// Attributes, its own, constants among them.
    pub attributes: IndexMap<Arc<str>, Attribute>,
    /// Functions, its own.
    pub functions: IndexMap<Arc<str>, Attribute>,
    /// Names that take part in equality, where it was given.
    pub equality: Option<Vec<Arc<str>>>,
    /// `equality_include_type => false`: the type takes no part in equality.
    pub equality_without_type: bool,
    /// The `checks` member.
    pub checks: Option<Value>,
    /// Annotations.
    pub annotations: Option<Value>,
}

/// An object type with values for its type parameters.
#[derive(Debug)]
pub struct ParameterizedObject {
    /// The type.
    pub base: Arc<ObjectType>,
    /// Values by the name of the parameter.
    pub parameters: IndexMap<Arc<str>, Value>,
}

/// A member of an object type.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The type.
    pub attribute_type: Type,
    /// `constant`, `derived`, `given_or_derived`, `reference`, or nothing.
    pub kind: Option<Arc<str>>,
    /// The default.
    pub value: Option<Value>,
    /// Whether a subtype may not override it.
    pub is_final: bool,
    /// Whether it overrides a parent's.
    pub overrides: bool,
    /// Annotations.
    pub annotations: Option<Value>,
}

/// `TypeSet[{ … }]`
#[derive(Debug)]
pub struct TypeSetType {
    /// The name.
    pub name: Arc<str>,
    /// What it is made of, set once its types can be found by their names.
    pub definition: OnceLock<TypeSetDefinition>,
}

/// What a type set is made of.
#[derive(Debug, Default)]
pub struct TypeSetDefinition {
    /// What it was made from, but its types and references.
    pub details: HashMap,
    /// Its types by simple name.
    pub types: IndexMap<Arc<str>, Type>,
    /// What it says of the type sets that it refers to, by alias.
    pub references: HashMap,
}

/// A named alias. Resolved once, so that an alias can refer to itself.
#[derive(Debug)]
pub struct AliasType {
    /// The name as written.
    pub name: Arc<str>,
    /// Whether it belongs to a type set.
    pub membership: Membership,
    /// What it stands for.
    pub resolved: OnceLock<Type>,
}
