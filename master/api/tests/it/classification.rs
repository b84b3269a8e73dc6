//! What an external classifier says of a node, and what its certificate does.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use ficelle_api::nodes::definition::Definitions;
use ficelle_compiler::Classifier;
use ficelle_model::Oids;
use reqwest::StatusCode;

use crate::{
    Master,
    master::write,
    nodes::{catalog, site, titles},
};

/// A classifier that runs this script.
fn classifier(root: &Path, script: &str) -> Definitions {
    let path = root.join("classify");
    write(&path, &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
        .expect("it can be made a program");
    let classifier = Classifier::new(path.to_str().expect("UTF-8")).expect("it is absolute");
    Definitions {
        classifier: Some(classifier),
        ..Definitions::default()
    }
}

const CLASSES: &str = "class base { notify { \"${rack} ${environment} ${greeting}\": } }\n\
                       class web($port = 1) { notify { \"${port}\": } }\n";

#[tokio::test]
async fn a_classifier_gives_classes_variables_and_the_environment() {
    let answer = "echo \"classes: {base: , web: {port: 80}}\"\n\
                  echo \"parameters: {rack: r-$1, greeting: mine}\"\n\
                  echo 'environment: testing'";
    let master = Master::start_with(|root| classifier(root, answer)).await;
    site(&master, "testing", CLASSES);
    let node = master.node("node1").await;
    // What an agent asks first: in which environment it is.
    let path = "/puppet/v3/node/node1?environment=production";
    let (status, body) = node.get(path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        r#"{"name":"node1","environment":"testing","classes":{"base":null,"web":{"port":80}},"parameters":{"rack":"r-node1","greeting":"mine"}}"#
    );
    // An agent that asks for another one is sent there too: the catalog names it.
    for asked in ["testing", "production"] {
        let (status, made) = catalog(&node, "node1", asked).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        assert_eq!(made["environment"], "testing");
        assert_eq!(titles(&made, "Notify"), ["80", "r-node1 testing mine"]);
    }
}

#[tokio::test]
async fn a_classifier_that_fails_is_told_with_what_it_printed() {
    let master = Master::start_with(|root| classifier(root, "echo no such node; exit 3")).await;
    let node = master.node("node1").await;
    let (status, body) = catalog(&node, "node1", "production").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let message = body["message"].as_str().expect("a message");
    assert!(
        message.starts_with(
            "Server Error: Failed when searching for node node1: Failed to find node1 via exec: \
             Execution of '/"
        ) && message.ends_with("/classify node1' returned 3: no such node"),
        "{message}"
    );
}

#[tokio::test]
async fn a_node_that_the_classifier_does_not_know_gets_no_catalog() {
    let master = Master::start_with(|root| classifier(root, "exit 0")).await;
    let node = master.node("node1").await;
    let (status, body) = catalog(&node, "node1", "production").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        body["message"],
        "Server Error: Could not find node 'node1'; cannot compile"
    );
    let path = "/puppet/v3/node/node1?environment=production";
    let (status, _) = node.get(path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_environment_of_the_classifiers_that_is_not_there() {
    let answer = "echo 'environment: nowhere'";
    let master = Master::start_with(|root| classifier(root, answer)).await;
    let node = master.node("node1").await;
    let (status, body) = catalog(&node, "node1", "production").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let message = body["message"].as_str().expect("a message");
    assert!(
        message.starts_with(
            "Server Error: Failed when searching for node node1: Could not find a directory \
             environment named 'nowhere' anywhere in the path: "
        ),
        "{message}"
    );
}

#[tokio::test]
async fn what_a_certificate_says_is_trusted() {
    let mapping = "oid_mapping: {1.3.6.1.4.1.34380.1.2.7: {shortname: rack}}";
    let master = Master::start_with(|root| {
        let command = root.join("more");
        write(&command, "#!/bin/sh\necho \"{\\\"of\\\": \\\"$1\\\"}\"\n");
        fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).expect("a program");
        Definitions {
            oids: Oids::parse(mapping).expect("a mapping"),
            trusted_command: Some(command.try_into().expect("UTF-8")),
            ..Definitions::default()
        }
    })
    .await;
    site(
        &master,
        "production",
        "$e = $trusted['extensions']\n\
         notify { \"${e['pp_role']} ${e['rack']} ${e['1.3.6.1.4.1.34380.1.2.8']}\": }\n\
         notify { \"${trusted['authenticated']} ${trusted['external']['of']}\": }\n\
         notify { \"${trusted['hostname']} ${trusted['domain']}\": }\n\
         notify { \"${servername} ${server_facts['environment']}\": }\n",
    );
    let extensions: [(&[u64], &str); 3] = [
        (&[1, 3, 6, 1, 4, 1, 34380, 1, 1, 13], "web"),
        (&[1, 3, 6, 1, 4, 1, 34380, 1, 2, 7], "r7"),
        (&[1, 3, 6, 1, 4, 1, 34380, 1, 2, 8], "x"),
    ];
    let node = master.node_with("node1.example.org", &extensions).await;
    let (status, made) = catalog(&node, "node1.example.org", "production").await;
    assert_eq!(status, StatusCode::OK, "{made}");
    assert_eq!(
        titles(&made, "Notify"),
        [
            "web r7 x",
            "remote node1.example.org",
            "node1 example.org",
            "control production"
        ]
    );
}
