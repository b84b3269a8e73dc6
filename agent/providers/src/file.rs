//! `file`: a file, a directory or a link; its content, its owner, its mode.

mod apply;
mod content;
mod instance;
mod mode;
mod observe;
mod origin;
mod parse;
mod recurse;
#[cfg(test)]
mod tests;

use ficelle_model::{Resource, schema::TypeSchema};
use ficelle_system::{Algorithm, Links};

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Visibility, parameters::schema,
};

use mode::ModeChange;
use observe::Current;

pub(crate) use origin::matches;

pub(crate) struct FileType;

impl ResourceType for FileType {
    fn schema(&self) -> &'static TypeSchema {
        schema("file")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(parse::parse(parameters)?))
    }

    fn instance(
        &self,
        name: &str,
        context: &Context<'_>,
    ) -> Result<Option<Instance>, ProviderError> {
        instance::read(name, context).map(Some)
    }
}

/// What is wanted.
#[derive(Debug)]
struct File {
    path: String,
    ensure: Option<Ensure>,
    content: Option<Vec<u8>>,
    content_visibility: Visibility,
    sources: Vec<String>,
    source_select: SourceSelect,
    source_permissions: SourcePermissions,
    target: Option<String>,
    owner: Option<Account>,
    group: Option<Account>,
    mode: Option<ModeChange>,
    checksum: Algorithm,
    checksum_value: Option<String>,
    links: Links,
    replace: Replace,
    force: Force,
    backup: Backup,
    recurse: Recurse,
    recurse_limit: Option<u32>,
    purge: Purge,
    ignore: Vec<String>,
    validate: Option<Validate>,
    show_diff: ShowDiff,
    /// The declaration, which the children of a recursion take after.
    declaration: Resource,
}

/// What should stand at the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ensure {
    Absent,
    /// Anything; a file where there is nothing.
    Present,
    File,
    Directory,
    Link,
}

impl Ensure {
    fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Present => "present",
            Self::File => "file",
            Self::Directory => "directory",
            Self::Link => "link",
        }
    }
}

/// A user or a group, by name or by id.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Account {
    Id(u32),
    Name(String),
}

/// Which of several sources count in a recursion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SourceSelect {
    First,
    All,
}

/// Whether owner, group and mode are taken from the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SourcePermissions {
    Ignore,
    Use,
    UseWhenCreating,
}

/// Whether a file that is there is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replace {
    Yes,
    No,
}

/// Whether a directory may be removed with all that is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Force {
    Yes,
    No,
}

/// What becomes of a file that is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Backup {
    Nothing,
    /// It stays beside the new one, with this at the end of its name.
    Beside(String),
    /// It goes into the filebucket of this name.
    Bucket(String),
}

/// What of a directory is managed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recurse {
    No,
    /// What is there and what the source has.
    Yes,
    /// What the source has.
    Remote,
}

/// Whether what nobody wants in a directory is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purge {
    Yes,
    No,
}

/// A command that judges a new content.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Validate {
    command: String,
    /// What stands for the file in it.
    replacement: String,
}

/// Whether differences go to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ShowDiff {
    Yes,
    No,
}

impl Provider for File {
    type State = Current;

    fn read(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        self.look(context)
    }

    fn diff(&self, state: &Current, context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        self.compare(state, context)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        self.make(change, state, context)
    }

    fn expand(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        self.children(context)
    }
}

impl File {
    /// Whether what stands or will stand here is a regular file with a content that is managed.
    fn manages_content(&self, current: &Current) -> bool {
        use ficelle_system::FileKind;
        if current.wanted_content.is_none() {
            return false;
        }
        match current.ensure {
            Some(Ensure::File) => true,
            Some(Ensure::Present) | None => current
                .stat
                .as_ref()
                .is_none_or(|stat| stat.kind == FileKind::File),
            Some(_) => false,
        }
    }
}
