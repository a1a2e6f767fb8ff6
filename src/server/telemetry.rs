//! Where traces and metrics go, opened as the settings say. Nothing is connected to yet.

use std::sync::Arc;

use azure_core::http::Transport;
use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;

use super::StartError;
use crate::{
    app::random_bits,
    azure::managed_identity,
    config,
    telemetry::{ApplicationInsights, Collector, Destination, Telemetry, Writer},
};

/// Opens telemetry; it is off where the settings name no place for it.
pub(super) fn open(settings: &config::Telemetry, http: &reqwest::Client) -> Result<Telemetry, StartError> {
    let resource = resource();
    let mut destinations: Vec<Box<dyn Destination>> = Vec::new();
    if let Some(insights) = &settings.application_insights {
        destinations.push(Box::new(application_insights(insights, http, &resource)?));
    }
    if let Some(config::Collector { endpoint, headers }) = &settings.collector {
        let (traces, metrics) = (endpoint.join("v1/traces"), endpoint.join("v1/metrics"));
        destinations.push(Box::new(Collector::new(traces, metrics, headers.clone(), endpoint.is_loopback(), &resource)));
    }
    Ok(Telemetry::to(destinations, resource))
}

/// What this process is: <https://opentelemetry.io/docs/specs/semconv/resource/#service>
fn resource() -> Resource {
    let instance = format!("{:032x}", random_bits());
    let attributes = [
        KeyValue::new("service.name", "switchboard"),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", instance),
    ];
    Resource::builder_empty().with_attributes(attributes).build()
}

/// Who shows a token writes by 2.1 of the protocol, as Microsoft's own exporters do; it takes those who show none as well.
fn application_insights(
    insights: &config::ApplicationInsights,
    http: &reqwest::Client,
    resource: &Resource,
) -> Result<ApplicationInsights, StartError> {
    let writer = |writer: &config::Writer| {
        let credential = managed_identity(writer.client_id.clone(), Transport::new(Arc::new(http.clone())));
        let scope = format!("{}/.default", insights.audience);
        credential.map(|credential| Writer { credential, scope })
    };
    let writer = insights.writer.as_ref().map(writer).transpose().map_err(StartError::Writer)?;
    let (track, is_here) = (insights.ingestion.join("v2.1/track"), insights.ingestion.is_loopback());
    let opened = ApplicationInsights::new(&insights.instrumentation_key, track, is_here, writer, resource);
    opened.map_err(|error| StartError::Insights(error.to_string()))
}
