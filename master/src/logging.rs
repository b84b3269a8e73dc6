//! Logs go to standard error, where systemd takes them: for people, or as JSON.

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use ficelle_model::settings::Settings;
use tracing_subscriber::EnvFilter;

/// Starts logging as the settings say; `RUST_LOG` narrows it down further.
pub fn start(settings: &Settings) -> Result<()> {
    let level = match settings.text("log_level")?.as_str() {
        "debug" => "debug,hyper=info,h2=info,rustls=info,sqlx=warn",
        "info" | "notice" => "info,sqlx=warn",
        "warning" => "warn",
        _ => "error",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    if settings.text("log_format")? == "json" {
        builder.json().flatten_event(true).init();
    } else if std::env::var_os("JOURNAL_STREAM").is_some() {
        // The journal has the time already.
        builder.without_time().with_ansi(false).init();
    } else {
        builder.with_ansi(io::stderr().is_terminal()).init();
    }
    Ok(())
}

/// For commands: what goes wrong, and nothing else.
pub fn quiet() {
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error")),
        )
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .without_time()
        .init();
}
