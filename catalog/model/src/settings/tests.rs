//! Tests of the settings.

use std::time::Duration;

use super::*;

fn settings(mode: Mode, text: &str, arguments: &[&str]) -> Settings {
    let file = ConfigFile::parse("/etc/ficelle/puppet.conf", text).expect("the file is right");
    let arguments = arguments.iter().map(|&argument| argument.to_owned());
    let (flags, rest) = split_flags(arguments, &[]).expect("the flags are right");
    assert!(rest.is_empty(), "{rest:?}");
    Settings::new(mode, file, flags, "Web1.Example.ORG")
}

#[test]
fn the_table_is_sorted() {
    let names: Vec<_> = known_settings()
        .iter()
        .map(|setting| setting.name)
        .collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}

#[test]
fn every_default_can_be_read() {
    let settings = settings(Mode::Agent, "", &[]);
    for setting in known_settings() {
        settings
            .text(setting.name)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(settings.text("certname").unwrap(), "web1.example.org");
    assert_eq!(
        settings.text("hostcert").unwrap(),
        "/var/lib/ficelle/ssl/certs/web1.example.org.pem"
    );
}

#[test]
fn a_flag_wins_over_the_mode_and_the_mode_over_main() {
    let text = "[main]\nserver = a\n[agent]\nserver = b\n[master]\nserver = c\n";
    assert_eq!(
        settings(Mode::Agent, text, &[]).text("server").unwrap(),
        "b"
    );
    assert_eq!(
        settings(Mode::Server, text, &[]).text("server").unwrap(),
        "c"
    );
    assert_eq!(settings(Mode::User, text, &[]).text("server").unwrap(), "a");
    assert_eq!(
        settings(Mode::Agent, text, &["--server=d"])
            .text("ca_server")
            .unwrap(),
        "d"
    );
}

#[test]
fn old_spellings_hold() {
    let settings = settings(Mode::Server, "[master]\nmasterport = 8141\n", &[]);
    assert_eq!(settings.port("serverport").unwrap(), 8141);
    assert_eq!(settings.port("masterport").unwrap(), 8141);
}

#[test]
fn quotes_and_ownership_notes_are_taken_off() {
    let text = "vardir = '/x y' { owner = root, mode = 0750 }\nconfdir = ${vardir}/etc\n";
    let settings = settings(Mode::User, text, &[]);
    assert_eq!(settings.text("confdir").unwrap(), "/x y/etc");
}

#[test]
fn durations_have_units() {
    let settings = settings(
        Mode::Agent,
        "runinterval = 2h\nwaitforcert = 5\n",
        &["--no-noop"],
    );
    assert_eq!(
        settings.duration("runinterval").unwrap(),
        Some(Duration::from_secs(7200))
    );
    assert_eq!(
        settings.duration("splaylimit").unwrap(),
        Some(Duration::from_secs(7200))
    );
    assert_eq!(
        settings.duration("waitforcert").unwrap(),
        Some(Duration::from_secs(5))
    );
    assert_eq!(settings.duration("environment_timeout").unwrap(), None);
    assert!(!settings.boolean("noop").unwrap());
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let wrong = settings(Mode::Agent, "\nruninterval = soon\n", &[]);
    assert_eq!(
        wrong.check().unwrap_err().to_string(),
        "setting runinterval = \"soon\" is not a duration such as 90, 30m, 12h, 7d, 1y or \
         unlimited (/etc/ficelle/puppet.conf, line 2)"
    );
    let circle = settings(Mode::Agent, "vardir = $confdir\nconfdir = $vardir\n", &[]);
    assert!(matches!(
        circle.text("vardir"),
        Err(SettingsError::Circle(_))
    ));
    let unknown = settings(Mode::Agent, "vardir = /x/$nothing\n", &[]);
    assert!(matches!(
        unknown.text("vardir"),
        Err(SettingsError::Reference { .. })
    ));
    let line = ConfigFile::parse("f", "[main]\nnonsense\n").unwrap_err();
    assert!(line.to_string().contains("line 2 of f"));
    let section = settings(Mode::Agent, "[agnet]\nserver = a\n", &[]);
    assert_eq!(
        section.check().unwrap_err().to_string(),
        "/etc/ficelle/puppet.conf has a section [agnet]; there are main, server, master, agent \
         and user"
    );
}

#[test]
fn lines_are_those_that_the_reference_reads() {
    let read = |text: &str| ConfigFile::parse("f", text);
    let wrong = [
        "[main ]",
        "[ma-in]",
        "[main] # one",
        "[main",
        "ser-ver = x",
        "= x",
        "server",
        "; one",
    ];
    for line in wrong {
        assert!(read(&format!("{line}\n")).is_err(), "{line}");
    }
    let text = "  # one\n [main] \r\nserver = a # one\nserver = b\n[agent]\n[main]\n\
                server = c\nca_server = 'd\ncertname==e\nnoop =\n";
    let file = read(text).expect("the file is right");
    let value = |name: &str| file.find("main", name).map(|entry| entry.value.as_str());
    assert_eq!(value("server"), Some("a # one"), "the first one counts");
    assert_eq!(value("ca_server"), Some("d"));
    assert_eq!(value("certname"), Some("=e"));
    assert_eq!(value("noop"), Some(""));
}

#[test]
fn settings_are_taken_out_of_a_command_line() {
    let arguments = [
        "cert", "--vardir", "/v", "sign", "--all", "--noop", "x", "--", "--server",
    ];
    let arguments = arguments.iter().map(|&argument| argument.to_owned());
    let (flags, rest) = split_flags(arguments, &["all"]).unwrap();
    assert_eq!(rest, ["cert", "sign", "--all", "x", "--", "--server"]);
    assert_eq!(flags.values["vardir"], "/v");
    assert_eq!(flags.values["noop"], "true");
}
