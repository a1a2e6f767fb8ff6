//! The keys that tokens are signed with: fetched when first needed, and again when one is signed with a new one.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use reqwest::{Client, Url};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::fault::{Fault, NoKeys};
use crate::{clock::Clock, config::is_secure};

/// Keys older than this are fetched again, while the old ones still serve.
const OLD_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The shortest time between two fetches once one was in vain. A token with an invented key id costs nothing in between; a key
/// that is really signed with is had at once, even right after a start.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The same while there are no keys at all, and so no token can be checked.
const PAUSE_WITHOUT_KEYS: SignedDuration = SignedDuration::from_secs(1);

/// How long each of the two requests of a fetch may take.
const LONGEST_REQUEST: Duration = Duration::from_secs(1);

/// The longest reply that is read, in bytes.
const LONGEST_REPLY: usize = 1024 * 1024;

/// The most keys that are looked at.
const MOST_KEYS: usize = 100;

/// The signing keys of one issuer.
pub(super) struct SigningKeys {
    metadata_url: String,
    http: Client,
    clock: Arc<dyn Clock>,
    known: RwLock<Option<Known>>,
    /// Held during a fetch, so that all who wait for one share it.
    last_fetch: tokio::sync::Mutex<Option<Fetch>>,
}

struct Known {
    keys: HashMap<String, Arc<DecodingKey>>,
    since: Timestamp,
}

struct Fetch {
    at: Timestamp,
    result: Result<(), NoKeys>,
    /// It was for a key that it did not bring.
    was_in_vain: bool,
}

impl SigningKeys {
    /// No keys yet.
    pub(super) fn new(metadata_url: String, http: Client, clock: Arc<dyn Clock>) -> Self {
        Self { metadata_url, http, clock, known: RwLock::default(), last_fetch: tokio::sync::Mutex::default() }
    }

    /// The key of this id, fetched if it is not known.
    ///
    /// # Errors
    /// [`Fault::UnknownKey`], or [`Fault::NoKeys`] where there are none at all.
    pub(super) async fn find(self: &Arc<Self>, id: &str) -> Result<Arc<DecodingKey>, Fault> {
        if let Some(key) = self.known_key(id) {
            if self.are_old() {
                // Nobody waits for it: what comes of it is in the log.
                drop(tokio::spawn(Arc::clone(self).fetch_if_due(None)));
            }
            return Ok(key);
        }
        let fetched = self.refresh(Some(id)).await;
        match self.known_key(id) {
            Some(key) => Ok(key),
            None if self.are_known() => Err(Fault::UnknownKey),
            None => Err(fetched.err().map_or(Fault::UnknownKey, Fault::NoKeys)),
        }
    }

    /// Fetches the keys, for a key that is wanted or for any, if that was not done just now. It goes on even if the caller gives
    /// up, so that the next one has them.
    ///
    /// # Errors
    /// [`NoKeys`]; keys that were known stay known.
    pub(super) async fn refresh(self: &Arc<Self>, wanted: Option<&str>) -> Result<(), NoKeys> {
        tokio::spawn(Arc::clone(self).fetch_if_due(wanted.map(str::to_owned))).await.unwrap_or(Err(NoKeys::Interrupted))
    }

    async fn fetch_if_due(self: Arc<Self>, wanted: Option<String>) -> Result<(), NoKeys> {
        let mut last = self.last_fetch.lock().await;
        let now = self.clock.now();
        if let Some(last) = &*last
            && !self.is_due(last, wanted.as_deref(), now)
        {
            return last.result.clone();
        }
        let result = self.fetch().await.map(|keys| self.learn(Known { keys, since: now }));
        if let Err(error) = &result {
            tracing::warn!("signing keys were not renewed: {error}");
        }
        let was_in_vain = wanted.is_some_and(|id| self.known_key(&id).is_none());
        *last = Some(Fetch { at: now, result: result.clone(), was_in_vain });
        result
    }

    /// Whether it is time for another fetch. Someone else may have brought what is wanted meanwhile.
    fn is_due(&self, last: &Fetch, wanted: Option<&str>, now: Timestamp) -> bool {
        if wanted.is_some_and(|id| self.known_key(id).is_some()) {
            return false;
        }
        let pause = if self.are_known() { PAUSE } else { PAUSE_WITHOUT_KEYS };
        let was_of_use = last.result.is_ok() && !last.was_in_vain;
        now.duration_since(last.at) >= pause || (wanted.is_some() && was_of_use)
    }

    async fn fetch(&self) -> Result<HashMap<String, Arc<DecodingKey>>, NoKeys> {
        let metadata: Metadata = self.get(&self.metadata_url).await?;
        let list: KeyList = self.get(&metadata.jwks_uri).await?;
        let keys: HashMap<_, _> = list.keys.into_iter().take(MOST_KEYS).filter_map(usable).collect();
        if keys.is_empty() { Err(NoKeys::NoneUsable) } else { Ok(keys) }
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, NoKeys> {
        let url = Url::parse(url).ok().filter(is_secure).ok_or(NoKeys::NotSecure)?;
        let mut reply = self.http.get(url).timeout(LONGEST_REQUEST).send().await.map_err(unreachable)?;
        match reply.status() {
            // A redirect may have led elsewhere.
            _ if !is_secure(reply.url()) => return Err(NoKeys::NotSecure),
            status if !status.is_success() => return Err(NoKeys::Status(status.as_u16())),
            _ => {}
        }
        let mut body = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LONGEST_REPLY {
                return Err(NoKeys::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| NoKeys::Unreadable)
    }

    fn known_key(&self, id: &str) -> Option<Arc<DecodingKey>> {
        self.with_known(|known| known.keys.get(id).cloned()).flatten()
    }

    fn are_known(&self) -> bool {
        self.with_known(|_| ()).is_some()
    }

    fn are_old(&self) -> bool {
        self.with_known(|known| self.clock.now().duration_since(known.since) > OLD_AFTER).unwrap_or(false)
    }

    fn with_known<T>(&self, look: impl FnOnce(&Known) -> T) -> Option<T> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(look)
    }

    fn learn(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

/// The part of the OpenID metadata that is read.
#[derive(Deserialize)]
struct Metadata {
    jwks_uri: String,
}

#[derive(Deserialize)]
struct KeyList {
    keys: Vec<Value>,
}

/// An RSA key as it is published: <https://www.rfc-editor.org/rfc/rfc7517>
#[derive(Deserialize)]
struct PublishedKey {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: String,
    e: String,
}

/// The key if it can sign tokens; a list may hold others too.
fn usable(listed: Value) -> Option<(String, Arc<DecodingKey>)> {
    let key: PublishedKey = serde_json::from_value(listed).ok()?;
    let can_sign = key.kty == "RSA" && key.purpose.is_none_or(|purpose| purpose == "sig");
    let decoding = DecodingKey::from_rsa_components(&key.n, &key.e).ok().filter(|_| can_sign)?;
    Some((key.kid, Arc::new(decoding)))
}

fn unreachable(error: reqwest::Error) -> NoKeys {
    let what = match &error {
        _ if error.is_timeout() => "no reply in time",
        _ if error.is_connect() => "no connection",
        _ => "the reply broke off",
    };
    NoKeys::Unreachable(what)
}
