//! What one node's code asks too much is that node's trouble: it is told where, and the others are
//! served.

use reqwest::StatusCode;

use crate::{
    Master,
    master::write,
    nodes::{catalog, titles},
};

const SITE: &str = "function f($x) { f($x) }
node 'endless' { Integer[1, 1000000].each |$x| { Integer[1, 1000000].each |$y| { } } }
node 'deep' { f(1) }
node 'long' { Integer[1, 40].reduce('x') |$all, $n| { \"${all}${all}\" } }
node 'slow' { \"${Integer[1, 40].map |$n| { 'a' }.join}b\" =~ /\\A(?:(a+)\\1?)+\\z/ }
node default { notify { 'served': } }
";

#[tokio::test]
async fn a_node_that_asks_too_much_is_told_and_the_others_are_served() {
    let master = Master::start().await;
    let manifest = master
        .directory
        .path()
        .join("environments/production/manifests/site.pp");
    write(&manifest, SITE);
    let other = master.node("web1").await;
    let served = async || {
        let (status, made) = catalog(&other, "web1", "production").await;
        assert_eq!(status, StatusCode::OK, "{made}");
        assert_eq!(titles(&made, "Notify"), ["served"]);
    };
    for (node, line, expected) in [
        ("endless", 2, "The compile took longer than it may"),
        ("deep", 1, "Calls are nested more than 1000 deep"),
        ("long", 4, "bytes is too long"),
        ("slow", 5, "takes too many steps"),
    ] {
        let client = master.node(node).await;
        let asked = tokio::spawn(async move { catalog(&client, node, "production").await });
        served().await;
        let (status, body) = asked.await.expect("it does not panic");
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{node}: {body}");
        let message = body["message"].as_str().expect("a message");
        assert!(message.contains(expected), "{node}: {message}");
        assert!(
            message.contains(&format!("line: {line}")),
            "{node}: {message}"
        );
        served().await;
    }
}
