//! `agent --fingerprint` and `agent --clean`.

use std::{fs, io, process::ExitCode};

use anyhow::{Context as _, Result};
use ficelle_model::report::Journal as _;

use crate::{configuration::Configuration, journal::Console};

/// Prints the fingerprint of the certificate, or else of the request.
pub fn fingerprint(configuration: &Configuration, console: &Console) -> Result<ExitCode> {
    match configuration.enrolment(console)?.fingerprint()? {
        Some(fingerprint) => {
            console.print(&format!("(SHA256) {fingerprint}"));
            Ok(ExitCode::SUCCESS)
        }
        None => {
            console.error(
                "Fingerprint asked but neither the certificate, nor the certificate request have \
                 been issued"
                    .to_owned(),
            );
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Removes the identity, so that the next run enrols anew.
pub fn clean(configuration: &Configuration, console: &Console) -> Result<ExitCode> {
    let places = configuration.places()?;
    let files = [
        &places.certificate,
        &places.request,
        &places.key,
        &places.revocations,
        &places.authority,
    ];
    for path in files {
        match fs::remove_file(path) {
            Ok(()) => console.notice(format!("Removed {path}")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot remove {path}")),
        }
    }
    Ok(ExitCode::SUCCESS)
}
