//! Facts that a site adds: texts, JSON, YAML and programs in `facts.d`.
//!
//! Source: puppet-docs, "External facts".

use std::{path::Path, time::Duration};

use ficelle_model::{Data, data::DataHash, yaml};
use ficelle_system::{Command, FileKind, Links, System};

/// The largest file, or output, that is read.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Adds the facts of every directory; the texts are warnings.
pub(crate) fn gather(
    system: &System,
    directories: &[std::path::PathBuf],
    facts: &mut DataHash,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for directory in directories {
        let mut names = match system.list(directory) {
            Ok(names) => names.unwrap_or_default(),
            Err(error) => {
                warnings.push(error.to_string());
                continue;
            }
        };
        names.sort_unstable();
        for name in names {
            // What editors and package managers leave behind.
            let is_leftover = [".bak", ".orig", "~", ".dpkg-dist", ".dpkg-old", ".dpkg-new"]
                .iter()
                .any(|suffix| name.ends_with(suffix));
            if is_leftover || name.starts_with('.') {
                continue;
            }
            let path = directory.join(&name);
            match one(system, &path, &name) {
                Ok(found) => {
                    let lowered = found
                        .into_iter()
                        .map(|(name, value)| (name.to_lowercase().into(), value));
                    facts.extend(lowered);
                }
                Err(reason) => {
                    let path = path.display();
                    warnings.push(format!("external fact file {path} was skipped: {reason}"));
                }
            }
        }
    }
    warnings
}

fn one(system: &System, path: &Path, name: &str) -> Result<DataHash, String> {
    let stat = system
        .stat(path, Links::Follow)
        .map_err(|error| error.to_string())?;
    let Some(stat) = stat.filter(|stat| stat.kind == FileKind::File) else {
        return Ok(DataHash::default());
    };
    if stat.size > MAX_BYTES {
        return Err(format!("it has more than {MAX_BYTES} bytes"));
    }
    let text = || {
        let text = system.read_text(path).map_err(|error| error.to_string())?;
        Ok::<_, String>(text.unwrap_or_default())
    };
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("txt") => Ok(lines(&text()?)),
        Some("json") => json(&text()?),
        Some("yaml" | "yml") => yaml_facts(&text()?),
        _ if stat.mode & 0o111 != 0 => run(system, path),
        _ => Err("it is neither .txt, .json, .yaml nor executable".to_owned()),
    }
}

/// What a program says: lines, or JSON or YAML. What it says of errors is not facts.
fn run(system: &System, path: &Path) -> Result<DataHash, String> {
    let command = Command::new("/bin/sh")
        .argument("-c")
        .argument("exec \"$0\" 2>/dev/null")
        .argument(path)
        .timeout(PATIENCE);
    let output = system.run(&command).map_err(|error| error.to_string())?;
    if !output.success() {
        return Err(format!("it ended with status {}", output.status));
    }
    let text = output.text();
    if text.len() as u64 > MAX_BYTES {
        return Err(format!("it gave more than {MAX_BYTES} bytes"));
    }
    if text.trim_start().starts_with('{') {
        return json(&text);
    }
    match yaml_facts(&text) {
        Ok(facts) if !facts.is_empty() => Ok(facts),
        _ => Ok(lines(&text)),
    }
}

/// `name=value`
fn lines(text: &str) -> DataHash {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let name = name.trim();
        (!name.is_empty()).then(|| (name.into(), Data::from(value.trim())))
    };
    text.lines().filter_map(pair).collect()
}

/// JSON is YAML; its numbers and texts mean the same there.
fn json(text: &str) -> Result<DataHash, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match data(value) {
        Data::Hash(facts) => Ok(*facts),
        _ => Err("it is no hash".to_owned()),
    }
}

fn data(value: serde_json::Value) -> Data {
    use serde_json::Value;
    match value {
        Value::Null => Data::Undef,
        Value::Bool(value) => Data::Boolean(value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Data::Integer(integer),
            None => Data::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Data::from(text),
        Value::Array(elements) => Data::Array(elements.into_iter().map(data).collect()),
        Value::Object(hash) => Data::hash(
            hash.into_iter()
                .map(|(key, value)| (key.into(), data(value)))
                .collect(),
        ),
    }
}

fn yaml_facts(text: &str) -> Result<DataHash, String> {
    match yaml::parse(text)
        .map_err(|error| error.to_string())?
        .to_data()
    {
        Data::Hash(facts) => Ok(*facts),
        Data::Undef => Ok(DataHash::default()),
        _ => Err("it is no hash".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_every_kind() {
        let root = tempfile::tempdir().expect("a directory");
        let system = System::under(root.path());
        system.make_directories("/facts.d", 0o755).expect("made");
        let write = |name: &str, text: &str, mode| {
            let path = format!("/facts.d/{name}");
            system
                .replace(path, text.as_bytes(), mode)
                .expect("written");
        };
        write("a.txt", "Role=web\nno pair\nurl = http://x/?a=b\n", 0o644);
        write("b.json", "{\"site\": {\"rack\": 3}}", 0o644);
        write("c.yaml", "zones: [a, b]\n", 0o644);
        write("d.json", "{", 0o644);
        write("e.bak", "x=y", 0o644);
        write("f", "x=y", 0o644);
        let mut facts = DataHash::default();
        let warnings = gather(&system, &["/facts.d".into(), "/none".into()], &mut facts);
        assert_eq!(facts["role"].as_str(), Some("web"));
        assert_eq!(facts["url"].as_str(), Some("http://x/?a=b"));
        assert_eq!(
            facts["site"].dig(["rack"].into_iter()),
            Some(&Data::Integer(3))
        );
        assert_eq!(facts["zones"].as_array().map(<[_]>::len), Some(2));
        assert_eq!(warnings.len(), 2, "{warnings:?}");
    }

    #[test]
    fn a_program_says_lines_or_a_structure() {
        let directory = tempfile::tempdir().expect("a directory");
        let system = System::host();
        for (name, script, expected) in [
            (
                "lines",
                "#!/bin/sh\necho a=1; echo oops >&2\n",
                Data::from("1"),
            ),
            ("json", "#!/bin/sh\necho '{\"a\": 2}'\n", Data::Integer(2)),
            ("yaml", "#!/bin/sh\necho 'a: 3'\n", Data::Integer(3)),
        ] {
            let path = directory.path().join(name);
            system
                .replace(&path, script.as_bytes(), 0o755)
                .expect("written");
            let facts = one(&system, &path, name).expect("it runs");
            assert_eq!(facts["a"], expected, "{name}");
        }
    }
}
