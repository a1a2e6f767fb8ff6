//! The simulator over real HTTP: its edges, and whole calls with a small bot.

use jiff::Timestamp;
use serde_json::Value;

use super::{super::setup::Setup, Options, Running, Simulator};
use crate::simulator::clock::Clock;

mod bot;
mod calls;
mod control;
mod entra;
mod graph;
mod placing;
mod signing;

const APP: &str = "d2c0e0a4-6a0c-4f6e-9b53-5f7d1f1f9f10";
const TENANT: &str = "8f1c7a52-04f3-4d57-9d0e-3a1f0f2b6c11";
const SECRET: &str = "a secret of nobody";

fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn options(clock: Clock) -> Options {
    let setup = Setup {
        app_id: APP.to_owned(),
        tenant: TENANT.to_owned(),
        webhook: "http://127.0.0.1:9/nobody/listens".to_owned(),
        seed: 1,
        ..Setup::default()
    };
    Options { clock, ..Options::new(setup, SECRET.into()) }
}

/// A simulator in virtual time, with no bot.
async fn simulator() -> Running {
    let clock = Clock::virtual_from(noon());
    Simulator::start(options(clock)).await.unwrap()
}

/// The fields of an honest token request.
fn credentials() -> Vec<(&'static str, &'static str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("client_id", APP),
        ("client_secret", SECRET),
        ("scope", "https://graph.microsoft.com/.default"),
    ]
}

/// Asks for an access token; answers the status and the body.
async fn ask_token(base_url: &str, tenant: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("{base_url}/{tenant}/oauth2/v2.0/token");
    let response = reqwest::Client::new().post(url).form(form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// An access token for the calls of `tenant`.
async fn access_token(base_url: &str, tenant: &str) -> String {
    let (status, body) = ask_token(base_url, tenant, &credentials()).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().to_owned()
}
