//! Functions about types: `new`, `assert_type`, `type`, `convert_to`.

use super::{Function, function, on};
use crate::{
    error::{Error, Evaluated},
    evaluator::{Call, Evaluator},
    types::{Type, construct, mismatch, parse},
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("new", &[on("Type type, Any args*, Callable &block?", new)]),
    function(
        "convert_to",
        &[on(
            "Any value, Type type, Any args*, Callable[1,1] &block?",
            convert_to,
        )],
    ),
    function(
        "assert_type",
        &[
            on(
                "Type type, Any value, Callable[Type,Type] &block?",
                assert_type,
            ),
            on(
                "String type_string, Any value, Callable[Type,Type] &block?",
                assert_type,
            ),
        ],
    ),
    function(
        "type",
        &[
            on("Any value, Enum['detailed'] inference_method?", |call| {
                Ok(Value::Type(call.arguments[0].infer_set()))
            }),
            on("Any value, Enum['reduced'] inference_method", |call| {
                Ok(Value::Type(call.arguments[0].infer()))
            }),
            on("Any value, Enum['generalized'] inference_method", |call| {
                Ok(Value::Type(call.arguments[0].infer().generalize()))
            }),
        ],
    ),
];

/// The world that constructors see from a call.
struct World<'a, 'c>(&'a Evaluator<'c>);

impl construct::Context for World<'_, '_> {
    fn now(&self) -> i128 {
        self.0.host().inputs().now()
    }

    fn parse_type(&self, text: &str) -> Result<Type, String> {
        parse::parse(text, &|name| {
            self.0
                .named_type(name)
                .map_err(|unwind| unwind.into_error().message)
        })
    }
}

fn instantiate(call: &Call<'_, '_>, of: &Type, arguments: &[Value]) -> Evaluated {
    if let (Type::Type(_), [Value::String(text)]) = (of, arguments) {
        parse::check(text)?;
    }
    let world = World(call.evaluator);
    construct::construct(of, arguments, &world).map_err(|message| Error::new(message).into())
}

fn yielded(call: &Call<'_, '_>, made: Value) -> Evaluated {
    match call.block {
        Some(_) => call.yield_block(&[made]),
        None => Ok(made),
    }
}

fn new(call: &Call<'_, '_>) -> Evaluated {
    let [Value::Type(of), arguments @ ..] = call.arguments else {
        return Ok(Value::Undef);
    };
    let made = instantiate(call, of, arguments)?;
    // Of what is of the type already, nothing is made for the block.
    match construct::is_made(of, arguments) {
        true => Ok(made),
        false => yielded(call, made),
    }
}

fn convert_to(call: &Call<'_, '_>) -> Evaluated {
    let [value, Value::Type(of), more @ ..] = call.arguments else {
        return Ok(Value::Undef);
    };
    let mut arguments = vec![value.clone()];
    arguments.extend(more.iter().cloned());
    let made = instantiate(call, of, &arguments)?;
    yielded(call, made)
}

fn assert_type(call: &Call<'_, '_>) -> Evaluated {
    use construct::Context as _;
    let wanted = match &call.arguments[0] {
        Value::Type(wanted) => wanted.clone(),
        other => {
            let text = other.as_str().unwrap_or_default();
            parse::check(text)?;
            World(call.evaluator).parse_type(text).map_err(Error::new)?
        }
    };
    construct::check_init(&wanted).map_err(Error::new)?;
    let value = &call.arguments[1];
    if wanted.is_instance(value) {
        return Ok(value.clone());
    }
    let inferred = value.infer_set();
    if call.block.is_some() {
        return call.yield_block(&[Value::Type(wanted), Value::Type(inferred)]);
    }
    Err(Error::new(mismatch::describe_mismatch(
        "assert_type():",
        &wanted,
        &inferred,
    ))
    .into())
}
