//! What can be told to a call of `first_call`, and how it comes to stand where a scene begins.

use jiff::Timestamp;
use switchboard::{
    call::{
        Call, CallState, CallbackSecret, Event, Finished, GraphCallId, Incoming, OperationId, Outcome, Participant, Party,
        Recorded, RecordingToken, Secrets, Terms, Tone, Update, step,
    },
    flow::{Flow, Key},
};

/// The secret in the call's callback URL.
pub(super) const SECRET: u128 = 7;

/// When every scene begins.
pub(super) fn noon() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("it is an instant")
}

pub(super) fn graph_id() -> GraphCallId {
    GraphCallId::parse("5b1f0a52-77d4-4c1e-9a60-5f2e8c4d9b07").expect("it is an id")
}

pub(super) fn rings() -> Event {
    Event::IncomingCall(incoming())
}

pub(super) fn audible() -> Event {
    updated(CallState::Established, Some(true))
}

pub(super) fn updated(state: CallState, audio_active: Option<bool>) -> Event {
    Event::CallUpdated(Update { call: None, state: Some(state), audio_active, result: None })
}

pub(super) fn presses(key: char, sequence: i64) -> Event {
    Event::ToneReceived(Tone { sequence, key: Key::try_from(key).ok() })
}

pub(super) fn plays_no_more(n: u32) -> Event {
    Event::PromptFinished(finished(n))
}

pub(super) fn records_no_more(n: u32) -> Event {
    let location = Some("https://media.example.org/1".to_owned());
    let token = Some(RecordingToken::new("opens".to_owned()));
    Event::RecordingFinished(Recorded { finished: finished(n), location, token })
}

pub(super) fn company() -> Event {
    let party = Some(Party { kind: "user".to_owned(), id: "somebody".to_owned() });
    let somebody = Participant { id: None, party, in_lobby: false, is_muted: false };
    Event::ParticipantsUpdated { participants: vec![somebody], sequence: None }
}

pub(super) fn is_over() -> Event {
    Event::CallEnded { result: None }
}

/// A call that rings and has not been told so.
pub(super) fn new_call(flow: &Flow) -> Call {
    let terms = Terms {
        tenant: "home".to_owned(),
        flow: flow.name.clone(),
        flow_version: flow.version.clone(),
        secret: CallbackSecret::new(SECRET),
        max_minutes: 60,
        kept_for_s: 3_600,
    };
    Call::ringing(&incoming(), terms, noon())
}

/// Answered, and everything that it owed is done.
pub(super) fn answered(flow: &Flow) -> Call {
    all_done(told(new_call(flow), flow, &rings()), flow)
}

/// In the menu, and everything that it owed is done. The second value is the action whose end is the end of the wait for a key.
pub(super) fn in_menu(flow: &Flow) -> (Call, u32) {
    let call = all_done(told(answered(flow), flow, &audible()), flow);
    let welcome = call.operations[0].n;
    let call = all_done(told(call, flow, &plays_no_more(welcome)), flow);
    let n = call.operations[0].n;
    (call, n)
}

/// Recording, and everything that it owed is done. The second value is the action that records.
pub(super) fn in_voicemail(flow: &Flow) -> (Call, u32) {
    let call = all_done(told(in_menu(flow).0, flow, &presses('3', 10)), flow);
    let n = call.operations[0].n;
    (call, n)
}

fn finished(n: u32) -> Finished {
    Finished { operation: None, n: Some(n), completed: true, result: None }
}

fn incoming() -> Incoming {
    Incoming { call: graph_id(), from: None, to: None, is_group: false }
}

fn told(call: Call, flow: &Flow, event: &Event) -> Call {
    step(call, flow, &Secrets::default(), event, noon())
}

fn all_done(mut call: Call, flow: &Flow) -> Call {
    let owed: Vec<u32> = call.requests().map(|owed| owed.n).collect();
    for n in owed {
        let operation = OperationId::parse(&format!("operation-{n}")).ok();
        call = told(call, flow, &Event::ActionSettled { n, outcome: Outcome::Done { operation } });
    }
    call
}
