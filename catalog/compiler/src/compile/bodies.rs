//! The bodies of classes, defines and nodes: parameters become variables, then the code runs.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{
    Error, Evaluated, Evaluator, Scope, Type, Unwind, Value,
    error::Location,
    evaluator::{
        Defaults,
        noted::{Noted, is_constant},
        variables::reserved_parameter,
    },
    scope::ScopeKind,
};
use ficelle_model::names::Kind as NameKind;
use ficelle_syntax::{
    ast::{ClassDefinition, DefineDefinition, Expression, Parameter as Formal, Slot},
    source::{Source as Text, Span},
};

use super::{
    Compiler,
    declare::canonical,
    frame::Frame,
    kinds::Kind,
    layout::Layout,
    overrides::at,
    resources::{Line, Mode, Parameter, ResourceId, Source, Stage},
    signature::{Signature, is_everywhere},
};

/// The parameters of a definition.
#[derive(Clone, Copy)]
pub(super) struct Formals<'d> {
    pub name: &'d Arc<str>,
    pub parameters: &'d [Formal],
    pub text: &'d Arc<Text>,
    pub span: Span,
    /// Where their types are kept.
    pub slot: Option<&'d Slot>,
    /// What they are followed by.
    pub body: &'d [Expression],
    /// Where the layout is kept.
    pub layout: &'d Slot,
}

impl<'d> Formals<'d> {
    /// Where the variables are: worked out once for each definition.
    fn layout(self) -> Arc<Layout> {
        if let Some(kept) = self.layout.get::<Layout>() {
            return kept;
        }
        let made = Arc::new(Layout::new(self.parameters, self.body));
        self.layout.keep(Arc::clone(&made));
        made
    }

    pub(super) fn of_class(definition: &'d ClassDefinition) -> Self {
        Self {
            name: &definition.name,
            parameters: &definition.parameters,
            text: &definition.source,
            span: definition.span,
            slot: Some(&definition.slot),
            body: &definition.body,
            layout: &definition.layout,
        }
    }

    pub(super) fn of_define(definition: &'d DefineDefinition) -> Self {
        Self {
            name: &definition.name,
            parameters: &definition.parameters,
            text: &definition.source,
            span: definition.span,
            slot: Some(&definition.slot),
            body: &definition.body,
            layout: &definition.layout,
        }
    }
}

/// What a body consists of.
struct Body<'d> {
    module: Option<&'d Arc<str>>,
    formals: Formals<'d>,
    source: Source,
    kind: ScopeKind,
}

impl Compiler<'_> {
    /// Evaluates the body of a class, define or node, once.
    pub(super) fn evaluate(&self, id: ResourceId, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        let kind = {
            let mut declared = self.table.get_mut(id);
            if declared.stage == Stage::Evaluated {
                return Ok(());
            }
            declared.stage = Stage::Evaluated;
            declared.kind.clone()
        };
        self.take_scope_tags(id);
        match &kind {
            Kind::Class(class) => {
                let parent = self.evaluate_parent(class, evaluator)?;
                let definition = &class.definition;
                let body = Body {
                    module: class.module.as_ref(),
                    formals: Formals::of_class(definition),
                    source: Source::Class(definition.name.clone()),
                    kind: ScopeKind::Class(definition.name.clone()),
                };
                self.evaluate_body(id, &body, parent, evaluator)
            }
            Kind::Define(define) => {
                let definition = &define.definition;
                let body = Body {
                    module: define.module.as_ref(),
                    formals: Formals::of_define(definition),
                    source: Source::Define(definition.name.clone()),
                    kind: ScopeKind::Define,
                };
                self.evaluate_body(id, &body, None, evaluator)
            }
            Kind::Node(node) => {
                let definition = &node.definition;
                let body = Body {
                    module: None,
                    formals: Formals {
                        name: &node.name,
                        parameters: &[],
                        text: &definition.source,
                        span: definition.span,
                        slot: None,
                        body: &definition.body,
                        layout: &definition.layout,
                    },
                    source: Source::Node(node.name.clone()),
                    kind: ScopeKind::Node,
                };
                self.evaluate_body(id, &body, None, evaluator)
            }
            Kind::Native(_) | Kind::Ruby(_) | Kind::BuiltInClass => Ok(()),
        }
    }

    fn evaluate_body(
        &self,
        id: ResourceId,
        body: &Body<'_>,
        inherited: Option<Rc<Scope>>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<()> {
        let declaring = self.table.get_mut(id).scope.take();
        let around = inherited.clone().or(declaring);
        let around = around.unwrap_or_else(|| self.top());
        let caller = Frame::of(&around);
        let caller_module = caller.module.clone();
        let frame = Frame::new(id, body.source.clone(), body.module.cloned(), Some(caller));
        let lexical = inherited.unwrap_or_else(|| enclosing(&around));
        // The variables of a body that is done are gone with the last of what it declared.
        drop(around);
        let layout = body.formals.layout();
        let places = Arc::clone(&layout.places);
        let scope = Scope::of_body(body.kind.clone(), lexical, frame, places);
        let is_class = matches!(body.kind, ScopeKind::Class(_));
        if !matches!(body.kind, ScopeKind::Define) {
            self.add_class_name(body.formals.name);
        }
        self.set_names(id, &scope, body, &layout, caller_module);
        if is_class {
            self.inject(id, body, &layout, &scope, evaluator)?;
        }
        if matches!(body.kind, ScopeKind::Class(_) | ScopeKind::Node) {
            let mut scopes = self.class_scopes.borrow_mut();
            scopes.insert(body.formals.name.clone(), Rc::clone(&scope));
        }
        if matches!(body.kind, ScopeKind::Node) {
            if let Some(groups) = self.node_groups.borrow().clone() {
                scope.set_matches(groups);
            }
            *self.node_scope.borrow_mut() = Some(Rc::clone(&scope));
        }
        self.set_parameters(id, &scope, body, &layout, evaluator)?;
        if is_class {
            self.put_into_stage(id)?;
        }
        self.bodies.borrow_mut().push(id);
        let result = evaluator.in_source(body.formals.text, || {
            evaluator.run(body.formals.body, &scope)
        });
        self.bodies.borrow_mut().pop();
        if matches!(body.kind, ScopeKind::Node) {
            // What it declared and is evaluated later does not see what its name matched.
            scope.forget_matches();
        }
        match result {
            Ok(()) => Ok(()),
            Err(Unwind::Return(..) | Unwind::Next(..)) if !matches!(body.kind, ScopeKind::Node) => {
                Ok(())
            }
            Err(unwind) => Err(unwind),
        }
    }

    /// `$title`, `$name`, `$module_name`, `$caller_module_name`. The name of no module is empty.
    fn set_names(
        &self,
        id: ResourceId,
        scope: &Scope,
        body: &Body<'_>,
        layout: &Layout,
        caller_module: Option<Arc<str>>,
    ) {
        let declared = self.table.get(id);
        let string = |text: Arc<str>| Value::String(text);
        let given = |name: &str| match declared.value(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let module = given("module_name").or_else(|| body.module.cloned());
        scope.put(layout.module_name, string(module.unwrap_or_default()));
        let caller = given("caller_module_name").or(caller_module);
        scope.put(
            layout.caller_module_name,
            string(caller.unwrap_or_default()),
        );
        if let ScopeKind::Class(class) = &body.kind {
            let name = given("name").map(|name| name.to_lowercase().into());
            scope.put(layout.title, string(class.clone()));
            scope.put(layout.name, string(name.unwrap_or_else(|| class.clone())));
        } else {
            let title = declared.reference.title.clone();
            let odd_title = declared.odd_title.clone();
            let title = odd_title.unwrap_or_else(|| string(title));
            let name = given("name").map_or_else(|| title.clone(), string);
            scope.put(layout.title, title);
            scope.put(layout.name, name);
        }
    }

    /// Class parameters that are not given are looked up in the data.
    fn inject(
        &self,
        id: ResourceId,
        body: &Body<'_>,
        layout: &Layout,
        scope: &Rc<Scope>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<()> {
        let keys = layout.keys(body.formals.name, body.formals.parameters);
        for (formal, key) in body.formals.parameters.iter().zip(keys) {
            let given = self.table.get(id).value(&formal.name);
            if given.is_some_and(|value| !matches!(value, Value::Undef)) {
                continue;
            }
            let Some(value) = self.class_parameter(key, scope, evaluator)? else {
                continue;
            };
            if matches!(value, Value::Undef) && formal.default.is_some() {
                continue;
            }
            self.set_own(id, formal.name.clone(), value)?;
        }
        Ok(())
    }

    /// A parameter that the resource gives itself: from the data, or a default.
    fn set_own(&self, id: ResourceId, name: Arc<str>, value: Value) -> Evaluated<()> {
        let mut declared = self.table.get_mut(id);
        let parameter = Parameter {
            value,
            origin: Rc::clone(&declared.origin),
            line: Line::Unknown,
            mode: Mode::Replace,
        };
        declared.set(name, parameter).map_err(Error::new)?;
        Ok(())
    }

    /// Parameters become variables at once, so that the defaults of those that are missing see
    /// them; each default sees the ones before it.
    fn set_parameters(
        &self,
        id: ResourceId,
        scope: &Rc<Scope>,
        body: &Body<'_>,
        layout: &Layout,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<()> {
        if matches!(body.kind, ScopeKind::Node) {
            return Ok(());
        }
        let formals = body.formals.parameters;
        let mut all_known = true;
        for (name, parameter) in &self.table.get(id).parameters {
            let place = layout.places.of(NameKind::of(name), name);
            all_known &=
                place.is_some_and(|place| layout.places.is_parameter(place)) || is_everywhere(name);
            match place {
                _ if matches!(&**name, "name" | "title") => {}
                Some(place) => scope.put(place, parameter.value.clone()),
                None => scope.replace(name.clone(), parameter.value.clone()),
            }
        }
        self.table.get_mut(id).parameters.reserve(layout.defaults);
        let defaults = Defaults::placed(formals, &layout.places);
        for (formal, place) in formals.iter().zip(&layout.parameters) {
            let Some(default) = &formal.default else {
                continue;
            };
            if let Some(given) = &scope.places()[place.place]
                && !matches!(given, Value::Undef)
            {
                continue;
            }
            let value = match &place.literal {
                Some(literal) => literal.clone(),
                None => evaluator.in_source(body.formals.text, || {
                    let callee = || self.table.get(id).reference.to_string();
                    defaults.value(evaluator, formal, default, scope, callee)
                })?,
            };
            // What its default leaves undef is no parameter of the resource.
            if !matches!(value, Value::Undef) {
                self.set_own(id, formal.name.clone(), value.clone())?;
            }
            scope.put(place.place, value);
        }
        let signature = self.signature(body.formals, evaluator)?;
        let declared = self.table.get(id);
        let given = &declared.parameters;
        let variables = scope.places();
        if all_known && signature.fits_body(&variables, layout) {
            return match &layout.reserved {
                None => Ok(()),
                Some(name) => {
                    let Location { file, line, .. } =
                        Location::of(body.formals.text, body.formals.span);
                    Err(at(reserved_parameter(name), file, line))
                }
            };
        }
        let given = given
            .iter()
            .filter(|(name, _)| !matches!(&***name, "name" | "title"));
        let given = given.map(|(name, parameter)| (name, &parameter.value));
        let defaults = formals.iter().zip(&layout.parameters);
        let defaults = defaults
            .filter(|(formal, _)| !declared.parameters.contains_key(&formal.name))
            .filter_map(|(formal, place)| Some((&formal.name, variables[place.place].as_ref()?)));
        match signature.mismatch(&declared.reference, given.chain(defaults)) {
            Some(message) => Err(Error::new(message).into()),
            None => Ok(()),
        }
    }

    /// The types of a definition's parameters, evaluated once.
    pub(super) fn signature(
        &self,
        formals: Formals<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Arc<Signature>> {
        if let Some(known) = self.signatures.borrow().get(formals.name) {
            return Ok(Arc::clone(known));
        }
        let kept = formals.slot.and_then(Slot::get::<(Arc<Signature>, Noted)>);
        let signature = match kept.as_deref() {
            Some((signature, noted)) if evaluator.still_holds(noted)? => Arc::clone(signature),
            _ => self.evaluate_signature(formals, evaluator)?,
        };
        let mut signatures = self.signatures.borrow_mut();
        signatures.insert(formals.name.clone(), Arc::clone(&signature));
        Ok(signature)
    }

    fn evaluate_signature(
        &self,
        formals: Formals<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Arc<Signature>> {
        let make = || self.signature_of(formals, evaluator).map(Arc::new);
        let types = formals.parameters.iter();
        let mut types = types.filter_map(|formal| formal.type_expression.as_ref());
        let (Some(slot), true) = (formals.slot, types.all(is_constant)) else {
            return make();
        };
        let (signature, noted) = evaluator.noting(make)?;
        if let Some(noted) = noted {
            slot.keep(Arc::new((Arc::clone(&signature), noted)));
        }
        Ok(signature)
    }

    fn signature_of(
        &self,
        formals: Formals<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Signature> {
        let Formals {
            parameters, text, ..
        } = formals;
        let layout = formals.layout();
        let top = self.top();
        let mut members = Vec::with_capacity(parameters.len());
        for formal in parameters {
            let expected = match &formal.type_expression {
                None => Type::Any,
                Some(expression) => {
                    let value =
                        evaluator.in_source(text, || evaluator.evaluate(expression, &top))?;
                    match value {
                        Value::Type(expected) => expected,
                        _ => Type::Any,
                    }
                }
            };
            members.push((formal.name.clone(), expected, formal.default.is_some()));
        }
        Ok(Signature::new(members, &layout))
    }

    /// A class stands in a run stage: the one it names, else the one of what surrounds it.
    fn put_into_stage(&self, id: ResourceId) -> Evaluated<()> {
        let (own, container, reference) = {
            let declared = self.table.get(id);
            let own = declared
                .value("stage")
                .filter(|stage| !matches!(stage, Value::Undef));
            (own, declared.frame.resource, declared.reference.clone())
        };
        let stage = own.clone().or_else(|| {
            let stage = self.table.get(container).value("stage");
            stage.filter(|stage| !matches!(stage, Value::Undef))
        });
        // It goes by its title, a reference names none.
        let title: Option<Arc<str>> = match &stage {
            Some(Value::String(title)) => Some(title.clone()),
            Some(_) => None,
            None => Some("main".into()),
        };
        let found = title.and_then(|title| {
            let stage = self.table.find(&canonical("Stage", &title))?;
            Some((title, stage))
        });
        let Some((title, stage)) = found else {
            let named = own
                .as_ref()
                .map(|own| match super::declare::reference_of(own) {
                    Some(reference) => reference.to_string(),
                    None => super::texts::ruby(own),
                });
            let named = named.unwrap_or_else(|| "main".to_owned());
            let message = format!("Could not find stage {named} specified by {reference}");
            return Err(Error::new(message).into());
        };
        if own.is_none() && &*title != "main" {
            self.set_own(id, "stage".into(), Value::String(title))?;
        }
        self.table.contain(stage, id);
        Ok(())
    }

    /// A resource carries the tags of what contains it.
    pub(super) fn take_scope_tags(&self, id: ResourceId) {
        let container = {
            let mut declared = self.table.get_mut(id);
            if std::mem::replace(&mut declared.scope_tagged, true) {
                return;
            }
            declared.frame.resource
        };
        if container == id {
            return;
        }
        self.table.share_tags(container, id);
    }

    /// Evaluates every define that was declared and not evaluated; whether there were any.
    pub(super) fn evaluate_defines(&self, evaluator: &Evaluator<'_>) -> Evaluated<bool> {
        let pending = self.table.pending();
        for id in &pending {
            self.evaluate(*id, evaluator)
                .map_err(|unwind| self.in_resource(*id, unwind))?;
        }
        Ok(!pending.is_empty())
    }

    /// An error in the body of a lazily evaluated resource is told with the resource's place.
    fn in_resource(&self, id: ResourceId, unwind: Unwind) -> Unwind {
        let is_break = matches!(unwind, Unwind::Break(_));
        let mut error = unwind.into_error();
        if is_break {
            // It has a place of its own, and there is nothing around it to be left.
            error.message = format!(
                "Evaluation Error: Error while evaluating an Object, {}",
                error.message
            );
            return error.into();
        }
        let declared = self.table.get(id);
        let mut outer = Error::complete(format!(
            "Evaluation Error: Error while evaluating a Resource Statement, {error}"
        ));
        outer.stack = error.stack;
        outer.location = Some(Location {
            file: declared.file.clone(),
            line: declared.line,
            column: None,
        });
        outer.into()
    }
}

/// The node's scope or the top scope that is around a scope.
pub(super) fn enclosing(scope: &Rc<Scope>) -> Rc<Scope> {
    let mut current = scope;
    loop {
        match (current.kind(), current.parent()) {
            (ScopeKind::Top | ScopeKind::Node, _) | (_, None) => return Rc::clone(current),
            (_, Some(parent)) => current = parent,
        }
    }
}
