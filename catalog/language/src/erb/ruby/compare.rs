//! When objects are equal, the same key, or in which order.

use std::{
    cell::Cell,
    cmp::Ordering,
    hash::{Hash, Hasher},
    rc::Rc,
};

use super::{
    value::{Key, Value},
    walk::{Walk, compare_inside},
};

/// How deep nested objects are compared. Below, they are taken for different.
const DEPTH: usize = 200;
/// How many arrays and hashes inside each other are compared. Beyond, they are taken for
/// different.
const PARTS: usize = 4 << 20;
/// How many of its parts the hash of an object goes by.
const HASHED_PARTS: usize = 1 << 16;

/// `==`
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Integer(a), Value::Float(b)) | (Value::Float(b), Value::Integer(a)) => {
            compare_numbers(*a, *b) == Some(Ordering::Equal)
        }
        (Value::Float(a), Value::Float(b)) => a == b,
        _ => same_parts(left, right, equal).unwrap_or_else(|| same_key(left, right)),
    }
}

/// `eql?`
pub(super) fn same_key(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil)
        | (Value::Scope, Value::Scope)
        | (Value::Template, Value::Template) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b || (a.to_bits() == b.to_bits()),
        (Value::String(a), Value::String(b)) => Rc::ptr_eq(a, b) || **a.borrow() == **b.borrow(),
        (Value::Symbol(a), Value::Symbol(b)) | (Value::Class(a), Value::Class(b)) => a == b,
        (Value::Regexp(a), Value::Regexp(b)) => a.source == b.source && a.options == b.options,
        (Value::Time(a), Value::Time(b)) => a.timestamp() == b.timestamp(),
        (Value::Proc(a), Value::Proc(b)) => Rc::ptr_eq(a, b),
        (Value::Match(a), Value::Match(b)) => Rc::ptr_eq(a, b),
        (Value::Exception(a), Value::Exception(b)) => a.class == b.class && a.message == b.message,
        (Value::Foreign(a), Value::Foreign(b)) => a == b,
        (Value::Address(a), Value::Address(b)) => a == b,
        _ => same_parts(left, right, same_key).unwrap_or(false),
    }
}

/// Whether arrays, hashes or ranges have the same parts; `None` where these are none.
fn same_parts(left: &Value, right: &Value, same: fn(&Value, &Value) -> bool) -> Option<bool> {
    let inside = |compare: &dyn Fn() -> bool| compare_inside(DEPTH, PARTS, compare) == Some(true);
    Some(match (left, right) {
        (Value::Array(a), Value::Array(b)) => {
            if Rc::ptr_eq(a, b) {
                return Some(true);
            }
            let (a, b) = (a.0.borrow(), b.0.borrow());
            a.len() == b.len() && inside(&|| a.iter().zip(&*b).all(|(a, b)| same(a, b)))
        }
        (Value::Hash(a), Value::Hash(b)) => {
            if Rc::ptr_eq(a, b) {
                return Some(true);
            }
            // One that is being changed is at most a key of itself.
            let (Ok(a), Ok(b)) = (a.entries.try_borrow(), b.entries.try_borrow()) else {
                return Some(false);
            };
            let holds = |(key, value)| b.get(key).is_some_and(|other| same(value, other));
            a.len() == b.len() && inside(&|| a.iter().all(holds))
        }
        (Value::Range(a), Value::Range(b)) => {
            a.is_exclusive == b.is_exclusive
                && inside(&|| same(&a.from, &b.from) && same(&a.to, &b.to))
        }
        _ => return None,
    })
}

/// What [`same_key`] goes by, hashed.
pub(super) fn hash<H: Hasher>(value: &Value, state: &mut H) {
    hash_at(value, state, Walk::new(DEPTH, &Cell::new(HASHED_PARTS)));
}

fn hash_at<H: Hasher>(value: &Value, state: &mut H, walk: Walk<'_>) {
    // Nothing before a text: it is what keys are asked for by.
    if let Value::String(text) = value {
        return text.borrow().as_str().hash(state);
    }
    std::mem::discriminant(value).hash(state);
    match value {
        Value::Bool(value) => value.hash(state),
        Value::Integer(value) => value.hash(state),
        Value::Float(value) => (if *value == 0.0 { 0.0 } else { *value })
            .to_bits()
            .hash(state),
        Value::Symbol(name) | Value::Class(name) => name.hash(state),
        Value::Array(list) => {
            let list = list.0.borrow();
            list.len().hash(state);
            for element in list.iter() {
                let Some(walk) = walk.enter() else {
                    return;
                };
                hash_at(element, state, walk);
            }
        }
        // One that is being changed may be a key of itself.
        Value::Hash(map) => {
            let entries = map.entries.try_borrow();
            entries.map_or(0, |entries| entries.len()).hash(state);
        }
        Value::Regexp(regexp) => regexp.source.hash(state),
        _ => {}
    }
}

/// An integer beside a float, exactly.
pub(super) fn compare_numbers(integer: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    // Every f64 beyond ±2^63 is beyond every i64.
    if float >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if float < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(integer.cmp(&(whole as i64)).then_with(|| {
        0.0_f64
            .partial_cmp(&(float - whole))
            .unwrap_or(Ordering::Equal)
    }))
}

/// `<=>`; `None` where there is no order.
pub(super) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Integer(a), Value::Float(b)) => compare_numbers(*a, *b),
        (Value::Float(a), Value::Integer(b)) => compare_numbers(*b, *a).map(Ordering::reverse),
        (Value::String(a), Value::String(b)) => {
            Some(a.borrow().as_bytes().cmp(b.borrow().as_bytes()))
        }
        (Value::Address(a), Value::Address(b)) => a.order(**b),
        (Value::Symbol(a), Value::Symbol(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::Time(a), Value::Time(b)) => Some(a.timestamp().cmp(&b.timestamp())),
        (Value::Array(a), Value::Array(b)) => {
            let (a, b) = (a.0.borrow(), b.0.borrow());
            compare_inside(DEPTH, PARTS, || {
                for (a, b) in a.iter().zip(&*b) {
                    match compare(a, b)? {
                        Ordering::Equal => {}
                        other => return Some(other),
                    }
                }
                Some(a.len().cmp(&b.len()))
            })?
        }
        _ => equal(left, right).then_some(Ordering::Equal),
    }
}

/// A key that is looked up and not kept.
pub(super) fn key(value: &Value) -> Key {
    Key(value.clone())
}
