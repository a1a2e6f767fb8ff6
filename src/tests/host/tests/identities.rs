//! How the handler shows that it is the bot, without any secret.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use switchboard::{simulator::ledger::Verdict, stage::APP_ID};
use tokio::net::TcpListener;
use warp::{Filter, Reply, http::StatusCode, reply::Response};

use super::super::deployed::{Deployed, Terms};

/// The identity's client id.
const IDENTITY: &str = "2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901";

/// What shows the platform's endpoint for identities that it is the app that asks.
const HEADER: &str = "of-this-instance";

/// A token as an identity has it: nobody here looks at its signature.
const ASSERTION: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbiBpZGVudGl0eSJ9.c2lnbmF0dXJl";

/// The platform's endpoint for identities, as instances of App Service have one.
/// <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>
#[derive(Clone, Default)]
struct Endpoint {
    /// What was asked for: resource and client id.
    asked: Arc<Mutex<Vec<(String, String)>>>,
    /// Who gives tokens for Graph to the identity that is the bot: Entra's address, and by what it knows the bot.
    entra: Arc<Mutex<Option<(String, String)>>>,
}

#[derive(serde::Deserialize)]
struct Query {
    #[serde(rename = "api-version")]
    version: String,
    resource: String,
    client_id: String,
}

impl Endpoint {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/msi/token", listener.local_addr().unwrap());
        let endpoint = self.clone();
        let route = warp::path!("msi" / "token").and(warp::query()).and(warp::header("x-identity-header"));
        let route = route.then(move |query: Query, header: String| {
            let endpoint = endpoint.clone();
            async move { endpoint.answer(query, &header).await }
        });
        tokio::spawn(warp::serve(route).incoming(listener).run());
        address
    }

    async fn answer(&self, query: Query, header: &str) -> Response {
        if header != HEADER || query.version != "2019-08-01" {
            return StatusCode::BAD_REQUEST.into_response();
        }
        self.asked.lock().unwrap().push((query.resource.clone(), query.client_id));
        let token = match query.resource.as_str() {
            "api://AzureADTokenExchange" => Some(ASSERTION.to_owned()),
            _ => self.token_for_graph().await,
        };
        match token {
            Some(token) => {
                let expires = jiff::Timestamp::now().as_second() + 3_600;
                warp::reply::json(&json!({
                    "access_token": token, "expires_on": expires.to_string(), "resource": query.resource, "token_type": "Bearer",
                }))
                .into_response()
            }
            None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    async fn token_for_graph(&self) -> Option<String> {
        let (url, secret) = self.entra.lock().unwrap().clone()?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", APP_ID),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_secret", &secret),
        ];
        let response = reqwest::Client::builder().no_proxy().build().ok()?.post(url).form(&form).send().await.ok()?;
        response.json::<Value>().await.ok()?["access_token"].as_str().map(str::to_owned)
    }
}

async fn deployed(endpoint: &Endpoint, credential: &str, client_id: &str) -> Deployed {
    let address = endpoint.start().await;
    let settings = [
        ("BOT_CREDENTIAL", credential),
        ("BOT_APP_SECRET", ""),
        ("BOT_IDENTITY_CLIENT_ID", client_id),
        ("IDENTITY_ENDPOINT", &address),
        ("IDENTITY_HEADER", HEADER),
    ];
    Deployed::new(Terms { settings: &settings, ..Terms::default() }).await
}

async fn is_a_whole_call(deployed: &Deployed) {
    let call = deployed.ring();
    let shown = deployed.rest(&call).await;
    assert_eq!(deployed.teams.ledger(&call).unwrap().script, Verdict::Fulfilled, "{shown:#}");
}

#[tokio::test]
async fn a_federated_identity_takes_calls_without_any_secret() {
    let endpoint = Endpoint::default();
    let deployed = deployed(&endpoint, "managed-identity", IDENTITY).await;
    is_a_whole_call(&deployed).await;
    let asked = endpoint.asked.lock().unwrap();
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|asked| *asked == ("api://AzureADTokenExchange".to_owned(), IDENTITY.to_owned())), "{asked:?}");
}

#[tokio::test]
async fn an_identity_that_is_the_bot_takes_calls_without_any_secret() {
    let endpoint = Endpoint::default();
    let deployed = deployed(&endpoint, "managed-identity-direct", "").await;
    let url = format!("{}/{}/oauth2/v2.0/token", deployed.teams.base_url(), switchboard::stage::TENANT);
    *endpoint.entra.lock().unwrap() = Some((url, deployed.secret.clone()));
    is_a_whole_call(&deployed).await;
    let asked = endpoint.asked.lock().unwrap();
    assert!(asked.iter().all(|asked| *asked == ("https://graph.microsoft.com".to_owned(), APP_ID.to_owned())), "{asked:?}");
}
