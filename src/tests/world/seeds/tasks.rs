//! What a process is doing at once: turns under way, of which chance picks the one that gets a step further.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use switchboard::call::Message;

/// What a task is for.
#[derive(Debug, Clone)]
pub(super) enum Errand {
    /// Takes a post, by the mark to report it with.
    Post(u64),
    /// Deals with what was put off.
    Brought(Box<Message>),
    /// Keeps house.
    House,
}

/// What came of a task: for a post the HTTP status.
type Work = Pin<Box<dyn Future<Output = u16> + Send>>;

struct Task {
    errand: Errand,
    work: Work,
    ready: Arc<Ready>,
}

struct Ready(AtomicBool);

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether a task got further.
pub(super) enum Progress {
    /// All wait for time to pass.
    None,
    /// One did a step.
    Step,
    /// One is done.
    Done(Errand, u16),
}

/// The tasks of a process.
#[derive(Default)]
pub(super) struct Tasks(Vec<Task>);

impl Tasks {
    pub(super) fn start(&mut self, errand: Errand, work: impl Future<Output = u16> + Send + 'static) {
        self.0.push(Task { errand, work: Box::pin(work), ready: Arc::new(Ready(AtomicBool::new(true))) });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lets one of those that can, whichever the dice say, do a step.
    pub(super) fn step(&mut self, dice: &mut ChaCha8Rng) -> Progress {
        let can = |task: &Task| task.ready.0.load(Ordering::Relaxed);
        let count = self.0.iter().filter(|task| can(task)).count();
        if count == 0 {
            return Progress::None;
        }
        let pick = if count == 1 { 0 } else { dice.random_range(0..count) };
        let at = (0..self.0.len()).filter(|at| can(&self.0[*at])).nth(pick).expect("there are that many");
        let task = &mut self.0[at];
        task.ready.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&task.ready));
        match task.work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => Progress::Step,
            Poll::Ready(status) => Progress::Done(self.0.swap_remove(at).errand, status),
        }
    }

    /// Kills those that `dies` names, in the middle of whatever they are at. Yields what they were for.
    pub(super) fn kill(&mut self, mut dies: impl FnMut() -> bool) -> Vec<Errand> {
        let (dead, alive) = std::mem::take(&mut self.0).into_iter().partition(|_| dies());
        self.0 = alive;
        let dead: Vec<Task> = dead;
        dead.into_iter().map(|task| task.errand).collect()
    }
}
