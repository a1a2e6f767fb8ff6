//! The check of one post.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use serde::Deserialize;

use super::{
    refusal::{NoKeys, Refusal},
    remembered::{Mark, Remembered},
    signing_keys::SigningKeys,
};
use crate::clock::Clock;

/// How far the platform's clock and ours may be apart, in seconds.
const LEEWAY_S: i64 = 5 * 60;

/// Who may post.
#[derive(Debug, Clone)]
pub struct SenderOptions {
    /// The bot's application id: the audience of every token.
    pub app_id: String,
    /// Who may issue tokens, exactly as they write themselves.
    pub issuers: Vec<String>,
    /// The OpenID metadata that leads to the platform's keys.
    pub metadata_url: String,
    /// The ids of the tenants that are served.
    pub allowed_tenants: Vec<String>,
}

/// A post that is from the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The tenant whose call it is about, in lower case.
    pub tenant: String,
}

/// Checks the senders of posts.
pub struct Sender {
    claims: Validation,
    allowed_tenants: HashSet<String>,
    keys: Arc<SigningKeys>,
    remembered: Mutex<Remembered>,
    clock: Arc<dyn Clock>,
}

impl Sender {
    /// A check that has no keys yet; it fetches them when the first token comes, or at [`Sender::warm`].
    pub fn new(options: SenderOptions, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            claims: expected_claims(&options),
            allowed_tenants: options.allowed_tenants.iter().map(|tenant| tenant.to_ascii_lowercase()).collect(),
            keys: Arc::new(SigningKeys::new(options.metadata_url, http, Arc::clone(&clock))),
            remembered: Mutex::default(),
            clock,
        }
    }

    /// Fetches the platform's keys now, so that the first post need not wait for them.
    ///
    /// # Errors
    /// [`NoKeys`] where they cannot be had; the next post tries again.
    pub async fn warm(&self) -> Result<(), NoKeys> {
        self.keys.refresh(None).await
    }

    /// Checks the `Authorization` header of a post.
    ///
    /// # Errors
    /// [`Refusal`], which knows the HTTP status to answer with.
    pub async fn check(&self, authorization: Option<&str>) -> Result<Checked, Refusal> {
        let token = authorization.and_then(bearer).ok_or(Refusal::Unsigned)?;
        let mark = Mark::of(token);
        if let Some(tenant) = self.remembered().tenant(&mark, self.now()) {
            return Ok(Checked { tenant });
        }
        let key = self.keys.find(&key_id(token)?).await?;
        let claims = self.signed_claims(token, &key)?;
        let until = claims.in_time(self.now())?;
        let tenant = self.allowed_tenant(claims)?;
        self.remembered().add(mark, tenant.clone(), until);
        Ok(Checked { tenant })
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the token says, if `key` signed it and it is for us.
    fn signed_claims(&self, token: &str, key: &DecodingKey) -> Result<Claims, Refusal> {
        let read = jsonwebtoken::decode(token, key, &self.claims);
        read.map(|token| token.claims).map_err(|error| match error.into_kind() {
            ErrorKind::InvalidSignature => Refusal::Forged,
            ErrorKind::InvalidAlgorithm => Refusal::WrongAlgorithm,
            ErrorKind::InvalidIssuer => Refusal::WrongIssuer,
            ErrorKind::InvalidAudience => Refusal::WrongAudience,
            ErrorKind::MissingRequiredClaim(claim) if claim == "iss" => Refusal::WrongIssuer,
            ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => Refusal::WrongAudience,
            _ => Refusal::Unreadable,
        })
    }

    fn allowed_tenant(&self, claims: Claims) -> Result<String, Refusal> {
        let named = claims.tid.or(claims.tenant_id).filter(|tenant| !tenant.is_empty());
        let tenant = named.ok_or(Refusal::NoTenant)?.to_ascii_lowercase();
        if self.allowed_tenants.contains(&tenant) { Ok(tenant) } else { Err(Refusal::ForeignTenant) }
    }
}

/// Issuer and audience, which the library compares. Times are compared here, by our own clock.
fn expected_claims(options: &SenderOptions) -> Validation {
    let mut claims = Validation::new(Algorithm::RS256);
    claims.set_required_spec_claims(&["iss", "aud", "exp"]);
    claims.set_issuer(&options.issuers);
    claims.set_audience(&[options.app_id.clone(), options.app_id.to_ascii_lowercase()]);
    claims.validate_exp = false;
    claims.validate_nbf = false;
    claims
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The key that a token names. What is not RS256 goes no further, so that no other algorithm ever meets a key.
fn key_id(token: &str) -> Result<String, Refusal> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Unreadable)?;
    match header.kid {
        _ if header.alg != Algorithm::RS256 => Err(Refusal::WrongAlgorithm),
        // Members that must be understood, and are not.
        _ if header.crit.is_some() => Err(Refusal::Unreadable),
        Some(id) if !id.is_empty() => Ok(id),
        _ => Err(Refusal::NoKeyId),
    }
}

/// What is read of a token; issuer and audience are read by the library.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
    nbf: Option<f64>,
    tid: Option<String>,
    #[serde(rename = "http://schemas.microsoft.com/identity/claims/tenantid")]
    tenant_id: Option<String>,
}

impl Claims {
    /// The second at which the token ends, if it has begun and not ended at `now`.
    fn in_time(&self, now: i64) -> Result<i64, Refusal> {
        // A cast of what is out of range gives the nearest number there is.
        let until = (self.exp as i64).saturating_add(LEEWAY_S);
        let from = (self.nbf.unwrap_or(0.0) as i64).saturating_sub(LEEWAY_S);
        match now {
            _ if now >= until => Err(Refusal::Expired),
            _ if now < from => Err(Refusal::NotYetValid),
            _ => Ok(until),
        }
    }
}
