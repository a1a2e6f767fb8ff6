//! Asking Entra for a token: the client credentials flow, or in place of it a managed identity that is the bot itself.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::{error::Error, sync::Arc, time::Duration};

use azure_core::{
    credentials::{AccessToken, TokenCredential},
    error::ErrorKind,
};
use jiff::{SignedDuration, Timestamp};
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

/// What a managed identity's token is for that an application takes for its own.
/// <https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity>
const EXCHANGE: &str = "api://AzureADTokenExchange/.default";

/// How an assertion is announced.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// By what the bot shows that it is the bot.
#[derive(Debug)]
pub enum Credential {
    /// A client secret of the app registration.
    Secret(SecretString),
    /// A managed identity that the app registration trusts (a federated credential): its token goes where a secret would.
    Federated(Arc<dyn TokenCredential>),
    /// A managed identity that is the bot itself. It gets tokens of its own tenant alone, and Entra is not asked for them here.
    Direct {
        /// The identity.
        identity: Arc<dyn TokenCredential>,
        /// Its tenant.
        tenant: String,
    },
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

/// A token that was given.
#[derive(Debug)]
pub(super) struct Granted {
    /// The token.
    pub(super) access_token: SecretString,
    /// Until when it is good.
    pub(super) expires: Timestamp,
}

/// A token as Entra gives it.
#[derive(Debug, Deserialize)]
struct Reply {
    #[serde(deserialize_with = "secret")]
    access_token: SecretString,
    /// In seconds.
    expires_in: u32,
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
    /// The managed identity is not given to this app, or the app runs where there are none.
    #[error(
        "the managed identity gives no token: {0}; check BOT_IDENTITY_CLIENT_ID, and that the app has this identity; at a desk \
        there is none, so set BOT_CREDENTIAL to secret there"
    )]
    NoIdentity(String),
    /// A managed identity that is the bot itself serves one tenant.
    #[error("the call is of another tenant than the bot's, and an identity that is the bot itself gets no tokens for others")]
    ForeignTenant,
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
    pub(super) async fn ask(&self, tenant: &str, now: Timestamp) -> Result<Granted, TokenError> {
        match &self.credential {
            Credential::Secret(secret) => self.exchange(tenant, &[("client_secret", secret.expose_secret())], now).await,
            Credential::Federated(identity) => {
                let assertion = of_identity(identity, EXCHANGE).await?;
                let fields = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.token.secret())];
                self.exchange(tenant, &fields, now).await
            }
            Credential::Direct { tenant: own, .. } if !tenant.eq_ignore_ascii_case(own) => Err(TokenError::ForeignTenant),
            Credential::Direct { identity, .. } => of_identity(identity, &self.scope).await.map(given),
        }
    }

    async fn exchange(&self, tenant: &str, proof: &[(&str, &str)], now: Timestamp) -> Result<Granted, TokenError> {
        let is_name = tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        if !is_name || tenant.bytes().all(|b| b == b'.') {
            return Err(TokenError::BadTenant);
        }
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.authority);
        let mut form = vec![("grant_type", "client_credentials"), ("client_id", &self.app_id), ("scope", &self.scope)];
        form.extend(proof);
        let response = self.http.post(url).form(&form).timeout(ANSWER_WITHIN).send().await;
        let response = response.map_err(|error| TokenError::Unavailable(http::cause(&error)))?;
        let status = response.status().as_u16();
        let reply = granted(status, &http::body(response, LONGEST_ANSWER).await)?;
        let lasts = SignedDuration::from_secs(i64::from(reply.expires_in));
        Ok(Granted { access_token: reply.access_token, expires: now.saturating_add(lasts).unwrap_or(Timestamp::MAX) })
    }
}

/// A token of a managed identity, which the platform around the app gives.
async fn of_identity(identity: &Arc<dyn TokenCredential>, scope: &str) -> Result<AccessToken, TokenError> {
    let asked = tokio::time::timeout(ANSWER_WITHIN, identity.get_token(&[scope], None)).await;
    asked.map_err(|_| TokenError::NoIdentity("no answer in time".to_owned()))?.map_err(|error| no_token(&error))
}

/// Whoever asks for an identity that the app has not is answered with 400. Only causes are told: an answer may hold anything.
fn no_token(error: &azure_core::Error) -> TokenError {
    match status(error) {
        Some(400..=499) => TokenError::NoIdentity("it is not the app's".to_owned()),
        Some(status) => TokenError::Unavailable(format!("the identity's endpoint answers with status {status}")),
        None => TokenError::NoIdentity("its endpoint does not answer".to_owned()),
    }
}

/// The HTTP status at the bottom of an error.
fn status(error: &azure_core::Error) -> Option<u16> {
    if let ErrorKind::HttpResponse { status, .. } = error.kind() {
        return Some((*status).into());
    }
    error.source()?.downcast_ref::<azure_core::Error>().and_then(status)
}

fn given(token: AccessToken) -> Granted {
    let expires = Timestamp::from_second(token.expires_on.unix_timestamp()).unwrap_or(Timestamp::MAX);
    Granted { access_token: SecretString::from(token.token.secret()), expires }
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

fn granted(status: u16, body: &[u8]) -> Result<Reply, TokenError> {
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

const NO_TRUST: &str = "the app BOT_APP_ID does not trust the managed identity; give it a federated credential with the identity's \
    principal id as subject, audience api://AzureADTokenExchange, and the home tenant's issuer, as infra/entra.bicep does";

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
    (70021, NO_TRUST),
    (700211, NO_TRUST),
    (700212, NO_TRUST),
    (700213, NO_TRUST),
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
    use crate::graph::servers::{Server, nobody};

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
        let settings = [
            (7000215, "BOT_APP_SECRET"),
            (7000222, "expired"),
            (700016, "BOT_APP_ID"),
            (90002, "BOT_TENANT_ID"),
            (700213, "federated"),
        ];
        for (code, setting) in settings {
            let said = refused(code).to_string();
            assert!(said.contains(setting) && said.contains(&code.to_string()), "{said}");
            assert!(!said.contains("Ada") && !said.contains("6d1f"), "{said}");
        }
    }

    /// A managed identity that gives the same token to whoever asks for the right thing, and says no to others.
    #[derive(Debug)]
    struct Given {
        scope: &'static str,
        status: Option<u16>,
    }

    #[async_trait::async_trait]
    impl TokenCredential for Given {
        async fn get_token(
            &self,
            scopes: &[&str],
            _: Option<azure_core::credentials::TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            assert_eq!(scopes, [self.scope]);
            let refusal = |status: u16| ErrorKind::HttpResponse { status: status.into(), error_code: None, raw_response: None };
            match self.status {
                Some(status) => {
                    let inner = azure_core::Error::with_message(refusal(status), "hush");
                    Err(azure_core::Error::new(ErrorKind::Credential, inner))
                }
                None => {
                    let expires = azure_core::time::OffsetDateTime::from_unix_timestamp(3_600).unwrap();
                    Ok(AccessToken::new("of the identity".to_owned(), expires))
                }
            }
        }
    }

    fn entra(authority: &Url, credential: Credential) -> Entra {
        let graph = "http://127.0.0.1:1/v1.0".parse().unwrap();
        Entra::new(http::client(&graph).unwrap(), authority.as_str(), "an-app".to_owned(), credential, &graph)
    }

    #[tokio::test]
    async fn a_federated_identity_shows_its_token_where_a_secret_would_be() {
        let server = Server::entra().await;
        let entra = entra(&server.base, Credential::Federated(Arc::new(Given { scope: EXCHANGE, status: None })));
        let granted = entra.ask("home", Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(granted.access_token.expose_secret(), "token-0");
        assert_eq!(granted.expires, Timestamp::from_second(3_600).unwrap());
        let form = "grant_type=client_credentials&client_id=an-app&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
                    &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
                    &client_assertion=of+the+identity";
        assert_eq!(server.asked.lock().unwrap()[0].body, form);
    }

    #[tokio::test]
    async fn an_identity_that_is_the_bot_needs_no_entra_and_serves_its_own_tenant() {
        let identity = Arc::new(Given { scope: "https://graph.microsoft.com/.default", status: None });
        let entra = entra(&nobody().await, Credential::Direct { identity, tenant: "Home".to_owned() });
        let granted = entra.ask("home", Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(granted.access_token.expose_secret(), "of the identity");
        assert_eq!(granted.expires, Timestamp::from_second(3_600).unwrap());
        assert_eq!(entra.ask("other", Timestamp::UNIX_EPOCH).await.unwrap_err(), TokenError::ForeignTenant);
    }

    #[tokio::test]
    async fn an_identity_that_the_app_has_not_is_told_from_one_that_is_silent_for_now() {
        let nobody = nobody().await;
        let ask = async |status| {
            let identity = Arc::new(Given { scope: EXCHANGE, status: Some(status) });
            entra(&nobody, Credential::Federated(identity)).ask("home", Timestamp::UNIX_EPOCH).await.unwrap_err()
        };
        let missing = ask(400).await;
        assert!(missing.to_string().contains("BOT_IDENTITY_CLIENT_ID") && !missing.to_string().contains("hush"), "{missing}");
        assert!(matches!(ask(503).await, TokenError::Unavailable(_)));
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
