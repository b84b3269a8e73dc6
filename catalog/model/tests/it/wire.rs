//! The wire forms, held by what a reference server wrote.

use ficelle_model::{
    Data,
    data::Typed,
    wire::{Richness, catalog, data, facts, resource},
};

const CATALOG: &str = r#"{"tags":["settings","default"],"name":"node1","version":1795251796,"code_id":null,"catalog_uuid":"9506aad3-5104-4da9-82e0-e0980268dbf0","catalog_format":2,"environment":"src","resources":[{"type":"Stage","title":"main","tags":["stage"],"exported":false,"kind":"compilable_type","parameters":{"name":"main"}},{"type":"File","title":"/tmp/x","tags":["file","class"],"file":"/etc/site.pp","line":3,"exported":false,"kind":"compilable_type","parameters":{"content":"secret","mode":"0644","count":3,"ratio":1.5,"list":[true,null],"when":{"__ptype":"Timestamp","__pvalue":"2026-01-01T00:00:00.000000000 UTC"},"later":{"__ptype":"Deferred","name":"lookup","arguments":["key"]},"odd":{"__ptype":"Hash","__pvalue":["__ptype","mine"]},"any":{"__ptype":"Default"}},"sensitive_parameters":["content"]}],"edges":[{"source":"Stage[main]","target":"File[/tmp/x]"}],"classes":["settings","default"]}"#;

#[test]
fn a_catalog_keeps_its_bytes() {
    let received = catalog::read(CATALOG.as_bytes()).expect("a catalog");
    let form = catalog::Form {
        catalog: &received.catalog,
        uuid: received.uuid.as_deref().expect("a uuid"),
        richness: Richness::Rich,
    };
    assert_eq!(String::from_utf8(form.to_json()).expect("UTF-8"), CATALOG);
    let file = &received.catalog.resources[1];
    assert!(file.sensitive.contains("content"));
    assert_eq!(file.parameters["any"], Data::Default);
    assert!(matches!(&file.parameters["odd"], Data::Hash(hash) if hash.contains_key("__ptype")));
    assert_eq!(
        resource::read(&resource::write(file)).expect("a resource"),
        *file
    );
}

#[test]
fn plain_json_holds_no_rich_value_and_no_secret() {
    let values = Data::Array(vec![
        Data::Default,
        Data::Sensitive(Box::new(Data::from("secret"))),
        Data::Typed(Box::new(Typed {
            type_name: "Regexp".into(),
            value: Data::from("a+"),
        })),
    ]);
    let form = data::Form {
        data: &values,
        richness: Richness::Plain,
    };
    assert_eq!(
        serde_json::to_string(&form).expect("JSON"),
        r#"["default","Sensitive [value redacted]","a+"]"#
    );
}

#[test]
fn facts_keep_their_bytes_and_their_order() {
    let json = r#"{"name":"node1","values":{"os":{"family":"Debian"},"b":1,"a":null},"timestamp":"2026-11-21T08:36:40.0+00:00"}"#;
    let read = facts::read(json.as_bytes()).expect("facts");
    assert_eq!(String::from_utf8(facts::write(&read)).expect("UTF-8"), json);
}

#[test]
fn what_breaks_a_rule_is_refused() {
    for json in [
        "",
        "{}",
        r#"{"name":"../etc","values":{}}"#,
        r#"{"name":"UP","values":{}}"#,
        &format!(r#"{{"name":"a","values":{{"x":{}}}}}"#, "[".repeat(100_000)),
    ] {
        assert!(facts::read(json.as_bytes()).is_err(), "{:.40}", json);
    }
    let edge = CATALOG.replace("File[/tmp/x]\"}", "nothing\"}");
    assert!(catalog::read(edge.as_bytes()).is_err());
}
