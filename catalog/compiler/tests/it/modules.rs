//! What only shows where code is in modules.

use crate::site::Site;

#[test]
fn a_private_class_is_its_modules_own() {
    let site = |code: &str| {
        Site::new()
            .manifest(code)
            .file(
                "modules/app/manifests/init.pp",
                "class app { include app::inner }",
            )
            .file(
                "modules/app/manifests/inner.pp",
                "class app::inner { assert_private() }",
            )
            .file(
                "modules/app/manifests/part.pp",
                "define app::part { assert_private('not for you') }",
            )
    };
    let error = |code: &str| {
        let error = site(code).compile("web1").expect_err("it is private");
        error.message
    };
    assert!(site("include app").compile("web1").is_ok());
    assert!(error("include app::inner").ends_with("Class app::inner is private"));
    assert!(error("app::part { 'x': }").contains("not for you"));
}

#[test]
fn code_in_no_module_has_an_empty_module_name() {
    let code = "include app\ndefine own() { notify { \"${title} ${module_name}/${caller_module_name}\": } }\n\
                own { 'site': }\n$called = $caller_module_name =~ Undef\n\
                notify { \"top ${called} '${module_name}'\": }\napp::part { 'of site': }\n";
    let compiled = Site::new()
        .manifest(code)
        .file(
            "modules/app/manifests/init.pp",
            "class app { app::part { 'of app': } own { 'app': } }",
        )
        .file(
            "modules/app/manifests/part.pp",
            "define app::part($by = $caller_module_name) { notify { \"part ${title} '${by}'\": } }",
        )
        .compile("web1")
        .expect("it compiles");
    let mut titles: Vec<&str> = compiled
        .catalog
        .resources
        .iter()
        .filter(|resource| &*resource.reference.type_name == "Notify")
        .map(|resource| &*resource.reference.title)
        .collect();
    titles.sort_unstable();
    assert_eq!(
        titles,
        [
            "app /app",
            "part of app 'app'",
            "part of site ''",
            "site /",
            "top true ''"
        ]
    );
}

#[test]
fn a_type_in_ruby_reads_titles() {
    let declaration = "Puppet::Type.newtype(:account) do\n  newparam(:name, :namevar => true)\n  \
                       newparam(:domain) do\n    isnamevar\n  end\n  def self.title_patterns\n    \
                       [[/^([^@]+)@(.+)$/, [[:name], [:domain]]], [/^([^@]+)$/, [[:name]]]]\n  \
                       end\nend\n";
    let site = |code: &str| {
        Site::new()
            .manifest(code)
            .file("modules/app/lib/puppet/type/account.rb", declaration)
            .compile("web1")
    };
    let code = "account { ['bob', 'al@one']: }\naccount { 'ed@one': name => 'edward' }";
    let catalog = site(code).expect("it compiles").catalog;
    let accounts: Vec<String> = catalog
        .resources
        .iter()
        .filter(|resource| &*resource.reference.type_name == "Account")
        .map(|resource| format!("{:?}", resource.parameters.iter().collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        accounts,
        [
            "[]",
            r#"[("name", String("al")), ("domain", String("one"))]"#,
            r#"[("name", String("edward")), ("domain", String("one"))]"#,
        ]
    );
    let error = site("account { '@one': }").expect_err("no pattern fits");
    assert!(
        error
            .message
            .contains("No set of title patterns matched the title \"@one\".")
    );
}

#[test]
fn a_file_that_is_asked_for_by_two_slashes_is_the_modules() {
    let compiled = Site::new()
        .manifest("notify { [template('app//etc/motd'), file('app//etc/motd')]: }")
        .file("modules/app/templates/etc/motd", "a template")
        .file("modules/app/files/etc/motd", "a file")
        .compile("web1")
        .expect("it compiles");
    for title in ["a template", "a file"] {
        let mut resources = compiled.catalog.resources.iter();
        assert!(resources.any(|resource| &*resource.reference.title == title));
    }
}

/// The environment is a place for plain names; `environment::` is a folder in it.
#[test]
fn the_environment_has_functions_and_types_of_its_own() {
    let site = |code: &str| {
        Site::new()
            .manifest(code)
            .file("functions/plain.pp", "function plain() { 'p' }")
            .file(
                "functions/environment/own.pp",
                "function environment::own() { plain() }",
            )
            .file(
                "functions/flat.pp",
                "function environment::flat() { 'never found' }",
            )
            .file("types/port.pp", "type Port = Integer[1]")
            .file(
                "types/environment/name.pp",
                "type Environment::Name = String[1]",
            )
            .file(
                "modules/web/manifests/init.pp",
                "class web(Port $port = 80) { notice(environment::own()) }",
            )
            .compile("node.example")
    };
    let compiled =
        site("include web\n'x' =~ Environment::Name or fail('no')").expect("it compiles");
    assert_eq!(&*compiled.logs[0].message, "p");
    let refused = site("environment::flat()").expect_err("it is not there");
    assert_eq!(
        refused.message,
        "Evaluation Error: Unknown function: 'environment::flat'."
    );
}

#[test]
fn an_autoloaded_file_holds_what_it_is_named_after() {
    let error = |code: &str, path: &str, content: &str| {
        let site = Site::new().manifest(code).file(path, content);
        let message = site.compile("web1").expect_err("it is refused").message;
        message
            .split_once(".pp ")
            .expect("it names the file")
            .1
            .to_owned()
    };
    let function = |content| error("app::one()", "modules/app/functions/one.pp", content);
    assert_eq!(
        function("# nothing"),
        "does not define the function 'app::one' - it is empty."
    );
    assert_eq!(
        function("class app::one { }"),
        "does not define the function 'app::one' - no function found."
    );
    let kind = |content| error("'x' =~ App::One", "modules/app/types/one.pp", content);
    assert_eq!(
        kind("type App::One = String\ntype App::Two = String"),
        "must contain only the type 'app::one' - it has additional definitions."
    );
    assert_eq!(
        kind("class app::one { }"),
        "does not define the type 'app::one' - no type alias or type definition found."
    );
    assert_eq!(
        kind("type App::Two = String"),
        "produced type with the wrong name, expected 'app::one', actual 'App::Two'"
    );
}
