use serde_json::json;

use super::{APP, TENANT, ask_token, credentials, simulator};

#[tokio::test]
async fn the_right_secret_is_worth_an_access_token_of_an_hour() {
    let simulator = simulator().await;
    let (status, body) = ask_token(simulator.base_url(), TENANT, &credentials()).await;
    assert_eq!((status, &body["expires_in"]), (200, &json!(3_599)));
    assert_eq!(body["token_type"], "Bearer");
    let (_, other) = ask_token(simulator.base_url(), TENANT, &credentials()).await;
    assert_ne!(body["access_token"], other["access_token"]);
}

#[tokio::test]
async fn what_is_wrong_in_a_token_request_is_named_by_entras_number() {
    let simulator = simulator().await;
    let cases = [
        ("grant_type", Some("password"), 400, "unsupported_grant_type", 70_003),
        ("client_id", Some("another app"), 400, "unauthorized_client", 700_016),
        ("scope", Some("https://graph.microsoft.com/User.Read"), 400, "invalid_scope", 1_002_012),
        ("scope", None, 400, "invalid_scope", 1_002_012),
        ("client_secret", Some("wrong"), 401, "invalid_client", 7_000_215),
        ("client_secret", None, 401, "invalid_client", 7_000_218),
    ];
    for (name, value, status, error, code) in cases {
        let mut form = credentials();
        form.retain(|(field, _)| *field != name);
        form.extend(value.map(|value| (name, value)));
        let (answered, body) = ask_token(simulator.base_url(), TENANT, &form).await;
        assert_eq!((answered, &body["error"]), (status, &json!(error)), "{name}");
        assert_eq!(body["error_codes"], json!([code]));
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
    }
}

#[tokio::test]
async fn an_assertion_serves_in_place_of_a_secret_if_it_is_announced_and_a_token() {
    let simulator = simulator().await;
    let assertion = simulator.keys().sign(&json!({ "sub": APP }));
    let bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let cases = [(bearer, assertion.as_str(), 200), (bearer, "no token", 401), ("", assertion.as_str(), 401)];
    for (kind, assertion, expected) in cases {
        let mut form = credentials();
        form.retain(|(field, _)| *field != "client_secret");
        form.extend([("client_assertion_type", kind), ("client_assertion", assertion)]);
        let (status, body) = ask_token(simulator.base_url(), TENANT, &form).await;
        assert_eq!(status, expected, "{body}");
    }
}
