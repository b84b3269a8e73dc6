//! The threads that compile: as many as there are processors, with stacks for deep manifests, and
//! a queue that ends.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use thiserror::Error;
use tokio::sync::oneshot;

/// Address space, not memory: only what a compile touches is ever there.
const STACK: usize = 64 * 1024 * 1024;

/// Threads and a queue.
pub struct Pool {
    queue: Arc<Queue>,
    /// How many jobs may wait.
    places: usize,
    threads: usize,
}

type Job = Box<dyn FnOnce() + Send>;

/// What the threads share. A channel behind a lock would do, but each job taken from it would wake
/// a second thread, to wait where the first one did.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    running: usize,
    /// Threads that wait for a job.
    idle: usize,
    is_closed: bool,
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
        let queue = Arc::<Queue>::default();
        for number in 0..threads {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("compile-{number}"))
                .stack_size(STACK)
                .spawn(move || queue.work())?;
        }
        Ok(Self {
            queue,
            places,
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
        self.add(job)?;
        match answered.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) | Err(_) => Err(PoolError::Panicked),
        }
    }

    fn add(&self, job: Job) -> Result<(), PoolError> {
        let mut state = self.queue.state();
        if state.waiting.len() >= self.places {
            return Err(PoolError::Full);
        }
        state.waiting.push_back(job);
        let is_awaited = state.idle > 0;
        drop(state);
        if is_awaited {
            self.queue.came.notify_one();
        }
        Ok(())
    }

    /// What the pool is at.
    pub fn load(&self) -> Load {
        let state = self.queue.state();
        Load {
            running: state.running,
            waiting: state.waiting.len(),
            threads: self.threads,
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.state().is_closed = true;
        self.queue.came.notify_all();
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs jobs until the pool is gone and nothing waits.
    fn work(&self) {
        while let Some(job) = self.take() {
            job();
            self.state().running -= 1;
        }
    }

    fn take(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                state.running += 1;
                return Some(job);
            }
            if state.is_closed {
                return None;
            }
            state.idle += 1;
            state = self
                .came
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
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
