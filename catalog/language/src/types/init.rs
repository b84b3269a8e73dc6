//! `Init[T]`: whatever `T.new` takes.

use super::{InitType, TupleType, Type, builtin, recursion::Guard};
use crate::values::Value;

/// What an `Init` type accepts beside instances of its type.
struct Accepted {
    /// First arguments of constructors that take one alone.
    single: Vec<Type>,
    /// Arguments of the others.
    several: Vec<TupleType>,
    /// Whether one of the others can do with one argument.
    optional_single: bool,
}

fn accepted(init: &InitType) -> Option<Accepted> {
    let of = init.of.as_ref()?;
    let tuples = super::signature::constructors(of)?;
    let given = 1 + init.arguments.len();
    if !init.arguments.is_empty() {
        let single = tuples
            .into_iter()
            .filter(|tuple| {
                let count = super::make::length(given);
                tuple.size_range().includes(count)
                    && init.arguments.iter().enumerate().all(|(index, argument)| {
                        tuple
                            .at(index + 1)
                            .is_some_and(|wanted| wanted.is_instance(argument))
                    })
            })
            .filter_map(|tuple| tuple.at(0).cloned())
            .collect();
        return Some(Accepted {
            single,
            several: Vec::new(),
            optional_single: false,
        });
    }
    let (alone, several): (Vec<_>, Vec<_>) = tuples.into_iter().partition(|tuple| {
        let size = tuple.size_range();
        size.from == Some(1) && size.to == Some(1)
    });
    let optional_single = several
        .iter()
        .any(|tuple| tuple.size_range().from == Some(1));
    Some(Accepted {
        single: alone
            .iter()
            .filter_map(|tuple| tuple.at(0).cloned())
            .collect(),
        several,
        optional_single,
    })
}

pub(super) fn assignable(init: &InitType, other: &Type, guard: &mut Guard) -> bool {
    if let Type::Init(given) = other {
        return match (&init.of, &given.of) {
            (None, _) => true,
            (Some(of), Some(given)) => of.assignable(given, guard),
            (Some(_), None) => false,
        };
    }
    let Some(of) = &init.of else {
        return builtin::rich_data().assignable(other, guard);
    };
    let accepts = |guard: &mut Guard| {
        if of.assignable(other, guard) {
            return true;
        }
        let Some(accepted) = accepted(init) else {
            return false;
        };
        accepted
            .single
            .iter()
            .any(|one| one.assignable(other, guard))
            || accepted.several.iter().any(|tuple| {
                let tuple = Type::Tuple(tuple.clone().into());
                tuple.assignable(other, guard)
                    || accepted.optional_single
                        && tuple.assignable(&Type::tuple(vec![other.clone()], None), guard)
            })
    };
    guard.with_init(init, None, accepts).unwrap_or(false)
}

pub(super) fn instance(init: &InitType, value: &Value, guard: &mut Guard) -> bool {
    let Some(of) = &init.of else {
        return builtin::rich_data().instance(value, guard);
    };
    let accepts = |guard: &mut Guard| {
        if of.instance(value, guard) {
            return true;
        }
        let Some(accepted) = accepted(init) else {
            return false;
        };
        accepted.single.iter().any(|one| one.instance(value, guard))
            || value.as_array().is_some_and(|values| {
                accepted
                    .several
                    .iter()
                    .any(|tuple| tuple.instance(values, guard))
            })
            || accepted.optional_single
                && accepted
                    .several
                    .iter()
                    .any(|tuple| tuple.instance(std::slice::from_ref(value), guard))
    };
    guard.with_init(init, Some(value), accepts).unwrap_or(false)
}

/// Whether an array is the argument of a constructor, not the list of its arguments.
pub(super) fn takes_whole(init: &InitType, value: &Value) -> bool {
    let Some(of) = &init.of else {
        return false;
    };
    of.is_instance(value)
        || accepted(init)
            .is_some_and(|accepted| accepted.single.iter().any(|one| one.is_instance(value)))
}
