//! The words in which the tests tell of a call.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::reaching;
use crate::{
    call::*,
    flow::{Flow, Key, Menu, Play, Prompt, Record, Renderings, Retry, Source, Step, Wave, check, hash::sha256_hex, wordings},
};

/// A call under test, and the time it is.
pub(super) struct Told {
    pub(super) call: Call,
    pub(super) flow: Flow,
    pub(super) secrets: Secrets,
    pub(super) now: Timestamp,
}

impl Told {
    pub(super) fn rings() -> Self {
        Self::rings_on(a_flow())
    }

    pub(super) fn rings_on(flow: Flow) -> Self {
        let mut told = Self::silent_on(flow);
        told.when(ring());
        told
    }

    /// In the first step of a flow, audible, with everything owed done.
    pub(super) fn in_flow(text: &str) -> Self {
        let mut told = Self::rings_on(flow_of(text));
        told.all_done().when(audible()).all_done();
        told
    }

    /// Before the first event.
    pub(super) fn silent_on(flow: Flow) -> Self {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        Self { call: a_call(now), flow, secrets: Secrets::new(&[7; 32]), now }
    }

    /// Answered and audible, with everything owed done.
    pub(super) fn in_menu() -> Self {
        let mut told = Self::rings();
        told.all_done();
        told.when(audible());
        told.all_done();
        told.prompt_ends();
        told.all_done();
        told
    }

    pub(super) fn when(&mut self, event: Event) -> &mut Self {
        self.call = step(self.call.clone(), &self.flow, &self.secrets, &event, self.now);
        self
    }

    pub(super) fn later(&mut self, seconds: i64) -> &mut Self {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        self
    }

    /// Graph takes everything that is owed to it.
    pub(super) fn all_done(&mut self) -> &mut Self {
        let owed: Vec<_> = self.call.requests().map(|owed| owed.n).collect();
        for n in owed {
            let operation = OperationId::parse(&format!("op-{n}")).ok();
            self.when(Event::ActionSettled { n, outcome: Outcome::Done { operation } });
        }
        self
    }

    pub(super) fn first_comes_to(&mut self, outcome: Outcome) -> &mut Self {
        let n = self.call.requests().next().expect("something is owed").n;
        self.when(Event::ActionSettled { n, outcome })
    }

    /// The first thing that plays or records comes to its end.
    pub(super) fn prompt_ends(&mut self) -> &mut Self {
        let n = self.call.operations.first().expect("something plays").n;
        self.when(end_of(n))
    }

    /// Nobody takes the invitation.
    pub(super) fn invitation_ends(&mut self) -> &mut Self {
        let Phase::InStep { at: At::Invite { n, .. }, .. } = self.call.phase else { panic!("nobody is invited") };
        let result = Some(ResultInfo { code: 603, subcode: 0, message: String::new() });
        self.when(Event::OperationFinished(Finished { operation: None, n: Some(n), completed: false, result }))
    }

    pub(super) fn presses(&mut self, key: char, sequence: i64) -> &mut Self {
        self.when(Event::ToneReceived(Tone { sequence, key: Key::try_from(key).ok() }))
    }

    pub(super) fn owes(&self) -> Vec<&'static str> {
        self.call.owed.iter().map(|owed| owed.action.kind()).collect()
    }

    pub(super) fn step(&self) -> &str {
        match &self.call.phase {
            Phase::InStep { step, .. } => step,
            other => other.name(),
        }
    }

    pub(super) fn ending(&self) -> Option<Ending> {
        match &self.call.phase {
            Phase::Ended { ending, .. } => Some(*ending),
            _ => None,
        }
    }
}

pub(super) fn ring() -> Event {
    Event::IncomingCall(incoming())
}

pub(super) fn incoming() -> Incoming {
    let call = GraphCallId::parse("11111111-2222-3333-4444-555555555555").unwrap();
    Incoming { call, from: None, to: None, is_group: false }
}

pub(super) fn a_call(now: Timestamp) -> Call {
    let terms = Terms {
        tenant: "a-tenant".to_owned(),
        flow: "front_desk".to_owned(),
        flow_version: "v1".to_owned(),
        secret: CallbackSecret::new(7),
        max_minutes: 240,
        kept_for_s: 3600,
    };
    Call::ringing(&incoming(), terms, now)
}

pub(super) fn a_flow() -> Flow {
    let prompt = |name: &str| (name.to_owned(), Prompt { sha256: format!("hash-of-{name}"), ms: 2_000, text: name.to_owned() });
    let retry = |prompt: &str| Retry { prompt: Some(prompt.to_owned()), attempts: 2, then: "bye".to_owned() };
    let keys: BTreeMap<_, _> = [('1', "sales"), ('3', "voicemail"), ('5', "ask_slowly"), ('6', "ask"), ('7', "tell")]
        .map(|(key, to)| (Key::try_from(key).unwrap(), to.to_owned()))
        .into();
    let steps = [
        (
            "welcome",
            Step::Play(Play {
                prompts: vec!["welcome".to_owned()],
                times: 1,
                barge_in: false,
                keys: BTreeMap::new(),
                then: "main".to_owned(),
            }),
        ),
        (
            "main",
            Step::Menu(Menu {
                prompts: vec!["main".to_owned()],
                short_prompts: Vec::new(),
                repeat: None,
                back: None,
                top: None,
                timeout_ms: 5_000,
                barge_in: true,
                keys,
                no_input: retry("nothing"),
                no_match: retry("wrong"),
                hung_up: None,
            }),
        ),
        ("sales", Step::Transfer(reaching::transfer("voicemail"))),
        (
            "voicemail",
            Step::Record(Record {
                prompt: Some("speak".to_owned()),
                beep: true,
                longest_s: 60,
                first_silence_s: 5,
                silence_s: 3,
                stop_keys: BTreeSet::new(),
                review: None,
                then: "bye".to_owned(),
                nothing: "bye".to_owned(),
                hung_up: None,
            }),
        ),
        ("bye", Step::HangUp),
    ];
    Flow {
        name: "front_desk".to_owned(),
        version: "v1".to_owned(),
        start: "welcome".to_owned(),
        prompts: ["welcome", "main", "nothing", "wrong", "speak"].map(prompt).into(),
        hooks: reaching::hooks(),
        steps: steps.into_iter().chain(reaching::steps()).map(|(name, step)| (name.to_owned(), step)).collect(),
        ..Flow::default()
    }
}

/// A checked flow, with two seconds of sound for each prompt.
fn flow_of(text: &str) -> Flow {
    let wave = |file: &str| Wave { sha256: sha256_hex(file.as_bytes()), ms: 2_000 };
    let wordings = wordings("flow.toml", text).unwrap();
    let waves = wordings.into_values().map(|wording| (wording.file.clone(), Ok(wave(&wording.file)))).collect();
    let source = Source {
        name: "told",
        file: "flow.toml",
        text,
        flows: &BTreeSet::new(),
        waves: &waves,
        renderings: &Renderings::default(),
    };
    let checked = check(&source);
    checked.flow.unwrap_or_else(|| panic!("{:#?}", checked.findings))
}

/// The list of participants, without a number: `bot` is the application, all others are users.
pub(super) fn roster(names: &[&str]) -> Event {
    roster_of(names, None)
}

/// The list of participants of a number.
pub(super) fn roster_of(names: &[&str], sequence: Option<i64>) -> Event {
    let participant = |name: &&str| Participant {
        id: Some(format!("of-{name}")),
        party: Some(Party { kind: if *name == "bot" { "application" } else { "user" }.to_owned(), id: (*name).to_owned() }),
        in_lobby: false,
        is_muted: false,
    };
    Event::ParticipantsUpdated { participants: names.iter().map(participant).collect(), sequence }
}

pub(super) fn audible() -> Event {
    updated(CallState::Established, Some(true), None)
}

pub(super) fn updated(state: CallState, audio_active: Option<bool>, failure: Option<i64>) -> Event {
    let result = failure.map(|subcode| ResultInfo { code: 500, subcode, message: String::new() });
    Event::CallUpdated(Update { call: None, state: Some(state), audio_active, result })
}

pub(super) fn end_of(n: u32) -> Event {
    Event::PromptFinished(Finished { operation: None, n: Some(n), completed: true, result: None })
}

pub(super) fn recording_of(n: u32, subcode: i64) -> Event {
    let result = Some(ResultInfo { code: 200, subcode, message: String::new() });
    Event::RecordingFinished(Recorded {
        finished: Finished { operation: None, n: Some(n), completed: true, result },
        location: Some("https://media.example/1".to_owned()),
        token: Some(RecordingToken::new("opens".to_owned())),
    })
}

pub(super) fn refused(code: &str, is_gone: bool) -> Outcome {
    Outcome::Refused { status: if is_gone { 404 } else { 400 }, code: code.to_owned(), is_gone }
}
