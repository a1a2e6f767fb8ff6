//! Nothing secret is told, nor who calls whom.

use std::time::Duration;

use super::{
    standin::{Manner, Standin},
    tree::Tree,
};
use crate::host::{Deployed, SETTINGS_KEY, Terms};

/// The caller's number.
const NUMBER: &str = "+4915123456789";

const CALLER: &str = r#"
caller = { phone = "+4915123456789" }
does = [{ hears = "greeting" }, { hears = "choose", presses = "1", after = "200ms" }, { hears = "goodbye" }]
ends = { by = "bot" }
"#;

/// How long what is told may take to arrive: far more than it does.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);

/// What is found in a text where a call's callback URL is: a dot and the 32 digits that only Graph is told.
fn holds_callback_secret(text: &str) -> bool {
    let is_secret = |after: &str| after.len() >= 32 && after.bytes().take(32).all(|b| b.is_ascii_hexdigit());
    text.split('.').skip(1).any(is_secret)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_no_name_no_token_and_no_callback_is_told() {
    let (standin, url) = Standin::start(Manner::Takes).await;
    let settings =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()), ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=key-of-the-collector")];
    let deployed = Deployed::new(Terms { is_on_cosmos: true, settings: &settings, ..Terms::default() }).await;
    deployed.ready().await;
    let call = deployed.ring_as(CALLER);
    let shown = deployed.rest(&call).await;
    let call = shown["id"].as_str().unwrap();
    let until = tokio::time::Instant::now() + ARRIVES_WITHIN;
    while let Some(flaw) = Tree::of(call, standin.spans()).flaw() {
        assert!(tokio::time::Instant::now() < until, "{flaw}: {shown:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(standin.keys().iter().all(|key| key == "key-of-the-collector"), "{:?}", standin.keys());
    assert!(holds_callback_secret(&format!("https://bot/api/notifications/{call}.{}", "0a".repeat(16))));
    for body in standin.bodies() {
        let text = String::from_utf8_lossy(&body);
        for secret in
            [NUMBER, &NUMBER[1..], SETTINGS_KEY, &deployed.secret, &deployed.key, "key-of-the-collector", "eyJ", "Bearer", "://"]
        {
            assert!(!text.contains(secret), "{secret} is told: {text}");
        }
        assert!(!holds_callback_secret(&text), "the callback is told: {text}");
    }
}
