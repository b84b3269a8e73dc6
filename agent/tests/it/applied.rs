//! Manifests applied without a master.

use super::node::Node;

const SITE: &str = r#"
file { '@/motd': content => "hello\n", mode => '0640' }
file { '@/folder': ensure => directory }
-> file { '@/folder/link': ensure => link, target => '@/motd' }
exec { 'once': command => '/bin/echo one >> @/ran', creates => '@/ran', provider => shell }
exec { 'told': command => '/bin/echo told >> @/told', refreshonly => true, provider => shell,
  subscribe => File['@/motd'] }
notify { 'only when it changes': withpath => false, loglevel => debug }
file_line { 'a line': path => '@/lines', line => 'key=two', match => '^key=' }
ini_setting { 'a setting': path => '@/app.ini', section => 'main', setting => 'port', value => '8080' }
concat { '@/parts': }
concat::fragment { 'second': target => '@/parts', content => "2\n", order => '20' }
concat::fragment { 'first': target => '@/parts', content => "1\n", order => '10' }
file { '@/node': content => Deferred('inline_epp', ['<%= $facts["kernel"] %>']) }
"#;

/// The same without what always has something to say.
fn quiet() -> String {
    let lines = SITE.lines().filter(|line| !line.starts_with("notify"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_manifest_takes_effect_once() {
    let node = Node::new();
    node.write("lines", "a\nkey=one\n");
    let first = node.apply(&quiet(), &[]);
    assert_eq!(first.code, Some(2), "{first:?}");
    assert_eq!(node.text("motd"), "hello\n");
    assert_eq!(node.text("folder/link"), "hello\n");
    assert_eq!(node.text("ran"), "one\n");
    assert_eq!(node.text("told"), "told\n");
    assert_eq!(node.text("lines"), "a\nkey=two\n");
    assert_eq!(node.text("app.ini").replace(' ', ""), "[main]\nport=8080\n");
    assert_eq!(node.text("parts"), "1\n2\n");
    assert_eq!(node.text("node"), "Linux");
    let created = format!(
        "Notice: /Stage[main]/Main/File[{}]/ensure: defined content as '{{sha256}}",
        node.path("motd")
    );
    assert!(first.out.contains(&created), "{}", first.out);
    let told = "Notice: /Stage[main]/Main/Exec[told]: Triggered 'refresh' from 1 event\n";
    assert!(first.out.contains(told), "{}", first.out);

    let summary = node.text("var/public/last_run_summary.yaml");
    assert!(summary.contains("  changed: 9\n"), "{summary}");

    let second = node.apply(&quiet(), &[]);
    assert_eq!(second.code, Some(0), "{second:?}");
    let changes = |line: &&str| line.contains("/Stage[main]");
    assert_eq!(second.out.lines().find(changes), None);
    assert_eq!(node.text("told"), "told\n");
}

#[test]
fn noop_tells_and_changes_nothing() {
    let node = Node::new();
    node.write("lines", "key=one\n");
    let said = node.apply(SITE, &["--noop"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!node.path("motd").exists());
    assert!(!node.path("ran").exists());
    assert_eq!(node.text("lines"), "key=one\n");
    let would = "ensure: current_value 'absent', should be 'file' (noop)";
    assert!(said.out.contains(would), "{}", said.out);
    let refresh = "Exec[told]: Would have triggered 'refresh' from 1 event";
    assert!(said.out.contains(refresh), "{}", said.out);
}

#[test]
fn the_exit_code_tells_what_happened() {
    let node = Node::new();
    let failing = "exec { '/bin/false': }";
    let codes = [
        ("", Some(0)),
        ("file { '@/a': ensure => file }", Some(2)),
        (failing, Some(4)),
        (
            "file { '@/b': ensure => file } exec { '/bin/false': }",
            Some(6),
        ),
        ("file { '@/c': ", Some(1)),
    ];
    for (manifest, code) in codes {
        let said = node.apply(manifest, &[]);
        assert_eq!(said.code, code, "{manifest}: {said:?}");
    }
    let test = node.run(&["apply", "-t", "--execute", failing]);
    assert_eq!(test.code, Some(4), "{test:?}");
    let plain = node.run(&["apply", "--execute", failing]);
    assert_eq!(
        plain.code,
        Some(0),
        "without --detailed-exitcodes: {plain:?}"
    );
}

#[test]
fn what_depends_on_a_failure_is_skipped() {
    let node = Node::new();
    let said = node.apply(
        "exec { '/bin/false': } -> file { '@/a': ensure => file }",
        &[],
    );
    assert_eq!(said.code, Some(4), "{said:?}");
    assert!(!node.path("a").exists());
    let skipped = "Skipping because of failed dependencies";
    assert!(said.err.contains(skipped), "{}", said.err);
}

#[test]
fn secrets_are_not_shown() {
    let node = Node::new();
    node.write("secret", "old-secret\n");
    let manifest = "file { '@/secret': content => Sensitive('new-secret'), show_diff => true }";
    let said = node.apply(manifest, &["--show_diff", "--debug"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_eq!(node.text("secret"), "new-secret");
    for text in [&said.out, &said.err] {
        assert!(
            !text.contains("new-secret") && !text.contains("old-secret"),
            "{text}"
        );
    }
}
