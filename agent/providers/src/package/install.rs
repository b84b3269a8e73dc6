//! Calling apt and dpkg.

use ficelle_system::{Command, Output};

use crate::{Context, Level, ProviderError};

use super::{Configuration, Current, Ensure, Mark, Package, Tool, version};

/// How long apt waits for another one to finish, in seconds.
const LOCK_PATIENCE: &str = "DPkg::Lock::Timeout=300";

impl Package {
    /// The newest version to be had.
    pub(super) fn candidate(&self, context: &Context<'_>) -> Result<Option<String>, ProviderError> {
        if self.tool == Tool::Dpkg {
            let source = self.source.as_deref().ok_or_else(|| {
                ProviderError::failed(
                    "Could not update: You cannot install dpkg packages without a source",
                )
            })?;
            let command = Command::new("/usr/bin/dpkg-deb").arguments(["--show", source]);
            let output = run(command, context)?.text();
            return Ok(output.trim().split('\t').nth(1).map(str::to_owned));
        }
        let command = Command::new("/usr/bin/apt-cache").arguments(["policy", &self.name]);
        let output = run(command, context)?.text();
        let candidate = output
            .lines()
            .find_map(|line| line.trim().strip_prefix("Candidate:"))
            .map(str::trim)
            .filter(|version| *version != "(none)");
        if candidate.is_none() {
            context.log_resource(Level::Err, "Could not find latest version");
        }
        Ok(candidate.map(str::to_owned))
    }

    pub(super) fn install(
        &self,
        state: &Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        self.preseed(context)?;
        let is_held = state
            .installed
            .as_ref()
            .is_some_and(|package| package.is_held);
        if is_held {
            self.set_mark(Mark::None, context)?;
        }
        let installed = match self.tool {
            Tool::Dpkg => self.dpkg_install(context),
            Tool::Apt => self.apt_install(context),
        };
        if self.mark == Some(Mark::Hold) || (is_held && self.mark.is_none()) {
            self.set_mark(Mark::Hold, context)?;
        }
        installed
    }

    fn dpkg_install(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let source = self.source.as_deref().ok_or_else(|| {
            ProviderError::failed("You cannot install dpkg packages without a source")
        })?;
        let configuration = match self.configuration {
            Configuration::Keep => "--force-confold",
            Configuration::Replace => "--force-confnew",
        };
        let command = Command::new("/usr/bin/dpkg")
            .argument(configuration)
            .arguments(&self.install_options)
            .arguments(["-i", source]);
        run(command, context)?;
        Ok(())
    }

    fn apt_install(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let configuration = match self.configuration {
            Configuration::Keep => "DPkg::Options::=--force-confold",
            Configuration::Replace => "DPkg::Options::=--force-confnew",
        };
        let mut command = Command::new("/usr/bin/apt-get").arguments([
            "-q",
            "-y",
            "-o",
            LOCK_PATIENCE,
            "-o",
            configuration,
        ]);
        let version = match &self.ensure {
            Ensure::Version(text, range) => Some(match range.exact() {
                Some(version) => version.to_owned(),
                None => self.best_version(text, context)?,
            }),
            _ => None,
        };
        if version.is_some() {
            command = command.arguments(["--allow-downgrades", "--allow-change-held-packages"]);
        }
        let wanted = match (&self.source, version) {
            (Some(source), _) => source.clone(),
            (None, Some(version)) => format!("{}={version}", self.name),
            (None, None) => self.name.clone(),
        };
        command = command
            .arguments(&self.install_options)
            .arguments(["install", &wanted]);
        run(command, context)?;
        Ok(())
    }

    /// The newest version of those that a range allows.
    fn best_version(&self, text: &str, context: &Context<'_>) -> Result<String, ProviderError> {
        let Ensure::Version(_, range) = &self.ensure else {
            return Ok(text.to_owned());
        };
        let command = Command::new("/usr/bin/apt-cache").arguments(["madison", &self.name]);
        let output = run(command, context)?.text();
        let versions = output
            .lines()
            .filter_map(|line| line.split('|').nth(1))
            .map(str::trim);
        let best = versions
            .filter(|version| range.contains(version))
            .max_by(|one, other| version::compare(one, other));
        best.map(str::to_owned).ok_or_else(|| {
            ProviderError::failed(format!(
                "No available version of {} is included in range {text}",
                self.name
            ))
        })
    }

    pub(super) fn remove(
        &self,
        state: &Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        self.preseed(context)?;
        match self.tool {
            Tool::Dpkg => run(
                Command::new("/usr/bin/dpkg").arguments(["-r", &self.name]),
                context,
            )?,
            Tool::Apt => run(
                self.apt_remove(state).arguments(["remove", &self.name]),
                context,
            )?,
        };
        Ok(())
    }

    pub(super) fn purge(
        &self,
        state: &Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        self.preseed(context)?;
        if self.tool == Tool::Apt && state.version().is_some() {
            let command = self
                .apt_remove(state)
                .arguments(["remove", "--purge", &self.name]);
            run(command, context)?;
            return Ok(());
        }
        run(
            Command::new("/usr/bin/dpkg").arguments(["--purge", &self.name]),
            context,
        )?;
        Ok(())
    }

    fn apt_remove(&self, state: &Current) -> Command {
        let command = Command::new("/usr/bin/apt-get").arguments(["-y", "-q", "-o", LOCK_PATIENCE]);
        let is_held = state
            .installed
            .as_ref()
            .is_some_and(|package| package.is_held);
        let command = if is_held {
            command.argument("--allow-change-held-packages")
        } else {
            command
        };
        command.arguments(&self.uninstall_options)
    }

    pub(super) fn set_mark(&self, mark: Mark, context: &Context<'_>) -> Result<(), ProviderError> {
        let selection = match mark {
            Mark::Hold => "hold",
            Mark::None => "install",
        };
        let command = Command::new("/usr/bin/dpkg")
            .argument("--set-selections")
            .input(format!("{} {selection}\n", self.name));
        run(command, context)?;
        Ok(())
    }

    fn preseed(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let Some(file) = &self.response_file else {
            return Ok(());
        };
        if !context.system.exists(file) {
            let message = "No responsefile specified or non existent, not preseeding anything";
            context.log_resource(Level::Info, message);
            return Ok(());
        }
        context.log_resource(
            Level::Info,
            &format!("Preseeding {file} to debconf-set-selections"),
        );
        run(
            Command::new("/usr/bin/debconf-set-selections").argument(file),
            context,
        )?;
        Ok(())
    }
}

/// Runs one of the packaging tools: in plain English, and without a question to anybody.
fn run(command: Command, context: &Context<'_>) -> Result<Output, ProviderError> {
    let command = command
        .variable("DEBIAN_FRONTEND", "noninteractive")
        .variable("APT_LISTBUGS_FRONTEND", "none")
        .variable("APT_LISTCHANGES_FRONTEND", "none")
        .variable("NEEDRESTART_SUSPEND", "1")
        .variable("LC_ALL", "C.UTF-8")
        .variable("LANG", "C.UTF-8");
    Ok(context.system.run(&command)?.successful(&command)?)
}
