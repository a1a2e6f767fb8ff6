//! A call with more than two: somebody is brought in, and everything is done with people that can be.

use switchboard::{
    call::Ending,
    simulator::{contact, observation::Seen},
};

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

/// Who is brought in.
const BOB: &str = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945";

const ROOM: &str = r#"
start = "which"
prompts.choices.text = "Press 1."
prompts.music.text = "One moment."
prompts.welcome.text = "You are together."
prompts.sorry.text = "They have not come."
[steps.which]
do = "menu"
prompt = "choices"
keys = { 1 = "invite", 2 = "dial" }
no_input = { then = "bye" }
no_match = { then = "bye" }
[steps.invite]
do = "invite"
to = { user = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" }
while = "music"
joined = "welcome"
declined = "sorry"
failed = "bye"
[steps.welcome]
do = "play"
prompt = "welcome"
then = "hold"
[steps.hold]
do = "hold"
who = "other"
prompt = "music"
then = "unhold"
failed = "bye"
[steps.unhold]
do = "unhold"
who = "other"
then = "mute"
failed = "bye"
[steps.mute]
do = "mute"
then = "mute_bob"
failed = "bye"
[steps.mute_bob]
do = "mute"
who = { user = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" }
then = "unmute"
failed = "bye"
[steps.unmute]
do = "unmute"
then = "remove"
failed = "bye"
[steps.remove]
do = "remove"
who = { user = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" }
then = "bye"
failed = "bye"
[steps.dial]
do = "send_keys"
keys = "12#"
then = "bye"
failed = "bye"
[steps.sorry]
do = "play"
prompt = "sorry"
then = "bye"
[steps.bye]
do = "hang_up"
"#;

/// What Ada does, who calls.
fn presses(key: char) -> String {
    format!(
        "caller = {{ user = \"7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761\", name = \"Ada\" }}\n\
         [[does]]\nhears = \"choices\"\npresses = \"{key}\"\n[ends]\nby = \"bot\""
    )
}

/// Plays a call of the room, in which Ada presses a key, with the mishaps of each seed, 0 being a kind platform; `bob` is what he does
/// when he is rung.
async fn gather(name: &'static str, key: char, seeds: std::ops::RangeInclusive<u64>, bob: &'static str) -> Vec<Played> {
    play_all(name, seeds.collect(), move |seed| async move {
        let flows = written(&[("room", ROOM)]);
        let journey = Journey::unnamed(|scene| {
            (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=room".to_owned());
            scene.contacts = contact::parse(&format!("[[contacts]]\nuser = \"{BOB}\"\n{bob}")).unwrap();
            (scene.mishaps, scene.seed) = ((seed > 0).then_some(seed), seed);
        })
        .await;
        let call = journey.ring(&presses(key));
        (journey.fulfilled(&call).await, journey.requests())
    })
    .await
}

fn times(played: &Played, is_it: impl Fn(&Seen) -> bool) -> usize {
    played.seen.iter().filter(|seen| is_it(&seen.what)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_brought_in_and_everything_is_done_once_with_whoever_is_there() {
    let all = ["which", "invite", "welcome", "hold", "unhold", "mute", "mute_bob", "unmute", "remove", "bye"];
    for (seed, call) in (0..).zip(gather("gathering", '1', 0..=40, "answers = \"4s\"").await) {
        assert_eq!(call.steps(), all, "seed {seed}\n{}", call.tale());
        assert_eq!(call.ending(), Some(Ending::BotHungUp), "seed {seed}\n{}", call.tale());
        assert_eq!(call.ledger.invites, 1, "seed {seed}\n{}", call.tale());
        assert_eq!(times(&call, |seen| matches!(seen, Seen::OnHold { .. })), 1, "seed {seed}\n{}", call.tale());
        assert_eq!(times(&call, |seen| matches!(seen, Seen::Removed { .. })), 1, "seed {seed}\n{}", call.tale());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_declines_is_rung_once_and_the_flow_goes_on_without_them() {
    for (seed, call) in (0..).zip(gather("gathering_declined", '1', 0..=20, "declines = \"4s\"").await) {
        assert_eq!(call.steps(), ["which", "invite", "sorry", "bye"], "seed {seed}\n{}", call.tale());
        assert_eq!(call.ledger.invites, 1, "seed {seed}\n{}", call.tale());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_sent_once_at_the_most() {
    for (seed, call) in (0..).zip(gather("gathering_keys", '2', 0..=40, "ignores = true").await) {
        assert_eq!(call.steps(), ["which", "dial", "bye"], "seed {seed}\n{}", call.tale());
        let sent = times(&call, |seen| matches!(seen, Seen::TonesSent { .. }));
        assert!(sent == 1 || (seed > 0 && sent == 0), "seed {seed}\n{}", call.tale());
    }
}
