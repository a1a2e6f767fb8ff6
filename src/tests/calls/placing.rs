//! A call is ordered, and somebody is rung.

use reqwest::Method;
use serde_json::json;
use switchboard::call::Ending;

use super::desk::{ADA, Desk, answers, ending, ring};

#[tokio::test]
async fn a_call_that_is_ordered_rings_somebody_and_goes_through_its_flow() {
    let desk = Desk::open("calls_placed", &answers()).await;
    let id = desk.order("order 1", &ring(ADA)).await.id();
    let call = desk.over(&id).await;
    assert_eq!(ending(&call), Some(Ending::CalledHungUp));
    assert_eq!(desk.placed().len(), 1);
    let shown = desk.get(&format!("/{id}")).await;
    assert_eq!(shown.status, 200);
    assert_eq!((&shown.body["direction"], &shown.body["outcome"]), (&json!("outgoing"), &json!("called_hung_up")));
    assert_eq!(shown.body["placing"], json!({ "targets": ["user"], "meeting": false, "ring": 60, "tries": 1, "reached": null }));
    assert!(!shown.body.to_string().contains(ADA));
}

#[tokio::test]
async fn who_is_in_a_call_is_shown_by_what_they_are_and_by_nothing_more() {
    let desk = Desk::open("calls_company_shown", &answers()).await;
    let id = desk.order("order 1", &ring(ADA)).await.id();
    let (_, hold) = desk.until(&id, |call| !call.company.roster.is_empty()).await;
    let shown = desk.get(&format!("/{id}")).await;
    drop(hold);
    let kinds: Vec<_> = shown.body["participants"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["user", "application"]);
    assert!(!shown.body.to_string().contains(ADA));
}

#[tokio::test]
async fn a_call_that_is_declined_is_shown_with_what_graph_says_of_it() {
    let desk = Desk::open("calls_declined", &format!("[[contacts]]\nuser = \"{ADA}\"\ndeclines = \"2s\"")).await;
    let id = desk.order("order 1", &ring(ADA)).await.id();
    assert_eq!(ending(&desk.over(&id).await), Some(Ending::Declined));
    let result = desk.get(&format!("/{id}")).await.body["result"].clone();
    assert_eq!((&result["code"], result["meaning"].as_str()), (&json!(603), Some("the call was declined")), "{result}");
}

#[tokio::test]
async fn the_same_order_is_the_same_call_and_another_of_its_name_is_refused() {
    let desk = Desk::open("calls_ordered_again", &answers()).await;
    let first = desk.order("order 1", &ring(ADA)).await;
    assert_eq!(desk.order("order 1", &ring(ADA)).await, first);
    let other = json!({ "flow": "first_call", "targets": [{ "user": ADA }], "ring": 30 });
    assert_eq!(desk.order("order 1", &other).await.problem(), (422, "other_order"));
    desk.over(&first.id()).await;
    assert_eq!(desk.order("order 1", &ring(ADA)).await, first, "even when it is over");
    assert_ne!(desk.order("order 2", &ring(ADA)).await.id(), first.id());
    assert_eq!(desk.send(desk.request(Method::POST, "").json(&ring(ADA))).await.problem(), (400, "no_idempotency_key"));
}
