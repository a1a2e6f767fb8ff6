//! Asking Entra for a token: the client credentials flow.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::time::Duration;

use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::http;
use crate::config::is_loopback;

/// How long Entra may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes; real ones have about 2,000.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The global cloud's Graph: what a token is for when Graph is simulated.
const GLOBAL_GRAPH: &str = "https://graph.microsoft.com";

/// By what the bot shows that it is the bot. Each kind has its own form fields; nothing else in this file depends on the kind.
#[derive(Debug)]
pub enum Credential {
    /// A client secret of the app registration.
    Secret(SecretString),
}

impl Credential {
    fn fields(&self) -> [(&'static str, &str); 1] {
        match self {
            Self::Secret(secret) => [("client_secret", secret.expose_secret())],
        }
    }
}

/// Entra, as far as this bot asks it.
#[derive(Debug)]
pub struct Entra {
    http: Client,
    authority: String,
    app_id: String,
    credential: Credential,
    scope: String,
}

/// A token as Entra gives it.
#[derive(Debug, Deserialize)]
pub(super) struct Granted {
    /// The token.
    #[serde(deserialize_with = "secret")]
    pub(super) access_token: SecretString,
    /// How long it is good for, in seconds.
    pub(super) expires_in: u32,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The tenant cannot stand in a URL.
    #[error("the call's tenant is neither an id nor a domain name, so no token can be asked for it")]
    BadTenant,
    /// Entra looked and will not, until somebody changes something.
    #[error("entra gives no token (AADSTS{code}): {cure}")]
    Refused {
        /// Entra's code, e.g. 7000215; 0 where it gave none.
        code: u32,
        /// What happened and what to do.
        cure: &'static str,
    },
    /// Entra cannot be reached, is too slow or has a bad day: worth asking again.
    #[error("entra does not answer: {0}")]
    Unavailable(String),
}

impl Entra {
    /// Asks `{authority}/{tenant}/oauth2/v2.0/token` in the name of the app `app_id`, for tokens for the Graph at `graph`.
    pub fn new(http: Client, authority: &str, app_id: String, credential: Credential, graph: &Url) -> Self {
        Self { http, authority: authority.trim_end_matches('/').to_owned(), app_id, credential, scope: scope(graph) }
    }

    /// Asks once.
    pub(super) async fn ask(&self, tenant: &str) -> Result<Granted, TokenError> {
        let is_name = tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        if !is_name || tenant.bytes().all(|b| b == b'.') {
            return Err(TokenError::BadTenant);
        }
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.authority);
        let mut form = vec![("grant_type", "client_credentials"), ("client_id", &self.app_id), ("scope", &self.scope)];
        form.extend(self.credential.fields());
        let response = self.http.post(url).form(&form).timeout(ANSWER_WITHIN).send().await;
        let response = response.map_err(|error| TokenError::Unavailable(http::cause(&error)))?;
        let status = response.status().as_u16();
        granted(status, &http::body(response, LONGEST_ANSWER).await)
    }
}

/// The whole of a Graph, for the app: what the administrator consented to.
fn scope(graph: &Url) -> String {
    match is_loopback(graph) {
        true => format!("{GLOBAL_GRAPH}/.default"),
        false => format!("{}/.default", graph.origin().ascii_serialization()),
    }
}

fn secret<'de, D>(deserializer: D) -> Result<SecretString, D::Error>
where
    D: Deserializer<'de>,
{
    String::deserialize(deserializer).map(SecretString::from)
}

fn granted(status: u16, body: &[u8]) -> Result<Granted, TokenError> {
    match status {
        200..=299 => serde_json::from_slice(body).map_err(|_| TokenError::Unavailable("its answer holds no token".to_owned())),
        429 | 500.. => Err(TokenError::Unavailable(format!("HTTP status {status}"))),
        _ => Err(refusal(body)),
    }
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error_codes: Vec<u32>,
}

/// Only the code is taken: the description names the app, the tenant and the trace.
fn refusal(body: &[u8]) -> TokenError {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let code = refusal.error_codes.first().copied().unwrap_or_default();
    let cure = CURES.iter().find(|(known, _)| *known == code).map_or(UNKNOWN, |(_, cure)| cure);
    TokenError::Refused { code, cure }
}

const UNKNOWN: &str = "look the code up at https://login.microsoftonline.com/error";

/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
const CURES: &[(u32, &str)] = &[
    (7000215, "BOT_APP_SECRET is not a secret of the app BOT_APP_ID; take the secret's value, not its id"),
    (7000222, "the secret in BOT_APP_SECRET has expired; make a new one in the app registration and set it"),
    (7000218, "no credential came with the request; set BOT_APP_SECRET"),
    (
        700016,
        "the app BOT_APP_ID is not known in the call's tenant; check the id, and have an administrator of \
        that tenant consent to it",
    ),
    (
        7000229,
        "the app BOT_APP_ID has no service principal in the call's tenant; have an administrator of that tenant consent to it",
    ),
    (7000112, "the app BOT_APP_ID is disabled; enable it among the tenant's enterprise applications"),
    (90002, "there is no such tenant; check BOT_TENANT_ID and ENTRA_AUTHORITY, which must be of the tenant's cloud"),
    (900023, "the tenant is neither an id nor a domain name; check BOT_TENANT_ID"),
    (500011, "the tenant does not know the Graph of GRAPH_BASE_URL; check that it and ENTRA_AUTHORITY are of the same cloud"),
    (70011, "the scope is not valid; check that GRAPH_BASE_URL begins with the address of a Graph"),
    (53003, "a conditional access policy of the tenant keeps the app out; have an administrator exempt it"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope_of(graph: &str) -> String {
        scope(&graph.parse().unwrap())
    }

    #[test]
    fn a_token_is_for_the_graph_that_is_asked() {
        assert_eq!(scope_of("https://graph.microsoft.com/v1.0"), "https://graph.microsoft.com/.default");
        assert_eq!(scope_of("https://graph.microsoft.us/v1.0"), "https://graph.microsoft.us/.default");
    }

    #[test]
    fn a_simulated_graph_takes_tokens_for_the_real_one() {
        for graph in ["http://127.0.0.1:4001/v1.0", "http://localhost:4001/v1.0", "http://[::1]:4001/v1.0"] {
            assert_eq!(scope_of(graph), "https://graph.microsoft.com/.default", "{graph}");
        }
    }

    fn refused(code: u32) -> TokenError {
        let body = json!({
            "error": "invalid_client",
            "error_description": format!("AADSTS{code}: for app 'Ada's bot'. Trace ID: 6d1f"),
            "error_codes": [code],
            "trace_id": "6d1f",
        });
        granted(401, body.to_string().as_bytes()).unwrap_err()
    }

    #[test]
    fn a_refusal_names_the_setting_to_change_and_nobody() {
        let settings = [(7000215, "BOT_APP_SECRET"), (7000222, "expired"), (700016, "BOT_APP_ID"), (90002, "BOT_TENANT_ID")];
        for (code, setting) in settings {
            let said = refused(code).to_string();
            assert!(said.contains(setting) && said.contains(&code.to_string()), "{said}");
            assert!(!said.contains("Ada") && !said.contains("6d1f"), "{said}");
        }
    }

    #[test]
    fn an_unknown_refusal_says_where_to_look() {
        assert!(refused(50126).to_string().contains("login.microsoftonline.com/error"));
        assert!(matches!(granted(400, b"<html>"), Err(TokenError::Refused { code: 0, .. })));
    }

    #[test]
    fn what_passes_by_itself_is_no_refusal() {
        for (status, body) in [(429, ""), (503, ""), (200, "{}"), (200, r#"{"access_token":"x"}"#)] {
            assert!(matches!(granted(status, body.as_bytes()), Err(TokenError::Unavailable(_))), "{status} {body}");
        }
    }
}
