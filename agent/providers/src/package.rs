//! `package`: a package of the distribution, through apt and dpkg.

mod dpkg;
mod install;
mod parse;
#[cfg(test)]
mod tests;
mod version;

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Instance, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Shown, parameters::schema,
};

use dpkg::Installed;
use version::Range;

pub(crate) struct PackageType;

impl ResourceType for PackageType {
    fn schema(&self) -> &'static TypeSchema {
        schema("package")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        Ok(Box::new(parse::parse(parameters)?))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        let packages = dpkg::packages(context)?;
        let mut instances = packages
            .all()
            .filter_map(|(name, package)| Some(instance(name, package, package.version()?)))
            .collect::<Vec<_>>();
        instances.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Some(instances))
    }

    fn instance(
        &self,
        name: &str,
        context: &Context<'_>,
    ) -> Result<Option<Instance>, ProviderError> {
        let packages = dpkg::packages(context)?;
        Ok(Some(match packages.find(name) {
            Some(package) => instance(name, package, package.shown()),
            None => Instance::new(name, "purged"),
        }))
    }
}

fn instance(name: &str, package: &Installed, ensure: &str) -> Instance {
    let mark = if package.is_held { "hold" } else { "none" };
    Instance::new(name, ensure)
        .with("mark", mark)
        .with("provider", "apt")
}

/// What is wanted.
#[derive(Debug)]
struct Package {
    name: String,
    ensure: Ensure,
    mark: Option<Mark>,
    tool: Tool,
    source: Option<String>,
    install_options: Vec<String>,
    uninstall_options: Vec<String>,
    configuration: Configuration,
    response_file: Option<String>,
    virtual_names: VirtualNames,
}

/// What should be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ensure {
    Present,
    Absent,
    Purged,
    Latest,
    /// A version or a range of versions, as it was written and as it is read.
    Version(String, Range),
}

/// Whether upgrades pass it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Hold,
    None,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::None => "none",
        }
    }
}

/// What installs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Apt,
    Dpkg,
}

/// What becomes of configuration files that were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Configuration {
    Keep,
    Replace,
}

/// Whether a name may be one that other packages provide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VirtualNames {
    Count,
    DoNotCount,
}

/// What is there.
struct Current {
    installed: Option<Installed>,
    /// The newest version to be had, where that counts.
    candidate: Option<String>,
}

impl Current {
    /// The version, `absent` (with its configuration left) or `purged`.
    fn shown(&self) -> &str {
        self.installed.as_ref().map_or("purged", Installed::shown)
    }

    fn version(&self) -> Option<&str> {
        self.installed.as_ref()?.version()
    }
}

impl Provider for Package {
    type State = Current;

    fn read(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        let packages = dpkg::packages(context)?;
        let mut installed = packages.find(&self.name).cloned();
        if installed.is_none() && self.virtual_names == VirtualNames::Count {
            installed = packages.providing(&self.name).cloned();
        }
        if let Some(error) = installed
            .as_ref()
            .and_then(|package| package.error.as_deref())
        {
            return Err(ProviderError::failed(format!(
                "Package {}, version {} is in error state: {error}",
                self.name,
                installed.as_ref().map_or("", Installed::shown)
            )));
        }
        let is_installed = installed
            .as_ref()
            .is_some_and(|package| package.version().is_some());
        let candidate = match self.ensure {
            Ensure::Latest if is_installed => self.candidate(context)?,
            _ => None,
        };
        Ok(Current {
            installed,
            candidate,
        })
    }

    fn diff(&self, state: &Current, _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let mut changes = Vec::new();
        changes.extend(self.compare(state));
        let is_held = state
            .installed
            .as_ref()
            .is_some_and(|package| package.is_held);
        let is = if is_held { Mark::Hold } else { Mark::None };
        if let Some(wanted) = self.mark
            && wanted != is
            && changes.is_empty()
            && state.version().is_some()
        {
            changes.push(Change::new(
                "mark",
                Shown::text(is.name()),
                Shown::text(wanted.name()),
            ));
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let done = match (&*change.property, &self.ensure) {
            ("mark", _) => self.set_mark(self.mark.unwrap_or(Mark::None), context),
            (_, Ensure::Absent) => self.remove(state, context),
            (_, Ensure::Purged) => self.purge(state, context),
            _ => self.install(state, context),
        };
        dpkg::forget(context);
        done
    }
}

impl Package {
    fn compare(&self, state: &Current) -> Option<Change> {
        let is = state.shown();
        let old = Shown::text(is);
        let create =
            |word: &str| Change::told("ensure", Shown::text(is), Shown::text(word), "created");
        match (&self.ensure, state.version()) {
            (Ensure::Present, None) => Some(create("present")),
            (Ensure::Latest, None) => Some(create("latest")),
            (Ensure::Version(text, _), None) => Some(create(text)),
            (Ensure::Latest, Some(version)) => {
                let candidate = state.candidate.as_deref()?;
                let is_newer = version::compare(candidate, version).is_gt();
                is_newer.then(|| Change::new("ensure", old, Shown::text(candidate)))
            }
            (Ensure::Version(text, range), Some(version)) => (!range.contains(version))
                .then(|| Change::new("ensure", old, Shown::text(text.as_str()))),
            (Ensure::Absent, Some(_)) => {
                Some(Change::told("ensure", old, Shown::absent(), "removed"))
            }
            (Ensure::Purged, _) if is != "purged" => {
                Some(Change::told("ensure", old, Shown::text("purged"), "purged"))
            }
            (Ensure::Present, Some(_)) | (Ensure::Absent, None) | (Ensure::Purged, _) => None,
        }
    }
}
