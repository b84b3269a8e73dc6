//! Services of init scripts, on hosts (containers mostly) without a running systemd.

use ficelle_system::Command;

use crate::{Context, ProviderError};

use super::Enable;

pub(super) fn is_running(name: &str, context: &Context<'_>) -> Result<bool, ProviderError> {
    Ok(context.system.run(&service(name, "status"))?.success())
}

pub(super) fn act(name: &str, verb: &str, context: &Context<'_>) -> Result<(), ProviderError> {
    let output = context.system.run(&service(name, verb))?;
    if output.success() {
        return Ok(());
    }
    Err(ProviderError::failed(format!(
        "Could not {verb} Service[{name}]: Execution of '/usr/sbin/service {name} {verb}' \
         returned {}: {}",
        output.status,
        output.text().trim_end()
    )))
}

/// Whether the directory of runlevel 2, Debian's own, has a link that starts it.
pub(super) fn enable(name: &str, context: &Context<'_>) -> Result<Enable, ProviderError> {
    let links = context.system.list("/etc/rc2.d")?.unwrap_or_default();
    let starts = links.iter().any(|link| {
        link.strip_prefix('S')
            .and_then(|rest| rest.get(2..))
            .is_some_and(|linked| linked == name)
    });
    Ok(if starts { Enable::True } else { Enable::False })
}

pub(super) fn set_enable(
    name: &str,
    enable: Enable,
    context: &Context<'_>,
) -> Result<(), ProviderError> {
    let verbs: &[&str] = match enable {
        Enable::True => &["defaults", "enable"],
        Enable::False => &["disable"],
        Enable::Mask => {
            return Err(ProviderError::failed("Only systemd can mask a service"));
        }
    };
    for verb in verbs {
        let command = Command::new("/usr/sbin/update-rc.d").arguments([name, verb]);
        context.system.run(&command)?.successful(&command)?;
    }
    Ok(())
}

fn service(name: &str, verb: &str) -> Command {
    Command::new("/usr/sbin/service").arguments([name, verb])
}
