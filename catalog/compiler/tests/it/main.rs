//! Catalogs of small manifests, as text, beside what they were made from.

mod disk;
mod limits;
mod modules;
mod purity;
mod ruby;
mod site;
mod twins;

use std::fmt::Write as _;

use ficelle_compiler::{CompileError, Compiled};

/// Every fixture's catalog or error is the one that was looked at.
#[test]
fn fixtures() {
    insta::glob!("fixtures/*.pp", |path| {
        let code = std::fs::read_to_string(path).expect("a readable fixture");
        let result = site::Site::new()
            .manifest(&code)
            .compile("web1.example.com");
        insta::assert_snapshot!(shown(&result));
    });
}

/// A catalog as people read it: resources in order with their parameters, edges, logs.
pub fn shown(result: &Result<Compiled, CompileError>) -> String {
    let compiled = match result {
        Ok(compiled) => compiled,
        Err(error) => return format!("error: {error}\n"),
    };
    let mut out = String::new();
    for resource in &compiled.catalog.resources {
        let tags: Vec<&str> = resource.tags.iter().map(|tag| &**tag).collect();
        let line = resource
            .line
            .map_or(String::new(), |line| format!(" @{line}"));
        let _ = writeln!(out, "{}{line} ({})", resource.reference, tags.join(" "));
        for (name, value) in &resource.parameters {
            let hidden = if resource.sensitive.contains(name) {
                " (sensitive)"
            } else {
                ""
            };
            let _ = writeln!(out, "    {name}{hidden} => {value:?}");
        }
    }
    for edge in &compiled.catalog.edges {
        let _ = writeln!(out, "{} contains {}", edge.source, edge.target);
    }
    for resource in &compiled.exported {
        let _ = writeln!(out, "exports {}", resource.reference);
    }
    for log in &compiled.logs {
        let _ = writeln!(out, "{}: {}", log.level.as_str(), log.message);
    }
    out
}
