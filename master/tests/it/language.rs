//! `master validate`, `dump` and `eyaml`, which need no store.

use crate::{Installation, installation::text};

#[test]
fn what_is_wrong_is_shown_with_its_place() {
    let master = Installation::new();
    let good = master.write("good.pp", "notice('x')\n");
    let bad = master.write("bad.pp", "$x = \n");
    let (good, bad) = (good.to_str().expect("UTF-8"), bad.to_str().expect("UTF-8"));
    assert_eq!(master.prints(&["validate", good]), "");
    let found = master.fails(&["validate", good, bad]);
    assert!(found.contains("Syntax error at end of input"), "{found}");
    assert!(found.contains("bad.pp:2"), "{found}");
    let all = master.run(&["validate", master.path("").to_str().expect("UTF-8")]);
    assert!(
        text(&all.stderr).contains("bad.pp"),
        "a directory stands for what is below it"
    );
}

#[test]
fn a_tree_is_printed_in_notation() {
    let master = Installation::new();
    let file = master.write("one.pp", "$x = 1\n");
    let file = file.to_str().expect("UTF-8");
    let printed = master.prints(&["dump", "--format", "pn", file]);
    let words: Vec<_> = printed.split_whitespace().collect();
    assert_eq!(words.join(" "), r#"(= (var "x") 1)"#);
}

#[test]
fn a_value_is_encrypted_and_decrypted() {
    let master = Installation::new();
    let (private, public) = (master.path("private.pem"), master.path("public.pem"));
    let (private, public) = (
        private.to_str().expect("UTF-8"),
        public.to_str().expect("UTF-8"),
    );
    let keys = ["--pkcs7-private-key", private, "--pkcs7-public-key", public];
    let with = |arguments: &[&'static str]| {
        let mut all: Vec<String> = arguments.iter().map(|part| (*part).to_owned()).collect();
        all.extend(keys.iter().map(|part| (*part).to_owned()));
        all
    };
    let run = |arguments: Vec<String>| {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        master.prints(&arguments)
    };
    run(with(&["eyaml", "createkeys"]));
    let encrypted = run(with(&["eyaml", "encrypt", "-s", "s3cret", "-o", "string"]));
    assert!(encrypted.starts_with("ENC[PKCS7,"), "{encrypted}");
    let mut decrypt = with(&["eyaml", "decrypt", "-s"]);
    decrypt.insert(3, encrypted.trim().to_owned());
    assert_eq!(run(decrypt), "s3cret\n");
}

#[test]
fn a_file_is_encrypted_for_a_new_key() {
    let master = Installation::new();
    let path = |name: &str| master.path(name).to_str().expect("UTF-8").to_owned();
    let pair = |name: &str| (path(&format!("{name}.key")), path(&format!("{name}.pem")));
    let (old, new) = (pair("old"), pair("new"));
    for (private, public) in [&old, &new] {
        master.prints(&[
            "eyaml",
            "createkeys",
            "--pkcs7-private-key",
            private,
            "--pkcs7-public-key",
            public,
        ]);
    }
    let encrypted = master.prints(&[
        "eyaml",
        "encrypt",
        "-s",
        "s3cret",
        "-o",
        "block",
        "-l",
        "key",
        "--pkcs7-public-key",
        &old.1,
    ]);
    master.write("data.eyaml", &format!("# mine\n{encrypted}"));
    let file = path("data.eyaml");
    let recrypt = [
        "eyaml",
        "recrypt",
        &file,
        "--pkcs7-private-key",
        &old.0,
        "--pkcs7-public-key",
        &new.1,
    ];
    master.prints(&recrypt);
    let clear = master.prints(&[
        "eyaml",
        "decrypt",
        "-f",
        &file,
        "--pkcs7-private-key",
        &new.0,
    ]);
    assert_eq!(clear, "# mine\nkey: >\n    s3cret\n");
    let refused = master.fails(&recrypt);
    assert!(refused.contains("left as it is"), "{refused}");
}
