//! `defined`, and its kin of stdlib: `defined_with_params`, `getparam`,
//! `stdlib::str2resource`.

use std::sync::{Arc, LazyLock};

use ficelle_language::{
    Error, Evaluated, Type, Value,
    evaluator::Call,
    types::{CallableType, Range, TupleType, mismatch::describe_signatures, signature::Signature},
};

use super::super::{
    Compiler,
    declare::{class_reference, reference_of, reference_value},
    texts,
};

/// What `defined` takes.
static ASKED: LazyLock<Signature> = LazyLock::new(|| {
    let entry = Type::Type(Some(Arc::new(Type::CatalogEntry)));
    let nested = Type::Type(Some(Arc::new(entry.clone())));
    let asked = Type::Variant(vec![Type::STRING, entry, nested].into());
    Signature {
        callable: CallableType {
            parameters: Some(TupleType {
                types: vec![asked],
                size: Some(Range {
                    from: Some(1),
                    to: None,
                }),
            }),
            block: None,
            returns: None,
        },
        names: vec!["vals".into()],
        block_name: None,
    }
});

pub(super) fn defined(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    if !ASKED.accepts(call.arguments, None) {
        let signatures = std::slice::from_ref(&*ASKED);
        let message = describe_signatures("defined", signatures, call.arguments, None);
        return Err(Error::new(message).into());
    }
    for argument in call.arguments {
        if is_defined(compiler, call, argument)? {
            return Ok(Value::Boolean(true));
        }
    }
    Ok(Value::Boolean(false))
}

fn is_defined(compiler: &Compiler<'_>, call: &Call<'_, '_>, value: &Value) -> Evaluated<bool> {
    match value {
        Value::String(text) => is_name_defined(compiler, call, text),
        Value::Type(Type::Type(Some(inner))) => match &**inner {
            Type::Class(None) => {
                Err(Error::new("The given class type is a reference to all classes").into())
            }
            Type::Class(Some(name)) => Ok(compiler.definitions.class(name)?.is_some()),
            inner => is_type_defined(compiler, inner),
        },
        Value::Type(named) => is_type_defined(compiler, named),
        _ => Ok(false),
    }
}

fn is_name_defined(compiler: &Compiler<'_>, call: &Call<'_, '_>, text: &str) -> Evaluated<bool> {
    if let Some(variable) = text.strip_prefix('$') {
        return Ok(call.evaluator.variable(variable, call.scope).is_some());
    }
    match text {
        "" => Ok(false),
        "main" => Ok(true),
        name => {
            Ok(compiler.resource_type(name)?.is_some()
                || compiler.definitions.class(name)?.is_some())
        }
    }
}

fn is_type_defined(compiler: &Compiler<'_>, named: &Type) -> Evaluated<bool> {
    match named {
        Type::Class(None) => {
            Err(Error::new("The given class type is a reference to all classes").into())
        }
        Type::Class(Some(name)) => Ok(compiler.is_class_declared(name)),
        Type::Resource(resource) => match (&resource.type_name, &resource.title) {
            (None, _) => Err(Error::new(
                "The given resource type is a reference to all kind of types",
            )
            .into()),
            (Some(name), None) => Ok(compiler.resource_type(name)?.is_some()),
            _ => Ok(reference_of(&Value::Type(named.clone()))
                .is_some_and(|wanted| compiler.find_named(&wanted).is_some())),
        },
        // A name that is no type at all is not defined.
        _ => Ok(false),
    }
}

/// Whether a resource is declared with these parameters, among others.
pub(super) fn defined_with_params(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let Some(wanted) = named(&call.arguments[0]) else {
        let message = "defined_with_params(): First argument must be a reference to a resource";
        return Err(Error::new(message).into());
    };
    let Some(id) = compiler.find_named(&wanted) else {
        return Ok(Value::Boolean(false));
    };
    let declared = compiler.table.get(id);
    let Some(Value::Hash(parameters)) = call.arguments.get(1) else {
        return Ok(Value::Boolean(true));
    };
    let every = parameters.iter().all(|(name, value)| {
        let known = declared.value(&texts::display(name)).unwrap_or_default();
        texts::display(&known) == texts::display(value)
    });
    Ok(Value::Boolean(every))
}

/// The value of a resource's parameter, or an empty string.
pub(super) fn getparam(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let name = super::text(call, 1)?;
    let value = named(&call.arguments[0])
        .and_then(|wanted| compiler.find_named(&wanted))
        .and_then(|id| compiler.table.get(id).value(name));
    Ok(value.unwrap_or_else(|| Value::string("")))
}

/// The reference to a declared resource, from its text.
pub(super) fn str2resource(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let subject = "'stdlib::str2resource' parameter 'res_string'";
    texts::check_type(subject, &Type::STRING, &call.arguments[0])?;
    let text = call.arguments[0].as_str().unwrap_or_default();
    let Some(wanted) = named(&call.arguments[0]) else {
        return Err(Error::new(format!(
            "No title provided and \"{text}\" is not a valid resource reference"
        ))
        .into());
    };
    let wanted = compiler.named(&wanted);
    match compiler.table.find(&wanted) {
        Some(_) => Ok(reference_value(&wanted)),
        None => Err(Error::new(format!(
            "stdlib::str2resource(): could not find {wanted}, this is parse order dependent and \
             values should not be quoted"
        ))
        .into()),
    }
}

/// What a reference, or its text, names.
fn named(value: &Value) -> Option<ficelle_model::Reference> {
    match value {
        Value::String(text) => match ficelle_model::Reference::parse(text) {
            Some(reference) if &*reference.type_name == "Class" => {
                Some(class_reference(&reference.title))
            }
            other => other,
        },
        other => reference_of(other),
    }
}
