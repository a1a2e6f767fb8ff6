//! Every order in which a few turns of one call can load, save, ask and record.
//!
//! Whatever the order: what is owed is done once and in number order, nothing stays owed, and what the turns cannot disagree about
//! comes out the same. Where one of them dies in the middle, whoever wakes the call later does the rest, and no deed twice that must
//! not be.

mod explore;
mod graph;
mod scene;
mod telling;

use std::collections::BTreeSet;

use switchboard::call::{Call, Event, Phase};

use self::{
    explore::{Task, alone, every_order},
    scene::Scene,
    telling::{
        answered, audible, company, in_menu, in_voicemail, is_over, new_call, plays_no_more, presses, records_no_more, rings,
    },
};

/// What some turns do at the same time.
#[derive(Clone, PartialEq)]
enum Part {
    Turn(Event),
    Wake,
    Keep,
}

/// A call, and what happens to it at once.
#[derive(Clone)]
struct Case {
    name: &'static str,
    /// `None`: it has not rung yet.
    call: Option<Call>,
    parts: Vec<Part>,
    /// The call comes out as if everything had been told once, one after the other.
    is_certain: bool,
}

fn cases(scene: &Scene) -> Vec<Case> {
    use Part::{Keep, Turn, Wake};
    let flow = scene.flow();
    let (menu, waits) = in_menu(&flow);
    let (voicemail, records) = in_voicemail(&flow);
    let case = |name, call: Option<&Call>, parts: &[Part], is_certain| Case {
        name,
        call: call.cloned(),
        parts: parts.to_vec(),
        is_certain,
    };
    let (menu, voicemail) = (Some(&menu), Some(&voicemail));
    vec![
        case("three rings", None, &[Turn(rings()), Turn(rings()), Turn(rings())], true),
        case("a ring, audio and a wake", Some(&new_call(&flow)), &[Turn(rings()), Turn(audible()), Wake], false),
        case("audio twice, and company", Some(&answered(&flow)), &[Turn(audible()), Turn(audible()), Turn(company())], true),
        case("a key twice, and company", menu, &[Turn(presses('1', 10)), Turn(presses('1', 10)), Turn(company())], true),
        case("a wrong key twice, and company", menu, &[Turn(presses('9', 10)), Turn(presses('9', 10)), Turn(company())], true),
        case(
            "a key, its prompt's end, and company",
            menu,
            &[Turn(presses('1', 10)), Turn(plays_no_more(waits)), Turn(company())],
            false,
        ),
        case(
            "a key, its prompt's end, and the key again",
            menu,
            &[Turn(presses('3', 10)), Turn(plays_no_more(waits)), Turn(presses('3', 10))],
            false,
        ),
        case(
            "two keys and the prompt's end",
            menu,
            &[Turn(presses('1', 10)), Turn(presses('3', 12)), Turn(plays_no_more(waits))],
            false,
        ),
        case(
            "the prompt's end three times",
            menu,
            &[Turn(plays_no_more(waits)), Turn(plays_no_more(waits)), Turn(plays_no_more(waits))],
            true,
        ),
        case("two keys and a wake", menu, &[Turn(presses('2', 10)), Turn(presses('9', 9)), Wake], false),
        case("a key, the end of the call, and company", menu, &[Turn(presses('1', 10)), Turn(is_over()), Turn(company())], false),
        case(
            "a recording's end twice, and a wake",
            voicemail,
            &[Turn(records_no_more(records)), Turn(records_no_more(records)), Wake],
            true,
        ),
        case("a recording's end and two who keep it", voicemail, &[Turn(records_no_more(records)), Keep, Keep], true),
        case(
            "a recording's end and the end of the call",
            voicemail,
            &[Turn(records_no_more(records)), Turn(is_over()), Keep],
            false,
        ),
    ]
}

impl Case {
    fn tasks(&self, scene: &Scene) -> Vec<Task> {
        let task = |part: &Part| match part {
            Part::Turn(event) => scene.turn(event.clone()),
            Part::Wake => scene.wake(),
            Part::Keep => scene.keep(),
        };
        self.parts.iter().map(task).collect()
    }

    /// Plays each part that is not told twice, one after the other.
    fn play_once(&self, scene: &Scene) {
        scene.set(self.call.as_ref());
        let mut parts = self.parts.clone();
        parts.dedup();
        Case { parts, ..self.clone() }.tasks(scene).into_iter().for_each(|task| alone(task, &scene.turnstile));
    }

    /// Plays it in every order. Yields how many there are.
    fn play(&self, scene: &Scene, dies_after: Option<usize>, mut end: impl FnMut(&[usize])) -> usize {
        let begin = || {
            scene.set(self.call.as_ref());
            (scene.turnstile.clone(), self.tasks(scene))
        };
        every_order(begin, dies_after, |order| end(order))
    }
}

#[test]
fn three_turns_in_whatever_order_do_what_is_owed_once_and_in_number_order() {
    let scene = Scene::new();
    let mut played = 0;
    for case in cases(&scene) {
        let mut ends = BTreeSet::new();
        let count = case.play(&scene, None, |order| {
            let call = scene.call();
            let at = format!("{}, in the order {order:?}: {:?}, {call:#?}", case.name, scene.graph.done());
            assert!(call.requests().next().is_none() && call.acting.is_none(), "owes something: {at}");
            assert_done_once(&scene, &call, &at);
            ends.insert(essence(&call, &scene));
        });
        println!("{}: {count} orders, {} ends", case.name, ends.len());
        if case.is_certain {
            case.play_once(&scene);
            assert_eq!(ends, [essence(&scene.call(), &scene)].into(), "{}", case.name);
        }
        played += count;
    }
    println!("{played} orders in all");
}

#[test]
fn a_turn_that_dies_anywhere_leaves_nothing_undone_and_nothing_doubled() {
    let scene = Scene::new();
    let mut played = 0;
    for mut case in cases(&scene) {
        if !case.is_certain {
            // Two and a death are as many orders as three without.
            case.parts.truncate(2);
        }
        for dies_after in 0..12 {
            played += case.play(&scene, Some(dies_after), |order| {
                if scene.store.is_empty() {
                    return;
                }
                scene.recover();
                let call = scene.call();
                let at = format!(
                    "{}, the first dead after {dies_after}, in the order {order:?}: {:?}, {call:#?}",
                    case.name,
                    scene.graph.done()
                );
                assert!(call.owed.is_empty() && call.acting.is_none(), "owes something: {at}");
                assert_done_at_most_once(&scene, &at);
                assert!(call.operations.iter().all(|operation| did(&scene, operation.n)), "not begun: {at}");
            });
        }
    }
    println!("{played} orders in all");
}

/// Each in number order, and all but those that something later made pointless.
fn assert_done_once(scene: &Scene, call: &Call, at: &str) {
    let done: Vec<u32> = scene.graph.done().iter().map(|(n, _)| *n).collect();
    assert!(done.is_sorted_by(|one, next| one < next), "out of order or twice: {at}");
    let is_over = matches!(call.phase, Phase::Ended { .. });
    for (n, kind) in scene.store.ever_owed() {
        let may_be_pointless = is_over || matches!(kind, "play_prompt" | "record_response");
        let is_running = call.operations.iter().any(|operation| operation.n == n);
        let is_exempt = kind == "keep_recording" || kind == "answer" || (may_be_pointless && !is_running);
        assert!(is_exempt || done.contains(&n), "{kind} {n} was not done: {at}");
    }
    assert!(scene.graph.kept().values().all(|times| *times == 1), "a recording was fetched twice: {at}");
}

/// What must never take effect twice does not; a prompt is begun again under another number.
fn assert_done_at_most_once(scene: &Scene, at: &str) {
    let mut seen = BTreeSet::new();
    for (n, kind) in scene.graph.done() {
        let may_be_repeated = matches!(kind, "cancel_media_processing" | "subscribe_to_tone" | "hang_up");
        assert!(may_be_repeated || (n != 0 && seen.insert(n)), "{kind} {n} took effect twice: {at}");
    }
}

fn did(scene: &Scene, n: u32) -> bool {
    scene.graph.done().iter().any(|(done, _)| *done == n)
}

/// What of a call does not depend on how it was written down.
fn essence(call: &Call, scene: &Scene) -> String {
    let running: Vec<_> = call.operations.iter().map(|operation| (operation.n, &operation.action)).collect();
    let tones: BTreeSet<_> = call.tones.iter().collect();
    let recordings = call.recordings.len() + call.owed.len();
    format!("{:?} {running:?} {tones:?} {:?} {recordings} {:?}", call.phase, call.company, scene.graph.done())
}
