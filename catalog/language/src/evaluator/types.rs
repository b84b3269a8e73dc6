//! Types that code defines: aliases, object types and type sets.
//!
//! A type can be found by its name before it is defined, so that it can be made of itself. Types
//! of a type set are defined when they are asked for; within the set they go by simple names.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, OnceLock},
};

use ficelle_syntax::{
    ast::{Expression, ExpressionKind, HashEntry, ResourceDefaults, TypeAliasDefinition},
    source::Source,
};
use rustc_hash::FxHashMap;

use super::{Evaluator, noted::Noted};
use crate::{
    error::{Error, Evaluated},
    types::{AliasType, Membership, ObjectType, Type, TypeSetType, parse, type_set},
    values::{HashMap, Value},
};

/// The types that were defined, and the type sets that are being so.
#[derive(Default)]
pub(super) struct Types {
    /// By name in lower case.
    known: RefCell<FxHashMap<String, Type>>,
    open: RefCell<Vec<Rc<OpenSet>>>,
}

impl Types {
    fn remember(&self, name: &str, of: Type) {
        let key = name.to_ascii_lowercase();
        self.known.borrow_mut().insert(key, of);
    }
}

/// A type set of which types are being defined.
struct OpenSet {
    definition: Arc<TypeAliasDefinition>,
    /// The type sets that it refers to, by alias.
    references: HashMap,
}

impl OpenSet {
    /// What one of its types is made of.
    fn member(&self, name: &str) -> Option<&Expression> {
        let hash = type_set_hash(&self.definition.type_expression)?;
        members(entry(hash, "types")?)
            .find(|(member, _)| ***member == *name)
            .map(|(_, expression)| expression)
    }
}

/// How the right side of a definition is to be read.
enum Shape<'e> {
    /// `Object[{ … }]`
    Object(&'e Expression),
    /// `Parent { … }` in a type set.
    Heir(&'e ResourceDefaults),
    /// Any other type.
    Alias,
}

impl<'e> Shape<'e> {
    fn of(expression: &'e Expression) -> Self {
        let ExpressionKind::Access { left, keys } = &expression.kind else {
            return Self::Alias;
        };
        match (&left.kind, keys.as_slice()) {
            (ExpressionKind::Reference(name), [hash])
                if **name == *"Object" && matches!(hash.kind, ExpressionKind::Hash(_)) =>
            {
                Self::Object(hash)
            }
            _ => Self::Alias,
        }
    }

    /// In a type set, a hash stands for an object type.
    fn of_member(expression: &'e Expression) -> Self {
        match &expression.kind {
            ExpressionKind::Hash(_) => Self::Object(expression),
            ExpressionKind::ResourceDefaults(defaults) => Self::Heir(defaults),
            _ => Self::of(expression),
        }
    }
}

/// The hash of `TypeSet[{ … }]`.
fn type_set_hash(expression: &Expression) -> Option<&[HashEntry]> {
    let ExpressionKind::Access { left, keys } = &expression.kind else {
        return None;
    };
    match (&left.kind, keys.as_slice()) {
        (ExpressionKind::Reference(name), [hash]) if **name == *"TypeSet" => match &hash.kind {
            ExpressionKind::Hash(entries) => Some(entries),
            _ => None,
        },
        _ => None,
    }
}

/// What a word or a name in capitals, as a key, says.
fn key_text(key: &Expression) -> Option<&Arc<str>> {
    match &key.kind {
        ExpressionKind::String(text)
        | ExpressionKind::Name(text)
        | ExpressionKind::Reference(text) => Some(text),
        _ => None,
    }
}

fn entry<'e>(entries: &'e [HashEntry], name: &str) -> Option<&'e Expression> {
    entries
        .iter()
        .find(|entry| key_text(&entry.key).is_some_and(|key| **key == *name))
        .map(|entry| &entry.value)
}

/// A hash of which the keys are names, in capitals too.
fn named(hash: &Expression, value: impl Fn(&Expression) -> Evaluated) -> Evaluated {
    let mut entries = HashMap::default();
    for (name, expression) in members(hash) {
        entries.insert(Value::String(Arc::clone(name)), value(expression)?);
    }
    Ok(Value::hash(entries))
}

/// The entries of a hash by name.
fn members(hash: &Expression) -> impl Iterator<Item = (&Arc<str>, &Expression)> {
    let entries = match &hash.kind {
        ExpressionKind::Hash(entries) => entries.as_slice(),
        _ => &[],
    };
    entries
        .iter()
        .filter_map(|entry| Some((key_text(&entry.key)?, &entry.value)))
}

impl Evaluator<'_> {
    /// A type that code defines, by its name without `::` before it: from the type set that is
    /// being defined, or from the host.
    pub(super) fn defined_type(&self, name: &str) -> Evaluated<Option<Type>> {
        let open = self.types.open.borrow().last().cloned();
        if let Some(open) = open
            && let Some(found) = self.type_within(&open, name)?
        {
            return Ok(Some(found));
        }
        let key = name.to_ascii_lowercase();
        if let Some(known) = self.types.known.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        if let Some(definition) = self.host.load_type(name)? {
            return self.define_type(&definition).map(Some);
        }
        if let Some(native) = self.host.native_type(self, name)? {
            self.types.known.borrow_mut().insert(key, native.clone());
            return Ok(Some(native));
        }
        let Some((set, member)) = name.rsplit_once("::") else {
            return Ok(None);
        };
        match self.host.load_type(set)? {
            Some(definition) if type_set_hash(&definition.type_expression).is_some() => {
                match self.defined_type(set)? {
                    Some(Type::TypeSet(set)) => Ok(set.member(member).cloned()),
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// A type by the name it goes by in a type set: one of its own, or one of a set it refers to.
    fn type_within(&self, open: &Rc<OpenSet>, name: &str) -> Evaluated<Option<Type>> {
        let set_name = &open.definition.name;
        let own = name
            .strip_prefix(&**set_name)
            .and_then(|rest| rest.strip_prefix("::"))
            .unwrap_or(name);
        if let Some(expression) = open.member(own) {
            let full = format!("{set_name}::{own}");
            let key = full.to_ascii_lowercase();
            if let Some(known) = self.types.known.borrow().get(&key) {
                return Ok(Some(known.clone()));
            }
            let shape = Shape::of_member(expression);
            let definer = Definer {
                evaluator: self,
                source: &open.definition.source,
                membership: Membership::OfTypeSet,
            };
            return definer.define(&full.into(), expression, &shape).map(Some);
        }
        let Some((alias, rest)) = name.split_once("::") else {
            return Ok(None);
        };
        match open.references.get(&crate::values::Key(alias)) {
            Some(Value::Type(Type::TypeSet(referred))) => Ok(referred.member(rest).cloned()),
            _ => Ok(None),
        }
    }

    /// What a definition is made of is told without evaluating: literals and types.
    fn literal(&self, expression: &Expression, source: &Source) -> Evaluated {
        let find = |name: &str| {
            let found = self.named_type(name);
            found.map_err(|unwind| unwind.into_error().message)
        };
        let value = parse::literal(expression, source.text(), &find);
        value.map_err(|message| Error::new(message).into())
    }

    fn define_type(&self, definition: &Arc<TypeAliasDefinition>) -> Evaluated<Type> {
        // What stands in a type set has its names; what is loaded on the way has not.
        let outer = self.types.open.take();
        let expression = &definition.type_expression;
        let defined = match type_set_hash(expression) {
            Some(entries) => self.define_type_set(definition, entries),
            None => {
                let definer = Definer {
                    evaluator: self,
                    source: &definition.source,
                    membership: Membership::Alone,
                };
                match Shape::of(expression) {
                    Shape::Alias => self.kept_alias(definition, &definer),
                    shape => definer.define(&definition.name, expression, &shape),
                }
            }
        };
        self.types.open.replace(outer);
        defined
    }

    /// An alias, as an earlier compile has defined it where nothing in it has changed.
    fn kept_alias(
        &self,
        definition: &TypeAliasDefinition,
        definer: &Definer<'_, '_>,
    ) -> Evaluated<Type> {
        let kept = definition.slot.get::<(Type, Noted)>();
        if let Some((alias, noted)) = kept.as_deref()
            && self.still_holds(noted)?
        {
            self.types.remember(&definition.name, alias.clone());
            return Ok(alias.clone());
        }
        let define = || definer.alias(&definition.name, &definition.type_expression);
        let (alias, noted) = self.noting(define)?;
        if let Some(noted) = noted {
            definition.slot.keep(Arc::new((alias.clone(), noted)));
        }
        Ok(alias)
    }

    fn define_type_set(
        &self,
        definition: &Arc<TypeAliasDefinition>,
        entries: &[HashEntry],
    ) -> Evaluated<Type> {
        let set = TypeSetType::named(Arc::clone(&definition.name));
        let defined = Type::TypeSet(Arc::clone(&set));
        self.types.remember(&definition.name, defined.clone());
        let refused = |refusal: crate::types::parameterize::Refusal| Error::new(refusal.message);
        let mut details = HashMap::default();
        for entry in entries {
            let value = match key_text(&entry.key) {
                // Its types can refer to each other, so they come last.
                Some(key) if **key == *"types" => named(&entry.value, |_| Ok(Type::Any.into()))?,
                Some(key) if **key == *"references" => named(&entry.value, |expression| {
                    self.literal(expression, &definition.source)
                })?,
                _ => self.literal(&entry.value, &definition.source)?,
            };
            let key = self.literal(&entry.key, &definition.source)?;
            details.insert(key, value);
        }
        let wanted = type_set::wanted(&definition.name, &details).map_err(refused)?;
        let mut references = HashMap::default();
        for one in &wanted {
            let found = self.defined_type(&one.name)?;
            let referred = one.resolve(&definition.name, found).map_err(refused)?;
            references.insert(
                Value::String(Arc::clone(&one.alias)),
                Value::Type(Type::TypeSet(referred)),
            );
        }
        let open = Rc::new(OpenSet {
            definition: Arc::clone(definition),
            references,
        });
        self.types.open.borrow_mut().push(Rc::clone(&open));
        let types = self.define_members(&open, entries);
        self.types.open.borrow_mut().pop();
        if let Some(types) = types? {
            details.insert("types".into(), Value::hash(types));
        }
        set.define(&details).map_err(refused)?;
        Ok(defined)
    }

    fn define_members(
        &self,
        open: &Rc<OpenSet>,
        entries: &[HashEntry],
    ) -> Evaluated<Option<HashMap>> {
        let Some(hash) = entry(entries, "types") else {
            return Ok(None);
        };
        let mut types = HashMap::default();
        for (name, _) in members(hash) {
            if let Some(found) = self.type_within(open, name)? {
                types.insert(Value::String(Arc::clone(name)), found.into());
            }
        }
        Ok(Some(types))
    }
}

/// Defines types of one source.
struct Definer<'d, 'c> {
    evaluator: &'d Evaluator<'c>,
    source: &'d Source,
    membership: Membership,
}

impl Definer<'_, '_> {
    fn define(
        &self,
        name: &Arc<str>,
        expression: &Expression,
        shape: &Shape<'_>,
    ) -> Evaluated<Type> {
        match shape {
            Shape::Object(hash) => self.object(name, || {
                let entries = self.literal(hash)?;
                Ok(entries.as_hash().cloned().unwrap_or_default())
            }),
            Shape::Heir(defaults) => self.object(name, || self.inherited(defaults)),
            Shape::Alias => self.alias(name, expression),
        }
    }

    fn literal(&self, expression: &Expression) -> Evaluated {
        self.evaluator.literal(expression, self.source)
    }

    /// The entries of `Parent { … }`; of `Object { … }`, that has no parent but the one it names.
    fn inherited(&self, defaults: &ResourceDefaults) -> Evaluated<HashMap> {
        let mut entries = HashMap::default();
        for attribute in &defaults.attributes {
            let key = Value::String(Arc::clone(&attribute.name));
            entries.insert(key, self.literal(&attribute.value)?);
        }
        let parent = &defaults.type_reference;
        if matches!(&parent.kind, ExpressionKind::Reference(name) if **name == *"Object") {
            return Ok(entries);
        }
        if entries
            .insert("parent".into(), self.literal(parent)?)
            .is_some()
        {
            let strict = self.evaluator.host.settings().strict;
            self.evaluator.lenient(strict, parent, || {
                "The key 'parent' is declared more than once".to_owned()
            })?;
        }
        Ok(entries)
    }

    fn object(
        &self,
        name: &Arc<str>,
        entries: impl FnOnce() -> Evaluated<HashMap>,
    ) -> Evaluated<Type> {
        let object = ObjectType::of(Arc::clone(name), self.membership);
        let defined = Type::Object(Arc::clone(&object));
        self.evaluator.types.remember(name, defined.clone());
        object
            .define(&entries()?)
            .map_err(|refusal| Error::new(refusal.message))?;
        Ok(defined)
    }

    fn alias(&self, name: &Arc<str>, expression: &Expression) -> Evaluated<Type> {
        let alias = Arc::new(AliasType {
            name: Arc::clone(name),
            membership: self.membership,
            resolved: OnceLock::new(),
        });
        let defined = Type::Alias(Arc::clone(&alias));
        self.evaluator.types.remember(name, defined.clone());
        let Value::Type(resolved) = self.literal(expression)? else {
            let text = parse::text_of(expression, self.source.text());
            let message = format!("The expression <{text}> is not a valid type specification.");
            return Err(Error::new(message).into());
        };
        if alias.resolve(resolved) {
            return Ok(defined);
        }
        let message = format!("Type alias '{name}' cannot be resolved to a real type");
        Err(Error::new(message).into())
    }
}
