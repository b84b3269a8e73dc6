//! How runs follow each other: once, or again and again until somebody ends it.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use ficelle_model::{atomic, report::Journal as _};
use ficelle_system::itself;
use ficelle_transport::{Session, TransportError};

use crate::{
    configuration::Configuration,
    control::{Control, Wake},
    journal::Console,
    lock::{Disabled, RunLock},
    run::{self, Ended},
    supervisor,
};

/// Set for a process that left its terminal.
const DETACHED: &str = "FICELLE_AGENT_DETACHED";
/// How old the list of revocations may become.
const REVOCATIONS_AGE: Duration = Duration::from_secs(86_400);

/// The agent that stays.
pub struct Daemon {
    configuration: Configuration,
    console: Arc<Console>,
    control: Control,
}

impl Daemon {
    pub fn new(configuration: Configuration, console: Arc<Console>, control: Control) -> Self {
        Self {
            configuration,
            console,
            control,
        }
    }

    /// One run.
    pub fn once(self, is_detailed: bool) -> Result<ExitCode> {
        self.splay()?;
        let ended = self.attempt(&mut None, &self.configuration);
        Ok(match ended {
            Ended::Applied(code) if is_detailed => ExitCode::from(code),
            Ended::Applied(_) => ExitCode::SUCCESS,
            Ended::Failed | Ended::NotDone => ExitCode::FAILURE,
        })
    }

    /// Runs until it is told to stop.
    pub fn stay(mut self, arguments: &[String]) -> Result<ExitCode> {
        if is_detached() {
            // Fails only for the leader of a session, which has what it wants already.
            let _ = rustix::process::setsid();
        }
        let pidfile = self.configuration.settings.path("pidfile")?;
        if let Some(parent) = pidfile.parent() {
            // Where it cannot be made, the next line says so.
            let _ = std::fs::create_dir_all(parent);
        }
        let pid = std::process::id().to_string();
        if let Err(error) = atomic::replace(pidfile.as_std_path(), pid.as_bytes(), 0o644) {
            self.console
                .warning(format!("cannot write {pidfile}: {error}"));
        }
        supervisor::tell("READY=1");
        let mut session = None;
        let mut wake = self.splay()?;
        let ended = loop {
            match wake {
                Wake::Stop => break Wake::Stop,
                Wake::Restart => break Wake::Restart,
                Wake::Time | Wake::Run => {}
            }
            // Edits of puppet.conf count from the next run on; one with a mistake does not.
            match self.configuration.reload() {
                Ok(configuration) => self.configuration = configuration,
                Err(error) => self.console.failure(&error),
            }
            self.attempt(&mut session, &self.configuration);
            if self.control.is_stopping() {
                break Wake::Stop;
            }
            let interval = self.configuration.settings.duration("runinterval")?;
            // Where runs only come when they are asked for, any long time will do.
            let interval = interval.unwrap_or(Duration::from_secs(365 * 86_400));
            // Zero stands for all the time; a moment between runs keeps the host usable.
            wake = self.control.sleep(interval.max(Duration::from_secs(1)));
        };
        let _ = std::fs::remove_file(&pidfile);
        if ended == Wake::Restart {
            self.console.notice("Restarting on SIGHUP".to_owned());
            return restart(arguments);
        }
        supervisor::tell("STOPPING=1");
        self.console.notice("Stopped".to_owned());
        Ok(ExitCode::SUCCESS)
    }

    /// Waits a part of `splaylimit`, the same one on each start of this host, so that a fleet does
    /// not ask at once.
    fn splay(&self) -> Result<Wake> {
        let settings = &self.configuration.settings;
        if !settings.boolean("splay")? {
            return Ok(Wake::Time);
        }
        let limit = settings.duration("splaylimit")?.unwrap_or_default();
        let name = settings.text("certname")?;
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let wait = Duration::from_secs(hash % limit.as_secs().max(1));
        self.console.info(format!(
            "Sleeping for {} seconds (splay is enabled)",
            wait.as_secs()
        ));
        Ok(self.control.sleep(wait))
    }

    /// A run, unless it is forbidden or another is going on. Whatever goes wrong is told and ends
    /// this run alone.
    fn attempt(&self, session: &mut Option<Session>, configuration: &Configuration) -> Ended {
        match self.guarded(session, configuration) {
            Ok(ended) => ended,
            Err(error) => {
                self.console.failure(&error);
                // What is wrong may be the identity: look at the files again next time.
                *session = None;
                Ended::Failed
            }
        }
    }

    fn guarded(
        &self,
        session: &mut Option<Session>,
        configuration: &Configuration,
    ) -> Result<Ended> {
        let settings = &configuration.settings;
        let disabled = Disabled::new(settings.path("agent_disabled_lockfile")?);
        if let Some(reason) = disabled.reason() {
            self.console.notice(format!(
                "Skipping run of Puppet configuration client; administratively disabled (Reason: \
                 '{reason}');\nUse 'agent --enable' to re-enable."
            ));
            return Ok(Ended::NotDone);
        }
        let path = settings.path("agent_catalog_run_lockfile")?;
        let Some(_lock) = self.lock(configuration)? else {
            self.console.notice(format!(
                "Run of Puppet configuration client already in progress; skipping  ({path} exists)"
            ));
            return Ok(Ended::NotDone);
        };
        let enrolment = configuration.enrolment(&*self.console)?;
        if session.is_none() {
            match self.enrol(configuration) {
                Ok(new) => *session = Some(new),
                Err(error) => {
                    // Without an identity nothing can be asked; a cached catalog needs a name only.
                    self.console.failure(&error);
                    return Ok(Ended::Failed);
                }
            }
        }
        let session = session.as_mut().context("it was made just now")?;
        let refreshed =
            session.refresh_revocations(&enrolment.authority, &enrolment.places, REVOCATIONS_AGE);
        if let Err(error) = refreshed {
            self.console.warning(format!(
                "Failed to refresh CRL, using existing CRL: {error}"
            ));
        }
        run::run(configuration, &self.console, session, &self.control)
    }

    fn enrol(&self, configuration: &Configuration) -> Result<Session> {
        let enrolment = configuration.enrolment(&*self.console)?;
        let patience = configuration.patience()?;
        loop {
            match enrolment.run(patience, &self.control) {
                // A master that is away may come back before the request is even made.
                Err(error @ (TransportError::Unreachable { .. } | TransportError::Slow { .. }))
                    if !configuration.settings.boolean("onetime")? =>
                {
                    self.console.error(error.to_string());
                    let again = patience.every.unwrap_or(Duration::from_secs(120));
                    self.console
                        .info(format!("Will try again in {} seconds.", again.as_secs()));
                    if self.control.sleep(again.max(Duration::from_secs(1))) == Wake::Stop {
                        return Err(TransportError::Stopped.into());
                    }
                }
                other => return Ok(other?),
            }
        }
    }

    /// Takes the right to run, waiting for it as long as `waitforlock` and `maxwaitforlock` say.
    fn lock(&self, configuration: &Configuration) -> Result<Option<RunLock>> {
        let settings = &configuration.settings;
        let path = settings.path("agent_catalog_run_lockfile")?;
        let every = settings.duration("waitforlock")?.unwrap_or_default();
        let most = settings.duration("maxwaitforlock")?;
        let began = std::time::Instant::now();
        loop {
            if let Some(lock) = RunLock::take(path.clone())? {
                return Ok(Some(lock));
            }
            if every.is_zero() || most.is_some_and(|most| began.elapsed() >= most) {
                return Ok(None);
            }
            self.console.info(format!(
                "Another puppet instance is already running; waiting for it to finish. Will try \
                 again in {} seconds.",
                every.as_secs()
            ));
            if self.control.sleep(every) == Wake::Stop {
                return Ok(None);
            }
        }
    }
}

/// Whether this process left its terminal.
pub fn is_detached() -> bool {
    std::env::var_os(DETACHED).is_some()
}

/// Starts this program again without a terminal, and leaves.
pub fn detach(arguments: &[String]) -> Result<ExitCode> {
    itself::detach(arguments, (DETACHED, "1")).context("cannot leave the terminal")?;
    Ok(ExitCode::SUCCESS)
}

/// Becomes a new agent, of the same number: what systemd watches stays.
fn restart(arguments: &[String]) -> Result<ExitCode> {
    Err(itself::restart(arguments)).context("cannot restart")
}
