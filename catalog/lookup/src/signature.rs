//! What the function `lookup` takes.

use std::sync::{Arc, LazyLock};

use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated},
    types::{AliasType, CallableType, Range, TupleType, mismatch, parse::parse, signature},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Optional,
    Required,
}

/// The ways to call it.
static WAYS: LazyLock<Vec<signature::Signature>> = LazyLock::new(ways);

/// Refuses arguments that no way takes. `block` gives the type of the block, where there is one.
///
/// # Errors
/// What is wrong with each way.
pub fn check(
    arguments: &[Value],
    block: Option<&dyn Fn() -> Evaluated<CallableType>>,
) -> Evaluated<()> {
    let block = block.map(|block| block()).transpose()?;
    let given = block
        .as_ref()
        .map(|block| Type::Callable(Arc::new(block.clone())));
    let fits = |way: &signature::Signature| {
        let takes_block = match (&way.callable.block, &given) {
            (None | Some(Type::Optional(_)), None) => true,
            (None, Some(_)) | (Some(_), None) => false,
            (Some(wanted), Some(given)) => wanted.is_assignable(given),
        };
        let parameters = &way.callable.parameters;
        takes_block
            && parameters
                .as_ref()
                .is_none_or(|parameters| parameters.accepts_values(arguments))
    };
    if WAYS.iter().any(fits) {
        return Ok(());
    }
    let message = mismatch::describe_signatures("lookup", &WAYS, arguments, block.as_ref());
    Err(Error::new(message).into())
}

fn ways() -> Vec<signature::Signature> {
    let mut aliases: Vec<(&str, Type)> = Vec::new();
    let named = [
        ("NameType", "Variant[String, Array[String]]"),
        ("ValueType", "Type"),
        ("DefaultValueType", "Any"),
        ("MergeType", "Variant[String[1], Hash[String, Scalar]]"),
        ("BlockType", "Callable[NameType]"),
        (
            "OptionsWithName",
            "Struct[{name => NameType, value_type => Optional[ValueType], default_value => \
             DefaultValueType, override => Optional[Hash[String, Any]], \
             default_values_hash => Optional[Hash[String, Any]], merge => Optional[MergeType]}]",
        ),
        (
            "OptionsWithoutName",
            "Struct[{value_type => Optional[ValueType], default_value => \
             DefaultValueType, override => Optional[Hash[String, Any]], \
             default_values_hash => Optional[Hash[String, Any]], merge => Optional[MergeType]}]",
        ),
    ];
    for (name, text) in named {
        let target = read(text, &aliases);
        aliases.push((name, Type::Alias(AliasType::of(name, target))));
    }
    let way = |least: i64, parameters: &[(&str, &str)], block: Block| {
        let block_type = read("BlockType", &aliases);
        let size = Some(Range {
            from: Some(least),
            to: Some(parameters.len() as i64),
        });
        let types = parameters.iter();
        let types = types.map(|(text, _)| read(text, &aliases)).collect();
        signature::Signature {
            callable: CallableType {
                parameters: Some(TupleType { types, size }),
                block: match block {
                    Block::None => None,
                    Block::Optional => Some(Type::Optional(Some(Arc::new(block_type)))),
                    Block::Required => Some(block_type),
                },
                returns: None,
            },
            names: parameters.iter().map(|(_, name)| (*name).into()).collect(),
            block_name: (block != Block::None).then(|| "block".into()),
        }
    };
    let plain = [
        ("NameType", "name"),
        ("ValueType", "value_type"),
        ("MergeType", "merge"),
    ];
    let with_default = [
        ("NameType", "name"),
        ("Optional[ValueType]", "value_type"),
        ("Optional[MergeType]", "merge"),
        ("DefaultValueType", "default_value"),
    ];
    let options = [("OptionsWithName", "options_hash")];
    let name_and_options = [
        ("Variant[String, Array[String]]", "name"),
        ("OptionsWithoutName", "options_hash"),
    ];
    vec![
        way(1, &plain, Block::None),
        way(4, &with_default, Block::None),
        way(1, &plain, Block::Required),
        way(1, &options, Block::Optional),
        way(2, &name_and_options, Block::Optional),
    ]
}

fn read(text: &str, aliases: &[(&str, Type)]) -> Type {
    let find = |name: &str| {
        let found = aliases.iter().find(|(known, _)| *known == name);
        Ok(found.map(|(_, alias)| alias.clone()))
    };
    parse(text, &find).expect("a type of the language")
}
