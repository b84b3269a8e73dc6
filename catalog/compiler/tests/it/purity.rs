//! A catalog is a function of what was read, and what was read is known.

use ficelle_compiler::{Environment, Read, compile};
use ficelle_model::{Reference, Resource};

use crate::{shown, site::Site};

const CODE: &str = "class app { file { '/a': content => 'x' } }\nnode default { include app }\n";

#[test]
fn the_same_inputs_give_the_same_catalog() {
    let site = Site::new().manifest(CODE);
    let (first, second) = (site.compile("web1"), site.compile("web1"));
    assert_eq!(shown(&first), shown(&second));
    let (first, second) = (first.expect("it compiles"), second.expect("it compiles"));
    assert_eq!(first.catalog, second.catalog);
}

#[test]
fn an_environment_serves_many_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Environment>();
}

#[test]
fn the_read_set_names_the_files_and_holds_until_one_changes() {
    let mut site = Site::new()
        .manifest("include app")
        .file("modules/app/manifests/init.pp", "class app { }");
    let compiled = site.compile("web1").expect("it compiles");
    let path = "/environments/production/modules/app/manifests/init.pp";
    assert!(
        compiled
            .reads
            .iter()
            .any(|read| *read == Read::File(path.into()))
    );
    assert!(compiled.reads.still_holds(&site.inputs));
    site.inputs
        .add_file(path, "class app { notify { 'new': } }");
    assert!(!compiled.reads.still_holds(&site.inputs));
}

#[test]
fn a_class_that_was_looked_for_and_is_missing_is_part_of_the_read_set() {
    let mut site = Site::new().manifest("if defined('late') { include late }");
    site.inputs
        .add_directory("/environments/production/modules/late/manifests");
    let compiled = site.compile("web1").expect("it compiles");
    let path = "/environments/production/modules/late/manifests/init.pp";
    site.inputs.add_file(path, "class late { }");
    assert!(!compiled.reads.still_holds(&site.inputs));
}

#[test]
fn a_parsed_file_is_kept_by_the_environment_and_read_anew_when_it_changes() {
    let mut site = Site::new().manifest("notify { 'one': }");
    let environment = site.environment();
    let titles = |site: &Site| {
        let compiled = compile(&site.request("web1"), &environment, &site.inputs);
        let catalog = compiled.expect("it compiles").catalog;
        let last = catalog.resources.last().expect("a resource");
        last.reference.to_string()
    };
    assert_eq!(titles(&site), "Notify[one]");
    site.inputs.add_file(
        "/environments/production/manifests/site.pp",
        "notify { 'two': }",
    );
    assert_eq!(titles(&site), "Notify[two]");
}

#[test]
fn exported_resources_of_other_nodes_are_collected() {
    let mut site = Site::new().manifest("Host <<| tag == 'lb' |>>");
    let mut host = Resource::new(Reference::new("host", "db1"));
    host.parameters.insert("ip".into(), "10.0.0.1".into());
    host.tags.insert("lb".into());
    let mut other = Resource::new(Reference::new("host", "db2"));
    other.tags.insert("elsewhere".into());
    site.inputs.add_exported(host);
    site.inputs.add_exported(other);
    let compiled = site.compile("web1").expect("it compiles");
    let collected: Vec<String> = compiled
        .catalog
        .resources
        .iter()
        .map(|resource| resource.reference.to_string())
        .filter(|reference| reference.starts_with("Host"))
        .collect();
    assert_eq!(collected, ["Host[db1]"]);
    assert!(compiled.exported.is_empty());
}

#[test]
fn a_syntax_error_names_file_line_and_column() {
    let error = Site::new()
        .manifest("class {\n")
        .compile("web1")
        .expect_err("no syntax");
    assert_eq!(
        error.file.as_deref(),
        Some("/environments/production/manifests/site.pp")
    );
    assert_eq!(error.node.as_deref(), Some("web1"));
}

/// Types are kept beside the definitions they belong to: a change anywhere below one is seen.
#[test]
fn types_are_made_anew_where_what_they_are_made_of_changes() {
    let mut site = Site::new()
        .manifest("app { 'a': port => 80, name_of => 'web' }\n")
        .file(
            "modules/app/manifests/init.pp",
            "define app(App::Port $port, Array[App::Name] $names = [$title], App::Name $name_of) {\n}\n",
        )
        .file("modules/app/types/port.pp", "type App::Port = Variant[App::Low, Integer[90]]\n")
        .file("modules/app/types/low.pp", "type App::Low = Integer[1, 80]\n")
        .file("modules/app/types/name.pp", "type App::Name = Variant[Enum['web', 'a'], Array[App::Name]]\n");
    let environment = site.environment();
    let compiled = |site: &Site| compile(&site.request("web1"), &environment, &site.inputs);
    let refused = |site: &Site| compiled(site).expect_err("it is refused").to_string();
    for _ in 0..2 {
        compiled(&site).expect("every value fits");
    }
    let path = |name: &str| format!("/environments/production/modules/app/{name}");
    let low = path("types/low.pp");
    site.inputs
        .add_file(low.clone(), "type App::Low = Integer[1, 79]\n");
    for _ in 0..2 {
        let message = refused(&site);
        assert!(message.contains("parameter 'port' expects"), "{message}");
    }
    site.inputs
        .add_file(low, "type App::Low = Integer[1, 80]\n");
    compiled(&site).expect("it fits again");
    site.inputs.add_file(
        path("types/name.pp"),
        "type App::Name = Variant[Enum['a'], Array[App::Name]]\n",
    );
    let message = refused(&site);
    assert!(message.contains("parameter 'name_of' expects"), "{message}");
}
