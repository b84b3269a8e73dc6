//! How two catalogs on the wire differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::conformance::compare::same;

/// How many differences are shown of one pair.
const MOST_SHOWN: usize = 12;

/// What belongs to the answer, not to the catalog.
const OF_THE_ANSWER: &[&str] = &[
    "version",
    "catalog_uuid",
    "transaction_uuid",
    "code_id",
    "catalog_format",
    "metadata",
    "recursive_metadata",
    "resources",
    "edges",
];

/// The differences between what was wanted and what was got; empty where there are none. Tags and
/// classes are sets; resources and edges have an order; a resource's file and line count.
pub fn catalogs(wanted: &Value, got: &Value) -> String {
    let mut found = Differences::default();
    for key in keys(wanted, got) {
        if !OF_THE_ANSWER.contains(&key) {
            found.values(key, set(wanted.get(key), key), set(got.get(key), key));
        }
    }
    let (left, right) = (resources(wanted), resources(got));
    for (reference, resource) in &left {
        match right.get(reference) {
            Some(other) => found.resource(reference, resource, other),
            None => found.push(format!("- {reference}")),
        }
    }
    for reference in right
        .keys()
        .filter(|reference| !left.contains_key(*reference))
    {
        found.push(format!("+ {reference}"));
    }
    found.order(
        "resources",
        &order(wanted, "resources"),
        &order(got, "resources"),
    );
    found.order("edges", &order(wanted, "edges"), &order(got, "edges"));
    found.text()
}

#[derive(Default)]
struct Differences {
    lines: Vec<String>,
    more: usize,
}

impl Differences {
    fn push(&mut self, line: String) {
        if self.lines.len() < MOST_SHOWN {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }

    fn values(&mut self, what: &str, wanted: Option<Value>, got: Option<Value>) {
        let equal = match (&wanted, &got) {
            (Some(wanted), Some(got)) => same(wanted, got),
            (None, None) => true,
            _ => false,
        };
        if !equal {
            let (wanted, got) = around(&shown(wanted.as_ref()), &shown(got.as_ref()));
            self.push(format!("~ {what}\n    wanted {wanted}\n    got    {got}"));
        }
    }

    fn resource(&mut self, reference: &str, wanted: &Value, got: &Value) {
        for key in keys(wanted, got) {
            if key == "parameters" {
                let none = Value::Object(Map::new());
                let (wanted, got) = (
                    wanted.get(key).unwrap_or(&none),
                    got.get(key).unwrap_or(&none),
                );
                for name in keys(wanted, got) {
                    self.values(
                        &format!("{reference} {name}"),
                        wanted.get(name).cloned(),
                        got.get(name).cloned(),
                    );
                }
            } else {
                self.values(
                    &format!("{reference} ({key})"),
                    set(wanted.get(key), key),
                    set(got.get(key), key),
                );
            }
        }
    }

    /// Elements that are on both sides stand in the same order; those of one side alone are told.
    fn order(&mut self, what: &str, wanted: &[String], got: &[String]) {
        let (left, right): (BTreeSet<_>, BTreeSet<_>) =
            (wanted.iter().collect(), got.iter().collect());
        if what == "edges" {
            for missing in left.difference(&right) {
                self.push(format!("- edge {missing}"));
            }
            for surplus in right.difference(&left) {
                self.push(format!("+ edge {surplus}"));
            }
        }
        let common = |all: &[String], other: &BTreeSet<&String>| -> Vec<String> {
            all.iter()
                .filter(|one| other.contains(one))
                .cloned()
                .collect()
        };
        let (wanted, got) = (common(wanted, &right), common(got, &left));
        if let Some(at) = wanted
            .iter()
            .zip(&got)
            .position(|(left, right)| left != right)
        {
            self.push(format!(
                "~ order of {what}, number {at}\n    wanted {}\n    got    {}",
                wanted[at], got[at]
            ));
        } else if wanted.len() != got.len() {
            self.push(format!(
                "~ number of {what}: wanted {}, got {}",
                wanted.len(),
                got.len()
            ));
        }
    }

    fn text(self) -> String {
        let mut out = self.lines.join("\n");
        if self.more > 0 {
            let _ = write!(out, "\n… and {} more", self.more);
        }
        out
    }
}

fn keys<'a>(left: &'a Value, right: &'a Value) -> BTreeSet<&'a str> {
    [left, right]
        .into_iter()
        .filter_map(Value::as_object)
        .flat_map(|fields| fields.keys())
        .map(String::as_str)
        .collect()
}

/// A list that is a set, sorted; anything else as it is. Code that is in no file has one without
/// a name at the reference.
fn set(value: Option<&Value>, key: &str) -> Option<Value> {
    let value = value.filter(|value| key != "file" || *value != "")?;
    match value.as_array() {
        Some(elements) if matches!(key, "tags" | "classes" | "sensitive_parameters") => {
            let words: BTreeSet<&str> = elements.iter().filter_map(Value::as_str).collect();
            Some(words.into_iter().map(Value::from).collect())
        }
        _ => Some(value.clone()),
    }
}

fn reference(resource: &Value) -> String {
    let part = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or("");
    format!("{}[{}]", part("type"), part("title"))
}

fn resources(catalog: &Value) -> BTreeMap<String, &Value> {
    list(catalog, "resources")
        .iter()
        .map(|resource| (reference(resource), resource))
        .collect()
}

fn order(catalog: &Value, key: &str) -> Vec<String> {
    list(catalog, key)
        .iter()
        .map(|element| match element.get("source") {
            Some(source) => {
                let text =
                    |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("").to_owned();
                format!("{} -> {}", text(Some(source)), text(element.get("target")))
            }
            None => reference(element),
        })
        .collect()
}

fn list<'a>(catalog: &'a Value, key: &str) -> &'a [Value] {
    catalog
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

/// Both texts from a little before the place where they part.
fn around(left: &str, right: &str) -> (String, String) {
    let common = left
        .chars()
        .zip(right.chars())
        .take_while(|(left, right)| left == right)
        .count();
    let from = common.saturating_sub(60);
    let cut = |text: &str| {
        let mut out: String = text.chars().skip(from).take(200).collect();
        if from > 0 {
            out.insert(0, '…');
        }
        out
    };
    (cut(left), cut(right))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::catalogs;

    #[test]
    fn order_and_parameters_count_and_the_order_of_tags_does_not() {
        let one = json!({"resources": [
            {"type": "Notify", "title": "a", "tags": ["x", "y"], "parameters": {"message": "m"}},
            {"type": "Notify", "title": "b", "tags": []}], "version": 1});
        let mut other = json!({"resources": [
            {"type": "Notify", "title": "a", "tags": ["y", "x"], "parameters": {"message": "m"}},
            {"type": "Notify", "title": "b", "tags": []}], "version": 2});
        assert_eq!(catalogs(&one, &other), "");
        other["resources"][0]["parameters"]["message"] = json!("n");
        assert!(catalogs(&one, &other).starts_with("~ Notify[a] message"));
        other["resources"].as_array_mut().expect("a list").reverse();
        assert!(catalogs(&one, &other).contains("order of resources"));
    }
}
