//! A host in a directory, for this crate's tests: a resource is declared, observed and applied as
//! the engine would.

use std::sync::{Arc, Mutex};

use ficelle_model::{Data, Reference, Resource, report::Level};
use ficelle_system::{Command, Output, Runner, System, SystemError};

use crate::{
    Context, FileBucket, LocalOnly, Log, Managed, Memory, Mode, NothingDeclared, Parameters, Place,
    registry,
};

/// A host in a directory.
pub(crate) struct Host {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) system: System,
    pub(crate) log: Lines,
    bucket: FileBucket,
    memory: Memory,
}

/// Runs nothing: notes what it is asked to run, and answers what a test told it.
#[derive(Default)]
pub(crate) struct Recorder {
    commands: Mutex<Vec<String>>,
    answers: Vec<(&'static str, i32, &'static str)>,
}

impl Recorder {
    /// One that answers commands that begin in one of these ways; others end well and say nothing.
    pub(crate) fn answering(answers: &[(&'static str, i32, &'static str)]) -> Arc<Self> {
        Arc::new(Self {
            answers: answers.to_vec(),
            ..Self::default()
        })
    }

    /// What it was asked, emptied.
    pub(crate) fn commands(&self) -> Vec<String> {
        std::mem::take(
            &mut *self
                .commands
                .lock()
                .expect("no test panics while it writes"),
        )
    }
}

impl Runner for Recorder {
    fn run(&self, command: &Command) -> Result<Output, SystemError> {
        let mut shown = command.shown();
        if !command.input.is_empty() {
            shown.push_str(&format!(
                " < {}",
                String::from_utf8_lossy(&command.input).trim_end()
            ));
        }
        let answer = self
            .answers
            .iter()
            .find(|(start, ..)| shown.starts_with(start));
        self.commands
            .lock()
            .expect("no test panics while it writes")
            .push(shown);
        Ok(
            answer.map_or_else(Output::default, |(_, status, text)| Output {
                status: *status,
                combined: text.as_bytes().to_vec(),
            }),
        )
    }
}

/// The lines of a log.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<String>>);

impl Log for Lines {
    fn write(&self, level: Level, place: Place<'_>, message: &str) {
        if level == Level::Debug {
            return;
        }
        let place = match place {
            Place::Run => String::new(),
            Place::Resource => "-: ".to_owned(),
            Place::Property(name) => format!("{name}: "),
        };
        self.0
            .lock()
            .expect("no test panics while it writes")
            .push(format!("{place}{message}"));
    }
}

impl Host {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let system = System::under(directory.path());
        system.make_directories("/etc", 0o755).expect("made");
        Self {
            system,
            directory,
            log: Lines::default(),
            bucket: FileBucket::new("/var/bucket"),
            memory: Memory::default(),
        }
    }

    /// An empty one whose commands go to a recorder.
    pub(crate) fn recorded(recorder: &Arc<Recorder>) -> Self {
        let mut host = Self::new();
        host.system = host.system.with_runner(Arc::<Recorder>::clone(recorder));
        host
    }

    /// One whose root is the host's own, for what runs commands; files go below `directory`.
    pub(crate) fn real() -> Self {
        Self {
            system: System::host(),
            ..Self::new()
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            system: &self.system,
            mode: Mode::Enforce,
            source: &LocalOnly,
            bucket: Some(&self.bucket),
            log: &self.log,
            declared: &NothingDeclared,
            memory: &self.memory,
            environment: "production",
            show_diff: true,
        }
    }

    /// What the log has, emptied.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.0.lock().expect("no test panics while it writes"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let parent = std::path::Path::new(path).parent().expect("below the root");
        self.system.make_directories(parent, 0o755).expect("made");
        self.system
            .replace(path, text.as_bytes(), 0o644)
            .expect("written");
    }

    pub(crate) fn text(&self, path: &str) -> String {
        self.system
            .read_text(path)
            .expect("readable")
            .expect("there")
    }

    /// What applying a resource tells: the messages of its changes, or the failure.
    pub(crate) fn apply(&self, resource: &Resource) -> Vec<String> {
        let managed = match parse(resource) {
            Ok(managed) => managed,
            Err(error) => return vec![error],
        };
        let context = self.context();
        let (mut state, changes) = match managed.observe(&context) {
            Ok(observed) => observed,
            Err(error) => return vec![format!("Could not evaluate: {error}")],
        };
        let mut told = Vec::new();
        for change in &changes {
            told.push(match managed.apply(change, &mut state, &context) {
                Ok(()) => change.message.clone(),
                Err(error) => change.failure_message(&error),
            });
        }
        if !changes.is_empty()
            && let Err(error) = managed.flush(&mut state, &context)
        {
            told.push(format!("flush: {error}"));
        }
        told
    }
}

/// A resource as the engine would hold it, or why it cannot be managed.
pub(crate) fn parse(resource: &Resource) -> Result<Box<dyn Managed>, String> {
    let kind = registry::lookup(&resource.reference.type_name).expect("a native type");
    let parameters = Parameters::new(kind.schema(), resource).map_err(|error| error.to_string())?;
    kind.parse(&parameters).map_err(|error| error.to_string())
}

/// A resource with parameters.
pub(crate) fn resource(type_name: &str, title: &str, parameters: &[(&str, Data)]) -> Resource {
    let mut resource = Resource::new(Reference::new(type_name, title));
    for (name, value) in parameters {
        resource.parameters.insert((*name).into(), value.clone());
    }
    resource
}

/// A list of texts.
pub(crate) fn list(texts: &[&str]) -> Data {
    Data::Array(texts.iter().map(|text| Data::from(*text)).collect())
}
