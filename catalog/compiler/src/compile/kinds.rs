//! What a resource is: a native type, one that a module's Ruby code declares, a defined type, a
//! class, a node.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Error, Evaluated, Value, values::inspect};
use ficelle_model::{
    inputs::Inputs,
    qualified::{capitalize, is_qualified, unrooted},
    schema::{self, Titles, TypeSchema},
};
use ficelle_syntax::ast::Parameter as Formal;

use super::Compiler;
use crate::{
    loader::{Class, Define, Node},
    types::{RubyType, is_metaparameter},
};

/// What a resource is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A native type.
    Native(&'static TypeSchema),
    /// A type of a module's own, in Ruby.
    Ruby(Arc<RubyType>),
    /// A defined type.
    Define(Arc<Define>),
    /// A class.
    Class(Arc<Class>),
    /// `Class[main]`, `Class[settings]`: classes without a definition.
    BuiltInClass,
    /// A node definition.
    Node(Arc<Node>),
}

impl Kind {
    /// Whether it is a class.
    pub(super) fn is_class(&self) -> bool {
        matches!(self, Self::Class(_) | Self::BuiltInClass)
    }

    /// Whether a body is evaluated for it.
    pub(super) fn has_body(&self) -> bool {
        matches!(self, Self::Class(_) | Self::Define(_) | Self::Node(_))
    }

    /// What the catalog says it is. A class that was declared like a resource says more.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Class(_) | Self::BuiltInClass => "unknown",
            Self::Define(_) => "defined_type",
            Self::Native(_) | Self::Ruby(_) => "compilable_type",
            Self::Node(_) => "unknown",
        }
    }

    /// The parameter that names the resource: its value may stand for the title.
    pub(super) fn namevar(&self) -> &str {
        match self {
            Self::Native(schema) => schema.namevar().name,
            Self::Ruby(ruby) => ruby.namevar(),
            _ => "name",
        }
    }

    /// The parameters of its definition in a manifest, where it has one.
    pub(super) fn formals(&self) -> &[Formal] {
        match self {
            Self::Define(define) => &define.definition.parameters,
            Self::Class(class) => &class.definition.parameters,
            _ => &[],
        }
    }

    /// The parameters that a title gives, where the type reads titles.
    pub(super) fn of_title(&self, title: &str) -> Evaluated<Vec<(Arc<str>, Arc<str>)>> {
        let Self::Ruby(ruby) = self else {
            return Ok(Vec::new());
        };
        let Some(patterns) = ruby.titles() else {
            return Ok(Vec::new());
        };
        patterns.parameters(title).ok_or_else(|| {
            let message = format!("No set of title patterns matched the title \"{title}\".");
            Error::new(message).into()
        })
    }

    /// A name as the type has it: a path loses the slashes at its end.
    pub(super) fn normalize_name(&self, name: Arc<str>) -> Arc<str> {
        match self {
            Self::Native(schema) if schema.titles == Titles::Path && name.len() > 1 => {
                match name.trim_end_matches('/') {
                    "" => "/".into(),
                    trimmed if trimmed.len() == name.len() => name,
                    trimmed => trimmed.into(),
                }
            }
            _ => name,
        }
    }

    /// What tells a resource from others, where that is more than its name: packages of one name
    /// may come from several providers. `given` gives the value of a parameter.
    pub(super) fn full_name(
        &self,
        name: &str,
        given: impl Fn(&str) -> Option<Value>,
    ) -> Option<Arc<str>> {
        match self {
            Self::Native(schema) if schema.name == "package" => {
                let shown = |parameter| {
                    let value = given(parameter).filter(|value| !matches!(value, Value::Undef));
                    value.map_or_else(|| "nil".to_owned(), |value| inspect(&value))
                };
                let (command, provider) = (shown("command"), shown("provider"));
                Some(format!("{command}, \"{name}\", {provider}").into())
            }
            _ => None,
        }
    }

    /// Whether two resources may not have the same name under two titles.
    pub(super) fn is_unique_by_name(&self) -> bool {
        match self {
            Self::Native(schema) => !matches!(schema.name, "exec" | "tidy" | "whit"),
            _ => true,
        }
    }

    /// Whether a native type, or one like it, has this parameter; `None` where the kind has a
    /// definition of its own to check against.
    pub(super) fn accepts(&self, parameter: &str) -> Option<bool> {
        match self {
            Self::Native(schema) => {
                Some(schema.own_attribute(parameter).is_some() || is_metaparameter(parameter))
            }
            Self::Ruby(ruby) => Some(ruby.accepts(parameter)),
            _ => None,
        }
    }
}

/// A resource type that a name stands for.
#[derive(Clone, Debug)]
pub(super) struct ResourceType {
    /// Capitalised: `Apache::Vhost`.
    pub name: Arc<str>,
    /// What it is.
    pub kind: Kind,
}

impl Compiler<'_> {
    /// The type of this name (any case), native or defined. With a leading `::` only a defined
    /// one is meant: the others have no namespace.
    pub(super) fn resource_type(&self, name: &str) -> Evaluated<Option<Rc<ResourceType>>> {
        if let Some(known) = self.known_types.borrow().get(name) {
            return Ok(known.clone());
        }
        let lower = unrooted(name).to_lowercase();
        let kind = if lower.len() < name.len() {
            self.definitions.define(&lower)?.map(Kind::Define)
        } else if let Some(schema) = schema::lookup(&lower) {
            Some(Kind::Native(schema))
        } else if let Some(ruby) = self.ruby_type(&lower)? {
            Some(Kind::Ruby(ruby))
        } else {
            self.definitions
                .define(&lower)?
                .map(Kind::Define)
                .or_else(|| without_module(&lower))
        };
        let found = kind.map(|kind| {
            let name = capitalize(&lower);
            Rc::new(ResourceType { name, kind })
        });
        let mut known = self.known_types.borrow_mut();
        known.insert(name.into(), found.clone());
        Ok(found)
    }

    /// A type that a module declares in `lib/puppet/type`.
    fn ruby_type(&self, name: &str) -> Evaluated<Option<Arc<RubyType>>> {
        if is_qualified(name) {
            return Ok(None);
        }
        let folders = self.definitions.ruby_folders(&["lib/puppet/type"])?;
        for folder in folders.iter().filter(|folder| folder.module.is_some()) {
            let path = folder.path.join(format!("{name}.rb"));
            let bytes = self
                .inputs
                .read(&path)
                .map_err(|error| Error::new(error.to_string()))?;
            if let Some(bytes) = bytes {
                let text = String::from_utf8_lossy(&bytes);
                return Ok(Some(Arc::new(RubyType::read(name, &text))));
            }
        }
        Ok(None)
    }
}

/// The defines of the concat module, for a site that does without it.
fn without_module(name: &str) -> Option<Kind> {
    match name {
        "concat" => Some(Kind::Native(&schema::CONCAT)),
        "concat::fragment" => Some(Kind::Native(&schema::CONCAT_FRAGMENT)),
        _ => None,
    }
}
