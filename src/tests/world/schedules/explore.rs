//! Every order in which a few tasks can do what they do to the world.
//!
//! The tasks are played from the beginning again and again, each time in another order: a depth-first walk through all choices of who
//! is next. Orders that differ only in deeds that cannot tell which was first are played once (*sleep sets*, Godefroid 1996): reading
//! and reading, and asking Graph beside anything that the store does.

use std::{
    collections::BTreeSet,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_util::future::BoxFuture;

use crate::world::gate::{Deed, Gate};

/// What is done in some order with others.
pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A gate that stays shut until the explorer lets one deed through.
#[derive(Clone, Default)]
pub(super) struct Turnstile(Arc<Mutex<Option<Deed>>>);

impl Turnstile {
    fn waiting(&self) -> Option<Deed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Gate for Turnstile {
    fn pass(&self, deed: Deed) -> BoxFuture<'static, ()> {
        let (here, mut is_let_in) = (self.clone(), false);
        Box::pin(poll_fn(move |context| {
            if std::mem::replace(&mut is_let_in, true) {
                return Poll::Ready(());
            }
            *here.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(deed);
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}

/// A task under way, and what it is about to do; nothing when it is done or dead.
struct Runner {
    task: Option<(Task, Deed)>,
    /// After how many deeds it dies.
    dies_after: Option<usize>,
}

impl Runner {
    fn new(mut task: Task, dies_after: Option<usize>, turnstile: &Turnstile) -> Self {
        let deed = go(&mut task, turnstile).filter(|_| dies_after != Some(0));
        Self { task: deed.map(|deed| (task, deed)), dies_after }
    }

    fn deed(&self) -> Option<Deed> {
        self.task.as_ref().map(|(_, deed)| *deed)
    }

    /// Does the next deed, and thinks until the one after.
    fn step(&mut self, turnstile: &Turnstile) {
        let Some((mut task, _)) = self.task.take() else { return };
        let deed = go(&mut task, turnstile);
        self.dies_after = self.dies_after.map(|left| left - 1);
        self.task = deed.filter(|_| self.dies_after != Some(0)).map(|deed| (task, deed));
    }
}

/// Lets a task go on to its next deed.
fn go(task: &mut Task, turnstile: &Turnstile) -> Option<Deed> {
    match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(()) => None,
        Poll::Pending => Some(turnstile.waiting().expect("a task waits at the turnstile only")),
    }
}

/// Plays one task alone to its end.
pub(super) fn alone(mut task: Task, turnstile: &Turnstile) {
    while go(&mut task, turnstile).is_some() {}
}

/// One choice of who is next.
struct Choice {
    deeds: Vec<Option<Deed>>,
    /// Whose deed here leads to nothing that was not seen already.
    asleep: BTreeSet<usize>,
    taken: usize,
}

impl Choice {
    fn new(deeds: Vec<Option<Deed>>, asleep: BTreeSet<usize>) -> Option<Self> {
        let taken = (0..deeds.len()).find(|task| deeds[*task].is_some() && !asleep.contains(task))?;
        Some(Self { deeds, asleep, taken })
    }

    /// Goes another way; `false` when all were gone.
    fn turn(&mut self) -> bool {
        self.asleep.insert(self.taken);
        let next = (0..self.deeds.len()).find(|task| self.deeds[*task].is_some() && !self.asleep.contains(task));
        self.taken = next.unwrap_or(self.taken);
        next.is_some()
    }

    /// Who sleeps on after what was taken: whoever cannot tell whether it was first.
    fn asleep_after(&self) -> BTreeSet<usize> {
        let taken = self.deeds[self.taken];
        self.asleep.iter().copied().filter(|task| commute(self.deeds[*task], taken)).collect()
    }
}

/// Neither deed can tell which was first.
fn commute(one: Option<Deed>, other: Option<Deed>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return true };
    match (one, other) {
        (Deed::Load, Deed::Load) => true,
        (one, other) => (one == Deed::Ask) != (other == Deed::Ask),
    }
}

/// Plays a scene in every order that makes a difference. `begin` sets the scene and yields its tasks; `end` looks at what came
/// of it. With `dies_after` the first task dies after so many deeds. Yields how many orders were played to their end.
pub(super) fn every_order(
    begin: impl Fn() -> (Turnstile, Vec<Task>),
    dies_after: Option<usize>,
    mut end: impl FnMut(&[usize]),
) -> usize {
    let (mut path, mut played): (Vec<Choice>, _) = (Vec::new(), 0);
    loop {
        let (turnstile, tasks) = begin();
        let mut runners: Vec<_> =
            tasks.into_iter().enumerate().map(|(n, task)| Runner::new(task, dies_after.filter(|_| n == 0), &turnstile)).collect();
        path.iter().for_each(|choice| runners[choice.taken].step(&turnstile));
        while let Some(choice) = choose(&runners, path.last()) {
            runners[choice.taken].step(&turnstile);
            path.push(choice);
        }
        if runners.iter().all(|runner| runner.task.is_none()) {
            played += 1;
            end(&path.iter().map(|choice| choice.taken).collect::<Vec<_>>());
        }
        while path.last_mut().is_some_and(|last| !last.turn()) {
            path.pop();
        }
        if path.is_empty() {
            return played;
        }
    }
}

fn choose(runners: &[Runner], last: Option<&Choice>) -> Option<Choice> {
    let asleep = last.map(Choice::asleep_after).unwrap_or_default();
    Choice::new(runners.iter().map(Runner::deed).collect(), asleep)
}
