//! `Init[T].new`: `T.new`, with an array as its arguments.

use super::{Constructor, construct, signatures, unsupported, way};
use crate::{
    types::{InitType, Type},
    values::Value,
};

pub(super) fn constructor(init: &InitType) -> Result<Constructor, String> {
    let Some(of) = init.of.clone() else {
        return Err(unsupported(&Type::Init(std::sync::Arc::new(init.clone()))));
    };
    check(init)?;
    if !init.arguments.is_empty() {
        let more = init.arguments.clone();
        return Ok(Constructor::new(
            "new_Init",
            vec![way(
                vec![("value", Type::Any)],
                1,
                move |arguments, context| {
                    let mut all = vec![arguments[0].clone()];
                    all.extend(more.iter().cloned());
                    construct(&of, &all, context)
                },
            )],
        ));
    }
    let wanted = init.clone();
    let array_of = of.clone();
    Ok(Constructor::new(
        "new_Init",
        vec![
            way(
                vec![("value", Type::any_array())],
                1,
                move |arguments, context| {
                    let values = arguments[0].as_array().unwrap_or_default();
                    if crate::types::init::takes_whole(&wanted, &arguments[0]) {
                        construct(&array_of, arguments, context)
                    } else {
                        construct(&array_of, values, context)
                    }
                },
            ),
            way(vec![("value", Type::Any)], 1, move |arguments, context| {
                construct(&of, arguments, context)
            }),
        ],
    ))
}

/// Checks that the type can be made at all, and with the arguments that were given.
pub(crate) fn check(init: &InitType) -> Result<(), String> {
    let Some(of) = &init.of else {
        return Ok(());
    };
    if matches!(of, Type::Init(_) | Type::Optional(_) | Type::NotUndef(_)) {
        return Err(unsupported(of));
    }
    let Some(tuples) = signatures(of) else {
        return Err(unsupported(of));
    };
    if init.arguments.is_empty() {
        return Ok(());
    }
    let count = 1 + init.arguments.len();
    let fits = tuples.iter().any(|tuple| {
        tuple
            .size_range()
            .includes(crate::types::make::length(count))
            && init
                .arguments
                .iter()
                .enumerate()
                .all(|(index, argument): (usize, &Value)| {
                    tuple
                        .at(index + 1)
                        .is_some_and(|wanted| wanted.is_instance(argument))
                })
    });
    if fits {
        return Ok(());
    }
    Err(format!(
        "The type '{}' does not represent a valid set of parameters for {}.new()",
        Type::Init(std::sync::Arc::new(init.clone())),
        of.generalize().name()
    ))
}
