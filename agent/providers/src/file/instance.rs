//! A file as the host has it, for `agent resource file PATH`.

use ficelle_system::{Algorithm, FileKind, Links};

use crate::{Context, Instance, ProviderError};

pub(super) fn read(path: &str, context: &Context<'_>) -> Result<Instance, ProviderError> {
    let system = context.system;
    let Some(stat) = system.stat(path, Links::Manage)? else {
        return Ok(Instance::absent(path));
    };
    let mut instance = Instance::new(path, stat.kind.name());
    if stat.kind == FileKind::File {
        let digest = system.digest(path, Algorithm::Sha256)?;
        instance = instance.with("content", digest.to_string());
    }
    if let Some(target) = system.read_link(path)? {
        instance = instance.with("target", target.to_string_lossy().into_owned());
    }
    let time = |time: std::time::SystemTime| {
        let since = time
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    };
    Ok(instance
        .with("ctime", time(stat.ctime))
        .with("group", i64::from(stat.gid))
        .with("mode", format!("{:04o}", stat.mode))
        .with("mtime", time(stat.mtime))
        .with("owner", i64::from(stat.uid))
        .with("type", stat.kind.name()))
}
