//! One file a command. They open the store themselves, so they work while the master is stopped.

pub mod ca;
pub mod cert;
pub mod compile;
mod diagnostics;
pub mod dump;
pub mod eval;
pub mod eyaml;
pub mod lookup;
pub mod node;
mod plain;
mod preparation;
pub mod report;
pub mod validate;

pub use diagnostics::{Format, told};

use std::{env, future::Future};

use anyhow::Result;
use jiff::{Timestamp, tz::TimeZone};

/// Runs a command's future.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(future)
}

/// Who runs the command, for the audit trail.
fn actor() -> String {
    let user = env::var("SUDO_USER")
        .or_else(|_| env::var("USER"))
        .or_else(|_| env::var("LOGNAME"));
    match user {
        Ok(user) => format!("command:{user}"),
        Err(_) => format!("command:{}", rustix::process::getuid().as_raw()),
    }
}

/// A time as people here read it.
fn local(millis: i64) -> String {
    match Timestamp::from_millisecond(millis) {
        Ok(time) => time
            .to_zoned(TimeZone::system())
            .strftime("%Y-%m-%d %H:%M:%S %Z")
            .to_string(),
        Err(_) => "-".to_owned(),
    }
}
