//! Resource expressions: titles and attributes in, declared resources out.
//!
//! Source: puppet-specifications, `language/expressions.md`, "Resource expressions".

use std::{
    rc::Rc,
    sync::{Arc, LazyLock},
};

use ficelle_language::{
    Error, Evaluated, Evaluator, Scope, Type, Value, error::Location, host::Place,
    types::ResourceType as ReferenceType,
};
use ficelle_model::{
    Reference,
    qualified::{capitalize, is_capitalized, unrooted},
};
use ficelle_syntax::{
    ast::{
        Attribute, AttributeOperator, ExpressionKind, ResourceBody, ResourceExpression,
        ResourceForm,
    },
    source::Span,
};
use indexmap::IndexMap;
use smallvec::{SmallVec, smallvec};

use super::{
    Compiler,
    frame::Frame,
    kinds::{Kind, ResourceType},
    overrides::at,
    resources::{
        Alias, AliasKind, Declared, Line, Mode, Parameter, Parameters, Refusal, ResourceId, Stage,
    },
    tags::{self, Tags},
    texts,
};

/// What kind of thing a resource expression declares.
#[derive(Clone, Debug)]
pub(super) enum Declaring {
    /// `class { … }`
    Classes,
    /// Anything else.
    Type(Rc<ResourceType>),
}

/// Where a declaration stands.
#[derive(Clone, Copy)]
pub(super) struct Site<'a, 'c> {
    pub evaluator: &'a Evaluator<'c>,
    pub scope: &'a Rc<Scope>,
    pub location: &'a Location,
    pub form: ResourceForm,
}

impl Compiler<'_> {
    /// `type { title: … }`; the references of what was declared, for those who want them.
    pub(super) fn declare(
        &self,
        expression: &ResourceExpression,
        place: Place<'_, '_>,
        mut references: Option<&mut Vec<Value>>,
    ) -> Evaluated<()> {
        let type_name = self.type_name(expression, place)?;
        if expression.form == ResourceForm::Exported {
            self.warn_without_store(
                "You cannot collect exported resources without storeconfigs being set; the export \
                 is ignored",
                &place.location(),
            );
        }
        let location = place.location();
        let site = Site {
            evaluator: place.evaluator,
            scope: place.scope,
            location: &location,
            form: expression.form,
        };
        let mut seen = SmallVec::new();
        if let [body] = expression.bodies.as_slice() {
            let (titles, _) = self.titles(body, &mut seen, place)?;
            let parameters = self.attributes(&body.attributes, place)?;
            return self.create(&type_name, &titles, parameters, site, references);
        }
        let mut bodies = Vec::with_capacity(expression.bodies.len());
        let mut defaults = Parameters::default();
        for body in &expression.bodies {
            let (titles, is_default) = self.titles(body, &mut seen, place)?;
            let parameters = self.attributes(&body.attributes, place)?;
            if is_default {
                defaults.clone_from(&parameters);
            }
            bodies.push((titles, parameters));
        }
        for (titles, own) in bodies {
            let parameters = match defaults.is_empty() {
                true => own,
                false => {
                    let mut parameters = defaults.clone();
                    parameters.extend(own);
                    parameters
                }
            };
            let references = references.as_deref_mut();
            self.create(&type_name, &titles, parameters, site, references)?;
        }
        Ok(())
    }

    /// The type that an expression names, as the reference reads it.
    fn type_name(
        &self,
        expression: &ResourceExpression,
        place: Place<'_, '_>,
    ) -> Evaluated<Arc<str>> {
        let operand = &expression.type_name;
        let illegal = |actual: String| {
            Err(Error::issue(format!(
                "Illegal Resource Type expression, expected result to be a type name, or untitled \
                 Resource, got {actual}"
            ))
            .at(operand.span)
            .into())
        };
        let acceptable = match &operand.kind {
            ExpressionKind::Name(name) => return Ok(name.clone()),
            ExpressionKind::Reference(_) => true,
            ExpressionKind::Access { left, .. } => {
                matches!(left.kind, ExpressionKind::Reference(_))
            }
            _ => false,
        };
        let value = place.evaluator.evaluate(operand, place.scope)?;
        if !acceptable {
            return illegal(texts::generalized_type(&value));
        }
        match &value {
            Value::Type(Type::Class(None)) => Ok("class".into()),
            Value::Type(Type::Resource(resource)) if resource.title.is_none() => {
                match &resource.type_name {
                    Some(name) => Ok(name.clone()),
                    None => illegal(texts::display(&value)),
                }
            }
            Value::Type(Type::Class(_) | Type::Resource(_)) => illegal(texts::display(&value)),
            Value::Type(Type::Reference(_)) => {
                let text = texts::display(&value);
                Err(Error::issue(format!("Resource type not found: {text}")).into())
            }
            other => illegal(texts::generalized_type(other)),
        }
    }

    /// The titles of a body, and whether it is the one of local defaults.
    fn titles(
        &self,
        body: &ResourceBody,
        seen: &mut SmallVec<[Option<Arc<str>>; 1]>,
        place: Place<'_, '_>,
    ) -> Evaluated<(SmallVec<[Value; 1]>, bool)> {
        let value = place.evaluator.evaluate(&body.title, place.scope)?;
        let refuse = |message: String| Err(Error::issue(message).at(body.title.span).into());
        if matches!(value, Value::Undef) {
            return refuse("Missing title. The title expression resulted in undef".to_owned());
        }
        if let Value::String(title) = &value
            && !title.is_empty()
        {
            note_title(seen, Some(title))?;
            return Ok((smallvec![value], false));
        }
        let mut values = SmallVec::<[Value; 1]>::new();
        flatten(&value, &mut values);
        let mut titles = SmallVec::with_capacity(values.len());
        let mut is_default = false;
        for (index, value) in values.into_iter().enumerate() {
            let title = match value {
                Value::Undef => {
                    return refuse(format!(
                        "Missing title at index {index}. The title expression resulted in an undef \
                         title"
                    ));
                }
                Value::Default => None,
                Value::String(title) if title.is_empty() => {
                    return refuse(format!(
                        "Empty string title at {index}. Title strings must have a length greater \
                         than zero."
                    ));
                }
                Value::String(title) => Some(title),
                other => {
                    let actual = texts::generalized_type(&other);
                    return refuse(format!(
                        "Illegal title type at index {index}. Expected String, got {actual}"
                    ));
                }
            };
            note_title(seen, title.as_ref())?;
            match title {
                Some(title) => titles.push(Value::String(title)),
                None => is_default = true,
            }
        }
        Ok((titles, is_default))
    }

    /// The attributes of a body, each at most once.
    pub(super) fn attributes(
        &self,
        attributes: &[Attribute],
        place: Place<'_, '_>,
    ) -> Evaluated<Parameters> {
        let mut parameters = Parameters::with_capacity(attributes.len());
        let mut repeated = None;
        self.each_operation(attributes, place, |name, parameter| {
            if let Err((name, _)) = parameters.insert_new(name, parameter) {
                repeated.get_or_insert(name);
            }
        })?;
        match repeated {
            None => Ok(parameters),
            Some(name) => {
                let message = format!("The attribute '{name}' has already been set");
                Err(Error::issue(message).into())
            }
        }
    }

    /// The attributes as they stand there, splats unfolded.
    pub(super) fn operations(
        &self,
        attributes: &[Attribute],
        place: Place<'_, '_>,
    ) -> Evaluated<Vec<(Arc<str>, Parameter)>> {
        let mut operations = Vec::with_capacity(attributes.len());
        self.each_operation(attributes, place, |name, parameter| {
            operations.push((name, parameter));
        })?;
        Ok(operations)
    }

    fn each_operation(
        &self,
        attributes: &[Attribute],
        place: Place<'_, '_>,
        mut give: impl FnMut(Arc<str>, Parameter),
    ) -> Evaluated<()> {
        let frame = Frame::of(place.scope);
        let origin = place.evaluator.with_source(|text| frame.origin_in(text));
        for attribute in attributes {
            let value = place.evaluator.evaluate(&attribute.value, place.scope)?;
            let line = Line::Of(attribute.span.start);
            let parameter = |value: Value, mode: Mode| Parameter {
                value,
                origin: Rc::clone(&origin),
                line,
                mode,
            };
            let mode = match attribute.operator {
                AttributeOperator::Set => Mode::Replace,
                AttributeOperator::Append => Mode::Append,
                AttributeOperator::Splat => {
                    for (name, value) in splat(&value, attribute.value.span)? {
                        give(name, parameter(value, Mode::Replace));
                    }
                    continue;
                }
            };
            refuse_iterator(&value)?;
            give(attribute.name.clone(), parameter(value, mode));
        }
        Ok(())
    }

    /// Makes one resource for each title; their references, for those who want them.
    pub(super) fn create(
        &self,
        type_name: &str,
        titles: &[Value],
        parameters: Parameters,
        site: Site<'_, '_>,
        mut references: Option<&mut Vec<Value>>,
    ) -> Evaluated<()> {
        let declaring = if type_name.eq_ignore_ascii_case("class") {
            if site.form != ResourceForm::Regular {
                return Err(Error::issue("Classes are not virtualizable").into());
            }
            Declaring::Classes
        } else {
            match self.resource_type(type_name)? {
                Some(known) => Declaring::Type(known),
                None => {
                    return Err(Error::new(format!("Unknown resource type: '{type_name}'")).into());
                }
            }
        };
        // The last resource takes them, the others get copies.
        let mut parameters = Some(parameters);
        for (index, given) in titles.iter().enumerate() {
            let parameters = match index + 1 == titles.len() {
                true => parameters.take(),
                false => parameters.clone(),
            };
            let parameters = parameters.unwrap_or_default();
            let title: Arc<str> = match given {
                Value::String(title) => title.clone(),
                other => texts::display(other).into(),
            };
            let id = match &declaring {
                Declaring::Classes => self.declare_class(&title, parameters, site)?,
                Declaring::Type(known) => {
                    let reference = Reference {
                        type_name: known.name.clone(),
                        title,
                    };
                    let kind = known.kind.clone();
                    let odd_title = match given {
                        Value::String(_) => None,
                        other => Some(other.clone()),
                    };
                    let declared = self.entitled(reference, odd_title, kind, parameters, site)?;
                    self.add(declared)?
                }
            };
            if let Some(references) = &mut references {
                // A class is a resource here as others are: `Class['B']`, not `Class[b]`.
                references.push(resource_value(&self.table.get(id).reference));
            }
        }
        Ok(())
    }

    /// A resource with its parameters, the defaults in force, and its own tags.
    pub(super) fn declared(
        &self,
        reference: Reference,
        kind: Kind,
        parameters: Parameters,
        site: Site<'_, '_>,
    ) -> Evaluated<Box<Declared>> {
        self.entitled(reference, None, kind, parameters, site)
    }

    /// As [`Self::declared`]. A title that is no string is no tag.
    fn entitled(
        &self,
        reference: Reference,
        odd_title: Option<Value>,
        kind: Kind,
        parameters: Parameters,
        site: Site<'_, '_>,
    ) -> Evaluated<Box<Declared>> {
        kind.of_title(&reference.title)?;
        let at_site = |message| at(message, site.location.file.clone(), site.location.line);
        let frame = Frame::of(site.scope);
        let mut tags = Tags::new(&self.words);
        if let Some(tag) = parameters.get("tag") {
            tags::add_value(&mut tags, &tag.value).map_err(at_site)?;
        }
        tags.extend_from(&*self.tags_of_type(&reference.type_name)?);
        if odd_title.is_none() && (&*reference.title != "main" || !kind.is_class()) {
            tags::add_if_valid(&mut tags, &reference.title);
        }
        let defaults = frame.defaults(&reference.type_name);
        let mut declared = Box::new(Declared {
            tags,
            parameters,
            scope: kind.has_body().then(|| Rc::clone(site.scope)),
            origin: Rc::clone(&frame.origin),
            file: site.location.file.clone(),
            line: site.location.line,
            is_virtual: site.form != ResourceForm::Regular,
            exported: site.form == ResourceForm::Exported,
            stage: Stage::Declared,
            scope_tagged: false,
            taken_tags: None,
            collected: false,
            label: kind.label(),
            reference,
            odd_title,
            kind,
            frame,
        });
        for (name, default) in defaults {
            if !declared.parameters.contains_key(&name) {
                declared.set(name, default).map_err(at_site)?;
            }
        }
        Ok(declared)
    }

    /// The tags that a type's name gives, made once.
    fn tags_of_type(&self, type_name: &Arc<str>) -> Evaluated<Rc<Tags>> {
        if let Some(known) = self.type_tags.borrow().get(type_name) {
            return Ok(Rc::clone(known));
        }
        let mut made = Tags::new(&self.words);
        tags::add(&mut made, type_name).map_err(Error::new)?;
        let made = Rc::new(made);
        let mut all = self.type_tags.borrow_mut();
        all.insert(type_name.clone(), Rc::clone(&made));
        Ok(made)
    }

    /// Puts a resource into the catalog, below what surrounds it.
    pub(super) fn add(&self, declared: Box<Declared>) -> Evaluated<ResourceId> {
        let is_class = declared.kind.is_class();
        let is_stage = &*declared.reference.type_name == "Stage";
        let has_stage = declared
            .value("stage")
            .is_some_and(|stage| !matches!(stage, Value::Undef));
        let container = declared.frame.resource;
        let keys = keys(&declared);
        let id = match self.table.add(declared, &keys) {
            Ok(id) => id,
            Err(Refusal::Duplicate { refused, existing }) => {
                let (reference, file) = (&refused.reference, refused.file.as_deref());
                let existing = self.table.get(existing);
                let at = match location_text(existing.file.as_deref(), existing.line) {
                    Some(text) => format!(" at {text}"),
                    None => String::new(),
                };
                let here = location_text(file, refused.line)
                    .map_or_else(String::new, |text| format!(" {text}"));
                return Err(Error::new(format!(
                    "Duplicate declaration: {reference} is already declared{at}; cannot \
                     redeclare{here}"
                ))
                .into());
            }
            Err(Refusal::Alias {
                alias,
                refused,
                existing,
            }) => {
                let (reference, file) = (&refused.reference, refused.file.as_deref());
                let (key, shown) = (alias.listed(), alias.shown());
                let existing = self.table.get(existing);
                let at = location_text(file, refused.line)
                    .map_or_else(String::new, |text| format!(" at {text}"));
                let there = location_text(existing.file.as_deref(), existing.line)
                    .map_or_else(String::new, |text| format!(" {text}"));
                let type_name = &reference.type_name;
                return Err(Error::new(format!(
                    "Cannot alias {reference} to {shown}{at}; resource [\"{type_name}\", \
                     {key}] already declared{there}"
                ))
                .into());
            }
        };
        if !is_class && has_stage {
            let reference = &self.table.get(id).reference;
            return Err(Error::new(format!(
                "Only classes can set 'stage'; normal resources like {reference} cannot change run \
                 stage"
            ))
            .into());
        }
        if !is_class && !is_stage {
            self.table.contain(container, id);
        }
        Ok(id)
    }
}

/// Notes a title among those of its expression; the one of local defaults has no text.
fn note_title(
    seen: &mut SmallVec<[Option<Arc<str>>; 1]>,
    title: Option<&Arc<str>>,
) -> Evaluated<()> {
    if seen.iter().any(|known| known.as_ref() == title) {
        let title = title.map_or("default", |title| title);
        return Err(Error::issue(format!(
            "The title '{title}' has already been used in this resource expression"
        ))
        .into());
    }
    seen.push(title.cloned());
    Ok(())
}

/// `(file: F, line: L)`, where something of it is known.
pub(super) fn location_text(file: Option<&str>, line: Option<u32>) -> Option<String> {
    match (file, line) {
        (Some(file), Some(line)) => Some(format!("(file: {file}, line: {line})")),
        (None, Some(line)) => Some(format!("(line: {line})")),
        (Some(file), None) => Some(format!("(file: {file})")),
        (None, None) => None,
    }
}

/// The value that a reference is in the language.
pub(super) fn reference_value(reference: &Reference) -> Value {
    if &*reference.type_name == "Class" {
        return Value::Type(Type::Class(Some(reference.title.to_lowercase().into())));
    }
    resource_value(reference)
}

fn resource_value(reference: &Reference) -> Value {
    Value::Type(Type::Resource(Arc::new(ReferenceType {
        type_name: Some(reference.type_name.clone()),
        title: Some(reference.title.clone()),
    })))
}

/// What a value refers to in the catalog: a resource or a class.
pub(super) fn reference_of(value: &Value) -> Option<Reference> {
    let Value::Type(value) = value else {
        return None;
    };
    match value {
        Type::Class(Some(name)) => Some(class_reference(name)),
        Type::Resource(resource) => {
            let (type_name, title) = (resource.type_name.as_ref()?, resource.title.as_ref()?);
            if is_capitalized(type_name) && **type_name != *"Class" {
                return Some(Reference {
                    type_name: type_name.clone(),
                    title: title.clone(),
                });
            }
            Some(canonical(type_name, title))
        }
        Type::Type(Some(inner)) => reference_of(&Value::Type((**inner).clone())),
        _ => None,
    }
}

/// A reference with type and title in their canonical forms.
pub(super) fn canonical(type_name: &str, title: &str) -> Reference {
    let type_name = unrooted(type_name);
    if type_name.eq_ignore_ascii_case("class") {
        class_reference(title)
    } else {
        Reference::new(type_name, title)
    }
}

/// `Class[Apache::Mod]`; the top level is `Class[main]`.
pub(super) fn class_reference(name: &str) -> Reference {
    let title: Arc<str> = match unrooted(name) {
        "" | "main" => "main".into(),
        name => capitalize(name),
    };
    static CLASS: LazyLock<Arc<str>> = LazyLock::new(|| "Class".into());
    Reference {
        type_name: CLASS.clone(),
        title,
    }
}

/// The other titles under which a resource is known: `alias`, and its name.
fn keys(declared: &Declared) -> Vec<Alias> {
    let mut keys = Vec::new();
    if let Some(alias) = declared.value("alias") {
        let mut aliases = Vec::new();
        flatten(&alias, &mut aliases);
        for alias in aliases {
            if let Value::String(key) = alias {
                let is = AliasKind::Title;
                keys.push(Alias { key, is });
            }
        }
    }
    if declared.kind.is_unique_by_name() && !declared.kind.is_class() {
        let name = declared.name();
        let full_name = declared.kind.full_name(&name, |name| declared.value(name));
        if let Some(key) = full_name {
            let is = AliasKind::FullName;
            keys.push(Alias { key, is });
        } else if name != declared.reference.title {
            // Most are named by their titles.
            let is = AliasKind::Name;
            keys.push(Alias { key: name, is });
        }
    }
    keys
}

/// `* => { … }`
fn splat(value: &Value, span: Span) -> Evaluated<Vec<(Arc<str>, Value)>> {
    let Value::Hash(entries) = value else {
        let actual = texts::generalized_type(value);
        let message = format!("Expected value of type Hash, got {actual}");
        return Err(Error::issue(message).at(span).into());
    };
    let mut result = IndexMap::with_capacity(entries.len());
    for (key, value) in entries.iter() {
        result.insert(Arc::from(texts::display(key)), value.clone());
    }
    Ok(result.into_iter().collect())
}

/// An iterator has no place in a catalog.
fn refuse_iterator(value: &Value) -> Evaluated<()> {
    match value {
        Value::Iterator(_) => Err(Error::new("Use of an Iterator is not supported here").into()),
        _ => Ok(()),
    }
}

/// The elements of nested arrays, or the value itself.
pub(super) fn flatten(value: &Value, into: &mut impl Extend<Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| flatten(element, into)),
        other => into.extend([other.clone()]),
    }
}
