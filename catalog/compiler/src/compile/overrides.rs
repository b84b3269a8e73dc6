//! Overrides: `File['/x'] { … }` in a class that inherits, and those of collectors.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Error, Evaluated, Type, Value, error::Location, host::Place};
use ficelle_model::Reference;
use ficelle_syntax::ast::ResourceOverride;

use super::{
    Compiler,
    declare::{canonical, flatten, location_text},
    frame::Frame,
    resources::{Declared, Line, Mode, Parameter, Parameters, ResourceId, Source, Stage},
    texts,
};
use crate::request::Strictness;

/// New values for a resource, which perhaps is not there yet.
#[derive(Clone, Debug)]
pub(super) struct Override {
    pub reference: Reference,
    pub parameters: Parameters,
    pub source: Source,
    pub file: Option<Arc<str>>,
    pub line: Option<u32>,
}

impl Compiler<'_> {
    /// `Type[title] { … }`
    pub(super) fn override_resources(
        &self,
        expression: &ResourceOverride,
        place: Place<'_, '_>,
    ) -> Evaluated {
        let value = place
            .evaluator
            .evaluate(&expression.resources, place.scope)?;
        let operations = self.operations(&expression.attributes, place)?;
        let mut targets = Vec::new();
        flatten(&value, &mut targets);
        let location = place.location();
        let (file, line) = (location.file.clone(), location.line);
        for target in targets {
            let reference = match &target {
                Value::Type(Type::Resource(resource)) => {
                    match (&resource.type_name, &resource.title) {
                        (Some(name), Some(title)) if !name.eq_ignore_ascii_case("class") => {
                            Some(canonical(name, title))
                        }
                        _ => None,
                    }
                }
                _ => None,
            };
            let Some(reference) = reference else {
                let actual = texts::label(&target);
                return Err(Error::issue(format!(
                    "Resource Override can only operate on resources, got: {actual}"
                ))
                .into());
            };
            let mut parameters = Parameters::default();
            for (name, parameter) in &operations {
                if parameters.insert(name.clone(), parameter.clone()).is_some() {
                    return Err(duplicate(name, &reference, &location));
                }
            }
            self.add_override(Override {
                reference,
                parameters,
                source: Frame::of(place.scope).source().clone(),
                file: file.clone(),
                line,
            })?;
        }
        Ok(value)
    }

    /// Merges an override, or keeps it until its resource is declared.
    pub(super) fn add_override(&self, wanted: Override) -> Evaluated<()> {
        match self.find_named(&wanted.reference) {
            Some(id) => self.merge(id, &wanted),
            None => {
                self.overrides.borrow_mut().push(wanted);
                Ok(())
            }
        }
    }

    /// Merges the overrides that were waiting for a resource.
    pub(super) fn merge_waiting(&self) -> Evaluated<()> {
        let waiting = std::mem::take(&mut *self.overrides.borrow_mut());
        let mut left = Vec::new();
        for wanted in waiting {
            match self.find_named(&wanted.reference) {
                Some(id) => self.merge(id, &wanted)?,
                None => left.push(wanted),
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = left
            .iter()
            .map(|wanted| wanted.reference.to_string())
            .collect();
        let names = names.join(", ");
        Err(without_place(format!(
            "Could not find resource(s) {names} for overriding"
        )))
    }

    fn merge(&self, id: ResourceId, wanted: &Override) -> Evaluated<()> {
        let source = self.table.get(id).origin.source.clone();
        if source != wanted.source && !self.is_child_of(&wanted.source, &source) {
            let message = "Only subclasses can override parameters".to_owned();
            return Err(at(message, wanted.file.clone(), wanted.line));
        }
        let (evaluated, file, line) = {
            let declared = self.table.get(id);
            let evaluated = declared.stage == Stage::Evaluated && declared.kind.has_body();
            (evaluated, declared.file.clone(), declared.line)
        };
        if evaluated {
            let message = match location_text(file.as_deref(), line) {
                Some(at) => format!(
                    "Attempt to override an already evaluated resource, defined at {at}, with new \
                     values"
                ),
                None => {
                    "Attempt to override an already evaluated resource with new values".to_owned()
                }
            };
            match self.request.settings.strict {
                Strictness::Error => return Err(at(message, wanted.file.clone(), wanted.line)),
                Strictness::Warning => {
                    let here = location_text(wanted.file.as_deref(), wanted.line)
                        .map_or_else(String::new, |text| format!(" {text}"));
                    self.warn(&format!("{message}{here}"));
                }
                Strictness::Off => {}
            }
            self.changed_late.borrow_mut().insert(id);
        }
        for (name, parameter) in &wanted.parameters {
            self.override_parameter(id, name, parameter, wanted)?;
        }
        Ok(())
    }

    fn override_parameter(
        &self,
        id: ResourceId,
        name: &Arc<str>,
        new: &Parameter,
        wanted: &Override,
    ) -> Evaluated<()> {
        let (reference, frame, current) = {
            let declared = self.table.get(id);
            (
                declared.reference.clone(),
                declared.frame.clone(),
                Self::parameter(&declared, name),
            )
        };
        let mut new = new.clone();
        if let Some(current) = current {
            let type_name = &reference.type_name;
            if frame.is_default(type_name, name, &new.value) {
                return Ok(());
            }
            let (by, before) = (&new.origin.source, &current.origin.source);
            let may = self.is_child_of(by, before)
                || by == before && frame.is_default(type_name, name, &current.value);
            if !may {
                let there = location_text(current.origin.file.as_deref(), current.line())
                    .map_or_else(String::new, |text| format!(" at {text}"));
                let message = format!(
                    "Parameter '{name}' is already set on {reference} by {before}{there}; cannot \
                     redefine"
                );
                return Err(at(message, new.origin.file.clone(), new.line()));
            }
            if new.mode == Mode::Append {
                let mut values = Vec::new();
                flatten(&current.value, &mut values);
                flatten(&new.value, &mut values);
                new.value = Value::array(values);
            }
        }
        let mut declared = self.table.get_mut(id);
        let set = declared.set(name.clone(), new);
        set.map_err(|message| at(message, wanted.file.clone(), wanted.line))
    }

    /// A parameter as it is set, be it by a default that leaves it undef.
    fn parameter(declared: &Declared, name: &str) -> Option<Parameter> {
        let set = declared.parameters.get(name).cloned();
        set.or_else(|| {
            let is_set = declared.left_undef().any(|left| **left == *name);
            is_set.then(|| Parameter {
                value: Value::Undef,
                origin: Rc::clone(&declared.origin),
                line: Line::Unknown,
                mode: Mode::Replace,
            })
        })
    }
}

/// An override gives a parameter more than once.
pub(super) fn duplicate(
    name: &str,
    reference: &Reference,
    location: &Location,
) -> ficelle_language::Unwind {
    let message = format!("Duplicate parameter '{name}' for on {reference}");
    at(message, location.file.clone(), location.line)
}

/// An error with file and line, which is told as it is.
pub(super) fn at(
    message: String,
    file: Option<Arc<str>>,
    line: Option<u32>,
) -> ficelle_language::Unwind {
    if file.is_none() && line.is_none() {
        return Error::new(message).into();
    }
    let mut error = Error::complete(message);
    error.location = Some(Location {
        file,
        line,
        column: None,
    });
    error.into()
}

/// An error of the compile as a whole.
pub(super) fn without_place(message: String) -> ficelle_language::Unwind {
    let mut error = Error::complete(message);
    error.location = Some(Location::default());
    error.into()
}
