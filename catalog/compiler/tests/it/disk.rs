//! Environments on a real disk: links, hidden files, commands.

use std::{fs, os::unix::fs::symlink};

use camino::Utf8PathBuf;
use ficelle_compiler::{Compiled, DiskInputs, Environment, EnvironmentDefaults, compile};
use ficelle_model::EnvironmentName;

use crate::site;

struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("it can be made"))
    }

    fn path(&self, path: &str) -> Utf8PathBuf {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        path.try_into().expect("a path in UTF-8")
    }

    fn file(&self, path: &str, content: &str) {
        #[expect(clippy::disallowed_methods, reason = "a fresh folder of our own")]
        fs::write(self.path(path), content).expect("it can be made");
    }

    fn compile(&self) -> Result<Compiled, String> {
        let inputs = DiskInputs::new();
        let directory = self.path("").join("production");
        let defaults = EnvironmentDefaults::default();
        let name = EnvironmentName::production();
        let environment = Environment::open(name, &directory, &defaults, &inputs);
        let environment = environment.map_err(|error| error.to_string())?;
        compile(&site::Site::new().request("web1"), &environment, &inputs)
            .map_err(|error| error.to_string())
    }

    /// The version that the command of `config_version` leads to.
    fn version(&self, command: &str) -> Result<String, String> {
        let conf = format!("config_version = {command}\n");
        self.file("production/environment.conf", &conf);
        Ok(self.compile()?.catalog.version.to_string())
    }
}

#[test]
fn manifests_are_read_in_order_but_for_hidden_ones_and_folders_behind_links() {
    let site = Site::new();
    let read = ["b.pp", "a.pp", "b/x.pp", "b-c.pp", "B.pp", "10.pp", "9.pp"];
    let not = [".#a.pp", ".git/g.pp", "b/.h.pp", "x.pp.bak", "x.PP"];
    for path in read.iter().chain(&not) {
        let code = format!("notify {{ '{path}': }}");
        site.file(&format!("production/manifests/{path}"), &code);
    }
    let manifests = site.path("production/manifests");
    symlink(".", manifests.join("again")).expect("it can be made");
    site.file("elsewhere/z.pp", "notify { 'z.pp': }");
    symlink("../../elsewhere/z.pp", manifests.join("z.pp")).expect("it can be made");

    let compiled = site.compile().expect("a catalog");
    let notices = compiled.catalog.resources.iter();
    let notices = notices.filter(|resource| resource.reference.type_name.as_ref() == "Notify");
    let titles: Vec<&str> = notices.map(|notice| &*notice.reference.title).collect();
    let expected = [
        "10.pp", "9.pp", "B.pp", "a.pp", "b-c.pp", "b.pp", "b/x.pp", "z.pp",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn a_version_may_be_what_a_shell_says() {
    let site = Site::new();
    assert_eq!(
        site.version("/bin/echo  one  $environment"),
        Ok("one production".into())
    );
    assert_eq!(site.version("/bin/echo ab | tr a b"), Ok("bb".into()));
    assert_eq!(
        site.version("/bin/echo one; echo two >&2"),
        Ok("one\ntwo".into())
    );
    assert_eq!(
        site.version("/bin/echo one; echo two >&2; exit 3"),
        Err(
            "Execution of config_version command `/bin/echo one; echo two >&2; exit 3` failed: \
             Execution of '/bin/echo one; echo two >&2; exit 3' returned 3: one\ntwo on node web1"
                .into()
        )
    );
}
