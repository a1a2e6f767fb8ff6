//! How the platform's keys are come by.

use super::*;

#[tokio::test]
async fn an_unknown_key_is_looked_for_once_a_minute() {
    let bench = Bench::new().await;
    bench.check_key(&KEYS[0]).await.unwrap();
    for _ in 0..3 {
        assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    }
    bench.clock.pass(MINUTE - 1);
    assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    assert_eq!(bench.fetches(), 2);
    bench.clock.pass(1);
    for _ in 0..3 {
        assert_eq!(bench.check_key(&KEYS[1]).await, Err(Refusal::UnknownKey));
    }
    assert_eq!(bench.fetches(), 3);
}

#[tokio::test]
async fn a_new_key_is_taken_though_the_keys_were_fetched_just_now() {
    let bench = Bench::new().await;
    bench.sender.warm().await.unwrap();
    for (fetches, key) in [(2, &KEYS[1]), (3, &KEYS[0])] {
        bench.publish(&[key.published()]);
        assert_eq!(bench.check_key(key).await.as_deref(), Ok(TENANT));
        assert_eq!(bench.fetches(), fetches);
    }
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
    assert_eq!(bench.fetches(), 3);
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
    assert!(bench.fetches() <= 2, "one for those whose key is published, one for the others");
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
