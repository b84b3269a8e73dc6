//! Functions that modules have in Ruby and that are answered natively: no Ruby is asked here. What
//! they give was measured with Debian's modules, and what stands in `twins.jsonl` with puppet-extlib
//! 8.0.1, puppetlabs-docker 10.4.1 and puppet-systemd 10.0.1 under Puppet 8.11.

use ficelle_compiler::Level;
use serde::Deserialize;

use crate::site::Site;

/// A call, and what Puppet answered.
#[derive(Deserialize)]
struct Recorded {
    function: String,
    code: String,
    says: Option<String>,
    error: Option<String>,
}

/// The types that the calls were recorded with: shorter ones than those of stdlib.
const TYPES: [(&str, &str); 4] = [
    (
        "",
        r"type Stdlib::IP::Address = Pattern[/\A[\h.:]+(\/\d+)?\z/]",
    ),
    (
        "/nosubnet",
        r"type Stdlib::IP::Address::Nosubnet = Pattern[/\A[\h.:]+\z/]",
    ),
    (
        "/v4/cidr",
        r"type Stdlib::IP::Address::V4::CIDR = Pattern[/\A[\d.]+\/\d+\z/]",
    ),
    (
        "/v6/cidr",
        r"type Stdlib::IP::Address::V6::CIDR = Pattern[/\A[\h:]+\/\d+\z/]",
    ),
];

/// Where a module has a function of this name in Ruby.
fn site_with(function: &str) -> Site {
    let path = match function.split_once("::") {
        Some((module, name)) => format!("modules/{module}/lib/puppet/functions/{module}/{name}.rb"),
        None => format!("modules/any/lib/puppet/parser/functions/{function}.rb"),
    };
    Site::new().file(&path, "")
}

/// What code says there.
fn says(function: &str, code: &str) -> String {
    said(site_with(function).manifest(code))
}

fn said(site: Site) -> String {
    match site.compile("web1") {
        Ok(compiled) => {
            let mut logs = compiled.logs.iter();
            let noticed = logs.find(|log| log.level == Level::Notice);
            noticed.expect("a notice").message.to_string()
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn calls_are_answered_as_recorded() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/twins.jsonl");
    let recorded = std::fs::read_to_string(path).expect("it is there");
    let mut differing = Vec::new();
    for line in recorded.lines() {
        let case: Recorded = serde_json::from_str(line).expect("a case");
        let mut site = site_with(&case.function)
            .file(
                "modules/extlib/metadata.json",
                r#"{"name": "puppet-extlib"}"#,
            )
            .fact("networking", "ip", "192.0.2.10")
            .fact("os", "family", "Debian")
            .manifest(&case.code);
        for (path, code) in TYPES {
            site = site.file(&format!("modules/stdlib/types/ip/address{path}.pp"), code);
        }
        let file = "file: /environments/production/manifests/site.pp, ";
        let said = said(site).replace(file, "").replace(" on node web1", "");
        let expected = case.says.or(case.error).expect("an answer");
        if said != expected {
            differing.push(format!("{}\n  {expected}\n  {said}", case.code));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn passwords() {
    let secret = "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7";
    for (function, arguments, expected) in [
        (
            "apache::pw_hash",
            "'secret'",
            "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
        ),
        (
            "mongodb_password",
            "'u', 'p'",
            "d4198ee555320fa5c048da6d6da440d8",
        ),
        ("mysql::password", "'secret'", secret),
        ("mysql_password", "'secret'", secret),
        (
            "postgresql::postgresql_password",
            "'u', 'p'",
            "md5534b9a3588bdd87bf7c3b9d650e43e46",
        ),
        (
            "postgresql::postgresql_password",
            "1, 2",
            "md53c59dc048e8850243be8079a5c74d079",
        ),
    ] {
        let code = format!("notice({function}({arguments}))");
        assert_eq!(says(function, &code), expected, "{code}");
    }
}

#[test]
fn texts_for_postgresql_are_quoted_with_dollars() {
    let function = "postgresql::postgresql_escape";
    for (text, expected) in [
        ("abc", "$$abc$$"),
        ("a$$b", "$ddc$a$$b$ddc$"),
        ("end$", "$cc$end$$cc$"),
    ] {
        let code = format!("notice({function}('{text}'))");
        assert_eq!(says(function, &code), expected, "{code}");
    }
}

#[test]
fn lines_of_pg_hba_become_resources() {
    let function = "postgresql::postgresql_acls_to_resources_hash";
    let code = format!(
        "$all = {function}(['local all u peer map=a b', 'host db u 10.0.0.0 255.0.0.0 md5', \
         'hostssl all all ::/0 cert clientcert=1', 'host a b c'], 'x', 5)\n\
         notice($all.map |$title, $of| {{ \"${{title[-1]}} ${{of['order']}} ${{of['address']}} \
         ${{of['auth_method']}} ${{of['auth_option']}}\" }})"
    );
    assert_eq!(
        says(function, &code),
        "[0 005  peer map=a b, 1 006 10.0.0.0 255.0.0.0 md5 , 2 007 ::/0 cert clientcert=1, \
         3 008 c  ]"
    );
    let error = says(function, &format!("{function}(['host all'], 'x', 5)"));
    assert!(
        error.contains(&format!(
            "{function}(): acl line 0 does not have enough parts"
        )),
        "{error}"
    );
}

#[test]
fn settings_of_ini_files_become_resources() {
    let function = "inifile::create_ini_settings";
    let code = format!(
        "{function}({{'s' => {{'a' => 1, 'b' => {{'value' => 'x', 'ensure' => 'absent'}}}}}}, \
         {{'path' => '/p'}})\n\
         $b = Ini_setting['/p [s] b']\n\
         notice($b['ensure'], $b['value'], $b['path'], Ini_setting['/p [s] a']['value'])"
    );
    assert_eq!(says(function, &code), "absent x /p 1");
    for (arguments, expected) in [
        (
            "{'s' => 1}, {'path' => '/p'}",
            "Section s must contain a Hash",
        ),
        ("{'s' => {'a' => 1}}", "must pass the path parameter"),
    ] {
        let error = says(function, &format!("{function}({arguments})"));
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn content_by_default_is_a_template_of_the_top_scope() {
    let site = site_with("extlib::default_content")
        .file(
            "modules/m/templates/t.erb",
            "<%= @v.inspect %>, <%= @top %>",
        )
        .file("modules/m/templates/t.epp", "<%= $top %>")
        .manifest(
            "$top = 1\nclass m {\n  $v = 5\n  $all = ['m/t.erb', 'm/t.epp'].map |$one| { \
             extlib::default_content('', $one) }\n  notice($all)\n}\ninclude m",
        );
    assert_eq!(said(site), "[nil, 1, 1]");
}
