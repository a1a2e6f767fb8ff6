//! What the bot is to the platform: the keys of its posts, the time, a token and what it allows.

use std::{env, sync::Arc};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde::Deserialize;
use switchboard::{
    app::random_bits,
    config::{Credential, is_loopback},
    graph::{http, meaning::refusal},
    server::{open_sender, open_tokens},
};

use super::{
    Patient,
    finding::Finding,
    given::{APP_SECRET, Given},
};

/// How wrong a clock may be: tokens of posts are taken so long before and after their time.
const CLOCK_OFF: SignedDuration = SignedDuration::from_mins(5);

/// Microsoft Graph, by its application id: some tokens name it so.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// What a bot that takes calls needs, and for what.
const ROLES: [(&str, &str); 2] =
    [("Calls.Initiate.All", "placing calls and passing them on"), ("Calls.AccessMedia.All", "key presses and recordings")];

/// Whether posts can be checked, by keys that are signed with and by a clock that goes right.
pub(super) async fn keys_and_clock(patient: &Patient) -> Vec<Finding> {
    let cloud = &patient.settings.cloud;
    let url = cloud.calling_openid_metadata.as_url();
    let Ok(http) = http::client(url) else { return vec![no_client("keys")] };
    let sender = open_sender(&patient.settings, http.clone(), Arc::clone(&patient.clock));
    if let Err(error) = sender.warm().await {
        return vec![
            Finding::told("keys", format!("{error}; look at CALLING_OPENID_METADATA and the way there")),
            Finding::unknown("clock", "nobody was there to ask for the time"),
        ];
    }
    #[derive(Deserialize)]
    struct Metadata {
        issuer: String,
    }
    let Ok(reply) = http.get(url.clone()).send().await else { return Vec::new() };
    let clock = clock(reply.headers().get("date").and_then(|date| date.to_str().ok()), patient.clock.now());
    let keys = match reply.json::<Metadata>().await {
        Ok(Metadata { issuer }) if !cloud.calling_issuers.contains(&issuer) => Finding::bad(
            "keys",
            "posts are signed by an issuer that CALLING_ISSUERS does not list",
            format!("add {issuer} to it"),
        ),
        _ => Finding::good("keys", "posts of the calling platform can be checked"),
    };
    vec![keys, clock]
}

fn clock(date: Option<&str>, now: Timestamp) -> Finding {
    let read = |date: &str| jiff::fmt::strtime::parse("%a, %d %b %Y %H:%M:%S GMT", date).ok()?.to_datetime().ok();
    let Some(theirs) = date.and_then(read).and_then(|time| time.in_tz("UTC").ok()) else {
        return Finding::unknown("clock", "the platform does not say what time it is");
    };
    let off = now.duration_since(theirs.timestamp());
    match off.abs() > CLOCK_OFF {
        true => {
            let what = format!("this machine's clock is off by {} minutes", off.abs().as_mins());
            Finding::bad("clock", what, "set it right, e.g. by NTP: tokens are taken for expired or too early")
        }
        false => Finding::good("clock", "it goes right"),
    }
}

/// Whether Entra gives a token, what it allows, and whether Graph takes it.
pub(super) async fn token(patient: &Patient, given: &Given) -> Vec<Finding> {
    if let Some(why) = out_of_reach(&patient.settings.bot.credential, given) {
        return vec![Finding::unknown("token", why)];
    }
    let Ok(http) = http::client(patient.settings.cloud.graph_base_url.as_url()) else { return vec![no_client("token")] };
    let tokens = match open_tokens(&patient.settings, http.clone(), Arc::clone(&patient.clock)) {
        Ok(tokens) => tokens,
        Err(error) => return vec![Finding::told("token", error)],
    };
    match tokens.get(&patient.settings.bot.tenant_id).await {
        Ok(token) => {
            let mut findings = claims(token.expose(), patient);
            findings.push(graph(&http, token.expose(), patient).await);
            findings
        }
        Err(error) => vec![Finding::told("token", error)],
    }
}

/// What only the app itself has.
fn out_of_reach(credential: &Credential, given: &Given) -> Option<&'static str> {
    match credential {
        Credential::Secret(_) if given.is_in_vault(APP_SECRET) => {
            Some("the secret lies in a Key Vault, which the app alone may read")
        }
        Credential::Secret(_) => None,
        _ if env::var_os("IDENTITY_ENDPOINT").is_some() => None,
        _ => Some("the app alone can ask in its identity's name; set BOT_CREDENTIAL to secret to ask from here"),
    }
}

/// What is read of a token. Graph alone may check it; its claims tell what an administrator consented to.
#[derive(Deserialize)]
struct Claims {
    aud: String,
    tid: String,
    #[serde(default)]
    roles: Vec<String>,
}

fn claims(token: &str, patient: &Patient) -> Vec<Finding> {
    let payload = token.split('.').nth(1).and_then(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok());
    let Some(claims) = payload.and_then(|payload| serde_json::from_slice::<Claims>(&payload).ok()) else {
        return vec![Finding::good("token", "Entra gives one"), Finding::unknown("roles", "the token cannot be read")];
    };
    let token = match () {
        () if !is_for_graph(&claims.aud, patient) => {
            let cure = "GRAPH_BASE_URL and ENTRA_AUTHORITY must be of the same cloud";
            Finding::bad("token", "it is for another audience than the Graph of GRAPH_BASE_URL", cure)
        }
        () if !claims.tid.eq_ignore_ascii_case(&patient.settings.bot.tenant_id) => {
            Finding::bad("token", "it is of another tenant than BOT_TENANT_ID", "check BOT_TENANT_ID")
        }
        () => Finding::good("token", "Entra gives one for Graph"),
    };
    vec![token, roles(&claims.roles)]
}

fn is_for_graph(audience: &str, patient: &Patient) -> bool {
    let graph = patient.settings.cloud.graph_base_url.as_url();
    let origin = match is_loopback(graph) {
        true => "https://graph.microsoft.com".to_owned(),
        false => graph.origin().ascii_serialization(),
    };
    audience.trim_end_matches('/') == origin || audience == GRAPH
}

fn roles(granted: &[String]) -> Finding {
    let missing: Vec<_> = ROLES.iter().filter(|(role, _)| !granted.iter().any(|has| has == role)).collect();
    match missing[..] {
        [] => Finding::good("roles", "Calls.Initiate.All and Calls.AccessMedia.All are granted"),
        _ => {
            let missing = missing.iter().map(|(role, reason)| format!("{role}, for {reason}")).collect::<Vec<_>>().join("; ");
            let cure = "grant it and have an administrator consent, as infra/entra.bicep does; else calls fail with 7504";
            Finding::bad("roles", format!("not granted: {missing}"), cure)
        }
    }
}

/// Asks for a call that there is not: who may ask is told so.
async fn graph(http: &Client, token: &str, patient: &Patient) -> Finding {
    #[derive(Default, Deserialize)]
    struct Refused {
        #[serde(default)]
        error: Code,
    }
    #[derive(Default, Deserialize)]
    struct Code {
        #[serde(default)]
        code: String,
    }
    let id = format!("{:032x}", random_bits());
    let url = format!("{}/communications/calls/{id}", patient.settings.cloud.graph_base_url);
    let Ok(reply) = http.get(url).bearer_auth(token).send().await else {
        return Finding::bad("graph", "it cannot be reached", "look at GRAPH_BASE_URL and the way there");
    };
    let status = reply.status().as_u16();
    let code = reply.json::<Refused>().await.unwrap_or_default().error.code;
    match status {
        404 => Finding::good("graph", "it takes the token"),
        401 | 403 => {
            let meaning = refusal(&code).unwrap_or("the code is not known here");
            Finding::told("graph", format!("it refuses with {status} {code}: {meaning}"))
        }
        _ => Finding::unknown("graph", format!("it answers with {status} {code}")),
    }
}

fn no_client(check: &'static str) -> Finding {
    Finding::unknown(check, "the system's certificates cannot be read")
}
