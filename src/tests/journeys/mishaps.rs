//! An unkind platform: whatever is repeated, delayed, dropped or refused, a call ends as it would on a kind one, and nothing is
//! lost or doubled.

use jiff::SignedDuration;
use switchboard::{
    call::Ending,
    simulator::observation::{EndedBy, Observation, Seen},
};

use super::{
    crowd::play_all,
    journey::{Journey, Played, dial_script},
};

/// Sales takes the call.
pub(super) const TAKEN: &str = r#"
people."5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" = { answers = "4s" }
[[does]]
hears = "main_menu"
presses = "1"
[ends]
by = "transfer"
recordings = 0
"#;

/// Support declines, and the caller leaves a message.
pub(super) const DECLINED: &str = r##"
people."b81e42f6-0c5d-4a97-8e13-6f7d29a4c053" = { declines = "4s" }
[[does]]
hears = "main_menu"
presses = "2"
[[does]]
hears = "nobody_there"
[[does]]
hears = "leave_message"
speaks = "5s"
presses = "#"
[[does]]
hears = "goodbye"
[ends]
by = "bot"
recordings = 1
"##;

/// Plays a script with the mishaps of each seed.
async fn unkindly(name: &'static str, seeds: std::ops::RangeInclusive<u64>, script: &str) -> Vec<Played> {
    play_all(name, seeds.collect(), |seed| {
        let script = script.to_owned();
        async move {
            let journey = Journey::unnamed(|scene| {
                scene.mishaps = Some(seed);
                scene.seed = seed;
            })
            .await;
            let call = journey.ring(&script);
            let played = journey.fulfilled(&call).await;
            (played, journey.requests())
        }
    })
    .await
}

/// The longest time between a mishap of this kind and the next thing that the caller hears, and how many there were.
fn longest_wait(played: &[Played], kind: &str) -> (SignedDuration, usize) {
    let waits = played.iter().flat_map(|played| waits(&played.seen, kind));
    waits.fold((SignedDuration::ZERO, 0), |(longest, count), wait| (longest.max(wait), count + 1))
}

fn waits<'a>(seen: &'a [Observation], kind: &'a str) -> impl Iterator<Item = SignedDuration> + 'a {
    let is_kind = move |observation: &Observation| matches!(&observation.what, Seen::Mishap { kind: its } if its == kind);
    let mishaps = seen.iter().enumerate().filter(move |(_, observation)| is_kind(observation));
    mishaps.map(|(at, mishap)| {
        let after = &seen[at + 1..];
        let next = after.iter().find(|o| matches!(o.what, Seen::PromptBegan { .. } | Seen::RecordingBegan | Seen::Ended { .. }));
        next.map_or(SignedDuration::MAX, |next| next.at.duration_since(mishap.at))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_call_of_dial_ends_as_without_mishaps() {
    let played = unkindly("mishaps_dial", 1..=200, &dial_script()).await;
    let steps = ["welcome", "main_menu", "voicemail", "thanks"];
    for (seed, call) in (1..).zip(&played) {
        assert_eq!(call.steps()[..4], steps, "seed {seed}\n{}", call.tale());
        assert_eq!((call.ledger.recordings, call.ledger.transfers), (1, 0), "seed {seed}");
        assert_eq!(call.ended_by(), Some(EndedBy::Caller), "seed {seed}");
    }
    the_caller_is_not_left_in_silence(&played);
}

/// What was lost is noticed in time: by the length of a prompt, by a look at the call, by the time that Graph asked for.
fn the_caller_is_not_left_in_silence(played: &[Played]) {
    for (kind, most_s) in [
        ("notification playPromptOperation: dropped", 70),
        ("notification audio: dropped", 80),
        ("request playPrompt: answered with 429", 8),
        ("request playPrompt: answered with 503", 8),
        ("request playPrompt: reply lost", 8),
    ] {
        let (longest, count) = longest_wait(played, kind);
        eprintln!("{kind}: {count} times, {longest:#} at the longest");
        assert!(count > 0, "{kind} never happened");
        assert!(longest <= SignedDuration::from_secs(most_s), "{kind}: the caller heard nothing for {longest:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_passed_on_ends_as_without_mishaps() {
    let played = unkindly("mishaps_taken", 201..=250, TAKEN).await;
    for (seed, call) in (201..).zip(&played) {
        assert_eq!((call.ledger.transfers, call.ledger.hang_ups), (1, 0), "seed {seed}\n{}", call.tale());
        assert_eq!(call.ending(), Some(Ending::Transferred), "seed {seed}\n{}", call.tale());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_comes_back_ends_as_without_mishaps() {
    let played = unkindly("mishaps_declined", 251..=300, DECLINED).await;
    for (seed, call) in (251..).zip(&played) {
        assert_eq!((call.ledger.transfers, call.ledger.hang_ups), (1, 1), "seed {seed}\n{}", call.tale());
        let wanted = ["welcome", "main_menu", "support", "nobody_there", "voicemail", "thanks", "goodbye", "end"];
        assert_eq!(call.steps(), wanted, "seed {seed}\n{}", call.tale());
    }
}
