//! The limits on calling out, and that no number of instances exceeds them.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use switchboard::{simulator::contact, store::Memory};

use super::desk::{ADA, Desk, GRACE, phone, ring};

/// Everyone answers, and stays until the bot has had enough.
const STAYS: &str = "[[contacts]]\nuser = \"*\"\nled = true";

async fn desk(settings: &[(&'static str, &str)]) -> Desk {
    Desk::on(|scene| {
        scene.contacts = contact::parse(STAYS).unwrap();
        scene.settings.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
    })
    .await
}

fn meeting(tenant: &str) -> Value {
    let meeting = json!({ "organiser": ADA, "thread": "19:meeting_x@thread.v2", "tenant": tenant });
    json!({ "flow": "first_call", "meeting": meeting })
}

#[tokio::test]
async fn only_users_are_called_unless_more_is_allowed() {
    let careful = desk(&[]).await;
    for (name, wanted) in [("1", phone("+4930123456")), ("2", meeting(switchboard::stage::TENANT))] {
        assert_eq!(careful.order(name, &wanted).await.problem(), (403, "not_allowed"));
    }
    assert_eq!(careful.order("1", &phone("+4930123456")).await.fields(), ["/targets/0"]);
    careful.order("3", &ring(ADA)).await.id();
    let open = desk(&[("DIAL_ALLOW", "+4930*,meetings")]).await;
    open.order("1", &phone("+4930123456")).await.id();
    assert_eq!(open.order("2", &phone("+4940123456")).await.problem(), (403, "not_allowed"));
    assert_eq!(open.order("3", &ring(ADA)).await.problem(), (403, "not_allowed"));
    assert_eq!(open.order("4", &meeting(GRACE)).await.problem(), (403, "foreign_meeting"));
    open.order("5", &meeting(switchboard::stage::TENANT)).await.id();
}

#[tokio::test]
async fn while_calling_out_is_stopped_nothing_is_placed_and_an_order_that_was_stands() {
    let desk = desk(&[]).await;
    let before = desk.order("before", &ring(ADA)).await;
    let switch = |on: bool| {
        let request = desk.client.put(format!("{}/api/switches/dial_stop", desk.stage.bot_url)).json(&json!({ "on": on }));
        desk.send(request.header("x-functions-key", &desk.stage.api_key))
    };
    assert_eq!(switch(true).await.status, 200);
    assert_eq!(desk.order("meanwhile", &ring(ADA)).await.problem(), (503, "stopped"));
    assert_eq!(desk.order("before", &ring(ADA)).await, before);
    assert_eq!(switch(false).await.status, 200);
    desk.order("meanwhile", &ring(ADA)).await.id();
    let stopped = self::desk(&[("DIAL_STOP", "true")]).await;
    assert_eq!(stopped.order("1", &ring(ADA)).await.problem(), (503, "stopped"));
}

#[tokio::test]
async fn a_call_that_is_over_makes_room_for_another() {
    let desk = desk(&[("DIAL_AT_ONCE", "1")]).await;
    let first = desk.order("1", &ring(ADA)).await.id();
    let refused = desk.order("2", &ring(ADA)).await;
    assert_eq!((refused.problem(), refused.retry_after), ((429, "too_many"), Some(30)));
    assert_eq!(desk.send(desk.request(Method::DELETE, &format!("/{first}"))).await.status, 202);
    desk.over(&first).await;
    desk.order("2", &ring(ADA)).await.id();
}

#[tokio::test]
async fn who_asks_for_too_much_within_a_minute_is_told_how_long_to_wait() {
    let desk = desk(&[("DIAL_PER_MINUTE", "2")]).await;
    for name in ["1", "2"] {
        desk.order(name, &ring(ADA)).await.id();
    }
    let refused = desk.order("3", &ring(ADA)).await;
    assert_eq!(refused.problem(), (429, "too_fast"));
    let seconds = refused.retry_after.unwrap();
    assert!((60..=66).contains(&seconds), "{seconds}");
    let waited = desk.stage.teams.clock().sleep(std::time::Duration::from_secs(seconds)).await;
    desk.order("3", &ring(ADA)).await.id();
    drop(waited);
}

#[tokio::test]
async fn what_was_refused_is_told_afterwards_with_its_reason_and_nobody_in_it() {
    let desk = desk(&[]).await;
    assert_eq!(desk.get("/refusals.json").await.body, json!({ "refusals": [] }));
    for name in ["1", "1", "2"] {
        assert_eq!(desk.order(name, &phone("+4930123456")).await.problem(), (403, "not_allowed"));
    }
    let told = desk.get("/refusals.json").await.body;
    let line = |one: &Value| (one["flow"].clone(), one["reason"].clone(), one["times"].clone());
    let lines: Vec<_> = told["refusals"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(lines, [1, 2].map(|times| (json!("first_call"), json!("not_allowed"), json!(times))));
    assert!(!told.to_string().contains("30123456"));
}

#[tokio::test]
async fn a_month_that_is_spent_is_told_with_when_the_next_one_begins() {
    let desk = desk(&[("DIAL_PER_MONTH", "1")]).await;
    desk.order("1", &ring(ADA)).await.id();
    let refused = desk.order("2", &ring(ADA)).await;
    assert_eq!(refused.problem(), (429, "month_spent"));
    assert!(refused.retry_after.is_some_and(|seconds| (1..=31 * 86_400).contains(&seconds)), "{refused:?}");
}

#[tokio::test]
async fn several_instances_on_one_store_place_no_more_calls_than_one_may() {
    const AT_ONCE: usize = 7;
    let desk = Desk::on_store(
        |scene| {
            scene.contacts = contact::parse(STAYS).unwrap();
            scene.settings.insert("DIAL_AT_ONCE", AT_ONCE.to_string());
        },
        Arc::new(Memory::default()),
    )
    .await;
    let replies = desk.forty_at_four_instances(&ring(ADA)).await;
    let accepted = replies.iter().filter(|reply| reply.status == 202).count();
    assert_eq!(accepted, AT_ONCE);
    assert!(replies.iter().filter(|reply| reply.status != 202).all(|reply| reply.problem() == (429, "too_many")), "{replies:?}");
    assert_eq!(desk.placed().len(), AT_ONCE);
}
