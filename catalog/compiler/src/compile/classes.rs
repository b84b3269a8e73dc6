//! Classes: declared by `include` and its like, or like resources; evaluated where they are first
//! declared.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Error, Evaluated, Evaluator, Scope, Type, Unwind, Value, error::Location};
use ficelle_model::qualified::unrooted;

use super::{
    Compiler,
    declare::{Site, class_reference, reference_of},
    frame::Frame,
    kinds::Kind,
    overrides::at,
    resources::{Origin, Parameters, ResourceId, Source, Stage},
};
use crate::loader::Class;

impl Compiler<'_> {
    /// A class by name, or the error that there is none.
    pub(super) fn require_class(&self, name: &str) -> Evaluated<Arc<Class>> {
        match self.definitions.class(name)? {
            Some(class) => Ok(class),
            None => {
                let node = &self.node_name;
                let message = format!("Could not find class {name} for {node}");
                Err(Error::new(message).into())
            }
        }
    }

    /// `include`: declares the classes that are not, and evaluates them. Gives the resources of
    /// those that had been declared, then those of the others.
    pub(super) fn include(
        &self,
        names: &[String],
        scope: &Rc<Scope>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Vec<ResourceId>> {
        let mut classes = Vec::with_capacity(names.len());
        for name in names {
            classes.push(self.require_class(name)?);
        }
        let mut already = Vec::new();
        let mut newly = Vec::new();
        for class in &classes {
            let name = &class.definition.name;
            if self.class_scopes.borrow().contains_key(name) {
                already.extend(self.table.find(&class_reference(name)));
            } else {
                newly.push(self.ensure_class(class, scope, evaluator)?);
            }
        }
        for id in &newly {
            self.evaluate(*id, evaluator)?;
        }
        already.append(&mut newly);
        Ok(already)
    }

    /// Puts a class into the catalog without parameters, unless it is there.
    pub(super) fn ensure_class(
        &self,
        class: &Arc<Class>,
        scope: &Rc<Scope>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<ResourceId> {
        match self.table.find(&class_reference(&class.definition.name)) {
            Some(id) => Ok(id),
            None => self.add_class(class, Parameters::default(), scope, evaluator),
        }
    }

    /// Puts a class into the catalog with parameters that come from outside of the manifests.
    pub(super) fn add_class(
        &self,
        class: &Arc<Class>,
        parameters: Parameters,
        scope: &Rc<Scope>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<ResourceId> {
        let nowhere = Default::default();
        let site = Site {
            evaluator,
            scope,
            location: &nowhere,
            form: ficelle_syntax::ast::ResourceForm::Regular,
        };
        let reference = class_reference(&class.definition.name);
        let kind = Kind::Class(Arc::clone(class));
        let mut declared = self.declared(reference, kind, parameters, site)?;
        declared.origin = Origin::unplaced(Source::Class(class.definition.name.clone()));
        self.ensure_parent(class, scope, evaluator)?;
        self.tag_catalog(&declared.tags);
        self.add(declared)
    }

    /// `class { name: … }`
    pub(super) fn declare_class(
        &self,
        title: &str,
        parameters: Parameters,
        site: Site<'_, '_>,
    ) -> Evaluated<ResourceId> {
        let Some(class) = self.definitions.class(title)? else {
            let title = class_reference(title).title;
            let message = format!("Could not find declared class {}", title.to_lowercase());
            return Err(Error::new(message).into());
        };
        let reference = class_reference(&class.definition.name);
        let kind = Kind::Class(Arc::clone(&class));
        let mut declared = self.declared(reference, kind, parameters, site)?;
        declared.label = "class";
        self.ensure_parent(&class, site.scope, site.evaluator)?;
        self.tag_catalog(&declared.tags);
        let id = self.add(declared)?;
        self.evaluate(id, site.evaluator)?;
        Ok(id)
    }

    /// The parent must be in the catalog before the class that inherits it.
    fn ensure_parent(
        &self,
        class: &Class,
        scope: &Rc<Scope>,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<()> {
        let Some(parent) = &class.definition.parent else {
            return Ok(());
        };
        if self.table.find(&class_reference(parent)).is_none() {
            self.refuse_circle(class)?;
            let parent = self.parent_class(class, parent)?;
            self.ensure_class(&parent, scope, evaluator)?;
        }
        Ok(())
    }

    fn parent_class(&self, class: &Class, parent: &str) -> Evaluated<Arc<Class>> {
        match self.definitions.class(parent)? {
            Some(parent) => Ok(parent),
            None => {
                let parent = unrooted(parent);
                let environment = self.environment.name();
                let message = format!(
                    "Could not find parent resource type '::{parent}' of type hostclass in \
                     {environment}"
                );
                Err(at_definition(message, class))
            }
        }
    }

    /// A class that is its own ancestor has no end of parents.
    fn refuse_circle(&self, class: &Class) -> Evaluated<()> {
        let mut line = vec![class.definition.name.clone()];
        let mut above = class.definition.parent.clone();
        while let Some(parent) = above {
            let Some(parent) = self.definitions.class(&parent)? else {
                return Ok(());
            };
            let parent = &parent.definition;
            let is_circle = line.contains(&parent.name);
            line.push(parent.name.clone());
            if is_circle {
                let name = &class.definition.name;
                let line = line.join(" inherits ");
                let message = format!("Class '{name}' cannot inherit itself: {line}");
                return Err(at_definition(message, class));
            }
            above = parent.parent.clone();
        }
        Ok(())
    }

    /// Evaluates the class that a class inherits; gives its scope.
    pub(super) fn evaluate_parent(
        &self,
        class: &Class,
        evaluator: &Evaluator<'_>,
    ) -> Evaluated<Option<Rc<Scope>>> {
        let Some(parent) = &class.definition.parent else {
            return Ok(None);
        };
        let parent = self.parent_class(class, parent)?;
        let name = &parent.definition.name;
        let Some(id) = self.table.find(&class_reference(name)) else {
            return Ok(None);
        };
        if self.table.get(id).stage == Stage::Declared {
            self.evaluate(id, evaluator)?;
        }
        // It has none as long as its own parent is being evaluated.
        match self.class_scopes.borrow().get(name) {
            Some(scope) => Ok(Some(Rc::clone(scope))),
            None => Err(Error::new(format!("Could not find scope for {name}")).into()),
        }
    }

    /// Whether code of `child` may override what `parent` has set: it is the same class or one
    /// that inherits it, or it belongs to a collector.
    pub(super) fn is_child_of(&self, child: &Source, parent: &Source) -> bool {
        if self.overriding.borrow().contains(child) {
            return true;
        }
        let (Source::Class(child), Source::Class(parent)) = (child, parent) else {
            return false;
        };
        let mut current = child.clone();
        // A class cannot be its own ancestor: evaluation would have refused it long before.
        for _ in 0..1000 {
            let Ok(Some(class)) = self.definitions.class(&current) else {
                return false;
            };
            let Some(above) = &class.definition.parent else {
                return false;
            };
            let above = unrooted(above).to_lowercase();
            if above == **parent {
                return true;
            }
            current = above.into();
        }
        false
    }

    /// The names in what was given to `include` and its like, lower case.
    pub(super) fn class_names(&self, arguments: &[Value]) -> Evaluated<Vec<String>> {
        let mut values = Vec::new();
        for argument in arguments {
            super::declare::flatten(argument, &mut values);
        }
        values.iter().map(class_name).collect()
    }

    /// Contains classes in what surrounds the call.
    pub(super) fn contain(&self, ids: &[ResourceId], scope: &Scope) {
        let container = Frame::of(scope).resource;
        for id in ids {
            self.table.contain(container, *id);
        }
    }
}

/// An error that is told with the line of a class's definition.
fn at_definition(message: String, class: &Class) -> Unwind {
    let definition = &class.definition;
    let location = Location::of(&definition.source, definition.span);
    at(message, location.file, location.line)
}

/// The class that a value names.
fn class_name(value: &Value) -> Evaluated<String> {
    let refuse = |message: String| Err(Error::new(message).into());
    match value {
        Value::Undef => refuse("Cannot use undef as a class name".to_owned()),
        Value::String(name) if name.is_empty() => {
            refuse("Cannot use empty string as a class name".to_owned())
        }
        Value::String(name) => Ok(absolute(name)),
        Value::Type(Type::Class(None)) => {
            refuse("Cannot use an unspecific Class[] Type".to_owned())
        }
        Value::Type(Type::Resource(resource)) => {
            let Some(type_name) = &resource.type_name else {
                return refuse(
                    "Cannot use an unspecific Resource[] where a Resource['class', name] is \
                     expected"
                        .to_owned(),
                );
            };
            if !type_name.eq_ignore_ascii_case("class") {
                return refuse(format!(
                    "Cannot use a Resource[{type_name}] where a Resource['class', name] is expected"
                ));
            }
            match &resource.title {
                Some(title) => Ok(absolute(title)),
                None => refuse(
                    "Cannot use an unspecific Resource['class'] where a Resource['class', name] \
                     is expected"
                        .to_owned(),
                ),
            }
        }
        other => match reference_of(other) {
            Some(reference) => Ok(absolute(&reference.title)),
            None => {
                let text = super::texts::display(other);
                refuse(format!(
                    "Illegal class name reference. A {text} cannot be used"
                ))
            }
        },
    }
}

/// `apache::mod` to `::apache::mod`, lower case.
fn absolute(name: &str) -> String {
    let name = name.to_lowercase();
    if name.starts_with("::") {
        name
    } else {
        format!("::{name}")
    }
}

/// What `include` and its like give: the classes, so that arrows can go on from them.
pub(super) fn references(names: &[String]) -> Value {
    let class = |name: &String| {
        let name: Arc<str> = name.trim_start_matches("::").into();
        Value::Type(Type::Class(Some(name)))
    };
    Value::array(names.iter().map(class).collect::<Vec<Value>>())
}
