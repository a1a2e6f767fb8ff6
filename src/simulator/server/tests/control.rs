use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use super::{bot::scene, noon};
use crate::simulator::{clock::Clock, server::Running};

async fn send(simulator: &Running, method: Method, path: &str, body: &'static str) -> Response {
    let url = format!("{}/simulator/{path}", simulator.base_url());
    Client::new().request(method, url).body(body).send().await.unwrap()
}

#[tokio::test]
async fn a_second_terminal_can_ring_press_look_on_and_hang_up() {
    let simulator = scene(Clock::virtual_from(noon())).await.simulator;
    // The prompt must not end while this caller is being led.
    let hold = simulator.clock().hold();
    let rung = send(&simulator, Method::POST, "calls", "").await;
    assert_eq!(rung.status(), 201);
    let call = rung.json::<Value>().await.unwrap()["call"].as_str().unwrap().to_owned();

    let listed: Value = send(&simulator, Method::GET, "calls", "").await.json().await.unwrap();
    assert_eq!(listed, json!([{ "call": call, "ended": false }]));
    let keys = format!("calls/{call}/keys");
    assert_eq!(send(&simulator, Method::POST, &keys, "1#\n").await.status(), 204);
    assert_eq!(send(&simulator, Method::POST, &keys, "A").await.status(), 400);
    let one = format!("calls/{call}");
    assert_eq!(send(&simulator, Method::DELETE, &one, "").await.status(), 204);
    drop(hold);
    simulator.settled(&call).await;

    let shown: Value = send(&simulator, Method::GET, &one, "").await.json().await.unwrap();
    assert_eq!(shown["ledger"]["ended"]["by"], "caller");
    let first = &shown["observations"][0];
    assert_eq!((&first["call"], &first["what"]["what"]), (&json!(call), &json!("rang")));
    assert_eq!(send(&simulator, Method::DELETE, &one, "").await.status(), 404);
}

#[tokio::test]
async fn a_script_with_a_fault_is_refused_with_its_place() {
    let simulator = super::simulator().await;
    let refused = send(&simulator, Method::POST, "calls", "[[does]]\nsings = true").await;
    assert_eq!(refused.status(), 400);
    let fault = refused.text().await.unwrap();
    assert!(fault.contains("line 2"), "{fault}");
}

#[tokio::test]
async fn a_call_that_never_was_is_not_found() {
    let simulator = super::simulator().await;
    for (method, path) in [(Method::GET, "calls/none"), (Method::DELETE, "calls/none"), (Method::POST, "calls/none/keys")] {
        assert_eq!(send(&simulator, method, path, "1").await.status(), 404, "{path}");
    }
}
