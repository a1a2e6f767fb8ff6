//! Who is let in.

use serde_json::{Value, json};
use switchboard::{simulator::keys::Keys, stage::TENANT};

use super::{Door, batch, call_id, ring};

const LONG_NAME: &str = "http://schemas.microsoft.com/identity/claims/tenantid";

/// The status that a ring gets with a token, and whether it took effect.
async fn ring_with(token: impl FnOnce(&Door) -> Option<String>) -> (u16, bool) {
    let door = Door::open().await;
    let token = token(&door);
    let id = call_id(1);
    let status = door.post_as(token.as_deref(), "/api/notifications", batch(&[ring(&id)])).await;
    (status, door.call(&id).await.is_some())
}

/// The same with honest claims of which one is changed, signed with the platform's key.
async fn ring_claiming(name: &str, value: Value) -> (u16, bool) {
    ring_with(|door| {
        let mut claims = door.claims();
        claims[name] = value;
        Some(door.stage.teams.keys().sign(&claims))
    })
    .await
}

const TAKEN: (u16, bool) = (202, true);
const STRANGER: (u16, bool) = (401, false);
const FORBIDDEN: (u16, bool) = (403, false);

#[tokio::test]
async fn an_honest_token_is_taken() {
    assert_eq!(ring_with(|door| Some(door.token())).await, TAKEN);
}

#[tokio::test]
async fn a_tenant_under_its_long_name_is_taken() {
    let token = |door: &Door| {
        let mut claims = door.claims();
        claims.as_object_mut().unwrap().remove("tid");
        claims[LONG_NAME] = json!(TENANT);
        Some(door.stage.teams.keys().sign(&claims))
    };
    assert_eq!(ring_with(token).await, TAKEN);
}

#[tokio::test]
async fn a_key_published_after_the_start_is_taken() {
    let door = Door::open().await;
    // Making a key keeps this thread, and so the platform on it, from answering for a while. So the bot knows the first keys by now: it
    // would give up waiting for them, and rightly take nothing for a second.
    assert_eq!(door.post(batch(&[ring(&call_id(1))])).await, 202);
    door.stage.teams.rotate_keys(true).unwrap();
    assert_eq!(door.post(batch(&[ring(&call_id(2))])).await, 202);
    assert!(door.call(&call_id(2)).await.is_some());
}

#[tokio::test]
async fn an_unsigned_post_is_turned_away() {
    assert_eq!(ring_with(|_| None).await, STRANGER);
}

#[tokio::test]
async fn a_forged_signature_is_turned_away() {
    let token = |door: &Door| {
        let token = door.token();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        Some(format!("{signed}.{first}{}", &signature[1..]))
    };
    assert_eq!(ring_with(token).await, STRANGER);
}

#[tokio::test]
async fn claims_changed_after_signing_are_turned_away() {
    let token = |door: &Door| {
        let honest = door.token();
        let mut claims = door.claims();
        claims["serviceurl"] = json!("https://example.org");
        let other = door.stage.teams.keys().sign(&claims);
        let (others, _) = other.rsplit_once('.').unwrap();
        Some(format!("{others}.{}", honest.rsplit_once('.').unwrap().1))
    };
    assert_eq!(ring_with(token).await, STRANGER);
}

#[tokio::test]
async fn a_key_that_is_not_published_is_turned_away() {
    assert_eq!(ring_with(|door| Some(Keys::generate().unwrap().sign(&door.claims()))).await, STRANGER);
}

#[tokio::test]
async fn an_expired_token_is_turned_away() {
    let an_hour_ago = jiff::Timestamp::now().as_second() - 3_600;
    assert_eq!(ring_claiming("exp", json!(an_hour_ago)).await, STRANGER);
}

#[tokio::test]
async fn a_token_of_tomorrow_is_turned_away() {
    let tomorrow = jiff::Timestamp::now().as_second() + 86_400;
    assert_eq!(ring_claiming("nbf", json!(tomorrow)).await, STRANGER);
}

#[tokio::test]
async fn a_token_for_another_application_is_turned_away() {
    assert_eq!(ring_claiming("aud", json!("0d9c8b7a-6f5e-4d3c-8b2a-1f0e9d8c7b6a")).await, STRANGER);
}

#[tokio::test]
async fn a_token_from_another_issuer_is_turned_away() {
    assert_eq!(ring_claiming("iss", json!("https://api.botframework.example")).await, STRANGER);
}

#[tokio::test]
async fn a_token_of_algorithm_none_is_turned_away() {
    assert_eq!(ring_with(|door| Some(door.stage.teams.keys().forge_unsigned(&door.claims()))).await, STRANGER);
}

#[tokio::test]
async fn a_token_signed_with_the_public_key_as_secret_is_turned_away() {
    assert_eq!(ring_with(|door| Some(door.stage.teams.keys().forge_with_public_key(&door.claims()))).await, STRANGER);
}

#[tokio::test]
async fn what_is_no_token_is_turned_away() {
    for text in ["", ".", "..", "a.b.c", "🦀", "e30.e30.e30"] {
        assert_eq!(ring_with(|_| Some(text.to_owned())).await, STRANGER, "{text}");
    }
}

#[tokio::test]
async fn a_foreign_tenant_is_forbidden() {
    assert_eq!(ring_claiming("tid", json!("9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d")).await, FORBIDDEN);
}

#[tokio::test]
async fn a_token_without_a_tenant_is_forbidden() {
    let token = |door: &Door| {
        let mut claims = door.claims();
        claims.as_object_mut().unwrap().retain(|name, _| name != "tid" && name != LONG_NAME);
        Some(door.stage.teams.keys().sign(&claims))
    };
    assert_eq!(ring_with(token).await, FORBIDDEN);
}

#[tokio::test]
async fn who_was_let_in_once_is_not_let_in_after_the_token_has_expired() {
    let door = Door::open().await;
    let token = door.token();
    let post = async |id: &str| door.post_as(Some(&token), "/api/notifications", batch(&[ring(id)])).await;
    assert_eq!(post(&call_id(1)).await, 202);
    let clock = &door.stage.app.clock;
    let _held = clock.sleep_until(clock.now() + jiff::SignedDuration::from_hours(2)).await;
    assert_eq!(post(&call_id(2)).await, 401);
}
