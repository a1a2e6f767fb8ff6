use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;

use super::{Running, TENANT, access_token, simulator};

const OTHER_TENANT: &str = "5d1b1f0c-63e4-4f2a-8a0e-7c9d53f0e7aa";

/// A POST about a call that does not exist.
async fn hold_up(simulator: &Running, token: Option<&str>) -> Response {
    let url = format!("{}/v1.0/communications/calls/unknown/keepAlive", simulator.base_url());
    let mut request = Client::new().post(url).header("client-request-id", "mine");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (status, body["error"]["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn only_a_token_of_the_calls_tenant_opens_graph() {
    let simulator = simulator().await;
    let invalid = (401, "InvalidAuthenticationToken".to_owned());
    assert_eq!(refusal(hold_up(&simulator, None).await).await, invalid);
    assert_eq!(refusal(hold_up(&simulator, Some("made up")).await).await, invalid);
    let other = access_token(simulator.base_url(), OTHER_TENANT).await;
    assert_eq!(refusal(hold_up(&simulator, Some(&other)).await).await, (401, "7505".to_owned()));
    assert!(simulator.requests().is_empty());

    let token = access_token(simulator.base_url(), TENANT).await;
    let response = hold_up(&simulator, Some(&token)).await;
    assert_eq!(refusal(response).await.0, 404);
    assert_eq!(simulator.requests()[0].path, "/communications/calls/unknown/keepAlive");
}

#[tokio::test]
async fn an_access_token_is_good_for_an_hour_and_no_longer() {
    let simulator = simulator().await;
    let token = access_token(simulator.base_url(), TENANT).await;
    drop(simulator.clock().sleep(Duration::from_secs(3_598)).await);
    assert_eq!(hold_up(&simulator, Some(&token)).await.status(), 404);
    drop(simulator.clock().sleep(Duration::from_secs(1)).await);
    assert_eq!(hold_up(&simulator, Some(&token)).await.status(), 401);
}

#[tokio::test]
async fn every_answer_names_the_request() {
    let simulator = simulator().await;
    let token = access_token(simulator.base_url(), TENANT).await;
    let response = hold_up(&simulator, Some(&token)).await;
    assert_eq!(response.headers()["client-request-id"], "mine");
    let request_id = response.headers()["request-id"].to_str().unwrap().to_owned();
    assert!(response.headers().contains_key("scenario-id"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["innerError"]["request-id"], request_id);
}

#[tokio::test]
async fn a_body_must_be_json_and_say_so() {
    let simulator = simulator().await;
    let token = access_token(simulator.base_url(), TENANT).await;
    for (media_type, body, expected) in
        [("text/plain", "{}", 415), ("application/json", "{", 400), ("application/json; charset=utf-8", "{}", 404)]
    {
        let url = format!("{}/v1.0/communications/calls/unknown/answer", simulator.base_url());
        let request = Client::new().post(url).bearer_auth(&token);
        let response = request.header("content-type", media_type).body(body).send().await;
        assert_eq!(response.unwrap().status(), expected, "{media_type} {body}");
    }
}

#[tokio::test]
async fn what_graph_does_not_have_is_not_found() {
    let simulator = simulator().await;
    for path in ["/v1.0/users", "/beta/communications/calls", "/recordings", "/"] {
        let url = format!("{}{path}", simulator.base_url());
        assert_eq!(reqwest::get(url).await.unwrap().status(), 404, "{path}");
    }
    let recording = format!("{}/recordings/unknown", simulator.base_url());
    assert_eq!(reqwest::get(recording).await.unwrap().status(), 404);
}
