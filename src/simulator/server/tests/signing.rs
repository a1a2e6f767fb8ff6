use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use reqwest::Client;
use serde_json::Value;

use super::{APP, Running, TENANT, simulator};

async fn get(url: &str) -> Value {
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// What a receiver does that knows only where the metadata is. Times are not compared: they are the simulator's.
async fn accepts(simulator: &Running, token: &str) -> bool {
    let url = format!("{}/.well-known/openid-configuration", simulator.base_url());
    let metadata = get(&url).await;
    assert_eq!(metadata["id_token_signing_alg_values_supported"][0], "RS256");
    let keys = get(metadata["jwks_uri"].as_str().unwrap()).await;
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let Some(key) = keys.find(&kid) else {
        return false;
    };
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_issuer(&[metadata["issuer"].as_str().unwrap()]);
    rules.set_audience(&[APP]);
    rules.validate_exp = false;
    jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules).is_ok()
}

#[tokio::test]
async fn a_receiver_that_reads_the_metadata_accepts_what_is_signed_here_alone() {
    let (here, elsewhere) = (simulator().await, simulator().await);
    let claims = here.claims(TENANT);
    assert!(accepts(&here, &here.keys().sign(&claims)).await);
    assert!(!accepts(&here, &elsewhere.keys().sign(&claims)).await);
}

#[tokio::test]
async fn tokens_are_dated_by_the_simulators_clock() {
    let simulator = simulator().await;
    let claims = simulator.claims(TENANT);
    let noon = super::noon().as_second();
    assert_eq!(claims["nbf"], noon);
    assert_eq!(claims["exp"], noon + 3_600);
    assert_eq!(claims["serviceurl"], simulator.base_url());
}

#[tokio::test]
async fn a_rotation_keeps_the_old_key_published_unless_told_otherwise() {
    let simulator = simulator().await;
    let sign = || simulator.keys().sign(&simulator.claims(TENANT));
    let rotate = |query: &str| {
        let url = format!("{}/simulator/keys/rotate{query}", simulator.base_url());
        Client::new().post(url).send()
    };
    let first = sign();
    assert_eq!(rotate("").await.unwrap().status(), 204);
    let second = sign();
    assert!(accepts(&simulator, &first).await && accepts(&simulator, &second).await);
    assert_eq!(rotate("?keep_old=false").await.unwrap().status(), 204);
    assert!(!accepts(&simulator, &first).await && !accepts(&simulator, &second).await);
    simulator.rotate_keys(true).unwrap();
    assert!(accepts(&simulator, &sign()).await);
}
