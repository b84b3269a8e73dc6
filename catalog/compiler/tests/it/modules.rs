//! What only shows where code is in modules.

use crate::site::Site;

#[test]
fn a_private_class_is_its_modules_own() {
    let site = |code: &str| {
        Site::new()
            .manifest(code)
            .file(
                "modules/app/manifests/init.pp",
                "class app { include app::inner }",
            )
            .file(
                "modules/app/manifests/inner.pp",
                "class app::inner { assert_private() }",
            )
            .file(
                "modules/app/manifests/part.pp",
                "define app::part { assert_private('not for you') }",
            )
    };
    let error = |code: &str| {
        let error = site(code).compile("web1").expect_err("it is private");
        error.message
    };
    assert!(site("include app").compile("web1").is_ok());
    assert!(error("include app::inner").ends_with("Class app::inner is private"));
    assert!(error("app::part { 'x': }").contains("not for you"));
}
