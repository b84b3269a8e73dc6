//! What a store must do, from the first request to the last report.

use std::{sync::Arc, time::Duration};

use ficelle_model::Certname;
use ficelle_store::{
    AuditEntry, Certificate, ExportedResource, NewCatalog, NewReport, Request, Revocation, Store,
    open,
};

fn name(text: &str) -> Certname {
    Certname::parse(text).unwrap()
}

pub async fn tell(url: &str) {
    let store = open(url).await.unwrap();
    store.ping().await.unwrap();
    counters(&*store).await;
    authority(&*store).await;
    facts_and_catalogs(&*store).await;
    exported(&*store).await;
    reports(&*store).await;
    dropped_and_kept_again(&*store).await;
    two_processes(store, url).await;
}

async fn counters(store: &dyn Store) {
    assert_eq!(store.next("serial").await.unwrap(), 1);
    assert_eq!(store.next("serial").await.unwrap(), 2);
    store.raise("serial", 10).await.unwrap();
    store.raise("serial", 5).await.unwrap();
    assert_eq!(store.next("serial").await.unwrap(), 11);
    assert_eq!(store.next("crl").await.unwrap(), 1);
}

async fn authority(store: &dyn Store) {
    let app1 = name("app1");
    let request = |fingerprint: &str| Request {
        certname: app1.clone(),
        pem: "request".into(),
        fingerprint: fingerprint.into(),
        created_at: 5,
    };
    store.save_request(&request("AA")).await.unwrap();
    store.save_request(&request("BB")).await.unwrap();
    assert_eq!(store.requests().await.unwrap(), [request("BB")]);
    assert_eq!(store.request(&app1).await.unwrap(), Some(request("BB")));

    let certificate = |serial| Certificate {
        serial,
        certname: app1.clone(),
        pem: format!("certificate {serial}"),
        fingerprint: "CC".into(),
        not_before: 1,
        not_after: 2,
        signed_at: 3,
        revoked_at: None,
    };
    store.save_certificate(&certificate(1)).await.unwrap();
    assert_eq!(
        store.request(&app1).await.unwrap(),
        None,
        "the request is answered"
    );
    store.save_certificate(&certificate(2)).await.unwrap();
    assert!(
        store.save_certificate(&certificate(2)).await.is_err(),
        "a serial stands once"
    );
    assert_eq!(
        store.certificate(&app1).await.unwrap(),
        Some(certificate(2))
    );
    assert_eq!(store.certificates().await.unwrap().len(), 2);

    assert_eq!(store.revoke(&app1, 7).await.unwrap(), [1, 2]);
    assert!(store.revoke(&app1, 8).await.unwrap().is_empty());
    assert!(store.clean(&app1, 9).await.unwrap());
    assert!(!store.clean(&app1, 9).await.unwrap());
    assert_eq!(store.certificate(&app1).await.unwrap(), None);
    let revoked = [
        Revocation { serial: 1, at: 7 },
        Revocation { serial: 2, at: 7 },
    ];
    assert_eq!(
        store.revocations().await.unwrap(),
        revoked,
        "cleaned ones stay on the list"
    );

    assert!(!store.delete_request(&app1).await.unwrap());
    let entry = AuditEntry {
        at: 1,
        actor: "cli:root".into(),
        action: "sign".into(),
        subject: "app1".into(),
        detail: "serial 1".into(),
    };
    store.audit(&entry).await.unwrap();
    assert_eq!(store.audit_trail(10).await.unwrap(), [entry]);
}

async fn facts_and_catalogs(store: &dyn Store) {
    let node = name("db");
    assert_eq!(store.facts(&node).await.unwrap(), None);
    store
        .save_facts(&node, "production", b"{\"a\":1}", 10)
        .await
        .unwrap();
    store
        .save_facts(&node, "test", b"{\"a\":1}", 20)
        .await
        .unwrap();
    let facts = store.facts(&node).await.unwrap().unwrap();
    assert_eq!(facts.json, b"{\"a\":1}");
    assert_eq!((facts.environment.as_str(), facts.at), ("test", 20));

    let catalog = |json: &'static [&'static [u8]], at| NewCatalog {
        certname: &node,
        environment: "production",
        json,
        facts: None,
        exported: &[],
        at,
    };
    store
        .save_catalog(&catalog(&[b"{\"one\":1}"], 30))
        .await
        .unwrap();
    store
        .save_catalog(&catalog(&[b"{\"two\"", b":2}"], 40))
        .await
        .unwrap();
    let kept = store.catalog(&node).await.unwrap().unwrap();
    assert_eq!((kept.json.as_slice(), kept.at), (&b"{\"two\":2}"[..], 40));
    store.prune(0).await.unwrap();
    assert!(
        store.catalog(&node).await.unwrap().is_some(),
        "what is referred to stays"
    );
    let times = async || {
        let record = store.node(&node).await.unwrap().unwrap();
        (record.facts_at, record.catalog_at)
    };
    assert_eq!(times().await, (Some(20), Some(40)));
    let save = async |at| {
        let facts = store.save_facts(&node, "test", b"{\"a\":1}", at);
        facts.await.unwrap();
        store
            .save_catalog(&catalog(&[b"{\"two\"", b":2}"], at))
            .await
            .unwrap();
    };
    // The environment goes with the last of the two, so both are written.
    save(50).await;
    assert_eq!(times().await, (Some(50), Some(50)));
    let save_catalog = async |at| {
        store
            .save_catalog(&catalog(&[b"{\"two\"", b":2}"], at))
            .await
    };
    save_catalog(60).await.unwrap();
    assert_eq!(
        times().await,
        (Some(50), Some(50)),
        "what did not change is not written again within the minute"
    );
    save_catalog(60_050).await.unwrap();
    assert_eq!(times().await, (Some(50), Some(60_050)));
    let with_facts = |facts, at| NewCatalog {
        facts: Some(facts),
        ..catalog(&[b"{\"two\":2}"], at)
    };
    store
        .save_catalog(&with_facts(b"{\"a\":2}", 60_055))
        .await
        .unwrap();
    let facts = store.facts(&node).await.unwrap().unwrap();
    assert_eq!(
        (facts.json.as_slice(), facts.at),
        (&b"{\"a\":2}"[..], 60_055)
    );
    store
        .save_catalog(&with_facts(b"{\"a\":2}", 60_058))
        .await
        .unwrap();
    assert_eq!(times().await, (Some(60_055), Some(60_055)));
    store.deactivate(&node, 60_060).await.unwrap();
    save_catalog(60_070).await.unwrap();
    let record = store.node(&node).await.unwrap().unwrap();
    assert_eq!(record.deactivated_at, None, "who asks is active again");
}

async fn exported(store: &dyn Store) {
    let resource = |node: &str, title: &str| ExportedResource {
        certname: name(node),
        type_name: "Host".into(),
        title: title.into(),
        json: "{}".into(),
    };
    let save = async |node: &str, json: &[u8], titles: &[&str]| {
        let certname = name(node);
        let exported: Vec<_> = titles.iter().map(|title| resource(node, title)).collect();
        let catalog = NewCatalog {
            certname: &certname,
            environment: "production",
            json: &[json],
            facts: None,
            exported: &exported,
            at: 1,
        };
        store.save_catalog(&catalog).await.unwrap();
    };
    let titles = async |except: Option<&str>| {
        let except = except.map(name);
        let all = store.exported("Host", except.as_ref()).await.unwrap();
        all.into_iter()
            .map(|resource| resource.title)
            .collect::<Vec<_>>()
    };
    save("web2", b"2", &["z", "a"]).await;
    save("web1", b"1", &["m", "n"]).await;
    assert_eq!(
        titles(None).await,
        ["m", "n", "z", "a"],
        "by node, then as declared"
    );
    assert_eq!(titles(Some("web1")).await, ["z", "a"]);
    save("web1", b"11", &["n"]).await;
    assert_eq!(titles(None).await, ["n", "z", "a"], "replaced as a whole");
    save("web1", b"11", &["o"]).await;
    let all = titles(None).await;
    assert_eq!(
        all,
        ["o", "z", "a"],
        "also where the catalog stayed the same"
    );
    save("web1", b"11", &["n"]).await;

    assert!(store.deactivate(&name("web2"), 9).await.unwrap());
    assert_eq!(titles(None).await, ["n"]);
    save("web2", b"2", &["z", "a"]).await;
    assert_eq!(
        titles(None).await,
        ["n", "z", "a"],
        "back again, though nothing changed"
    );
    assert_eq!(
        store
            .node(&name("web2"))
            .await
            .unwrap()
            .unwrap()
            .deactivated_at,
        None
    );
    store.clean(&name("web2"), 9).await.unwrap();
    assert_eq!(titles(None).await, ["n"]);
    save("web2", b"2", &["z", "a"]).await;
    assert_eq!(titles(None).await, ["n", "z", "a"]);
    assert!(!store.deactivate(&name("nobody"), 9).await.unwrap());
}

async fn reports(store: &dyn Store) {
    let (db, web1) = (name("db"), name("web1"));
    let save = async |id: &str, certname: &Certname, at: i64| {
        let report = NewReport {
            id,
            certname,
            environment: "production",
            status: "changed",
            noop: false,
            version: "1",
            started_at: at,
            received_at: at,
            changed: 1,
            failed: 0,
            total: 9,
            json: id.as_bytes(),
        };
        store.save_report(&report).await.unwrap();
    };
    save("r1", &db, 1).await;
    save("r2", &db, 2).await;
    save("r3", &web1, 3).await;
    let ids = async |node: Option<&Certname>| {
        let all = store.reports(node, 10).await.unwrap();
        all.into_iter().map(|report| report.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None).await, ["r3", "r2", "r1"]);
    assert_eq!(ids(Some(&db)).await, ["r2", "r1"]);
    assert_eq!(store.report("r2").await.unwrap().unwrap(), b"r2");
    assert_eq!(store.report("nothing").await.unwrap(), None);
    assert_eq!(store.prune(100).await.unwrap(), 1);
    assert_eq!(ids(None).await, ["r3", "r2"], "each node's newest stays");
    assert_eq!(
        store
            .node(&db)
            .await
            .unwrap()
            .unwrap()
            .report_status
            .unwrap(),
        "changed"
    );
}

async fn two_processes(store: Arc<dyn Store>, url: &str) {
    let watcher = open(url).await.unwrap();
    let waiting = tokio::spawn(async move { watcher.changed().await });
    // The watcher may not be listening yet: write until it has seen one.
    let mut turn = 0;
    while !waiting.is_finished() {
        turn += 1;
        assert!(turn < 1000, "nobody noticed");
        let request = Request {
            certname: name("late"),
            pem: String::new(),
            fingerprint: turn.to_string(),
            created_at: turn,
        };
        store.save_request(&request).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    waiting.await.unwrap().unwrap();

    let writers = (0..8).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for _ in 0..10 {
                store.next("contended").await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(
        store.next("contended").await.unwrap(),
        81,
        "no count is lost"
    );
}

/// What nobody refers to is dropped while a node comes back to it.
async fn dropped_and_kept_again(store: &dyn Store) {
    let node = name("back");
    let saves = async {
        for at in 0..400 {
            let facts: &[u8] = if at % 2 == 0 {
                b"{\"a\":1}"
            } else {
                b"{\"a\":2}"
            };
            // A minute each, so that each is a change.
            store
                .save_facts(&node, "production", facts, at * 60_000)
                .await
                .unwrap();
            let kept = store.facts(&node).await.unwrap();
            assert_eq!(kept.expect("facts just kept").json, facts);
        }
    };
    let prunes = async {
        loop {
            store.prune(0).await.unwrap();
        }
    };
    tokio::select! {
        () = saves => {}
        () = prunes => {}
    }
}
