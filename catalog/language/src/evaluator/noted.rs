//! Types that are kept from compile to compile beside the definition they belong to, for as long
//! as every name in them still stands for the same.

use std::sync::Arc;

use ficelle_syntax::ast::{Expression, ExpressionKind};

use super::Evaluator;
use crate::{error::Evaluated, types::Type};

/// The site's own names that were asked for, and the types that they stood for.
#[derive(Clone, Debug)]
pub struct Noted(Vec<(Arc<str>, Type)>);

/// What is being noted.
#[derive(Default)]
pub(super) struct Notes {
    names: Vec<(Arc<str>, Type)>,
    /// One of them is still being defined: what is made of it holds for this compile alone.
    is_open: bool,
}

impl Evaluator<'_> {
    /// Runs `body` and notes the types that names stand for in it; `None` where that can change
    /// without a name changing what it stands for.
    ///
    /// # Errors
    /// Whatever `body` raises.
    pub fn noting<T>(&self, body: impl FnOnce() -> Evaluated<T>) -> Evaluated<(T, Option<Noted>)> {
        self.notes.borrow_mut().push(Notes::default());
        let result = body();
        let notes = self.notes.borrow_mut().pop().unwrap_or_default();
        let noted = (!notes.is_open).then_some(Noted(notes.names));
        Ok((result?, noted))
    }

    /// Whether the names still stand for the very same types.
    ///
    /// # Errors
    /// A file that defines one of them cannot be read any more, or is wrong.
    pub fn still_holds(&self, noted: &Noted) -> Evaluated<bool> {
        for (name, before) in &noted.0 {
            let is_same = self
                .named_type(name)?
                .is_some_and(|now| is_same(before, &now));
            if !is_same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes what a name stands for, where the site says that and not the language.
    pub(super) fn note(&self, name: &str, found: &Type) {
        let mut notes = self.notes.borrow_mut();
        let Some(innermost) = notes.last_mut() else {
            return;
        };
        let is_of_site = matches!(
            found,
            Type::Alias(_)
                | Type::Object(_)
                | Type::ParameterizedObject(_)
                | Type::TypeSet(_)
                | Type::Resource(_)
        );
        if is_of_site {
            innermost.names.push((name.into(), found.clone()));
        }
        if matches!(found, Type::Alias(alias) if alias.resolved.get().is_none()) {
            notes.iter_mut().for_each(|notes| notes.is_open = true);
        }
    }
}

/// Whether two types are one: made from the same definition.
fn is_same(before: &Type, now: &Type) -> bool {
    match (before, now) {
        (Type::Alias(before), Type::Alias(now)) => Arc::ptr_eq(before, now),
        (Type::Object(before), Type::Object(now)) => Arc::ptr_eq(before, now),
        (Type::TypeSet(before), Type::TypeSet(now)) => Arc::ptr_eq(before, now),
        (Type::Resource(_), Type::Resource(_)) => before == now,
        _ => false,
    }
}

/// Whether an expression gives the same wherever it is evaluated, as long as its names stand for
/// the same types.
pub fn is_constant(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Undef
        | ExpressionKind::Default
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Integer { .. }
        | ExpressionKind::Float(_)
        | ExpressionKind::String(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::Regexp(_)
        | ExpressionKind::Reference(_) => true,
        ExpressionKind::Array(elements) => elements.iter().all(is_constant),
        ExpressionKind::Hash(entries) => entries
            .iter()
            .all(|entry| is_constant(&entry.key) && is_constant(&entry.value)),
        ExpressionKind::Access { left, keys } => is_constant(left) && keys.iter().all(is_constant),
        ExpressionKind::Parenthesized(inner) => is_constant(inner),
        _ => false,
    }
}
