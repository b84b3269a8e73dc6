//! Arrays as sets and lists.

use super::{
    super::{Function, collections, fail, function, legacy, on},
    class_of, wrong_number,
};
use crate::{
    error::{Error, Evaluated},
    evaluator::{Call, arithmetic, flatten, label},
    functions::digest::to_integer,
    values::{HashMap, Regexp, Value, inspect, merge_sort, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("concat", &[legacy(concat)]),
    function("count", &[legacy(count)]),
    function("difference", &[legacy(difference)]),
    function("intersection", &[legacy(intersection)]),
    function("union", &[legacy(union)]),
    function("member", &[legacy(member)]),
    function("delete", &[legacy(delete)]),
    function("delete_at", &[legacy(delete_at)]),
    function("delete_regex", &[legacy(delete_regex)]),
    function("delete_undef_values", &[legacy(delete_undef_values)]),
    function("grep", &[legacy(|call| select(call, true))]),
    function("reject", &[legacy(|call| select(call, false))]),
    function(
        "prefix",
        &[legacy(|call| {
            affix(call, |text, affix| format!("{affix}{text}"))
        })],
    ),
    function(
        "suffix",
        &[legacy(|call| {
            affix(call, |text, affix| format!("{text}{affix}"))
        })],
    ),
    function("pick", &[legacy(pick)]),
    function("pick_default", &[legacy(pick_default)]),
    function("range", &[legacy(range)]),
    function("reverse", &[legacy(reverse)]),
    function("values_at", &[legacy(values_at)]),
    function("zip", &[legacy(zip)]),
    function(
        "stdlib::sort_by",
        &[
            on("Array ary, Callable[1,1] &block", sort_by),
            on("String str, Callable[1,1] &block", sort_by),
            on(
                "Hash hsh, Variant[Callable[1,1], Callable[2,2]] &block",
                sort_by,
            ),
        ],
    ),
];

fn array_at<'a>(call: &'a Call<'_, '_>, index: usize) -> Option<&'a [Value]> {
    match call.arguments.get(index) {
        Some(Value::Array(elements)) => Some(elements),
        _ => None,
    }
}

fn concat(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() < 2 {
        return Err(wrong_number(call, "< 2").into());
    }
    let Some(first) = array_at(call, 0) else {
        fail!("concat(): Requires array to work with");
    };
    let mut all = first.to_vec();
    for argument in &call.arguments[1..] {
        match argument {
            Value::Array(elements) => all.extend(elements.iter().cloned()),
            other => all.push(other.clone()),
        }
    }
    Ok(Value::array(all))
}

fn count(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.is_empty() {
        return Err(wrong_number(call, "minimum 1").into());
    }
    if call.arguments.len() > 2 {
        fail!(
            "count(): Wrong number of arguments given {} for 1 or 2.",
            call.arguments.len()
        );
    }
    let elements = match &call.arguments[0] {
        Value::Array(elements) => elements.to_vec(),
        Value::Hash(entries) => arithmetic::pairs(entries),
        Value::String(text) => {
            let Some(wanted) = call.arguments.get(1).and_then(Value::as_str) else {
                fail!("wrong number of arguments (given 0, expected 1+)");
            };
            let found = text
                .chars()
                .filter(|character| wanted.contains(*character))
                .count();
            return Ok(Value::Integer(found as i64));
        }
        other => fail!("undefined method `count' for {}", class_of(other)),
    };
    let found = match call.arguments.get(1) {
        Some(item) if !matches!(item, Value::Undef) => {
            elements.iter().filter(|element| *element == item).count()
        }
        _ => elements.iter().filter(|element| !is_blank(element)).count(),
    };
    Ok(Value::Integer(found as i64))
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Undef => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn difference(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() != 2 {
        return Err(wrong_number(call, "2").into());
    }
    let (Some(first), Some(second)) = (array_at(call, 0), array_at(call, 1)) else {
        fail!("difference(): Requires 2 arrays");
    };
    let kept = first.iter().filter(|element| !second.contains(element));
    Ok(Value::array(kept.cloned().collect::<Vec<_>>()))
}

fn unique<'v>(elements: impl Iterator<Item = &'v Value>) -> Value {
    let mut seen: HashMap = HashMap::default();
    for element in elements {
        seen.insert(element.clone(), Value::Undef);
    }
    Value::array(seen.into_keys().collect::<Vec<_>>())
}

fn intersection(call: &Call<'_, '_>) -> Evaluated {
    let [first, second] = call.arguments else {
        return Err(wrong_number(call, "2").into());
    };
    let (Value::Array(first), Value::Array(second)) = (first, second) else {
        fail!(
            "intersection(): Requires 2 arrays, got {} and {}",
            class_of(first),
            class_of(second)
        );
    };
    Ok(unique(
        first.iter().filter(|element| second.contains(element)),
    ))
}

fn union(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() < 2 {
        return Err(wrong_number(call, "< 2").into());
    }
    let mut lists = Vec::with_capacity(call.arguments.len());
    for argument in call.arguments {
        match argument {
            Value::Array(elements) => lists.push(elements),
            _ => fail!("union(): Every parameter must be an array"),
        }
    }
    Ok(unique(lists.iter().flat_map(|elements| elements.iter())))
}

fn member(call: &Call<'_, '_>) -> Evaluated {
    let [array, wanted, ..] = call.arguments else {
        return Err(wrong_number(call, "2").into());
    };
    let Value::Array(elements) = array else {
        fail!("member(): Requires array to work with");
    };
    let wanted = match wanted {
        Value::Array(wanted) => wanted.to_vec(),
        Value::Undef => vec![Value::string("")],
        item @ (Value::String(_) | Value::Integer(_)) => vec![item.clone()],
        _ => fail!("member(): Item to search for must be a string, fixnum, or array"),
    };
    if wanted.is_empty() {
        fail!("member(): You must provide item to search for within array given");
    }
    Ok(Value::Boolean(
        wanted.iter().all(|item| elements.contains(item)),
    ))
}

fn delete(call: &Call<'_, '_>) -> Evaluated {
    let [collection, items] = call.arguments else {
        fail!(
            "delete(): Wrong number of arguments given {} for 2",
            call.arguments.len()
        );
    };
    let items = match items {
        Value::Array(items) => items.to_vec(),
        Value::Hash(entries) => arithmetic::pairs(entries),
        Value::Undef => vec![Value::string("")],
        other => vec![other.clone()],
    };
    match collection {
        Value::Array(_) | Value::Hash(_) => {
            Ok(arithmetic::delete(collection, &Value::array(items)))
        }
        Value::String(text) => {
            let mut text = text.to_string();
            for item in &items {
                text = match item {
                    Value::Regexp(regexp) => {
                        let regex = regexp
                            .compiled()
                            .map_err(|error| Error::new(error.to_string()))?;
                        regex.replace_all(&text, "").into_owned()
                    }
                    other => text.replace(&other.to_string(), ""),
                };
            }
            Ok(Value::string(text))
        }
        other => fail!(
            "delete(): First argument must be an Array, String, or Hash. Given an argument of \
             class {}.",
            class_of(other)
        ),
    }
}

fn delete_at(call: &Call<'_, '_>) -> Evaluated {
    let [array, index, ..] = call.arguments else {
        return Err(wrong_number(call, "2").into());
    };
    let Value::Array(elements) = array else {
        fail!("delete_at(): Requires array to work with");
    };
    if let Value::String(text) = index
        && (text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()))
    {
        fail!("delete_at(): You must provide non-negative numeric index");
    }
    let index = to_integer(index);
    let count = elements.len() as i64;
    if index >= count {
        fail!("delete_at(): Given index exceeds size of array given");
    }
    let mut elements = elements.to_vec();
    let at = if index < 0 { count + index } else { index };
    if let Ok(at) = usize::try_from(at) {
        elements.remove(at);
    }
    Ok(Value::array(elements))
}

fn is_match(regexp: &Regexp, text: &str) -> Evaluated<bool> {
    let regex = regexp
        .compiled()
        .map_err(|error| Error::new(error.to_string()))?;
    Ok(regex
        .is_match(text)
        .map_err(|error| Error::new(error.to_string()))?)
}

fn delete_regex(call: &Call<'_, '_>) -> Evaluated {
    let [collection, items] = call.arguments else {
        fail!(
            "delete_regex(): Wrong number of arguments given {} for 2",
            call.arguments.len()
        );
    };
    let items = match items {
        Value::Array(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    let mut patterns = Vec::with_capacity(items.len());
    for item in &items {
        let source = match item {
            Value::Regexp(regexp) => regexp.source().to_string(),
            other => other.to_string(),
        };
        patterns.push(Regexp::of(&format!("\\b{source}\\b")));
    }
    let is_gone = |value: &Value| -> Evaluated<bool> {
        let Value::String(text) = value else {
            return Ok(false);
        };
        for pattern in &patterns {
            if is_match(pattern, text)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    match collection {
        Value::Array(elements) => {
            let mut kept = Vec::with_capacity(elements.len());
            for element in elements.iter() {
                if !is_gone(element)? {
                    kept.push(element.clone());
                }
            }
            Ok(Value::array(kept))
        }
        Value::Hash(entries) => {
            let mut kept = HashMap::default();
            for (key, value) in entries.iter() {
                if !is_gone(key)? {
                    kept.insert(key.clone(), value.clone());
                }
            }
            Ok(Value::hash(kept))
        }
        other => fail!(
            "delete_regex(): First argument must be an Array, Hash, or String. Given an argument \
             of class {}.",
            class_of(other)
        ),
    }
}

fn delete_undef_values(call: &Call<'_, '_>) -> Evaluated {
    match call.arguments {
        [] => {
            fail!("delete_undef_values(): Wrong number of arguments given (0)")
        }
        [Value::Array(elements), ..] => {
            let kept = elements
                .iter()
                .filter(|element| !matches!(element, Value::Undef));
            Ok(Value::array(kept.cloned().collect::<Vec<_>>()))
        }
        [Value::Hash(entries), ..] => {
            let mut entries = HashMap::clone(entries);
            entries.retain(|_, value| !matches!(value, Value::Undef));
            Ok(Value::hash(entries))
        }
        [other, ..] => fail!(
            "delete_undef_values(): expected an array or hash, got {other} type  {} ",
            class_of(other)
        ),
    }
}

fn select(call: &Call<'_, '_>, wanted: bool) -> Evaluated {
    let [list, pattern] = call.arguments else {
        fail!(
            "{}(): Wrong number of arguments given {} for 2",
            call.name,
            call.arguments.len()
        );
    };
    if let Value::Hash(_) = list {
        // A hash is asked for its pairs, and no pair is a text that could match.
        return Ok(if wanted {
            Value::array([])
        } else {
            list.clone()
        });
    }
    let Value::Array(elements) = list else {
        let method = if wanted { "grep" } else { "grep_v" };
        fail!(
            "undefined method `{method}' for {}:{}",
            inspect(list),
            class_of(list)
        );
    };
    let pattern = match pattern {
        Value::Regexp(regexp) => regexp.clone(),
        other => Regexp::of(&other.to_string()),
    };
    let mut kept = Vec::new();
    for element in elements.iter() {
        let matched = match element {
            Value::String(text) => is_match(&pattern, text)?,
            _ => false,
        };
        if matched == wanted {
            kept.push(element.clone());
        }
    }
    Ok(Value::array(kept))
}

fn affix(call: &Call<'_, '_>, join: fn(&str, &str) -> String) -> Evaluated {
    let [collection, rest @ ..] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    let affix = match rest.first() {
        None | Some(Value::Undef) => "",
        Some(Value::String(text)) if matches!(collection, Value::Array(_) | Value::Hash(_)) => text,
        Some(other) if matches!(collection, Value::Array(_) | Value::Hash(_)) => fail!(
            "{}(): expected second argument to be a String, got {}",
            call.name,
            inspect(other)
        ),
        Some(_) => "",
    };
    match collection {
        Value::Array(elements) => {
            let joined = elements
                .iter()
                .map(|element| Value::string(join(&ruby_string(element), affix)));
            Ok(Value::array(joined.collect::<Vec<_>>()))
        }
        Value::Hash(entries) => {
            let joined = entries
                .iter()
                .map(|(key, value)| (Value::string(join(&ruby_string(key), affix)), value.clone()));
            Ok(Value::hash(joined.collect()))
        }
        other => {
            let shown = match other {
                Value::Undef => "\"\"".to_owned(),
                other => inspect(other),
            };
            fail!(
                "{}(): expected first argument to be an Array or a Hash, got {shown}",
                call.name
            )
        }
    }
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Undef => true,
        Value::String(text) => matches!(&**text, "" | "undef" | "undefined"),
        _ => false,
    }
}

fn pick(call: &Call<'_, '_>) -> Evaluated {
    let is_empty = |value: &Value| match value {
        Value::Undef => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    match call.arguments.iter().find(|value| !is_empty(value)) {
        Some(value) => Ok(value.clone()),
        None => fail!("pick(): must receive at least one non empty value"),
    }
}

fn pick_default(call: &Call<'_, '_>) -> Evaluated {
    let Some((default, others)) = call.arguments.split_last() else {
        fail!("Must receive at least one argument.");
    };
    let is_empty = |value: &Value| is_unset(value) && value.as_str().is_none_or(str::is_empty);
    let found = others
        .iter()
        .find(|value| !is_empty(value))
        .unwrap_or(default);
    Ok(match found {
        // The old calling convention knows no undef.
        Value::Undef => Value::string(""),
        other => other.clone(),
    })
}

/// How much `range` gives at most.
const LONGEST_RANGE: usize = 1_000_000;

fn range(call: &Call<'_, '_>) -> Evaluated {
    let (start, stop, is_exclusive, step) = match call.arguments {
        [] => return Err(wrong_number(call, "1").into()),
        [Value::String(text)] => {
            let Some((start, stop, is_exclusive)) = range_ends(text) else {
                match text.split('\n').any(|line| !line.is_empty()) {
                    true => fail!("range(): Unable to compute range from the value: {text}"),
                    false => fail!("range(): Unknown range format: {text}"),
                }
            };
            (start.to_owned(), stop.to_owned(), is_exclusive, 1)
        }
        [other] => fail!(
            "range(): Unable to compute range from the value: {}",
            ruby_string(other)
        ),
        [start, stop, rest @ ..] => {
            let step = match rest.first() {
                None | Some(Value::Undef) => 1,
                Some(step) => to_integer(step).unsigned_abs(),
            };
            if step == 0 {
                fail!("range(): 3rd arg (step size) must be a non zero integer (e.g. 1 or -1)");
            }
            let text = ruby_string;
            (text(start), text(stop), false, step)
        }
    };
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    let is_number = !start.is_empty() && start.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        let start = to_integer(&Value::string(start));
        let stop = to_integer(&Value::string(stop)) - i64::from(is_exclusive);
        let numbers = (start..=stop)
            .step_by(step)
            .take(LONGEST_RANGE)
            .map(Value::Integer);
        return Ok(Value::array(numbers.collect::<Vec<_>>()));
    }
    if start > stop || (is_exclusive && start == stop) {
        return Ok(Value::array([]));
    }
    let mut texts = Vec::new();
    let mut current = start;
    for index in 0..LONGEST_RANGE {
        if index % step == 0 {
            texts.push(Value::string(current.as_str()));
        }
        if current == stop {
            break;
        }
        current = successor(&current);
        if current.len() > stop.len() || (is_exclusive && current == stop) {
            break;
        }
    }
    Ok(Value::array(texts))
}

/// `1..3`, `1...3` and `1-3` as start, stop, and whether the stop is left out.
fn range_ends(text: &str) -> Option<(&str, &str, bool)> {
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|character| character.is_alphanumeric() || character == '_')
    };
    for (separator, is_exclusive) in [("...", true), ("..", false), ("-", false)] {
        if let Some((start, stop)) = text.split_once(separator)
            && is_word(start)
            && is_word(stop)
        {
            return Some((start, stop, is_exclusive));
        }
    }
    None
}

/// Ruby's `succ`: the next text, `az` to `ba`, `Zz` to `AAa`, `a9` to `b0`.
fn successor(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let Some(mut at) = characters.iter().rposition(char::is_ascii_alphanumeric) else {
        return text.to_owned();
    };
    loop {
        let (next, carry) = match characters[at] {
            '9' => ('0', Some('1')),
            'z' => ('a', Some('a')),
            'Z' => ('A', Some('A')),
            other => ((other as u8 + 1) as char, None),
        };
        characters[at] = next;
        let Some(carry) = carry else { break };
        match at.checked_sub(1) {
            Some(before) if characters[before].is_ascii_alphanumeric() => at = before,
            _ => {
                characters.insert(at, carry);
                break;
            }
        }
    }
    characters.into_iter().collect()
}

fn reverse(call: &Call<'_, '_>) -> Evaluated {
    match call.arguments {
        [] => Err(wrong_number(call, "1").into()),
        [Value::String(text), ..] => Ok(Value::string(text.chars().rev().collect::<String>())),
        [Value::Array(elements), ..] => Ok(Value::array(
            elements.iter().rev().cloned().collect::<Vec<_>>(),
        )),
        [Value::Undef, ..] => Ok(Value::string("")),
        _ => fail!("reverse(): Requires either array or string to work with"),
    }
}

fn values_at(call: &Call<'_, '_>) -> Evaluated {
    let [array, wanted, ..] = call.arguments else {
        return Err(wrong_number(call, "2").into());
    };
    let Value::Array(elements) = array else {
        fail!("values_at(): Requires array to work with");
    };
    let wanted = flatten(vec![wanted.clone()]);
    if wanted.is_empty() {
        fail!("values_at(): You must provide at least one positive index to collect");
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut found = Vec::new();
    for index in &wanted {
        let text = index.to_string();
        if let Some((start, stop, is_exclusive)) = range_ends(&text)
            && digits(start)
            && digits(stop)
        {
            let start = to_integer(&Value::string(start));
            let stop = to_integer(&Value::string(stop));
            if start > stop {
                fail!(
                    "values_at(): Stop index in given indices range is smaller than the start \
                     index"
                );
            }
            if stop >= elements.len() as i64 {
                fail!("values_at(): Stop index in given indices range exceeds array size");
            }
            let stop = stop - i64::from(is_exclusive);
            found.extend((start..=stop).filter_map(|index| elements.get(index as usize)));
            continue;
        }
        if !digits(&text) {
            fail!("values_at(): Unknown format of given index");
        }
        match usize::try_from(to_integer(&Value::string(text))) {
            Ok(index) if index < elements.len() => found.push(&elements[index]),
            _ => fail!("values_at(): Given index exceeds array size"),
        }
    }
    found.retain(|value| !matches!(value, Value::Undef));
    Ok(Value::array(found.into_iter().cloned().collect::<Vec<_>>()))
}

fn zip(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() < 2 {
        return Err(wrong_number(call, "2").into());
    }
    let (Some(first), Some(second)) = (array_at(call, 0), array_at(call, 1)) else {
        fail!("zip(): Requires array to work with");
    };
    let pairs: Vec<Value> = first
        .iter()
        .enumerate()
        .map(|(index, element)| {
            let other = second.get(index).cloned().unwrap_or_default();
            Value::array([element.clone(), other])
        })
        .collect();
    let is_flat = match call.arguments.get(2) {
        Some(flag) => super::convert::to_boolean(flag)?,
        None => false,
    };
    Ok(Value::array(if is_flat { flatten(pairs) } else { pairs }))
}

fn sort_by(call: &Call<'_, '_>) -> Evaluated {
    let items = crate::functions::iteration::listed(&call.arguments[0]);
    let is_hash = matches!(call.arguments[0], Value::Hash(_));
    let takes_two = call
        .block
        .is_some_and(|block| block.arity().1.is_none_or(|most| most >= 2));
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let key = match &item {
            Value::Array(pair) if is_hash && takes_two => call.yield_block(pair)?,
            other => call.yield_block(std::slice::from_ref(other))?,
        };
        keyed.push((key, item));
    }
    let keyed: Evaluated<Vec<_>> = merge_sort(keyed, &mut |(a, _), (b, _)| {
        let Some(order) = collections::ruby_order(a, b) else {
            let (a, b) = (label::type_name(a), label::type_name(b));
            fail!("comparison of {a} with {b} failed");
        };
        Ok(order)
    });
    let sorted: Vec<Value> = keyed?.into_iter().map(|(_, item)| item).collect();
    Ok(match &call.arguments[0] {
        Value::String(_) => {
            Value::string(sorted.iter().map(ToString::to_string).collect::<String>())
        }
        Value::Hash(_) => Value::hash(arithmetic::hash_from_array(&sorted)?),
        _ => Value::array(sorted),
    })
}
