//! A collector stand-in: OTLP over HTTP on loopback.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{AnyValue, KeyValue, any_value::Value},
    metrics::v1::{AggregationTemporality, metric::Data, number_data_point},
    trace::v1::Span,
};
use prost::Message;
use tokio::net::TcpListener;
use warp::{Filter, Reply, http::StatusCode, hyper::body::Bytes, reply::Response};

/// How it treats whoever sends something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It takes it.
    Takes,
    /// It never answers.
    Hangs,
    /// It answers what is no answer.
    TalksRubbish,
    /// It answers 503.
    Refuses,
}

/// A span, and of which process it is.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) instance: String,
    pub(super) span: Span,
}

/// The stand-in.
#[derive(Clone, Default)]
pub(super) struct Standin {
    bodies: Arc<Mutex<Vec<(String, Bytes)>>>,
    keys: Arc<Mutex<Vec<String>>>,
}

impl Standin {
    /// Starts one; yields it with its address.
    pub(super) async fn start(manner: Manner) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let standin = Self::default();
        let taking = standin.clone();
        let route = warp::path!("v1" / String)
            .and(warp::post())
            .and(warp::header::exact("content-type", "application/x-protobuf"))
            .and(warp::header::optional("api-key"))
            .and(warp::body::bytes())
            .then(move |signal, key: Option<String>, body| {
                taking.keys.lock().unwrap().push(key.unwrap_or_default());
                taking.bodies.lock().unwrap().push((signal, body));
                answer(manner)
            });
        tokio::spawn(warp::serve(route).incoming(listener).run());
        (standin, url)
    }

    /// What came, as it came.
    pub(super) fn bodies(&self) -> Vec<Bytes> {
        self.bodies.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    /// What each request had in the header `api-key`.
    pub(super) fn keys(&self) -> Vec<String> {
        self.keys.lock().unwrap().clone()
    }

    /// Every span so far.
    pub(super) fn spans(&self) -> Vec<Told> {
        let bodies = self.bodies.lock().unwrap();
        let requests = bodies.iter().filter(|(signal, _)| signal == "traces");
        let requests = requests.map(|(_, body)| ExportTraceServiceRequest::decode(body.clone()).expect("it is OTLP"));
        let mut told = Vec::new();
        for resource_spans in requests.flat_map(|request| request.resource_spans) {
            let about = attributes(&resource_spans.resource.expect("a process says what it is").attributes);
            assert_eq!(about["service.name"], "switchboard");
            let instance = &about["service.instance.id"];
            let spans = resource_spans.scope_spans.into_iter().flat_map(|scope| scope.spans);
            told.extend(spans.map(|span| Told { instance: instance.clone(), span }));
        }
        told
    }

    /// The sum of a count over all processes and all times, of those with this attribute.
    pub(super) fn sum(&self, name: &str, attribute: (&str, &str)) -> u64 {
        let bodies = self.bodies.lock().unwrap();
        let requests = bodies.iter().filter(|(signal, _)| signal == "metrics");
        let requests = requests.map(|(_, body)| ExportMetricsServiceRequest::decode(body.clone()).expect("it is OTLP"));
        let scopes = requests.flat_map(|request| request.resource_metrics).flat_map(|metrics| metrics.scope_metrics);
        let mut all = 0;
        for metric in scopes.flat_map(|scope| scope.metrics).filter(|metric| metric.name == name) {
            let Some(Data::Sum(sum)) = metric.data else { panic!("{name} is no sum") };
            assert_eq!(sum.aggregation_temporality(), AggregationTemporality::Delta, "{name}");
            let points = sum.data_points.iter();
            let fitting =
                points.filter(|point| attributes(&point.attributes).get(attribute.0).is_some_and(|is| is == attribute.1));
            all += fitting
                .map(|point| match point.value {
                    Some(number_data_point::Value::AsInt(n)) => u64::try_from(n).unwrap(),
                    _ => panic!("{name} counts no whole things"),
                })
                .sum::<u64>();
        }
        all
    }
}

async fn answer(manner: Manner) -> Response {
    match manner {
        Manner::Takes => StatusCode::OK.into_response(),
        Manner::Refuses => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Manner::TalksRubbish => warp::reply::with_status(vec![0xff; 100_000], StatusCode::OK).into_response(),
        Manner::Hangs => {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            StatusCode::OK.into_response()
        }
    }
}

/// Attributes, each as text.
pub(super) fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    attributes.iter().map(|attribute| (attribute.key.clone(), text(attribute.value.as_ref()))).collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(n)) => n.to_string(),
        other => panic!("not expected as an attribute: {other:?}"),
    }
}
