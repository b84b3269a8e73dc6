//! A user's crontab: its jobs, and everything else in it left as it is.

use ficelle_system::Command;

use crate::{Context, ProviderError};

/// Where crontabs lie.
pub(super) const DIRECTORY: &str = "/var/spool/cron/crontabs";

/// What stands before the name of a job.
const MARK: &str = "# Puppet Name: ";

/// A crontab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A comment, an empty line, a setting for all that follows.
    Line(String),
    Job(Job),
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    /// As its mark says.
    pub(super) name: Option<String>,
    /// `A=b` lines between the mark and the job.
    pub(super) environment: Vec<String>,
    /// `daily` for `@daily`.
    pub(super) special: Option<String>,
    /// Minute, hour, day, month, weekday.
    pub(super) times: [String; 5],
    /// What it runs.
    pub(super) command: String,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            name: None,
            environment: Vec::new(),
            special: None,
            times: std::array::from_fn(|_| "*".to_owned()),
            command: String::new(),
        }
    }
}

impl Table {
    pub(super) fn read(user: &str, context: &Context<'_>) -> Result<Self, ProviderError> {
        if user.is_empty() || user.contains('/') || user.starts_with(['.', '-']) {
            return Err(ProviderError::failed(format!(
                "{user:?} is not a user's name"
            )));
        }
        let text = context
            .system
            .read_text(format!("{DIRECTORY}/{user}"))?
            .unwrap_or_default();
        Ok(Self::parse(&text))
    }

    pub(super) fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut name = None;
        let mut environment: Vec<String> = Vec::new();
        for line in text.lines() {
            if let Some(mark) = line.trim_start().strip_prefix(MARK) {
                name = Some(mark.trim_end().to_owned());
                continue;
            }
            if let Some(mut job) = Job::parse(line) {
                job.name = name.take();
                job.environment = std::mem::take(&mut environment);
                parts.push(Part::Job(job));
            } else if name.is_some() && is_setting(line) {
                environment.push(line.to_owned());
            } else {
                // The header that Puppet writes carries a date; ours to drop, nobody's to keep.
                if !line.starts_with("# HEADER: ") {
                    parts.push(Part::Line(line.to_owned()));
                }
            }
        }
        Self(parts)
    }

    /// The jobs, in order.
    pub(super) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.0.iter().filter_map(|part| match part {
            Part::Job(job) => Some(job),
            Part::Line(_) => None,
        })
    }

    /// Puts a job in the place of another, or at the end.
    pub(super) fn put(&mut self, before: &Job, after: Job) {
        let place = self
            .0
            .iter_mut()
            .find(|part| **part == Part::Job(before.clone()));
        match place {
            Some(place) => *place = Part::Job(after),
            None => self.0.push(Part::Job(after)),
        }
    }

    pub(super) fn remove(&mut self, job: &Job) {
        self.0.retain(|part| *part != Part::Job(job.clone()));
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Line(line) => {
                    text.push_str(line);
                    text.push('\n');
                }
                Part::Job(job) => job.print(&mut text),
            }
        }
        text
    }

    /// Hands the table to cron, which checks it.
    pub(super) fn write(&self, user: &str, context: &Context<'_>) -> Result<(), ProviderError> {
        let path = format!("{DIRECTORY}/{user}");
        if let Some(bucket) = context.bucket
            && context.system.exists(&path)
        {
            bucket.keep(context.system, path.as_ref())?;
        }
        let text = self.text();
        let command = if text.is_empty() {
            Command::new("/usr/bin/crontab").arguments(["-u", user, "-r"])
        } else {
            Command::new("/usr/bin/crontab")
                .arguments(["-u", user, "-"])
                .input(text)
        };
        context.system.run(&command)?.successful(&command)?;
        Ok(())
    }
}

fn is_setting(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim();
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

impl Job {
    fn parse(line: &str) -> Option<Self> {
        let mut rest = line.trim_start();
        if rest.is_empty() || rest.starts_with('#') || is_setting(rest) {
            return None;
        }
        let mut word = || {
            let (word, tail) = rest.split_once(char::is_whitespace)?;
            rest = tail.trim_start();
            Some(word)
        };
        let mut job = Self::default();
        let first = word()?;
        if let Some(special) = first.strip_prefix('@') {
            job.special = Some(special.to_owned());
        } else {
            job.times = [first, word()?, word()?, word()?, word()?].map(str::to_owned);
        }
        job.command = rest.to_owned();
        (!job.command.is_empty()).then_some(job)
    }

    fn print(&self, text: &mut String) {
        if let Some(name) = &self.name {
            text.push_str(MARK);
            text.push_str(name);
            text.push('\n');
        }
        for line in &self.environment {
            text.push_str(line);
            text.push('\n');
        }
        match &self.special {
            Some(special) => {
                text.push('@');
                text.push_str(special);
            }
            None => text.push_str(&self.times.join(" ")),
        }
        text.push(' ');
        text.push_str(&self.command);
        text.push('\n');
    }
}
