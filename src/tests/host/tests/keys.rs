//! Who gets through the host, and how far.

use reqwest::{Method, StatusCode};

use super::super::deployed::{Deployed, SETTINGS_KEY, Terms};

/// The status of a request without body.
async fn status(deployed: &Deployed, method: Method, path: &str, key: Option<&str>) -> StatusCode {
    let mut request = deployed.client.request(method, format!("{}{path}", deployed.url));
    if let Some(key) = key {
        request = request.header("x-functions-key", key);
    }
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn the_host_lets_nobody_without_its_key_to_the_calls() {
    let deployed = Deployed::new(Terms::default()).await;
    let key = deployed.key.as_str();
    for (path, given, expected) in [
        ("/api/calls", None, 401),
        ("/api/calls", Some("another-key"), 401),
        ("/api/calls/some-call", Some(""), 401),
        ("/api/calls?code=another-key", None, 401),
        ("/api/calls", Some(key), 200),
        (&format!("/api/calls?limit=5&code={key}"), None, 200),
    ] {
        assert_eq!(status(&deployed, Method::GET, path, given).await, expected, "{path} {given:?}");
    }
}

#[tokio::test]
async fn the_settings_key_is_no_key_of_the_host() {
    let deployed = Deployed::new(Terms::default()).await;
    assert_eq!(status(&deployed, Method::GET, "/api/calls", Some(SETTINGS_KEY)).await, 401);
}

#[tokio::test]
async fn anonymous_routes_are_open_and_others_are_not_there() {
    let deployed = Deployed::new(Terms::default()).await;
    for (method, path, expected) in [
        (Method::GET, "/api/health", 200),
        (Method::HEAD, "/api/prompts/silence/500.wav", 200),
        (Method::GET, "/api/prompts/silence/500.wav", 200),
        (Method::POST, "/api/notifications", 204),
        (Method::POST, "/api/prompts/silence/500.wav", 404),
        (Method::GET, "/api/notifications", 404),
        (Method::GET, "/health", 404),
        (Method::GET, "/api/healthy", 404),
        (Method::GET, "/", 404),
    ] {
        assert_eq!(status(&deployed, method.clone(), path, None).await, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn nobody_outside_can_play_a_queue_or_the_timer() {
    let deployed = Deployed::new(Terms::default()).await;
    let key = deployed.key.as_str();
    for path in
        ["/call_updated", "/api/call_updated", "/housekeeping", "/api/housekeeping", "/wake", "/api/../wake", "/api//wake"]
    {
        for method in [Method::GET, Method::POST] {
            assert_eq!(status(&deployed, method.clone(), path, Some(key)).await, 404, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn what_the_handler_sends_comes_through_whole() {
    let deployed = Deployed::new(Terms::default()).await;
    let through = deployed.client.get(format!("{}/api/prompts/silence/2000.wav", deployed.url)).send().await.unwrap();
    let straight =
        deployed.client.get(format!("{}/api/prompts/silence/2000.wav", deployed.host().handler_url())).send().await.unwrap();
    assert_eq!(through.headers()["content-type"], straight.headers()["content-type"]);
    assert_eq!(through.headers()["content-length"], straight.headers()["content-length"]);
    assert_eq!(through.bytes().await.unwrap(), straight.bytes().await.unwrap());
}
