//! The names of all methods that Ruby's classes have, as measured with Puppet loaded: what is
//! among them and not known here is missing here, what is not among them is a mistake of the
//! template.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::erb::ruby::{text::class_name, value::Value};

static KNOWN: LazyLock<FxHashMap<&'static str, FxHashSet<&'static str>>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (class, names) = line.split_once(": ")?;
        Some((class, names.split(' ').collect()))
    };
    include_str!("known.txt").lines().filter_map(line).collect()
});

/// Whether Ruby's object of this kind has the method.
pub(in crate::erb::ruby) fn is_known(receiver: &Value, name: &str) -> bool {
    if name.starts_with("function_") && matches!(receiver, Value::Scope) {
        return true;
    }
    let class = class_name(receiver);
    let class = match receiver {
        Value::Exception(_) => "Exception",
        Value::Foreign(_) => return true,
        Value::Address(_) => return true,
        // Modules have functions of their own.
        Value::Class(_) => return true,
        _ => &*class,
    };
    [class, "Object"]
        .iter()
        .any(|class| KNOWN.get(class).is_some_and(|names| names.contains(name)))
}
