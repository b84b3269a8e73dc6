//! `tidy`: removes files that are old or large. Each of them becomes a `file` that is absent, so
//! that it is told of, and kept in the filebucket, like any other.

use std::time::{Duration, SystemTime};

use ficelle_model::{Data, Reference, Resource, schema::TypeSchema};
use ficelle_system::{FileKind, FileStat, Links};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    file::matches, parameters::schema,
};

pub(crate) struct TidyType;

impl ResourceType for TidyType {
    fn schema(&self) -> &'static TypeSchema {
        schema("tidy")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let depth = match parameters.text("recurse")?.as_deref() {
            None | Some("false") => Some(0),
            Some("true" | "inf") => None,
            Some(number) => Some(number.parse().map_err(|_not_a_number| {
                parameters.invalid("recurse", format!("Invalid recurse value {number:?}"))
            })?),
        };
        Ok(Box::new(Tidy {
            path: parameters.name_path()?,
            depth,
            matches: parameters.list("matches")?,
            age: unit(
                parameters,
                "age",
                &[
                    ("s", 1),
                    ("m", 60),
                    ("h", 3600),
                    ("d", 86_400),
                    ("w", 604_800),
                ],
                86_400,
            )?
            .map(Duration::from_secs),
            size: unit(
                parameters,
                "size",
                &[("b", 0), ("k", 10), ("m", 20), ("g", 30), ("t", 40)],
                10,
            )?,
            time: match parameters.text("type")?.as_deref() {
                Some("mtime") => Time::Modified,
                Some("ctime") => Time::Changed,
                _ => Time::Accessed,
            },
            removes_directories: parameters.boolean("rmdirs")?.unwrap_or(false),
            backup: parameters.data("backup").cloned(),
            declaration: parameters.resource().clone(),
        }))
    }
}

/// A number with a unit: seconds multiply, sizes shift.
fn unit(
    parameters: &Parameters<'_>,
    name: &str,
    units: &[(&str, u64)],
    default: u64,
) -> Result<Option<u64>, ParameterError> {
    let Some(text) = parameters.text(name)? else {
        return Ok(None);
    };
    let digits = text.len()
        - text
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    let letter = text[digits..].trim().get(..1).map(str::to_ascii_lowercase);
    let number = text[..digits].parse::<u64>().ok();
    let factor = match letter {
        None => Some(default),
        Some(letter) => units
            .iter()
            .find(|(name, _)| *name == letter)
            .map(|(_, factor)| *factor),
    };
    match (number, factor) {
        (Some(number), Some(factor)) if name == "size" => {
            Ok(Some(number.saturating_mul(1 << factor)))
        }
        (Some(number), Some(factor)) => Ok(Some(number.saturating_mul(factor))),
        _ => Err(parameters.invalid(name, format!("Invalid {name} {text:?}"))),
    }
}

/// What is wanted.
#[derive(Debug)]
struct Tidy {
    path: String,
    /// How deep to look; `None` without end.
    depth: Option<u32>,
    matches: Option<Vec<String>>,
    age: Option<Duration>,
    size: Option<u64>,
    time: Time,
    removes_directories: bool,
    backup: Option<Data>,
    declaration: Resource,
}

/// Which time of a file is its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Accessed,
    Modified,
    Changed,
}

impl Provider for Tidy {
    type State = ();

    fn read(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    fn diff(&self, (): &(), _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        Ok(Vec::new())
    }

    fn apply(
        &self,
        _change: &Change,
        (): &mut (),
        _context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        Ok(())
    }

    fn expand(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        let mut strays = Vec::new();
        self.look(&self.path, self.depth, context, &mut strays)?;
        Ok(strays)
    }
}

impl Tidy {
    /// Looks at a path and below it; what is below goes first.
    fn look(
        &self,
        path: &str,
        depth: Option<u32>,
        context: &Context<'_>,
        strays: &mut Vec<Resource>,
    ) -> Result<(), ProviderError> {
        let Some(stat) = context.system.stat(path, Links::Manage)? else {
            return Ok(());
        };
        if stat.kind == FileKind::Directory && depth != Some(0) {
            let depth = depth.map(|depth| depth - 1);
            for name in context.system.list(path)?.unwrap_or_default() {
                self.look(&format!("{path}/{name}"), depth, context, strays)?;
            }
        }
        let goes = match stat.kind {
            FileKind::Directory => self.removes_directories && path != self.path,
            _ => true,
        };
        if goes && self.fits(path, &stat, context) {
            strays.push(self.stray(path, stat.kind));
        }
        Ok(())
    }

    fn fits(&self, path: &str, stat: &FileStat, context: &Context<'_>) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_directory = stat.kind == FileKind::Directory;
        if let Some(patterns) = self.matches.as_ref().filter(|_| self.depth != Some(0))
            && !is_directory
            && !patterns.iter().any(|pattern| matches(pattern, name))
        {
            return false;
        }
        let since = |time: SystemTime| {
            context
                .system
                .now()
                .duration_since(time)
                .unwrap_or(Duration::ZERO)
        };
        let age = since(match self.time {
            Time::Accessed => stat.atime,
            Time::Modified => stat.mtime,
            Time::Changed => stat.ctime,
        });
        let is_old = self.age.map(|limit| age >= limit);
        let is_large = self
            .size
            .filter(|_| !is_directory)
            .map(|limit| stat.size >= limit);
        // Old or large is enough; without limits everything goes.
        match (is_old, is_large) {
            (None, None) => true,
            (old, large) => old.unwrap_or(false) || large.unwrap_or(false),
        }
    }

    fn stray(&self, path: &str, kind: FileKind) -> Resource {
        let mut stray = Resource::new(Reference::new("File", path));
        stray.tags = self.declaration.tags.clone();
        stray.file = self.declaration.file.clone();
        stray.line = self.declaration.line;
        stray.parameters.insert("ensure".into(), "absent".into());
        if kind == FileKind::Directory {
            stray.parameters.insert("force".into(), true.into());
        }
        if let Some(backup) = &self.backup {
            stray.parameters.insert("backup".into(), backup.clone());
        }
        for name in ["noop", "loglevel", "schedule"] {
            if let Some(value) = self.declaration.parameters.get(name) {
                stray.parameters.insert(name.into(), value.clone());
            }
        }
        stray
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use ficelle_model::Data;

    use crate::testing::{Host, parse, resource};

    fn strays(parameters: &[(&str, Data)]) -> Vec<String> {
        let mut host = Host::new();
        host.write("/tmp/a/old.log", "12345");
        host.write("/tmp/a/b/big.bin", &"x".repeat(3000));
        let later = std::time::SystemTime::now() + Duration::from_secs(2 * 86_400);
        host.system = host.system.with_clock(Arc::new(move || later));
        let tidy = parse(&resource("tidy", "/tmp/a", parameters)).expect("it parses");
        let strays = tidy.expand(&host.context()).expect("readable");
        strays
            .iter()
            .map(|stray| stray.reference.title.to_string())
            .collect()
    }

    #[test]
    fn age_size_and_names_decide() {
        let recurse = ("recurse", Data::from(true));
        assert_eq!(
            strays(&[recurse.clone(), ("age", "1d".into())]),
            ["/tmp/a/b/big.bin", "/tmp/a/old.log"]
        );
        assert!(strays(&[recurse.clone(), ("age", "1w".into())]).is_empty());
        assert_eq!(
            strays(&[recurse.clone(), ("age", "1w".into()), ("size", "2k".into())]),
            ["/tmp/a/b/big.bin"]
        );
        assert_eq!(
            strays(&[recurse.clone(), ("matches", "*.log".into())]),
            ["/tmp/a/old.log"]
        );
        assert_eq!(strays(&[("recurse", Data::Integer(1))]), ["/tmp/a/old.log"]);
        assert_eq!(
            strays(&[recurse, ("rmdirs", true.into())]),
            ["/tmp/a/b/big.bin", "/tmp/a/b", "/tmp/a/old.log"]
        );
    }
}
