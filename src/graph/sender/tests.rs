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
use crate::clock::{Clock, Sleep};

const APP: &str = "6d0c2f9a-3b41-4e87-a5d6-1c9e7b8f2034";
const TENANT: &str = "c8d1f5a3-7b90-4e26-8a4d-1f6e0b9c3d72";
const ISSUER: &str = "https://issuer.example.com";
const LONG_TENANT: &str = "http://schemas.microsoft.com/identity/claims/tenantid";

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

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

#[tokio::test]
async fn a_token_of_the_platform_is_accepted() {
    let bench = Bench::new().await;
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn a_token_that_says_it_holds_another_is_accepted() {
    let bench = Bench::new().await;
    let header = json!({ "alg": "RS256", "cty": "JWT", "kid": "first", "x5t": "first" });
    assert_eq!(bench.check_header(&header).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn a_token_for_several_audiences_is_accepted_if_one_is_the_bot() {
    let bench = Bench::new().await;
    let claims = bench.claims_with("aud", json!(["somebody", APP]));
    assert_eq!(bench.check_claims(&claims).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn the_scheme_may_be_written_in_any_case() {
    let bench = Bench::new().await;
    let header = KEYS[0].sign(&KEYS[0].header(), &bench.claims()).replace("Bearer ", "bearer  ");
    assert_eq!(bench.check(&header).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn the_tenant_is_read_in_either_spelling_and_any_case() {
    let bench = Bench::new().await;
    let mut claims = bench.claims_with("tid", Value::Null);
    claims[LONG_TENANT] = json!(TENANT.to_ascii_uppercase());
    assert_eq!(bench.check_claims(&claims).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn a_post_without_a_bearer_token_is_unsigned() {
    let bench = Bench::new().await;
    assert_eq!(bench.sender.check(None).await, Err(Refusal::Unsigned));
    for header in ["", "Bearer", "Bearer ", "Basic YTpi", "abc"] {
        assert_eq!(bench.check(header).await, Err(Refusal::Unsigned), "{header}");
    }
    assert_eq!((Refusal::Unsigned.status(), bench.fetches()), (401, 0));
}

#[tokio::test]
async fn what_is_no_token_is_unreadable_and_no_reason_to_fetch_keys() {
    let bench = Bench::new().await;
    for header in ["Bearer x", "Bearer a.b.c", "Bearer ..", "Bearer e30.e30.e30", "Bearer a.b.c.d"] {
        assert_eq!(bench.check(header).await, Err(Refusal::Unreadable), "{header}");
    }
    assert_eq!(bench.fetches(), 0);
}

#[tokio::test]
async fn a_forged_signature_is_refused() {
    let bench = Bench::new().await;
    let forged = KEYS[1].sign(&KEYS[0].header(), &bench.claims());
    assert_eq!(bench.check(&forged).await, Err(Refusal::Forged));
}

#[tokio::test]
async fn claims_changed_after_signing_are_refused() {
    let bench = Bench::new().await;
    let signed = KEYS[0].sign(&KEYS[0].header(), &bench.claims());
    let changed = unsigned(&KEYS[0].header(), &bench.claims_with("tid", json!("another")));
    let signature = signed.rsplit('.').next().unwrap();
    assert_eq!(bench.check(&format!("Bearer {changed}.{signature}")).await, Err(Refusal::Forged));
}

#[tokio::test]
async fn a_token_signed_by_nobody_is_refused_before_any_key_is_looked_for() {
    let bench = Bench::new().await;
    let token = unsigned(&json!({ "alg": "none", "kid": "first" }), &bench.claims());
    let refusal = bench.check(&format!("Bearer {token}.")).await.unwrap_err();
    assert_eq!((refusal.status(), bench.fetches()), (401, 0));
}

#[tokio::test]
async fn a_token_signed_with_the_public_key_as_a_secret_is_refused_before_any_key_is_looked_for() {
    let bench = Bench::new().await;
    let token = unsigned(&json!({ "alg": "HS256", "kid": "first" }), &bench.claims());
    let secret = hmac::Key::new(hmac::HMAC_SHA256, KEYS[0].der());
    let signature = BASE64URL_NOPAD.encode(hmac::sign(&secret, token.as_bytes()).as_ref());
    assert_eq!(bench.check(&format!("Bearer {token}.{signature}")).await, Err(Refusal::WrongAlgorithm));
    assert_eq!(bench.fetches(), 0);
}

#[tokio::test]
async fn another_algorithm_of_the_same_key_is_refused() {
    let bench = Bench::new().await;
    for algorithm in ["RS384", "RS512", "PS256", "ES256"] {
        let header = json!({ "alg": algorithm, "kid": "first" });
        assert_eq!(bench.check_header(&header).await, Err(Refusal::WrongAlgorithm), "{algorithm}");
    }
}

#[tokio::test]
async fn a_header_that_must_be_understood_and_is_not_is_refused() {
    let bench = Bench::new().await;
    let header = json!({ "alg": "RS256", "kid": "first", "crit": ["b64"], "b64": false });
    assert_eq!(bench.check_header(&header).await, Err(Refusal::Unreadable));
}

#[tokio::test]
async fn a_token_that_does_not_name_its_key_is_refused() {
    let bench = Bench::new().await;
    for header in [json!({ "alg": "RS256" }), json!({ "alg": "RS256", "kid": "" })] {
        assert_eq!(bench.check_header(&header).await, Err(Refusal::NoKeyId));
    }
    assert_eq!(bench.fetches(), 0);
}

#[tokio::test]
async fn a_token_for_another_application_is_refused() {
    let bench = Bench::new().await;
    for audience in [json!("another"), json!([]), json!(1), Value::Null] {
        let claims = bench.claims_with("aud", audience);
        assert_eq!(bench.check_claims(&claims).await, Err(Refusal::WrongAudience), "{claims}");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_is_refused() {
    let bench = Bench::new().await;
    for issuer in [json!("https://issuer.example.com/"), json!(1), Value::Null] {
        let claims = bench.claims_with("iss", issuer);
        assert_eq!(bench.check_claims(&claims).await, Err(Refusal::WrongIssuer), "{claims}");
    }
}

#[tokio::test]
async fn a_token_is_taken_until_five_minutes_after_its_end() {
    let bench = Bench::new().await;
    let now = bench.clock.now().as_second();
    let ends = |at: i64| bench.claims_with("exp", json!(at));
    assert_eq!(bench.check_claims(&ends(now - 5 * MINUTE)).await, Err(Refusal::Expired));
    assert_eq!(bench.check_claims(&ends(now - 5 * MINUTE + 1)).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn a_token_is_taken_from_five_minutes_before_its_beginning() {
    let bench = Bench::new().await;
    let now = bench.clock.now().as_second();
    let begins = |at: i64| bench.claims_with("nbf", json!(at));
    assert_eq!(bench.check_claims(&begins(now + 5 * MINUTE + 1)).await, Err(Refusal::NotYetValid));
    assert_eq!(bench.check_claims(&begins(now + 5 * MINUTE)).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn times_out_of_all_bounds_are_compared_too() {
    let bench = Bench::new().await;
    assert_eq!(bench.check_claims(&bench.claims_with("exp", json!(-1))).await, Err(Refusal::Unreadable));
    assert_eq!(bench.check_claims(&bench.claims_with("exp", json!(1.8e19))).await.as_deref(), Ok(TENANT));
    assert_eq!(bench.check_claims(&bench.claims_with("nbf", json!(1e300))).await, Err(Refusal::NotYetValid));
}

#[tokio::test]
async fn a_token_without_an_end_is_refused() {
    let bench = Bench::new().await;
    assert_eq!(bench.check_claims(&bench.claims_with("exp", Value::Null)).await, Err(Refusal::Unreadable));
}

#[tokio::test]
async fn a_tenant_that_is_not_served_is_forbidden() {
    let bench = Bench::new().await;
    let refusal = bench.check_claims(&bench.claims_with("tid", json!(APP))).await.unwrap_err();
    assert_eq!((refusal.status(), refusal), (403, Refusal::ForeignTenant));
}

#[tokio::test]
async fn a_token_without_a_tenant_is_forbidden() {
    let bench = Bench::new().await;
    for tenant in [json!(""), Value::Null] {
        let refusal = bench.check_claims(&bench.claims_with("tid", tenant)).await.unwrap_err();
        assert_eq!((refusal.status(), refusal), (403, Refusal::NoTenant));
    }
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_once_a_minute() {
    let bench = Bench::new().await;
    bench.check_key(&KEYS[0]).await.unwrap();
    bench.clock.pass(MINUTE - 1);
    for _ in 0..3 {
        assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    }
    assert_eq!(bench.fetches(), 1);
    bench.clock.pass(1);
    for _ in 0..3 {
        assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    }
    assert_eq!(bench.fetches(), 2);
}

#[tokio::test]
async fn a_new_key_is_taken_as_soon_as_the_platform_signs_with_it() {
    let bench = Bench::new().await;
    let old = KEYS[0].sign(&KEYS[0].header(), &bench.claims());
    bench.check(&old).await.unwrap();
    bench.publish(&[KEYS[1].published()]);
    bench.clock.pass(2 * MINUTE);
    assert_eq!(bench.check_key(&KEYS[1]).await.as_deref(), Ok(TENANT));
    assert_eq!(bench.check(&old).await.as_deref(), Ok(TENANT), "a token that was good stays good");
    assert_eq!(bench.check_key(&KEYS[0]).await, Err(Refusal::UnknownKey), "the old key signs nothing new");
    assert_eq!(bench.fetches(), 2);
}

#[tokio::test]
async fn posts_that_come_at_once_share_one_fetch() {
    let bench = Bench::new().await;
    let checks = (0..20).map(|n| {
        let token = KEYS[n % 2].sign(&KEYS[n % 2].header(), &bench.claims_with("n", json!(n)));
        let bench = &bench;
        async move { bench.check(&token).await }
    });
    let results = futures_util::future::join_all(checks).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
    assert_eq!(bench.fetches(), 1);
}

#[tokio::test]
async fn old_keys_are_renewed_while_they_serve() {
    let bench = Bench::new().await;
    bench.check_key(&KEYS[0]).await.unwrap();
    bench.clock.pass(24 * HOUR + 1);
    bench.publish(&[KEYS[0].published(), KEYS[1].published()]);
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
    bench.is_fetched(2).await;
    assert_eq!(bench.check_key(&KEYS[1]).await.as_deref(), Ok(TENANT));
    bench.is_fetched(2).await;
}

#[tokio::test]
async fn known_keys_serve_on_while_the_metadata_is_down() {
    let bench = Bench::new().await;
    bench.check_key(&KEYS[0]).await.unwrap();
    bench.goes_down(true);
    bench.clock.pass(25 * HOUR);
    assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
    bench.goes_down(false);
    bench.clock.pass(MINUTE);
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
    bench.is_fetched(3).await;
}

#[tokio::test]
async fn without_any_keys_a_post_is_put_off_and_the_next_second_tries_again() {
    let bench = Bench::new().await;
    bench.goes_down(true);
    for _ in 0..3 {
        let refusal = bench.check_key(&KEYS[0]).await.unwrap_err();
        assert_eq!((refusal.status(), refusal), (503, Refusal::NoKeys(NoKeys::Status(503))));
    }
    assert_eq!(bench.fetches(), 1);
    bench.goes_down(false);
    bench.clock.pass(1);
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn keys_fetched_at_the_start_need_not_be_fetched_by_a_post() {
    let bench = Bench::new().await;
    bench.sender.warm().await.unwrap();
    bench.check_key(&KEYS[0]).await.unwrap();
    assert_eq!(bench.fetches(), 1);
}

#[tokio::test]
async fn a_post_that_gives_up_leaves_the_keys_to_the_next() {
    let bench = Bench::new().await;
    tokio::select! {
        biased;
        _ = bench.check_key(&KEYS[0]) => panic!("no key was known"),
        () = std::future::ready(()) => {}
    }
    bench.is_fetched(1).await;
    bench.check_key(&KEYS[0]).await.unwrap();
    assert_eq!(bench.fetches(), 1);
}

#[tokio::test]
async fn a_token_seen_before_is_known_without_its_key_until_it_expires() {
    let bench = Bench::new().await;
    let token = KEYS[0].sign(&KEYS[0].header(), &bench.claims());
    bench.check(&token).await.unwrap();
    bench.publish(&[KEYS[1].published()]);
    bench.clock.pass(2 * MINUTE);
    bench.check_key(&KEYS[1]).await.unwrap();
    bench.clock.pass(HOUR + 3 * MINUTE - 1);
    assert_eq!(bench.check(&token).await.as_deref(), Ok(TENANT));
    bench.clock.pass(1);
    assert!(bench.check(&token).await.is_err());
}

#[tokio::test]
async fn a_refused_token_is_not_remembered_as_good() {
    let bench = Bench::new().await;
    let early = KEYS[0].sign(&KEYS[0].header(), &bench.claims_with("nbf", json!(bench.clock.now().as_second() + HOUR / 2)));
    assert_eq!(bench.check(&early).await, Err(Refusal::NotYetValid));
    assert_eq!(bench.check(&early).await, Err(Refusal::NotYetValid));
    bench.clock.pass(HOUR / 2);
    assert_eq!(bench.check(&early).await.as_deref(), Ok(TENANT));
}

#[tokio::test]
async fn keys_that_cannot_sign_are_passed_over() {
    let bench = Bench::new().await;
    let mut for_encryption = KEYS[1].published();
    for_encryption["use"] = json!("enc");
    bench.publish(&[json!({ "kty": "EC", "kid": "first" }), json!(1), for_encryption.clone(), KEYS[0].published()]);
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
    assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    bench.clock.pass(MINUTE);
    bench.publish(&[for_encryption]);
    assert_eq!(bench.sender.warm().await, Err(NoKeys::NoneUsable));
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT), "an empty list drives out no key");
}

#[tokio::test]
async fn of_a_list_that_has_no_end_only_the_first_hundred_keys_are_looked_at() {
    let bench = Bench::new().await;
    let mut keys = vec![json!({}); 99];
    keys.extend([KEYS[0].published(), KEYS[1].published()]);
    bench.publish(&keys);
    assert_eq!(bench.check_key(&KEYS[0]).await.as_deref(), Ok(TENANT));
    assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
}

/// What comes of metadata with this `jwks_uri`; `{base}` is the server's own address.
async fn warm_with_keys_at(url: &str) -> Result<(), NoKeys> {
    let bench = Bench::new().await;
    let base = bench.published.metadata.lock().unwrap()["jwks_uri"].as_str().unwrap().replace("/keys", "");
    *bench.published.metadata.lock().unwrap() = json!({ "jwks_uri": url.replace("{base}", &base) });
    bench.sender.warm().await
}

#[tokio::test]
async fn keys_are_fetched_over_https_or_from_this_machine_only() {
    for url in ["http://192.0.2.1/keys", "http://localhost.example.com/", "ftp://127.0.0.1/", "/keys", ""] {
        assert_eq!(warm_with_keys_at(url).await, Err(NoKeys::NotSecure), "{url}");
    }
}

#[tokio::test]
async fn a_fetch_that_gets_no_reply_is_given_up() {
    assert_eq!(warm_with_keys_at("{base}/silent").await, Err(NoKeys::Unreachable("no reply in time")));
}

#[tokio::test]
async fn what_is_no_list_of_keys_is_refused() {
    assert_eq!(warm_with_keys_at("{base}/metadata").await, Err(NoKeys::Unreadable));
    assert_eq!(warm_with_keys_at("{base}/nothing").await, Err(NoKeys::Status(404)));
}

#[tokio::test]
async fn a_reply_without_end_is_not_read_to_its_end() {
    let bench = Bench::new().await;
    bench.publish(&[json!("x".repeat(1024 * 1024))]);
    assert_eq!(bench.sender.warm().await, Err(NoKeys::TooLarge));
}

#[tokio::test]
async fn a_refusal_repeats_nothing_of_the_token() {
    let bench = Bench::new().await;
    let mut claims = bench.claims();
    for (name, value) in [("iss", "opensesame"), ("tid", "opensesame"), ("aud", "opensesame")] {
        claims = bench.claims_with(name, json!(value));
        let refusal = bench.check_claims(&claims).await.unwrap_err();
        assert!(!format!("{refusal} {refusal:?}").contains("sesame"));
    }
    let header = json!({ "alg": "RS256", "kid": "opensesame" });
    let refusal = bench.check(&KEYS[0].sign(&header, &claims)).await.unwrap_err();
    assert!(!format!("{refusal} {refusal:?}").contains("sesame"));
}
