//! The threads that compile: as many as there are processors, with stacks for deep manifests, and
//! a queue that ends.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use thiserror::Error;
use tokio::sync::oneshot;

/// Address space, not memory: only what a compile touches is ever there.
const STACK: usize = 64 * 1024 * 1024;

/// Threads and a queue.
pub struct Pool {
    queue: SyncSender<Job>,
    counts: Arc<Counts>,
    threads: usize,
}

type Job = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Counts {
    waiting: AtomicUsize,
    running: AtomicUsize,
}

/// What the pool is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Jobs that run.
    pub running: usize,
    /// Jobs that wait.
    pub waiting: usize,
    /// Threads.
    pub threads: usize,
}

/// Why a job gave nothing.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PoolError {
    /// The queue is full.
    #[error("too many compiles are waiting")]
    Full,
    /// The job panicked: a defect of ours.
    #[error("internal error: the compile panicked; see the master's log")]
    Panicked,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(threads: usize, places: usize) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(places);
        let jobs = Arc::new(Mutex::new(jobs));
        let counts = Arc::<Counts>::default();
        for number in 0..threads {
            let jobs = Arc::clone(&jobs);
            let counts = Arc::clone(&counts);
            thread::Builder::new()
                .name(format!("compile-{number}"))
                .stack_size(STACK)
                .spawn(move || work(&jobs, &counts))?;
        }
        Ok(Self {
            queue,
            counts,
            threads,
        })
    }

    /// Runs a job on one of the threads.
    ///
    /// # Errors
    /// The queue is full, or the job panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            let result = catch_unwind(AssertUnwindSafe(job));
            // Whoever asked may have gone.
            let _ = answer.send(result);
        });
        self.counts.waiting.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.queue.try_send(job) {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(match error {
                TrySendError::Full(_) => PoolError::Full,
                TrySendError::Disconnected(_) => PoolError::Panicked,
            });
        }
        match answered.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) | Err(_) => Err(PoolError::Panicked),
        }
    }

    /// What the pool is at.
    pub fn load(&self) -> Load {
        Load {
            running: self.counts.running.load(Ordering::Relaxed),
            waiting: self.counts.waiting.load(Ordering::Relaxed),
            threads: self.threads,
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, counts: &Counts) {
    loop {
        // The lock is held while waiting: one thread waits for a job, the others for the lock.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        counts.waiting.fetch_sub(1, Ordering::Relaxed);
        counts.running.fetch_add(1, Ordering::Relaxed);
        job();
        counts.running.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{Pool, PoolError};

    #[tokio::test]
    async fn a_panic_leaves_the_others_alone() {
        let pool = Pool::start(1, 1).expect("a thread");
        let panicked: Result<(), _> = pool.run(|| panic!("a defect")).await;
        assert_eq!(panicked, Err(PoolError::Panicked));
        assert_eq!(pool.run(|| 1 + 1).await, Ok(2));
    }

    #[tokio::test]
    async fn a_full_queue_is_said_at_once() {
        let pool = Pool::start(1, 1).expect("a thread");
        let (release, held) = channel::<()>();
        let (started, running) = tokio::sync::oneshot::channel();
        let first = pool.run(move || {
            started.send(()).expect("the test waits for it");
            held.recv().expect("the test lets it go");
            "first"
        });
        let rest = async {
            running.await.expect("it started");
            let waiting = pool.run(|| "second");
            let check = async {
                assert_eq!(pool.load().waiting, 1);
                assert_eq!(pool.run(|| "third").await, Err(PoolError::Full));
                release.send(()).expect("it waits");
            };
            let (waited, ()) = tokio::join!(waiting, check);
            assert_eq!(waited, Ok("second"));
        };
        let (first, ()) = tokio::join!(first, rest);
        assert_eq!(first, Ok("first"));
    }
}
