//! `create_resources`, `realize`, and stdlib's `ensure_resource` and its kin.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Error, Evaluated, Value, evaluator::Call, values::HashMap};
use ficelle_model::Reference;
use ficelle_syntax::ast::ResourceForm;

use super::super::{
    Compiler,
    declare::{Site, canonical, flatten, reference_of},
    frame::Frame,
    overrides::at,
    resources::{Line, Mode, Parameter, Parameters},
    texts,
};

pub(super) fn create_resources(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let refuse = |message: &str| Err(Error::new(message).into());
    let Value::Hash(instances) = &call.arguments[1] else {
        return refuse("create_resources(): second argument must be a hash");
    };
    let nothing = HashMap::default();
    let defaults = match call.arguments.get(2) {
        None => &nothing,
        Some(Value::Hash(defaults)) => &**defaults,
        Some(_) => {
            return refuse("create_resources(): third argument, if provided, must be a hash");
        }
    };
    let (form, type_name) = form_and_type(super::text(call, 0)?);
    if type_name == "class" && form != ResourceForm::Regular {
        let message = "Evaluation Error: Classes are not virtualizable".to_owned();
        let location = call.location();
        return Err(at(message, location.file, location.line));
    }
    for (title, parameters) in instances.iter() {
        let mut given = defaults.clone();
        match parameters {
            Value::Hash(parameters) => {
                given.extend(
                    parameters
                        .iter()
                        .map(|(key, value)| (key.clone(), value.clone())),
                );
            }
            _ => return refuse("create_resources(): the parameters of a resource must be a hash"),
        }
        declare(compiler, call, &type_name, title, &given, form)?;
    }
    Ok(Value::Undef)
}

fn form_and_type(text: &str) -> (ResourceForm, String) {
    let (form, name) = if let Some(name) = text.strip_prefix("@@") {
        (ResourceForm::Exported, name)
    } else if let Some(name) = text.strip_prefix('@') {
        (ResourceForm::Virtual, name)
    } else {
        (ResourceForm::Regular, text)
    };
    (form, name.to_lowercase())
}

fn declare(
    compiler: &Compiler<'_>,
    call: &Call<'_, '_>,
    type_name: &str,
    title: &Value,
    given: &HashMap,
    form: ResourceForm,
) -> Evaluated<Vec<Value>> {
    let frame = Frame::of(call.scope);
    let parameters: Parameters = given
        .iter()
        .map(|(name, value)| {
            let parameter = Parameter {
                value: value.clone(),
                origin: Rc::clone(&frame.origin),
                line: Line::Unknown,
                mode: Mode::Replace,
            };
            (Arc::from(texts::display(name)), parameter)
        })
        .collect();
    let mut titles = Vec::new();
    flatten(title, &mut titles);
    let location = call.location();
    let site = Site {
        evaluator: call.evaluator,
        scope: call.scope,
        location: &location,
        form,
    };
    let mut references = Vec::with_capacity(titles.len());
    compiler.create(type_name, &titles, parameters, site, Some(&mut references))?;
    Ok(references)
}

pub(super) fn realize(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let mut values = Vec::new();
    for argument in call.arguments {
        flatten(argument, &mut values);
    }
    let mut references = Vec::with_capacity(values.len());
    for value in &values {
        let reference = match value {
            Value::String(text) => Reference::parse(text)
                .map(|reference| canonical(&reference.type_name, &reference.title)),
            other => reference_of(other),
        };
        match reference {
            Some(reference) => references.push(compiler.named(&reference)),
            None => return Err(Error::new(texts::untitled(value)).into()),
        }
    }
    compiler.realize(references, call.scope);
    Ok(Value::Undef)
}

/// Declares what is not declared with the same parameters.
fn ensure(
    compiler: &Compiler<'_>,
    call: &Call<'_, '_>,
    type_name: &str,
    title: &Value,
    given: &HashMap,
) -> Evaluated<()> {
    let name = texts::display(title);
    if let Some(id) = compiler.find_named(&canonical(type_name, &name)) {
        let declared = compiler.table.get(id);
        let same = given.iter().all(|(name, value)| {
            let known = declared.value(&texts::display(name)).unwrap_or_default();
            texts::display(&known) == texts::display(value)
        });
        if same {
            return Ok(());
        }
    }
    declare(
        compiler,
        call,
        type_name,
        title,
        given,
        ResourceForm::Regular,
    )?;
    Ok(())
}

pub(super) fn ensure_resource(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let type_name = super::text(call, 0)?.to_owned();
    let given = hash_or_nothing(call, 2);
    let mut titles = Vec::new();
    flatten(&call.arguments[1], &mut titles);
    for title in &titles {
        ensure(compiler, call, &type_name, title, &given)?;
    }
    Ok(Value::Undef)
}

pub(super) fn ensure_resources(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let type_name = super::text(call, 0)?.to_owned();
    let defaults = hash_or_nothing(call, 2);
    let Value::Hash(instances) = &call.arguments[1] else {
        let message = "ensure_resources(): second argument must be a hash";
        return Err(Error::new(message).into());
    };
    for (title, parameters) in instances.iter() {
        let mut given = (*defaults).clone();
        if let Value::Hash(parameters) = parameters {
            given.extend(
                parameters
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
        ensure(compiler, call, &type_name, title, &given)?;
    }
    Ok(Value::Undef)
}

pub(super) fn ensure_packages(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let defaults = hash_or_nothing(call, 1);
    match &call.arguments[0] {
        Value::Hash(packages) => {
            for (title, parameters) in packages.iter() {
                let mut given = (*defaults).clone();
                if let Value::Hash(parameters) = parameters {
                    given.extend(
                        parameters
                            .iter()
                            .map(|(key, value)| (key.clone(), value.clone())),
                    );
                }
                ensure_package(compiler, call, title, given)?;
            }
        }
        other => {
            let mut titles = Vec::new();
            flatten(other, &mut titles);
            for title in &titles {
                ensure_package(compiler, call, title, (*defaults).clone())?;
            }
        }
    }
    Ok(Value::Undef)
}

/// A package is wanted installed, which may be said in two words: in that of a declaration that
/// is there.
fn ensure_package(
    compiler: &Compiler<'_>,
    call: &Call<'_, '_>,
    title: &Value,
    mut given: HashMap,
) -> Evaluated<()> {
    let key = Value::string("ensure");
    let wanted = given.get(&key).map(texts::display);
    if matches!(wanted.as_deref(), None | Some("present" | "installed")) {
        let reference = canonical("package", &texts::display(title));
        let declared = compiler.find_named(&reference);
        let declared = declared.and_then(|id| compiler.table.get(id).value("ensure"));
        let is_present = declared.is_some_and(|known| texts::display(&known) == "present");
        let word = if is_present { "present" } else { "installed" };
        given.insert(key, Value::string(word));
    }
    ensure(compiler, call, "package", title, &given)
}

fn hash_or_nothing(call: &Call<'_, '_>, index: usize) -> Arc<HashMap> {
    match call.arguments.get(index) {
        Some(Value::Hash(hash)) => Arc::clone(hash),
        _ => Arc::default(),
    }
}
