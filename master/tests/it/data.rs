//! `master lookup` and `master eval`, and what they write for editors.

use crate::{Installation, installation::text};

const HIERA: &str = "version: 5\nhierarchy:\n  - name: Node\n    path: \"%{facts.role}.yaml\"\n  \
                     - name: Common\n    path: common.yaml\n";
const COMMON: &str = "lookup_options: {users: {merge: hash}}\nusers: {root: 0}\nport: 80\n\
                      app::greeting: \"hello from %{facts.role}\"\n";

/// A master whose production environment has data for a web server.
fn site() -> Installation {
    let master = Installation::new();
    let root = "code/environments/production";
    master.write(&format!("{root}/hiera.yaml"), HIERA);
    master.write(&format!("{root}/data/common.yaml"), COMMON);
    master.write(&format!("{root}/data/web.yaml"), "users: {www: 33}\n");
    master.write("facts.yaml", "role: web\n");
    master
}

/// The command with the site's settings in front.
fn with(master: &Installation, arguments: &[&str]) -> std::process::Output {
    let environments = master.path("code/environments");
    let facts = master.path("facts.yaml");
    let mut all = vec![
        arguments[0],
        "--environmentpath",
        environments.to_str().expect("UTF-8"),
        "--facts",
        facts.to_str().expect("UTF-8"),
    ];
    all.extend(&arguments[1..]);
    master.run(&all)
}

#[test]
fn a_value_is_printed_and_its_absence_is_an_exit_code() {
    let master = site();
    let ask = |arguments: &[&str]| {
        let done = with(&master, arguments);
        (text(&done.stdout), done.status.code())
    };
    assert_eq!(
        ask(&["lookup", "app::greeting"]),
        ("--- hello from web\n".to_owned(), Some(0))
    );
    assert_eq!(
        ask(&["lookup", "users"]),
        ("---\nroot: 0\nwww: 33\n".to_owned(), Some(0))
    );
    assert_eq!(
        ask(&["lookup", "--render-as", "json", "users.www"]),
        ("33\n".to_owned(), Some(0))
    );
    assert_eq!(ask(&["lookup", "nothing"]), (String::new(), Some(1)));
    assert_eq!(
        ask(&["lookup", "nothing", "port", "--type", "Integer"]),
        ("--- 80\n".to_owned(), Some(0))
    );
    assert_eq!(
        ask(&["lookup", "nothing", "--default", "x"]),
        ("--- x\n".to_owned(), Some(0))
    );
    let wrong = with(&master, &["lookup", "port", "--type", "String"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stderr);
    assert!(
        said.contains("Found value has wrong type, expects a String value, got Integer"),
        "{said}"
    );
}

#[test]
fn an_explanation_is_the_references() {
    let master = site();
    let done = with(&master, &["lookup", "--explain", "users.www"]);
    let root = master.path("code/environments/production");
    let shown = text(&done.stdout).replace(root.to_str().expect("UTF-8"), "ENV");
    let expected = r#"Searching for "lookup_options"
  Global Data Provider (hiera configuration version 5)
    No such key: "lookup_options"
  Environment Data Provider (hiera configuration version 5)
    Using configuration "ENV/hiera.yaml"
    Merge strategy hash
      Hierarchy entry "Node"
        Path "ENV/data/web.yaml"
          Original path: "%{facts.role}.yaml"
          No such key: "lookup_options"
      Hierarchy entry "Common"
        Path "ENV/data/common.yaml"
          Original path: "common.yaml"
          Found key: "lookup_options" value: {
            "users" => {
              "merge" => "hash"
            }
          }
      Merged result: {
        "users" => {
          "merge" => "hash"
        }
      }
Using merge options from "lookup_options" hash
Searching for "users.www"
  Merge strategy hash
    Global Data Provider (hiera configuration version 5)
      No such key: "users.www"
    Environment Data Provider (hiera configuration version 5)
      Using configuration "ENV/hiera.yaml"
      Merge strategy hash
        Hierarchy entry "Node"
          Path "ENV/data/web.yaml"
            Original path: "%{facts.role}.yaml"
            Found key: "users" value: {
              "www" => 33
            }
        Hierarchy entry "Common"
          Path "ENV/data/common.yaml"
            Original path: "common.yaml"
            Found key: "users" value: {
              "root" => 0
            }
        Merged result: {
          "root" => 0,
          "www" => 33
        }
    Merged result: {
      "root" => 0,
      "www" => 33
    }
  Sub key: "www"
    Found key: "www" value: 33
"#;
    assert_eq!(shown, expected);
    assert_eq!(done.status.code(), Some(0));
    let none = with(&master, &["lookup", "--explain", "gone::x"]);
    let shown = text(&none.stdout);
    assert!(shown.contains("  Module \"gone\" not found\n"), "{shown}");
    let end = "Function lookup() did not find a value for the name 'gone::x'\n";
    assert!(shown.ends_with(end), "{shown}");
    assert_eq!(none.status.code(), Some(0));
}

#[test]
fn code_is_evaluated() {
    let master = site();
    let done = with(
        &master,
        &[
            "eval",
            "-e",
            "notice('hi') [lookup('port'), $facts['role']]",
        ],
    );
    assert_eq!(text(&done.stdout), "[80, 'web']\n");
    assert_eq!(text(&done.stderr), "Notice: Scope(Class[main]): hi\n");
    let silent = with(&master, &["eval", "-e", "undef"]);
    assert_eq!(text(&silent.stdout), "");
    let failed = with(&master, &["eval", "-e", "notice('before')\n fail('why')"]);
    let said = text(&failed.stderr);
    assert!(
        said.contains("Notice: Scope(Class[main]): before"),
        "{said}"
    );
    assert!(said.contains("why (line: 2, column: 2)"), "{said}");
    assert_eq!(failed.status.code(), Some(1));
}

/// The document is a contract: whoever changes it changes its version.
#[test]
fn the_document_for_editors() {
    let master = site();
    let failed = with(
        &master,
        &[
            "eval",
            "--format",
            "json",
            "-e",
            "warning('w')\nfail('why')",
        ],
    );
    assert_eq!(failed.status.code(), Some(1));
    let expected = r#"{
  "command": "eval",
  "diagnostics": [
    {
      "code": null,
      "column": null,
      "end": null,
      "excerpt": null,
      "file": null,
      "line": 1,
      "message": "w",
      "severity": "warning"
    },
    {
      "code": null,
      "column": 1,
      "end": null,
      "excerpt": null,
      "file": null,
      "line": 2,
      "message": "Evaluation Error: Error while evaluating a Function Call, why",
      "severity": "error"
    }
  ],
  "version": 1
}
"#;
    assert_eq!(sorted(&failed.stdout), expected);
    let bad = master.write("bad.pp", "$x = 1 +\n");
    let bad = bad.to_str().expect("UTF-8");
    let found = master.run(&["validate", "--format", "json", bad]);
    assert_eq!(found.status.code(), Some(1));
    let expected = r#"{
  "command": "validate",
  "diagnostics": [
    {
      "code": "SYNTAX_ERROR",
      "column": 1,
      "end": {
        "column": 1,
        "line": 2
      },
      "excerpt": null,
      "file": "FILE",
      "line": 2,
      "message": "Syntax error at end of input",
      "severity": "error"
    }
  ],
  "version": 1
}
"#;
    assert_eq!(sorted(&found.stdout).replace(bad, "FILE"), expected);
    let value = with(&master, &["lookup", "--format", "json", "port"]);
    let expected = r#"{
  "command": "lookup",
  "diagnostics": [],
  "found": true,
  "value": 80,
  "version": 1
}
"#;
    assert_eq!(sorted(&value.stdout), expected);
}

/// Editors parse what they get, whatever went wrong.
#[test]
fn what_cannot_be_read_is_in_the_document_too() {
    let master = site();
    let fine = master.write("fine.pp", "$x = 1\n");
    let bad = master.write("bad.pp", "$x = \n");
    let paths = [&fine, &bad].map(|path| path.to_str().expect("UTF-8"));
    let missing = "/nowhere/missing.pp";
    let found = master.run(&["validate", "--format", "json", missing, paths[0], paths[1]]);
    assert_eq!(found.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    let diagnostics = document["diagnostics"].as_array().expect("a list");
    let files: Vec<_> = diagnostics.iter().map(|one| &one["file"]).collect();
    assert_eq!(files, [missing, paths[1]]);
    let environments = master.path("code/environments");
    let environments = environments.to_str().expect("UTF-8");
    for arguments in [
        &["eval", "-e", "1", "--facts", "/nowhere/facts.json"][..],
        &["lookup", "port", "--environment", "gone"],
        &["compile", "web1"],
    ] {
        let settings = ["--format", "json", "--environmentpath", environments];
        let done = master.run(&[arguments, &settings].concat());
        assert_eq!(done.status.code(), Some(1));
        let document: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!(document["command"], arguments[0]);
        assert_eq!(document["diagnostics"][0]["severity"], "error");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let master = site();
    let full = std::fs::File::options().write(true).open("/dev/full");
    let environments = master.path("code/environments");
    let environments = environments.to_str().expect("UTF-8");
    let mut command = master.command(&["eval", "-e", "'x'", "--environmentpath", environments]);
    let done = command
        .stdout(full.expect("it is always there"))
        .output()
        .expect("it runs");
    assert_eq!(done.status.code(), Some(1));
    let said = text(&done.stderr);
    assert!(
        said.contains("cannot write the result: No space left"),
        "{said}"
    );
}

/// JSON with its keys in order.
fn sorted(bytes: &[u8]) -> String {
    fn sort(value: &serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(entries) => {
                let mut all: Vec<_> = entries.iter().collect();
                all.sort_by_key(|(name, _)| name.as_str());
                let all = all
                    .into_iter()
                    .map(|(name, value)| (name.clone(), sort(value)));
                serde_json::Value::Object(all.collect())
            }
            serde_json::Value::Array(all) => all.iter().map(sort).collect(),
            other => other.clone(),
        }
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    format!("{:#}\n", sort(&value))
}
