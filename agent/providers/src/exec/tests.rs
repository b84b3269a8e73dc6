use ficelle_model::Data;

use crate::testing::{Host, list, parse, resource};

#[test]
fn runs_a_line_or_words() {
    let host = Host::real();
    let parameters = [
        ("command", list(&["/bin/echo", "a  b"])),
        ("logoutput", true.into()),
    ];
    assert_eq!(
        host.apply(&resource("exec", "x", &parameters)),
        ["executed successfully"]
    );
    assert_eq!(host.lines(), ["returns: a  b"]);
    assert_eq!(
        host.apply(&resource("exec", "/bin/echo quiet", &[])),
        ["executed successfully"]
    );
    assert!(host.lines().is_empty());
}

#[test]
fn a_failure_shows_the_output_and_what_was_expected() {
    let host = Host::real();
    let parameters = [
        ("command", "echo a b; exit 3".into()),
        ("provider", "shell".into()),
        (
            "returns",
            Data::Array(vec![Data::Integer(0), Data::from("2")]),
        ),
    ];
    assert_eq!(
        host.apply(&resource("exec", "x", &parameters)),
        ["change from 'notrun' to ['0', '2'] failed: \
          'echo a b; exit 3' returned 3 instead of one of [0,2]"]
    );
    assert_eq!(host.lines(), ["returns: a b"]);
}

#[test]
fn conditions_decide() {
    let host = Host::real();
    let runs = |parameters: &[(&str, Data)]| {
        !host
            .apply(&resource("exec", "/bin/true", parameters))
            .is_empty()
    };
    assert!(!runs(&[("creates", "/etc/passwd".into())]));
    assert!(!runs(&[("creates", list(&["/no/such", "/etc/passwd"]))]));
    assert!(!runs(&[("unless", "/bin/true".into())]));
    assert!(runs(&[("unless", list(&["/bin/false", "/bin/false"]))]));
    assert!(!runs(&[("onlyif", list(&["/bin/true", "/bin/false"]))]));
    assert!(runs(&[(
        "onlyif",
        Data::Array(vec![list(&["/usr/bin/test", "-e", "/etc"])])
    )]));
    assert!(!runs(&[("refreshonly", true.into())]));
}

#[test]
fn a_command_may_be_tried_several_times() {
    let host = Host::real();
    let file = host.directory.path().join("count").display().to_string();
    let command = format!("echo x >> {file}; test $(wc -l < {file}) -eq 3");
    let parameters = [
        ("command", command.into()),
        ("provider", "shell".into()),
        ("tries", 5.into()),
    ];
    assert_eq!(
        host.apply(&resource("exec", "x", &parameters)),
        ["executed successfully"]
    );
    assert_eq!(host.text(&file), "x\nx\nx\n");
}

#[test]
fn time_runs_out() {
    let host = Host::real();
    let parameters = [("timeout", Data::Float(0.2))];
    assert_eq!(
        host.apply(&resource("exec", "/bin/sleep 100", &parameters)),
        ["change from 'notrun' to ['0'] failed: Command exceeded timeout"]
    );
}

#[test]
fn what_is_not_there_is_named() {
    let host = Host::real();
    let parameters = [
        ("command", "nosuch x".into()),
        ("path", "/bin:/usr/bin".into()),
    ];
    assert_eq!(
        host.apply(&resource("exec", "x", &parameters)),
        ["change from 'notrun' to ['0'] failed: Could not find command 'nosuch'"]
    );
    assert_eq!(
        parse(&resource("exec", "echo", &[]))
            .err()
            .expect("refused"),
        "Validation of Exec[echo] failed: 'echo' is not qualified and no path was specified. \
         Please qualify the command or specify a path."
    );
}

#[test]
fn a_sensitive_command_is_not_shown() {
    let host = Host::real();
    let mut exec = resource("exec", "x", &[("command", "/bin/ls /secret".into())]);
    exec.sensitive.insert("command".into());
    let told = host.apply(&exec);
    assert_eq!(
        told,
        [
            "change from 'notrun' to ['0'] failed: [command redacted] returned 2 instead of one of [0]"
        ]
    );
    assert_eq!(host.lines(), ["returns: [output redacted]"]);
}

#[test]
fn environment_directory_and_mask_are_set() {
    let host = Host::real();
    let directory = host.directory.path().display().to_string();
    let parameters = [
        ("command", "echo $A $HOME. $PWD $(umask)".into()),
        ("provider", "shell".into()),
        ("environment", list(&["A=1=2"])),
        ("cwd", directory.clone().into()),
        ("umask", "027".into()),
        ("logoutput", true.into()),
    ];
    host.apply(&resource("exec", "x", &parameters));
    assert_eq!(host.lines(), [format!("returns: 1=2 . {directory} 0027")]);
}
