//! Calls that the bot places, over real HTTP.

use reqwest::Client;
use serde_json::{Value, json};

use super::{
    TENANT, access_token,
    bot::{Scene, scene, scene_with},
    noon,
};
use crate::simulator::{
    clock::Clock,
    contact::{Contact, Rung},
    observation::Seen,
};

fn body(webhook: &str) -> Value {
    json!({
        "callbackUri": webhook,
        "targets": [{ "identity": { "user": { "id": "8a1d" } } }],
        "requestedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
    })
}

async fn place(scene: &Scene) -> reqwest::Result<reqwest::Response> {
    let base_url = scene.simulator.base_url();
    let token = access_token(base_url, TENANT).await;
    let request = Client::new().post(format!("{base_url}/v1.0/communications/calls"));
    request.bearer_auth(token).json(&body(&scene.webhook)).send().await
}

#[tokio::test]
async fn a_placed_call_is_found_at_its_location_and_runs_to_its_end() {
    let scene = scene(Clock::virtual_from(noon())).await;
    let placed = place(&scene).await.unwrap();
    assert_eq!(placed.status(), 201);
    let location = placed.headers()["location"].to_str().unwrap().to_owned();
    let call = placed.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("{}/v1.0/communications/calls/{call}", scene.simulator.base_url()));
    scene.simulator.settled(&call).await;
    let ledger = scene.simulator.ledger(&call).unwrap();
    assert_eq!((ledger.placed, ledger.taken, ledger.prompts, ledger.hang_ups), (1, 1, 1, 1));
    assert_eq!(scene.simulator.placed()[0].callback_uri, scene.webhook);
    assert_eq!(scene.simulator.calls(), [call]);
}

#[tokio::test]
async fn a_late_reply_is_overtaken_by_the_first_notification() {
    for seed in 0..100 {
        let scene = scene_with(Clock::virtual_from(noon()), |options| options.setup.mishaps = Some(seed)).await;
        let Ok(placed) = place(&scene).await else {
            continue;
        };
        let told = scene.posted.lock().unwrap().len();
        let Some(call) = scene.simulator.calls().pop() else {
            continue;
        };
        let is_late = |seen: &Seen| matches!(seen, Seen::Mishap { kind } if kind == "request create: reply late");
        if scene.simulator.observed(&call).iter().any(|seen| is_late(&seen.what)) {
            assert_eq!(placed.status(), 201);
            assert!(told > 0, "seed {seed}: the reply came before any notification");
            return;
        }
    }
    panic!("no seed made a reply late");
}

#[tokio::test]
async fn what_was_not_consented_to_is_refused() {
    let scene = scene_with(Clock::virtual_from(noon()), |options| {
        options.consent.roles.retain(|role| role != "Calls.Initiate.All");
    })
    .await;
    let refused = place(&scene).await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "7504");
}

#[tokio::test]
async fn a_second_terminal_can_be_the_one_who_is_called() {
    let led = Contact { name: "Whoever".into(), rings: vec![Rung::Led] };
    let scene = scene_with(Clock::real(), |options| drop(options.setup.contacts.insert("*".into(), led))).await;
    let simulator = &scene.simulator;
    let mut heard = simulator.observations();
    let send = async |method: reqwest::Method, path: &str| {
        let url = format!("{}/simulator/calls{path}", simulator.base_url());
        Client::new().request(method, url).body("1").send().await.unwrap()
    };
    place(&scene).await.unwrap();
    let call = simulator.calls().pop().unwrap();
    let listed: Value = send(reqwest::Method::GET, "").await.json().await.unwrap();
    assert_eq!(listed, json!([{ "call": call, "ended": false, "to": ["8a1d"] }]));
    while !matches!(heard.recv().await.unwrap().what, Seen::Ringing { .. }) {}
    assert_eq!(send(reqwest::Method::POST, &format!("/{call}/keys")).await.status(), 404);
    assert_eq!(send(reqwest::Method::POST, &format!("/{call}/answer")).await.status(), 204);
    assert_eq!(send(reqwest::Method::POST, &format!("/{call}/decline")).await.status(), 404);
    assert_eq!(send(reqwest::Method::POST, &format!("/{call}/keys")).await.status(), 204);
    assert_eq!(send(reqwest::Method::DELETE, &format!("/{call}")).await.status(), 204);
    simulator.settled(&call).await;
    assert_eq!(simulator.ledger(&call).unwrap().taken, 1);
}
