//! Whatever happened before a request is seen by it, and what did not change is not asked again.
#![expect(
    clippy::disallowed_methods,
    reason = "a test's own files, in its own folder"
)]

use std::{
    fs,
    io::Write as _,
    os::unix::fs::symlink,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use camino::Utf8PathBuf;
use tempfile::TempDir;

use super::{
    watch::{News, REST},
    *,
};

/// So many requests make the first of them watch a file, and then the folders above it.
const OFTEN: usize = 12;

struct Site {
    folder: TempDir,
    disk: DiskInputs,
}

impl Site {
    /// On a file system that tells of changes, where there is one.
    fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self::below(folder.expect("a folder"))
    }

    fn below(folder: TempDir) -> Self {
        Self {
            folder,
            disk: DiskInputs::new(),
        }
    }

    /// With these files, asked so often that they are watched.
    fn known(files: &[(&str, &str)]) -> Self {
        let site = Self::new();
        for (name, text) in files {
            site.write(name, text);
        }
        for (name, text) in files {
            site.learn(name);
            assert_eq!(site.read(name).as_deref(), Some(*text));
        }
        site
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        let folder = Utf8Path::from_path(self.folder.path()).expect("its name is text");
        folder.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("a new name");
    }

    fn learn(&self, name: &str) {
        for _ in 0..OFTEN {
            self.read(name);
            self.kind(name);
        }
    }

    /// As a request that comes now.
    fn read(&self, name: &str) -> Option<String> {
        let disk = self.disk.since(Instant::now());
        let bytes = disk.read(&self.path(name)).expect("it can be read");
        bytes.map(|bytes| String::from_utf8(bytes.to_vec()).expect("text"))
    }

    fn kind(&self, name: &str) -> Option<FileKind> {
        let disk = self.disk.since(Instant::now());
        disk.kind(&self.path(name)).expect("it can be examined")
    }

    /// The paths that the disk is asked for while a file is read.
    fn questions(&self, name: &str) -> Vec<String> {
        self.disk.questions.lock().expect("no panic").clear();
        self.read(name);
        std::mem::take(&mut *self.disk.questions.lock().expect("no panic"))
    }

    fn is_asked(&self, name: &str) -> bool {
        self.questions(name).contains(&self.path(name).to_string())
    }

    /// Whether the machine has a file system that tells of changes.
    fn is_watched(&self) -> bool {
        self.disk.watch.len() > 0
    }
}

#[test]
fn what_was_seen_since_a_moment_is_not_asked_again() {
    let site = Site::new();
    let path = site.path("site.pp");
    let read = |moment| {
        let bytes = site.disk.since(moment).read(&path).expect("it can be read");
        bytes.map(|bytes| bytes.to_vec())
    };
    let first = Instant::now();
    assert_eq!(read(first), None);
    site.write("site.pp", "one");
    assert_eq!(
        read(first),
        None,
        "the one who waited then may see it as it was"
    );
    assert_eq!(read(Instant::now()).as_deref(), Some(&b"one"[..]));
    assert_eq!(read(first).as_deref(), Some(&b"one"[..]));
    site.write("site.pp", "three");
    let now = site.disk.read(&path).expect("it can be read");
    assert_eq!(now.as_deref(), Some(&b"three"[..]));
}

#[test]
fn unchanged_files_are_not_asked_again() {
    let site = Site::known(&[("a/one.pp", "one"), ("a/two.pp", "two")]);
    site.learn("a/missing.pp");
    if !site.is_watched() {
        return;
    }
    for name in ["a/one.pp", "a/two.pp", "a/missing.pp"] {
        let questions = site.questions(name);
        let own = site.path("a").to_string();
        assert!(
            !questions.iter().any(|path| path.starts_with(&own)),
            "{questions:?}"
        );
    }
    site.write("a/two.pp", "changed");
    assert!(!site.is_asked("a/one.pp"));
    assert!(site.is_asked("a/two.pp"));
    assert!(!site.is_asked("a/missing.pp"));
    site.write("a/three.pp", "new");
    for name in ["a/one.pp", "a/two.pp", "a/missing.pp"] {
        assert!(site.is_asked(name), "{name}");
        assert!(!site.is_asked(name), "{name}");
    }
}

#[test]
fn a_file_is_changed_in_place() {
    let site = Site::known(&[("site.pp", "one")]);
    site.write("site.pp", "two");
    assert_eq!(site.read("site.pp").as_deref(), Some("two"));
    let file = fs::File::open(site.path("site.pp")).expect("a file");
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    site.write("site.pp", "six");
    file.set_modified(modified.expect("a time"))
        .expect("it is ours");
    assert_eq!(site.read("site.pp").as_deref(), Some("six"));
}

#[test]
fn a_file_is_written_and_stays_open() {
    let site = Site::known(&[("site.pp", "one")]);
    let file = fs::File::options().append(true).open(site.path("site.pp"));
    let mut file = file.expect("a file");
    for text in ["one two", "one two six"] {
        file.write_all(&text.as_bytes()[text.len() - 4..])
            .expect("space");
        assert_eq!(site.read("site.pp").as_deref(), Some(text));
        site.learn("site.pp");
    }
    file.set_len(3).expect("it is ours");
    assert_eq!(site.read("site.pp").as_deref(), Some("one"));
}

#[test]
fn a_file_is_changed_in_place_at_once_and_not_watched() {
    let site = Site::new();
    for text in ["one", "two", "six"] {
        site.write("site.pp", text);
        let bytes = site.disk.read(&site.path("site.pp")).expect("readable");
        assert_eq!(bytes.as_deref(), Some(text.as_bytes()));
    }
}

#[test]
fn a_file_is_replaced() {
    let site = Site::known(&[("site.pp", "one")]);
    site.write("new.pp", "two");
    site.rename("new.pp", "site.pp");
    assert_eq!(site.read("site.pp").as_deref(), Some("two"));
}

#[test]
fn a_file_comes_and_goes() {
    let site = Site::known(&[("a/one.pp", "one")]);
    site.learn("a/two.pp");
    site.learn("b/one.pp");
    for _ in 0..3 {
        site.write("a/two.pp", "two");
        site.write("b/one.pp", "one");
        site.learn("a/two.pp");
        assert_eq!(site.read("a/two.pp").as_deref(), Some("two"));
        assert_eq!(site.read("b/one.pp").as_deref(), Some("one"));
        fs::remove_file(site.path("a/two.pp")).expect("it was there");
        fs::remove_dir_all(site.path("b")).expect("it was there");
        assert_eq!(site.read("a/two.pp"), None);
        assert_eq!(site.read("b/one.pp"), None);
    }
    assert_eq!(site.read("a/one.pp").as_deref(), Some("one"));
}

#[test]
fn a_folder_is_replaced() {
    let site = Site::known(&[("prod/a/site.pp", "one"), ("new/a/site.pp", "two")]);
    site.rename("prod", "prod.old");
    site.rename("new", "prod");
    assert_eq!(site.read("prod/a/site.pp").as_deref(), Some("two"));
    site.learn("prod/a/site.pp");
    site.rename("prod", "new");
    assert_eq!(site.read("prod/a/site.pp"), None);
    site.rename("prod.old", "prod");
    assert_eq!(site.read("prod/a/site.pp").as_deref(), Some("one"));
    site.write("prod/a/site.pp", "six");
    assert_eq!(site.read("prod/a/site.pp").as_deref(), Some("six"));
}

#[test]
fn a_folder_becomes_a_file() {
    let site = Site::known(&[("a/site.pp", "one")]);
    for _ in 0..OFTEN {
        assert_eq!(site.kind("a"), Some(FileKind::Directory));
    }
    site.rename("a", "b");
    site.write("a", "text");
    assert_eq!(site.kind("a"), Some(FileKind::File));
    assert_eq!(site.kind("a/site.pp"), None);
    assert_eq!(site.read("a/site.pp"), None);
}

#[test]
fn an_environment_is_a_link() {
    let site = Site::new();
    site.write("prod_1/a/site.pp", "one");
    site.write("prod_2/a/site.pp", "two");
    symlink("prod_1", site.path("prod")).expect("a link");
    site.learn("prod/a/site.pp");
    for (target, text) in [("prod_2", "two"), ("prod_1", "one")] {
        symlink(target, site.path("new")).expect("a link");
        site.rename("new", "prod");
        assert_eq!(site.read("prod/a/site.pp").as_deref(), Some(text));
        site.learn("prod/a/site.pp");
    }
    site.write("prod_1/a/site.pp", "six");
    assert_eq!(site.read("prod/a/site.pp").as_deref(), Some("six"));
}

#[test]
fn a_file_is_a_link() {
    let site = Site::new();
    site.write("elsewhere/site.pp", "one");
    symlink("elsewhere/site.pp", site.path("site.pp")).expect("a link");
    site.learn("site.pp");
    site.write("elsewhere/site.pp", "two");
    assert_eq!(site.read("site.pp").as_deref(), Some("two"));
    symlink("elsewhere/new.pp", site.path("new.pp")).expect("a link");
    site.rename("new.pp", "site.pp");
    assert_eq!(site.read("site.pp"), None);
    site.write("elsewhere/new.pp", "six");
    assert_eq!(site.read("site.pp").as_deref(), Some("six"));
    site.rename("elsewhere/new.pp", "site.pp");
    site.learn("site.pp");
    assert_eq!(site.read("site.pp").as_deref(), Some("six"));
    symlink("elsewhere/site.pp", site.path("new.pp")).expect("a link");
    site.rename("new.pp", "site.pp");
    assert_eq!(site.read("site.pp").as_deref(), Some("two"));
    site.learn("site.pp");
    fs::remove_file(site.path("elsewhere/site.pp")).expect("it was there");
    assert_eq!(site.read("site.pp"), None);
}

#[test]
fn a_link_is_asked_once_a_request() {
    let site = Site::new();
    site.write("elsewhere/site.pp", "one");
    symlink("elsewhere/site.pp", site.path("site.pp")).expect("a link");
    site.learn("site.pp");
    let own = site.path("site.pp").to_string();
    let questions = site.questions("site.pp");
    let count = questions.iter().filter(|path| **path == own).count();
    assert_eq!(count, 1, "{questions:?}");
}

#[test]
fn a_file_has_another_name() {
    let site = Site::new();
    site.write("a/before.pp", "one");
    site.write("a/after.pp", "one");
    fs::create_dir(site.path("b")).expect("a folder");
    let link = |name: &str| {
        let (from, to) = (site.path("a").join(name), site.path("b").join(name));
        fs::hard_link(from, to).expect("a link");
    };
    link("before.pp");
    site.learn("a/before.pp");
    site.learn("a/after.pp");
    link("after.pp");
    site.write("b/before.pp", "two");
    site.write("b/after.pp", "two");
    assert_eq!(site.read("a/before.pp").as_deref(), Some("two"));
    assert_eq!(site.read("a/after.pp").as_deref(), Some("two"));
}

#[test]
fn a_folder_above_is_moved() {
    let site = Site::known(&[("code/prod/a/b/site.pp", "one")]);
    site.rename("code", "old");
    assert_eq!(site.read("code/prod/a/b/site.pp"), None);
    site.write("old/prod/a/b/site.pp", "two");
    site.rename("old", "code");
    assert_eq!(site.read("code/prod/a/b/site.pp").as_deref(), Some("two"));
}

#[test]
fn names_that_lead_elsewhere_are_asked() {
    let site = Site::new();
    site.write("a/b/site.pp", "one");
    site.write("c/b/site.pp", "two");
    symlink("a/b", site.path("link")).expect("a link");
    let odd = "link/../b/./site.pp";
    site.learn(odd);
    assert_eq!(site.read(odd).as_deref(), Some("one"));
    fs::remove_file(site.path("link")).expect("it was there");
    symlink("c/b", site.path("link")).expect("a link");
    assert_eq!(site.read(odd).as_deref(), Some("two"));
    assert_eq!(site.kind("a/b/"), Some(FileKind::Directory));
    assert_eq!(site.kind("a/b/site.pp/"), None);
}

#[test]
fn after_lost_events_all_begins_anew() {
    let site = Site::known(&[("a/site.pp", "one")]);
    if !site.is_watched() {
        return;
    }
    site.disk.watch.tell(News::Lost);
    assert_eq!(site.disk.watch.len(), 0);
    site.write("a/site.pp", "two");
    assert_eq!(site.read("a/site.pp").as_deref(), Some("two"));
    site.learn("a/site.pp");
    assert!(!site.is_asked("a/site.pp"));
    site.write("a/site.pp", "six");
    assert_eq!(site.read("a/site.pp").as_deref(), Some("six"));
}

#[test]
fn after_a_mount_all_is_asked() {
    let site = Site::known(&[("a/site.pp", "one")]);
    if !site.is_watched() {
        return;
    }
    assert!(!site.is_asked("a/site.pp"));
    site.disk.watch.tell(News::Mounts);
    assert!(site.is_asked("a/site.pp"));
    assert!(!site.is_asked("a/site.pp"));
}

#[test]
fn what_cannot_be_watched_is_asked() {
    let site = Site::new();
    site.disk.watch.fill();
    site.write("a/site.pp", "one");
    site.learn("a/site.pp");
    let own = site.path("a/site.pp").to_string();
    assert_eq!(site.questions("a/site.pp"), [own], "and nothing else");
    assert_eq!(site.disk.watch.len(), 0);
    site.write("a/site.pp", "two");
    assert_eq!(site.read("a/site.pp").as_deref(), Some("two"));
    // When it has rested it tries again.
    let later = Instant::now() + 2 * REST;
    site.disk.watch.rest();
    for step in 0..3 {
        let disk = site.disk.since(later + step * Duration::from_secs(1));
        disk.read(&site.path("a/site.pp")).expect("readable");
    }
    let is_watched = Site::known(&[("site.pp", "one")]).is_watched();
    assert_eq!(site.is_watched(), is_watched);
}

#[test]
fn who_needs_no_moment_watches_nothing() {
    let site = Site::new();
    site.write("site.pp", "one");
    for _ in 0..OFTEN {
        site.disk.read(&site.path("site.pp")).expect("readable");
        site.disk.kind(&site.path("site.pp")).expect("examined");
    }
    assert!(site.disk.watch.is_closed());
    // Nor does who asks once.
    let once = site.disk.since(Instant::now());
    once.read(&site.path("other.pp")).expect("readable");
    assert!(site.disk.watch.is_closed());
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn whatever_happens_is_seen() {
    whatever_happens(&Site::new(), 2_000);
}

/// Most file systems on disks give the numbers of what is gone to what comes next.
#[test]
fn whatever_happens_is_seen_on_a_disk() {
    whatever_happens(&Site::below(tempfile::tempdir().expect("a folder")), 2_000);
}

fn whatever_happens(site: &Site, steps: usize) {
    let mut dice = Dice(0x5eed_f1ce);
    let mut names = Vec::new();
    for above in ["", "a/", "b/", "a/a/", "a/b/", "b/a/", "a/a/b/"] {
        names.extend(["a", "b", "c", "d"].map(|name| format!("{above}{name}")));
    }
    for step in 0..steps {
        let path = site.path(&names[dice.below(names.len())]);
        let other = site.path(&names[dice.below(names.len())]);
        // Most of it fails, as nothing is there, or something else.
        match dice.below(12) {
            0 | 1 => drop(fs::create_dir(&path)),
            2..5 => drop(fs::write(&path, format!("{:05}", step))),
            5 => drop(fs::remove_file(&path)),
            6 if dice.below(4) == 0 => drop(fs::remove_dir_all(&path)),
            7 => drop(fs::hard_link(&path, &other)),
            8 if dice.below(4) == 0 => drop(symlink(&other, &path)),
            _ => drop(fs::rename(&path, &other)),
        }
        for _ in 0..1 + dice.below(3) {
            let now = site.disk.since(Instant::now());
            for name in &names {
                let path = site.path(name);
                if dice.below(2) == 0 {
                    let kind = now.kind(&path).ok().flatten();
                    let there = fs::metadata(&path).ok();
                    assert_eq!(
                        kind.map(|kind| kind == FileKind::Directory),
                        there.map(|there| there.is_dir()),
                        "{path} in step {step}"
                    );
                }
                if dice.below(2) == 0 {
                    let bytes = now.read(&path).ok().flatten();
                    let there = fs::read(&path).ok();
                    assert_eq!(bytes.as_deref(), there.as_deref(), "{path} in step {step}");
                }
            }
        }
    }
}

#[test]
fn what_another_thread_has_done_is_seen() {
    let site = Site::known(&[("a/site.pp", "0"), ("a/other.pp", "0")]);
    let (done, over) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for name in ["a/site.pp", "a/other.pp", "a/site.pp"] {
            let (site, done, over) = (&site, &done, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Acquire) {
                    let least = done.load(Ordering::Acquire);
                    let seen = site.read(name).expect("it is always there");
                    let seen: u64 = seen.parse().expect("a number");
                    assert!(seen >= least, "{name}: {seen} after {least}");
                }
            });
        }
        for step in 1..3_000 {
            let text = step.to_string();
            for name in ["a/site.pp", "a/other.pp"] {
                site.write("a/new.pp", &text);
                site.rename("a/new.pp", name);
            }
            done.store(step, Ordering::Release);
        }
        over.store(true, Ordering::Release);
    });
}
