//! Signals: stop after what is going on, start anew, run now.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use ficelle_transport::Wait;
use tokio::signal::unix::{SignalKind, signal};

/// What was asked for since it was last looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Asked {
    stop: bool,
    restart: bool,
    run: bool,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The time is over.
    Time,
    /// SIGTERM, SIGINT.
    Stop,
    /// SIGHUP.
    Restart,
    /// SIGUSR1.
    Run,
}

/// What signals ask for.
#[derive(Clone, Default)]
pub struct Control(Arc<(Mutex<Asked>, Condvar)>);

impl Control {
    /// Listens to signals from now on.
    pub fn listen() -> Result<Self> {
        let control = Self::default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut signals = {
            let _entered = runtime.enter();
            let kinds = [
                SignalKind::terminate(),
                SignalKind::interrupt(),
                SignalKind::hangup(),
                SignalKind::user_defined1(),
            ];
            let mut signals = Vec::new();
            for kind in kinds {
                signals.push(signal(kind).context("cannot listen to signals")?);
            }
            signals
        };
        let told = control.clone();
        thread::Builder::new()
            .name("signals".to_owned())
            .stack_size(256 * 1024)
            .spawn(move || {
                runtime.block_on(async {
                    let [terminate, interrupt, hangup, user] = &mut signals[..] else {
                        return;
                    };
                    loop {
                        tokio::select! {
                            _ = terminate.recv() => told.ask(|asked| asked.stop = true),
                            _ = interrupt.recv() => told.ask(|asked| asked.stop = true),
                            _ = hangup.recv() => told.ask(|asked| asked.restart = true),
                            _ = user.recv() => told.ask(|asked| asked.run = true),
                        }
                    }
                });
            })?;
        Ok(control)
    }

    /// Whether the process shall end.
    pub fn is_stopping(&self) -> bool {
        self.asked().stop
    }

    /// Waits until the time is over or something is asked for, which is then done with (but for
    /// stopping, which stays).
    pub fn sleep(&self, time: Duration) -> Wake {
        let until = Instant::now() + time;
        let mut asked = self.asked();
        loop {
            if asked.stop {
                return Wake::Stop;
            }
            if std::mem::take(&mut asked.restart) {
                return Wake::Restart;
            }
            if std::mem::take(&mut asked.run) {
                return Wake::Run;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Wake::Time;
            }
            let condition = &self.0.1;
            (asked, _) = condition
                .wait_timeout(asked, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn ask(&self, what: impl FnOnce(&mut Asked)) {
        what(&mut self.asked());
        self.0.1.notify_all();
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Asked> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wait for Control {
    fn wait(&self, time: Duration) -> bool {
        self.sleep(time) != Wake::Stop
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_ends_a_wait_once() {
        let control = Control::default();
        control.ask(|asked| asked.run = true);
        assert_eq!(control.sleep(Duration::from_secs(60)), Wake::Run);
        assert_eq!(control.sleep(Duration::ZERO), Wake::Time);
        control.ask(|asked| asked.stop = true);
        assert_eq!(control.sleep(Duration::from_secs(60)), Wake::Stop);
        assert!(control.is_stopping());
        assert!(!control.wait(Duration::from_secs(60)));
    }
}
