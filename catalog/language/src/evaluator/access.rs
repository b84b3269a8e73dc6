//! `left[keys]`: elements, slices, substrings, parameters of types and of resources.

use std::{rc::Rc, sync::Arc};

use ficelle_model::qualified::{capitalize, segments, unrooted};
use ficelle_syntax::ast::{Expression, ExpressionKind};

use super::{Evaluator, label, number::Number};
use crate::{
    error::{Error, Evaluated},
    host::Place,
    scope::Scope,
    types::{
        ResourceType, Type,
        parameterize::{Cause, parameterize},
    },
    values::Value,
};

/// An access that is being evaluated: what its errors blame.
struct Access<'a, 'c> {
    evaluator: &'a Evaluator<'c>,
    scope: &'a Rc<Scope>,
    whole: &'a Expression,
    left: &'a Expression,
    keys: &'a [Expression],
}

impl Evaluator<'_> {
    pub(super) fn access(
        &self,
        whole: &Expression,
        left: &Expression,
        keys: &[Expression],
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let value = self.evaluate(left, scope)?;
        if let (Value::Hash(entries), [key]) = (&value, keys)
            && !matches!(
                key.kind,
                ExpressionKind::Unary { .. } | ExpressionKind::Parenthesized(_)
            )
        {
            let key = self.evaluate(key, scope)?;
            return Ok(entries.get(&key).cloned().unwrap_or_default());
        }
        let mut evaluated = Vec::with_capacity(keys.len());
        if matches!(value, Value::Type(Type::Class(_))) {
            for key in keys {
                evaluated.push(match &key.kind {
                    // An unknown type is no error yet: the class name is what is wrong.
                    ExpressionKind::Reference(name) => self
                        .named_type(name)?
                        .map_or_else(|| Value::Type(Type::Reference(name.clone())), Value::Type),
                    _ => self.evaluate(key, scope)?,
                });
            }
        } else {
            for key in keys {
                evaluated.push(self.evaluate(key, scope)?);
            }
        }
        let access = Access {
            evaluator: self,
            scope,
            whole,
            left,
            keys,
        };
        access.perform(&value, evaluated)
    }
}

impl Access<'_, '_> {
    fn perform(&self, value: &Value, keys: Vec<Value>) -> Evaluated {
        match value {
            Value::String(text) => {
                let keys = flatten(keys);
                let characters: Vec<char> = text.chars().collect();
                let range = self.substring(characters.len(), &keys)?;
                let part: String = characters[range].iter().collect();
                Ok(Value::string(part))
            }
            Value::Binary(bytes) => {
                let range = self.substring(bytes.len(), &flatten(keys))?;
                Ok(Value::Binary(bytes[range].into()))
            }
            Value::Array(elements) => self.element(elements, &flatten(keys)),
            Value::Hash(entries) => {
                if let [key] = keys.as_slice() {
                    return Ok(entries.get(key).cloned().unwrap_or_default());
                }
                if keys.is_empty() {
                    return Err(self.arity("Hash supports [] with one or more arguments", 0));
                }
                let found = keys.iter().filter_map(|key| entries.get(key));
                let found = found.filter(|value| !matches!(value, Value::Undef));
                Ok(Value::array(found.cloned().collect::<Vec<_>>()))
            }
            Value::Type(Type::Resource(resource)) => self.resource(resource, keys),
            Value::Type(Type::Class(class)) => self.class(class.as_ref(), keys),
            Value::Type(Type::Reference(name)) => {
                Err(Error::issue(format!("Resource type not found: {name}")).into())
            }
            Value::Type(base) => parameterize(base, &keys)
                .map(Value::Type)
                .map_err(|refusal| {
                    let blamed = match refusal.cause {
                        Cause::NotParameterized => self.left,
                        _ => refusal.key.map_or(self.whole, |index| self.key(index)),
                    };
                    let error = match refusal.cause {
                        Cause::Raised => Error::new(refusal.message),
                        _ => Error::issue(refusal.message),
                    };
                    error.at(blamed.span).into()
                }),
            other => {
                let shown = label::with_article(&label::value(other));
                let message = format!("Operator '[]' is not applicable to {shown}.");
                Err(Error::issue(message).at(self.left.span).into())
            }
        }
    }

    /// The expression of a key; the last where flattening made more keys than were written.
    fn key(&self, index: usize) -> &Expression {
        self.keys
            .get(index)
            .or(self.keys.last())
            .unwrap_or(self.whole)
    }

    fn arity(&self, what: &str, actual: usize) -> crate::error::Unwind {
        let at = self.left.span;
        Error::issue(format!("{what}. Got {actual}")).at(at).into()
    }

    /// The range of a string (or of bytes) that one index, or a start and a length, name.
    fn substring(&self, length: usize, keys: &[Value]) -> Evaluated<std::ops::Range<usize>> {
        let index = |at: usize| match Number::of(&keys[at]) {
            Some(Number::Integer(value)) => Ok(value),
            other => {
                let value = other.map_or_else(|| keys[at].clone(), Value::from);
                let name = label::type_name(&value);
                let message = format!(
                    "A substring operation does not accept {} {name} as a character index. \
                     Expected an Integer",
                    label::article(&name)
                );
                let blamed = self.key(at).span;
                Err(Error::issue(message).at(blamed))
            }
        };
        match keys.len() {
            1 => {
                let at = index(0)?;
                let at = if at < 0 { length as i64 + at } else { at };
                Ok(if at < 0 { 0..0 } else { slice(length, at, 1) })
            }
            2 => Ok(slice_from(length, index(0)?, index(1)?)),
            other => Err(self.arity("String supports [] with one or two arguments", other)),
        }
    }

    fn element(&self, elements: &[Value], keys: &[Value]) -> Evaluated {
        let number = |at: usize| self.evaluator.numeric(&keys[at], self.key(at));
        let index = |at: usize| -> Evaluated<i64> {
            match number(at)? {
                Number::Integer(value) => Ok(value),
                other => {
                    let name = label::type_name(&Value::from(other));
                    let message = format!("An Array[] cannot use {name} where Integer is expected");
                    Err(Error::issue(message).at(self.key(at).span).into())
                }
            }
        };
        match keys.len() {
            1 => {
                let at = index(0)?;
                let at = if at < 0 {
                    elements.len() as i64 + at
                } else {
                    at
                };
                let element = usize::try_from(at).ok().and_then(|at| elements.get(at));
                Ok(element.cloned().unwrap_or_default())
            }
            2 => {
                // That both are numbers is asked before whether the first is an integer.
                number(0)?;
                number(1)?;
                let range = slice_from(elements.len(), index(0)?, index(1)?);
                Ok(Value::array(&elements[range]))
            }
            other => Err(self.arity("Array supports [] with one or two arguments", other)),
        }
    }

    fn resource(&self, resource: &ResourceType, mut keys: Vec<Value>) -> Evaluated {
        let blamed = self.key(0).span;
        // `File['/etc/motd']`, as most are.
        if let (Some(name), None, [Value::String(title)]) =
            (&resource.type_name, &resource.title, keys.as_slice())
            && is_type_name(name)
        {
            return Ok(Value::Type(Type::Resource(Arc::new(ResourceType {
                type_name: Some(Arc::clone(name)),
                title: Some(Arc::clone(title)),
            }))));
        }
        let type_name: Arc<str> = match &resource.type_name {
            Some(name) => name.clone(),
            None => {
                if keys.is_empty() {
                    return Err(self.arity("Resource[] accepts 1 or more arguments", 0));
                }
                match keys.remove(0) {
                    // `Resource[File]` is `File`
                    Value::Type(Type::Resource(inner)) if keys.is_empty() => {
                        return Ok(Value::Type(Type::Resource(inner)));
                    }
                    Value::Type(Type::Resource(inner)) if inner.type_name.is_some() => {
                        inner.type_name.clone().unwrap_or_default()
                    }
                    Value::String(name) => capitalize(&name),
                    other => {
                        let name = label::type_name(&other);
                        let message = format!(
                            "First argument to Resource[] must be a resource type or a String. \
                             Got {name}."
                        );
                        return Err(Error::issue(message).at(blamed).into());
                    }
                }
            }
        };
        if !is_type_name(&type_name) {
            let message = format!(
                "Illegal type reference. The given name '{type_name}' does not conform to the \
                 naming rule"
            );
            return Err(Error::issue(message).at(blamed).into());
        }
        let is_list = keys.len() > 1 || matches!(keys.first(), Some(Value::Array(_)));
        let written = keys.len();
        let keys: Vec<Value> = flatten(keys)
            .into_iter()
            .filter(|key| !matches!(key, Value::Undef))
            .collect();
        if keys.is_empty() && written > 0 {
            return Ok(nothing_named(is_list));
        }
        let reference = |title: Option<Arc<str>>| {
            Value::Type(Type::Resource(Arc::new(ResourceType {
                type_name: Some(type_name.clone()),
                title,
            })))
        };
        if resource.title.is_some() {
            return self.parameters(&Type::Resource(Arc::new(resource.clone())), &keys, is_list);
        }
        if keys.is_empty() {
            return Ok(reference(None));
        }
        let mut references = Vec::with_capacity(keys.len());
        for (index, key) in keys.into_iter().enumerate() {
            let Value::String(title) = key else {
                let base = Value::Type(Type::Resource(Arc::new(resource.clone())));
                let message = format!(
                    "Error creating type specialization of {}, Cannot use {} where a resource \
                     title String is expected",
                    label::with_article(&label::value(&base)),
                    label::type_name(&key),
                );
                let at = self.key(index).span;
                return Err(Error::issue(message).at(at).into());
            };
            references.push(reference(Some(title)));
        }
        one_or_many(references, is_list)
    }

    fn class(&self, class: Option<&Arc<str>>, keys: Vec<Value>) -> Evaluated {
        // `Class['apache::mod']`, as most are.
        if let (None, [Value::String(name)]) = (class, keys.as_slice())
            && is_name(name)
            && !name.bytes().any(|byte| byte.is_ascii_uppercase())
        {
            return Ok(Value::Type(Type::Class(Some(Arc::clone(name)))));
        }
        let is_list = keys.len() > 1 || matches!(keys.first(), Some(Value::Array(_)));
        let keys: Vec<Value> = flatten(keys)
            .into_iter()
            .filter(|key| !matches!(key, Value::Undef))
            .collect();
        if keys.is_empty() {
            return Ok(nothing_named(is_list));
        }
        if let Some(class) = class {
            return self.parameters(&Type::Class(Some(class.clone())), &keys, is_list);
        }
        let mut classes = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let at = self.key(index).span;
            let Value::String(written) = key else {
                let shown = label::with_capital_article(&label::value(key));
                let message = format!(
                    "Illegal Class name in class reference. {shown} cannot be used where a \
                     String is expected"
                );
                return Err(Error::issue(message).at(at).into());
            };
            let name = written.to_lowercase();
            let name = unrooted(&name);
            if !is_name(name) {
                let message = format!(
                    "Illegal name. The given name '{written}' does not conform to the naming \
                     rule /^((::)?[a-z_]\\w*)(::[a-z]\\w*)*$/"
                );
                return Err(Error::issue(message).at(at).into());
            }
            classes.push(Value::Type(Type::Class(Some(name.into()))));
        }
        one_or_many(classes, is_list)
    }

    /// `File['/x']['mode', 'owner']`
    fn parameters(&self, reference: &Type, names: &[Value], is_list: bool) -> Evaluated {
        let place = Place {
            evaluator: self.evaluator,
            scope: self.scope,
            span: self.whole.span,
        };
        let host = self.evaluator.host();
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let name = name.to_string();
            found.push(host.resource_parameter(reference, &name, place)?);
        }
        one_or_many(found, is_list)
    }
}

fn one_or_many(mut values: Vec<Value>, is_list: bool) -> Evaluated {
    match is_list {
        true => Ok(Value::array(values)),
        false => Ok(values.pop().unwrap_or_default()),
    }
}

/// A start (negative: from the end) and a length (negative: up to that place from the end).
fn slice_from(length: usize, from: i64, count: i64) -> std::ops::Range<usize> {
    let size = length as i64;
    let mut from = if from < 0 {
        size.saturating_add(from)
    } else {
        from
    };
    let mut count = match count < 0 {
        true => size
            .saturating_sub(from)
            .saturating_add(count)
            .saturating_add(1),
        false => count,
    };
    if from < 0 {
        count = count.saturating_add(from);
        from = 0;
    }
    slice(length, from, count)
}

fn slice(length: usize, from: i64, count: i64) -> std::ops::Range<usize> {
    let size = length as i64;
    if from >= size || count <= 0 {
        return 0..0;
    }
    let end = from.saturating_add(count).min(size);
    from as usize..end as usize
}

/// Arrays within replaced by their elements, at any depth.
pub(crate) fn flatten(values: Vec<Value>) -> Vec<Value> {
    if !values.iter().any(|value| matches!(value, Value::Array(_))) {
        return values;
    }
    let mut flat = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::Array(inner) => flat.extend(flatten(inner.to_vec())),
            other => flat.push(other),
        }
    }
    flat
}

/// `/^((::)?[a-z_]\w*)(::[a-z]\w*)*$/`
fn is_name(name: &str) -> bool {
    let word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let starts = |text: &str, underscore: bool| match text.bytes().next() {
        Some(byte) => byte.is_ascii_lowercase() || (underscore && byte == b'_'),
        None => false,
    };
    if word(name) {
        return starts(name, true);
    }
    let mut segments = segments(name);
    segments
        .next()
        .is_some_and(|first| starts(first, true) && word(first))
        && segments.all(|segment| starts(segment, false) && word(segment))
}

/// `/((::)?[A-Z]\w*)(::[A-Z]\w*)*/`, whole
fn is_type_name(name: &str) -> bool {
    let name = unrooted(name);
    let is_segment = |segment: &str| {
        segment.starts_with(|first: char| first.is_ascii_uppercase())
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    is_segment(name) || segments(name).all(is_segment)
}

/// `File[undef]`, `File[[]]`
fn nothing_named(is_list: bool) -> Value {
    if is_list {
        Value::array([])
    } else {
        Value::Undef
    }
}
