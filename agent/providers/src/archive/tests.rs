use ficelle_model::{Data, Resource};
use ficelle_system::{Algorithm, Command};

use crate::testing::{Host, resource};

/// A host with a packed directory at `src/a.tar`, and its own directory.
fn packed() -> (Host, String) {
    let host = Host::real();
    let top = host.directory.path().display().to_string();
    host.write(&format!("{top}/src/d/hello"), "hi");
    let command = Command::new("tar").arguments([
        "cf",
        &format!("{top}/a.tar"),
        "-C",
        &format!("{top}/src"),
        "d",
    ]);
    assert!(host.system.run(&command).expect("tar runs").success());
    host.system
        .make_directories(format!("{top}/out"), 0o755)
        .expect("made");
    (host, top)
}

fn archive(top: &str, parameters: &[(&str, Data)]) -> Resource {
    let mut all = vec![
        ("source", format!("{top}/a.tar").into()),
        ("extract", true.into()),
        ("extract_path", format!("{top}/out").into()),
        ("creates", format!("{top}/out/d/hello").into()),
    ];
    all.extend(parameters.iter().cloned());
    resource("archive", &format!("{top}/copy.tar"), &all)
}

#[test]
fn is_fetched_unpacked_and_cleaned_up() {
    let (host, top) = packed();
    let wanted = archive(&top, &[]);
    assert_eq!(
        host.apply(&wanted),
        [format!(
            "download archive from {top}/a.tar to {top}/copy.tar and extracted in {top}/out with cleanup"
        )]
    );
    assert_eq!(host.text(&format!("{top}/out/d/hello")), "hi");
    assert!(!host.system.exists(format!("{top}/copy.tar")));
    assert!(host.apply(&wanted).is_empty());
}

#[test]
fn a_checksum_is_checked_before_anything_stands_there() {
    let (host, top) = packed();
    let checksum = |value: &str| {
        let parameters = [
            ("checksum", value.into()),
            ("checksum_type", "sha256".into()),
            ("cleanup", false.into()),
        ];
        archive(&top, &parameters)
    };
    let told = host.apply(&checksum("00"));
    assert!(
        told[0].contains("archive file checksum mismatch: expected 00 got "),
        "{told:?}"
    );
    assert!(!host.system.exists(format!("{top}/copy.tar")));
    let digest = host
        .system
        .digest(format!("{top}/a.tar"), Algorithm::Sha256)
        .expect("readable");
    let good = checksum(&digest.value);
    assert!(host.apply(&good)[0].ends_with("without cleanup"));
    assert!(host.apply(&good).is_empty());
}
