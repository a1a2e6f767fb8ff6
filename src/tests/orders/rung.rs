//! People are rung until somebody acknowledges.

use reqwest::Method;
use serde_json::{Value, json};
use switchboard::{call::Ending, order::How, simulator::observation::Seen};

use super::desk::{Desk, alarm, contacts, how, presses};

#[tokio::test]
async fn the_first_does_not_answer_the_second_declines_and_the_third_takes_it() {
    let people = contacts(&["ignores = true", "declines = \"4s\"", &presses("1")]);
    let desk = Desk::open(Some("orders_in_turn"), &people, |_| {}).await;
    let id = desk.give("incident 1", &alarm(3, json!({ "rounds": 2 }))).await;
    let order = desk.over(&id).await;
    assert_eq!((how(&order), desk.rang()), (How::Acknowledged, vec![0, 1, 2]));

    let shown = desk.show(&id).await;
    assert_eq!((&shown["phase"], &shown["outcome"]), (&json!("over"), &json!("acknowledged")));
    let endings: Vec<&Value> = shown["calls"].as_array().unwrap().iter().map(|call| &call["ending"]).collect();
    assert_eq!(endings, ["no_answer", "declined", "bot_hung_up"]);
    assert_eq!(shown["acknowledged"][0]["name"], "P2");
    assert_eq!(shown["acknowledged"][0]["call"], format!("{id}_3"));

    let told = desk.told();
    let types: Vec<&str> = told.iter().map(|(event, _)| event.as_str()).collect();
    assert_eq!(types, ["switchboard.order.acknowledged", "switchboard.order.over"]);
    assert_eq!(told[0].1["by"], shown["acknowledged"][0]);
    assert_eq!(told[1].1["calls"], shown["calls"]);
    assert!(!shown.to_string().contains("8a1d2c3b"), "an id of somebody is shown");
}

#[tokio::test]
async fn whoever_only_rings_falls_silent_and_whoever_listens_is_told() {
    let listens = "answers = \"2s\"\nends = { by = \"bot\" }";
    let people = contacts(&[&presses("1"), listens, "ignores = true"]);
    let desk = Desk::open(Some("orders_at_once"), &people, |_| {}).await;
    let id = desk.give("incident 1", &alarm(3, json!({ "mode": "at_once", "ring": 60 }))).await;
    let order = desk.over(&id).await;
    assert_eq!(how(&order), How::Acknowledged);
    let endings: Vec<_> = desk.calls(&order).await.iter().map(|call| call.report().ending).collect();
    assert_eq!(endings, [Some(Ending::BotHungUp), Some(Ending::BotHungUp), Some(Ending::CalledOff)]);
    let said = |name: &str| {
        let is_it = |what: &Seen| matches!(what, Seen::PromptBegan { name: began, .. } if began == name);
        desk.seen().iter().filter(|observation| is_it(&observation.what)).count()
    };
    assert_eq!((said("confirmed"), said("taken_over")), (1, 1));
}

#[tokio::test]
async fn nobody_is_an_outcome_too() {
    let people = contacts(&["busy = true", "declines = \"2s\""]);
    let desk = Desk::open(Some("orders_nobody"), &people, |_| {}).await;
    let id = desk.give("incident 1", &alarm(2, json!({ "rounds": 3, "pause": 600 }))).await;
    let order = desk.over(&id).await;
    assert_eq!((how(&order), order.rings.len()), (How::Nobody, 6));
    assert!(order.over_at.unwrap().duration_since(order.created) >= jiff::SignedDuration::from_secs(1200));
    assert_eq!(desk.told().len(), 1);
    assert_eq!(desk.told()[0].1["outcome"], "nobody");
}

#[tokio::test]
async fn where_everybodys_word_is_wanted_each_is_rung_until_they_give_it() {
    let twice = format!("[[contacts.rings]]\nignores = true\n[[contacts.rings]]\nanswers = \"2s\"\n{CONFIRMS}");
    let people = contacts(&[&format!("[[contacts.rings]]\nanswers = \"2s\"\n{CONFIRMS}"), &twice]);
    let desk = Desk::open(Some("orders_everybody"), &people, |_| {}).await;
    let wanted = alarm(2, json!({ "flow": "reminder", "rounds": 3, "pause": 3600, "stopAtFirst": false }));
    let order = desk.over(&desk.give("appointment 1", &wanted).await).await;
    assert_eq!((how(&order), desk.rang()), (How::Acknowledged, vec![0, 1, 1]));
}

const CONFIRMS: &str = "[[contacts.rings.does]]\nhears = \"choices\"\npresses = \"1\"";

#[tokio::test]
async fn an_order_that_is_stopped_ends_what_goes_on_and_rings_nobody_any_more() {
    let people = contacts(&["ignores = true", &presses("1")]);
    let desk = Desk::open(Some("orders_stopped"), &people, |_| {}).await;
    let id = desk.give("incident 1", &alarm(2, json!({}))).await;
    desk.until(&id, |order| order.rings.len() == 1 && order.owed.is_empty()).await;
    assert_eq!(desk.ask(Method::DELETE, &format!("/{id}"), None, None).await.0, 202);
    let order = desk.over(&id).await;
    assert_eq!((how(&order), order.rings.len()), (How::Stopped, 1));
    assert_eq!(desk.calls(&order).await[0].report().ending, Some(Ending::CalledOff));
    assert_eq!(desk.ask(Method::DELETE, &format!("/{id}"), None, None).await.0, 204);
}
