//! `Type.new(…)`: values from values.
//!
//! Each type has one or more ways to be made, tried in order; what fits none of them is told
//! in the reference's words.

use std::sync::Arc;

use super::{AliasType, CallableType, Range, TupleType, Type, mismatch, signature::Signature};
use crate::values::Value;

mod collections;
mod init;
mod numbers;
mod objects;
mod others;
mod times;

pub use objects::hash_type;
pub use times::{timespan_bound, timestamp_bound};

/// What making a value may ask for.
pub trait Context {
    /// Nanoseconds since 1970.
    fn now(&self) -> i128;

    /// The type that an expression in a string stands for.
    ///
    /// # Errors
    /// It is no type.
    fn parse_type(&self, text: &str) -> Result<Type, String>;
}

/// Tells from the arguments what is wrong with them, where it can.
type OnMismatch = fn(&[Value]) -> Option<Result<String, String>>;

/// How a type's values are made.
struct Constructor {
    /// The name of the function, as messages show it.
    name: String,
    /// The ways.
    ways: Vec<Way>,
    /// What to say where none of them fits; else the signatures are shown.
    on_mismatch: Option<OnMismatch>,
}

/// One way to make a value.
struct Way {
    signature: Signature,
    make: Make,
}

type Make = Box<dyn Fn(&[Value], &dyn Context) -> Result<Value, String>>;

impl Constructor {
    fn new(name: impl Into<String>, ways: Vec<Way>) -> Self {
        Self {
            name: name.into(),
            ways,
            on_mismatch: None,
        }
    }

    fn with_mismatch(
        mut self,
        on_mismatch: fn(&[Value]) -> Option<Result<String, String>>,
    ) -> Self {
        self.on_mismatch = Some(on_mismatch);
        self
    }

    fn call(&self, arguments: &[Value], context: &dyn Context) -> Result<Value, String> {
        if let Some(way) = self
            .ways
            .iter()
            .find(|way| way.signature.accepts(arguments, None))
        {
            return (way.make)(arguments, context);
        }
        match self
            .on_mismatch
            .and_then(|on_mismatch| on_mismatch(arguments))
        {
            Some(Ok(message)) => return Err(format!("'{}' {message}", self.name)),
            Some(Err(raised)) => return Err(raised),
            None => {}
        }
        let signatures: Vec<Signature> =
            self.ways.iter().map(|way| way.signature.clone()).collect();
        Err(mismatch::describe_signatures(
            &self.name,
            &signatures,
            arguments,
            None,
        ))
    }
}

/// A way that takes `parameters`, of which the first `required` must be given.
fn way(
    parameters: Vec<(&str, Type)>,
    required: usize,
    make: impl Fn(&[Value], &dyn Context) -> Result<Value, String> + 'static,
) -> Way {
    let count = parameters.len();
    let (names, types): (Vec<Arc<str>>, Vec<Type>) = parameters
        .into_iter()
        .map(|(name, of)| (Arc::from(name), of))
        .unzip();
    let size = (required != count || count == 0).then(|| {
        Range::new(
            Some(super::make::length(required)),
            Some(super::make::length(count)),
        )
    });
    Way {
        signature: Signature {
            callable: CallableType {
                parameters: Some(TupleType { types, size }),
                block: None,
                returns: None,
            },
            names,
            block_name: None,
        },
        make: Box::new(make),
    }
}

/// A type with a name that only the constructor knows.
fn named(name: &str, target: Type) -> Type {
    Type::Alias(AliasType::of(name, target))
}

/// Makes a value of a type.
///
/// # Errors
/// The type makes no values, or not of these.
pub fn construct(of: &Type, arguments: &[Value], context: &dyn Context) -> Result<Value, String> {
    if is_made(of, arguments) {
        return Ok(arguments[0].clone());
    }
    let made = constructor(of)?.call(arguments, context)?;
    mismatch::assert(&format!("Converted value from {of}.new()"), of, &made)?;
    Ok(made)
}

/// Whether the one argument is a value of the type already.
pub fn is_made(of: &Type, arguments: &[Value]) -> bool {
    matches!(arguments, [only] if !matches!(of, Type::Init(_)) && of.is_instance(only))
}

/// Checks that a type can be asked what it takes: `Init` of what makes no values cannot.
///
/// # Errors
/// It cannot.
pub fn check_init(of: &Type) -> Result<(), String> {
    match of {
        Type::Init(wanted) => init::check(wanted),
        _ => Ok(()),
    }
}

/// The parameters of all ways to make values of a type; `None` where there is none.
pub(super) fn signatures(of: &Type) -> Option<Vec<TupleType>> {
    let constructor = constructor(of).ok()?;
    Some(
        constructor
            .ways
            .into_iter()
            .filter_map(|way| way.signature.callable.parameters)
            .collect(),
    )
}

pub(super) fn unsupported(of: &Type) -> String {
    format!("Creation of new instance of type '{of}' is not supported")
}

fn constructor(of: &Type) -> Result<Constructor, String> {
    Ok(match of {
        Type::Integer(_) => numbers::integer(),
        Type::Float(_) => numbers::float(),
        Type::Numeric => numbers::numeric(),
        Type::Boolean(_) => numbers::boolean(),
        Type::String(_) | Type::StringValue(_) => others::string(),
        Type::Array(_) | Type::Tuple(_) => collections::array(),
        Type::Hash(_) | Type::Struct(_) => collections::hash(),
        Type::Binary => others::binary(),
        Type::Regexp(_) => others::regexp(),
        Type::SemVer(_) => others::sem_ver(),
        Type::SemVerRange => others::sem_ver_range(),
        Type::Uri(_) => others::uri(),
        Type::Type(_) => others::type_from_text(),
        Type::Sensitive(_) => others::sensitive(),
        Type::Unit => others::unit(),
        Type::Timestamp(_) => times::timestamp(),
        Type::Timespan(_) => times::timespan(),
        Type::NotUndef(None) => others::unit(),
        Type::NotUndef(Some(of)) | Type::Optional(Some(of)) => constructor(of)?,
        Type::Init(wanted) => init::constructor(wanted)?,
        Type::Object(object) if !object.is_any() => objects::object(object)?,
        Type::ParameterizedObject(object) => objects::object(&object.base)?,
        Type::Alias(_) => match of.unaliased() {
            Type::Alias(_) => return Err(unsupported(of)),
            target => constructor(&target)?,
        },
        _ => return Err(unsupported(of)),
    })
}
