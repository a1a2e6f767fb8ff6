//! What came of the actions a call owed: the table of outcomes.

use jiff::Timestamp;

use super::{
    action::{Action, Owed, OwedState, WhenUnknown},
    document::{Call, Kept, Operation, later},
    event::{CallState, Found, Outcome, Update},
    moment::Moment,
    phase::{At, Ending, Phase},
    verbs::{Take, is_done_already},
};

/// How often an action whose outcome stays unknown is tried before it is given up.
const TRIES: u8 = 8;

/// The code with which Graph says that the call is being transferred already.
const TRANSFER_CONFLICT: &str = "8607";

impl Moment<'_> {
    /// An owed action was tried.
    pub(super) fn settled(&mut self, n: u32, outcome: &Outcome) {
        if let Outcome::Created { call } = outcome {
            self.placed(n, call);
        }
        // What is no longer owed was settled by a notification, or retired: its outcome says nothing.
        let Some(owed) = self.call.owed.iter().find(|owed| owed.n == n).cloned() else { return };
        match (&owed.action, outcome) {
            (Action::Notify { .. } | Action::TellOrder { .. }, _) => self.notified(&owed, outcome),
            (Action::Ask { .. }, _) => self.asked(&owed, outcome),
            (_, Outcome::Done { operation }) => {
                self.paid(&owed, "done");
                self.begun(n, operation.clone());
                self.invitation_runs(n, operation.as_ref());
                if let Action::ForgetRecordings { recordings } = &owed.action {
                    self.call.recordings.retain(|kept| !recordings.contains(&kept.n));
                }
                self.moderated(n, true);
            }
            (_, Outcome::Created { .. }) => self.paid(&owed, "done"),
            (_, Outcome::Kept { ms }) => {
                self.paid(&owed, "kept");
                self.recording_kept(&owed, *ms);
            }
            (_, Outcome::Refused { code, .. }) if code == TRANSFER_CONFLICT => self.paid(&owed, "done already"),
            (action, Outcome::Refused { code, .. }) if action.is_state() && is_done_already(code, owed.attempts) => {
                self.paid(&owed, "done already");
                self.moderated(n, true);
            }
            // The look was refused, not the deed: so the deed is tried after all.
            (_, Outcome::Refused { is_gone: false, .. }) if owed.state == OwedState::Doubtful => {
                self.certain(n);
                self.put_off(n, Some(self.pause(owed.attempts)), owed.attempts.saturating_add(1));
            }
            (_, Outcome::Refused { status, code, is_gone }) => {
                self.paid(&owed, &format!("refused, {status} {code}"));
                self.refused(&owed, *is_gone);
            }
            (_, Outcome::Throttled { until }) => self.put_off(n, Some(*until), owed.attempts),
            (_, Outcome::NotSent) => self.put_off(n, Some(self.pause(owed.attempts)), owed.attempts.saturating_add(1)),
            (_, Outcome::Unknown) => self.unknown(&owed),
            (_, Outcome::Listed { participants, sequence }) => {
                self.paid(&owed, "looked at");
                self.company(participants, *sequence);
            }
            // Only a hook answers so.
            (_, Outcome::Answered(_)) => {}
            (_, Outcome::Found(found)) => self.looked(&owed, found),
        }
    }

    /// Whoever acted for the call stopped without a word: everything that was owed to Graph before may have been tried.
    pub(super) fn actor_lost(&mut self, before: u32) {
        self.note("actor_lost", None, "an actor stopped in the middle; what was owed is looked at again");
        for owed in self.call.owed.iter_mut().filter(|owed| owed.n < before) {
            if owed.action.when_unknown() == WhenUnknown::LookFirst {
                owed.state = OwedState::Doubtful;
            }
        }
        let of_kind = |call: &Call, kind: WhenUnknown| -> Vec<Owed> {
            call.requests().filter(|owed| owed.n < before && owed.action.when_unknown() == kind).cloned().collect()
        };
        of_kind(&self.call, WhenUnknown::AwaitWord).iter().for_each(|owed| self.word_awaited_of(owed));
        of_kind(&self.call, WhenUnknown::Leave).iter().for_each(|owed| self.keys_perhaps_sent(owed));
        let may_play = |owed: &Owed| owed.n < before && owed.action.when_unknown() == WhenUnknown::BeginAgain;
        if self.call.requests().any(may_play) {
            self.begin_again(0, None);
        }
    }

    /// Takes an action off what is owed.
    pub(super) fn paid(&mut self, owed: &Owed, words: &str) {
        self.call.owed.retain(|other| other.n != owed.n);
        self.note(owed.action.kind(), Some(owed.n), words);
    }

    /// Graph runs it now, and only now does its time begin.
    fn begun(&mut self, n: u32, id: Option<super::ids::OperationId>) {
        let before: u64 =
            self.call.operations.iter().filter(|operation| operation.n < n).map(|operation| operation.action.lasts_ms()).sum();
        let now = self.now;
        if let Some(operation) = self.call.operations.iter_mut().find(|operation| operation.n == n) {
            operation.id = id;
            operation.expected_by = later(now, before + operation.action.lasts_ms() + super::action::GRACE_MS);
        }
    }

    /// A recording lies where it should, or one that was made of several, which are no longer there then.
    fn recording_kept(&mut self, owed: &Owed, ms: u32) {
        match &owed.action {
            Action::KeepRecording { recording, .. } => self.call.recordings.push(Kept { n: *recording, ms, parts: Vec::new() }),
            Action::JoinRecordings { parts } => {
                let (parts, others) =
                    std::mem::take(&mut self.call.recordings).into_iter().partition(|kept| parts.contains(&kept.n));
                let parts: Vec<Kept> = parts;
                self.call.recordings = others;
                self.call.recordings.push(Kept { n: owed.n, ms, parts: parts.iter().map(|part| part.n).collect() });
            }
            _ => {}
        }
    }

    fn refused(&mut self, owed: &Owed, is_gone: bool) {
        self.call.operations.retain(|operation| operation.n != owed.n);
        match &owed.action {
            Action::KeepRecording { .. } | Action::JoinRecordings { .. } | Action::ForgetRecordings { .. } => {}
            Action::HangUpTwin { .. } => {}
            Action::CreateCall { .. } => self.not_placed(),
            Action::Remove { .. } | Action::Mute { .. } | Action::Unmute | Action::Hold { .. } | Action::Unhold { .. }
                if !is_gone =>
            {
                self.moderated(owed.n, false);
            }
            _ if is_gone => self.gone(),
            Action::Answer { .. } => self.end(Ending::NotAnswered, None),
            Action::PlayPrompt { .. } => self.prompt_ended(owed.n, false),
            Action::RecordResponse { .. } => self.recording_ended(owed.n, Take::Failed),
            Action::Transfer { .. } => self.transfer_failed(None),
            Action::Redirect { .. } => self.redirect_failed(),
            Action::Invite { .. } => self.invitation_refused(owed.n),
            Action::SendTones { .. } => self.prompt_ended(owed.n, false),
            Action::Remove { .. } | Action::Mute { .. } | Action::Unmute | Action::Hold { .. } | Action::Unhold { .. } => {}
            Action::Reject { .. }
            | Action::SubscribeToTone
            | Action::CancelMediaProcessing
            | Action::HangUp
            | Action::KeepAlive
            | Action::GetCall
            | Action::ListParticipants
            | Action::Notify { .. }
            | Action::TellOrder { .. }
            | Action::Ask { .. } => {}
        }
    }

    /// No reply, or one that says nothing: it may have happened.
    fn unknown(&mut self, owed: &Owed) {
        let attempts = owed.attempts.saturating_add(1);
        if attempts >= TRIES {
            self.paid(owed, "given up: no answer");
            return self.refused(owed, false);
        }
        match owed.action.when_unknown() {
            WhenUnknown::AwaitWord => return self.word_awaited_of(owed),
            WhenUnknown::Leave => return self.keys_perhaps_sent(owed),
            _ => {}
        }
        // The first time at once: most replies that are lost are lost once.
        let until = (owed.attempts > 0).then(|| self.pause(owed.attempts));
        match owed.action.when_unknown() {
            WhenUnknown::BeginAgain => self.begin_again(attempts, until),
            WhenUnknown::LookFirst | WhenUnknown::Repeat | WhenUnknown::AwaitWord | WhenUnknown::Leave => {
                self.note(owed.action.kind(), Some(owed.n), "no answer");
                self.put_off(owed.n, until, attempts);
                if owed.action.when_unknown() == WhenUnknown::LookFirst {
                    self.doubt(owed.n);
                }
            }
        }
    }

    /// Nobody knows whether something was begun that Graph tells of in time, if it was.
    fn word_awaited_of(&mut self, owed: &Owed) {
        match owed.action {
            Action::Invite { .. } => self.word_of_invitation_awaited(owed),
            _ => self.word_awaited(owed),
        }
    }

    /// The call was looked at: because it was not known whether something had happened, or because nothing was heard for long.
    fn looked(&mut self, owed: &Owed, found: &Found) {
        let Found::Call(update) = found else {
            self.paid(owed, "the call is gone");
            return self.gone();
        };
        let has_moved = match owed.action {
            Action::Transfer { .. } => update.state != Some(CallState::Established),
            _ => update.state != Some(CallState::Incoming),
        };
        match (owed.state, has_moved) {
            (OwedState::Doubtful, false) => {
                self.note(owed.action.kind(), Some(owed.n), "had not happened");
                self.certain(owed.n);
            }
            (OwedState::Doubtful, true) => self.paid(owed, "had happened"),
            (OwedState::Due, _) => {
                self.paid(owed, "looked at");
                self.found(update);
            }
        }
    }

    /// What a look tells of a call of which nothing was heard for long.
    fn found(&mut self, update: &Update) {
        let is_established = update.state == Some(CallState::Established);
        match &self.call.phase {
            // Not every answer carries the state of the media: only a plain no counts as one.
            Phase::Ringing { .. } if is_established && update.audio_active != Some(false) => self.audible(),
            Phase::Placing { .. } if is_established && update.audio_active != Some(false) => self.audible(),
            Phase::InStep { at: At::Transfer { .. }, .. } if is_established => self.transfer_failed(update.result.as_ref()),
            Phase::HangingUp { .. } if is_established => {
                self.call.owe(Action::HangUp);
            }
            _ => {}
        }
    }

    /// The call is no longer there.
    pub(super) fn gone(&mut self) {
        let ending = match &self.call.phase {
            Phase::Ended { .. } => return,
            Phase::HangingUp { ending, .. } => *ending,
            Phase::InStep { at: At::Transfer { .. }, .. } => Ending::Transferred,
            Phase::InStep { at: At::Redirect { .. }, .. } => Ending::Redirected,
            Phase::Ringing { .. } | Phase::Placing { .. } | Phase::InStep { .. } => Ending::Gone,
        };
        self.end(ending, None);
    }

    /// Cancels all that may be playing or recording and begins it again, in order, under new numbers.
    fn begin_again(&mut self, attempts: u8, until: Option<Timestamp>) {
        // Keys are never sent again.
        let is_sending = |operation: &Operation| matches!(operation.action, Action::SendTones { .. });
        let (sending, retired): (Vec<Operation>, Vec<Operation>) = self.call.operations.drain(..).partition(is_sending);
        self.call.operations = sending;
        self.call.owed.retain(|owed| !retired.iter().any(|operation| operation.n == owed.n));
        let cancel = self.call.owe(Action::CancelMediaProcessing);
        self.put_off(cancel, until, 0);
        for operation in retired {
            let kind = operation.action.kind();
            let n = self.call.begin(operation.action, self.now);
            self.put_off(n, None, attempts);
            self.call.phase.renumber(operation.n, n);
            self.note(kind, Some(n), &format!("begun again: nobody knows what became of {}", operation.n));
        }
    }

    pub(super) fn put_off(&mut self, n: u32, until: Option<Timestamp>, attempts: u8) {
        if let Some(owed) = self.call.owed.iter_mut().find(|owed| owed.n == n) {
            owed.until = until;
            owed.attempts = attempts;
        }
    }

    fn doubt(&mut self, n: u32) {
        self.mark(n, OwedState::Doubtful);
    }

    fn certain(&mut self, n: u32) {
        self.mark(n, OwedState::Due);
    }

    fn mark(&mut self, n: u32, state: OwedState) {
        if let Some(owed) = self.call.owed.iter_mut().find(|owed| owed.n == n) {
            owed.state = state;
        }
    }

    /// When to try again: one second, doubling to 16, but never so late that an answer comes to nothing.
    fn pause(&self, attempts: u8) -> Timestamp {
        let longest = if matches!(self.call.phase, Phase::Ringing { .. }) { 1 } else { 16 };
        let seconds = (1_u64 << attempts.min(4)).min(longest);
        later(self.now, seconds * 1000)
    }
}

impl Phase {
    /// Waits for the end of another action than before.
    pub(super) fn renumber(&mut self, old: u32, new: u32) {
        let Self::InStep { at, .. } = self else { return };
        match at {
            At::Menu { deaf_until: Some(n), .. } | At::Collect { deaf_until: Some(n), .. } if *n == old => *n = new,
            At::Play { n, .. } | At::Wait { n } | At::Say { n } | At::Menu { n, .. } | At::Collect { n, .. } if *n == old => {
                *n = new
            }
            At::Record { n, .. }
            | At::Review { n, .. }
            | At::Ask { prompt: Some(n), .. }
            | At::Invite { prompt: Some(n), .. }
                if *n == old =>
            {
                *n = new
            }
            _ => {}
        }
    }
}
