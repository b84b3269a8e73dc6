//! Whether an answer is the one that was recorded.

use serde_json::Value;

use super::case::{Case, Log, Observed};
use super::compile::catalog_difference;

/// How the answer differs from what was recorded, if it does.
pub fn difference(case: &Case, observed: &Observed) -> Option<String> {
    if let Some(expected) = case.expected_error() {
        return match &observed.error {
            None => Some(format!("expected the error: {expected}")),
            Some(error) if reduced(error) == reduced(expected) => None,
            Some(error) => Some(format!(
                "expected the error: {expected}\n     got the error: {error}"
            )),
        };
    }
    if let Some(error) = &observed.error {
        return Some(format!("unexpected error: {error}"));
    }
    let Some((name, value)) = &observed.result else {
        return Some("there is no answer".into());
    };
    match case.expect.get(*name) {
        None => return Some(format!("no `{name}` was recorded")),
        Some(expected) if *name == "catalog" => {
            if let Some(difference) = catalog_difference(expected, value) {
                return Some(difference);
            }
        }
        Some(expected) if !same(expected, value) => {
            return Some(format!("expected: {expected}\n     got: {value}"));
        }
        Some(_) => {}
    }
    logs_difference(&recorded_logs(case), &observed.logs)
}

/// Whether two values are the same; numbers by what they are worth.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.is_f64() == right.is_f64() && left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, l)| right.get(key).is_some_and(|r| same(l, r)))
        }
        _ => left == right,
    }
}

fn recorded_logs(case: &Case) -> Vec<Log> {
    let logs = case.expect.get("logs").and_then(Value::as_array);
    let text = |log: &Value, key: &str| {
        log.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    logs.into_iter()
        .flatten()
        .map(|log| Log {
            level: text(log, "level"),
            message: text(log, "message"),
        })
        // The recording loaded some functions twice and was told so; no manifest causes that.
        .filter(|log| {
            !log.message
                .starts_with("Overwriting previous definition for function")
        })
        .collect()
}

/// Notices must be the same, in order; warnings as many; debug lines do not count.
fn logs_difference(expected: &[Log], observed: &[Log]) -> Option<String> {
    let texts = |logs: &[Log], level: &str| -> Vec<String> {
        logs.iter()
            .filter(|log| log.level == level)
            .map(|log| reduced(&log.message))
            .collect()
    };
    let (wanted, got) = (texts(expected, "notice"), texts(observed, "notice"));
    if wanted != got {
        return Some(format!(
            "expected the notices: {wanted:?}\n     got the notices: {got:?}"
        ));
    }
    let (wanted, got) = (texts(expected, "warning"), texts(observed, "warning"));
    (wanted.len() != got.len())
        .then(|| format!("expected the warnings: {wanted:?}\n     got the warnings: {got:?}"))
}

/// A text without the paths of the place it was recorded in: `(file: …, line: 1, column: 2)`
/// becomes `(line: 1, column: 2)`, and what follows `$TMP` and `$ENVS` is dropped.
pub fn reduced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("(file: ") {
        let tail = &rest[at..];
        let close = tail.find(')').map_or(tail.len(), |close| close + 1);
        let place = &tail[..close];
        out.push_str(&rest[..at]);
        match place.find("line: ") {
            Some(line) => {
                out.push('(');
                out.push_str(&place[line..]);
            }
            None => out.truncate(out.trim_end().len()),
        }
        rest = &tail[close..];
    }
    out.push_str(rest);
    without_folders(&out)
}

fn without_folders(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, name)) = ["$TMP", "$ENVS"]
        .into_iter()
        .filter_map(|name| rest.find(name).map(|at| (at, name)))
        .min()
    {
        let after = at + name.len();
        out.push_str(&rest[..after]);
        let path = rest[after..].find([' ', '\'', '"', ',', ')', '\n', ']']);
        rest = path.map_or("", |end| &rest[after + end..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::reduced;

    #[test]
    fn places_are_reduced_to_line_and_column() {
        assert_eq!(
            reduced("no (file: /a/b.pp, line: 1, column: 2) go"),
            "no (line: 1, column: 2) go"
        );
        assert_eq!(reduced("no (file: /a/b.pp, line: 1)"), "no (line: 1)");
        assert_eq!(
            reduced("Syntax error at end of input (file: /a.pp)"),
            "Syntax error at end of input"
        );
        assert_eq!(
            reduced("no (line: 1, column: 2)"),
            "no (line: 1, column: 2)"
        );
    }

    #[test]
    fn folders_of_the_recording_are_cut() {
        assert_eq!(
            reduced("missing '$TMP/d20/x.yaml' here"),
            "missing '$TMP' here"
        );
        assert_eq!(reduced("in $ENVS/production/x.pp"), "in $ENVS");
    }
}
