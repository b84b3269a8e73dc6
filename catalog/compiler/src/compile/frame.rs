//! What surrounds code that declares resources: the container, whose code it is, and the
//! resource defaults in force. The evaluator carries a frame along with each scope.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use ficelle_language::{Scope, Value};
use ficelle_syntax::source::Source as Text;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::resources::{Origin, Parameter, Parameters, ResourceId, Source};

/// What surrounds code.
#[derive(Debug)]
pub(super) struct Frame {
    /// The class, define or node that contains what is declared.
    pub resource: ResourceId,
    /// Whose code it is, and so where what it sets by itself comes from.
    pub origin: Rc<Origin>,
    /// Where what is written in its text comes from, once something was.
    written: RefCell<Option<Rc<Origin>>>,
    /// The module of the code.
    pub module: Option<Arc<str>>,
    /// What surrounds the declaration of `resource`: defaults come down from there.
    pub parent: Option<Rc<Frame>>,
    defaults: RefCell<FxHashMap<Arc<str>, Parameters>>,
}

impl Frame {
    pub(super) fn new(
        resource: ResourceId,
        source: Source,
        module: Option<Arc<str>>,
        parent: Option<Rc<Frame>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            resource,
            origin: Origin::unplaced(source),
            written: RefCell::default(),
            module,
            parent,
            defaults: RefCell::default(),
        })
    }

    /// Whose code it is.
    pub(super) fn source(&self) -> &Source {
        &self.origin.source
    }

    /// Where what is written in a text comes from: mostly in the same as what was before it.
    pub(super) fn origin_in(&self, text: &Arc<Text>) -> Rc<Origin> {
        let mut written = self.written.borrow_mut();
        if let Some(origin) = &*written
            && origin.text.as_ref().is_some_and(|of| Arc::ptr_eq(of, text))
        {
            return Rc::clone(origin);
        }
        let origin = Rc::new(Origin {
            source: self.source().clone(),
            file: text.path().cloned(),
            text: Some(Arc::clone(text)),
        });
        *written = Some(Rc::clone(&origin));
        origin
    }

    /// The frame of a scope.
    pub(super) fn of(scope: &Scope) -> Rc<Frame> {
        scope
            .context()
            .and_then(|context| Rc::clone(context).downcast::<Frame>().ok())
            .expect("every scope of a compile carries a frame")
    }

    /// Sets a default; gives it back where there is one already.
    pub(super) fn set_default(
        &self,
        type_name: &Arc<str>,
        name: Arc<str>,
        parameter: Parameter,
    ) -> Result<(), Parameter> {
        let mut defaults = self.defaults.borrow_mut();
        let of_type = defaults.entry(type_name.clone()).or_default();
        if of_type.contains_key(&name) {
            return Err(parameter);
        }
        of_type.insert(name, parameter);
        Ok(())
    }

    /// The defaults for a type, the nearest winning, the outermost first.
    pub(super) fn defaults(&self, type_name: &str) -> Parameters {
        let mut frames = SmallVec::<[&Self; 4]>::new();
        let mut frame = Some(self);
        while let Some(inner) = frame {
            if !inner.defaults.borrow().is_empty() {
                frames.push(inner);
            }
            frame = inner.parent.as_deref();
        }
        let mut result = Parameters::default();
        for frame in frames.into_iter().rev() {
            let defaults = frame.defaults.borrow();
            let of_type = defaults.get(type_name).into_iter();
            for (name, parameter) in of_type.flat_map(Parameters::iter) {
                result.insert(name.clone(), parameter.clone());
            }
        }
        result
    }

    /// Whether some frame has this very value as a default.
    pub(super) fn is_default(&self, type_name: &str, name: &str, value: &Value) -> bool {
        let here = self
            .defaults
            .borrow()
            .get(type_name)
            .and_then(|defaults| defaults.get(name))
            .is_some_and(|default| default.value == *value);
        here || self
            .parent
            .as_ref()
            .is_some_and(|parent| parent.is_default(type_name, name, value))
    }
}
