//! A call, told as given, when, then. What holds whatever happens is in [`whatever`].

mod any_flow;
mod begins;
mod collect;
mod company;
mod cut_off;
mod hours;
mod languages;
mod menus;
mod placing;
mod reaching;
mod record;
mod told;
mod unanswered;
mod ways;
mod whatever;

use jiff::SignedDuration;

use self::told::*;
use super::*;
use crate::flow::Step;

#[test]
fn a_ring_is_answered_once_however_often_it_is_told() {
    let mut told = Told::rings();
    told.when(ring());
    assert_eq!(told.owes(), ["answer"]);
    told.all_done().when(ring());
    assert!(told.owes().is_empty());
}

#[test]
fn a_ring_older_than_fourteen_seconds_is_missed_and_not_answered() {
    let mut told = Told::rings();
    told.call = a_call(told.now);
    told.later(15).when(ring());
    assert_eq!((told.ending(), told.owes().len()), (Some(Ending::Missed), 0));
}

#[test]
fn the_flow_begins_when_audio_is_active_and_only_once() {
    let mut told = Told::rings();
    told.all_done();
    told.when(updated(CallState::Established, None, None));
    assert_eq!(told.step(), "ringing");
    told.when(audible()).when(audible());
    assert_eq!(told.owes(), ["play_prompt", "subscribe_to_tone"]);
}

#[test]
fn a_key_leads_to_its_step_and_cuts_the_prompt_short() {
    let mut told = Told::in_menu();
    told.presses('1', 6);
    assert_eq!((told.step(), told.owes()), ("sales", vec!["cancel_media_processing", "transfer"]));
}

#[test]
fn a_key_told_twice_counts_once() {
    let mut told = Told::in_menu();
    told.presses('9', 6).all_done();
    let after = told.call.clone();
    told.presses('9', 6);
    assert_eq!(told.call, after);
}

#[test]
fn a_key_older_than_the_one_that_was_acted_on_is_not_acted_on() {
    let mut told = Told::in_menu();
    told.presses('9', 8).all_done();
    told.presses('1', 7);
    assert_eq!(told.step(), "main");
    told.presses('3', 9);
    assert_eq!(told.step(), "voicemail");
}

#[test]
fn no_input_and_no_match_have_counters_of_their_own() {
    let mut told = Told::in_menu();
    told.prompt_ends().all_done();
    told.presses('9', 1).all_done();
    assert_eq!(told.step(), "main");
    told.prompt_ends();
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn keys_before_the_end_of_a_menu_without_barge_in_are_not_heard() {
    let mut told = Told::in_menu();
    let Some(Step::Menu(menu)) = told.flow.steps.get_mut("main") else { panic!("main is a menu") };
    menu.barge_in = false;
    told.presses('9', 1).all_done();
    told.presses('1', 2);
    assert_eq!(told.step(), "main");
    told.prompt_ends();
    told.presses('1', 3);
    assert_eq!(told.step(), "sales");
}

#[test]
fn what_the_caller_said_is_kept_and_the_next_step_does_not_wait_for_it() {
    let mut told = Told::in_menu();
    told.presses('3', 1).all_done();
    let n = told.call.operations[0].n;
    told.when(recording_of(n, 8515)).when(recording_of(n, 8515));
    assert_eq!(told.owes(), ["keep_recording", "hang_up"]);
}

#[test]
fn a_recording_in_which_nobody_spoke_is_not_kept() {
    let mut told = Told::in_menu();
    told.presses('3', 1).all_done();
    let n = told.call.operations[0].n;
    told.when(recording_of(n, 8510));
    assert_eq!(told.owes(), ["hang_up"]);
}

#[test]
fn a_recording_told_of_after_the_end_of_the_call_is_kept_all_the_same() {
    let mut told = Told::in_menu();
    told.presses('3', 1).all_done();
    let n = told.call.operations[0].n;
    told.when(Event::CallEnded { result: None }).when(recording_of(n, 8588));
    assert_eq!((told.ending(), told.owes()), (Some(Ending::CallerHungUp), vec!["keep_recording"]));
}

#[test]
fn a_transfer_that_nobody_takes_goes_on_with_its_step_for_that() {
    let mut told = Told::in_menu();
    told.presses('1', 1).all_done();
    told.when(updated(CallState::Established, None, None));
    assert_eq!(told.step(), "sales");
    told.when(updated(CallState::Established, None, Some(7000)));
    assert_eq!(told.step(), "voicemail");
}

#[test]
fn a_transfer_that_is_taken_ends_the_call_as_passed_on() {
    let mut told = Told::in_menu();
    told.presses('1', 1).all_done();
    told.when(updated(CallState::TransferAccepted, None, None));
    told.when(Event::CallEnded { result: Some(ResultInfo { code: 0, subcode: 7015, message: String::new() }) });
    assert_eq!(told.ending(), Some(Ending::Transferred));
}

#[test]
fn a_prompt_of_which_nobody_knows_is_cancelled_and_begun_again_and_its_own_end_says_nothing() {
    let mut told = Told::rings();
    told.all_done().when(audible());
    let first = told.call.operations[0].n;
    told.first_comes_to(Outcome::Unknown);
    assert_eq!(told.owes(), ["subscribe_to_tone", "cancel_media_processing", "play_prompt"]);
    told.when(end_of(first));
    assert_eq!(told.step(), "welcome");
    told.all_done().prompt_ends();
    assert_eq!(told.step(), "main");
}

#[test]
fn an_answer_of_which_nobody_knows_is_looked_at_and_given_again_only_if_the_call_still_rings() {
    let mut told = Told::rings();
    told.first_comes_to(Outcome::Unknown);
    let owed = told.call.owed[0].clone();
    assert_eq!(acting::request_for(&owed), Action::GetCall);
    let still_rings = Update { state: Some(CallState::Incoming), ..Update::default() };
    told.first_comes_to(Outcome::Found(Found::Call(still_rings)));
    assert_eq!(told.call.owed[0].state, OwedState::Due);
    told.first_comes_to(Outcome::Unknown);
    let answered = Update { state: Some(CallState::Establishing), ..Update::default() };
    told.first_comes_to(Outcome::Found(Found::Call(answered)));
    assert!(told.owes().is_empty());
}

#[test]
fn a_throttled_action_waits_as_long_as_graph_says_and_nothing_overtakes_it() {
    let mut told = Told::rings();
    told.all_done().when(audible());
    let until = told.now.checked_add(SignedDuration::from_secs(7)).unwrap();
    told.first_comes_to(Outcome::Throttled { until });
    assert_eq!(told.call.next_request(told.now), None);
    assert_eq!(acting::wake_at(&told.call, told.now), Some(until));
    told.later(7);
    assert_eq!(told.call.next_request(told.now).map(|owed| owed.action.kind()), Some("play_prompt"));
}

#[test]
fn when_nothing_can_be_played_three_times_running_the_bot_hangs_up() {
    let mut told = Told::rings();
    told.all_done().when(audible());
    for _ in 0..2 {
        told.first_comes_to(refused("8535", false));
        assert_ne!(told.step(), "hanging_up");
        told.call.owed.retain(|owed| owed.action != Action::SubscribeToTone);
    }
    told.first_comes_to(refused("8535", false));
    assert_eq!((told.step(), told.owes()), ("hanging_up", vec!["hang_up"]));
}

#[test]
fn a_refusal_because_the_call_is_gone_ends_it_and_graphs_own_word_corrects_how() {
    let mut told = Told::in_menu();
    told.presses('9', 1).first_comes_to(refused("8522", true));
    assert_eq!(told.ending(), Some(Ending::Gone));
    told.when(Event::CallEnded { result: None });
    assert_eq!(told.ending(), Some(Ending::CallerHungUp));
}

#[test]
fn a_prompt_whose_end_is_not_told_is_taken_for_ended_ten_seconds_after_its_length() {
    let mut told = Told::rings();
    told.all_done().when(audible()).all_done();
    told.later(11).when(Event::Wake);
    assert_eq!(told.step(), "welcome");
    told.later(1).when(Event::Wake);
    assert_eq!(told.step(), "main");
}

#[test]
fn a_call_that_never_becomes_audible_is_looked_at() {
    let mut told = Told::rings();
    told.all_done().later(20).when(Event::Wake);
    assert_eq!(told.owes(), ["get_call"]);
    told.first_comes_to(Outcome::Found(Found::Call(Update { state: Some(CallState::Established), ..Update::default() })));
    assert_eq!(told.step(), "welcome");
}

#[test]
fn a_long_call_is_kept_alive_every_fifteen_minutes_and_ended_when_its_time_is_up() {
    let mut told = Told::in_menu();
    told.call.operations.clear();
    told.later(15 * 60).when(Event::Wake);
    assert_eq!(told.owes(), ["keep_alive"]);
    told.all_done().later(4 * 3600).when(Event::Wake);
    assert!(told.owes().contains(&"hang_up"));
}

#[test]
fn the_bot_leaves_when_everyone_else_has_but_not_before_anyone_came() {
    let mut told = Told::in_menu();
    told.when(roster(&["bot"]));
    assert_eq!(told.call.company.alone_since, None);
    told.when(roster(&["bot", "ada"])).when(roster(&["bot"]));
    told.later(30).when(Event::Wake);
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn an_actor_that_vanished_leaves_doubt_and_what_it_played_is_begun_again() {
    let mut told = Told::in_menu();
    told.presses('1', 1);
    told.when(Event::ActorLost { before: u32::MAX });
    let states: Vec<_> = told.call.owed.iter().map(|owed| (owed.action.kind(), owed.state)).collect();
    assert_eq!(states, [("cancel_media_processing", OwedState::Due), ("transfer", OwedState::Doubtful)]);
}

#[test]
fn what_a_vanished_actor_had_begun_is_not_begun_again_when_the_same_post_tells_of_its_end() {
    let mut told = Told::rings();
    told.all_done().when(audible());
    told.call.acting = Some(Acting { turn: "vanished".to_owned(), until: told.now });
    let n = told.call.operations.first().expect("something plays").n;
    let decision = acting::decide(told.call, &told.flow, &told.secrets, &[&end_of(n)], "next", told.now);
    assert!(decision.is_actor);
    let journal: Vec<_> = decision.call.journal.entries().map(|entry| entry.result.as_str()).collect();
    assert!(journal.iter().all(|result| !result.starts_with("begun again")), "{journal:?}");
    assert!(decision.call.owed.iter().all(|owed| owed.action != Action::CancelMediaProcessing), "{:?}", decision.call.owed);
}

#[test]
fn what_was_begun_says_what_has_ended_by_whatever_name_its_end_is_told() {
    let mut told = Told::rings();
    told.all_done().when(audible()).all_done();
    let playing = told.call.operations.first().expect("something plays").n;
    told.when(recording_of(playing, 0));
    assert_eq!((told.step(), told.owes()), ("main", vec!["play_prompt"]));
    told.presses('3', 1).all_done();
    let recording = told.call.operations.first().expect("something records").n;
    told.when(end_of(recording));
    assert_eq!(told.step(), "hanging_up");
}

#[test]
fn a_recording_whose_end_comes_late_is_kept_and_delays_nothing_meanwhile() {
    let mut told = Told::in_menu();
    told.presses('3', 1).all_done();
    let recording = told.call.operations[0].clone();
    told.now = recording.expected_by;
    told.when(Event::Wake);
    assert_eq!((told.step(), told.call.operations.len()), ("hanging_up", 0));
    told.when(recording_of(recording.n, 8515)).when(recording_of(recording.n, 8515));
    assert_eq!(told.owes(), ["hang_up", "keep_recording"]);
}

#[test]
fn what_was_said_before_a_recording_was_begun_again_is_kept_once() {
    let mut told = Told::in_menu();
    told.presses('3', 1);
    let first = told.call.operations.first().expect("something records").n;
    told.when(Event::ActorLost { before: u32::MAX }).all_done();
    told.when(recording_of(first, 0)).when(recording_of(first, 0));
    assert_eq!((told.step(), told.owes()), ("voicemail", vec!["keep_recording"]));
    let n = told.call.owed[0].n;
    told.when(Event::ActionSettled { n, outcome: Outcome::Kept { ms: 900 } }).when(recording_of(first, 0));
    assert_eq!((told.owes(), told.call.recordings.as_slice()), (vec![], [Kept { n: first, ms: 900, parts: vec![] }].as_slice()));
}

#[test]
fn who_follows_somebody_that_is_gone_waits_only_for_what_may_still_be_on_its_way() {
    let mut told = Told::rings();
    assert_eq!(acting::abandoned(&told.call, told.now), None);
    let in_s = |seconds| told.now + SignedDuration::from_secs(seconds);
    told.call.acting = Some(Acting { turn: "gone".to_owned(), until: in_s(6) });
    let left = acting::abandoned(&told.call, told.now).expect("somebody was at it");
    assert_eq!(left.acting.map(|acting| acting.until), Some(in_s(1)));
}

#[test]
fn a_prompt_that_could_not_be_fetched_is_played_once_more_before_the_flow_goes_on() {
    let mut told = Told::rings();
    told.all_done().when(audible()).all_done();
    let not_fetched = |n| {
        let result = Some(ResultInfo { code: 400, subcode: 8536, message: String::new() });
        Event::PromptFinished(Finished { operation: None, n: Some(n), completed: false, result })
    };
    let (first, step) = (told.call.operations[0].clone(), told.step().to_owned());
    told.when(not_fetched(first.n)).all_done();
    let second = told.call.operations[0].clone();
    assert_eq!((told.step(), &second.action), (step.as_str(), &first.action));
    assert!(second.n > first.n);
    told.when(not_fetched(second.n));
    assert_ne!(told.step(), step);
}
