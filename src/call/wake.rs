//! A time has come: what a call does about silence from outside.

use super::{
    action::Action,
    document::{ALONE_FOR_MS, AUDIBLE_WITHIN_MS, KEEP_ALIVE_EVERY_MS, Operation, later},
    moment::Moment,
    phase::{At, Phase},
    placing::Reached,
    verbs::Take,
};

/// How long until a call that was looked at is looked at again, in milliseconds.
const LOOK_AGAIN_MS: u64 = 30_000;

impl Moment<'_> {
    /// Does whatever is due.
    pub(super) fn wake(&mut self) {
        if self.call.phase.is_over() {
            return;
        }
        let is_hanging_up = matches!(self.call.phase, Phase::HangingUp { .. });
        if !is_hanging_up && self.call.ends_by <= self.now {
            self.note("wake", None, "the longest time for a call is up");
            self.hang_up();
        }
        if self.call.company.alone_since.is_some_and(|since| later(since, ALONE_FOR_MS) <= self.now) {
            self.note("wake", None, "everyone else has left");
            self.hang_up();
        }
        if self.call.ends_by <= self.now {
            // So that the end that was asked for is not asked for each minute.
            self.call.ends_by = later(self.now, LOOK_AGAIN_MS);
        }
        self.rung_out();
        self.overdue();
        self.ask_overdue();
        self.invitation_overdue();
        self.look();
        self.look_around();
        self.attend();
    }

    /// Operations of whose end nobody told.
    fn overdue(&mut self) {
        let now = self.now;
        let late = |operation: &Operation| operation.expected_by <= now;
        let overdue: Vec<u32> = self.call.operations.iter().filter(|o| late(o) && !self.call.owes(o.n)).map(|o| o.n).collect();
        for n in overdue {
            let Some(found) = self.call.operations.iter().position(|operation| operation.n == n) else { continue };
            let operation = self.call.operations.remove(found);
            self.note(operation.action.kind(), Some(n), "nobody told of its end");
            match operation.is_recording() {
                // Its end may still come, and what was said is kept then.
                true => self.recording_ended(n, Take::Nothing),
                false => self.prompt_ended(n, true),
            }
        }
    }

    /// Looks at the call where Graph should have said something by now.
    fn look(&mut self) {
        let now = self.now;
        let again = later(now, LOOK_AGAIN_MS);
        let is_due = match &mut self.call.phase {
            Phase::Ringing { audible_by, .. } if *audible_by <= now => {
                *audible_by = later(now, AUDIBLE_WITHIN_MS);
                true
            }
            Phase::InStep { at: At::Transfer { settled_by, .. } | At::Redirect { settled_by, .. }, .. } if *settled_by <= now => {
                *settled_by = again;
                true
            }
            Phase::Placing { reached: Reached::Taken, until } if *until <= now => {
                *until = later(now, AUDIBLE_WITHIN_MS);
                true
            }
            Phase::HangingUp { ended_by, .. } if *ended_by <= now => {
                *ended_by = again;
                true
            }
            _ => false,
        };
        let asked = self.call.owed.iter().any(|owed| owed.action == Action::GetCall);
        match self.call.graph_id {
            // No word has come of it, so there never was a call to look at.
            None if is_due => self.gone(),
            Some(_) if is_due && !asked => {
                self.call.owe(Action::GetCall);
            }
            _ => {}
        }
    }

    /// Tells Graph that the call is attended to.
    fn attend(&mut self) {
        if self.call.keep_alive_at.is_none_or(|at| at > self.now) {
            return;
        }
        self.call.keep_alive_at = Some(later(self.now, KEEP_ALIVE_EVERY_MS));
        if !self.call.owed.iter().any(|owed| owed.action == Action::KeepAlive) {
            self.call.owe(Action::KeepAlive);
        }
    }
}
