use ficelle_model::Data;

use crate::testing::{Host, Recorder, list, resource};

const TABLE: &str =
    "# mine\nMAILTO=me\n5 * * * * /bin/own\n# Puppet Name: backup\nA=1\n0 3 * * 1,2 /bin/backup\n";

fn told(name: &str, parameters: &[(&str, Data)]) -> (Vec<String>, Vec<String>) {
    let recorder = Recorder::answering(&[]);
    let host = Host::recorded(&recorder);
    host.write("/var/spool/cron/crontabs/root", TABLE);
    (
        host.apply(&resource("cron", name, parameters)),
        recorder.commands(),
    )
}

#[test]
fn a_new_job_goes_to_the_end_with_its_mark() {
    let (messages, commands) = told(
        "clean",
        &[
            ("command", "/bin/clean".into()),
            ("minute", Data::Integer(30)),
            ("weekday", list(&["Mon", "friday"])),
            ("hour", "*/2".into()),
        ],
    );
    assert_eq!(messages, ["created"]);
    assert_eq!(
        commands,
        [format!(
            "/usr/bin/crontab -u root - < {TABLE}# Puppet Name: clean\n30 */2 * * 1,5 /bin/clean"
        )]
    );
}

#[test]
fn what_is_as_it_should_be_stays() {
    let backup = [
        ("command", "/bin/backup".into()),
        ("minute", "0".into()),
        ("hour", Data::Integer(3)),
        ("weekday", list(&["1", "2"])),
        ("environment", "A=1".into()),
    ];
    assert!(told("backup", &backup).0.is_empty());
    let adopted = [("command", "/bin/own".into()), ("minute", "5".into())];
    assert!(told("own", &adopted).0.is_empty());
}

#[test]
fn a_job_changes_its_time_and_goes() {
    let parameters = [
        ("command", "/bin/backup".into()),
        ("hour", Data::Integer(4)),
    ];
    let (messages, commands) = told("backup", &parameters);
    assert_eq!(messages, ["hour changed ['3'] to ['4']"]);
    assert!(commands[0].ends_with("# Puppet Name: backup\nA=1\n0 4 * * 1,2 /bin/backup"));
    let (messages, commands) = told("backup", &[("ensure", "absent".into())]);
    assert_eq!(messages, ["removed"]);
    assert_eq!(
        commands,
        ["/usr/bin/crontab -u root - < # mine\nMAILTO=me\n5 * * * * /bin/own"]
    );
}

#[test]
fn a_time_must_be_one() {
    let (messages, _) = told("x", &[("command", "a".into()), ("hour", Data::Integer(24))]);
    assert_eq!(
        messages,
        ["Parameter hour failed on Cron[x]: 24 is not a valid hour"]
    );
}
