//! `master eyaml`: keys and encrypted values for Hiera's data, under hiera-eyaml's options.

use std::{
    fs,
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};
use ficelle_lookup::eyaml::{
    KeyPair, PrivateKey, PublicKey, decrypt_text, encrypt, folded, recrypt_text,
};
use ficelle_model::atomic;

use crate::terminal::Terminal;

#[derive(Debug, Subcommand)]
pub enum Eyaml {
    /// Makes a pair of keys; those that are there are left alone.
    Createkeys(Keys),
    /// Encrypts a value; anybody with the public key can.
    Encrypt {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        keys: Keys,
        /// The key that the value is to stand under.
        #[arg(short, long)]
        label: Option<String>,
        /// string (one line), block (folded lines) or examples (both).
        #[arg(short, long, default_value = "examples", value_parser = ["string", "block", "examples"])]
        output: String,
    },
    /// Decrypts a value, or every value of a file.
    Decrypt {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        keys: Keys,
    },
    /// Encrypts every value of a file anew, for the public key, and leaves all else as it is: how
    /// a new pair takes over from an old one.
    Recrypt {
        /// The file.
        file: Utf8PathBuf,
        #[command(flatten)]
        keys: Keys,
    },
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Input {
    /// The value itself; other users of this host can see it in the list of processes.
    #[arg(short, long)]
    string: Option<String>,
    /// A file.
    #[arg(short, long, alias = "eyaml", short_alias = 'e')]
    file: Option<Utf8PathBuf>,
    /// Standard input.
    #[arg(long)]
    stdin: bool,
}

#[derive(Args, Debug)]
pub struct Keys {
    /// The private key; of several, whichever a value was encrypted for.
    #[arg(long, default_value = "./keys/private_key.pkcs7.pem")]
    pkcs7_private_key: Vec<Utf8PathBuf>,
    /// The public key.
    #[arg(long, default_value = "./keys/public_key.pkcs7.pem")]
    pkcs7_public_key: Utf8PathBuf,
}

pub fn run(eyaml: Eyaml, terminal: &mut Terminal) -> Result<ExitCode> {
    match eyaml {
        Eyaml::Createkeys(keys) => {
            let [private] = keys.pkcs7_private_key.as_slice() else {
                bail!("one --pkcs7-private-key is made at a time");
            };
            let pair = KeyPair::generate()?;
            write(private, pair.private.as_bytes(), 0o600)?;
            write(&keys.pkcs7_public_key, pair.public.as_bytes(), 0o644)?;
            terminal.line(format_args!(
                "Wrote {} and {}",
                private, keys.pkcs7_public_key
            ));
        }
        Eyaml::Encrypt {
            input,
            keys,
            label,
            output,
        } => {
            let value = encrypt(&keys.public()?, &input.read()?)?;
            terminal.line(written(&value, label.as_deref(), &output));
        }
        Eyaml::Decrypt { input, keys } => {
            let text = String::from_utf8(input.read()?).context("the input is not UTF-8")?;
            let clear = decrypt_text(&keys.private()?, &text)?;
            terminal.bytes(clear.as_bytes());
            if !clear.ends_with('\n') {
                terminal.line("");
            }
        }
        Eyaml::Recrypt { file, keys } => {
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
            let mode = fs::metadata(&file)?.permissions().mode();
            let recrypted = recrypt_text(&keys.private()?, &keys.public()?, &text)
                .with_context(|| format!("{file} is left as it is"))?;
            atomic::replace(file.as_std_path(), recrypted.as_bytes(), mode & 0o7777)
                .with_context(|| format!("cannot write {file}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Input {
    fn read(&self) -> Result<Vec<u8>> {
        match (&self.string, &self.file) {
            (Some(text), _) => Ok(text.clone().into_bytes()),
            (None, Some(path)) => fs::read(path).with_context(|| format!("cannot read {path}")),
            (None, None) => {
                let mut bytes = Vec::new();
                io::stdin().read_to_end(&mut bytes)?;
                Ok(bytes)
            }
        }
    }
}

impl Keys {
    fn private(&self) -> Result<Vec<PrivateKey>> {
        let key = |path: &Utf8PathBuf| {
            PrivateKey::from_pem(&read(path)?).with_context(|| format!("cannot use {path}"))
        };
        self.pkcs7_private_key.iter().map(key).collect()
    }

    fn public(&self) -> Result<PublicKey> {
        let path = &self.pkcs7_public_key;
        PublicKey::from_pem(&read(path)?).with_context(|| format!("cannot use {path}"))
    }
}

fn written(value: &str, label: Option<&str>, output: &str) -> String {
    let string = match label {
        Some(label) => format!("{label}: {value}"),
        None => value.to_owned(),
    };
    let lines = format!("    {}", folded(value).join("\n    "));
    let block = match label {
        Some(label) => format!("{label}: >\n{lines}"),
        None => lines,
    };
    match (output, label) {
        ("string", _) => string,
        ("block", _) => block,
        (_, Some(_)) => format!("{string}\n\nOR\n\n{block}"),
        (_, None) => format!("string: {string}\n\nOR\n\nblock: >\n{block}"),
    }
}

fn read(path: &Utf8Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read the key {path}"))
}

fn write(path: &Utf8Path, bytes: &[u8], mode: u32) -> Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) {
        fs::create_dir_all(parent).with_context(|| format!("cannot make {parent}"))?;
    }
    match atomic::create(path.as_std_path(), bytes, mode) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{path} is there already; values encrypted for it would be lost")
        }
        Err(error) => Err(error).with_context(|| format!("cannot write {path}")),
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn the_three_outputs() {
        let value = format!("ENC[PKCS7,{}]", "A".repeat(60));
        let (first, rest) = value.split_at(60);
        assert_eq!(written(&value, None, "string"), value);
        assert_eq!(
            written(&value, Some("key"), "string"),
            format!("key: {value}")
        );
        assert_eq!(
            written(&value, Some("key"), "block"),
            format!("key: >\n    {first}\n    {rest}")
        );
        assert_eq!(
            written(&value, None, "examples"),
            format!("string: {value}\n\nOR\n\nblock: >\n    {first}\n    {rest}")
        );
    }
}
