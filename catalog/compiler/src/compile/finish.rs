//! The end of a compile: what was promised is checked, what comes down from containers is
//! written, values become data, and the catalog is put together.

use std::sync::Arc;

use ficelle_language::{Error, Evaluated, Evaluator, Unwind, Value};
use ficelle_model::{Catalog, Data, Edge, Resource, data::Names, names::NameMap};
use rustc_hash::FxHashSet;

use super::{
    Compiler,
    bodies::Formals,
    kinds::Kind,
    overrides::{at, without_place},
    relationships::flat,
    resources::{Declared, ResourceId},
};
use crate::types::{INHERITED, is_relationship};

impl Compiler<'_> {
    /// Checks and completes every resource.
    pub(super) fn finish(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        self.write_relationships()?;
        self.merge_waiting()?;
        let ids: Vec<ResourceId> = self
            .table
            .ids()
            .filter(|id| *id != self.main_stage && *id != self.settings_class)
            .collect();
        for id in &ids {
            self.take_scope_tags(*id);
            self.check_parameters(*id, evaluator)?;
        }
        self.come_down();
        self.refuse_unrealized()?;
        let real: Vec<ResourceId> = ids
            .into_iter()
            .filter(|id| !self.table.get(*id).is_virtual)
            .collect();
        self.check_relationships(&real)
    }

    /// Every parameter of a native type must be one that it has; a define's that changed after
    /// its body was evaluated must still be of their types.
    fn check_parameters(&self, id: ResourceId, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        let declared = self.table.get(id);
        for name in declared.parameters.keys() {
            if declared.kind.accepts(name) == Some(false) {
                let here = super::declare::location_text(declared.file.as_deref(), declared.line)
                    .map_or_else(String::new, |text| format!(" {text}"));
                let reference = &declared.reference;
                let message = format!("no parameter named '{name}'{here} on {reference}");
                let (file, line) = (declared.file.clone(), declared.line);
                return Err(match (&file, line) {
                    (None, None) => without_place(message),
                    _ => at(message, file, line),
                });
            }
        }
        let formals = match &declared.kind {
            Kind::Define(define) => Formals::of_define(&define.definition),
            Kind::Class(class) => Formals::of_class(&class.definition),
            _ => return Ok(()),
        };
        // What a body was evaluated with has been checked there, but for the title.
        let is_checked = !declared.is_virtual && !self.changed_late.borrow().contains(&id);
        if is_checked && !declared.parameters.contains_key("title") {
            return Ok(());
        }
        let signature = self.signature(formals, evaluator)?;
        let values = declared.parameters.iter();
        let values = values.map(|(name, parameter)| (name, &parameter.value));
        match signature.mismatch(&declared.reference, values) {
            Some(message) => Err(Error::issue(message).into()),
            None => Ok(()),
        }
    }

    /// Tags and metaparameters come down from `Class[main]`, breadth first.
    fn come_down(&self) {
        let mut waiting = std::collections::VecDeque::from([self.main_class]);
        let mut seen = FxHashSet::default();
        while let Some(container) = waiting.pop_front() {
            if !seen.insert(container) {
                continue;
            }
            let parameters = {
                let declared = self.table.get(container);
                let parameters: Vec<_> = INHERITED
                    .iter()
                    .filter_map(|name| {
                        let parameter = declared.parameters.get(name)?;
                        let given = !matches!(parameter.value, Value::Undef);
                        given.then(|| (Arc::<str>::from(*name), parameter.clone()))
                    })
                    .collect();
                parameters
            };
            let place = self.table.place(container);
            for &id in &place.contents {
                let mut declared = self.table.get_mut(id);
                for (name, parameter) in &parameters {
                    let given = declared
                        .parameters
                        .get(name)
                        .is_some_and(|known| !matches!(known.value, Value::Undef));
                    if !given {
                        // The value was taken as tags where it stood first.
                        let _ = declared.set(name.clone(), parameter.clone());
                    }
                }
                drop(declared);
                self.table.share_tags(container, id);
                waiting.push_back(id);
            }
        }
    }

    /// The catalog, and what this node exports.
    pub(super) fn catalog(&self, version: Arc<str>) -> Evaluated<(Catalog, Vec<Resource>)> {
        let (declared, places) = self.table.take();
        self.environment.note_size(declared.len());
        let words = self.words.take();
        let mut edges = Vec::with_capacity(declared.len());
        for (target, place) in declared.iter().zip(&places) {
            if target.is_virtual {
                continue;
            }
            for &container in &place.containers {
                let source = &declared[..][container];
                if !source.is_virtual {
                    edges.push(Edge {
                        source: source.reference.clone(),
                        target: target.reference.clone(),
                    });
                }
            }
        }
        let mut resources = Vec::with_capacity(declared.len());
        let mut exported = Vec::new();
        // Three or four, for all resources.
        let mut kinds: Vec<Arc<str>> = Vec::new();
        for declared in declared {
            if declared.is_virtual && !declared.exported {
                continue;
            }
            let label = declared.label;
            let known = kinds.iter().position(|kind| **kind == *label);
            let kind = known.unwrap_or_else(|| {
                kinds.push(Arc::from(label));
                kinds.len() - 1
            });
            let resource = self.resource(declared, Arc::clone(&kinds[kind]), &words)?;
            if resource.exported {
                exported.push(resource.clone());
            }
            if !resource.is_virtual {
                resources.push(resource);
            }
        }
        let catalog = Catalog {
            name: self.request.node.clone(),
            environment: self.environment.name().clone(),
            version,
            code_id: None,
            tags: self.tags.borrow().clone().of_catalog(&words),
            classes: self.class_names.take(),
            resources,
            edges,
        };
        Ok((catalog, exported))
    }

    fn resource(
        &self,
        mut declared: Box<Declared>,
        kind: Arc<str>,
        words: &Arc<Names>,
    ) -> Evaluated<Resource> {
        let (parameters, sensitive) = self.parameters(&mut declared)?;
        let declared = *declared;
        Ok(Resource {
            reference: declared.reference,
            parameters,
            sensitive,
            tags: declared.tags.of_catalog(words),
            file: declared.file,
            line: declared.line,
            exported: declared.exported,
            is_virtual: declared.is_virtual,
            kind: Some(kind),
        })
    }

    /// The parameters as data; they are gone from the resource then.
    fn parameters(&self, declared: &mut Declared) -> Evaluated<(NameMap<Data>, Names)> {
        let given = std::mem::take(&mut declared.parameters);
        let title = &declared.reference.title;
        let namevar = declared.kind.namevar();
        let mut parameters = NameMap::default();
        let mut sensitive = Names::default();
        let is_main =
            &**title == "main" && matches!(&*declared.reference.type_name, "Class" | "Stage");
        if is_main {
            parameters.insert("name".into(), Data::from("main"));
        }
        let name = declared.kind.normalize_name(title.clone());
        let differs = name != *title || declared.odd_title.is_some();
        if differs && !given.contains_key(namevar) {
            parameters.insert(namevar.into(), Data::String(name));
        }
        for (name, text) in declared.kind.of_title(title)? {
            if *name != *namevar || text != *title {
                parameters.insert(name, Data::String(text));
            }
        }
        let given = given.try_filter_map(|name, parameter| {
            let mut value = parameter.value;
            if let Value::Sensitive(inner) = &value {
                sensitive.insert(name.clone());
                value = Value::clone(inner);
            }
            if is_relationship(name) {
                value = flat(&value);
            }
            let data = self.data(declared, name, value)?;
            let repeats_title =
                **name == *namevar && matches!(&data, Data::String(text) if text == title);
            let is_shown = !matches!(data, Data::Undef) && !repeats_title;
            Ok::<_, Unwind>(is_shown.then_some(data))
        })?;
        if parameters.is_empty() {
            return Ok((given, sensitive));
        }
        parameters.extend(given);
        Ok((parameters, sensitive))
    }
}
