//! Entra's token endpoint, for client credentials alone.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use warp::{http::StatusCode, reply::Response};

use super::{super::setup::ROLES, ids::Ids, platform::Platform, respond};

/// How long an access token is good for, in seconds.
const EXPIRES_IN: i64 = 3_599;

/// The only thing asked for: what the bot's application was granted in Graph.
const SCOPE: &str = "https://graph.microsoft.com/.default";

/// How a managed identity's or certificate's assertion is announced.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The fields of a token request.
pub(super) type Form = HashMap<String, String>;

/// What the bot's application is granted, as its tokens say: what an administrator consented to.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Whom its tokens are for.
    pub audience: String,
    /// Its application roles.
    pub roles: Vec<String>,
    /// The tenants that there are; every one where none is named.
    pub tenants: Vec<String>,
}

impl Default for Consent {
    fn default() -> Self {
        Self { audience: "https://graph.microsoft.com".to_owned(), roles: ROLES.map(str::to_owned).into(), tenants: Vec::new() }
    }
}

/// Knows the bot's application and remembers what it granted.
pub(super) struct Entra {
    app_id: String,
    client_secret: SecretString,
    consent: Consent,
    granted: Mutex<HashMap<String, Grant>>,
}

struct Grant {
    tenant: String,
    until: Timestamp,
}

/// Why Entra says no.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    code: u32,
    message: String,
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub(super) fn token(platform: &Platform, tenant: &str, form: &Form) -> Response {
    let now = platform.parts.clock.now();
    let ids = &platform.parts.ids;
    match platform.parts.entra.check(tenant, form) {
        Ok(()) => granted(&platform.parts.entra.grant(tenant, &ids.token(), now)),
        Err(refusal) => refused(&refusal, ids, now),
    }
}

impl Entra {
    pub(super) fn new(app_id: String, client_secret: SecretString, consent: Consent) -> Self {
        Self { app_id, client_secret, consent, granted: Mutex::default() }
    }

    /// The tenant whose Graph this access token opens; `None` if it was never granted or has expired.
    pub(super) fn tenant_of(&self, token: &str, now: Timestamp) -> Option<String> {
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = granted.get(token).filter(|grant| now < grant.until)?;
        Some(grant.tenant.clone())
    }

    fn check(&self, tenant: &str, form: &Form) -> Result<(), Refusal> {
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if !self.consent.tenants.is_empty() && !self.consent.tenants.iter().any(|known| known == tenant) {
            return Err(Refusal::bad_request("invalid_request", 90_002, "The tenant was not found."));
        }
        if field("grant_type") != "client_credentials" {
            let message = "The app requested an unsupported grant type.";
            return Err(Refusal::bad_request("unsupported_grant_type", 70_003, message));
        }
        if field("client_id") != self.app_id {
            let message = "The application was not found in the directory.";
            return Err(Refusal::bad_request("unauthorized_client", 700_016, message));
        }
        if field("scope") != SCOPE {
            let message = format!("The scope is not valid; client credentials want {SCOPE}.");
            return Err(Refusal::bad_request("invalid_scope", 1_002_012, &message));
        }
        match (form.get("client_secret"), form.get("client_assertion")) {
            (Some(secret), _) => self.check_secret(secret),
            (None, Some(assertion)) => check_assertion(field("client_assertion_type"), assertion),
            (None, None) => {
                Err(Refusal::invalid_client(7_000_218, "The request body must contain client_assertion or client_secret."))
            }
        }
    }

    fn check_secret(&self, secret: &str) -> Result<(), Refusal> {
        if secret == self.client_secret.expose_secret() {
            return Ok(());
        }
        let message = "Invalid client secret provided.";
        Err(Refusal::invalid_client(7_000_215, message))
    }

    fn grant(&self, tenant: &str, signature: &str, now: Timestamp) -> String {
        let token = self.token(tenant, signature, now);
        let mut granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        granted.retain(|_, grant| now < grant.until);
        let grant = Grant { tenant: tenant.to_owned(), until: now + SignedDuration::from_secs(EXPIRES_IN) };
        granted.insert(token.clone(), grant);
        token
    }
}

impl Entra {
    /// A token as it looks from outside. Graph alone may check its signature, so it is none: the platform remembers what it gave.
    fn token(&self, tenant: &str, signature: &str, now: Timestamp) -> String {
        let header = json!({ "typ": "JWT", "alg": "RS256" });
        let claims = json!({
            "aud": self.consent.audience,
            "iss": format!("https://sts.windows.net/{tenant}/"),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": now.as_second() + EXPIRES_IN,
            "appid": self.app_id,
            "idtyp": "app",
            "roles": self.consent.roles,
            "tid": tenant,
        });
        let part = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        format!("{}.{}.{signature}", part(&header), part(&claims))
    }
}

/// An assertion is looked at, not verified: its issuer is no part of this simulation.
fn check_assertion(kind: &str, assertion: &str) -> Result<(), Refusal> {
    if kind == JWT_BEARER && jsonwebtoken::decode_header(assertion).is_ok() {
        return Ok(());
    }
    let message = "JWT token is invalid or malformed.";
    Err(Refusal::invalid_client(50_027, message))
}

impl Refusal {
    fn bad_request(error: &'static str, code: u32, message: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, code, message: message.to_owned() }
    }

    fn invalid_client(code: u32, message: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::bad_request("invalid_client", code, message) }
    }
}

fn granted(token: &str) -> Response {
    let body = json!({
        "token_type": "Bearer",
        "expires_in": EXPIRES_IN,
        "ext_expires_in": EXPIRES_IN,
        "access_token": token,
    });
    respond::json(StatusCode::OK, &body)
}

fn refused(refusal: &Refusal, ids: &Ids, now: Timestamp) -> Response {
    let Refusal { code, message, .. } = refusal;
    let (trace, correlation) = (ids.uuid(), ids.uuid());
    let timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let body: Value = json!({
        "error": refusal.error,
        "error_description": format!(
            "AADSTS{code}: {message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
        ),
        "error_codes": [code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
    });
    respond::json(refusal.status, &body)
}
