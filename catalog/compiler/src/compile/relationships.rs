//! Chaining arrows, and the check that every reference in a relationship leads somewhere.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Error, Evaluated, Type, Unwind, Value, host::Place};
use ficelle_model::Reference;
use ficelle_syntax::ast::{Expression, ExpressionKind, RelationshipOperator};

use smallvec::SmallVec;

use super::{
    Compiler,
    collectors::Collector,
    declare::{flatten, reference_of, reference_value},
    overrides::{at, without_place},
    resources::{Line, Mode, Parameter, ResourceId},
    texts,
};
use crate::types::is_relationship;

/// What stands at an end of an arrow.
#[derive(Clone, Debug)]
pub(super) enum Endpoint {
    /// A resource.
    Resource(Reference),
    /// Whatever a collector collects.
    Collector(Rc<Collector>),
}

/// An arrow, kept until everything is declared.
#[derive(Clone, Debug)]
pub(super) struct Relationship {
    source: Endpoint,
    target: Endpoint,
    parameter: &'static str,
}

impl Endpoint {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Resource(left), Self::Resource(right)) => left == right,
            (Self::Collector(left), Self::Collector(right)) => Rc::ptr_eq(left, right),
            _ => false,
        }
    }
}

impl Compiler<'_> {
    /// `left -> right`: the value is that of the right operand.
    pub(super) fn relate(
        &self,
        operator: RelationshipOperator,
        left: &Expression,
        right: &Expression,
        place: Place<'_, '_>,
    ) -> Evaluated {
        let ends = self.chain(operator, left, right, place)?;
        Ok(Value::array(
            ends.iter()
                .filter_map(|end| match end {
                    Endpoint::Resource(reference) => Some(reference_value(reference)),
                    Endpoint::Collector(_) => None,
                })
                .collect::<Vec<Value>>(),
        ))
    }

    fn chain(
        &self,
        operator: RelationshipOperator,
        left: &Expression,
        right: &Expression,
        place: Place<'_, '_>,
    ) -> Evaluated<Vec<Endpoint>> {
        let left = self.operand(left, place)?;
        let right = self.operand(right, place)?;
        let (sources, targets) = match operator {
            RelationshipOperator::Before | RelationshipOperator::Notify => (&left, &right),
            RelationshipOperator::Require | RelationshipOperator::Subscribe => (&right, &left),
        };
        let parameter = match operator {
            RelationshipOperator::Before | RelationshipOperator::Require => "before",
            RelationshipOperator::Notify | RelationshipOperator::Subscribe => "notify",
        };
        for source in sources {
            for target in targets {
                self.relationships.borrow_mut().push(Relationship {
                    source: source.clone(),
                    target: target.clone(),
                    parameter,
                });
            }
        }
        match right.as_slice() {
            [] => Ok(left),
            [Endpoint::Collector(collector)] => {
                *collector.alternative.borrow_mut() = left;
                Ok(right)
            }
            _ => Ok(right),
        }
    }

    /// The ends that an operand stands for, each once.
    fn operand(&self, operand: &Expression, place: Place<'_, '_>) -> Evaluated<Vec<Endpoint>> {
        let mut ends: Vec<Endpoint> = Vec::new();
        for end in self.endpoints(operand, place)? {
            if !ends.iter().any(|known| known.is(&end)) {
                ends.push(end);
            }
        }
        Ok(ends)
    }

    fn endpoints(&self, operand: &Expression, place: Place<'_, '_>) -> Evaluated<Vec<Endpoint>> {
        match &operand.kind {
            ExpressionKind::Parenthesized(inner) => self.endpoints(inner, place),
            ExpressionKind::Relationship {
                operator,
                left,
                right,
            } => {
                let place = Place {
                    span: operand.span,
                    ..place
                };
                self.chain(*operator, left, right, place)
            }
            ExpressionKind::Collector(collector) => {
                let place = Place {
                    span: operand.span,
                    ..place
                };
                let collected = self.collect(collector, place).map_err(|unwind| {
                    let what = match collector.exported {
                        true => "an Exported Query",
                        false => "a Virtual Query",
                    };
                    place.evaluator.place(unwind, operand.span, what)
                })?;
                Ok(vec![Endpoint::Collector(collected)])
            }
            ExpressionKind::Array(elements) => {
                let mut ends = Vec::new();
                for element in elements {
                    ends.extend(self.endpoints(element, place)?);
                }
                Ok(ends)
            }
            _ => {
                let value = place.evaluator.evaluate(operand, place.scope)?;
                let mut values = SmallVec::<[Value; 4]>::new();
                flatten(&value, &mut values);
                values.iter().map(endpoint).collect()
            }
        }
    }

    /// Writes the arrows into the resources that they start from.
    pub(super) fn write_relationships(&self) -> Evaluated<()> {
        let relationships = self.relationships.take();
        for relationship in &relationships {
            let sources = leftmost(&relationship.source);
            let targets = match &relationship.target {
                Endpoint::Resource(reference) => vec![reference.clone()],
                Endpoint::Collector(collector) => {
                    collector.collected.borrow().keys().cloned().collect()
                }
            };
            for source in &sources {
                for target in &targets {
                    self.write_relationship(source, target, relationship.parameter)?;
                }
            }
        }
        Ok(())
    }

    fn write_relationship(
        &self,
        source: &Reference,
        target: &Reference,
        parameter: &'static str,
    ) -> Evaluated<()> {
        let Some(id) = self.table.find(source) else {
            return Err(without_place(format!(
                "Could not find resource '{source}' for relationship on '{target}'"
            )));
        };
        if self.table.find(target).is_none() {
            return Err(without_place(format!(
                "Could not find resource '{target}' for relationship from '{source}'"
            )));
        }
        let mut declared = self.table.get_mut(id);
        let mut values = match declared.value(parameter) {
            None | Some(Value::Undef) => Vec::new(),
            Some(Value::Array(elements)) => elements.to_vec(),
            Some(other) => vec![other],
        };
        values.push(Value::string(target.to_string()));
        let origin = Rc::clone(&declared.origin);
        match declared.parameters.get_mut(parameter) {
            Some(known) => known.value = Value::array(values),
            None => {
                let value = Value::array(values);
                declared.parameters.insert(
                    parameter.into(),
                    Parameter {
                        value,
                        origin,
                        line: Line::Unknown,
                        mode: Mode::Replace,
                    },
                );
            }
        }
        Ok(())
    }

    /// Every reference in `before`, `require`, `notify` and `subscribe` must lead somewhere.
    pub(super) fn check_relationships(&self, ids: &[ResourceId]) -> Evaluated<()> {
        for id in ids {
            let declared = self.table.get(*id);
            for (name, parameter) in &declared.parameters {
                if !is_relationship(name) {
                    continue;
                }
                self.check_references(&parameter.value, name, parameter)?;
            }
        }
        Ok(())
    }

    fn check_references(&self, value: &Value, name: &str, parameter: &Parameter) -> Evaluated<()> {
        match value {
            Value::Array(elements) => elements
                .iter()
                .try_for_each(|element| self.check_references(element, name, parameter)),
            other => self.check_reference(other, name, parameter),
        }
    }

    fn check_reference(&self, value: &Value, name: &str, parameter: &Parameter) -> Evaluated<()> {
        let reference = match value {
            Value::Undef => return Ok(()),
            Value::String(text) => match text.split_once('[') {
                Some((type_name, title)) if title.ends_with(']') && !type_name.is_empty() => {
                    let title = &title[..title.len() - 1];
                    super::declare::canonical(type_name, title)
                }
                _ => return Err(untitled(value, parameter)),
            },
            other => match reference_of(other) {
                Some(reference) => reference,
                None => return Err(untitled(other, parameter)),
            },
        };
        if self.find_named(&reference).is_some() {
            return Ok(());
        }
        let text = match value {
            Value::String(text) => text.to_string(),
            _ => reference.to_string(),
        };
        let message = format!("Could not find resource '{text}' in parameter '{name}'");
        let (file, line) = (parameter.origin.file.clone(), parameter.line());
        match (&file, line) {
            (None, None) => Err(without_place(message)),
            _ => Err(at(message, file, line)),
        }
    }

    /// The resource that a reference means, by its title or by the name that the title stands for.
    pub(super) fn find_named(&self, reference: &Reference) -> Option<ResourceId> {
        let found = self.table.find(reference);
        found.or_else(|| {
            let named = self.named(reference);
            let found = self.table.find(&named);
            found.or_else(|| {
                let known = self.resource_type(&named.type_name).ok()??;
                let title = known.kind.full_name(&named.title, |_| None)?;
                let type_name = named.type_name.clone();
                self.table.find(&Reference { type_name, title })
            })
        })
    }

    /// A reference by title, or by the name that the title stands for.
    pub(super) fn named(&self, reference: &Reference) -> Reference {
        if self.table.find(reference).is_some() {
            return reference.clone();
        }
        match self.resource_type(&reference.type_name) {
            Ok(Some(known)) => Reference {
                type_name: reference.type_name.clone(),
                title: known.kind.normalize_name(reference.title.clone()),
            },
            _ => reference.clone(),
        }
    }
}

/// What a relationship's parameter names is no resource.
fn untitled(value: &Value, parameter: &Parameter) -> Unwind {
    at(
        texts::untitled(value),
        parameter.origin.file.clone(),
        parameter.line(),
    )
}

/// What a value is at an end of an arrow.
fn endpoint(value: &Value) -> Evaluated<Endpoint> {
    let refuse = |what: String| {
        Err(Error::issue(format!(
            "Illegal relationship operand, can not form a relationship with {what}. A Catalog type \
             is required."
        ))
        .into())
    };
    match value {
        Value::Type(Type::Class(Some(_)) | Type::Resource(_)) => match reference_of(value) {
            Some(reference) => Ok(Endpoint::Resource(reference)),
            None => refuse(format!("something of type {}", texts::display(value))),
        },
        Value::Type(_) => refuse(format!("something of type {}", texts::display(value))),
        Value::String(text) => match Reference::parse(text) {
            Some(reference) => {
                let title = reference.title.trim_matches(['\'', '"']);
                let reference = super::declare::canonical(&reference.type_name, title);
                Ok(Endpoint::Resource(reference))
            }
            None => Err(Error::new(format!(
                "The expression <{text}> is not a valid type specification."
            ))
            .into()),
        },
        other => {
            let label = texts::label(other);
            refuse(texts::with_article(&label))
        }
    }
}

/// What an arrow starts from: a collector that found nothing passes on to what stands before it.
fn leftmost(end: &Endpoint) -> Vec<Reference> {
    let collector = match end {
        Endpoint::Resource(reference) => return vec![reference.clone()],
        Endpoint::Collector(collector) => collector,
    };
    let collected = collector.collected.borrow();
    if !collected.is_empty() {
        return collected.keys().cloned().collect();
    }
    collector
        .alternative
        .borrow()
        .iter()
        .flat_map(leftmost)
        .collect()
}

/// The value of a relationship parameter: nested arrays become one.
pub(super) fn flat(value: &Value) -> Value {
    match value {
        Value::Array(_) => {
            let mut values = Vec::new();
            flatten(value, &mut values);
            values.retain(|value| !matches!(value, Value::Undef));
            Value::Array(Arc::new(values))
        }
        other => other.clone(),
    }
}
