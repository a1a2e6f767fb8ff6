//! One token after the other.

use super::*;

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
