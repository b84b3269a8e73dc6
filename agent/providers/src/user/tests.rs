use ficelle_model::Data;

use crate::testing::{Host, Recorder, list, parse, resource};

fn told(name: &str, parameters: &[(&str, Data)]) -> (Vec<String>, Vec<String>) {
    let recorder = Recorder::answering(&[]);
    let host = Host::recorded(&recorder);
    host.write(
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\napp:x:1001:100:App:/srv/app:/bin/sh\n",
    );
    host.write(
        "/etc/group",
        "root:x:0:\nusers:x:100:\nweb:x:33:app\nadm:x:4:\n",
    );
    host.write(
        "/etc/shadow",
        "root:*:1:0:99999:7:::\napp:$6$old:19000:0:99999:7::20000:\n",
    );
    host.write("/bin/zsh", "");
    host.system.set_mode("/bin/zsh", 0o755).expect("set");
    (
        host.apply(&resource("user", name, parameters)),
        recorder.commands(),
    )
}

#[test]
fn comes_with_all_it_should_have() {
    let (messages, commands) = told(
        "new",
        &[
            ("ensure", "present".into()),
            ("uid", Data::Integer(2000)),
            ("gid", "users".into()),
            ("groups", list(&["web", "adm"])),
            ("home", "/home/new".into()),
            ("managehome", true.into()),
            ("shell", "/bin/zsh".into()),
            ("comment", "New One".into()),
            ("password", "$6$hash".into()),
            ("password_max_age", Data::Integer(90)),
        ],
    );
    assert_eq!(messages, ["created"]);
    assert_eq!(
        commands,
        [
            "/usr/sbin/useradd -c New One -g users -G web,adm -d /home/new -s /bin/zsh -u 2000 -m new",
            "/usr/sbin/chpasswd -e < new:$6$hash",
            "/usr/bin/chage -M 90 new",
        ]
    );
}

#[test]
fn changes_one_thing_after_the_other() {
    let (messages, commands) = told(
        "app",
        &[
            ("home", "/srv/app".into()),
            ("shell", "/bin/zsh".into()),
            ("comment", "Application".into()),
            ("gid", "web".into()),
            ("groups", list(&["adm"])),
            ("password", "$6$new".into()),
            ("expiry", "absent".into()),
        ],
    );
    assert_eq!(
        messages,
        [
            "gid changed 100 to 33",
            "comment changed 'App' to 'Application'",
            "shell changed '/bin/sh' to '/bin/zsh'",
            "changed [redacted] to [redacted]",
            "groups changed web to ['adm', 'web']",
            "undefined 'expiry' from '2024-10-04'",
        ]
    );
    assert_eq!(
        commands,
        [
            "/usr/sbin/usermod -g web app",
            "/usr/sbin/usermod -c Application app",
            "/usr/sbin/usermod -s /bin/zsh app",
            "/usr/sbin/chpasswd -e < app:$6$new",
            "/usr/sbin/usermod -G adm,web app",
            "/usr/sbin/usermod -e  app",
        ]
    );
}

#[test]
fn goes_with_its_home() {
    let (messages, commands) = told(
        "app",
        &[("ensure", "absent".into()), ("managehome", true.into())],
    );
    assert_eq!(messages, ["removed"]);
    assert_eq!(commands, ["/usr/sbin/userdel -r app"]);
    assert!(told("none", &[("ensure", "absent".into())]).0.is_empty());
}

#[test]
fn a_shell_that_is_not_there_is_refused() {
    let (messages, commands) = told("app", &[("shell", "/bin/nosuch".into())]);
    assert_eq!(
        messages,
        ["change from '/bin/sh' to '/bin/nosuch' failed: Shell /bin/nosuch must exist"]
    );
    assert!(commands.is_empty());
}

#[test]
fn keys_that_nobody_names_are_removed() {
    let host = Host::new();
    host.write("/etc/passwd", "app:x:1001:100:App:/srv/app:/bin/sh\n");
    host.write(
        "/srv/app/.ssh/authorized_keys",
        "# comment\nssh-rsa AAAA someone@host\nno-pty ssh-ed25519 BBBB\n",
    );
    let user = resource("user", "app", &[("purge_ssh_keys", true.into())]);
    let strays = parse(&user)
        .expect("it parses")
        .generate(&host.context())
        .expect("readable");
    let titles = strays
        .iter()
        .map(|stray| stray.reference.title.to_string())
        .collect::<Vec<_>>();
    assert_eq!(
        titles,
        ["someone@host", "/srv/app/.ssh/authorized_keys:unnamed-3"]
    );
}

#[test]
fn a_user_of_whom_nothing_is_said_is_left_alone() {
    assert!(told("plain", &[]).0.is_empty());
    assert_eq!(
        told("plain", &[("shell", "/bin/zsh".into())]).0,
        ["created"]
    );
}
