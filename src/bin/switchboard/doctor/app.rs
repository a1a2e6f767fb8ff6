//! The app itself, as Graph and callers meet it.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use switchboard::{graph::http, media::wav};

use super::{Patient, finding::Finding, local};

/// How long the app may take. One that has no instance ready needs some seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long Graph waits for an answer to a post.
const GRAPH_WAITS: Duration = Duration::from_secs(5);

/// A post that is nobody's.
const UNSIGNED: &str = r#"{"value":[]}"#;

/// Whether the app is there, guards its door, and hands out prompts.
pub(super) async fn examine(patient: &Patient) -> Vec<Finding> {
    let base = &patient.settings.bot.base_url;
    let flows = patient.shelf.as_ref().and_then(|shelf| local::incoming(&patient.settings.flows.incoming, shelf));
    let Ok(http) = http::client(base.as_url()) else { return flows.into_iter().collect() };
    if base.is_loopback() && !patient.settings.cloud.graph_base_url.is_loopback() {
        let cure = "set it to the app's public https address";
        let unreachable = Finding::bad("app", "BOT_BASE_URL is an address of this machine, where Graph cannot reach it", cure);
        return flows.into_iter().chain([unreachable]).collect();
    }
    let health = health(&http, base.as_str()).await;
    let mut findings: Vec<_> = flows.into_iter().collect();
    match health {
        Ok(finding) => findings.extend([finding, door(&http, base.as_str()).await, prompt(&http, patient).await]),
        Err(finding) => {
            let unseen = ["door", "prompt"].map(|check| Finding::unknown(check, "the app does not answer"));
            findings.push(finding);
            findings.extend(unseen);
        }
    }
    findings
}

/// An error is an app that does not answer at all.
async fn health(http: &Client, base: &str) -> Result<Finding, Finding> {
    match http.get(format!("{base}/api/health")).timeout(PATIENCE).send().await.map(|reply| reply.status()) {
        Ok(StatusCode::OK) => Ok(Finding::good("app", "it is ready to keep calls")),
        Ok(StatusCode::SERVICE_UNAVAILABLE) => {
            let cure = "its log says why; in Azure look at the roles of its identity and at COSMOS_ENDPOINT";
            Ok(Finding::bad("app", "it runs, but cannot keep calls", cure))
        }
        Ok(StatusCode::NOT_FOUND) => {
            Ok(Finding::bad("app", "what is at BOT_BASE_URL is not this bot", "publish the package, or check BOT_BASE_URL"))
        }
        Ok(status) => Ok(Finding::unknown("app", format!("it answers with {}", status.as_u16()))),
        Err(_) => Err(Finding::bad("app", "it does not answer", "publish the package, start the app, or check BOT_BASE_URL")),
    }
}

/// Whoever posts without a signature must be turned away, and in time.
async fn door(http: &Client, base: &str) -> Finding {
    let asked = tokio::time::Instant::now();
    let post = http.post(format!("{base}/api/notifications")).header("content-type", "application/json").body(UNSIGNED);
    match post.timeout(PATIENCE).send().await.map(|reply| reply.status().as_u16()) {
        Ok(401) if asked.elapsed() > GRAPH_WAITS => Finding::bad(
            "door",
            "it takes more than 5 seconds to answer",
            "keep an instance always ready; else calls fail with 8586",
        ),
        Ok(401) => Finding::good("door", "it turns away a post that nobody signed"),
        Ok(503) => Finding::bad("door", "it cannot check who posts", "look at CALLING_OPENID_METADATA and the app's way there"),
        Ok(404) => {
            Finding::bad("door", "there is none at /api/notifications", "publish the package again; else calls fail with 8586")
        }
        Ok(200..=299) => {
            Finding::bad("door", "it takes a post that nobody signed", "what answers is not this bot: check BOT_BASE_URL")
        }
        Ok(status) => Finding::unknown("door", format!("it answers with {status}")),
        Err(_) => Finding::bad("door", "it does not answer", "look at the app's log; calls fail with 8586"),
    }
}

/// The first prompt of the first flow that a call may get, as Graph would download it.
async fn prompt(http: &Client, patient: &Patient) -> Finding {
    let Some(shelf) = &patient.shelf else { return Finding::unknown("prompt", "the flows here have errors") };
    let flow = patient.settings.flows.incoming.names().find_map(|name| shelf.flow(name));
    let Some(prompt) = flow.as_ref().and_then(|flow| flow.prompts.values().next()) else {
        return Finding::unknown("prompt", "no flow that a call may get has one");
    };
    let url = format!("{}/api/prompts/{}.wav", patient.settings.bot.base_url, prompt.sha256);
    let Ok(reply) = http.get(url).timeout(PATIENCE).send().await else {
        return Finding::bad(
            "prompt",
            "it cannot be downloaded",
            "calls fail with 8536: see that BOT_BASE_URL is reached from outside",
        );
    };
    let status = reply.status().as_u16();
    let is_sound = reply.bytes().await.is_ok_and(|sound| wav::check(&sound).is_ok());
    match status {
        200 if is_sound => Finding::good("prompt", "it can be downloaded, and Graph can play it"),
        200 => {
            Finding::bad("prompt", "what is downloaded is no sound that Graph plays", "check BOT_BASE_URL; calls fail with 8535")
        }
        404 => Finding::bad("prompt", "the app does not have it", "publish the flows that are here; else calls fail with 8536"),
        _ => Finding::bad("prompt", format!("the app answers with {status}"), "look at its log; calls fail with 8536"),
    }
}
