//! What a load cost: times of the answers, and work and memory of the server's process.

use std::time::Duration;

use anyhow::{Context as _, Result};

/// What came of a load.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// How long each answer took, sorted.
    pub latencies: Vec<Duration>,
    /// Answers other than 200.
    pub errors: usize,
    /// Bytes of all bodies.
    pub bytes: u64,
    /// How long it took in all.
    pub elapsed: Duration,
    /// What the server's process worked meanwhile.
    pub cpu: Option<Duration>,
}

impl Figures {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this part of the answers (0 to 1) kept to.
    pub fn quantile(&self, part: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        let at = (self.latencies.len() as f64 * part) as usize;
        self.latencies
            .get(at.min(last))
            .copied()
            .unwrap_or_default()
    }

    /// The server's work for one answer.
    pub fn cpu_each(&self) -> Option<Duration> {
        let count = u32::try_from(self.latencies.len().max(1)).ok()?;
        Some(self.cpu? / count)
    }
}

/// A process, by its number, as the kernel tells of it.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// What it worked so far, in user and system mode.
    ///
    /// # Errors
    /// It is gone.
    pub fn cpu(self) -> Result<Duration> {
        let stat = self.read("stat")?;
        // The name stands in parentheses and may hold anything.
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest);
        let fields: Vec<&str> = fields.unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
        let ticks = ticks(11).zip(ticks(12)).context("/proc/PID/stat")?;
        let per_second = rustix::param::clock_ticks_per_second();
        Ok(Duration::from_secs_f64(
            (ticks.0 + ticks.1) as f64 / per_second as f64,
        ))
    }

    /// Resident memory in KiB: now, and at most so far.
    ///
    /// # Errors
    /// It is gone.
    pub fn memory(self) -> Result<(u64, u64)> {
        let status = self.read("status")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        field("VmRSS:")
            .zip(field("VmHWM:"))
            .context("/proc/PID/status")
    }

    fn read(self, name: &str) -> Result<String> {
        let path = format!("/proc/{}/{name}", self.0);
        std::fs::read_to_string(&path).with_context(|| path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_within_what_was_measured() {
        let figures = Figures {
            latencies: (1..=100).map(Duration::from_millis).collect(),
            elapsed: Duration::from_secs(10),
            cpu: Some(Duration::from_secs(1)),
            ..Figures::default()
        };
        assert_eq!(figures.quantile(0.5), Duration::from_millis(51));
        assert_eq!(figures.quantile(0.99), Duration::from_millis(100));
        assert_eq!(figures.quantile(1.0), Duration::from_millis(100));
        assert_eq!(figures.cpu_each(), Some(Duration::from_millis(10)));
        assert_eq!(Figures::default().quantile(0.5), Duration::ZERO);
    }

    #[test]
    fn a_process_can_be_looked_at() {
        let process = Process(std::process::id());
        assert!(process.cpu().is_ok());
        let (now, most) = process.memory().expect("it runs");
        assert!(now > 0 && now <= most);
    }
}
