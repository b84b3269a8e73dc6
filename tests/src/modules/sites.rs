//! The project's own sites, and the examples of its documentation, as cases.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

use super::case::{Case, Group};

/// On what they are compiled.
const FACTS: &str = "debian12";

/// A site: its name here, its folder, and the nodes whose catalogs are compared.
const SITES: &[(&str, &str, &[&str])] = &[
    (
        "nextcloud",
        "manifests",
        &["control", "revproxy", "app1", "app2", "db", "cache"],
    ),
    ("lab", "tests/lab/site", &["web1", "db1", "other"]),
    ("interop", "tests/interop/site", &["old1"]),
];

/// Whose documentation has examples.
const DOCUMENTS: &[&str] = &["README.md", "manifests/README.md", "tests/lab/README.md"];

/// The cases. The sites are copied to `work`, as both sides want them in a folder of environments
/// and the secrets, which are made on the server, are wanting.
pub fn cases(checkout: &Utf8Path, work: &Utf8Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (name, folder, nodes) in SITES {
        let site = work.join("sites").join(name);
        if site.exists() {
            std::fs::remove_dir_all(&site).with_context(|| site.to_string())?;
        }
        copy(&checkout.join(folder), &site)?;
        let secrets = site.join("secrets.list");
        for node in *nodes {
            if secrets.exists() {
                let data = site.join(format!("data/nodes/{node}.yaml"));
                write(&data, &stand_ins(&std::fs::read_to_string(&secrets)?))?;
            }
            cases.push(case(
                &format!("{folder}/{node}"),
                node,
                "",
                Some(site.clone()),
            ));
        }
    }
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(checkout.join(document))?;
        for (number, example) in examples(&text).enumerate() {
            let id = format!("{document}/{}", number + 1);
            cases.push(case(&id, node_of(example).unwrap_or("web1"), example, None));
        }
    }
    Ok(cases)
}

fn case(id: &str, node: &str, code: &str, site: Option<Utf8PathBuf>) -> Case {
    Case {
        id: format!("{id}@{FACTS}"),
        group: Group::Sites,
        module: String::new(),
        code: code.to_owned(),
        facts: Arc::from(FACTS),
        site,
        node: Some(node.to_owned()),
    }
}

/// A value for each secret, as `phase1.sh` would make one, and for what a site must say of itself:
/// data of a node.
fn stand_ins(list: &str) -> String {
    let digest = "0123456789abcdef".repeat(4);
    let mut data = format!("---\nnextcloud::archive_sha256: '{digest}'\n");
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let (Some(name), Some(kind)) = (words.next(), words.next()) else {
            continue;
        };
        let _ = writeln!(data, "{name}: secret-of-{}", name.replace("::", "-"));
        let second = match kind {
            "mysql" => Some(("hash", "'*14E65567ABDB5135D0CFD9A70B3032C179A49EE7'")),
            "ssh" => Some(("public", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample")),
            _ => None,
        };
        if let Some((suffix, value)) = second {
            let _ = writeln!(data, "{name}_{suffix}: {value}");
        }
    }
    data
}

/// The code blocks in the Puppet language.
fn examples(text: &str) -> impl Iterator<Item = &str> {
    text.split("```puppet\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
}

/// The first node that an example names.
fn node_of(example: &str) -> Option<&str> {
    let (_, rest) = example.split_once("node '")?;
    rest.split('\'').next()
}

fn copy(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    for entry in from
        .read_dir_utf8()
        .with_context(|| format!("{from} cannot be read"))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(entry.path(), &target)?;
        } else {
            write(&target, &std::fs::read_to_string(entry.path())?)?;
        }
    }
    Ok(())
}

fn write(path: &Utf8Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    #[expect(clippy::disallowed_methods, reason = "a copy in the target folder")]
    std::fs::write(path, text).with_context(|| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::{examples, node_of, stand_ins};

    #[test]
    fn examples_are_the_blocks_in_the_language() {
        let text = "```\nmake\n```\n```puppet\nnode 'web1' { }\n```\nand\n";
        let found: Vec<&str> = examples(text).collect();
        assert_eq!(found, ["node 'web1' { }\n"]);
        assert_eq!(node_of(found[0]), Some("web1"));
    }

    #[test]
    fn each_secret_has_a_stand_in() {
        let data = stand_ins("# NAME KIND\nsite::a random 3\nsite::b mysql 3\n");
        assert!(data.contains("site::a: secret-of-site-a\n"));
        assert!(data.contains("site::b_hash: '*14E"));
    }
}
