//! What a caller says after the beep: when it ends, and what is kept.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Call, media::Now};
use crate::simulator::{
    agenda::{Alarm, Due},
    asks::RecordResponse,
    dialect::result,
    mishaps::Fragility,
    observation::{RecordingEnd, Seen},
    person::later,
    shelf::Taken,
    stage::Stage,
};

/// A recording that is being taken.
#[derive(Debug, Clone)]
pub(super) struct Listening {
    began: Timestamp,
    initial_silence: SignedDuration,
    max_silence: SignedDuration,
    max_duration: SignedDuration,
    stop_tones: Vec<String>,
    spoken: Vec<(Timestamp, Timestamp)>,
}

impl Listening {
    pub(super) fn new(ask: &RecordResponse, began: Timestamp) -> Self {
        Self {
            began,
            initial_silence: SignedDuration::from_secs(ask.initial_silence),
            max_silence: SignedDuration::from_secs(ask.max_silence),
            max_duration: SignedDuration::from_secs(ask.max_duration),
            stop_tones: ask.stop_tones.clone(),
            spoken: Vec::new(),
        }
    }

    pub(super) fn is_stopped_by(&self, key: char) -> bool {
        self.stop_tones.iter().any(|tone| tone.starts_with(key))
    }

    /// When it ends by itself, as far as can be told now, and why.
    fn end(&self) -> (Timestamp, RecordingEnd) {
        let silence = match self.spoken.iter().map(|(_, until)| *until).max() {
            Some(until) => (later(until, self.max_silence), RecordingEnd::MaxSilence),
            None => (later(self.began, self.initial_silence), RecordingEnd::InitialSilence),
        };
        let longest = (later(self.began, self.max_duration), RecordingEnd::MaxDuration);
        if longest.0 <= silence.0 { longest } else { silence }
    }

    fn length(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.began)
    }

    fn taken(&self, call: usize, now: Timestamp) -> Taken {
        let since = |at: Timestamp| at.min(now).duration_since(self.began);
        Taken {
            call,
            length: self.length(now),
            spoken: self.spoken.iter().map(|(from, until)| (since(*from), since(*until))).collect(),
        }
    }
}

impl Call {
    pub(super) fn listen(&mut self, mut listening: Listening, stage: &mut Stage) {
        // Who is speaking already speaks on, though what came before is in another recording.
        let speaking = self.present().into_iter().filter_map(|number| self.participants[number].speaks_until);
        listening.spoken.extend(speaking.filter(|until| *until > stage.now).map(|until| (stage.now, until)));
        self.await_end(&listening, stage);
        self.media.now = Some(Now::Listening(listening));
        self.see(Seen::RecordingBegan, stage);
        self.people_hear_beep(stage);
    }

    /// Someone speaks.
    pub(super) fn speak(&mut self, number: usize, length: SignedDuration, stage: &mut Stage) {
        let seconds = u64::try_from(length.as_secs()).unwrap_or_default();
        self.see(Seen::Spoke { seconds }, stage);
        self.participants[number].speaks_until = Some(later(stage.now, length));
        if let Some(Now::Listening(listening)) = &mut self.media.now {
            listening.spoken.push((stage.now, later(stage.now, length)));
            let listening = listening.clone();
            self.await_end(&listening, stage);
        }
    }

    /// The recording is over: by itself, unless another reason is given.
    pub(super) fn recording_finished(&mut self, listening: &Listening, why: Option<RecordingEnd>, stage: &mut Stage) {
        let why = why.unwrap_or(listening.end().1);
        let Some(operation) = self.take_operation(stage) else {
            return;
        };
        self.recording_seen(listening, why, stage);
        let (code, subcode, reason, message) = outcome(why);
        let mut data = operation.data(if code == 200 { "completed" } else { "failed" });
        let (mut location, mut token) = (String::new(), String::new());
        if code == 200 {
            let taken = listening.taken(self.number, stage.now);
            let (path, access) = stage.recordings.keep(taken, &mut self.rng);
            location = format!("{}/recordings/{path}", stage.setup.base_url);
            token = access;
            self.ledger.recordings += 1;
        }
        data["resultInfo"] = result(code, subcode, message);
        data["recordingLocation"] = json!(location);
        data["recordingAccessToken"] = json!(token);
        if self.dialect.is_captured {
            data["completionReason"] = json!(reason);
        }
        self.tell_operation(&operation, Fragility::Lazy, data);
        self.people_recorded(false, stage);
        self.play_on(stage);
    }

    /// The recording is cancelled, or its call is over; nothing is kept.
    pub(super) fn recording_lost(&mut self, listening: &Listening, why: RecordingEnd, stage: &mut Stage) {
        self.recording_seen(listening, why, stage);
        if why == RecordingEnd::Cancelled {
            self.people_recorded(true, stage);
        }
    }

    fn recording_seen(&self, listening: &Listening, why: RecordingEnd, stage: &mut Stage) {
        let seconds = u64::try_from(listening.length(stage.now).as_secs()).unwrap_or_default();
        self.see(Seen::RecordingEnded { seconds, why }, stage);
    }

    fn await_end(&self, listening: &Listening, stage: &mut Stage) {
        let due = Due::Call(self.number, Alarm::Media);
        stage.agenda.set(due, listening.end().0);
    }
}

/// Code, subcode, `completionReason` and message.
fn outcome(why: RecordingEnd) -> (u16, u32, &'static str, &'static str) {
    match why {
        RecordingEnd::InitialSilence => (400, 8510, "initialSilenceTimeout", "Action failed, initial silence timeout reached."),
        RecordingEnd::MaxSilence => (200, 8509, "maxSilenceTimeout", "Action completed, max silence timeout reached."),
        RecordingEnd::StopTone => (200, 8514, "stopToneDetected", "Action completed, stop tone detected."),
        RecordingEnd::MaxDuration => (200, 8515, "maxRecordDurationReached", "Action completed, max record duration reached."),
        RecordingEnd::Cancelled => (400, 8508, "operationCanceled", "Action failed, the operation was cancelled."),
        RecordingEnd::CallEnded => (400, 8528, "unspecifiedError", "Action failed, the call was terminated."),
    }
}
