//! The wire forms, held by what a reference server wrote.

use std::sync::Arc;

use ficelle_model::{
    Catalog, Data, Reference, Resource, Tags,
    catalog::Edge,
    data::{DataHash, Names, Typed},
    tags::Numbers,
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

/// A catalog of everything that is awkward to write.
fn awkward() -> Catalog {
    let text: String = (0..0x90).filter_map(char::from_u32).collect();
    let text = format!("{text}\u{2028}é€😀");
    let mut catalog = catalog::read(CATALOG.as_bytes())
        .expect("a catalog")
        .catalog;
    catalog.tags.insert(text.as_str().into());
    catalog.classes = Default::default();
    catalog.code_id = Some(text.as_str().into());
    let mut resource = Resource::new(Reference::new("a::b", text.as_str()));
    resource.is_virtual = true;
    resource.exported = true;
    resource.file = Some("C:\\site\".pp".into());
    // Words that several sets share, of which each has some, in an order of its own.
    let words: Names = ["a", text.as_str(), "b"]
        .map(Into::into)
        .into_iter()
        .collect();
    let words = Arc::new(words);
    resource.tags = Tags::of(Arc::clone(&words), Numbers::from_slice(&[1, 0]));
    catalog.resources[0].tags = Tags::of(words, Numbers::from_slice(&[2, 1]));
    let typed = |value| {
        let type_name = text.as_str().into();
        Data::Typed(Box::new(Typed { type_name, value }))
    };
    let nested = Data::hash(DataHash::from_iter([
        (text.as_str().into(), Data::Array(Vec::new())),
        ("".into(), Data::hash(DataHash::default())),
    ]));
    let values = [
        Data::Undef,
        Data::Default,
        Data::Boolean(true),
        Data::Integer(i64::MIN),
        Data::Integer(i64::MAX),
        Data::Float(1e300),
        Data::Float(-0.0),
        Data::Float(0.1),
        Data::Float(1e21),
        Data::from(text.as_str()),
        Data::from(""),
        Data::Sensitive(Box::new(nested.clone())),
        typed(Data::from(text.as_str())),
        typed(nested.clone()),
        Data::hash(DataHash::from_iter([("__ptype".into(), nested.clone())])),
        Data::Array(vec![nested.clone(), Data::Array(vec![nested])]),
    ];
    for (number, value) in values.into_iter().enumerate() {
        resource
            .parameters
            .insert(format!("p{number}\n").into(), value);
    }
    catalog.edges.push(Edge {
        source: resource.reference.clone(),
        target: resource.reference.clone(),
    });
    catalog.resources.push(resource);
    catalog
}

#[test]
fn a_catalog_is_written_as_serde_json_would() {
    let mut catalog = awkward();
    for richness in [Richness::Rich, Richness::Plain] {
        for version in ["", "12", "012", "v\"1"] {
            catalog.version = version.into();
            let form = catalog::Form {
                catalog: &catalog,
                uuid: "a-uuid",
                richness,
            };
            let ours = form.to_json();
            let read: serde_json::Value = serde_json::from_slice(&ours).expect("JSON");
            assert_eq!(ours, serde_json::to_vec(&read).expect("JSON"));
            if richness == Richness::Rich {
                let received = catalog::read(&ours).expect("a catalog");
                assert_eq!(received.catalog, catalog);
            }
        }
    }
}

#[test]
fn both_forms_of_a_catalog_have_the_same_keys() {
    let catalog = awkward();
    let [rich, plain] = [Richness::Rich, Richness::Plain].map(|richness| {
        let uuid = "a-uuid";
        let form = catalog::Form {
            catalog: &catalog,
            uuid,
            richness,
        };
        serde_json::from_slice::<serde_json::Value>(&form.to_json()).expect("JSON")
    });
    let keys = |of: &serde_json::Value| -> Vec<String> {
        let object = of.as_object().expect("an object");
        object.keys().cloned().collect()
    };
    assert_eq!(keys(&plain), keys(&rich));
    for list in ["resources", "edges"] {
        let lists = [&plain, &rich].map(|of| of[list].as_array().expect("a list"));
        for (plain, rich) in lists[0].iter().zip(lists[1]) {
            assert_eq!(keys(plain), keys(rich));
        }
    }
}

fn rich<'a>(catalog: &'a Catalog, uuid: &'a str) -> catalog::Form<'a> {
    catalog::Form {
        catalog,
        uuid,
        richness: Richness::Rich,
    }
}

#[test]
fn what_is_kept_of_an_answer_is_what_does_not_change() {
    let mut catalog = awkward();
    for (version, answered) in [("", "77"), ("12", "12"), ("v\"1", "v\"1")] {
        catalog.version = version.into();
        let text = catalog::Text::new(&catalog, Richness::Rich, "77", "a-uuid");
        assert_eq!(text.constant().concat(), rich(&catalog, "").to_json());
        catalog.version = answered.into();
        assert_eq!(text.into_answer(), rich(&catalog, "a-uuid").to_json());
    }
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
