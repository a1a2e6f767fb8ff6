//! The check of a token.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    fault::{Fault, NoKeys},
    remembered::{Mark, Remembered},
    signing_keys::SigningKeys,
};
use crate::clock::Clock;

/// How far an issuer's clock and ours may be apart, in seconds.
const LEEWAY_S: i64 = 5 * 60;

/// Which tokens are good.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who may issue them, exactly as they write themselves.
    pub issuers: Vec<String>,
    /// Whom they may be for.
    pub audiences: Vec<String>,
    /// The OpenID metadata that leads to the keys.
    pub metadata_url: String,
}

/// Checks tokens, and remembers what `T` each good one came to.
pub struct Signed<T> {
    expected: Validation,
    keys: Arc<SigningKeys>,
    remembered: Mutex<Remembered<T>>,
    clock: Arc<dyn Clock>,
}

impl<T: Clone> Signed<T> {
    /// A check that has no keys yet; it fetches them when the first token comes, or at [`Signed::warm`].
    pub fn new(options: Options, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            expected: expected(&options),
            keys: Arc::new(SigningKeys::new(options.metadata_url, http, Arc::clone(&clock))),
            remembered: Mutex::default(),
            clock,
        }
    }

    /// Fetches the keys now, so that the first token need not wait for them.
    ///
    /// # Errors
    /// [`NoKeys`] where they cannot be had; the next token tries again.
    pub async fn warm(&self) -> Result<(), NoKeys> {
        self.keys.refresh(None).await
    }

    /// What a good token comes to: what was decided of it before, else what `decide` makes of its claims.
    ///
    /// # Errors
    /// A [`Fault`] of the token, or what `decide` finds wrong with its claims.
    pub async fn check<C, E>(&self, token: &str, decide: impl FnOnce(C) -> Result<T, E>) -> Result<T, E>
    where
        C: DeserializeOwned,
        E: From<Fault>,
    {
        let mark = Mark::of(token);
        if let Some(known) = self.remembered().find(&mark, self.now()) {
            return Ok(known);
        }
        let key = self.keys.find(&key_id(token)?).await?;
        let Claims { times, rest } = self.signed_claims(token, &key)?;
        let until = times.hold(self.now())?;
        let decided = decide(rest)?;
        self.remembered().add(mark, decided.clone(), until);
        Ok(decided)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered<T>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the token says, if `key` signed it and it is for us.
    fn signed_claims<C: DeserializeOwned>(&self, token: &str, key: &DecodingKey) -> Result<Claims<C>, Fault> {
        let read = jsonwebtoken::decode(token, key, &self.expected);
        read.map(|token| token.claims).map_err(|error| match error.into_kind() {
            ErrorKind::InvalidSignature => Fault::Forged,
            ErrorKind::InvalidAlgorithm => Fault::WrongAlgorithm,
            ErrorKind::InvalidIssuer => Fault::WrongIssuer,
            ErrorKind::InvalidAudience => Fault::WrongAudience,
            ErrorKind::MissingRequiredClaim(claim) if claim == "iss" => Fault::WrongIssuer,
            ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => Fault::WrongAudience,
            _ => Fault::Unreadable,
        })
    }
}

/// Issuer and audience, which the library compares. Times are compared here, by our own clock.
fn expected(options: &Options) -> Validation {
    let mut claims = Validation::new(Algorithm::RS256);
    claims.set_required_spec_claims(&["iss", "aud", "exp"]);
    claims.set_issuer(&options.issuers);
    claims.set_audience(&options.audiences);
    claims.validate_exp = false;
    claims.validate_nbf = false;
    claims
}

/// The token of an `Authorization` header.
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The key that a token names. What is not RS256 goes no further, so that no other algorithm ever meets a key.
fn key_id(token: &str) -> Result<String, Fault> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Fault::Unreadable)?;
    match header.kid {
        _ if header.alg != Algorithm::RS256 => Err(Fault::WrongAlgorithm),
        // Members that must be understood, and are not.
        _ if header.crit.is_some() => Err(Fault::Unreadable),
        Some(id) if !id.is_empty() => Ok(id),
        _ => Err(Fault::NoKeyId),
    }
}

/// What is read of a token; issuer and audience are read by the library.
#[derive(Deserialize)]
struct Claims<C> {
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    rest: C,
}

/// From when and until when a token holds.
#[derive(Deserialize)]
struct Times {
    exp: f64,
    nbf: Option<f64>,
}

impl Times {
    /// The second at which the token ends, if it has begun and not ended at `now`.
    fn hold(&self, now: i64) -> Result<i64, Fault> {
        // A cast of what is out of range gives the nearest number there is.
        let until = (self.exp as i64).saturating_add(LEEWAY_S);
        let from = (self.nbf.unwrap_or(0.0) as i64).saturating_sub(LEEWAY_S);
        match now {
            _ if now >= until => Err(Fault::Expired),
            _ if now < from => Err(Fault::NotYetValid),
            _ => Ok(until),
        }
    }
}
