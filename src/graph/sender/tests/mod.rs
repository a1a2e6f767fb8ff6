//! The platform's side of the check: its keys, its tokens, its server.

mod keys;
mod tokens;

use std::{
    future::pending,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use warp::{Filter, http::Response};

use super::*;
use crate::{
    clock::{Clock, Sleep},
    signed::NoKeys,
};

const APP: &str = "6d0c2f9a-3b41-4e87-a5d6-1c9e7b8f2034";
const TENANT: &str = "c8d1f5a3-7b90-4e26-8a4d-1f6e0b9c3d72";
const ISSUER: &str = "https://issuer.example.com";
const LONG_TENANT: &str = "http://schemas.microsoft.com/identity/claims/tenantid";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Making a key takes a while, so all tests share two.
static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| [Key::new("first"), Key::new("second")]);

struct Key {
    id: &'static str,
    pair: KeyPair,
}

impl Key {
    fn new(id: &'static str) -> Self {
        Self { id, pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    /// The public key in DER: a sequence of modulus and exponent.
    fn der(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The key as it is published. In the DER of 2,048 bits the modulus stands after nine bytes.
    fn published(&self) -> Value {
        let n = BASE64URL_NOPAD.encode(&self.der()[9..265]);
        json!({ "kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id, "n": n, "e": "AQAB", "endorsements": ["msteams"] })
    }

    fn header(&self) -> Value {
        json!({ "alg": "RS256", "typ": "JWT", "kid": self.id })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("Bearer {signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
}

/// A clock that is moved by hand.
struct HandClock(Mutex<Timestamp>);

impl HandClock {
    fn pass(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, _at: Timestamp) -> Sleep {
        Box::pin(pending())
    }
}

/// The platform's metadata and keys on a loopback port.
#[derive(Default)]
struct Published {
    metadata: Mutex<Value>,
    keys: Mutex<Vec<Value>>,
    is_down: Mutex<bool>,
    fetches: AtomicUsize,
}

impl Published {
    fn reply(&self, body: &Value) -> Response<String> {
        let status = if *self.is_down.lock().unwrap() { 503 } else { 200 };
        Response::builder().status(status).body(body.to_string()).unwrap()
    }

    fn metadata(&self) -> Response<String> {
        self.fetches.fetch_add(1, SeqCst);
        self.reply(&self.metadata.lock().unwrap())
    }

    fn keys(&self) -> Response<String> {
        self.reply(&json!({ "keys": *self.keys.lock().unwrap() }))
    }
}

struct Bench {
    sender: Sender,
    clock: Arc<HandClock>,
    published: Arc<Published>,
}

impl Bench {
    async fn new() -> Self {
        let published = Arc::new(Published::default());
        let base = serve(Arc::clone(&published)).await;
        *published.metadata.lock().unwrap() = json!({ "issuer": "not looked at", "jwks_uri": format!("{base}/keys") });
        *published.keys.lock().unwrap() = vec![KEYS[0].published()];
        let clock = Arc::new(HandClock(Mutex::new("2026-01-02T03:04:05Z".parse().unwrap())));
        let options = SenderOptions {
            app_id: APP.to_owned(),
            issuers: vec!["https://another.example.com".to_owned(), ISSUER.to_owned()],
            metadata_url: format!("{base}/metadata"),
            allowed_tenants: vec![TENANT.to_ascii_uppercase()],
        };
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let sender = Sender::new(options, http, Arc::clone(&clock) as Arc<dyn Clock>);
        Self { sender, clock, published }
    }

    /// The claims of a token issued now, for an hour.
    fn claims(&self) -> Value {
        let now = self.clock.now().as_second();
        json!({ "iss": ISSUER, "aud": APP, "nbf": now, "exp": now + 3600, "tid": TENANT })
    }

    /// Good claims but for one; `null` leaves it out.
    fn claims_with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.to_owned(), value),
        };
        claims
    }

    async fn check(&self, authorization: &str) -> Result<String, Refusal> {
        self.sender.check(Some(authorization)).await.map(|checked| checked.tenant)
    }

    /// What comes of a token signed as it should be, with these claims.
    async fn check_claims(&self, claims: &Value) -> Result<String, Refusal> {
        self.check(&KEYS[0].sign(&KEYS[0].header(), claims)).await
    }

    async fn check_header(&self, header: &Value) -> Result<String, Refusal> {
        self.check(&KEYS[0].sign(header, &self.claims())).await
    }

    /// What comes of a good token of this key, issued now.
    async fn check_key(&self, key: &Key) -> Result<String, Refusal> {
        self.check(&key.sign(&key.header(), &self.claims())).await
    }

    fn fetches(&self) -> usize {
        self.published.fetches.load(SeqCst)
    }

    fn publish(&self, keys: &[Value]) {
        *self.published.keys.lock().unwrap() = keys.to_vec();
    }

    fn goes_down(&self, is_down: bool) {
        *self.published.is_down.lock().unwrap() = is_down;
    }

    /// Waits until the metadata was asked for so often.
    async fn is_fetched(&self, times: usize) {
        let waiting = async {
            while self.fetches() < times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("nothing was fetched");
        assert_eq!(self.fetches(), times);
    }
}

async fn serve(published: Arc<Published>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let for_keys = Arc::clone(&published);
    let metadata = warp::path!("metadata").map(move || published.metadata());
    let keys = warp::path!("keys").map(move || for_keys.keys());
    let silent = warp::path!("silent").and_then(pending::<Result<String, warp::Rejection>>);
    tokio::spawn(warp::serve(metadata.or(keys).or(silent)).incoming(listener).run());
    base
}
