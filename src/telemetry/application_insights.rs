//! Application Insights, by its own protocol. A resource that knows identities only is shown a token.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use bytes::Bytes;
use opentelemetry_application_insights::Exporter;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_sdk::{
    Resource,
    metrics::{data::ResourceMetrics, exporter::PushMetricExporter},
    trace::{SpanData, SpanExporter},
};
use reqwest::{
    Url,
    header::{AUTHORIZATION, HeaderValue},
};

use super::{
    exporting::{Destination, NotSent},
    way::Way,
};

/// Application Insights.
pub struct ApplicationInsights {
    exporter: Exporter<Upload>,
}

/// Who writes, where the resource asks.
#[derive(Debug)]
pub struct Writer {
    /// What gives tokens.
    pub credential: Arc<dyn TokenCredential>,
    /// What they are for.
    pub scope: String,
}

/// Puts what the exporter has written where the resource takes it.
#[derive(Debug)]
struct Upload {
    track: Url,
    writer: Option<Writer>,
    way: Way,
}

impl ApplicationInsights {
    /// The resource with this instrumentation key, which takes what is written at `track`.
    ///
    /// # Errors
    /// [`NotSent`] where the key is none.
    pub fn new(
        key: &str,
        track: Url,
        is_on_this_machine: bool,
        writer: Option<Writer>,
        resource: &Resource,
    ) -> Result<Self, NotSent> {
        let upload = Upload { track, writer, way: Way::new(is_on_this_machine) };
        let exporter = Exporter::new_from_connection_string(format!("InstrumentationKey={key}"), upload);
        let mut exporter = exporter.map_err(|_| NotSent("the instrumentation key is none".to_owned()))?;
        exporter.set_resource(resource);
        Ok(Self { exporter })
    }
}

#[async_trait]
impl Destination for ApplicationInsights {
    fn name(&self) -> &'static str {
        "Application Insights"
    }

    async fn send(&self, spans: &[SpanData], metrics: Option<&ResourceMetrics>) -> Result<(), NotSent> {
        if !spans.is_empty() {
            SpanExporter::export(&self.exporter, spans.to_vec()).await.map_err(|error| NotSent(error.to_string()))?;
        }
        match metrics {
            Some(metrics) => {
                PushMetricExporter::export(&self.exporter, metrics).await.map_err(|error| NotSent(error.to_string()))
            }
            None => Ok(()),
        }
    }
}

#[async_trait]
impl HttpClient for Upload {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        if let Some(Writer { credential, scope }) = &self.writer {
            // What the identity's endpoint answers may hold anything: it is not told.
            let token = credential.get_token(&[scope], None).await.map_err(|_| "the identity gives no token")?;
            let mut token =
                HeaderValue::from_str(&format!("Bearer {}", token.token.secret())).map_err(|_| "the token is none")?;
            token.set_sensitive(true);
            headers.insert(AUTHORIZATION, token);
        }
        let (status, answer) = self.way.post(&self.track, headers, body).await?;
        Ok(Response::builder().status(status).body(answer)?)
    }
}
