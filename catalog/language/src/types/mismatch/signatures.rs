//! Why none of a function's signatures takes the arguments.

use super::{
    Mismatch, Reason, Step,
    describe::{SizeOf, describe, merge},
};
use crate::{
    types::{CallableType, Range, Type, make::length, signature::Signature},
    values::Value,
};

/// What is wrong with a call of `function` (`lambda` for a block) with these arguments and a
/// block of this type.
pub fn describe_signatures(
    function: &str,
    signatures: &[Signature],
    arguments: &[Value],
    block: Option<&CallableType>,
) -> String {
    let arguments: Vec<Type> = arguments.iter().map(Value::infer_set).collect();
    let mut groups: Vec<Vec<Mismatch>> = signatures
        .iter()
        .enumerate()
        .map(|(index, signature)| {
            describe_arguments(signature, &arguments, &[Step::Signature(index)])
        })
        .collect();
    if groups.iter().any(Vec::is_empty) {
        let blocks: Vec<Vec<Mismatch>> = signatures
            .iter()
            .enumerate()
            .map(|(index, signature)| describe_block(signature, block, &[Step::Signature(index)]))
            .collect();
        let wrong = blocks.iter().filter(|found| !found.is_empty()).count();
        if wrong == blocks.len() {
            groups = blocks;
        } else if wrong > 0 {
            for (group, found) in groups.iter_mut().zip(blocks) {
                if group.is_empty() {
                    *group = found;
                }
            }
        }
    }
    let label = if function == "lambda" {
        "block".to_owned()
    } else {
        format!("'{function}'")
    };
    if let [only] = merge(0, SizeOf::Arguments, &groups).as_slice() {
        return format!("{label}{only}");
    }
    let mut lines = Vec::new();
    if let ([signature], [group]) = (signatures, groups.as_slice()) {
        lines.push(format!("{label} expects ({})", signature.text()));
        lines.extend(rejections(group).map(|message| format!("  rejected:{message}")));
    } else {
        lines.push(format!(
            "The function {label} was called with arguments it does not accept. It expects one of:"
        ));
        for (signature, group) in signatures.iter().zip(&groups) {
            lines.push(format!("  ({})", signature.text()));
            lines.extend(rejections(group).map(|message| format!("    rejected:{message}")));
        }
    }
    lines.join("\n")
}

fn rejections(group: &[Mismatch]) -> impl Iterator<Item = String> {
    group.iter().map(|found| {
        let mut found = found.clone();
        found.chop(0);
        found.to_string()
    })
}

fn describe_arguments(signature: &Signature, arguments: &[Type], path: &[Step]) -> Vec<Mismatch> {
    let Some(parameters) = &signature.callable.parameters else {
        return Vec::new();
    };
    let expected = parameters.size_range();
    let actual = Range::exactly(length(arguments.len()));
    if !expected.covers(&actual) {
        let reason = Reason::Count { expected, actual };
        return vec![Mismatch {
            path: path.to_vec(),
            reason,
        }];
    }
    for (index, argument) in arguments.iter().enumerate() {
        let index = index.min(parameters.types.len().saturating_sub(1));
        let Some(wanted) = parameters.types.get(index) else {
            break;
        };
        if !wanted.is_assignable(argument) {
            let name = signature
                .names
                .get(index)
                .map(ToString::to_string)
                .unwrap_or_default();
            let mut path = path.to_vec();
            path.push(Step::Parameter(name));
            let found = describe(wanted, argument, &path);
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

fn describe_block(
    signature: &Signature,
    block: Option<&CallableType>,
    path: &[Step],
) -> Vec<Mismatch> {
    let found = |reason| {
        vec![Mismatch {
            path: path.to_vec(),
            reason,
        }]
    };
    match (&signature.callable.block, block) {
        (None, Some(_)) => found(Reason::UnexpectedBlock),
        (Some(wanted), Some(given)) => {
            let mut path = path.to_vec();
            path.push(Step::Block);
            describe(
                wanted,
                &Type::Callable(std::sync::Arc::new(given.clone())),
                &path,
            )
        }
        (Some(wanted), None) if !wanted.is_assignable(&Type::Undef) => found(Reason::MissingBlock),
        _ => Vec::new(),
    }
}

impl Signature {
    /// The parameters as messages show them: `String name, Integer count?`.
    pub fn text(&self) -> String {
        let Some(parameters) = &self.callable.parameters else {
            return String::new();
        };
        let size = parameters.size_range();
        if size.to == Some(0) {
            return String::new();
        }
        let required = size.from.unwrap_or(0);
        let count = if self.names.is_empty() {
            parameters.types.len()
        } else {
            self.names.len()
        };
        let mut parts: Vec<String> = (0..count)
            .filter_map(|index| {
                let name = self.names.get(index).map(AsRef::as_ref).unwrap_or_default();
                let mut wanted = parameters.at(index)?;
                let mut indicator = "";
                if size.to.is_none() && index + 1 == count {
                    indicator = if required == length(count) { "+" } else { "*" };
                } else if length(index + 1) > required {
                    indicator = "?";
                    if let Type::Optional(Some(of)) = wanted {
                        wanted = of;
                    }
                }
                Some(format!("{wanted} {name}{indicator}"))
            })
            .collect();
        let block_name = self.block_name.as_deref().unwrap_or("block");
        match &self.callable.block {
            Some(Type::Optional(Some(of))) => parts.push(format!("{of} {block_name}?")),
            Some(block @ Type::Callable(_)) => parts.push(format!("{block} {block_name}")),
            _ => {}
        }
        parts.join(", ")
    }

    /// Whether the arguments and the block fit.
    pub fn accepts(&self, arguments: &[Value], block: Option<&CallableType>) -> bool {
        let Some(parameters) = &self.callable.parameters else {
            return true;
        };
        parameters.accepts_values(arguments)
            && match (&self.callable.block, block) {
                (None, None) => true,
                (None, Some(_)) => false,
                (Some(wanted), None) => wanted.is_assignable(&Type::Undef),
                (Some(wanted), Some(given)) => {
                    wanted.is_assignable(&Type::Callable(std::sync::Arc::new(given.clone())))
                }
            }
    }
}
