//! inotify, and the kernel's word that a mount has changed: inotify(7), proc(5).
//!
//! An event is in the queue before the call that made the change returns, so what happened before
//! the queue is read is found in it.

use std::{
    fs::File,
    io,
    mem::MaybeUninit,
    os::fd::{AsRawFd as _, OwnedFd},
};

use camino::Utf8Path;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{
        Mode, OFlags, fstatfs,
        inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init},
        open,
    },
    io::Errno,
};

use super::{
    look::Identity,
    watch::{Denial, News, Subject},
};

/// File systems that change by calls to this kernel only, and tell of each. Not among them: those
/// of other machines; overlayfs, whose layers may change below it; ZFS, which can roll back while
/// it is mounted; whatever else nobody has looked into.
const TELLING: [u32; 4] = [
    0xef53,      // ext2, ext3, ext4
    0x5846_5342, // XFS
    0x9123_683e, // Btrfs
    0x0102_1994, // tmpfs
];

const OF_A_FOLDER: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::ONLYDIR);

/// What is written through a mapping is told of only where that is closed.
const OF_A_FILE: WatchFlags = WatchFlags::MODIFY
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::ATTRIB);

pub(super) struct Kernel {
    changes: OwnedFd,
    mounts: File,
}

impl Kernel {
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self {
            changes: init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?,
            mounts: File::open("/proc/self/mountinfo")?,
        })
    }

    /// Watches what stands at a path if it is what is meant, and gives the number by which events
    /// will call it. The path is opened once, so nothing else can come in between.
    pub(super) fn watch(
        &self,
        path: &Utf8Path,
        identity: Identity,
        subject: Subject,
    ) -> Result<i32, Denial> {
        let (follow, events) = match subject {
            Subject::Folder => (OFlags::DIRECTORY, OF_A_FOLDER),
            Subject::File => (OFlags::NOFOLLOW, OF_A_FILE),
        };
        let flags = OFlags::PATH | OFlags::CLOEXEC | follow;
        let opened = File::from(open(path.as_str(), flags, Mode::empty())?);
        if Identity::of(&opened.metadata().map_err(|_| Denial::Replaced)?) != identity {
            return Err(Denial::Replaced);
        }
        if !TELLING.contains(&(fstatfs(&opened)?.f_type as u32)) {
            return Err(Denial::Refused);
        }
        let path = format!("/proc/self/fd/{}", opened.as_raw_fd());
        Ok(add_watch(&self.changes, path, events)?)
    }

    /// Everything that was told since the last time.
    pub(super) fn news(&self, news: &mut Vec<News>) -> io::Result<()> {
        let mut ready = [
            PollFd::new(&self.changes, PollFlags::IN),
            PollFd::new(&self.mounts, PollFlags::PRI),
        ];
        if poll(&mut ready, Some(&Timespec::default()))? == 0 {
            return Ok(());
        }
        let [changes, mounts] = ready.map(|one| one.revents());
        if !mounts.is_empty() {
            news.push(News::Mounts);
        }
        if changes.is_empty() {
            return Ok(());
        }
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.changes, &mut buffer);
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(Errno::WOULDBLOCK) => return Ok(()),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            };
            if event.events().contains(ReadFlags::QUEUE_OVERFLOW) {
                news.push(News::Lost);
                return Ok(());
            }
            news.push(match event.events().contains(ReadFlags::IGNORED) {
                true => News::Gone(event.wd()),
                false => News::Changed(event.wd()),
            });
        }
    }
}

impl From<Errno> for Denial {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::NOSPC => Self::Full,
            Errno::NOENT | Errno::NOTDIR | Errno::LOOP => Self::Replaced,
            _ => Self::Refused,
        }
    }
}
