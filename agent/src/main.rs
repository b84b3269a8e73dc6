//! The `agent` command: keeps this host as its master describes it.

mod cli;
mod command;
mod configuration;
mod control;
mod daemon;
mod journal;
mod lock;
mod run;
mod supervisor;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args().skip(1)) {
        Ok(code) => code,
        Err(error) => {
            journal::Console::plain().failure(&error);
            ExitCode::FAILURE
        }
    }
}
