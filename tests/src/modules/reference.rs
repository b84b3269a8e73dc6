//! The reference: a Ruby process that has Debian's Puppet loaded and forks for each case. What it
//! answered is kept by content, so that asking again costs nothing.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

/// How long a case may take.
const SECONDS: u32 = 60;

/// Where things are.
#[derive(Clone, Debug)]
pub struct Places {
    /// The modules: a folder with one for each.
    pub modules: Utf8PathBuf,
    /// Names what the modules contain.
    pub digest: String,
    /// The folder of `reference.rb` and of the facts.
    pub project: Utf8PathBuf,
    /// A folder of our own, kept between runs.
    pub work: Utf8PathBuf,
}

impl Places {
    /// The sets of facts.
    pub fn facts(&self) -> Utf8PathBuf {
        self.project.join("facts")
    }

    fn script(&self) -> Utf8PathBuf {
        self.project.join("reference.rb")
    }
}

/// By which settings both sides compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `strict=error`, `strict_variables=true`: what Puppet 8 does by itself.
    Strict,
    /// `strict=warning`, `strict_variables=false`: what Puppet 7 does by itself.
    Lenient,
}

impl Mode {
    /// The value of `strict`.
    pub fn strict(self) -> &'static str {
        match self {
            Self::Strict => "error",
            Self::Lenient => "warning",
        }
    }

    /// The value of `strict_variables`.
    pub fn strict_variables(self) -> bool {
        self == Self::Strict
    }
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The manifest; empty where the environment's own is meant.
    pub code: &'a str,
    /// The module it is about.
    pub module: &'a str,
    /// The name of the set of facts.
    pub facts: &'a str,
    /// The settings.
    pub mode: Mode,
    /// An environment's folder; else the modules are all there is.
    pub site: Option<&'a Utf8Path>,
    /// The node, where it is not the one whose facts they are.
    pub node: Option<&'a str>,
}

/// What the reference said.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A catalog on the wire.
    Catalog(Value),
    /// Why there is none.
    Error(String),
}

/// A running reference.
#[derive(Debug)]
pub struct Reference {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    answers: Utf8PathBuf,
    /// What the answers depend on beside the question.
    basis: u64,
    /// Its settings, as `$settings::…` shows them.
    pub settings: Value,
}

impl Reference {
    /// Starts one. Several may share their folder: they write nothing in it once it is made, which
    /// the first of them does.
    pub fn start(places: &Places) -> Result<Self> {
        static STARTING: Mutex<()> = Mutex::new(());
        let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let work = places.work.join("puppet");
        let answers = places.work.join("answers");
        std::fs::create_dir_all(&answers).with_context(|| answers.to_string())?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the reference is another program; asking it is what this is for"
        )]
        let mut child = std::process::Command::new("ruby")
            .arg(places.script())
            .args([&places.modules, &places.facts(), &work])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("ruby cannot be started")?;
        let input = child.stdin.take().context("its input")?;
        let mut output = BufReader::new(child.stdout.take().context("its output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the reference did not start")?;
        let mut hasher = DefaultHasher::new();
        places.digest.hash(&mut hasher);
        ready["puppet"].to_string().hash(&mut hasher);
        ready["form"].to_string().hash(&mut hasher);
        Ok(Self {
            child,
            input,
            output,
            answers,
            basis: hasher.finish(),
            settings: with_version(&ready),
        })
    }

    /// Compiles, or remembers.
    pub fn ask(&mut self, question: &Question<'_>, facts: &str) -> Result<Answer> {
        let mut job = json!({
            "code": question.code,
            "module": question.module,
            "facts": question.facts,
            "strict": question.mode.strict(),
            "strict_variables": question.mode.strict_variables(),
            "seconds": SECONDS,
        });
        if let Some(folder) = question.site {
            job["environment"] = folder.as_str().into();
        }
        if let Some(node) = question.node {
            job["node"] = node.into();
        }
        let mut hasher = DefaultHasher::new();
        (self.basis, job.to_string(), facts).hash(&mut hasher);
        let kept = self.answers.join(format!("{:016x}.json", hasher.finish()));
        // A site is a folder that people edit: its answers are not kept.
        let keep = question.site.is_none();
        if keep && let Ok(text) = std::fs::read(&kept) {
            return answer(&serde_json::from_slice(&text)?);
        }
        writeln!(self.input, "{job}")?;
        self.input.flush()?;
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("the reference ended: {:?}", self.child.wait());
        }
        let said: Value = serde_json::from_str(&line).context("no answer of the reference")?;
        if keep && said["class"] != "Timeout" {
            #[expect(
                clippy::disallowed_methods,
                reason = "a cache in the target folder, which any run can make again"
            )]
            std::fs::write(&kept, &line).with_context(|| kept.to_string())?;
        }
        answer(&said)
    }
}

/// The settings, and under `puppet` the version, which is a fact of the server.
fn with_version(ready: &Value) -> Value {
    let mut settings = ready["settings"].clone();
    settings["puppet"] = ready["puppet"].clone();
    settings
}

impl Drop for Reference {
    fn drop(&mut self) {
        // It has nothing to save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(said: &Value) -> Result<Answer> {
    if let Some(error) = said["error"].as_str() {
        return Ok(Answer::Error(error.to_owned()));
    }
    match said.get("catalog") {
        Some(catalog) => Ok(Answer::Catalog(catalog.clone())),
        None => bail!("neither a catalog nor an error: {said}"),
    }
}
