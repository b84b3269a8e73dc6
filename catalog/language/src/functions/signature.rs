//! Signatures of native functions, written as text.
//!
//! Parameters are separated by commas: `String text, Integer count?, Any rest*, Any more+,
//! Callable[1,1] &block, Callable[2,2] &block?`: a `?` makes one optional, `*` takes any number
//! and `+` at least one, `&` marks the block.

use std::sync::Arc;

use super::{local_types, stdlib::aliases};
use crate::{
    error::Evaluated,
    evaluator::Call,
    types::{
        CallableType, Range, TupleType, Type,
        parse::{Find, parse},
        signature::Signature as Described,
    },
};

/// What one dispatch accepts.
pub(super) struct Signature {
    callable: CallableType,
    names: Vec<Arc<str>>,
    least: usize,
    most: Option<usize>,
    block: Block,
    block_name: Option<Arc<str>>,
}

enum Block {
    None,
    Optional(Option<Arity>),
    Required(Option<Arity>),
}

/// How many arguments a block is given.
#[derive(Clone, Copy)]
struct Arity {
    least: usize,
    most: Option<usize>,
}

impl Signature {
    /// Reads a text of this program.
    pub(super) fn parse(text: &str) -> Self {
        Self::read(text, &|name| {
            Ok(local_types::find(name).or_else(|| aliases::find(name)))
        })
    }

    /// As [`Self::parse`], with types that somebody else finds.
    pub(super) fn read(text: &str, find: Find<'_>) -> Self {
        let mut types = Vec::new();
        let mut names = Vec::new();
        let (mut least, mut most) = (0, Some(0));
        let mut block = Block::None;
        let mut block_type = None;
        let mut block_name = None;
        for parameter in split(text) {
            let (type_text, name) = parameter.rsplit_once(' ').expect("a type and a name");
            let parameter_type = parse(type_text, find).expect("a type of the language");
            let (name, repeats) = match name.strip_suffix(['?', '*', '+']) {
                Some(bare) => (bare, name.chars().last()),
                None => (name, None),
            };
            if let Some(name) = name.strip_prefix('&') {
                block_name = Some(Arc::from(name));
                let arity = arity_of(&parameter_type);
                block = match repeats {
                    Some(_) => Block::Optional(arity),
                    None => Block::Required(arity),
                };
                block_type = Some(match repeats {
                    Some(_) => Type::Optional(Some(Arc::new(parameter_type))),
                    None => parameter_type,
                });
                continue;
            }
            types.push(parameter_type);
            names.push(Arc::from(name));
            match repeats {
                None => {
                    least += 1;
                    most = most.map(|most: usize| most + 1);
                }
                Some('?') => most = most.map(|most| most + 1),
                Some('+') => {
                    least += 1;
                    most = None;
                }
                _ => most = None,
            }
        }
        let size = Some(Range {
            from: Some(least as i64),
            to: most.map(|most| most as i64),
        });
        Self {
            callable: CallableType {
                parameters: Some(TupleType { types, size }),
                block: block_type,
                returns: None,
            },
            names,
            least,
            most,
            block,
            block_name,
        }
    }

    /// Whether a call's arguments and block fit.
    pub(super) fn accepts(&self, call: &Call<'_, '_>) -> Evaluated<bool> {
        let count = call.arguments.len();
        if count < self.least || self.most.is_some_and(|most| count > most) {
            return Ok(false);
        }
        let types = match &self.callable.parameters {
            Some(tuple) => tuple.types.as_slice(),
            None => &[],
        };
        let fits = call.arguments.iter().enumerate().all(|(index, argument)| {
            let expected = types.get(index).or(types.last());
            expected.is_some_and(|expected| expected.is_instance(argument))
        });
        if !fits {
            return Ok(false);
        }
        Ok(match (&self.block, call.block) {
            (Block::None | Block::Optional(_), None) => true,
            (Block::None, Some(_)) | (Block::Required(_), None) => false,
            (Block::Optional(None) | Block::Required(None), Some(_)) => true,
            (Block::Optional(Some(arity)) | Block::Required(Some(arity)), Some(block)) => {
                let (least, most) = block.arity();
                let takes_most = match (most, arity.most) {
                    (None, _) => true,
                    (Some(most), Some(wanted)) => most >= wanted,
                    (Some(_), None) => false,
                };
                least <= arity.least && takes_most && self.block_takes(call)?
            }
        })
    }

    /// Whether the block's parameters take all of the types that it is said to be given.
    fn block_takes(&self, call: &Call<'_, '_>) -> Evaluated<bool> {
        let Some(block) = call.block.filter(|block| block.is_typed()) else {
            return Ok(true);
        };
        let wanted = match &self.callable.block {
            Some(Type::Optional(Some(wanted))) => wanted,
            Some(wanted) => wanted,
            None => return Ok(true),
        };
        let is_said = match wanted {
            Type::Callable(wanted) => wanted
                .parameters
                .as_ref()
                .is_some_and(|parameters| !parameters.types.is_empty()),
            _ => false,
        };
        if !is_said {
            return Ok(true);
        }
        let given = call.evaluator.block_type(block)?;
        Ok(wanted.is_assignable(&Type::Callable(Arc::new(given))))
    }

    /// The form that messages are made from.
    pub(super) fn described(&self) -> Described {
        Described {
            callable: self.callable.clone(),
            names: self.names.clone(),
            block_name: self.block_name.clone(),
        }
    }
}

fn arity_of(block: &Type) -> Option<Arity> {
    let Type::Callable(callable) = block else {
        return None;
    };
    let parameters = callable.parameters.as_ref()?;
    let count = parameters.types.len();
    Some(match parameters.size {
        Some(size) => Arity {
            least: size
                .from
                .and_then(|from| usize::try_from(from).ok())
                .unwrap_or(0),
            most: size.to.and_then(|to| usize::try_from(to).ok()),
        },
        None => Arity {
            least: count,
            most: Some(count),
        },
    })
}

/// The parts between commas that are in no bracket.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    let mut in_regexp = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '/' if !escaped => in_regexp = !in_regexp,
            '[' | '{' if !in_regexp => depth += 1,
            ']' | '}' if !in_regexp => depth -= 1,
            ',' if depth == 0 && !in_regexp => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        escaped = character == '\\' && !escaped;
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
