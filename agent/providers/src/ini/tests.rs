use ficelle_model::Data;

use crate::testing::{Host, resource};

const FILE: &str = "\
; top
global=1

[main]
  # a comment
  a = 1
  ;b = 2

[other]
c: 3
";

fn edit(kind: &str, before: &str, parameters: &[(&str, Data)]) -> (Vec<String>, String) {
    let host = Host::new();
    host.write("/etc/c.ini", before);
    let mut all = vec![("path", Data::from("/etc/c.ini"))];
    all.extend(parameters.iter().cloned());
    let setting = resource(kind, "x", &all);
    let told = host.apply(&setting);
    assert!(
        host.apply(&setting).is_empty(),
        "a second run changes nothing"
    );
    (told, host.text("/etc/c.ini"))
}

fn setting(section: &str, setting: &str, value: &str) -> Vec<(&'static str, Data)> {
    vec![
        ("section", section.into()),
        ("setting", setting.into()),
        ("value", value.into()),
    ]
}

#[test]
fn a_value_changes_in_its_place() {
    let (told, text) = edit("ini_setting", FILE, &setting("main", "a", "9"));
    assert_eq!(told, ["value changed '1' to '9'"]);
    assert_eq!(text, FILE.replace("a = 1", "a = 9"));
    let (_, text) = edit("ini_setting", FILE, &setting("", "global", "2"));
    assert_eq!(text, FILE.replace("global=1", "global=2"));
}

#[test]
fn a_new_setting_finds_its_place() {
    let (told, text) = edit("ini_setting", FILE, &setting("main", "z", "9"));
    assert_eq!(told, ["created"]);
    assert_eq!(text, FILE.replace("  ;b = 2\n", "  ;b = 2\n  z = 9\n"));
    let (_, text) = edit("ini_setting", FILE, &setting("main", "b", "9"));
    assert_eq!(text, FILE.replace("  ;b = 2\n", "  ;b = 2\n  b = 9\n"));
    let (_, text) = edit("ini_setting", FILE, &setting("new", "b", "9"));
    assert_eq!(text, format!("{FILE}\n[new]\nb = 9\n"));
}

#[test]
fn an_empty_section_goes_with_its_last_setting() {
    let parameters = [
        ("ensure", "absent".into()),
        ("section", "other".into()),
        ("setting", "c".into()),
        ("key_val_separator", ": ".into()),
    ];
    let (told, text) = edit("ini_setting", FILE, &parameters);
    assert_eq!(told, ["removed"]);
    assert_eq!(text, FILE.replace("[other]\nc: 3\n", ""));
}

#[test]
fn a_secret_is_not_shown() {
    let mut parameters = setting("main", "a", "secret");
    parameters.push(("show_diff", false.into()));
    let (told, _) = edit("ini_setting", FILE, &parameters);
    assert_eq!(told, ["changed [redacted] to [redacted]"]);
}

#[test]
fn a_word_of_a_value_changes() {
    let file = "JAVA_ARGS=\"-Xmx192m -XX:Max=1\"\n";
    let mut parameters = setting("", "JAVA_ARGS", "512m");
    parameters.push(("subsetting", "-Xmx".into()));
    parameters.push(("key_val_separator", "=".into()));
    let (told, text) = edit("ini_subsetting", file, &parameters);
    assert_eq!(told, ["value changed '192m' to '512m'"]);
    assert_eq!(text, "JAVA_ARGS=\"-Xmx512m -XX:Max=1\"\n");
    parameters.push(("ensure", "absent".into()));
    assert_eq!(
        edit("ini_subsetting", file, &parameters).1,
        "JAVA_ARGS=\"-XX:Max=1\"\n"
    );
}
