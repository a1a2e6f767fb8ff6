//! A collector of OpenTelemetry: OTLP over HTTP, as protobuf. <https://opentelemetry.io/docs/specs/otlp/#otlphttp>

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry_proto::{
    tonic::collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    transform::{common::tonic::ResourceAttributesWithSchema, trace::tonic::group_spans_by_resource_and_scope},
};
use opentelemetry_sdk::{Resource, metrics::data::ResourceMetrics, trace::SpanData};
use prost::Message;
use reqwest::{
    Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};

use super::{
    exporting::{Destination, NotSent},
    way::Way,
};

/// A collector.
pub struct Collector {
    traces: Url,
    metrics: Url,
    headers: HeaderMap,
    resource: ResourceAttributesWithSchema,
    way: Way,
}

impl Collector {
    /// The collector that takes traces and metrics of a program at these addresses, with these headers on each request.
    pub fn new(traces: Url, metrics: Url, headers: HeaderMap, is_on_this_machine: bool, resource: &Resource) -> Self {
        Self { traces, metrics, headers, resource: resource.into(), way: Way::new(is_on_this_machine) }
    }

    async fn post(&self, url: &Url, message: impl Message) -> Result<(), NotSent> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        match self.way.post(url, headers, Bytes::from(message.encode_to_vec())).await? {
            (status, _) if status.is_success() => Ok(()),
            (status, _) => Err(NotSent(format!("it answers {}", status.as_u16()))),
        }
    }
}

#[async_trait]
impl Destination for Collector {
    fn name(&self) -> &'static str {
        "the collector at OTEL_EXPORTER_OTLP_ENDPOINT"
    }

    async fn send(&self, spans: &[SpanData], metrics: Option<&ResourceMetrics>) -> Result<(), NotSent> {
        if !spans.is_empty() {
            let resource_spans = group_spans_by_resource_and_scope(spans.to_vec(), &self.resource);
            self.post(&self.traces, ExportTraceServiceRequest { resource_spans }).await?;
        }
        match metrics {
            Some(metrics) => self.post(&self.metrics, ExportMetricsServiceRequest::from(metrics)).await,
            None => Ok(()),
        }
    }
}
