//! Which call a notification is for, and whether it takes it.

use switchboard::call::{Call, Phase};

use super::{Door, batch, call_id, end, is_in, ring, tone};

fn callback(call: &Call) -> String {
    format!("/api/notifications/{}.{}", call.key, call.secret.expose())
}

fn is_ringing(call: &Call) -> bool {
    matches!(call.phase, Phase::Ringing { .. }) && call.owed.is_empty()
}

#[tokio::test]
async fn a_key_on_the_calls_own_url_is_taken() {
    let door = Door::open().await;
    let (id, _held) = door.call_until(is_in("main_menu")).await;
    let url = callback(&door.call(&id).await.unwrap());
    assert_eq!(door.post_as(Some(&door.token()), &url, batch(&[tone(&id, 9, "tone3")])).await, 202);
    assert!(matches!(door.call(&id).await.unwrap().phase, Phase::InStep { step, .. } if step == "voicemail"));
}

#[tokio::test]
async fn a_wrong_secret_is_forbidden_and_changes_nothing() {
    let door = Door::open().await;
    let (id, _held) = door.call_until(is_in("main_menu")).await;
    let call = door.call(&id).await.unwrap();
    let secret = call.secret.expose();
    let last = if secret.ends_with('0') { '1' } else { '0' };
    for wrong in ["0".repeat(32), format!("{}{last}", &secret[..31])] {
        let url = format!("/api/notifications/{}.{wrong}", call.key);
        assert_eq!(door.post_as(Some(&door.token()), &url, batch(&[end(&id)])).await, 403);
    }
    assert_eq!(door.call(&id).await, Some(call));
}

#[tokio::test]
async fn a_url_that_is_none_of_ours_is_refused() {
    let door = Door::open().await;
    let secret = "0".repeat(32);
    let short = format!("c0de.{}", &secret[1..]);
    let long = format!("c0de.0{secret}");
    let odd = [&*short, &*long, "c0de", ".x", "c0de.", &format!(".{secret}"), &format!("a%2Fb.{secret}"), "%00", "🦀"];
    for part in odd {
        let status = door.post_as(Some(&door.token()), &format!("/api/notifications/{part}"), batch(&[])).await;
        assert_eq!(status, 403, "{part}");
    }
    let deeper = format!("/api/notifications/c0de.{secret}/more");
    assert_eq!(door.post_as(Some(&door.token()), &deeper, batch(&[])).await, 404);
}

#[tokio::test]
async fn a_url_of_a_call_that_is_unknown_is_taken_and_forgotten() {
    let door = Door::open().await;
    let url = format!("/api/notifications/c0de.{}", "0".repeat(32));
    assert_eq!(door.post_as(Some(&door.token()), &url, batch(&[end(&call_id(1))])).await, 202);
    assert!(door.call("c0de").await.is_none() && door.call(&call_id(1)).await.is_none());
}

#[tokio::test]
async fn another_calls_id_on_a_calls_url_is_ignored() {
    let door = Door::open().await;
    let (first, held) = door.call_until(is_in("main_menu")).await;
    drop(held);
    let (second, _held) = door.call_until(is_in("main_menu")).await;
    let before = (door.call(&first).await, door.call(&second).await);
    let url = callback(before.0.as_ref().unwrap());
    assert_eq!(door.post_as(Some(&door.token()), &url, batch(&[end(&second)])).await, 202);
    assert_eq!((door.call(&first).await, door.call(&second).await), before);
}

#[tokio::test]
async fn a_ring_on_a_calls_url_begins_no_call() {
    let door = Door::open().await;
    let (id, _held) = door.call_until(is_in("main_menu")).await;
    let url = callback(&door.call(&id).await.unwrap());
    assert_eq!(door.post_as(Some(&door.token()), &url, batch(&[ring(&call_id(7))])).await, 202);
    assert!(door.call(&call_id(7)).await.is_none());
}

#[tokio::test]
async fn without_a_key_a_call_that_rings_is_told_of_its_end() {
    let door = Door::open().await;
    let (id, _held) = door.call_until(is_ringing).await;
    assert_eq!(door.post(batch(&[end(&id)])).await, 202);
    assert!(door.call(&id).await.unwrap().phase.is_over());
}

#[tokio::test]
async fn without_a_key_a_call_that_is_answered_is_told_nothing() {
    let door = Door::open().await;
    let (id, _held) = door.call_until(is_in("main_menu")).await;
    let before = door.call(&id).await;
    assert_eq!(door.post(batch(&[tone(&id, 9, "tone3"), ring(&id), end(&id)])).await, 202);
    assert_eq!(door.call(&id).await, before);
}

#[tokio::test]
async fn without_a_key_an_unknown_call_is_taken_and_forgotten() {
    let door = Door::open().await;
    assert_eq!(door.post(batch(&[tone(&call_id(1), 9, "tone3"), end(&call_id(1))])).await, 202);
    assert!(door.call(&call_id(1)).await.is_none());
}

#[tokio::test]
async fn a_ring_that_is_told_twice_is_one_call() {
    let door = Door::open().await;
    let (id, _held) = door.call_until(is_ringing).await;
    let before = door.call(&id).await;
    assert_eq!(door.post(batch(&[ring(&id)])).await, 202);
    assert_eq!(door.call(&id).await, before);
    assert_eq!(door.stage.teams.ledger(&id).unwrap().answers, 1);
}
