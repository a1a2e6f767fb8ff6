//! What is where, besides the door.

use std::{collections::BTreeMap, sync::Arc};

use reqwest::{Method, header};
use switchboard::{
    clock::SystemClock,
    config::Settings,
    flows::Shelf,
    server::Program,
    simulator::clock::Clock,
    stage::{Scene, environment},
    store::Memory,
};

use super::{Door, flows};

/// A prompt of the front desk: its path, and its bytes.
fn prompt() -> (String, bytes::Bytes) {
    let shelf = Shelf::read(flows()).unwrap();
    let sha256 = &shelf.flow("first_call").unwrap().prompts["welcome"].sha256;
    (format!("/api/prompts/{sha256}.wav"), shelf.wave(sha256).unwrap())
}

#[tokio::test]
async fn a_prompt_is_given_to_anyone_who_knows_its_hash() {
    let door = Door::open().await;
    let (path, wav) = prompt();
    let reply = door.get(&path).await;
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()[header::CONTENT_TYPE]),
        (200, &header::HeaderValue::from_static("audio/wav"))
    );
    assert_eq!(reply.bytes().await.unwrap(), wav);
}

#[tokio::test]
async fn a_prompt_can_be_asked_about_without_its_bytes() {
    let door = Door::open().await;
    let (path, wav) = prompt();
    let reply = door.send(door.request(Method::HEAD, &path)).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()[header::CONTENT_LENGTH].to_str().unwrap(), wav.len().to_string());
    assert!(reply.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_prompt_can_be_had_in_parts() {
    let door = Door::open().await;
    let (path, wav) = prompt();
    let reply = door.send(door.request(Method::GET, &path).header(header::RANGE, "bytes=44-143")).await;
    assert_eq!(reply.status(), 206);
    assert_eq!(reply.bytes().await.unwrap(), wav.slice(44..144));
    let reply = door.send(door.request(Method::GET, &path).header(header::RANGE, "bytes=99999999-")).await;
    assert_eq!(reply.status(), 416);
}

#[tokio::test]
async fn silence_is_given_in_any_length_that_prompts_have() {
    let door = Door::open().await;
    let reply = door.get("/api/prompts/silence/1500.wav").await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.bytes().await.unwrap().len(), 44 + 1_500 * 32);
}

#[tokio::test]
async fn a_prompt_that_nobody_has_is_not_found() {
    let door = Door::open().await;
    let unknown = format!("/api/prompts/{}.wav", "0".repeat(64));
    let odd =
        [&*unknown, "/api/prompts/", "/api/prompts/silence/99.wav", "/api/prompts/../flow.toml", "/api/prompts/%2e%2e%2fx.wav"];
    for path in odd {
        assert_eq!(door.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_root_says_that_the_program_is_up() {
    let door = Door::open().await;
    assert_eq!(door.get("/").await.status(), 200);
}

#[tokio::test]
async fn health_is_one_word() {
    let door = Door::open().await;
    let reply = door.get("/api/health").await;
    assert_eq!(reply.status(), 200);
    assert!(reply.bytes().await.unwrap().len() < 10, "no detail for strangers");
}

#[tokio::test]
async fn what_is_nowhere_is_not_found() {
    let door = Door::open().await;
    for path in ["/x", "/api", "/api/", "/api/x", "/notifications", "/api/health/x", "/api/notificationsx", "//", "/api//health"]
    {
        assert_eq!(door.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_method_that_a_route_has_not_is_not_allowed() {
    let door = Door::open().await;
    let (prompt, _) = prompt();
    for (method, path) in [
        (Method::GET, "/api/notifications"),
        (Method::PUT, "/api/notifications"),
        (Method::DELETE, "/api/calls"),
        (Method::POST, "/api/health"),
        (Method::POST, &prompt),
    ] {
        let reply = door.send(door.request(method.clone(), path)).await;
        assert_eq!(reply.status(), 405, "{method} {path}");
    }
}

#[tokio::test]
async fn calls_are_shown_to_who_has_the_key() {
    let door = Door::open().await;
    let key = door.stage.api_key.clone();
    let list = || door.request(Method::GET, "/api/calls");
    assert_eq!(door.send(list().header("x-functions-key", &key)).await.status(), 200);
    assert_eq!(door.send(list().bearer_auth(&key)).await.status(), 200);
    let odd = door.request(Method::GET, "/api/calls?limit=x").bearer_auth(&key);
    assert_eq!(door.send(odd).await.status(), 400);
}

#[tokio::test]
async fn calls_are_shown_to_nobody_else() {
    let door = Door::open().await;
    for path in ["/api/calls", "/api/calls/c0de", "/api/calls/c0de/recordings/1"] {
        let ask = || door.request(Method::GET, path);
        assert_eq!(door.send(ask()).await.status(), 401, "{path}");
        assert_eq!(door.send(ask().header("x-functions-key", "0".repeat(32))).await.status(), 401, "{path}");
        assert_eq!(door.send(ask().header("x-functions-key", "")).await.status(), 401, "{path}");
        let token = door.token();
        assert_eq!(door.send(ask().bearer_auth(token)).await.status(), 401, "the platform's token opens no calls");
    }
}

#[tokio::test]
async fn calls_are_closed_where_no_key_is_set() {
    let data = tempfile::tempdir().unwrap();
    let scene = Scene { clock: Clock::real(), ..Scene::new(flows().to_owned(), "first_call", data.path()) };
    let nowhere = "http://127.0.0.1:9";
    let mut environment: BTreeMap<_, _> = environment(&scene, nowhere, nowhere, "secret", "").into_iter().collect();
    environment.insert("FUNCTIONS_CUSTOMHANDLER_PORT", "0".to_owned());
    let settings = Settings::read(|name| environment.get(name).cloned()).unwrap();
    let program = Program::on(Arc::new(Memory::new()), &settings, Arc::new(SystemClock)).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api/calls", listener.local_addr().unwrap());
    tokio::spawn(program.serve(listener));
    for key in ["", "x"] {
        let reply = reqwest::Client::new().get(&url).header("x-functions-key", key).bearer_auth(key).send().await.unwrap();
        assert_eq!(reply.status(), 401);
    }
}
