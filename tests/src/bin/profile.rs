//! `profile RAW… --output TEXT`: writes what instrumented programs counted as the text that
//! `llvm-profdata merge` makes an indexed profile of.

use std::{fs, io::Write as _, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::Parser;
use tests::profile::Profile;

/// Writes raw profiles as the text that any llvm-profdata reads.
#[derive(Debug, Parser)]
struct Options {
    /// What programs built with -Cprofile-generate left behind (*.profraw); they are added up.
    #[arg(required = true)]
    raw: Vec<PathBuf>,
    /// Where the text goes.
    #[arg(long)]
    output: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut profile = Profile::default();
    for path in &options.raw {
        let place = || path.display().to_string();
        let file = fs::read(path).with_context(place)?;
        profile.add(&file).with_context(place)?;
    }
    ficelle_model::atomic::replace(&options.output, profile.text().as_bytes(), 0o644)
        .with_context(|| options.output.display().to_string())?;
    let (ran, functions) = (profile.ran(), profile.functions());
    writeln!(std::io::stdout(), "{ran} of {functions} functions ran")?;
    Ok(())
}
