//! Collectors: `Type <| query |> { … }`, `Type <<| query |>>`, and `realize`.
//!
//! A collector lives until the end of the compile: whatever it fits is made real, however late it
//! is declared.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use ficelle_language::{
    Error, Evaluated, Evaluator, Scope, Unwind, Value, error::Location, host::Place,
};
use ficelle_model::{
    Reference, Resource,
    inputs::{ExportedQuery, Inputs},
    qualified::capitalize,
};
use ficelle_syntax::{
    ast::{
        BinaryOperator, Collector as CollectorExpression, Expression, ExpressionKind, ResourceForm,
    },
    label,
};
use indexmap::IndexMap;

use super::{
    Compiler, convert,
    declare::Site,
    frame::Frame,
    overrides::{Override, duplicate, without_place},
    relationships::Endpoint,
    resources::{Line, Mode, Origin, Parameter, Parameters, ResourceId},
};

/// A collector at work.
#[derive(Debug)]
pub(super) struct Collector {
    what: What,
    overrides: Option<Overriding>,
    scope: Rc<Scope>,
    /// What it has collected so far.
    pub collected: RefCell<IndexMap<Reference, ResourceId>>,
    /// What stands in for it in a chain of arrows when it collects nothing.
    pub alternative: RefCell<Vec<Endpoint>>,
}

#[derive(Debug)]
enum What {
    /// Resources of this catalog.
    Catalog { type_name: Arc<str>, query: Query },
    /// Exported resources, of this catalog and of other nodes.
    Exported { type_name: Arc<str>, query: Query },
    /// These very resources: what is left of them.
    Fixed(RefCell<Vec<Reference>>),
}

#[derive(Debug)]
struct Overriding {
    parameters: Parameters,
    /// The parameter that is given more than once.
    duplicate: Option<Arc<str>>,
    location: Location,
}

/// What stands inside of any parentheses.
fn unparenthesized(mut operand: &Expression) -> &Expression {
    while let ExpressionKind::Parenthesized(inner) = &operand.kind {
        operand = inner;
    }
    operand
}

/// Whether a query may ask for it: what is one value, and no work to find.
fn is_operand(operand: &Expression) -> bool {
    matches!(
        operand.kind,
        ExpressionKind::Access { .. }
            | ExpressionKind::Variable(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::String(_)
            | ExpressionKind::Concatenated(_)
            | ExpressionKind::Integer { .. }
            | ExpressionKind::Float(_)
            | ExpressionKind::Undef
            | ExpressionKind::Name(_)
    )
}

fn refused(operand: &Expression) -> Unwind {
    let what = label::an_expression_capital(&operand.kind);
    Error::new(format!("{what} cannot stand in the query of a collector")).into()
}

/// A query, its operands already evaluated.
#[derive(Debug)]
enum Query {
    Everything,
    Tagged(Vec<String>),
    Equal(String, Value),
    NotEqual(String, Value),
    And(Box<Query>, Box<Query>),
    Or(Box<Query>, Box<Query>),
    /// A bare value, true or false.
    Constant(bool),
}

impl Compiler<'_> {
    /// Starts a collector.
    pub(super) fn collect(
        &self,
        expression: &CollectorExpression,
        place: Place<'_, '_>,
    ) -> Evaluated<Rc<Collector>> {
        let ExpressionKind::Reference(name) = &expression.type_reference.kind else {
            return Err(Error::new("LHS is not a type").into());
        };
        let lower = name.to_lowercase();
        if lower == "class" {
            return Err(Error::new("Classes cannot be collected").into());
        }
        let Some(known) = self.resource_type(&lower)? else {
            return Err(Error::new(format!("Resource type {lower} doesn't exist")).into());
        };
        let overrides = match expression.attributes.as_slice() {
            [] => None,
            attributes => {
                let operations = self.operations(attributes, place)?;
                let mut duplicate = None;
                let mut parameters = Parameters::default();
                for (name, parameter) in operations {
                    if parameters.insert(name.clone(), parameter).is_some() {
                        duplicate.get_or_insert(name);
                    }
                }
                Some(Overriding {
                    parameters,
                    duplicate,
                    location: place.location(),
                })
            }
        };
        let query = match &expression.query {
            Some(query) => self.query(query, place)?,
            None => Query::Everything,
        };
        let type_name = known.name.clone();
        let what = if expression.exported {
            self.warn_without_store(
                "You cannot collect exported resources without storeconfigs being set; the \
                 collection will be ignored",
                &place.location(),
            );
            What::Exported { type_name, query }
        } else {
            What::Catalog { type_name, query }
        };
        Ok(self.start(what, overrides, place.scope))
    }

    /// `realize`: these very resources.
    pub(super) fn realize(&self, references: Vec<Reference>, scope: &Rc<Scope>) -> Rc<Collector> {
        self.start(What::Fixed(RefCell::new(references)), None, scope)
    }

    fn start(&self, what: What, overrides: Option<Overriding>, scope: &Rc<Scope>) -> Rc<Collector> {
        let collector = Rc::new(Collector {
            what,
            overrides,
            scope: Rc::clone(scope),
            collected: RefCell::default(),
            alternative: RefCell::default(),
        });
        self.collectors.borrow_mut().push(Rc::clone(&collector));
        collector
    }

    fn query(&self, expression: &Expression, place: Place<'_, '_>) -> Evaluated<Query> {
        let evaluate = |operand: &Expression| {
            let operand = unparenthesized(operand);
            match is_operand(operand) {
                true => place.evaluator.evaluate(operand, place.scope),
                false => Err(refused(operand)),
            }
        };
        match &expression.kind {
            ExpressionKind::Parenthesized(inner) => self.query(inner, place),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => match operator {
                BinaryOperator::And | BinaryOperator::Or => {
                    let left = Box::new(self.query(left, place)?);
                    let right = Box::new(self.query(right, place)?);
                    Ok(match operator {
                        BinaryOperator::And => Query::And(left, right),
                        _ => Query::Or(left, right),
                    })
                }
                BinaryOperator::Equal | BinaryOperator::NotEqual => {
                    let name = super::texts::display(&evaluate(left)?);
                    let value = evaluate(right)?;
                    match operator {
                        BinaryOperator::Equal if name == "tag" => tagged(&value),
                        BinaryOperator::Equal => Ok(Query::Equal(name, value)),
                        _ => Ok(Query::NotEqual(name, value)),
                    }
                }
                _ => Err(refused(expression)),
            },
            _ => Ok(Query::Constant(!matches!(
                evaluate(expression)?,
                Value::Undef | Value::Boolean(false)
            ))),
        }
    }

    /// Lets every collector look once more; whether one found something new.
    pub(super) fn evaluate_collectors(&self, evaluator: &Evaluator<'_>) -> Evaluated<bool> {
        let mut found = false;
        let collectors = self.collectors.borrow().clone();
        for collector in collectors {
            found |= self.evaluate_collector(&collector, evaluator)?;
        }
        Ok(found)
    }

    fn evaluate_collector(
        &self,
        collector: &Rc<Collector>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<bool> {
        let found = match &collector.what {
            What::Catalog { type_name, query } => self.matching(type_name, query, false),
            What::Exported { type_name, query } => {
                if !self.request.settings.storeconfigs {
                    return Ok(false);
                }
                let mut found = self.matching(type_name, query, true);
                found.extend(self.import_exported(collector, type_name, query, evaluator)?);
                found
            }
            What::Fixed(references) => {
                let mut found = Vec::new();
                references
                    .borrow_mut()
                    .retain(|reference| match self.find_named(reference) {
                        Some(id) => {
                            found.push(id);
                            false
                        }
                        None => true,
                    });
                found
            }
        };
        let mut news = false;
        for id in found {
            let reference = {
                let mut declared = self.table.get_mut(id);
                declared.is_virtual = false;
                declared.reference.clone()
            };
            if collector.collected.borrow().contains_key(&reference) {
                continue;
            }
            if let Some(overrides) = &collector.overrides {
                self.override_collected(collector, overrides, &reference)?;
            }
            collector.collected.borrow_mut().insert(reference, id);
            news = true;
        }
        Ok(news)
    }

    /// The resources of the catalog that a query fits.
    fn matching(&self, type_name: &str, query: &Query, exported: bool) -> Vec<ResourceId> {
        let built_in = [self.main_stage, self.settings_class];
        self.table
            .ids()
            .filter(|id| {
                let declared = self.table.get(*id);
                *declared.reference.type_name == *type_name
                    && !built_in.contains(id)
                    && (!exported || declared.exported)
                    && self.fits(*id, query)
            })
            .collect()
    }

    fn fits(&self, id: ResourceId, query: &Query) -> bool {
        match query {
            Query::Everything => true,
            Query::Constant(value) => *value,
            Query::And(left, right) => self.fits(id, left) && self.fits(id, right),
            Query::Or(left, right) => self.fits(id, left) || self.fits(id, right),
            Query::Tagged(tags) => self.is_tagged(id, tags),
            Query::Equal(name, wanted) => match self.table.get(id).value(name) {
                Some(Value::Array(elements)) => {
                    elements.iter().any(|element| element.equals(wanted))
                }
                value => value.unwrap_or_default().equals(wanted),
            },
            Query::NotEqual(name, wanted) => !self
                .table
                .get(id)
                .value(name)
                .unwrap_or_default()
                .equals(wanted),
        }
    }

    /// Whether a resource or something that contains it carries one of the tags.
    pub(super) fn is_tagged(&self, id: ResourceId, tags: &[String]) -> bool {
        let container = {
            let declared = self.table.get(id);
            if tags.iter().any(|tag| declared.tags.contains(tag.as_str())) {
                return true;
            }
            declared.frame.resource
        };
        container != id && self.is_tagged(container, tags)
    }

    fn override_collected(
        &self,
        collector: &Collector,
        overrides: &Overriding,
        reference: &Reference,
    ) -> Evaluated<()> {
        if let Some(name) = &overrides.duplicate {
            return Err(duplicate(name, reference, &overrides.location));
        }
        let frame = Frame::of(&collector.scope);
        self.overriding.borrow_mut().insert(frame.source().clone());
        let mut parameters = overrides.parameters.clone();
        for (name, default) in frame.defaults(&reference.type_name) {
            let _ = parameters.insert_new(name, default);
        }
        self.add_override(Override {
            reference: reference.clone(),
            parameters,
            source: frame.source().clone(),
            file: overrides.location.file.clone(),
            line: overrides.location.line,
        })
    }

    /// Adds the resources of other nodes that a query fits.
    fn import_exported(
        &self,
        collector: &Collector,
        type_name: &Arc<str>,
        query: &Query,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Vec<ResourceId>> {
        let asked = ExportedQuery {
            type_name: type_name.clone(),
            references: None,
        };
        let exported = self
            .inputs
            .exported(&asked)
            .map_err(|error| Error::new(error.to_string()))?;
        let mut added = Vec::new();
        for resource in exported {
            if !fits_exported(&resource, query) {
                continue;
            }
            match self.table.find(&resource.reference) {
                Some(existing) if self.table.get(existing).collected => {}
                Some(_) => {
                    return Err(without_place(format!(
                        "A duplicate resource was found while collecting exported resources, with \
                         the type and title {}",
                        resource.reference
                    )));
                }
                None => added.push(self.add_exported(collector, &resource, evaluator)?),
            }
        }
        Ok(added)
    }

    fn add_exported(
        &self,
        collector: &Collector,
        resource: &Resource,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<ResourceId> {
        let Some(known) = self.resource_type(&resource.reference.type_name)? else {
            let type_name = &resource.reference.type_name;
            return Err(Error::new(format!("Invalid resource type {type_name}")).into());
        };
        let frame = Frame::of(&collector.scope);
        let location = Location {
            file: resource.file.clone(),
            line: resource.line,
            column: None,
        };
        let origin = Rc::new(Origin {
            source: frame.source().clone(),
            file: location.file.clone(),
            text: None,
        });
        let mut parameters = Parameters::default();
        for (name, data) in &resource.parameters {
            let value = convert::value_of_types(data, evaluator)?;
            let is_secret = resource.sensitive.contains(name);
            parameters.insert(
                name.clone(),
                Parameter {
                    value: match is_secret {
                        true => Value::Sensitive(Arc::new(value)),
                        false => value,
                    },
                    origin: Rc::clone(&origin),
                    line: location.line.map_or(Line::Unknown, Line::Is),
                    mode: Mode::Replace,
                },
            );
        }
        let site = Site {
            evaluator,
            scope: &collector.scope,
            location: &location,
            form: ResourceForm::Regular,
        };
        let reference = Reference {
            type_name: capitalize(&resource.reference.type_name),
            title: resource.reference.title.clone(),
        };
        let mut declared = self.declared(reference, known.kind.clone(), parameters, site)?;
        for tag in resource.tags.iter() {
            declared.tags.insert(Arc::clone(tag));
        }
        declared.collected = true;
        self.add(declared)
    }

    /// Resources that `realize` named and that nobody declared.
    pub(super) fn refuse_unrealized(&self) -> Evaluated<()> {
        let mut left = Vec::new();
        for collector in self.collectors.borrow().iter() {
            if let What::Fixed(references) = &collector.what {
                left.extend(references.borrow().iter().map(Reference::to_string));
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        let left = left.join(", ");
        Err(without_place(format!(
            "Failed to realize virtual resources {left}"
        )))
    }
}

fn tagged(value: &Value) -> Evaluated<Query> {
    let mut values = Vec::new();
    super::declare::flatten(value, &mut values);
    let mut tags = Vec::with_capacity(values.len());
    for value in &values {
        if matches!(value, Value::Integer(_) | Value::Float(_)) {
            return Err(Error::new("Cannot transform a number to a tag").into());
        }
        tags.push(super::texts::display(value).to_lowercase());
    }
    Ok(Query::Tagged(tags))
}

/// Whether a query fits a resource of another node.
fn fits_exported(resource: &Resource, query: &Query) -> bool {
    let value = |name: &str| match name {
        "title" => Value::String(resource.reference.title.clone()),
        _ => resource
            .parameters
            .get(name)
            .map(convert::value)
            .unwrap_or_default(),
    };
    match query {
        Query::Everything => true,
        Query::Constant(value) => *value,
        Query::And(left, right) => fits_exported(resource, left) && fits_exported(resource, right),
        Query::Or(left, right) => fits_exported(resource, left) || fits_exported(resource, right),
        Query::Tagged(tags) => tags.iter().any(|tag| resource.tags.contains(tag.as_str())),
        Query::Equal(name, wanted) => match value(name) {
            Value::Array(elements) => elements.iter().any(|element| element.equals(wanted)),
            value => value.equals(wanted),
        },
        Query::NotEqual(name, wanted) => !value(name).equals(wanted),
    }
}
