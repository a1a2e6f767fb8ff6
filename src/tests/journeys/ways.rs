//! Ways through a flow, and to another: `set`, `branch`, `wait`, `go`.

use std::fs;

use switchboard::{
    call::Ending,
    simulator::{clock::Clock, observation::EndedBy},
};

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

/// Before noon it greets; the bell is waited for, unless the caller presses star. Then another flow goes on.
const MAIN: &str = r#"
start = "note"
timezone = "Europe/Berlin"
variables.came = ""
prompts.good_morning.text = "Good morning."
prompts.good_day.text = "Good day."
[steps.note]
do = "set"
variables = { came = "{now.weekday} {now.time}" }
then = "which"
[steps.which]
do = "branch"
when = [{ variable = "now.time", below = "12:00", then = "morning" }]
otherwise = "day"
[steps.morning]
do = "play"
prompt = "good_morning"
then = "bell"
[steps.day]
do = "play"
prompt = "good_day"
then = "bell"
[steps.bell]
do = "wait"
time = "4s"
keys = { "*" = "over" }
then = "over"
[steps.over]
do = "go"
flow = "counter"
"#;

const COUNTER: &str = r#"
start = "ask"
variables.came = "never"
variables.counter = "first"
prompts.counter.text = "At the counter, press 1 to leave."
[steps.ask]
do = "menu"
prompt = "counter"
keys = { 1 = "bye" }
no_input = { then = "bye" }
no_match = { then = "bye" }
[steps.bye]
do = "hang_up"
"#;

const PRESSES: &str = "[[does]]\nhears = \"counter\"\npresses = \"1\"\n[ends]\nby = \"bot\"";

/// 2027-01-15 in Berlin, a Friday.
fn at(time: &str) -> Clock {
    Clock::virtual_from(format!("2027-01-15T{time}+01:00").parse().unwrap())
}

fn goes_its_way(played: &Played, greeting: &str) {
    assert_eq!(played.heard(), [greeting, "counter"], "{}", played.tale());
    assert_eq!((played.ending(), played.ended_by()), (Some(Ending::BotHungUp), Some(EndedBy::Bot)));
}

#[tokio::test]
async fn the_time_where_the_flow_is_at_home_decides_before_the_answer() {
    for (name, time, greeting) in [("before_noon", "11:58:00", "good_morning"), ("at_noon", "12:00:00", "good_day")] {
        let flows = written(&[("main", MAIN), ("counter", COUNTER)]);
        let journey = Journey::on(name, |scene| {
            (scene.flows, scene.incoming_flow, scene.clock) = (flows.path().to_owned(), "default=main".to_owned(), at(time));
        })
        .await;
        let call = journey.ring(PRESSES);
        let played = journey.fulfilled(&call).await;
        goes_its_way(&played, greeting);
        assert_eq!(played.steps(), ["note", "which", played.steps()[2], "bell", "over", "ask", "bye"]);
        let shown = journey.shown(&call).await;
        assert_eq!(shown["variables"]["came"], format!("friday {}", &time[..5]));
        assert_eq!(shown["variables"]["counter"], "first");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_its_way_through_two_flows_on_an_unkind_platform() {
    let played = play_all("ways_mishaps", (1..=40).collect(), |seed| async move {
        let flows = written(&[("main", MAIN), ("counter", COUNTER)]);
        let journey = Journey::unnamed(|scene| {
            (scene.flows, scene.incoming_flow, scene.clock) =
                (flows.path().to_owned(), "default=main".to_owned(), at("09:00:00"));
            (scene.mishaps, scene.seed) = (Some(seed), seed);
        })
        .await;
        let call = journey.ring(PRESSES);
        (journey.fulfilled(&call).await, journey.requests())
    })
    .await;
    for (seed, call) in (1..).zip(&played) {
        assert_eq!(call.ending(), Some(Ending::BotHungUp), "seed {seed}\n{}", call.tale());
    }
}

#[tokio::test]
async fn a_call_goes_on_with_the_flow_that_was_there_when_it_began() {
    let flows = written(&[("main", MAIN), ("counter", COUNTER)]);
    let mut journey = Journey::on("ways_deployment", |scene| {
        (scene.flows, scene.incoming_flow, scene.clock) = (flows.path().to_owned(), "default=main".to_owned(), at("09:00:00"));
    })
    .await;
    let call = journey.ring(PRESSES);
    let hold = journey.in_prompt(&call, "good_morning").await;
    fs::remove_dir_all(flows.path().join("counter")).unwrap();
    let main = flows.path().join("main/flow.toml");
    fs::write(&main, MAIN.replace("do = \"go\"\nflow = \"counter\"", "do = \"hang_up\"")).unwrap();
    journey.stage.restart().await.unwrap();
    drop(hold);
    goes_its_way(&journey.fulfilled(&call).await, "good_morning");
}
