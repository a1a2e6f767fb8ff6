//! Prompts, recordings and dialled tones: one queue, in order.

use std::{collections::VecDeque, sync::Arc};

use jiff::SignedDuration;

use super::{
    Call, State,
    operation::{CANCELLED, Failure, Kind, Operation, Step, prompt_step},
    recording::Listening,
};
use crate::simulator::{
    agenda::Alarm,
    asks::{PlayPrompt, RecordResponse, SendDtmfTones},
    observation::{RecordingEnd, Seen},
    reply::{Refusal, with_body},
    setup::{Caption, SeveralPrompts},
    shelf::{Download, Waiter, uuid},
    sound::{BAD_FORMAT, Sound},
    stage::Stage,
    wire::Reply,
};

const BEEP: SignedDuration = SignedDuration::from_millis(400);
/// Between the prompts of one request, where they are played with gaps.
const GAP: SignedDuration = SignedDuration::from_secs(2);
const TONE: SignedDuration = SignedDuration::from_millis(250);

/// The operations of a call; the first is running.
#[derive(Debug, Default)]
pub(super) struct Media {
    queue: VecDeque<Operation>,
    pub(super) now: Option<Now>,
}

/// What goes on in the running operation.
#[derive(Debug)]
pub(super) enum Now {
    Downloading,
    Playing { sound: Arc<Sound>, name: String },
    Pausing,
    Beeping,
    Listening(Listening),
    Dialling,
}

impl Call {
    pub(super) fn play_prompt(&mut self, ask: PlayPrompt, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_have_audio()?;
        let steps = ask.prompts.into_iter().map(prompt_step).collect();
        Ok(self.enqueue(Kind::PlayPrompt, ask.client_context, steps, stage))
    }

    pub(super) fn record_response(&mut self, mut ask: RecordResponse, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_have_audio()?;
        if ask.barge_in_allowed {
            self.cancel_media(CANCELLED, RecordingEnd::Cancelled, stage);
        }
        let mut steps: Vec<Step> = std::mem::take(&mut ask.prompts).into_iter().map(prompt_step).collect();
        if ask.play_beep {
            steps.push(Step::Beep);
        }
        let context = ask.client_context.take();
        steps.push(Step::Listen(ask));
        Ok(self.enqueue(Kind::Record, context, steps, stage))
    }

    pub(super) fn send_tones(&mut self, ask: SendDtmfTones, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_have_audio()?;
        let count = ask.tones.len();
        let each = TONE + SignedDuration::from_millis(ask.delay_ms);
        let length = each * i32::try_from(count).unwrap_or(i32::MAX);
        let steps = vec![Step::Dial { count, length }];
        Ok(self.enqueue(Kind::SendDtmfTones, ask.client_context, steps, stage))
    }

    /// Ends what runs and what waits; each operation's end is told.
    pub(super) fn cancel_media(&mut self, why: Failure, end: RecordingEnd, stage: &mut Stage) {
        self.clear(Alarm::Media, stage);
        match self.media.now.take() {
            Some(Now::Playing { sound, name }) => self.prompt_cut(&sound, name, stage),
            Some(Now::Listening(listening)) => self.recording_lost(&listening, end, stage),
            Some(Now::Downloading | Now::Pausing | Now::Beeping | Now::Dialling) | None => {}
        }
        for operation in std::mem::take(&mut self.media.queue) {
            self.operation_failed(&operation, why);
        }
    }

    /// A download that an operation waited for has come.
    pub(crate) fn prompt_arrived(&mut self, waiter: &Waiter, arrived: &Download, stage: &mut Stage) {
        let waits = |operation: &&mut Operation| operation.id == waiter.operation;
        let Some(operation) = self.media.queue.iter_mut().find(waits) else {
            return;
        };
        if let Some(Step::Prompt { download, .. }) = operation.steps.get_mut(waiter.step) {
            *download = Some(arrived.clone());
        }
        if matches!(self.media.now, Some(Now::Downloading)) {
            self.play_on(stage);
        }
    }

    /// The running step has come to its end.
    pub(super) fn step_ended(&mut self, stage: &mut Stage) {
        match self.media.now.take() {
            Some(Now::Playing { sound, name }) => self.prompt_heard(&sound, name, stage),
            Some(Now::Listening(listening)) => {
                return self.recording_finished(&listening, None, stage);
            }
            Some(Now::Pausing) => return self.play_on(stage),
            Some(Now::Downloading | Now::Beeping | Now::Dialling) | None => {}
        }
        if let Some(operation) = self.media.queue.front_mut() {
            operation.at += 1;
        }
        self.play_next(stage);
    }

    /// Goes on to the next step of the running operation, in the way that several prompts are played.
    fn play_next(&mut self, stage: &mut Stage) {
        let is_prompt = |operation: &&Operation| matches!(operation.steps.get(operation.at), Some(Step::Prompt { .. }));
        let is_between = self.media.queue.front().filter(is_prompt).is_some();
        match stage.setup.several_prompts {
            SeveralPrompts::WithGaps if is_between => return self.begin(Now::Pausing, GAP, stage),
            SeveralPrompts::ToldApart if is_between => {
                if let Some(operation) = self.media.queue.pop_front() {
                    self.tell_completed(&operation);
                    self.media.queue.push_front(operation);
                }
            }
            _ => {}
        }
        self.play_on(stage);
    }

    /// Takes the running operation, to tell its end.
    pub(super) fn take_operation(&mut self, stage: &mut Stage) -> Option<Operation> {
        self.clear(Alarm::Media, stage);
        self.media.now = None;
        self.media.queue.pop_front()
    }

    /// Begins the step that is next, if it can begin.
    pub(super) fn play_on(&mut self, stage: &mut Stage) {
        while let Some(operation) = self.media.queue.front() {
            match operation.steps.get(operation.at) {
                None => self.operation_completed(stage),
                Some(Step::Prompt { download: None, .. }) => {
                    self.media.now = Some(Now::Downloading);
                    return;
                }
                Some(Step::Prompt { download: Some(Err(subcode)), .. }) => {
                    let subcode = *subcode;
                    self.prompt_unplayable(subcode, stage);
                }
                Some(Step::Prompt { download: Some(Ok(sound)), media }) => {
                    let (sound, caption) = (Arc::clone(sound), stage.caption(self.number, sound, &media.uri));
                    return self.prompt_begins(sound, caption, stage);
                }
                Some(Step::Beep) => return self.begin(Now::Beeping, BEEP, stage),
                Some(Step::Listen(ask)) => {
                    let listening = Listening::new(ask, stage.now);
                    return self.listen(listening, stage);
                }
                Some(Step::Dial { count, length }) => {
                    let (count, length) = (*count, *length);
                    self.see(Seen::TonesSent { count }, stage);
                    return self.begin(Now::Dialling, length, stage);
                }
            }
        }
    }

    fn must_have_audio(&self) -> Result<(), Refusal> {
        match &self.state {
            _ if self.has_audio() => Ok(()),
            State::Arriving(_) if self.state_name() == "established" => {
                Err(Refusal::new(400, "8503", "Call media state audio is inactive."))
            }
            _ => Err(Refusal::new(400, "8501", "Call is not established.")),
        }
    }

    fn enqueue(&mut self, kind: Kind, context: Option<String>, steps: Vec<Step>, stage: &mut Stage) -> Reply {
        let mut operation = Operation { id: uuid(&mut self.rng), kind, context, steps, at: 0 };
        for (number, step) in operation.steps.iter_mut().enumerate() {
            if let Step::Prompt { media, download } = step {
                let waiter = Waiter { call: self.number, operation: operation.id.clone(), step: number };
                *download = stage.prompt(media, Some(waiter)).map(Ok);
            }
        }
        let body = operation.data("running");
        self.media.queue.push_back(operation);
        if self.media.now.is_none() {
            self.play_on(stage);
        }
        with_body(200, body)
    }

    fn begin(&mut self, now: Now, length: SignedDuration, stage: &mut Stage) {
        self.media.now = Some(now);
        self.set(Alarm::Media, length, stage);
    }

    fn prompt_begins(&mut self, sound: Arc<Sound>, caption: Caption, stage: &mut Stage) {
        let seen = Seen::PromptBegan {
            name: caption.name.clone(),
            words: caption.words.clone(),
            sha256: sound.sha256.clone(),
            ms: u64::try_from(sound.length.as_millis()).unwrap_or_default(),
            silence: sound.is_silence,
        };
        self.see(seen, stage);
        self.ledger.prompt_began(&sound, stage.now);
        let length = sound.length;
        if !sound.is_silence {
            self.people_hear(&caption, stage);
        }
        let now = Now::Playing { sound, name: caption.name };
        self.begin(now, length, stage);
    }

    fn prompt_heard(&mut self, sound: &Sound, name: String, stage: &mut Stage) {
        self.see(Seen::PromptEnded { name, completed: true }, stage);
        self.be_patient(stage);
        if !sound.is_silence {
            self.people_heard(true, stage);
        }
    }

    fn prompt_cut(&mut self, sound: &Sound, name: String, stage: &mut Stage) {
        self.see(Seen::PromptEnded { name, completed: false }, stage);
        self.ledger.prompt_cut(sound, stage.now);
        if !sound.is_silence {
            self.people_heard(false, stage);
        }
    }

    fn prompt_unplayable(&mut self, subcode: u32, stage: &mut Stage) {
        let why = match subcode {
            BAD_FORMAT => "Action failed, the file format is not supported.",
            _ => "Action failed, the file could not be downloaded.",
        };
        if let Some(operation) = self.take_operation(stage) {
            self.operation_failed(&operation, (400, subcode, why));
        }
    }
}
