//! A call that ends in the middle of a step, told as given, when, then.

use super::{
    record::{CUT, PAUSE, SILENT},
    told::*,
};
use crate::call::*;

/// A question, and a message that may be reviewed; whoever hangs up in the middle is told of.
pub(super) const BOX: &str = r##"
start = "which"

[hooks.desk]

[variables]
cut_off = "no"

[prompts]
choices = { text = "Press 1." }

[steps.which]
do = "menu"
prompt = "choices"
keys = { 1 = "message", 2 = "bye" }
no_input = { then = "bye" }
no_match = { then = "bye" }
hung_up = "gone"

[steps.gone]
do = "set"
variables = { cut_off = "yes" }
then = "tell"

[steps.message]
do = "record"
longest = "10m"
review = { prompt = "choices", listen = "1", again = "2", keep = "3" }
then = "tell"
nothing = "bye"
hung_up = "tell"

[steps.tell]
do = "notify"
hook = "desk"
variables = ["cut_off"]
then = "thanks"

[steps.thanks]
do = "play"
prompt = "choices"
then = "bye"

[steps.bye]
do = "hang_up"
"##;

fn hangs_up() -> Event {
    Event::CallEnded { result: None }
}

impl Told {
    fn in_message() -> Self {
        let mut told = Self::in_flow(BOX);
        told.presses('1', 1).all_done();
        assert_eq!(told.step(), "message");
        told
    }

    /// The notices that are owed: the step, and the variable.
    fn notices(&self) -> Vec<(&str, &str)> {
        let facts = self.call.owed.iter().filter_map(|owed| match &owed.action {
            Action::Notify { facts, .. } => Some((facts.step.as_str(), facts.variables["cut_off"].as_str())),
            _ => None,
        });
        facts.collect()
    }
}

#[test]
fn the_flow_goes_on_through_steps_that_need_no_ears_and_no_further() {
    let mut told = Told::in_flow(BOX);
    told.when(hangs_up());
    assert_eq!((told.ending(), told.notices()), (Some(Ending::CallerHungUp), vec![("tell", "yes")]));
    let steps: Vec<_> = told.call.journal.entries().filter(|entry| entry.kind == "step").collect();
    let steps: Vec<_> = steps.iter().map(|entry| (entry.result.as_str(), entry.by.as_deref())).collect();
    assert_eq!(steps, [("which", None), ("gone", Some("hung_up")), ("tell", Some("then"))]);
}

#[test]
fn the_end_is_one_end_however_often_and_in_however_many_steps_it_is_told() {
    let mut told = Told::in_flow(BOX);
    let terminating = updated(CallState::Terminating, None, None);
    told.when(terminating.clone()).when(terminating).when(hangs_up()).when(hangs_up());
    assert_eq!(told.notices().len(), 1);
}

#[test]
fn a_call_that_the_bot_ends_in_the_middle_is_cut_off_too() {
    let mut told = Told::in_flow(BOX);
    told.now = told.call.ends_by;
    told.when(Event::Wake);
    assert_eq!((told.step(), told.notices()), ("hanging_up", vec![("tell", "yes")]));
    assert!(told.owes().contains(&"hang_up"));
}

#[test]
fn an_operation_in_whose_middle_the_call_ended_leads_no_further() {
    let cut = |n| {
        let result = Some(ResultInfo { code: 400, subcode: 8528, message: String::new() });
        Finished { operation: None, n: Some(n), completed: false, result }
    };
    let mut recorded = Told::in_message();
    let n = recorded.recording();
    recorded.when(Event::RecordingFinished(Recorded { finished: cut(n), location: None, token: None }));
    assert_eq!((recorded.step(), recorded.owes().len()), ("hanging_up", 0));
    let mut asked = Told::in_flow(BOX);
    let n = asked.call.operations[0].n;
    asked.when(Event::PromptFinished(cut(n))).when(hangs_up());
    assert_eq!((asked.ending(), asked.notices()), (Some(Ending::CallerHungUp), vec![("tell", "yes")]));
}

#[test]
fn a_flow_that_ends_by_itself_is_not_cut_off() {
    let mut told = Told::in_flow(BOX);
    told.presses('2', 1).all_done().when(hangs_up());
    assert!(told.ending().is_some() && told.notices().is_empty());
}

#[test]
fn a_message_whose_caller_hangs_up_in_the_review_is_told_of_when_it_is_kept() {
    let mut told = Told::in_message();
    let n = told.takes(PAUSE);
    told.when(hangs_up());
    assert_eq!((told.owes(), told.notices()), (vec!["keep_recording", "notify"], vec![("tell", "no")]));
    let first = told.call.apart_to_do(told.now).map(|owed| owed.action.kind()).collect::<Vec<_>>();
    assert_eq!(first, ["keep_recording"]);
    told.keeper_comes();
    assert_eq!(told.call.recordings.iter().map(|kept| kept.n).collect::<Vec<_>>(), [n]);
}

#[test]
fn a_long_message_is_told_of_when_it_is_one_recording() {
    let mut told = Told::in_message();
    told.takes(CUT);
    told.takes(PAUSE);
    told.when(hangs_up());
    let owed: Vec<_> = told.owes();
    assert_eq!(owed, ["keep_recording", "keep_recording", "join_recordings", "notify"]);
}

#[test]
fn a_message_that_the_end_cuts_off_is_told_of_only_if_graph_has_kept_it() {
    let mut told = Told::in_message();
    let n = told.recording();
    told.when(hangs_up());
    assert!(told.notices().is_empty(), "nobody knows whether anything was said");
    let mut silent = Told { call: told.call.clone(), flow: told.flow.clone(), secrets: Secrets::new(&[7; 32]), now: told.now };
    silent.when(recording_of(n, SILENT));
    assert!(silent.owes().is_empty());
    told.when(recording_of(n, PAUSE)).when(recording_of(n, PAUSE));
    assert_eq!(told.owes(), ["keep_recording", "notify"]);
}

#[test]
fn what_was_not_wanted_is_not_told_of() {
    let mut told = Told::in_message();
    let unwanted = told.takes(PAUSE);
    told.presses('2', 2).all_done().when(hangs_up());
    told.when(recording_of(unwanted, PAUSE)).keeper_comes();
    assert!(told.notices().is_empty() && told.call.recordings.is_empty());
}
