//! `record`, told as given, when, then: parts, and the review.

use super::told::*;
use crate::call::*;

pub(super) const MESSAGE: &str = r##"
start = "message"

[prompts]
speak = { text = "Speak." }
choices = { text = "Listen, again, keep." }

[steps.message]
do = "record"
prompt = "speak"
longest = "5m"
review = { prompt = "choices", listen = "1", again = "2", keep = "3", attempts = 2 }
then = "menu"
nothing = "bye"

[steps.menu]
do = "menu"
prompt = "choices"
keys = { 1 = "bye" }
no_input = { then = "bye" }
no_match = { then = "bye" }

[steps.bye]
do = "hang_up"
"##;

/// Graph's subcodes: as long as it may be, silence after words, silence from the beginning, a key.
pub(super) const CUT: i64 = 8515;
pub(super) const PAUSE: i64 = 8509;
pub(super) const SILENT: i64 = 8510;
const STOP_KEY: i64 = 8514;

fn without_review() -> String {
    MESSAGE.lines().filter(|line| !line.starts_with("review")).map(|line| format!("{line}\n")).collect()
}

impl Told {
    pub(super) fn recording(&self) -> u32 {
        self.call.operations.iter().find(|operation| operation.is_recording()).expect("something records").n
    }

    /// The recording, or a part of it, ends.
    pub(super) fn takes(&mut self, subcode: i64) -> u32 {
        let n = self.recording();
        self.when(recording_of(n, subcode)).all_done();
        n
    }

    /// Everything that is owed of recordings is done, in order, as the keeper does it.
    pub(super) fn keeper_comes(&mut self) -> &mut Self {
        while let Some((call, n)) = acting::claim(self.call.clone(), self.now) {
            let owed = call.owed.iter().find(|owed| owed.n == n).expect("it was claimed").clone();
            self.call = call;
            let outcome = match owed.action {
                Action::ForgetRecordings { .. } => Outcome::Done { operation: None },
                _ => Outcome::Kept { ms: 1_000 },
            };
            self.when(Event::ActionSettled { n: owed.n, outcome });
        }
        self
    }

    fn asks_for(&self) -> (bool, u8) {
        match &self.call.operations.last().expect("something records").action {
            Action::RecordResponse { beep, longest_s, prompt, .. } => (*beep && prompt.is_some(), *longest_s),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_long_message_is_recorded_in_parts_and_becomes_one_recording() {
    let mut told = Told::in_flow(&without_review());
    assert_eq!(told.asks_for(), (true, 120));
    let first = told.takes(CUT);
    assert_eq!((told.step(), told.asks_for()), ("message", (false, 120)));
    let second = told.takes(CUT);
    assert_eq!(told.asks_for(), (false, 60));
    let third = told.takes(PAUSE);
    assert_eq!(told.step(), "menu");
    told.keeper_comes();
    let [whole] = told.call.recordings.as_slice() else { panic!("{:?}", told.call.recordings) };
    assert_eq!(whole.parts, [first, second, third]);
    assert!(told.call.owed.is_empty());
}

#[test]
fn a_long_message_after_which_the_flow_hangs_up_becomes_one_recording_once() {
    let flow = without_review();
    let (message, _) = flow.split_once("[steps.menu]").unwrap();
    let mut told = Told::in_flow(&(message.replace("\"menu\"", "\"bye\"") + "[steps.bye]\ndo = \"hang_up\"\n"));
    told.takes(CUT);
    told.takes(PAUSE);
    let joins = told.owes().into_iter().filter(|kind| *kind == "join_recordings").count();
    assert_eq!((told.step(), joins), ("hanging_up", 1));
}

#[test]
fn no_message_is_longer_than_it_may_be() {
    let mut told = Told::in_flow(&without_review());
    for _ in 0..3 {
        told.takes(CUT);
    }
    assert_eq!(told.step(), "menu");
}

#[test]
fn who_falls_silent_where_a_part_ends_has_left_what_was_said_before() {
    let mut told = Told::in_flow(&without_review());
    told.takes(CUT);
    told.takes(SILENT);
    told.keeper_comes();
    assert_eq!((told.step(), told.call.recordings.len()), ("menu", 1));
    assert!(told.call.recordings[0].parts.is_empty(), "one part is whole by itself");
}

#[test]
fn what_was_said_before_the_caller_hung_up_is_one_recording_too() {
    let mut told = Told::in_flow(&without_review());
    told.takes(CUT);
    told.takes(CUT);
    let last = told.recording();
    told.when(Event::CallEnded { result: None }).when(recording_of(last, 8588)).keeper_comes();
    assert_eq!(told.call.recordings.len(), 3, "the last part may still be told of");
    told.later(15).keeper_comes();
    assert_eq!((told.call.recordings.len(), told.call.recordings[0].parts.len()), (1, 3));
}

#[test]
fn a_part_that_cannot_be_had_costs_the_others_nothing() {
    let mut told = Told::in_flow(&without_review());
    told.takes(CUT);
    told.takes(PAUSE);
    let lost = told.call.owed.iter().find(|owed| owed.action.kind() == "keep_recording").unwrap().n;
    told.when(Event::ActionSettled { n: lost, outcome: refused("404", false) }).keeper_comes();
    assert_eq!(told.call.recordings.len(), 1);
}

#[test]
fn a_part_told_of_again_when_it_is_joined_is_not_kept_again() {
    let mut told = Told::in_flow(&without_review());
    let first = told.takes(CUT);
    told.takes(PAUSE);
    told.keeper_comes().when(recording_of(first, CUT));
    assert!(told.call.owed.is_empty(), "{:?}", told.call.owed);
}

#[test]
fn the_caller_listens_when_the_recording_has_come_and_then_keeps_it() {
    let mut told = Told::in_flow(MESSAGE);
    let n = told.takes(PAUSE);
    assert_eq!(told.step(), "message");
    told.presses('1', 6).all_done().prompt_ends().all_done();
    assert!(!plays_recording(&told), "it has not come yet");
    told.keeper_comes().prompt_ends().all_done();
    assert!(plays_recording(&told));
    told.presses('3', 7);
    assert_eq!((told.step(), told.call.recordings[0].n), ("menu", n));
}

fn plays_recording(told: &Told) -> bool {
    told.call.operations.iter().any(|operation| match &operation.action {
        Action::PlayPrompt { sounds } => matches!(sounds.first(), Some(Sound::Recording { .. })),
        _ => false,
    })
}

#[test]
fn what_the_caller_says_again_takes_the_place_of_what_was_said_before() {
    let mut told = Told::in_flow(MESSAGE);
    let first = told.takes(PAUSE);
    told.presses('2', 6).all_done();
    assert_eq!((told.step(), told.asks_for()), ("message", (true, 120)));
    let second = told.takes(PAUSE);
    told.presses('3', 7).keeper_comes();
    assert_eq!(told.call.recordings.iter().map(|kept| kept.n).collect::<Vec<_>>(), [second]);
    told.when(recording_of(first, PAUSE));
    assert!(told.owes().iter().all(|kind| *kind != "keep_recording"), "what was not wanted comes back");
}

#[test]
fn who_chooses_nothing_or_hangs_up_has_kept_the_message() {
    let mut told = Told::in_flow(MESSAGE);
    told.takes(PAUSE);
    told.presses('#', 6).prompt_ends().all_done();
    assert_eq!(told.step(), "message");
    told.prompt_ends().keeper_comes();
    assert_eq!((told.step(), told.call.recordings.len()), ("menu", 1));

    let mut told = Told::in_flow(MESSAGE);
    told.takes(CUT);
    told.takes(PAUSE);
    told.when(Event::CallEnded { result: None }).later(15).keeper_comes();
    assert_eq!((told.call.recordings.len(), told.call.recordings[0].parts.len()), (1, 2));
}

#[test]
fn who_says_nothing_is_offered_no_review() {
    let mut told = Told::in_flow(MESSAGE);
    told.takes(SILENT);
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn the_key_that_ended_a_message_chooses_nothing_when_its_tone_comes_after_the_end() {
    let mut told = Told::in_flow(&without_review());
    told.takes(STOP_KEY);
    let offered = told.call.phase.clone();
    told.presses('#', 4);
    assert_eq!((told.step(), &told.call.phase), ("menu", &offered));
    told.presses('1', 5);
    assert!(told.owes().contains(&"hang_up"));
}

#[test]
fn the_key_that_ended_a_message_may_be_pressed_again_for_something_else() {
    let flow = without_review().replace("keys = { 1 = \"bye\" }", "keys = { \"#\" = \"bye\" }");
    let mut told_before = Told::in_flow(&flow);
    told_before.presses('#', 4).takes(STOP_KEY);
    let mut long_ago = Told::in_flow(&flow);
    long_ago.takes(STOP_KEY);
    long_ago.later(4);
    for mut told in [told_before, long_ago] {
        assert_eq!(told.step(), "menu");
        told.presses('#', 5);
        assert!(told.owes().contains(&"hang_up"), "{:?}", told.call.phase);
    }
}
