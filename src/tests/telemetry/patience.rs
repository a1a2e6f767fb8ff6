//! A collector that is down, slow or talks rubbish: calls go as ever, and nobody waits.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use reqwest::{Url, header::HeaderMap};
use switchboard::{
    simulator::ledger::Verdict,
    telemetry::{Collector, HURRIED, Telemetry, UNHURRIED},
};

use super::standin::{Manner, Standin};
use crate::host::{Deployed, Terms};

/// Far more than what is not waited for takes, also on a machine that is busy.
const AT_ONCE: Duration = Duration::from_millis(100);

fn telemetry(url: &str) -> Telemetry {
    let about = [KeyValue::new("service.name", "switchboard"), KeyValue::new("service.instance.id", "this one")];
    let (url, resource) = (Url::parse(url).unwrap(), Resource::builder_empty().with_attributes(about).build());
    let (traces, metrics) = (url.join("v1/traces").unwrap(), url.join("v1/metrics").unwrap());
    Telemetry::to(vec![Box::new(Collector::new(traces, metrics, HeaderMap::new(), true, &resource))], resource)
}

/// How long somebody is kept waiting after a turn.
async fn kept_waiting(telemetry: &Telemetry, within: Duration) -> Duration {
    drop(telemetry.doing("a call", || "turn".to_owned()));
    let began = Instant::now();
    telemetry.flush(within).await;
    began.elapsed()
}

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_hangs_is_waited_for_once_and_no_longer_than_it_may() {
    for within in [HURRIED, UNHURRIED] {
        let (standin, url) = Standin::start(Manner::Hangs).await;
        let telemetry = telemetry(&url);
        let first = kept_waiting(&telemetry, within).await;
        assert!(first >= within && first < within + 2 * AT_ONCE, "{first:?}");
        for _ in 0..20 {
            let next = kept_waiting(&telemetry, within).await;
            assert!(next < AT_ONCE, "{next:?}");
        }
        // What would be too much at once waits for its turn, and what cannot wait is lost: nothing piles up.
        assert!(standin.bodies().len() <= 4, "{}", standin.bodies().len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_answers_is_waited_for_so_that_nothing_is_lost_with_the_process() {
    let (standin, url) = Standin::start(Manner::Takes).await;
    let telemetry = telemetry(&url);
    for n in 1..=3 {
        // However long a busy machine takes.
        kept_waiting(&telemetry, Duration::from_secs(20)).await;
        assert_eq!(standin.spans().len(), n);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_collector_does_calls_go_as_ever() {
    let (_hanging, hangs) = Standin::start(Manner::Hangs).await;
    let (_talking, talks) = Standin::start(Manner::TalksRubbish).await;
    let (_refusing, refuses) = Standin::start(Manner::Refuses).await;
    for url in [hangs, talks, refuses, nowhere()] {
        let insights = format!("InstrumentationKey=1d2e3f40-5162-4738-8495-a6b7c8d9e0f1;IngestionEndpoint={url}");
        let settings =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()), ("APPLICATIONINSIGHTS_CONNECTION_STRING", insights.as_str())];
        let deployed = Deployed::new(Terms { settings: &settings, ..Terms::default() }).await;
        let call = deployed.ring();
        let shown = deployed.rest(&call).await;
        let ledger = deployed.teams.ledger(&call).unwrap();
        assert_eq!((&ledger.script, ledger.prompts_again), (&Verdict::Fulfilled, 0), "{url}: {shown:#}");
    }
}

/// Nothing is made ready either: a handler that is told of no collector knows none, not even the usual one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_collector_is_set_nothing_is_told() {
    assert!(!Telemetry::default().is_on());
    assert!(!Telemetry::to(vec![], Resource::builder_empty().build()).is_on());
    assert!(kept_waiting(&Telemetry::default(), UNHURRIED).await < AT_ONCE);
    let usual = TcpListener::bind("127.0.0.1:4318");
    let deployed = Deployed::new(Terms::default()).await;
    let call = deployed.ring();
    deployed.rest(&call).await;
    // Where the usual port is taken, it is by a collector of somebody else.
    if let Ok(usual) = usual {
        usual.set_nonblocking(true).unwrap();
        assert!(usual.accept().is_err(), "something came to the usual collector");
    }
}
