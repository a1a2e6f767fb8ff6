//! The step: what an event makes of a call.

use jiff::Timestamp;

use super::{
    action::{Action, Owed},
    document::{Call, Operation},
    event::{CallState, Event, Finished, Recorded, ResultInfo, Tone, Update},
    ids::OperationId,
    moment::Moment,
    phase::{At, Ending, Phase},
    placing::Reached,
    secrets::Secrets,
    verbs::Take,
};
use crate::flow::{Flow, Key};

/// Graph's subcode for a file that it could not fetch.
const NOT_FETCHED: i64 = 8536;

/// Graph's subcode for a transfer that was carried out.
const TRANSFERRED: i64 = 7015;

/// Graph's subcode for an operation in whose middle the call ended.
const TERMINATED: i64 = 8528;

/// Graph's subcode for a recording that is as long as it was to be at the most.
const AS_LONG_AS_MAY_BE: i64 = 8515;

/// Graph's subcode for a recording in which nobody said a word.
const INITIAL_SILENCE: i64 = 8510;

/// One event, one step. Total and pure: every event in every phase has an answer, and the same call, event and time give the same.
///
/// The actions it leads to are in the call it yields, numbered and owed ([`Call::owed`]), so that saving the one saves the others.
pub fn step(call: Call, flow: &Flow, secrets: &Secrets, event: &Event, now: Timestamp) -> Call {
    let mut moment = Moment::new(call, flow, secrets, now);
    match event {
        Event::IncomingCall(_) => moment.rings(),
        Event::CallUpdated(update) => moment.updated(update),
        Event::ToneReceived(tone) => moment.tone(tone),
        Event::PromptFinished(finished) | Event::OperationFinished(finished) => moment.finished(finished),
        Event::RecordingFinished(recorded) => moment.recorded(recorded),
        Event::ParticipantsUpdated { participants, sequence } => moment.company(participants, *sequence),
        Event::CallEnded { result } => moment.ended(result.as_ref()),
        Event::Place => moment.is_to_be_placed(),
        Event::OfTry { number, call, what } => {
            if let Some(event) = moment.of_try(*number, call.as_ref(), what) {
                return step(moment.call, flow, secrets, &event, now);
            }
        }
        Event::Steered { name, data } => moment.steered(name, data),
        Event::OrderAcknowledged { by } => moment.order_acknowledged(by),
        Event::EndAsked => moment.end_asked(),
        Event::Wake => moment.wake(),
        Event::SwitchesSeen { on } => moment.call.switches.clone_from(on),
        Event::ActionSettled { n, outcome } => moment.settled(*n, outcome),
        Event::ActorLost { before } => moment.actor_lost(*before),
    }
    moment.call
}

impl Moment<'_> {
    fn updated(&mut self, update: &Update) {
        let Some(state) = update.state else { return };
        self.call.graph_id = self.call.graph_id.take().or_else(|| update.call.clone());
        let failed = update.result.as_ref().filter(|result| result.code >= 400);
        match (&self.call.phase, state) {
            (Phase::Ringing { .. }, CallState::Establishing) => self.was_answered(),
            (Phase::Ringing { .. }, CallState::Established) => {
                self.was_answered();
                if update.audio_active == Some(true) {
                    self.audible();
                }
            }
            (Phase::Placing { .. }, CallState::Established) => {
                self.taken();
                if update.audio_active == Some(true) {
                    self.audible();
                }
            }
            (Phase::Placing { reached: Reached::Taken, .. }, CallState::Terminating | CallState::Terminated) => self.is_ending(),
            (Phase::InStep { at: At::Transfer { .. }, .. }, CallState::Transferring) => self.transfer_moves(false),
            (Phase::InStep { at: At::Transfer { .. }, .. }, CallState::TransferAccepted) => self.transfer_moves(true),
            (Phase::InStep { at: At::Transfer { .. }, .. }, CallState::Established) if failed.is_some() => {
                self.transfer_failed(failed)
            }
            (
                Phase::InStep { at: At::Transfer { .. } | At::Redirect { .. }, .. },
                CallState::Terminating | CallState::Terminated,
            ) => {}
            (Phase::InStep { at: At::Redirect { .. }, .. }, CallState::Redirecting) => self.redirect_moves(),
            (Phase::Ringing { .. } | Phase::InStep { .. }, CallState::Terminating | CallState::Terminated) => self.is_ending(),
            _ => {}
        }
    }

    /// The other side, or the platform, ends the call.
    pub(super) fn is_ending(&mut self) {
        self.note("call_updated", None, "ending");
        self.cut_off();
        self.call.owed.retain(Owed::outlives_the_call);
        self.await_end(self.call.direction.hung_up());
    }

    /// Graph's own word that the call was answered counts as much as its reply to the answer, which may have been lost.
    fn was_answered(&mut self) {
        let owed = self.call.owed.len();
        self.call.owed.retain(|owed| !matches!(owed.action, Action::Answer { .. }));
        if owed != self.call.owed.len() {
            self.note("call_updated", None, "answered");
        }
    }

    fn tone(&mut self, tone: &Tone) {
        if self.call.phase.is_over() || !self.call.remembers_no(tone.sequence) {
            return;
        }
        let is_stale = self.call.last_choice.is_some_and(|last| tone.sequence < last);
        if self.flow.journal_tones {
            self.note_tone(tone, is_stale);
        }
        let is_spent = is_stale || self.is_late_stop_key(tone);
        match tone.key {
            Some(key) if !is_spent => self.key(key, tone.sequence),
            _ => {}
        }
    }

    /// A key of a call that may be asked for a secret is not written down.
    fn note_tone(&mut self, tone: &Tone, is_stale: bool) {
        let has_secret = self.pinned.all().any(Flow::has_secret);
        let words = match tone.key {
            _ if is_stale => "older than the key that was acted on".to_owned(),
            Some(_) if has_secret => "a key".to_owned(),
            Some(key) => key.to_string(),
            None => "flash".to_owned(),
        };
        self.note("tone_received", None, &words);
    }

    fn key(&mut self, key: Key, sequence: i64) {
        match self.at() {
            Some((step, At::Play { .. })) => self.cut_short(&step, key, sequence),
            Some((step, At::Menu { deaf_until: None, .. })) => self.choice(&step, key, sequence),
            Some((step, At::Collect { deaf_until: None, .. })) => self.digit(&step, key, sequence),
            Some((step, At::Wait { .. })) => self.key_while_waiting(&step, key, sequence),
            Some((step, At::Record { .. })) => self.key_while_recording(&step, key),
            Some((step, At::Review { .. })) => self.reviewed(&step, key, sequence),
            _ => {}
        }
    }

    /// A prompt, or another operation, has ended.
    pub(super) fn finished(&mut self, finished: &Finished) {
        let Some(operation) = self.take_operation(finished) else { return self.invitation_ended(finished) };
        self.journal_end("prompt_finished", operation.n, finished);
        if self.ends_with(finished) {
            return self.is_ending();
        }
        let is_heard = self.at().is_some() && self.call.failures == 0;
        if is_heard && finished.result.as_ref().is_some_and(|result| result.subcode == NOT_FETCHED) {
            return self.play_once_more(operation);
        }
        self.operation_ended(&operation, if finished.completed { Take::Nothing } else { Take::Failed });
    }

    /// Graph could not fetch what was to be played, perhaps since nobody was there at that moment to hand it out.
    fn play_once_more(&mut self, operation: Operation) {
        self.call.failures = 1;
        let n = self.call.begin(operation.action, self.now);
        self.call.phase.renumber(operation.n, n);
    }

    /// The action `n` plays no more.
    pub(super) fn prompt_ended(&mut self, n: u32, completed: bool) {
        if completed {
            self.call.failures = 0;
        }
        match self.at() {
            Some((step, At::Play { n: playing, .. })) if n == playing => self.played(&step, completed),
            Some((step, At::Wait { n: playing })) if n == playing => self.waited(&step, completed),
            Some((step, At::Menu { n: timer, .. })) if n == timer => self.no_input(&step, completed),
            Some((step, At::Collect { n: timer, .. })) if n == timer => self.digits_awaited(&step, completed),
            Some((step, At::Review { n: timer, .. })) if n == timer => self.review_awaited(&step, completed),
            Some((step, At::Say { n: playing })) if n == playing => self.said(&step, completed),
            Some((step, At::Ask { prompt: Some(playing), .. })) if n == playing => self.meanwhile_ended(&step, completed),
            Some((_, At::Invite { prompt: Some(playing), .. })) if n == playing => self.ringing_heard(completed),
            Some((step, At::SendKeys { n: sending, is_sure })) if n == sending => self.keys_sent(&step, completed && is_sure),
            _ => self.call.phase.hears_after(n),
        }
    }

    fn recorded(&mut self, recorded: &Recorded) {
        let Some(operation) = self.take_operation(&recorded.finished) else { return self.recorded_before(recorded) };
        let n = operation.n;
        self.journal_end("recording_finished", n, &recorded.finished);
        let is_over = self.ends_with(&recorded.finished);
        if is_over {
            self.is_ending();
        }
        let kept = operation.is_recording() && self.owe_recording(n, recorded);
        if is_over {
            return;
        }
        if kept || recorded.finished.completed {
            self.call.failures = 0;
        }
        self.recording_stopped(&operation, &recorded.finished);
        let is_cut = recorded.finished.result.as_ref().is_some_and(|result| result.subcode == AS_LONG_AS_MAY_BE);
        let take = match (kept, recorded.finished.completed) {
            (true, _) if is_cut => Take::CutOff,
            (true, _) => Take::Something,
            (false, true) => Take::Nothing,
            (false, false) => Take::Failed,
        };
        self.operation_ended(&operation, take);
    }

    /// A recording that was begun again, or taken for ended, had been whole all the same: what was said is kept, and the flow goes its
    /// way.
    fn recorded_before(&mut self, recorded: &Recorded) {
        let Some(n) = recorded.finished.n.filter(|n| *n < self.call.next_n) else { return };
        if !self.call.knows_recording(n) && self.owe_recording(n, recorded) {
            self.note("recording_finished", Some(n), "its end comes late");
        }
    }

    /// Takes up the keeping of a recording; `false` where nothing was said.
    fn owe_recording(&mut self, n: u32, recorded: &Recorded) -> bool {
        let silent = recorded.finished.result.as_ref().is_some_and(|result| result.subcode == INITIAL_SILENCE);
        match (&recorded.location, &recorded.token) {
            (Some(location), Some(token)) if !silent => {
                self.call.owe(Action::KeepRecording { recording: n, location: location.clone(), token: token.clone() });
                self.was_said_after_all();
                true
            }
            _ => false,
        }
    }

    /// What was begun says what has ended, however its end is told.
    fn operation_ended(&mut self, operation: &Operation, take: Take) {
        match operation.is_recording() {
            true => self.recording_ended(operation.n, take),
            false => self.prompt_ended(operation.n, take != Take::Failed),
        }
    }

    /// The call ended in the middle of an operation: there is no use in going on, which Graph would refuse.
    pub(super) fn ends_with(&self, finished: &Finished) -> bool {
        let is_terminated = finished.result.as_ref().is_some_and(|result| result.subcode == TERMINATED);
        let goes_elsewhere = matches!(self.at(), Some((_, At::Transfer { .. } | At::Redirect { .. })));
        is_terminated && !goes_elsewhere && matches!(self.call.phase, Phase::InStep { .. })
    }

    fn ended(&mut self, result: Option<&ResultInfo>) {
        let ending = match &self.call.phase {
            // Graph's own word is better than what its absence made us think.
            Phase::Ended { ending: Ending::Gone, .. } => self.call.direction.hung_up(),
            Phase::Ended { .. } => return,
            Phase::HangingUp { ending, .. } => *ending,
            Phase::InStep { at: At::Transfer { accepted, .. }, .. } => match result {
                Some(result) if result.subcode == TRANSFERRED => Ending::Transferred,
                None if *accepted => Ending::Transferred,
                _ => self.call.direction.hung_up(),
            },
            Phase::InStep { at: At::Redirect { .. }, .. } => self.end_of_redirect(result),
            Phase::Ringing { .. } if result.is_some_and(|result| matches!(result.subcode, 8586 | 8587)) => Ending::NotAnswered,
            Phase::Placing { reached: Reached::Asked | Reached::Rings, .. } => Ending::of_not_taken(result),
            Phase::Placing { .. } | Phase::Ringing { .. } | Phase::InStep { .. } => self.call.direction.hung_up(),
        };
        self.end(ending, result.cloned());
    }

    /// Forgets an operation by its id or our number, and yields it. One told twice, or retired, is not found.
    fn take_operation(&mut self, finished: &Finished) -> Option<Operation> {
        let of = |id: &Option<OperationId>| id.is_some() && *id == finished.operation;
        let is_meant = |operation: &Operation| Some(operation.n) == finished.n || of(&operation.id);
        let place = self.call.operations.iter().position(is_meant)?;
        let ended = self.call.operations.remove(place);
        // It has ended, so it had begun: whatever its reply was, nothing is owed any more.
        self.call.owed.retain(|owed| owed.n != ended.n);
        Some(ended)
    }

    pub(super) fn journal_end(&mut self, kind: &str, n: u32, finished: &Finished) {
        let words = match (&finished.result, finished.completed) {
            (Some(result), true) => format!("completed, {}/{}", result.code, result.subcode),
            (Some(result), false) => format!("failed, {}/{}", result.code, result.subcode),
            (None, true) => "completed".to_owned(),
            (None, false) => "failed".to_owned(),
        };
        self.note(kind, Some(n), &words);
    }
}
