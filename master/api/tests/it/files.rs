//! Files of modules, and backups.

use std::path::Path;

use reqwest::{Method, StatusCode};

use crate::{Master, master::write};

const SUM: &str = "01d09d19c2139a46aebfb577780d123d7396e97201bc7ead210a2ebff8239dee";

#[tokio::test]
async fn a_file_is_described_and_sent() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let query =
        "links=manage&checksum_type=sha256&source_permissions=ignore&environment=production";
    let (status, body) = node
        .get(&format!(
            "/puppet/v3/file_metadata/modules/motd/motd?{query}"
        ))
        .await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_snapshot!(scrubbed(&body, master.directory.path()));
    let path = "/puppet/v3/file_content/modules/motd/motd?environment=production";
    let response = node.ask(Method::GET, path).send().await.expect("an answer");
    assert_eq!(
        response.headers()["content-type"],
        "application/octet-stream"
    );
    assert_eq!(response.headers()["content-length"], "6");
    assert_eq!(response.text().await.expect("a body"), "hello\n");
    let (status, body) = node
        .get(&format!(
            "/puppet/v3/file_metadata/modules/motd/nope?{query}"
        ))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body,
        r#"{"message":"Not Found: Could not find file_metadata modules/motd/nope","issue_kind":"RESOURCE_NOT_FOUND"}"#
    );
}

#[tokio::test]
async fn plugins_of_all_modules_lie_over_each_other() {
    let master = Master::start().await;
    let modules = master
        .directory
        .path()
        .join("environments/production/modules");
    write(
        &modules.join("other/lib/facter/motd.rb"),
        "# hidden by the first module\n",
    );
    write(
        &modules.join("other/lib/facter/other.rb"),
        "# another fact\n",
    );
    let node = master.node("node1").await;
    let query = "recurse=true&max_files=-1&ignore=.svn&ignore=CVS&ignore=.git&links=follow\
                 &checksum_type=md5&source_permissions=ignore&environment=production";
    let (status, body) = node
        .get(&format!("/puppet/v3/file_metadatas/plugins?{query}"))
        .await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_snapshot!(scrubbed(&body, master.directory.path()));
    let path = "/puppet/v3/file_content/plugins/facter/motd.rb?environment=production";
    assert_eq!(node.get(path).await.1, "# a fact\n");

    let (_, body) = node
        .get(&format!("/puppet/v3/file_metadatas/pluginfacts?{query}"))
        .await;
    insta::assert_snapshot!(scrubbed(&body, master.directory.path()));
}

#[tokio::test]
async fn structured_answers_are_compressed() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let path = "/puppet/v3/file_metadatas/plugins?recurse=true&environment=production";
    let asked = node
        .ask(Method::GET, path)
        .header("Accept-Encoding", "gzip;q=1.0,identity;q=0.3");
    let response = asked.send().await.expect("an answer");
    assert_eq!(response.headers()["content-encoding"], "gzip");
}

#[tokio::test]
async fn a_backup_is_its_owners_alone() {
    let master = Master::start().await;
    let (node, other) = (master.node("node1").await, master.node("node2").await);
    let path = format!("/puppet/v3/file_bucket_file/sha256/{SUM}//etc/motd");
    let head = async |client: &crate::Client| {
        client
            .ask(Method::HEAD, &path)
            .send()
            .await
            .expect("an answer")
            .status()
    };
    assert_eq!(head(&node).await, StatusCode::NOT_FOUND);
    assert_eq!(
        node.put(&path, "old\n").await,
        (StatusCode::OK, String::new())
    );
    assert_eq!(head(&node).await, StatusCode::OK);
    assert_eq!(node.get(&path).await, (StatusCode::OK, "old\n".to_owned()));
    assert_eq!(head(&other).await, StatusCode::NOT_FOUND);

    let (status, body) = other.put(&path, "something else\n").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("the content's sha256 is"), "{body}");
    assert_eq!(head(&other).await, StatusCode::NOT_FOUND);
}

/// What differs from run to run.
fn scrubbed(body: &str, directory: &Path) -> String {
    let owner = format!(r#""owner":{},"#, rustix::process::geteuid().as_raw());
    let group = format!(r#""group":{},"#, rustix::process::getegid().as_raw());
    let text = body
        .replace(directory.to_str().expect("UTF-8"), "ROOT")
        .replace(&owner, r#""owner":OWNER,"#)
        .replace(&group, r#""group":GROUP,"#);
    let mut scrubbed = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("{ctime}") {
        let end = rest[at..].find('"').expect("a string ends") + at;
        scrubbed.push_str(&rest[..at]);
        scrubbed.push_str("{ctime}TIME");
        rest = &rest[end..];
    }
    (scrubbed + rest).replace("},{", "},\n{")
}
