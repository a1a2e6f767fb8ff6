//! `hours`: by the clock of the flow's home, and by a switch that an operator turns.

use serde_json::{Value, json};
use switchboard::simulator::{clock::Clock, observation::Seen};

use super::{crowd::play_all, journey::Journey, written::written};

const OFFICE: &str = r#"
start = "office"
timezone = "Europe/Berlin"
prompts.welcome.text = "Welcome."
prompts.closed.text = "We are closed."
prompts.merry.text = "Merry Christmas."
prompts.storm.text = "A storm keeps us away."
[steps.office]
do = "hours"
week = { weekdays = "09:00-17:00" }
holidays = ["12-25"]
switch = "storm"
open = "welcome"
closed = "closed"
holiday = "merry"
switched = "away"
[steps.welcome]
do = "play"
prompt = "welcome"
then = "later"
[steps.later]
do = "hours"
week = { weekdays = "09:00-17:00" }
switch = "storm"
open = "bye"
closed = "bye"
switched = "away"
[steps.closed]
do = "play"
prompt = "closed"
then = "bye"
[steps.merry]
do = "play"
prompt = "merry"
then = "bye"
[steps.away]
do = "play"
prompt = "storm"
then = "bye"
[steps.bye]
do = "hang_up"
"#;

async fn office(name: &'static str, moment: &str) -> (Journey, tempfile::TempDir) {
    let flows = written(&[("office", OFFICE)]);
    let journey = Journey::on(name, |scene| {
        (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=office".to_owned());
        scene.clock = Clock::virtual_from(moment.parse().unwrap());
    })
    .await;
    (journey, flows)
}

/// `PUT` on the bot. Time stands still meanwhile.
async fn put(journey: &Journey, switch: &str, key: Option<&str>, body: &Value) -> reqwest::Response {
    let _hold = journey.stage.hold();
    let request = reqwest::Client::new().put(format!("{}/api/switches/{switch}", journey.stage.bot_url));
    let request = key.into_iter().fold(request, |request, key| request.header("x-functions-key", key));
    request.body(body.to_string()).send().await.unwrap()
}

#[tokio::test]
async fn the_calendar_of_the_flows_home_decides_what_a_caller_hears() {
    for (name, moment, heard) in [
        ("hours_open", "2026-11-23T09:00:00+01:00", "welcome"),
        ("hours_closed", "2026-11-23T08:59:00+01:00", "closed"),
        ("hours_weekend", "2026-11-22T12:00:00+01:00", "closed"),
        ("hours_holiday", "2026-12-25T12:00:00+01:00", "merry"),
    ] {
        let (journey, _flows) = office(name, moment).await;
        let call = journey.ring("[ends]\nby = \"bot\"");
        assert_eq!(journey.fulfilled(&call).await.heard(), [heard], "{name}");
    }
}

#[tokio::test]
async fn a_switch_counts_from_the_next_step_that_looks_at_it_and_until_it_is_turned_off() {
    let (journey, _flows) = office("hours_switch", "2026-11-23T12:00:00+01:00").await;
    let key = Some(journey.stage.api_key.clone());
    let call = journey.ring("[ends]\nby = \"bot\"");
    let hold = journey.until_seen(&call, 1, |seen| matches!(seen, Seen::PromptBegan { .. })).await;
    let answer = put(&journey, "storm", key.as_deref(), &json!({ "on": true })).await;
    assert_eq!((answer.status().as_u16(), answer.json::<Value>().await.unwrap()), (200, json!({ "name": "storm", "on": true })));
    drop(hold);
    assert_eq!(journey.fulfilled(&call).await.heard(), ["welcome", "storm"]);

    let call = journey.ring("[ends]\nby = \"bot\"");
    assert_eq!(journey.fulfilled(&call).await.heard(), ["storm"]);

    put(&journey, "storm", key.as_deref(), &json!({ "on": false })).await;
    let shown = journey.get("/api/switches/storm", key.as_deref()).await;
    assert_eq!(shown.json::<Value>().await.unwrap(), json!({ "name": "storm", "on": false }));
    let call = journey.ring("[ends]\nby = \"bot\"");
    assert_eq!(journey.fulfilled(&call).await.heard(), ["welcome"]);
}

#[tokio::test]
async fn a_switch_is_turned_with_the_key_alone_and_only_where_a_flow_looks_at_it() {
    let (journey, _flows) = office("hours_switch_refused", "2026-11-23T12:00:00+01:00").await;
    let key = Some(journey.stage.api_key.clone());
    let on = json!({ "on": true });
    for (switch, key, body, status) in [
        ("storm", None, &on, 401),
        ("storm", Some("another"), &on, 401),
        ("strom", key.as_deref(), &on, 404),
        ("storm", key.as_deref(), &json!({ "on": "yes" }), 400),
        ("storm", key.as_deref(), &json!({ "on": "x".repeat(2_000) }), 413),
    ] {
        assert_eq!(put(&journey, switch, key, body).await.status(), status, "{switch} {body}");
    }
    assert_eq!(journey.get("/api/switches/storm", None).await.status(), 401);
    assert_eq!(journey.get("/api/switches/strom", key.as_deref()).await.status(), 404);
    let shown = journey.get("/api/switches/storm", key.as_deref()).await;
    assert_eq!(shown.json::<Value>().await.unwrap()["on"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calendar_decides_on_an_unkind_platform_too() {
    let played = play_all("hours_mishaps", (1..=20).collect(), |seed| async move {
        let flows = written(&[("office", OFFICE)]);
        let journey = Journey::unnamed(|scene| {
            (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=office".to_owned());
            scene.clock = Clock::virtual_from("2026-11-23T12:00:00+01:00".parse().unwrap());
            (scene.mishaps, scene.seed) = (Some(seed), seed);
        })
        .await;
        let call = journey.ring("[ends]\nby = \"bot\"");
        (journey.fulfilled(&call).await, journey.requests())
    })
    .await;
    for (seed, call) in (1..).zip(&played) {
        assert_eq!(call.steps(), ["office", "welcome", "later", "bye"], "seed {seed}\n{}", call.tale());
    }
}
