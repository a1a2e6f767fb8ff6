//! `invite`: brings somebody into the call.
//!
//! Graph says how an invitation went by the end of its operation, and who is there by its list of participants. An invitation of which
//! nobody knows whether it was sent is not sent again at once, or somebody might be rung twice: word of it comes within a minute.

use crate::{
    call::{
        action::{Action, Owed},
        document::{Call, later},
        event::{Finished, Party, ResultInfo},
        ids::OperationId,
        moment::Moment,
        not_taken::NotTaken,
        phase::{At, Phase},
    },
    flow::{Invite, Step},
};

/// How long an invitation may take, in milliseconds: Graph rings for 60 seconds.
const SETTLED_WITHIN_MS: u64 = 75_000;

/// How long after somebody has taken an invitation the list of participants may take to show them, in milliseconds.
const LISTED_WITHIN_MS: u64 = 5_000;

impl<'a> Moment<'a> {
    /// Yields the next step where nobody has to be rung.
    pub(in crate::call) fn invite(&mut self, step: &str, invite: &'a Invite) -> Option<&'a str> {
        let Some(to) = invite.to.target(|text| self.fill(text)) else {
            self.note("invite", None, "failed: what the variables make is no id or number");
            return Some(&invite.failed);
        };
        let who = Party::from(&to);
        if self.call.is_here(&who) {
            self.note("invite", None, "they are there already");
            return Some(&invite.joined);
        }
        let n = self.call.owe(Action::Invite { to, replaces: None });
        let prompt = self.play_meanwhile(&invite.meanwhile);
        let settled_by = later(self.now, SETTLED_WITHIN_MS);
        self.stand(step, At::Invite { n, before: None, who, operation: None, prompt, settled_by, has_come: false });
        None
    }

    /// Graph rings them now.
    pub(in crate::call) fn invitation_runs(&mut self, n: u32, id: Option<&OperationId>) {
        let until = later(self.now, SETTLED_WITHIN_MS);
        if let Phase::InStep { at: At::Invite { n: waited_for, operation, settled_by, .. }, .. } = &mut self.call.phase
            && *waited_for == n
        {
            *operation = id.cloned();
            *settled_by = until;
        }
    }

    /// An operation has ended, perhaps the invitation that the call waits for.
    pub(in crate::call) fn invitation_ended(&mut self, finished: &Finished) {
        let Some((step, At::Invite { n, before, who, operation, prompt, .. })) = self.at() else { return };
        let is_by_id = operation.is_some() && operation == finished.operation;
        if !is_by_id && !finished.n.is_some_and(|ended| ended == n || Some(ended) == before) {
            return;
        }
        // It has ended, so it had begun: it is not asked for again.
        self.call.owed.retain(|owed| owed.n != n);
        self.journal_end("operation_finished", n, finished);
        match (finished.completed, self.call.is_here(&who)) {
            (true, true) => self.invited_one_is_here(),
            (true, false) => {
                let settled_by = later(self.now, LISTED_WITHIN_MS);
                self.stand(&step, At::Invite { n, before, who, operation, prompt, settled_by, has_come: true });
            }
            (false, _) if self.ends_with(finished) => self.is_ending(),
            (false, _) => self.nobody_has_come(finished.result.as_ref()),
        }
    }

    /// The list of participants shows whoever was invited.
    pub(in crate::call) fn invited_one_is_here(&mut self) {
        let Some((invite, n)) = self.invitation() else { return };
        self.call.owed.retain(|owed| owed.n != n);
        self.note("invite", Some(n), "they are there");
        self.hush();
        self.go(&invite.joined);
    }

    /// They did not come: the flow goes on.
    pub(in crate::call) fn nobody_has_come(&mut self, result: Option<&ResultInfo>) {
        let Some((invite, n)) = self.invitation() else { return };
        self.call.owed.retain(|owed| owed.n != n);
        self.note("invite", Some(n), "they have not come");
        self.hush();
        self.go(way(invite, result));
    }

    /// Graph will not ring anybody.
    pub(in crate::call) fn invitation_refused(&mut self, n: u32) {
        if self.invitation().is_some_and(|(_, waited_for)| waited_for == n) {
            self.nobody_has_come(None);
        }
    }

    /// Nobody told how it went.
    pub(in crate::call) fn invitation_overdue(&mut self) {
        match self.at() {
            Some((_, At::Invite { n, settled_by, has_come, .. })) if settled_by <= self.now && !self.call.owes(n) => {
                match has_come {
                    true => self.invited_one_is_here(),
                    false => self.nobody_has_come(None),
                }
            }
            _ => {}
        }
    }

    /// Nobody knows whether they are rung: they are invited again, once, unless word of it comes in time.
    pub(in crate::call) fn word_of_invitation_awaited(&mut self, owed: &Owed) {
        self.paid(owed, "no answer: word of it is waited for");
        let Some((step, At::Invite { n, before, who, operation, prompt, .. })) = self.at() else { return };
        if n != owed.n {
            return;
        }
        let until = later(self.now, SETTLED_WITHIN_MS);
        let (next, settled_by) = match before {
            None => {
                let next = self.call.owe(owed.action.clone());
                self.put_off(next, Some(until), 0);
                (next, later(until, SETTLED_WITHIN_MS))
            }
            Some(_) => (n, until),
        };
        let before = before.or(Some(n));
        self.stand(&step, At::Invite { n: next, before, who, operation, prompt, settled_by, has_come: false });
    }

    /// What plays meanwhile has ended. It plays again until it is known how it went.
    pub(in crate::call) fn ringing_heard(&mut self, completed: bool) {
        let Some((invite, _)) = self.invitation() else { return };
        // What could not be played once is not tried for a whole minute.
        let again = completed.then(|| self.play_meanwhile(&invite.meanwhile)).flatten();
        if let Phase::InStep { at: At::Invite { prompt, .. }, .. } = &mut self.call.phase {
            *prompt = again;
        }
    }

    /// The step that invites, and the number of its action.
    fn invitation(&self) -> Option<(&'a Invite, u32)> {
        let (step, at) = self.at()?;
        match (self.flow.steps.get(&step), at) {
            (Some(Step::Invite(invite)), At::Invite { n, .. }) => Some((invite, n)),
            _ => None,
        }
    }
}

impl Call {
    /// When somebody who has taken an invitation counts as there, whatever the list of participants says.
    pub fn joined_by(&self) -> Option<jiff::Timestamp> {
        match self.phase {
            Phase::InStep { at: At::Invite { has_come: true, settled_by, .. }, .. } => Some(settled_by),
            _ => None,
        }
    }
}

/// Where it leads that they have not come.
fn way<'f>(invite: &'f Invite, result: Option<&ResultInfo>) -> &'f str {
    let finer = match NotTaken::from(result) {
        NotTaken::Busy => &invite.busy,
        NotTaken::Declined => &invite.declined,
        NotTaken::NoAnswer => &invite.no_answer,
        NotTaken::NotFound => &invite.not_found,
        NotTaken::Unsaid => &None,
    };
    finer.as_ref().unwrap_or(&invite.failed)
}
