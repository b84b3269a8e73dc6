//! Guards against types that contain themselves.

use std::sync::{Arc, OnceLock};

use super::{AliasType, InitType, Membership, Type};
use crate::values::Value;

/// What has been gone through on the way down. Most types have nothing to be guarded against.
#[derive(Default)]
pub(super) struct Guard(Option<Box<Way>>);

/// What has been gone through, on either side of a comparison.
#[derive(Default)]
struct Way {
    this: Vec<*const AliasType>,
    that: Vec<*const AliasType>,
    this_recursed: bool,
    that_recursed: bool,
    values: Vec<(*const AliasType, *const Value)>,
    inits: Vec<(*const InitType, *const Value)>,
}

impl Guard {
    fn way(&mut self) -> &mut Way {
        self.0.get_or_insert_default()
    }

    /// Whether an alias of the left side leads back to itself without coming any further: a
    /// variant of aliases that name each other.
    pub(super) fn is_stuck(&self, alias: &AliasType) -> bool {
        const DEEPEST: usize = 64;
        let Some(way) = &self.0 else {
            return false;
        };
        way.this
            .iter()
            .filter(|open| std::ptr::eq(**open, alias))
            .count()
            >= DEEPEST
    }

    /// Goes into an alias of the left side. `body` runs with whether both sides have come back
    /// to where they were.
    pub(super) fn with_this<T>(
        &mut self,
        alias: &AliasType,
        body: impl FnOnce(&mut Self, bool) -> T,
    ) -> T {
        let way = self.way();
        let before = way.this_recursed;
        way.this_recursed |= way.this.contains(&std::ptr::from_ref(alias));
        way.this.push(alias);
        let both = way.this_recursed && way.that_recursed;
        let result = body(self, both);
        let way = self.way();
        way.this.pop();
        way.this_recursed = before;
        result
    }

    /// As [`Guard::with_this`], for the right side.
    pub(super) fn with_that<T>(
        &mut self,
        alias: &AliasType,
        body: impl FnOnce(&mut Self, bool) -> T,
    ) -> T {
        let way = self.way();
        let before = way.that_recursed;
        way.that_recursed |= way.that.contains(&std::ptr::from_ref(alias));
        way.that.push(alias);
        let both = way.this_recursed && way.that_recursed;
        let result = body(self, both);
        let way = self.way();
        way.that.pop();
        way.that_recursed = before;
        result
    }

    /// Goes into an `Init` type, for a value where there is one; `None` where it is being gone
    /// into already.
    pub(super) fn with_init<T>(
        &mut self,
        init: &InitType,
        value: Option<&Value>,
        body: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let pair = (
            std::ptr::from_ref(init),
            value.map_or(std::ptr::null(), std::ptr::from_ref),
        );
        let way = self.way();
        if way.inits.contains(&pair) {
            return None;
        }
        way.inits.push(pair);
        let result = body(self);
        self.way().inits.pop();
        Some(result)
    }

    /// Asks an alias of a value; `None` where it is being asked of it already.
    pub(super) fn with_value<T>(
        &mut self,
        alias: &AliasType,
        value: &Value,
        body: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let pair = (std::ptr::from_ref(alias), std::ptr::from_ref(value));
        let way = self.way();
        if way.values.contains(&pair) {
            return None;
        }
        way.values.push(pair);
        let result = body(self);
        self.way().values.pop();
        Some(result)
    }
}

impl AliasType {
    /// An alias that is resolved later.
    pub fn named(name: impl Into<Arc<str>>) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            membership: Membership::Alone,
            resolved: OnceLock::new(),
        })
    }

    /// An alias of a type.
    pub fn of(name: impl Into<Arc<str>>, target: Type) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            membership: Membership::Alone,
            resolved: target.into(),
        })
    }

    /// Says what it stands for, in the simplest way and without itself; `false` where nothing is
    /// left then, by way of other aliases or not.
    pub fn resolve(self: &Arc<Self>, target: Type) -> bool {
        let is_self = |one: &Type| matches!(one, Type::Alias(alias) if Arc::ptr_eq(alias, self));
        let target = match target {
            Type::Variant(types) if types.iter().any(is_self) => {
                Type::variant_of(types.iter().filter(|one| !is_self(one)).cloned())
            }
            other => other,
        };
        let target = target.normalize();
        let is_real = is_real(&target, &mut vec![Arc::as_ptr(self)]);
        // Whoever defines an alias comes here once.
        let _ = self.resolved.set(target);
        is_real
    }

    /// What it stands for; `TypeReference` while that is not known.
    pub fn target(&self) -> Type {
        self.resolved
            .get()
            .cloned()
            .unwrap_or_else(|| Type::Reference(self.name.clone()))
    }
}

/// Whether something else than aliases of each other is among what a type stands for. What an
/// alias stands for that is being defined is not known yet.
fn is_real(of: &Type, open: &mut Vec<*const AliasType>) -> bool {
    match of {
        Type::Alias(alias) => {
            let pointer = Arc::as_ptr(alias);
            if open.contains(&pointer) {
                return false;
            }
            open.push(pointer);
            alias.resolved.get().is_none_or(|of| is_real(of, open))
        }
        Type::Variant(types) => types.iter().any(|one| is_real(one, open)),
        _ => true,
    }
}

impl Type {
    /// The type without the alias around it.
    pub fn unaliased(&self) -> Type {
        let mut current = self.clone();
        // An alias of aliases ends; one that only names itself does not.
        for _ in 0..64 {
            match &current {
                Self::Alias(alias) => current = alias.target(),
                _ => break,
            }
        }
        current
    }
}
