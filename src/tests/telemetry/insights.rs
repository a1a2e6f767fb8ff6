//! Application Insights, as it is deployed: it knows identities only.

use std::{
    io::Read,
    sync::{Arc, Mutex},
    time::Duration,
};

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use warp::{Filter, Reply, http::StatusCode, hyper::body::Bytes, reply::Response};

use crate::host::{Deployed, Terms};

const KEY: &str = "1d2e3f40-5162-4738-8495-a6b7c8d9e0f1";
const IDENTITY: &str = "2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901";

/// How long what is told may take to arrive: far more than it does.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);

/// Application Insights, and the platform's endpoint for identities beside it.
#[derive(Clone, Default)]
struct Azure {
    items: Arc<Mutex<Vec<Value>>>,
}

#[derive(serde::Deserialize)]
struct Asked {
    resource: String,
    client_id: String,
}

impl Azure {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let azure = self.clone();
        let track = warp::path!("v2.1" / "track").and(warp::header("authorization")).and(warp::body::bytes());
        let track = track.map(move |by: String, body| azure.take(&by, &body));
        let identity = warp::path!("msi" / "token").and(warp::query()).map(|asked: Asked| give(&asked));
        tokio::spawn(warp::serve(track.or(identity).unify()).incoming(listener).run());
        url
    }

    fn take(&self, by: &str, body: &Bytes) -> Response {
        if by != "Bearer for-monitoring" {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
        let items: Vec<Value> = serde_json::from_str(&text).unwrap();
        let answer = json!({ "itemsReceived": items.len(), "itemsAccepted": items.len(), "errors": [] });
        self.items.lock().unwrap().extend(items);
        warp::reply::json(&answer).into_response()
    }

    /// The items of one kind.
    fn items(&self, kind: &str) -> Vec<Value> {
        let items = self.items.lock().unwrap();
        items.iter().filter(|item| item["data"]["baseType"] == kind).cloned().collect()
    }
}

fn give(asked: &Asked) -> Response {
    if (asked.resource.as_str(), asked.client_id.as_str()) != ("https://monitor.azure.com", IDENTITY) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let expires = jiff::Timestamp::now().as_second() + 3_600;
    let token = json!({
        "access_token": "for-monitoring", "expires_on": expires.to_string(), "resource": asked.resource, "token_type": "Bearer",
    });
    warp::reply::json(&token).into_response()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn application_insights_is_told_of_a_call_by_the_apps_identity() {
    let azure = Azure::default();
    let url = azure.start().await;
    let endpoint = format!("{url}/msi/token");
    let insights = format!("InstrumentationKey={KEY};IngestionEndpoint={url}/");
    let writer = format!("ClientId={IDENTITY};Authorization=AAD");
    let settings = [
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", insights.as_str()),
        ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", &writer),
        ("IDENTITY_ENDPOINT", &endpoint),
        ("IDENTITY_HEADER", "of-this-instance"),
    ];
    let deployed = Deployed::new(Terms { settings: &settings, ..Terms::default() }).await;
    let call = deployed.ring();
    let shown = deployed.rest(&call).await;
    let until = tokio::time::Instant::now() + ARRIVES_WITHIN;
    while azure.items("RequestData").is_empty() || azure.items("MetricData").is_empty() {
        assert!(tokio::time::Instant::now() < until, "{:#?}", deployed.host().log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let [whole] = &azure.items("RequestData")[..] else { panic!("a call is one request") };
    let trace = data_encoding::HEXLOWER.encode(&Sha256::digest(shown["id"].as_str().unwrap())[..16]);
    assert_eq!((&whole["iKey"], &whole["tags"]["ai.operation.id"]), (&json!(KEY), &json!(trace)));
    assert_eq!(whole["data"]["baseData"]["properties"]["switchboard.ending"], "bot_hung_up");
    let turns = azure.items("RemoteDependencyData");
    let is_turn = |item: &&Value| item["data"]["baseData"]["name"].as_str().is_some_and(|name| name.starts_with("turn "));
    let under_the_call = |item: &&Value| item["tags"]["ai.operation.parentId"] == whole["data"]["baseData"]["id"];
    assert!(turns.iter().filter(is_turn).count() > 4, "{turns:#?}");
    assert!(turns.iter().filter(is_turn).all(|turn| under_the_call(&turn)), "{turns:#?}");
}
