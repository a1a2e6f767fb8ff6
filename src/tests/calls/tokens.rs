//! Who may use the API by a token of Entra: checked through real sockets against an Entra that publishes its keys.

use reqwest::Method;
use serde_json::{Value, json};
use switchboard::{simulator::keys::Keys, stage::TENANT};
use warp::Filter;

use super::desk::{ADA, Desk, Reply, ring};

const AUDIENCE: &str = "api://switchboard";
const OTHER_TENANT: &str = "11111111-2222-4333-8444-555555555555";

/// A bot that takes tokens, and the Entra that signs them.
struct Office {
    desk: Desk,
    keys: Keys,
    authority: String,
}

impl Office {
    async fn open() -> Self {
        let keys = Keys::generate().unwrap();
        let authority = entra(&keys).await;
        let at = authority.clone();
        let desk = Desk::on(move |scene| {
            scene.settings.insert("ENTRA_AUTHORITY", at);
            scene.settings.insert("CALLS_API_AUDIENCE", AUDIENCE.to_owned());
        })
        .await;
        Self { desk, keys, authority }
    }

    /// The claims of a good token with these roles.
    fn claims(&self, roles: &[&str]) -> Value {
        let now = self.desk.stage.app.clock.now().as_second();
        json!({
            "iss": format!("{}/{TENANT}/v2.0", self.authority),
            "aud": AUDIENCE,
            "tid": TENANT,
            "azp": "5a5a5a5a-0000-4000-8000-000000000001",
            "oid": "5a5a5a5a-0000-4000-8000-000000000002",
            "nbf": now,
            "exp": now + 3_600,
            "roles": roles,
        })
    }

    async fn lists(&self, token: &str) -> Reply {
        self.desk.send(self.desk.keyless(Method::GET, "").bearer_auth(token)).await
    }

    async fn orders(&self, token: &str, name: &str) -> Reply {
        let order = self.desk.keyless(Method::POST, "").header("idempotency-key", name).json(&ring(ADA));
        self.desk.send(order.bearer_auth(token)).await
    }
}

/// The metadata and the keys of a tenant.
async fn entra(keys: &Keys) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let metadata = json!({ "issuer": format!("{base}/{TENANT}/v2.0"), "jwks_uri": format!("{base}/keys") });
    let published = json!(keys.published());
    let metadata =
        warp::path!(String / "v2.0" / ".well-known" / "openid-configuration").map(move |_| warp::reply::json(&metadata));
    let keys = warp::path!("keys").map(move || warp::reply::json(&published));
    tokio::spawn(warp::serve(metadata.or(keys)).incoming(listener).run());
    base
}

#[tokio::test]
async fn a_token_opens_what_its_role_is_for() {
    let office = Office::open().await;
    let _hold = office.desk.stage.hold();
    let (reads, places) = (office.keys.sign(&office.claims(&["Calls.Read"])), office.keys.sign(&office.claims(&["Calls.Place"])));
    assert_eq!(office.lists(&reads).await.status, 200);
    assert_eq!(office.lists(&places).await.status, 200);
    assert_eq!(office.orders(&reads, "1").await.problem(), (403, "not_yours"));
    let id = office.orders(&places, "1").await.id();
    assert_eq!(office.orders(&places, "1").await.id(), id);
    let mut other = office.claims(&["Calls.Place"]);
    other["oid"] = json!("5a5a5a5a-0000-4000-8000-000000000003");
    assert_ne!(office.orders(&office.keys.sign(&other), "1").await.id(), id, "another asker means another call");
    let stop = |token: &str| {
        let switch = office.desk.client.put(format!("{}/api/switches/dial_stop", office.desk.stage.bot_url));
        office.desk.send(switch.bearer_auth(token).json(&json!({ "on": true })))
    };
    assert_eq!(stop(&reads).await.problem(), (403, "not_yours"));
    assert_eq!(stop(&places).await.status, 200);
}

#[tokio::test]
async fn tokens_that_are_not_good_open_nothing() {
    let office = Office::open().await;
    let _hold = office.desk.stage.hold();
    let now = office.desk.stage.app.clock.now().as_second();
    let with = |name: &str, value: Value| {
        let mut claims = office.claims(&["Calls.Place"]);
        claims[name] = value;
        claims
    };
    let sign = |claims: Value| office.keys.sign(&claims);
    let of_another = Keys::generate().unwrap();
    let good = office.claims(&["Calls.Place"]);
    for (what, token, status, kind) in [
        ("no role", sign(with("roles", json!([]))), 403, "not_yours"),
        ("another role", sign(with("roles", json!(["Calls.Initiate.All"]))), 403, "not_yours"),
        ("roles of another shape", sign(with("roles", json!("Calls.Place"))), 401, "closed"),
        ("another audience", sign(with("aud", json!("api://other"))), 401, "closed"),
        ("another issuer", sign(with("iss", json!("https://login.example.com/x/v2.0"))), 401, "closed"),
        (
            "the issuer of another tenant",
            sign(with("iss", json!(format!("https://sts.windows.net/{OTHER_TENANT}/")))),
            401,
            "closed",
        ),
        ("another tenant", sign(with("tid", json!(OTHER_TENANT))), 403, "not_yours"),
        ("too late", sign(with("exp", json!(now - 301))), 401, "closed"),
        ("too early", sign(with("nbf", json!(now + 301))), 401, "closed"),
        ("unsigned", office.keys.forge_unsigned(&good), 401, "closed"),
        ("signed with the public key", office.keys.forge_with_public_key(&good), 401, "closed"),
        ("signed by another", of_another.sign(&good), 401, "closed"),
        ("no token", "hush".to_owned(), 401, "closed"),
    ] {
        assert_eq!(office.lists(&token).await.problem(), (status, kind), "{what}");
        let reply = office.orders(&token, "1").await;
        assert_eq!(reply.problem(), (status, kind), "{what}");
        assert!(!reply.body.to_string().contains(&token), "{what}");
    }
    let first = sign(with("iss", json!(format!("https://sts.windows.net/{TENANT}/"))));
    assert_eq!(office.lists(&first).await.status, 200, "a token of the first version is good too");
    assert_eq!(office.desk.placed().len(), 0);
}

#[tokio::test]
async fn a_key_opens_everything_and_a_token_beside_it_counts() {
    let office = Office::open().await;
    let _hold = office.desk.stage.hold();
    let key = office.desk.stage.api_key.clone();
    let get = |key: Option<&str>, code: &str, token: Option<&str>| {
        let request = office.desk.keyless(Method::GET, code);
        let request = key.into_iter().fold(request, |request, key| request.header("x-functions-key", key));
        office.desk.send(token.into_iter().fold(request, |request, token| request.bearer_auth(token)))
    };
    assert_eq!(get(Some(&key), "", None).await.status, 200);
    assert_eq!(get(None, &format!("?code={key}"), None).await.status, 200);
    assert_eq!(get(None, "", Some(&key)).await.status, 200);
    for (key, code) in [(None, ""), (Some("wrong"), ""), (None, "?code=wrong"), (Some(""), "?code=")] {
        assert_eq!(get(key, code, None).await.problem(), (401, "closed"), "{key:?} {code}");
    }
    let no_role = office.keys.sign(&office.claims(&[]));
    assert_eq!(get(Some(&key), "", Some(&no_role)).await.problem(), (403, "not_yours"), "the key does not make up for the token");
}
