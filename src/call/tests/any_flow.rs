//! What holds of every flow that the checker accepts, whatever happens to its call.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use proptest::prelude::*;

use super::{told::*, whatever::any_event};
use crate::{
    call::*,
    flow::{Flow, Renderings, Source, Wave, check, schema::schema, together},
};

/// Steps of every verb. Each `@` becomes the name of a step: the first that of the next one, so that every step is reached.
const STEPS: &[&str] = &[
    "do = \"play\"\nprompt = \"hello\"\nthen = \"@\"",
    "do = \"menu\"\nprompt = \"hello\"\nkeys = { 1 = \"@\", 2 = \"@\" }\nno_input = { then = \"@\", attempts = 1 }\nno_match = { then = \"@\" }",
    "do = \"menu\"\nprompt = \"hello\"\nbarge_in = false\nkeys = { \"#\" = \"@\" }\nno_input = { then = \"@\" }\nno_match = { then = \"@\" }",
    "do = \"play\"\nprompt = \"hello\"\ntimes = 2\nbarge_in = true\nkeys = { 1 = \"@\" }\nthen = \"@\"",
    "do = \"menu\"\nprompt = \"hello\"\nkeys = { 1 = \"@\" }\nrepeat = \"2\"\nback = \"3\"\ntop = \"#\"\nno_input = { then = \"@\" }\nno_match = { then = \"@\" }",
    "do = \"collect\"\nprompt = \"hello\"\nmost = 4\ninto = \"order\"\nno_input = { then = \"@\" }\nno_match = { then = \"@\" }\nthen = \"@\"",
    "do = \"collect\"\nprompt = \"hello\"\nsecret = true\nmatches = \"{pin}\"\nno_input = { then = \"@\" }\nno_match = { then = \"@\" }\nthen = \"@\"",
    "do = \"record\"\nthen = \"@\"\nnothing = \"@\"",
    "do = \"record\"\nlongest = \"5m\"\nreview = { prompt = \"hello\", listen = \"1\", again = \"2\", keep = \"3\" }\nthen = \"@\"\nnothing = \"@\"",
    "do = \"transfer\"\nto = { phone = \"+4930123456\" }\nfailed = \"@\"",
    "do = \"answer\"\nthen = \"@\"",
    "do = \"reject\"",
    "do = \"redirect\"\nto = [{ phone = \"+49{order}\" }, { user = \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\" }]\nfailed = \"@\"",
    "do = \"say\"\ntext = \"{order}\"\nthen = \"@\"",
    "do = \"ask\"\nhook = \"desk\"\nsets = [\"order\"]\nnext = { vip = \"@\" }\nthen = \"@\"\nfailed = \"@\"",
    "do = \"ask\"\nhook = \"desk\"\nwhile = \"hello\"\nthen = \"@\"\nfailed = \"@\"",
    "do = \"notify\"\nhook = \"desk\"\nthen = \"@\"",
    "do = \"acknowledge\"\nthen = \"@\"",
    "do = \"wait\"\ntime = \"3m\"\nkeys = { 1 = \"@\" }\nthen = \"@\"",
    "do = \"menu\"\nprompt = \"hello\"\nkeys = { 1 = \"@\" }\nno_input = { then = \"@\" }\nno_match = { then = \"@\" }\nhung_up = \"cut_off\"",
    "do = \"collect\"\nprompt = \"hello\"\nno_input = { then = \"@\" }\nno_match = { then = \"@\" }\nthen = \"@\"\nhung_up = \"cut_off\"",
    "do = \"record\"\nlongest = \"5m\"\nreview = { prompt = \"hello\", listen = \"1\", again = \"2\", keep = \"3\" }\nthen = \"@\"\nhung_up = \"cut_off\"",
    "do = \"wait\"\ntime = \"3m\"\nthen = \"@\"\nhung_up = \"cut_off\"",
    "do = \"wait\"\ntime = \"3m\"\nevents = { approved = \"@\" }\njoined = \"@\"\nalone = \"@\"\nthen = \"@\"",
    "do = \"send_keys\"\nkeys = \"{order}#\"\nthen = \"@\"\nfailed = \"@\"",
    "do = \"invite\"\nto = { user = \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\" }\nwhile = \"hello\"\njoined = \"@\"\ndeclined = \"@\"\nfailed = \"@\"",
    "do = \"invite\"\nto = { phone = \"+49{order}\" }\njoined = \"@\"\nfailed = \"@\"",
    "do = \"remove\"\nwho = \"other\"\nthen = \"@\"\nfailed = \"@\"",
    "do = \"mute\"\nthen = \"@\"",
    "do = \"mute\"\nwho = \"other\"\nthen = \"@\"\nfailed = \"@\"",
    "do = \"unmute\"\nthen = \"@\"",
    "do = \"hold\"\nwho = { user = \"0f3a9c52-7d41-4be6-8a15-2c9e60d7b314\" }\nprompt = \"hello\"\nthen = \"@\"\nfailed = \"@\"",
    "do = \"unhold\"\nwho = { user = \"{order}\" }\nthen = \"@\"",
    "do = \"set\"\nvariables = { order = \"{order}1\" }\nthen = \"@\"",
    "do = \"branch\"\nwhen = [{ variable = \"order\", below = \"11\", then = \"@\" }]\notherwise = \"@\"",
    "do = \"hours\"\nweek = { weekdays = \"09:00-17:00\" }\nswitch = \"storm\"\nopen = \"@\"\nclosed = \"@\"\nswitched = \"@\"",
    "do = \"language\"\nlanguage = \"de\"\nthen = \"@\"",
    "do = \"go\"\nflow = \"other\"",
    "do = \"hang_up\"",
];

/// What follows when the call ends in the middle of a step that says so.
const CUT_OFF: &str = "[steps.cut_off]\ndo = \"set\"\nvariables = { order = \"1\" }\nthen = \"told\"\n\
                       [steps.told]\ndo = \"notify\"\nhook = \"desk\"\nthen = \"s0\"\n";

/// Where every flow goes when it is told so.
const CALLED_OFF: &str = "[steps.called_off]\ndo = \"hang_up\"\n";

/// What every flow begins with, and a flow that others go on with.
const HEAD: &str = r#"
start = "s0"
events = { off = "called_off" }
languages = ["en", "de"]
variables.order = ""
variables.pin = ""
prompts.hello = { text = "Hello.", languages = { de = "Hallo." } }
hooks.desk.url = "https://desk.example.com"
"#;
const OTHER: &str = "[steps.s0]\ndo = \"play\"\nprompt = \"hello\"\nthen = \"s1\"\n[steps.s1]\ndo = \"go\"\nflow = \"any\"";

/// The text of a flow of these steps, its outcomes leading where `targets` say; not every such flow is sound.
fn text(steps: &[usize], targets: &[usize]) -> String {
    let mut targets = targets.iter().cycle();
    // A call is passed on only between two; much else is done only with more.
    let kind = if steps.iter().any(|step| STEPS[*step].contains("\"transfer\"")) { "two" } else { "group" };
    let mut text = format!("call = \"{kind}\"\n{}{CALLED_OFF}", head());
    for (n, step) in steps.iter().enumerate() {
        let mut parts = STEPS[*step].split('@');
        let _ = write!(text, "[steps.s{n}]\n{}", parts.next().unwrap_or_default());
        let next = std::iter::once((n + 1) % steps.len());
        let others = targets.by_ref().map(|target| target % steps.len());
        for (part, target) in parts.zip(next.chain(others)) {
            let _ = write!(text, "s{target}{part}");
        }
        text.push('\n');
    }
    if text.contains("hung_up") { text + CUT_OFF } else { text }
}

fn head() -> String {
    (0..10).fold(HEAD.to_owned(), |text, n| text + &format!("prompts.digit_{n}.text = \"{n}\"\n"))
}

/// The flow of this text, if the checker accepts it.
fn accepted(name: &str, text: &str) -> Option<Flow> {
    let wave = |name: &str| Ok(Wave { sha256: name.to_owned(), ms: 2_000 });
    let names = (0..10).map(|n| format!("digit_{n}.wav")).chain(["hello.wav", "de/hello.wav"].map(str::to_owned));
    let waves: BTreeMap<_, _> = names.map(|name| (name.clone(), wave(&name))).collect();
    let flows = BTreeSet::from(["any".to_owned(), "other".to_owned()]);
    check(&Source { name, file: "flow.toml", text, flows: &flows, waves: &waves, renderings: &Renderings::default() }).flow
}

fn any_flow() -> impl Strategy<Value = Flow> {
    let steps = proptest::collection::vec(0..STEPS.len(), 1..8);
    let targets = proptest::collection::vec(0..8_usize, 1..16);
    (steps, targets).prop_filter_map("the checker refuses it", |(steps, targets)| {
        let flow = accepted("any", &text(&steps, &targets))?;
        let other = accepted("other", &(head() + CALLED_OFF + OTHER)).expect("the other flow is sound");
        together(&[("any".to_owned(), flow), ("other".to_owned(), other)].into()).remove("any")
    })
}

/// The step that the call stands in says what follows its end, and that must be told of now.
fn must_be_told_of(told: &Told) -> bool {
    let flow = told.call.inside.as_deref().and_then(|name| told.flow.named(name)).unwrap_or(&told.flow);
    match &told.call.phase {
        Phase::InStep { at: At::Record { parts, .. }, .. } if parts.is_empty() => false,
        Phase::InStep { step, .. } => flow.steps[step].hung_up().is_some(),
        _ => false,
    }
}

/// The steps whose notices are owed.
fn notices(call: &Call) -> Vec<&str> {
    let of_notice = call.owed.iter().filter_map(|owed| match &owed.action {
        Action::Notify { facts, .. } => Some(facts.step.as_str()),
        _ => None,
    });
    of_notice.collect()
}

/// The most notices that are owed at once.
const MOST_NOTICES: usize = 50;

fn any_event_or_switch() -> impl Strategy<Value = Event> {
    let switches =
        any::<bool>().prop_map(|is_on| Event::SwitchesSeen { on: is_on.then(|| "storm".to_owned()).into_iter().collect() });
    prop_oneof![20 => any_event(), 1 => switches]
}

/// Something is owed, or runs and will be said to have ended, or a time has been set at which the call looks for itself; and where a
/// step waits for the end of something, that has not been forgotten.
fn goes_on(call: &Call) -> bool {
    let waits_for = match &call.phase {
        Phase::InStep { at, .. } => match at {
            At::Play { n, .. }
            | At::Menu { n, .. }
            | At::Collect { n, .. }
            | At::Record { n, .. }
            | At::Review { n, .. }
            | At::Say { n }
            | At::Wait { n } => Some(*n),
            At::Ask { n, then: None, .. } if call.owes(*n) => None,
            At::Ask { prompt, .. } => Some(prompt.unwrap_or(0)),
            At::SendKeys { n, .. } => Some(*n),
            At::Moderate { n } if call.owes(*n) => None,
            At::Moderate { .. } => Some(0),
            At::Invite { prompt: Some(n), .. } => Some(*n),
            At::Invite { .. } => None,
            At::Transfer { .. } | At::Redirect { .. } => None,
        },
        _ => None,
    };
    let runs = |n: u32| call.operations.iter().any(|operation| operation.n == n);
    call.phase.is_over() || (waits_for.is_none_or(runs) && call.due_at().is_some())
}

#[test]
fn there_is_a_step_of_every_verb() {
    let schema = schema().to_string();
    let verbs: BTreeSet<&str> = schema.split("\"const\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let tried: BTreeSet<&str> = STEPS.iter().filter_map(|step| step.split('"').nth(1)).collect();
    assert_eq!(verbs, tried, "a verb needs a step here");
}

#[test]
fn every_step_is_accepted_somewhere() {
    for (step, written) in STEPS.iter().enumerate().filter(|(_, written)| written.contains('@')) {
        let text = text(&[step, 0, STEPS.len() - 1], &[2]);
        assert!(accepted("any", &text).is_some(), "{written}\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: no panic, never stuck, and an end is an end.
    #[test]
    fn a_flow_that_the_checker_accepts_never_leaves_a_call_stuck(
        flow in any_flow(),
        events in proptest::collection::vec((any_event_or_switch(), 0_i64..40), 0..60),
    ) {
        let mut told = Told::rings_on(flow);
        prop_assert!(goes_on(&told.call), "{:?}", told.call);
        for (event, seconds) in events {
            told.later(seconds).when(event);
            prop_assert!(goes_on(&told.call), "{:?}", told.call);
        }
        let is_told = must_be_told_of(&told) && notices(&told.call).len() < MOST_NOTICES;
        told.when(Event::CallEnded { result: None });
        prop_assert!(told.call.phase.is_over());
        prop_assert!(told.call.requests().next().is_none());
        let told_of = notices(&told.call).iter().filter(|step| **step == "told").count();
        prop_assert!(!is_told || told_of == 1, "{:?}", told.call);
    }

    /// Graph takes everything, the caller presses nothing, and time passes: the flow ends, or goes round through a turn or a wait.
    #[test]
    fn a_flow_that_nothing_disturbs_goes_on_with_every_end_that_is_told(flow in any_flow()) {
        let mut told = Told::rings_on(flow);
        told.all_done().when(audible()).all_done();
        for _ in 0..40 {
            // A step that fails at once may lead to one that asks for something again.
            for _ in 0..8 {
                told.all_done();
            }
            // Whoever is rung instead takes the call.
            if matches!(told.call.phase, Phase::InStep { at: At::Redirect { .. }, .. }) {
                told.when(Event::CallEnded { result: None });
            }
            let is_passed_on = matches!(told.call.phase, Phase::InStep { at: At::Transfer { .. }, .. });
            match (told.call.operations.is_empty(), is_passed_on) {
                (false, _) => told.prompt_ends().all_done(),
                (true, true) => told.when(updated(CallState::Established, None, Some(7000))).all_done(),
                (true, false) if matches!(told.call.phase, Phase::InStep { at: At::Invite { .. }, .. }) => told.invitation_ends(),
                (true, false) => {
                    prop_assert!(!matches!(told.call.phase, Phase::InStep { .. } | Phase::Ringing { .. }), "{:?}", told.call.phase);
                    break;
                }
            };
        }
    }
}
