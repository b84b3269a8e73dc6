//! From root to the service's user, before anything is opened: no file is left behind that the
//! service cannot write.

use std::{
    ffi::CString,
    fs, io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown},
};

use anyhow::{Context as _, Result};
use camino::Utf8Path;
use ficelle_model::settings::Settings;
use nix::unistd::{Group, User, geteuid, initgroups, setgid, setuid};
use rustix::fs::Mode;

/// Makes the folders that are missing, gives them to the service's user, and becomes that user.
/// Anybody but root stays who they are; so does root where there is no such user.
pub fn drop(settings: &Settings, folders: &[&Utf8Path]) -> Result<()> {
    // Facts and reports are for the service and its group alone.
    rustix::process::umask(Mode::from_raw_mode(0o027));
    let account = match geteuid().is_root() {
        true => account(settings)?,
        false => None,
    };
    for folder in folders {
        let made = make(folder)?;
        if let Some(account) = &account
            && (made || fs::metadata(folder)?.uid() == 0)
            && !is_shared(folder)
        {
            let (user, group) = (account.user.uid.as_raw(), account.group.gid.as_raw());
            chown(folder, Some(user), Some(group))
                .with_context(|| format!("cannot give {folder} to {}", account.user.name))?;
        }
    }
    let Some(Account { user, group }) = account else {
        return Ok(());
    };
    let name = CString::new(user.name.clone()).context("a user's name holds no zero byte")?;
    initgroups(&name, group.gid)
        .and_then(|()| setgid(group.gid))
        .and_then(|()| setuid(user.uid))
        .with_context(|| format!("cannot become the user {}", user.name))
}

struct Account {
    user: User,
    group: Group,
}

fn account(settings: &Settings) -> Result<Option<Account>> {
    let name = settings.text("user")?;
    let Some(user) = User::from_name(&name).with_context(|| format!("cannot look up {name}"))?
    else {
        return Ok(None);
    };
    if user.uid.is_root() {
        return Ok(None);
    }
    let group = settings.text("group")?;
    let group = match Group::from_name(&group)? {
        Some(group) => Some(group),
        None => Group::from_gid(user.gid)?,
    };
    let group = group.with_context(|| format!("the user {name} has no group"))?;
    Ok(Some(Account { user, group }))
}

/// Directories of the whole system are nobody's to take.
fn is_shared(folder: &Utf8Path) -> bool {
    folder.components().count() <= 2 || matches!(folder.as_str(), "/var/lib" | "/var/log")
}

fn make(folder: &Utf8Path) -> Result<bool> {
    if folder.is_dir() {
        return Ok(false);
    }
    match fs::DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(folder)
    {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot make {folder}")),
    }
}
