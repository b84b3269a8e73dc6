//! `master ca`: the authority's key under a passphrase, from one master to another.

use std::{
    fs,
    io::{self, Read as _},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use clap::Subcommand;
use ficelle_ca::{backup, keys};
use ficelle_model::atomic;

use super::block_on;
use crate::{installation::Installation, terminal::Terminal};

#[derive(Debug, Subcommand)]
pub enum Ca {
    /// Writes the authority's key and certificate, encrypted, to standard output.
    Export {
        /// The file that holds the passphrase; `-` is standard input.
        #[arg(long)]
        passphrase_file: Utf8PathBuf,
    },
    /// Takes an export over, on a master that has no authority yet.
    Import {
        /// The export.
        file: Utf8PathBuf,
        /// The file that holds the passphrase; `-` is standard input.
        #[arg(long)]
        passphrase_file: Utf8PathBuf,
    },
}

pub fn run(ca: Ca, installation: &Installation, terminal: &mut Terminal) -> Result<ExitCode> {
    match ca {
        Ca::Export { passphrase_file } => {
            let passphrase = passphrase(&passphrase_file)?;
            installation.drop_privileges()?;
            let sealed = block_on(async {
                let store = installation.store().await?;
                let authority = installation.authority(&store).await?;
                Ok(backup::export(authority.issuer(), &passphrase)?)
            })?;
            terminal.bytes(sealed.as_bytes());
        }
        Ca::Import {
            file,
            passphrase_file,
        } => {
            let passphrase = passphrase(&passphrase_file)?;
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
            let opened = backup::import(&text, &passphrase)?;
            installation.drop_privileges()?;
            let files = installation.authority_files()?;
            if files.key.exists() || files.certificate.exists() {
                bail!("there is an authority in {} already", files.key.display());
            }
            keys::write_pem(&files.key, &opened.key_pem)?;
            atomic::create(&files.certificate, opened.certificate_pem.as_bytes(), 0o644)
                .with_context(|| format!("cannot write {}", files.certificate.display()))?;
            terminal.line("The authority was taken over");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn passphrase(path: &Utf8Path) -> Result<String> {
    let mut text = String::new();
    if path == "-" {
        io::stdin().read_to_string(&mut text)?;
    } else {
        text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
