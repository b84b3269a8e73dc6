//! `annotate`: what else is to be known of a value, kept beside it by the type of the annotation.
//!
//! Values do not change, so annotations are kept by the evaluator, by who the value is: two alike
//! objects have each their own.

use std::{cell::RefCell, sync::Arc};

use super::{Function, function, on};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    types::{ObjectType, Type, construct, mismatch},
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[function(
    "annotate",
    &[
        on(
            "Type[Annotation] type, Any value, Callable[0,0] &block?",
            read_or_make,
        ),
        on(
            "Type[Annotation] type, Any value, \
             Variant[Enum['clear'], Hash[Pcore::MemberName, Any]] annotation_hash",
            set_or_clear,
        ),
        on(
            "Type[Pcore] type, Any value, \
             Hash[Type[Annotation], Hash[Pcore::MemberName, Any]] annotations",
            set_several,
        ),
    ],
)];

/// The annotations of one compile.
#[derive(Default)]
pub(crate) struct Annotations(RefCell<Vec<Annotated>>);

struct Annotated {
    value: Value,
    annotations: Vec<(Type, Value)>,
}

impl Annotations {
    fn get(&self, value: &Value, of: &Type) -> Option<Value> {
        let all = self.0.borrow();
        let annotated = all.iter().find(|one| is_same(&one.value, value))?;
        let found = annotated.annotations.iter().find(|(other, _)| other == of);
        found.map(|(_, annotation)| annotation.clone())
    }

    /// Gives the annotation that was there.
    fn set(&self, value: &Value, of: &Type, annotation: Option<Value>) -> Option<Value> {
        let mut all = self.0.borrow_mut();
        let known = all.iter().position(|one| is_same(&one.value, value));
        let index = known.unwrap_or_else(|| {
            let value = value.clone();
            let annotations = Vec::new();
            all.push(Annotated { value, annotations });
            all.len() - 1
        });
        let annotations = &mut all[index].annotations;
        let known = annotations.iter().position(|(other, _)| other == of);
        let before = known.map(|index| annotations.swap_remove(index).1);
        annotations.extend(annotation.map(|annotation| (of.clone(), annotation)));
        before
    }
}

/// Whether two values are one and the same; types are where they are equal.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
        (Value::Array(a), Value::Array(b)) => Arc::ptr_eq(a, b),
        (Value::Hash(a), Value::Hash(b)) => Arc::ptr_eq(a, b),
        (Value::Sensitive(a), Value::Sensitive(b)) => Arc::ptr_eq(a, b),
        (Value::Type(a), Value::Type(b)) => a == b,
        _ => false,
    }
}

/// The annotation that the definition of a type has.
fn declared<'v>(value: &'v Value, of: &Type) -> Option<(&'v ObjectType, &'v HashMap)> {
    let Value::Type(Type::Object(object)) = value else {
        return None;
    };
    let annotations = object.definition().annotations.as_ref()?.as_hash()?;
    let annotation = annotations.get(&Value::Type(of.clone()))?.as_hash()?;
    Some((object, annotation))
}

/// The kind of annotation that a call is about.
fn kind<'a>(call: &'a Call<'_, '_>) -> Evaluated<&'a Type> {
    match &call.arguments[0] {
        Value::Type(of @ Type::Object(_)) => Ok(of),
        other => Err(Error::new(format!("{other} is no type of annotations")).into()),
    }
}

fn make(of: &Type, entries: &Value) -> Evaluated {
    struct Nothing;
    impl construct::Context for Nothing {
        fn now(&self) -> i128 {
            0
        }

        fn parse_type(&self, text: &str) -> Result<Type, String> {
            crate::types::parse::parse_plain(text)
        }
    }
    if let Type::Object(object) = of {
        let subject = format!("{} initializer", object.label());
        mismatch::assert(&subject, &construct::hash_type(object), entries).map_err(Error::new)?;
    }
    let made = construct::construct(of, std::slice::from_ref(entries), &Nothing);
    made.map_err(|message| Error::new(message).into())
}

fn annotate(call: &Call<'_, '_>, value: &Value, of: &Type, entries: &Value) -> Evaluated {
    if let Some((object, _)) = declared(value, of) {
        let (kind, on) = (of.name(), object.label());
        let message = format!("attempt to redefine {kind} annotation declared on {on}");
        return Err(Error::new(message).into());
    }
    let annotation = make(of, entries)?;
    // A value without an identity of its own is the same as every other that is equal.
    if !is_same(value, value) {
        let (kind, text) = (
            crate::types::parameterize::class_name(value),
            crate::values::inspect(value),
        );
        return Err(Error::new(format!("can't modify frozen {kind}: {text}")).into());
    }
    let annotations = call.evaluator.annotations();
    annotations.set(value, of, Some(annotation.clone()));
    Ok(annotation)
}

fn read_or_make(call: &Call<'_, '_>) -> Evaluated {
    let of = kind(call)?;
    let value = &call.arguments[1];
    if let Some((_, entries)) = declared(value, of) {
        return make(of, &Value::hash(entries.clone()));
    }
    if let Some(found) = call.evaluator.annotations().get(value, of) {
        return Ok(found);
    }
    match call.block {
        Some(_) => annotate(call, value, of, &call.yield_block(&[])?),
        None => Ok(Value::Undef),
    }
}

fn set_or_clear(call: &Call<'_, '_>) -> Evaluated {
    let of = kind(call)?;
    let value = &call.arguments[1];
    if let entries @ Value::Hash(_) = &call.arguments[2] {
        return annotate(call, value, of, entries);
    }
    if let Some((object, _)) = declared(value, of) {
        let (kind, on) = (of.name(), object.label());
        let message = format!("attempt to clear {kind} annotation declared on {on}");
        return Err(Error::new(message).into());
    }
    let before = call.evaluator.annotations().set(value, of, None);
    Ok(before.unwrap_or_default())
}

fn set_several(call: &Call<'_, '_>) -> Evaluated {
    let value = &call.arguments[1];
    for (of, entries) in call.arguments[2].as_hash().into_iter().flatten() {
        if let Value::Type(of) = of {
            annotate(call, value, of, entries)?;
        }
    }
    Ok(value.clone())
}
