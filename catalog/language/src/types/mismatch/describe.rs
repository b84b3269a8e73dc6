//! Going through a type and what there is instead, side by side.

use std::sync::Arc;

use super::{Mismatch, Reason, Step};
use crate::{
    types::{
        ArrayType, CallableType, HashType, Presence, Range, StructMember, TupleType, Type,
        make::length,
    },
    values::{HashMap, Key},
};

type Found = Vec<Mismatch>;

/// How deep is looked for what does not fit: types may name each other without end.
const DEEPEST: usize = 32;

fn one(path: &[Step], reason: Reason) -> Found {
    vec![Mismatch {
        path: path.to_vec(),
        reason,
    }]
}

fn type_mismatch(path: &[Step], expected: &Type, actual: &Type) -> Found {
    let reason = Reason::Type {
        expected: expected.normalize(),
        actual: actual.normalize(),
    };
    one(path, reason)
}

fn pattern_mismatch(path: &[Step], expected: &Type, actual: &Type) -> Found {
    let reason = Reason::Pattern {
        expected: expected.normalize(),
        actual: actual.normalize(),
    };
    one(path, reason)
}

fn size_mismatch(path: &[Step], expected: Range<i64>, actual: Range<i64>) -> Found {
    one(path, Reason::Size { expected, actual })
}

fn with(path: &[Step], step: Step) -> Vec<Step> {
    let mut longer = path.to_vec();
    longer.push(step);
    longer
}

/// What of `actual` does not fit `expected`.
pub fn describe(expected: &Type, actual: &Type, path: &[Step]) -> Found {
    match unresolved(expected, 0) {
        Some(name) => one(path, Reason::Unresolved(name)),
        None => inner(&expected.normalize(), expected, actual, path),
    }
}

/// Checks the parameters of a resource against a struct of their types. With `missing` as
/// [`Missing::Allowed`], parameters may be left out.
pub fn parameter_mismatches(members: &[StructMember], given: &HashMap, missing: Missing) -> Found {
    let mut found: Found = given
        .keys()
        .filter_map(|name| name.as_str())
        .filter(|name| !members.iter().any(|member| *member.name == **name))
        .map(|name| Mismatch {
            path: Vec::new(),
            reason: Reason::InvalidParameter(name.to_owned()),
        })
        .collect();
    for member in members {
        match given.get(&Key(&member.name)) {
            Some(value) if !member.value.is_instance(value) => {
                let path = [Step::Parameter(member.name.to_string())];
                found.extend(describe(&member.value, &value.infer_set(), &path));
            }
            None if missing == Missing::Refused && member.presence == Presence::Required => {
                found.push(Mismatch {
                    path: Vec::new(),
                    reason: Reason::MissingParameter(member.name.to_string()),
                });
            }
            _ => {}
        }
    }
    found
}

/// Whether parameters may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// They may.
    Allowed,
    /// They may not.
    Refused,
}

/// The first name in a type that nobody knows.
fn unresolved(of: &Type, depth: usize) -> Option<String> {
    if depth > 32 {
        return None;
    }
    let look = |of: &Type| unresolved(of, depth + 1);
    match of {
        Type::Reference(name) => Some(name.to_string()),
        Type::Optional(Some(of))
        | Type::NotUndef(Some(of))
        | Type::Type(Some(of))
        | Type::Iterable(Some(of))
        | Type::Iterator(Some(of))
        | Type::Sensitive(of) => look(of),
        Type::Array(array) => look(&array.element),
        Type::Hash(hash) => look(&hash.key).or_else(|| look(&hash.value)),
        Type::Tuple(tuple) => tuple.types.iter().find_map(look),
        Type::Variant(types) => types.iter().find_map(look),
        Type::Struct(members) => members.iter().find_map(|member| look(&member.value)),
        Type::Alias(alias) => match alias.resolved.get()? {
            Type::Variant(_) | Type::Array(_) | Type::Hash(_) if depth > 8 => None,
            target => look(target),
        },
        Type::Callable(callable) => callable
            .parameters
            .iter()
            .flat_map(|parameters| parameters.types.iter())
            .chain(&callable.block)
            .chain(&callable.returns)
            .find_map(look),
        _ => None,
    }
}

fn inner(expected: &Type, original: &Type, actual: &Type, path: &[Step]) -> Found {
    match expected {
        Type::Variant(types) => variant(types, original, actual, path),
        Type::Struct(members) => structure(members, original, actual, path),
        Type::Hash(wanted) => hash(wanted, original, actual, path),
        Type::Tuple(wanted) => tuple(wanted, expected, original, actual, path, SizeOf::Value),
        Type::Array(wanted) => array(wanted, original, actual, path),
        Type::Callable(wanted) => callable(wanted, original, actual, path),
        Type::Optional(of) => match of {
            Some(of) if !matches!(actual, Type::Undef) => {
                let original = if matches!(original, Type::Alias(_)) {
                    original
                } else {
                    expected
                };
                inner(of, original, actual, path)
            }
            _ => Vec::new(),
        },
        Type::Pattern(_) | Type::Enum(_) => pattern_mismatch(path, original, actual),
        Type::Alias(alias) => inner(&alias.target().normalize(), expected, actual, path),
        _ if expected.is_assignable(actual) => Vec::new(),
        _ => type_mismatch(path, original, actual),
    }
}

fn variant(types: &[Type], original: &Type, actual: &Type, path: &[Step]) -> Found {
    let undef = matches!(original, Type::Optional(_)).then_some(Type::Undef);
    let mut groups = Vec::new();
    for (index, wanted) in undef.iter().chain(types).enumerate() {
        // An alternative that is the type itself accepts nothing that the others do not.
        if wanted == original || path.len() > DEEPEST {
            continue;
        }
        let found = describe(wanted, actual, &with(path, Step::Variant(index)));
        if found.is_empty() {
            return Vec::new();
        }
        groups.push(found);
    }
    let merged = merge(path.len(), SizeOf::Value, &groups);
    if matches!(original, Type::Alias(_)) && merged.len() == 1 {
        return type_mismatch(path, original, actual);
    }
    merged
}

/// Whether a size is one of a value or of a list of arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SizeOf {
    Value,
    Arguments,
}

/// The step that stands for an alternative takes no part in comparison.
fn canonical(path: &[Step]) -> Vec<&Step> {
    path.iter()
        .filter(|step| !matches!(step, Step::Variant(_) | Step::Signature(_)))
        .collect()
}

/// Whether two are told as one. Those of keys never are.
fn same(a: &Mismatch, b: &Mismatch) -> bool {
    let is_of_key = matches!(
        a.reason,
        Reason::MissingKey(_)
            | Reason::MissingParameter(_)
            | Reason::ExtraneousKey(_)
            | Reason::InvalidParameter(_)
            | Reason::Unresolved(_)
    );
    !is_of_key && canonical(&a.path) == canonical(&b.path) && a.reason == b.reason
}

/// One mismatch for all alternatives, where they have one of a kind in the same place each.
pub(super) fn merge(position: usize, sizes: SizeOf, groups: &[Found]) -> Found {
    let mut all: Found = groups.concat();
    let kinds: [fn(&Reason, SizeOf) -> bool; 4] = [
        |reason, sizes| match sizes {
            SizeOf::Value => matches!(reason, Reason::Size { .. } | Reason::Count { .. }),
            SizeOf::Arguments => matches!(reason, Reason::Count { .. }),
        },
        |reason, _| matches!(reason, Reason::MissingBlock),
        |reason, _| matches!(reason, Reason::UnexpectedBlock),
        |reason, _| matches!(reason, Reason::Type { .. } | Reason::Pattern { .. }),
    ];
    for is_kind in kinds {
        let mut of_kind = all.iter().filter(|found| is_kind(&found.reason, sizes));
        if of_kind.clone().count() != groups.len() {
            continue;
        }
        let Some(first) = of_kind.next().cloned() else {
            continue;
        };
        let merged = of_kind.try_fold(first, |merged, next| {
            (canonical(&merged.path) == canonical(&next.path)).then(|| Mismatch {
                path: merged.path.clone(),
                reason: merge_reasons(&merged.reason, &next.reason),
            })
        });
        if let Some(merged) = merged {
            all = vec![merged];
            break;
        }
    }
    let mut unique: Found = Vec::new();
    for found in all {
        if !unique.iter().any(|known| same(known, &found)) {
            unique.push(found);
        }
    }
    if let [only] = unique.as_mut_slice() {
        only.chop(position);
    }
    unique
}

impl Mismatch {
    /// Takes a step out of the path.
    pub(super) fn chop(&mut self, position: usize) {
        if position < self.path.len() {
            self.path.remove(position);
        }
    }
}

fn merge_reasons(a: &Reason, b: &Reason) -> Reason {
    let joined = |a: &Type, b: &Type| Type::variant_of([a.clone(), b.clone()]).normalize();
    match (a, b) {
        (
            Reason::Size { expected, actual },
            Reason::Size {
                expected: other, ..
            }
            | Reason::Count {
                expected: other, ..
            },
        ) => Reason::Size {
            expected: expected.or_any_size().joined(&other.or_any_size()),
            actual: *actual,
        },
        (
            Reason::Count { expected, actual },
            Reason::Count {
                expected: other, ..
            },
        ) => Reason::Count {
            expected: expected.or_any_size().joined(&other.or_any_size()),
            actual: *actual,
        },
        (
            Reason::Type { expected, actual },
            Reason::Type {
                expected: other, ..
            },
        )
        | (
            Reason::Type { expected, actual },
            Reason::Pattern {
                expected: other, ..
            },
        ) => Reason::Type {
            expected: joined(expected, other),
            actual: actual.clone(),
        },
        (
            Reason::Pattern { expected, actual },
            Reason::Pattern {
                expected: other, ..
            }
            | Reason::Type {
                expected: other, ..
            },
        ) => Reason::Pattern {
            expected: joined(expected, other),
            actual: actual.clone(),
        },
        (other, _) => other.clone(),
    }
}

fn array(wanted: &ArrayType, original: &Type, actual: &Type, path: &[Step]) -> Found {
    let expected_size = wanted.size.or_any_size();
    match actual {
        Type::Tuple(given) => {
            let actual_size = given
                .size
                .unwrap_or(Range::exactly(length(given.types.len())));
            if !expected_size.covers(&actual_size) {
                return size_mismatch(path, expected_size, actual_size);
            }
            given
                .types
                .iter()
                .enumerate()
                .filter(|(_, one)| !wanted.element.is_assignable(one))
                .flat_map(|(index, one)| {
                    describe(&wanted.element, one, &with(path, Step::Index(index)))
                })
                .collect()
        }
        Type::Array(given) => {
            let actual_size = given.size.or_any_size();
            if expected_size.covers(&actual_size) {
                let actual = Type::array_of(given.element.clone(), Range::UNBOUNDED);
                type_mismatch(path, original, &actual)
            } else {
                size_mismatch(path, expected_size, actual_size)
            }
        }
        _ => type_mismatch(path, original, actual),
    }
}

fn hash(wanted: &HashType, original: &Type, actual: &Type, path: &[Step]) -> Found {
    let expected_size = wanted.size.or_any_size();
    match actual {
        Type::Struct(members) => {
            let required = members
                .iter()
                .filter(|member| member.presence == Presence::Required)
                .count();
            let actual_size = Range::new(Some(length(required)), Some(length(members.len())));
            if !expected_size.covers(&actual_size) {
                return size_mismatch(path, expected_size, actual_size);
            }
            let mut found = Vec::new();
            for member in members.iter() {
                let key = Type::StringValue(member.name.clone());
                if !wanted.key.is_assignable(&key) {
                    let path = with(path, Step::EntryKey(member.name.to_string()));
                    found.extend(describe(&wanted.key, &key, &path));
                }
                if !wanted.value.is_assignable(&member.value) {
                    let path = with(path, Step::EntryValue(member.name.to_string()));
                    found.extend(describe(&wanted.value, &member.value, &path));
                }
            }
            found
        }
        Type::Hash(given) => {
            let actual_size = given.size.or_any_size();
            if expected_size.covers(&actual_size) {
                let (key, value) = (given.key.clone(), given.value.clone());
                let actual = Type::Hash(Arc::new(HashType {
                    key,
                    value,
                    size: Range::UNBOUNDED,
                }));
                type_mismatch(path, original, &actual)
            } else {
                size_mismatch(path, expected_size, actual_size)
            }
        }
        _ => type_mismatch(path, original, actual),
    }
}

fn structure(members: &[StructMember], original: &Type, actual: &Type, path: &[Step]) -> Found {
    match actual {
        Type::Struct(given) => {
            let mut found = Vec::new();
            for member in members {
                let name = member.name.to_string();
                match given.iter().find(|other| other.name == member.name) {
                    None if member.presence == Presence::Required => {
                        found.extend(one(path, Reason::MissingKey(name)));
                    }
                    Some(other) if !member.value.is_assignable(&other.value) => {
                        let path = with(path, Step::EntryValue(name));
                        found.extend(describe(&member.value, &other.value, &path));
                    }
                    _ => {}
                }
            }
            for other in given.iter() {
                if !members.iter().any(|member| member.name == other.name) {
                    found.extend(one(path, Reason::ExtraneousKey(other.name.to_string())));
                }
            }
            found
        }
        Type::Hash(given) => {
            let required = members
                .iter()
                .filter(|member| member.presence == Presence::Required)
                .count();
            let expected_size = Range::new(Some(length(required)), Some(length(members.len())));
            let actual_size = given.size.or_any_size();
            if expected_size.covers(&actual_size) {
                let (key, value) = (given.key.clone(), given.value.clone());
                let actual = Type::Hash(Arc::new(HashType {
                    key,
                    value,
                    size: Range::UNBOUNDED,
                }));
                type_mismatch(path, original, &actual)
            } else {
                size_mismatch(path, expected_size, actual_size)
            }
        }
        _ => type_mismatch(path, original, actual),
    }
}

fn tuple(
    wanted: &TupleType,
    expected: &Type,
    original: &Type,
    actual: &Type,
    path: &[Step],
    sizes: SizeOf,
) -> Found {
    if expected == actual || wanted.types.is_empty() && matches!(actual, Type::Array(_)) {
        return Vec::new();
    }
    let expected_size = wanted.size_range();
    let wrong_size = |actual: Range<i64>| match sizes {
        SizeOf::Value => size_mismatch(path, expected_size, actual),
        SizeOf::Arguments => one(
            path,
            Reason::Count {
                expected: expected_size,
                actual,
            },
        ),
    };
    match actual {
        Type::Tuple(given) => {
            let actual_size = given.size_range();
            if !expected_size.covers(&actual_size) {
                return wrong_size(actual_size);
            }
            if wanted.types.is_empty() {
                return Vec::new();
            }
            given
                .types
                .iter()
                .enumerate()
                .flat_map(|(index, one)| {
                    let index = index.min(wanted.types.len() - 1);
                    describe(&wanted.types[index], one, &with(path, Step::Index(index)))
                })
                .collect()
        }
        Type::Array(given) => {
            let actual_size = given.size.or_any_size();
            if !expected_size.covers(&actual_size) {
                return wrong_size(actual_size);
            }
            wanted
                .types
                .iter()
                .enumerate()
                .flat_map(|(index, one)| {
                    describe(one, &given.element, &with(path, Step::Index(index)))
                })
                .collect()
        }
        _ => type_mismatch(path, original, actual),
    }
}

fn callable(wanted: &CallableType, original: &Type, actual: &Type, path: &[Step]) -> Found {
    let Type::Callable(given) = actual else {
        return type_mismatch(path, original, actual);
    };
    if let Some(parameters) = &wanted.parameters {
        let expected = Type::Tuple(Arc::new(parameters.clone()));
        let given = given
            .parameters
            .clone()
            .map_or(Type::Undef, |given| Type::Tuple(Arc::new(given)));
        let found = tuple(
            parameters,
            &expected,
            &expected,
            &given,
            path,
            SizeOf::Arguments,
        );
        if !found.is_empty() {
            return found;
        }
    }
    let (returns, given_returns) = (
        wanted.returns.as_ref().unwrap_or(&Type::Any),
        given.returns.as_ref().unwrap_or(&Type::Any),
    );
    if !returns.is_assignable(given_returns) {
        return type_mismatch(&with(path, Step::Return), returns, given_returns);
    }
    let (block, given_block) = (
        wanted.block.as_ref().unwrap_or(&Type::Undef),
        given.block.as_ref().unwrap_or(&Type::Undef),
    );
    if given_block.is_assignable(block) {
        Vec::new()
    } else {
        type_mismatch(&with(path, Step::Block), block, given_block)
    }
}
