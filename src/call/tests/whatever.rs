//! What holds whatever happens to a call, in whatever order.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{collect, cut_off, menus, record, told::*};
use crate::{call::*, flow::Key};

fn any_finished() -> impl Strategy<Value = Finished> {
    (any::<bool>(), 0_u32..12, any::<bool>(), proptest::option::of(0_i64..9000)).prop_map(|(by_id, n, completed, subcode)| {
        Finished {
            operation: by_id.then(|| OperationId::parse(&format!("op-{n}")).unwrap()),
            n: (!by_id).then_some(n),
            completed,
            result: subcode.map(|subcode| ResultInfo { code: 200, subcode, message: String::new() }),
        }
    })
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        3 => Just(Outcome::Done { operation: None }),
        1 => Just(Outcome::Unknown),
        1 => Just(Outcome::NotSent),
        1 => Just(Outcome::Kept { ms: 1 }),
        1 => Just(Outcome::Throttled { until: Timestamp::from_second(1_800_000_100).unwrap() }),
        1 => (any::<bool>()).prop_map(|is_gone| refused("8501", is_gone)),
        1 => Just(Outcome::Found(Found::Gone)),
        2 => proptest::option::of("vip|nobody").prop_map(|next| Outcome::Answered(Answer { next, variables: [].into() })),
        1 => any_state().prop_map(|state| Outcome::Found(Found::Call(Update { state: Some(state), ..Update::default() }))),
    ]
}

fn any_state() -> impl Strategy<Value = CallState> {
    use CallState::*;
    proptest::sample::select(vec![
        Incoming,
        Establishing,
        Established,
        Hold,
        Transferring,
        TransferAccepted,
        Redirecting,
        Terminating,
        Terminated,
        Unknown,
    ])
}

pub(super) fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => Just(ring()),
        3 => (any_state(), proptest::option::of(any::<bool>()), proptest::option::of(Just(7000)))
            .prop_map(|(state, audio, failure)| updated(state, audio, failure)),
        4 => (0_i64..40, proptest::sample::select(vec!['1', '2', '3', '5', '6', '7', '#', '?']))
            .prop_map(|(sequence, key)| Event::ToneReceived(Tone { sequence, key: Key::try_from(key).ok() })),
        4 => any_finished().prop_map(Event::PromptFinished),
        1 => any_finished().prop_map(Event::OperationFinished),
        2 => any_finished().prop_map(|finished| Event::RecordingFinished(Recorded {
            finished, location: Some("https://media.example/1".to_owned()), token: Some(RecordingToken::new("opens".to_owned())),
        })),
        3 => Just(Event::Wake),
        1 => Just(Event::OrderAcknowledged { by: "Ada".to_owned() }),
        2 => (proptest::sample::subsequence(vec!["bot", "ada", USER], 0..=3), proptest::option::of(0_i64..9))
            .prop_map(|(names, sequence)| roster_of(&names, sequence)),
        1 => proptest::sample::select(vec!["approved", "approved", "off"])
            .prop_map(|name| Event::Steered { name: name.to_owned(), data: [("order".to_owned(), "7".to_owned())].into() }),
        1 => (1_u32..30).prop_map(|before| Event::ActorLost { before }),
        8 => (0_u32..30, any_outcome()).prop_map(|(n, outcome)| Event::ActionSettled { n, outcome }),
    ]
}

/// Whom flows of these tests call and invite.
pub(super) const USER: &str = "0f3a9c52-7d41-4be6-8a15-2c9e60d7b314";

/// How many flows there are to choose from.
const FLOWS: usize = 6;

fn one_of_the_flows(which: usize) -> Told {
    match which {
        0 => Told::rings(),
        1 => Told::in_flow(collect::ORDER),
        2 => Told::in_flow(&collect::a_secret("")),
        3 => Told::in_flow(record::MESSAGE),
        4 => Told::in_flow(cut_off::BOX),
        _ => Told::in_flow(menus::SHOP),
    }
}

proptest! {
    /// Whatever happens in whatever order: no panic, no two actions of one number, always a next time to look, and an end is an end.
    #[test]
    fn no_order_of_events_leaves_a_call_stuck(which in 0..FLOWS, events in proptest::collection::vec((any_event(), 0_i64..40), 0..60)) {
        let mut told = one_of_the_flows(which);
        for (event, seconds) in events {
            told.later(seconds).when(event);
            let numbers: Vec<_> = told.call.owed.iter().map(|owed| owed.n).collect();
            prop_assert!(numbers.is_sorted_by(|a, b| a < b), "numbers out of order: {numbers:?}");
            prop_assert!(told.call.phase.is_over() || told.call.due_at().is_some());
        }
        told.when(Event::CallEnded { result: None });
        prop_assert!(told.call.phase.is_over());
        prop_assert!(told.call.requests().next().is_none());
        let again = serde_json::to_string(&told.call).unwrap();
        prop_assert_eq!(serde_json::from_str::<Call>(&again).unwrap(), told.call);
    }

    /// In a step something always runs or is owed, so that the caller is not left in silence without an end to it.
    #[test]
    fn in_a_step_something_is_always_under_way(which in 0..FLOWS, events in proptest::collection::vec((any_event(), 0_i64..40), 0..60)) {
        let mut told = one_of_the_flows(which);
        for (event, seconds) in events {
            told.later(seconds).when(event);
            if let Phase::InStep { at, .. } = &told.call.phase {
                let runs = |n: &u32| told.call.operations.iter().any(|operation| operation.n == *n);
                let waits_for = match at {
                    At::Play { n, .. } | At::Wait { n } | At::Say { n } | At::Menu { n, .. } | At::Collect { n, .. } | At::Record { n, .. } | At::Review { n, .. } => runs(n),
                    At::Transfer { .. } | At::Redirect { .. } => true,
                    At::SendKeys { n, .. } => runs(n),
                    At::Moderate { n } => told.call.owes(*n),
                    At::Invite { prompt, .. } => prompt.as_ref().is_none_or(runs),
                    At::Ask { n, prompt, then: None, .. } => told.call.owes(*n) && prompt.as_ref().is_none_or(runs),
                    At::Ask { prompt, then: Some(_), .. } => prompt.as_ref().is_some_and(runs),
                };
                prop_assert!(waits_for, "waits for what does not run: {:?}", told.call.phase);
            }
        }
    }
}
