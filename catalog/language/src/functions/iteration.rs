//! Functions that call a block for each element of something.

use std::sync::Arc;

use super::{Function, fail, function, on};
use crate::{
    error::{Error, Evaluated, Unwind},
    evaluator::{Call, arithmetic::pairs, is_true},
    types::Type,
    values::{HashMap, Iterator as Lazy, MOST_ELEMENTS, Object, Value, gather, too_many},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "each",
        &[
            on("Hash hash, Callable[2,2] &block", each),
            on("Hash hash, Callable[1,1] &block", each),
            on("Iterable enumerable, Callable[2,2] &block", each),
            on("Iterable enumerable, Callable[1,1] &block", each),
        ],
    ),
    function(
        "map",
        &[
            on("Hash hash, Callable[2,2] &block", map),
            on("Hash hash, Callable[1,1] &block", map),
            on("Iterable enumerable, Callable[2,2] &block", map),
            on("Iterable enumerable, Callable[1,1] &block", map),
        ],
    ),
    function(
        "filter",
        &[
            on("Hash hash, Callable[2,2] &block", filter),
            on("Hash hash, Callable[1,1] &block", filter),
            on("Iterable enumerable, Callable[2,2] &block", filter),
            on("Iterable enumerable, Callable[1,1] &block", filter),
        ],
    ),
    function(
        "all",
        &[
            on("Hash hash, Callable[2,2] &block", all),
            on("Hash hash, Callable[1,1] &block", all),
            on("Iterable enumerable, Callable[2,2] &block", all),
            on("Iterable enumerable, Callable[1,1] &block", all),
        ],
    ),
    function(
        "any",
        &[
            on("Hash hash, Callable[2,2] &block", any),
            on("Hash hash, Callable[1,1] &block", any),
            on("Iterable enumerable, Callable[2,2] &block", any),
            on("Iterable enumerable, Callable[1,1] &block", any),
        ],
    ),
    function(
        "index",
        &[
            on("Hash hash, Callable[2,2] &block", index_of),
            on("Hash hash, Callable[1,1] &block", index_of),
            on("Iterable enumerable, Callable[2,2] &block", index_of),
            on("Iterable enumerable, Callable[1,1] &block", index_of),
            on("String str, Variant[String, Regexp] match", index_in_string),
            on("Iterable enumerable, Any match", index_of_value),
        ],
    ),
    function(
        "reduce",
        &[
            on("Iterable enumerable, Callable[2,2] &block", reduce),
            on(
                "Iterable enumerable, Any memo, Callable[2,2] &block",
                reduce,
            ),
        ],
    ),
    function(
        "slice",
        &[
            on(
                "Hash hash, Integer[1, default] slice_size, Callable &block?",
                slice,
            ),
            on(
                "Iterable enumerable, Integer[1, default] slice_size, Callable &block?",
                slice,
            ),
        ],
    ),
    function(
        "step",
        &[
            on("Iterable iterable, Integer[1] step", step),
            on(
                "Iterable iterable, Integer[1] step, Callable[1,1] &block",
                step,
            ),
        ],
    ),
    function(
        "reverse_each",
        &[
            on("Iterable iterable", reverse_each),
            on("Iterable iterable, Callable[1,1] &block", reverse_each),
        ],
    ),
    function(
        "tree_each",
        &[
            on(
                "Variant[Iterator, Array, Hash, Object] tree, OptionsType options?, \
                 Callable[2,2] &block",
                tree_each,
            ),
            on(
                "Variant[Iterator, Array, Hash, Object] tree, OptionsType options?, \
                 Callable[1,1] &block",
                tree_each,
            ),
            on(
                "Variant[Iterator, Array, Hash, Object] tree, OptionsType options?",
                tree_each,
            ),
        ],
    ),
    function(
        "group_by",
        &[
            on("Collection collection, Callable[1,1] &block", group_by),
            on("Array array, Callable[2,2] &block", group_by),
            on("Collection collection, Callable[2,2] &block", group_by),
        ],
    ),
    function(
        "partition",
        &[
            on("Collection collection, Callable[1,1] &block", partition),
            on("Array array, Callable[2,2] &block", partition),
            on("Collection collection, Callable[2,2] &block", partition),
        ],
    ),
    function(
        "with",
        &[on("Any arg*, Callable &block", |call| {
            call.yield_block(call.arguments)
        })],
    ),
    function(
        "then",
        &[on("Any arg, Callable[1,1] &block", |call| {
            match &call.arguments[0] {
                Value::Undef => Ok(Value::Undef),
                value => call.yield_block(std::slice::from_ref(value)),
            }
        })],
    ),
    function(
        "lest",
        &[on("Any arg, Callable[0,0] &block", |call| {
            match &call.arguments[0] {
                Value::Undef => call.yield_block(&[]),
                value => Ok(value.clone()),
            }
        })],
    ),
];

/// All that can be iterated over, as a list.
///
/// # Errors
/// The value cannot be iterated over.
pub(crate) fn elements(value: &Value) -> Result<Vec<Value>, Error> {
    match value.elements() {
        Some(elements) => gather(elements).ok_or_else(|| Error::new(too_many())),
        None => Err(Error::new(format!(
            "{} is not Iterable",
            crate::evaluator::label::type_name(value)
        ))),
    }
}

/// The elements of what is iterated over, for walks that may end early. Too many are an error of
/// the walk, not of its beginning.
fn walkable<'a>(
    call: &'a Call<'_, '_>,
) -> Evaluated<impl Iterator<Item = Evaluated<Value>> + use<'a>> {
    let subject = &call.arguments[0];
    let Some(items) = subject.elements() else {
        fail!(
            "{} is not Iterable",
            crate::evaluator::label::type_name(subject)
        );
    };
    Ok(items.enumerate().map(|(index, item)| match index {
        MOST_ELEMENTS.. => Err(Error::new(too_many()).into()),
        _ => Ok(item),
    }))
}

/// Whether a block with two parameters is given key and value, not index and value.
fn is_hash_style(value: &Value) -> bool {
    match value {
        Value::Hash(_) => true,
        Value::Iterator(lazy) => lazy.is_hash_style(),
        _ => false,
    }
}

/// How the block of an iteration is given an element.
#[derive(Clone, Copy)]
enum Style {
    /// The element.
    One,
    /// Index and element.
    Indexed,
    /// Key and value of a pair.
    Pair,
}

impl Style {
    fn of(call: &Call<'_, '_>) -> Self {
        match (takes(call, 2), is_hash_style(&call.arguments[0])) {
            (false, _) => Self::One,
            (true, true) => Self::Pair,
            (true, false) => Self::Indexed,
        }
    }

    /// As [`Style::of`], where a block that takes one argument is given one.
    fn of_one_first(call: &Call<'_, '_>) -> Self {
        match takes(call, 1) {
            true => Self::One,
            false => Self::of(call),
        }
    }

    fn call(self, call: &Call<'_, '_>, index: usize, item: &Value) -> Evaluated {
        match (self, item) {
            (Self::Pair, Value::Array(pair)) => call.yield_block(pair),
            (Self::Indexed, _) => call.yield_block(&[Value::Integer(index as i64), item.clone()]),
            _ => call.yield_block(std::slice::from_ref(item)),
        }
    }
}

/// Whether an array or a hash is walked, not what gives one element after the other.
fn is_collection(call: &Call<'_, '_>) -> bool {
    matches!(call.arguments[0], Value::Array(_) | Value::Hash(_))
}

/// Whether the block can be given so many arguments.
fn takes(call: &Call<'_, '_>, count: usize) -> bool {
    call.block.is_some_and(|block| {
        let (least, most) = block.arity();
        least <= count && most.is_none_or(|most| most >= count)
    })
}

/// What the walk of an iteration does next.
enum Step {
    Go,
    Stop,
}

/// Calls the block for each element and hands its result to `visit`; `break()` ends the walk.
fn walk(call: &Call<'_, '_>, visit: impl FnMut(usize, Value, Value) -> Step) -> Evaluated<()> {
    match walk_whole(Style::of(call), call, visit) {
        Err(Unwind::Break(_)) => Ok(()),
        other => other,
    }
}

/// As [`walk`], for functions that a `break()` goes through where they walk a collection.
fn walk_whole(
    style: Style,
    call: &Call<'_, '_>,
    mut visit: impl FnMut(usize, Value, Value) -> Step,
) -> Evaluated<()> {
    for (index, item) in walkable(call)?.enumerate() {
        let item = item?;
        let result = match style.call(call, index, &item) {
            Err(Unwind::Break(_)) if !is_collection(call) => break,
            other => other?,
        };
        if let Step::Stop = visit(index, item, result) {
            break;
        }
    }
    Ok(())
}

fn each(call: &Call<'_, '_>) -> Evaluated {
    walk(call, |_, _, _| Step::Go)?;
    Ok(call.arguments[0].clone())
}

fn map(call: &Call<'_, '_>) -> Evaluated {
    let mut results = Vec::new();
    walk(call, |_, _, result| {
        results.push(result);
        Step::Go
    })?;
    Ok(Value::array(results))
}

fn filter(call: &Call<'_, '_>) -> Evaluated {
    let mut kept = Vec::new();
    let visit = |_, item, result: Value| {
        if is_true(&result) {
            kept.push(item);
        }
        Step::Go
    };
    let is_hash = matches!(call.arguments[0], Value::Hash(_));
    match is_hash {
        true => walk_whole(Style::of(call), call, visit)?,
        false => walk(call, visit)?,
    }
    Ok(if is_hash || matches!(Style::of(call), Style::Pair) {
        hash_of(kept)
    } else {
        Value::array(kept)
    })
}

fn hash_of(pairs: Vec<Value>) -> Value {
    let entries = pairs.into_iter().filter_map(|pair| match pair {
        Value::Array(pair) => Some((pair.first()?.clone(), pair.get(1)?.clone())),
        _ => None,
    });
    Value::hash(entries.collect())
}

fn all(call: &Call<'_, '_>) -> Evaluated {
    let mut result = true;
    walk_whole(Style::of(call), call, |_, _, value| {
        result = is_true(&value);
        if result { Step::Go } else { Step::Stop }
    })?;
    Ok(Value::Boolean(result))
}

fn any(call: &Call<'_, '_>) -> Evaluated {
    let mut result = false;
    walk_whole(Style::of(call), call, |_, _, value| {
        result = is_true(&value);
        if result { Step::Stop } else { Step::Go }
    })?;
    Ok(Value::Boolean(result))
}

fn index_of(call: &Call<'_, '_>) -> Evaluated {
    let subject = &call.arguments[0];
    let is_hash = is_hash_style(subject);
    let style = Style::of(call);
    for (index, item) in walkable(call)?.enumerate() {
        let item = item?;
        let result = match (&item, style) {
            // With one parameter a hash's block is given the value alone.
            (Value::Array(pair), Style::One) if is_hash && pair.len() == 2 => {
                call.yield_block(&pair[1..])
            }
            _ => style.call(call, index, &item),
        };
        let result = match result {
            Err(Unwind::Break(_)) if !is_collection(call) => break,
            other => other?,
        };
        if is_true(&result) {
            return Ok(position(is_hash, index, item));
        }
    }
    Ok(Value::Undef)
}

fn position(is_hash: bool, index: usize, item: Value) -> Value {
    match item {
        Value::Array(pair) if is_hash => pair.first().cloned().unwrap_or_default(),
        _ => Value::Integer(index as i64),
    }
}

fn index_in_string(call: &Call<'_, '_>) -> Evaluated {
    let Value::String(text) = &call.arguments[0] else {
        return Ok(Value::Undef);
    };
    let offset = match &call.arguments[1] {
        Value::String(part) => text.find(&**part),
        Value::Regexp(regexp) => {
            let regex = regexp
                .compiled()
                .map_err(|error| Error::new(error.to_string()))?;
            let found = regex
                .find(&**text)
                .map_err(|error| Error::new(error.to_string()))?;
            found.map(|found| found.start())
        }
        _ => None,
    };
    Ok(offset.map_or(Value::Undef, |offset| {
        Value::Integer(text[..offset].chars().count() as i64)
    }))
}

fn index_of_value(call: &Call<'_, '_>) -> Evaluated {
    let (subject, wanted) = (&call.arguments[0], &call.arguments[1]);
    let is_hash = is_hash_style(subject);
    for (index, item) in elements(subject)?.into_iter().enumerate() {
        let candidate = match &item {
            Value::Array(pair) if is_hash => pair.get(1).cloned().unwrap_or_default(),
            other => other.clone(),
        };
        if candidate == *wanted {
            return Ok(position(is_hash, index, item));
        }
    }
    Ok(Value::Undef)
}

fn reduce(call: &Call<'_, '_>) -> Evaluated {
    let mut items = walkable(call)?;
    let mut memo = match call.arguments.get(1) {
        Some(memo) => memo.clone(),
        None => match items.next() {
            Some(first) => first?,
            None => return Ok(Value::Undef),
        },
    };
    for item in items {
        memo = match call.yield_block(&[memo.clone(), item?]) {
            Err(Unwind::Break(_)) => return Ok(memo),
            other => other?,
        };
    }
    Ok(memo)
}

fn slice(call: &Call<'_, '_>) -> Evaluated {
    let Value::Integer(size) = call.arguments[1] else {
        return Ok(Value::Undef);
    };
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let all = elements(&call.arguments[0])?;
    let slices = all.chunks(size);
    let Some(block) = call.block else {
        return Ok(Value::array(slices.map(Value::array).collect::<Vec<_>>()));
    };
    // With a parameter that may be left out, a block takes what there is.
    let serving = match block.arity() {
        (least, Some(most)) if least == most => most,
        _ => size,
    };
    if serving == 0 {
        fail!("slice(): block must define at least one parameter. Block has 0.");
    }
    if serving != 1 && serving != size {
        let names: Vec<&str> = block
            .lambda
            .parameters
            .iter()
            .map(|parameter| &*parameter.name)
            .collect();
        fail!(
            "slice(): block must define one parameter, or the same number of parameters as the \
             given size of the slice ({size}). Block has {serving}; {}",
            names.join(", ")
        );
    }
    let filler = match call.arguments[0] {
        Value::Hash(_) => Value::array([]),
        _ => Value::Undef,
    };
    for slice in slices {
        let result = if serving == 1 {
            call.yield_block(&[Value::array(slice)])
        } else {
            let mut filled = slice.to_vec();
            filled.resize(serving, filler.clone());
            call.yield_block(&filled)
        };
        match result {
            Ok(_) => {}
            Err(Unwind::Break(_)) => break,
            Err(other) => return Err(other),
        }
    }
    Ok(call.arguments[0].clone())
}

fn lazily(value: &Value) -> Evaluated<Arc<Lazy>> {
    match value {
        Value::Iterator(lazy) => Ok(lazy.clone()),
        other if other.elements().is_some() => Ok(Arc::new(Lazy::Of(other.clone()))),
        other => fail!(
            "{} is not Iterable",
            crate::evaluator::label::type_name(other)
        ),
    }
}

fn visit_lazily(call: &Call<'_, '_>, lazy: Lazy) -> Evaluated {
    if call.block.is_none() {
        return Ok(Value::Iterator(Arc::new(lazy)));
    }
    for (index, item) in lazy.elements().into_iter().flatten().enumerate() {
        if index == MOST_ELEMENTS {
            fail!("{}", too_many());
        }
        match call.yield_block(&[item]) {
            Ok(_) => {}
            Err(Unwind::Break(_)) => break,
            Err(other) => return Err(other),
        }
    }
    Ok(Value::Undef)
}

fn step(call: &Call<'_, '_>) -> Evaluated {
    let Value::Integer(by) = call.arguments[1] else {
        return Ok(Value::Undef);
    };
    let lazy = Lazy::Step(lazily(&call.arguments[0])?, by.unsigned_abs());
    visit_lazily(call, lazy)
}

fn reverse_each(call: &Call<'_, '_>) -> Evaluated {
    let lazy = Lazy::Reverse(lazily(&call.arguments[0])?);
    visit_lazily(call, lazy)
}

fn group_by(call: &Call<'_, '_>) -> Evaluated {
    let mut groups = HashMap::default();
    walk_whole(Style::of_one_first(call), call, |_, item, key| {
        match groups.entry(key).or_insert_with(|| Value::array([])) {
            Value::Array(group) => Arc::make_mut(group).push(item),
            _ => unreachable!("groups are arrays"),
        }
        Step::Go
    })?;
    Ok(Value::hash(groups))
}

fn partition(call: &Call<'_, '_>) -> Evaluated {
    let (mut chosen, mut rest) = (Vec::new(), Vec::new());
    walk_whole(Style::of_one_first(call), call, |_, item, result| {
        if is_true(&result) {
            chosen.push(item)
        } else {
            rest.push(item)
        }
        Step::Go
    })?;
    Ok(Value::array([Value::array(chosen), Value::array(rest)]))
}

/// What a walk through a tree gives, and in which order.
struct TreeOptions {
    breadth_first: bool,
    include_root: bool,
    include_containers: bool,
    include_values: bool,
    include_refs: bool,
    container_type: Option<Type>,
}

impl TreeOptions {
    fn read(options: Option<&Value>) -> Evaluated<Self> {
        let entries = match options {
            Some(Value::Hash(entries)) => Some(entries),
            _ => None,
        };
        let option = |name: &str| {
            let key = Value::string(name);
            entries.and_then(|entries| entries.get(&key)).cloned()
        };
        let flag = |name: &str| option(name).is_none_or(|value| is_true(&value));
        let read = Self {
            breadth_first: option("order")
                .is_some_and(|order| order.as_str() == Some("breadth_first")),
            include_root: flag("include_root"),
            include_containers: flag("include_containers"),
            include_values: flag("include_values"),
            include_refs: option("include_refs").is_some_and(|value| is_true(&value)),
            container_type: match option("container_type") {
                Some(Value::Type(container)) => Some(container),
                _ => None,
            },
        };
        if !read.include_containers && !read.include_values {
            fail!("Options 'include_containers' and 'include_values' cannot both be false");
        }
        Ok(read)
    }

    fn is_container(&self, value: &Value) -> bool {
        let is_collection = matches!(value, Value::Array(_) | Value::Hash(_) | Value::Object(_));
        let fits = |container: &Type| container.is_instance(value);
        is_collection && self.container_type.as_ref().is_none_or(fits)
    }

    fn children(&self, value: &Value) -> Vec<(Value, Value)> {
        match value {
            Value::Array(elements) => {
                let indexed = elements.iter().enumerate();
                indexed
                    .map(|(index, value)| (Value::Integer(index as i64), value.clone()))
                    .collect()
            }
            Value::Hash(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            Value::Object(object) => object
                .attributes
                .iter()
                .filter(|(name, _)| self.include_refs || !is_reference(object, name))
                .map(|(name, value)| (Value::String(name.clone()), value.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn tree_each(call: &Call<'_, '_>) -> Evaluated {
    let options = TreeOptions::read(call.arguments.get(1))?;
    let tree = match &call.arguments[0] {
        lazy @ Value::Iterator(_) => Value::array(elements(lazy)?),
        other => other.clone(),
    };
    let mut visited = Vec::new();
    match options.breadth_first {
        true => breadth_first(&tree, &options, &mut visited),
        false => depth_first(&mut Vec::new(), &tree, &options, &mut visited),
    }
    let Some(block) = call.block else {
        return Ok(Value::Iterator(Arc::new(Lazy::Tree(Arc::new(visited)))));
    };
    let takes_path = block.arity().1.is_none_or(|most| most >= 2);
    for item in visited {
        let Value::Array(pair) = &item else { continue };
        let result = call.yield_block(if takes_path { pair } else { &pair[1..] });
        match result {
            Ok(_) => {}
            Err(Unwind::Break(_)) => break,
            Err(other) => return Err(other),
        }
    }
    Ok(call.arguments[0].clone())
}

/// Whether an attribute only refers to what belongs elsewhere.
fn is_reference(object: &Object, name: &str) -> bool {
    let of = match &object.object_type {
        Type::Object(of) => of.member(name),
        Type::ParameterizedObject(of) => of.base.member(name),
        _ => None,
    };
    of.is_some_and(|(_, attribute)| attribute.kind.as_deref() == Some("reference"))
}

fn is_wanted(path: &[Value], value: &Value, options: &TreeOptions) -> bool {
    if options.is_container(value) {
        options.include_containers && (options.include_root || !path.is_empty())
    } else {
        options.include_values
    }
}

fn depth_first(
    path: &mut Vec<Value>,
    value: &Value,
    options: &TreeOptions,
    visited: &mut Vec<Value>,
) {
    if is_wanted(path, value, options) {
        visited.push(Value::array([Value::array(&path[..]), value.clone()]));
    }
    if options.is_container(value) {
        for (key, child) in options.children(value) {
            path.push(key);
            depth_first(path, &child, options, visited);
            path.pop();
        }
    }
}

fn breadth_first(root: &Value, options: &TreeOptions, visited: &mut Vec<Value>) {
    let mut queue = std::collections::VecDeque::from([(Vec::new(), root.clone())]);
    while let Some((path, value)) = queue.pop_front() {
        if is_wanted(&path, &value, options) {
            visited.push(Value::array([Value::array(&path[..]), value.clone()]));
        }
        if options.is_container(&value) {
            for (key, child) in options.children(&value) {
                let mut path = path.clone();
                path.push(key);
                queue.push_back((path, child));
            }
        }
    }
}

/// The entries of a hash, or the elements of anything else that can be iterated over.
pub(crate) fn listed(value: &Value) -> Vec<Value> {
    match value {
        Value::Hash(entries) => pairs(entries),
        other => elements(other).unwrap_or_default(),
    }
}
