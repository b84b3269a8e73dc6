//! Short ways to make types.

use std::{ops::Deref, sync::Arc};

use super::{
    ArrayType, Bounds, CallableType, EnumType, HashType, ObjectType, Presence, Range, ResourceType,
    RuntimeType, StructMember, TupleType, Type,
};
use crate::values::Regexp;

/// Key and value of a hash's entry.
#[derive(Clone, Debug)]
pub struct PairType {
    /// The keys' type.
    pub key: Type,
    /// The values' type.
    pub value: Type,
}

impl<T> Range<T> {
    /// No bound on either side.
    pub const UNBOUNDED: Self = Self {
        from: None,
        to: None,
    };

    /// From and to.
    pub const fn new(from: Option<T>, to: Option<T>) -> Self {
        Self { from, to }
    }

    /// Exactly one.
    pub fn exactly(value: T) -> Self
    where
        T: Copy,
    {
        Self {
            from: Some(value),
            to: Some(value),
        }
    }

    /// Whether neither side has a bound.
    pub fn is_unbounded(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

impl<T: PartialOrd + Copy> Range<T> {
    /// Whether the value lies in the range.
    pub fn includes(&self, value: T) -> bool {
        self.from.is_none_or(|from| value >= from) && self.to.is_none_or(|to| value <= to)
    }

    /// Whether the other range lies in this one.
    pub fn covers(&self, other: &Self) -> bool {
        let from = match (self.from, other.from) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(a), Some(b)) => a <= b,
        };
        let to = match (self.to, other.to) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(a), Some(b)) => a >= b,
        };
        from && to
    }

    /// Whether the ranges have a value in common.
    pub fn intersects(&self, other: &Self) -> bool {
        let before =
            |a: &Self, b: &Self| matches!((a.to, b.from), (Some(to), Some(from)) if to < from);
        !before(self, other) && !before(other, self)
    }

    /// The least range that holds both.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let from = match (self.from, other.from) {
            (Some(a), Some(b)) => Some(if a <= b { a } else { b }),
            _ => None,
        };
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(if a >= b { a } else { b }),
            _ => None,
        };
        Self { from, to }
    }
}

/// What bounds a type: what stands for a missing range.
pub trait Bound: Sized + 'static {
    /// No bound on either side.
    const UNBOUNDED: &'static Range<Self>;
}

impl Bound for i64 {
    const UNBOUNDED: &'static Range<Self> = &Range::UNBOUNDED;
}

impl Bound for f64 {
    const UNBOUNDED: &'static Range<Self> = &Range::UNBOUNDED;
}

impl<T> Bounds<T> {
    /// No bound on either side.
    pub const NONE: Self = Self(None);
}

impl<T: Bound> Deref for Bounds<T> {
    type Target = Range<T>;

    fn deref(&self) -> &Range<T> {
        self.0.as_deref().unwrap_or(T::UNBOUNDED)
    }
}

impl<T> From<Range<T>> for Bounds<T> {
    fn from(range: Range<T>) -> Self {
        Self((!range.is_unbounded()).then(|| Arc::new(range)))
    }
}

impl<T: Bound + PartialEq> PartialEq for Bounds<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Range<i64> {
    /// The range of a size, where negative numbers mean nothing.
    #[must_use]
    pub fn as_size(&self) -> Self {
        match self.from {
            Some(from) if from >= 0 => *self,
            _ => Self {
                from: Some(0),
                to: self.to.map(|to| to.max(0)),
            },
        }
    }

    /// The size with its default: any.
    #[must_use]
    pub fn or_any_size(&self) -> Self {
        Self {
            from: Some(self.from.unwrap_or(0)),
            to: self.to,
        }
    }

    /// Whether only nothing fits.
    pub fn is_empty_size(&self) -> bool {
        self.to == Some(0)
    }
}

impl TupleType {
    /// How many elements fit.
    pub fn size_range(&self) -> Range<i64> {
        match self.size {
            Some(size) => size.or_any_size(),
            None if self.types.is_empty() => Range::new(Some(0), None),
            None => Range::exactly(length(self.types.len())),
        }
    }

    /// The type at a position; the last repeats.
    pub fn at(&self, index: usize) -> Option<&Type> {
        self.types.get(index).or(self.types.last())
    }
}

/// A length as a size.
pub(crate) fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Type {
    /// `String`
    pub const STRING: Self = Self::String(Bounds::NONE);
    /// `Integer`
    pub const INTEGER: Self = Self::Integer(Bounds::NONE);
    /// `Float`
    pub const FLOAT: Self = Self::Float(Bounds::NONE);
    /// `Boolean`
    pub const BOOLEAN: Self = Self::Boolean(None);
    /// `Type`
    pub const TYPE: Self = Self::Type(None);

    /// `Array`
    pub fn any_array() -> Self {
        Self::array_of(Self::Any, Range::UNBOUNDED)
    }

    /// `Hash`
    pub fn any_hash() -> Self {
        Self::hash_of(Self::Any, Self::Any, Range::UNBOUNDED)
    }

    /// `Array[element, size]`
    pub fn array_of(element: Type, size: Range<i64>) -> Self {
        let element = if size.is_empty_size() {
            Self::Unit
        } else {
            element
        };
        Self::Array(Arc::new(ArrayType { element, size }))
    }

    /// `Hash[key, value, size]`
    pub fn hash_of(key: Type, value: Type, size: Range<i64>) -> Self {
        let (key, value) = if size.is_empty_size() {
            (Self::Unit, Self::Unit)
        } else {
            (key, value)
        };
        Self::Hash(Arc::new(HashType { key, value, size }))
    }

    /// The type of `[]`.
    pub fn empty_array() -> Self {
        Self::array_of(Self::Unit, Range::exactly(0))
    }

    /// The type of `{}`.
    pub fn empty_hash() -> Self {
        Self::hash_of(Self::Unit, Self::Unit, Range::exactly(0))
    }

    /// `Tuple[types]`
    pub fn tuple(types: Vec<Type>, size: Option<Range<i64>>) -> Self {
        Self::Tuple(Arc::new(TupleType { types, size }))
    }

    /// A tuple of key and value.
    pub fn pair(pair: PairType) -> Self {
        Self::tuple(vec![pair.key, pair.value], Some(Range::exactly(2)))
    }

    /// `Optional[of]`
    pub fn optional(of: Type) -> Self {
        Self::Optional(Some(Arc::new(of)))
    }

    /// `NotUndef[of]`
    pub fn not_undef(of: Type) -> Self {
        match of {
            Self::Any => Self::NotUndef(None),
            other => Self::NotUndef(Some(Arc::new(other))),
        }
    }

    /// `Type[of]`
    pub fn type_of(of: Type) -> Self {
        Self::Type(Some(Arc::new(of)))
    }

    /// `Iterable[of]`
    pub fn iterable_of(of: Type) -> Self {
        Self::Iterable(Some(Arc::new(of)))
    }

    /// `Sensitive[of]`
    pub fn sensitive_of(of: &Type) -> Self {
        Self::Sensitive(Arc::new(of.generalize()))
    }

    /// `Variant[types]`; flat, without doubles, and the type itself where there is one.
    pub fn variant_of(types: impl IntoIterator<Item = Type>) -> Self {
        let mut flat: Vec<Type> = Vec::new();
        let mut add = |one: &Type| {
            if !flat.contains(one) {
                flat.push(one.clone());
            }
        };
        for one in types {
            match &one {
                Self::Variant(inner) => inner.iter().for_each(&mut add),
                other => add(other),
            }
        }
        match flat.as_slice() {
            [only] => only.clone(),
            _ => Self::Variant(Arc::new(flat)),
        }
    }

    /// `Enum[values]`
    pub fn enum_of<T: Into<Arc<str>>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::enumeration(
            values.into_iter().map(Into::into).collect(),
            Letters::Matter,
        )
    }

    /// `Enum[values]`, sorted and without doubles.
    pub fn enumeration(mut values: Vec<Arc<str>>, letters: Letters) -> Self {
        values.sort();
        values.dedup();
        let case_insensitive = letters == Letters::Ignored;
        Self::Enum(Arc::new(EnumType {
            values,
            case_insensitive,
        }))
    }

    /// `Pattern[/…/]`
    pub fn pattern_of(sources: &[&str]) -> Self {
        Self::Pattern(Arc::new(
            sources.iter().map(|source| Regexp::of(source)).collect(),
        ))
    }

    /// `Integer[from, to]`
    pub fn integer_between(from: i64, to: i64) -> Self {
        Self::Integer(Range::new(Some(from), Some(to)).into())
    }

    /// `String[from, to]`
    pub fn string_between(from: i64, to: Option<i64>) -> Self {
        Self::String(Range::new(Some(from), to).into())
    }

    /// `Struct[{ … }]`
    pub fn struct_of<N: Into<Arc<str>>>(
        members: impl IntoIterator<Item = (N, Presence, Type)>,
    ) -> Self {
        let members = members
            .into_iter()
            .map(|(name, presence, value)| StructMember {
                name: name.into(),
                presence,
                value,
            })
            .collect();
        Self::Struct(Arc::new(members))
    }

    /// `Callable[parameters, block, returns]`
    pub fn callable(parameters: TupleType, block: Option<Type>, returns: Option<Type>) -> Self {
        Self::Callable(Arc::new(CallableType {
            parameters: Some(parameters),
            block,
            returns,
        }))
    }

    /// `Callable`
    pub fn any_callable() -> Self {
        Self::Callable(Arc::new(CallableType {
            parameters: None,
            block: None,
            returns: None,
        }))
    }

    /// `Resource`
    pub fn any_resource() -> Self {
        Self::Resource(Arc::new(ResourceType {
            type_name: None,
            title: None,
        }))
    }

    /// A reference to a resource or, without a title, to its type.
    pub fn resource(type_name: &str, title: Option<Arc<str>>) -> Self {
        let type_name = Some(capitalize_segments(type_name).into());
        Self::Resource(Arc::new(ResourceType { type_name, title }))
    }

    /// `Runtime`
    pub fn any_runtime() -> Self {
        Self::Runtime(Arc::new(RuntimeType {
            runtime: None,
            name: None,
            pattern: None,
        }))
    }

    /// `Object`
    pub fn any_object() -> Self {
        Self::Object(ObjectType::any())
    }
}

/// Whether an enumeration tells case apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// `a` is not `A`.
    Matter,
    /// `a` is `A`.
    Ignored,
}

fn capitalize_ascii(name: &str) -> String {
    let mut text = name.as_bytes().to_ascii_lowercase();
    let mut at = 0;
    let mut is_start = true;
    while let Some(byte) = text.get_mut(at) {
        if is_start {
            byte.make_ascii_uppercase();
        }
        is_start = matches!(text[at..], [b':', b':', ..]);
        at += if is_start { 2 } else { 1 };
    }
    String::from_utf8(text).expect("only letters of ASCII have changed")
}

/// `apache::vhost` as `Apache::Vhost`. What has a capital first stays as it is.
pub fn capitalize_segments(name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return name.to_owned();
    }
    if name.is_ascii() {
        return capitalize_ascii(name);
    }
    let mut text = String::with_capacity(name.len());
    for (index, segment) in name.split("::").enumerate() {
        if index > 0 {
            text.push_str("::");
        }
        let mut characters = segment.chars();
        text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        match characters.as_str() {
            rest if rest.is_ascii() => text.extend(rest.chars().map(|c| c.to_ascii_lowercase())),
            rest => text.push_str(&rest.to_lowercase()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::capitalize_segments;

    #[test]
    fn segments_begin_at_every_second_colon() {
        for (name, expected) in [
            ("apache::mod::php", "Apache::Mod::Php"),
            ("a:::b", "A:::b"),
            ("::a", "::A"),
            ("a::::b", "A::::B"),
            ("a::", "A::"),
            ("aB::Cd", "Ab::Cd"),
            ("Already::sO", "Already::sO"),
            ("été::x", "Été::X"),
            ("", ""),
        ] {
            assert_eq!(capitalize_segments(name), expected, "{name}");
        }
    }
}
