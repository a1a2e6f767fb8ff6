//! Where traces and metrics go.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{
    base_url::BaseUrl,
    connection_string::find,
    reader::{Reader, guid},
};

/// What tokens for Application Insights are for, in the global cloud.
const AUDIENCE: &str = "https://monitor.azure.com";

/// Where traces and metrics go: nowhere, unless something is set.
#[derive(Debug, Clone, Default)]
pub struct Telemetry {
    /// Application Insights.
    pub application_insights: Option<ApplicationInsights>,
    /// A collector of OpenTelemetry.
    pub collector: Option<Collector>,
}

/// An Application Insights resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationInsights {
    /// Where it takes what it is sent.
    pub ingestion: BaseUrl,
    /// Which resource it is: a GUID. It opens nothing where the resource knows identities only.
    pub instrumentation_key: String,
    /// What tokens for it are for, without a slash at the end.
    pub audience: String,
    /// Who writes; `None` where anyone may who knows the key.
    pub writer: Option<Writer>,
}

/// The identity that Azure gives the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The client id of a user-assigned one; the app's own where there is none.
    pub client_id: Option<String>,
}

/// A collector of OpenTelemetry, by OTLP over HTTP.
#[derive(Debug, Clone)]
pub struct Collector {
    /// The address before `/v1/traces` and `/v1/metrics`.
    pub endpoint: BaseUrl,
    /// What each request carries, such as a key. The values do not print.
    pub headers: HeaderMap,
}

impl Telemetry {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let insights = reader.optional("APPLICATIONINSIGHTS_CONNECTION_STRING", ApplicationInsights::parse);
        let writer = reader.optional("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", Writer::parse);
        let endpoint = reader.optional("OTEL_EXPORTER_OTLP_ENDPOINT", BaseUrl::parse);
        let headers = reader.optional("OTEL_EXPORTER_OTLP_HEADERS", parse_headers).unwrap_or_default();
        Self {
            application_insights: insights.map(|insights| ApplicationInsights { writer, ..insights }),
            collector: endpoint.map(|endpoint| Collector { endpoint, headers }),
        }
    }
}

impl ApplicationInsights {
    /// Reads a connection string: <https://learn.microsoft.com/azure/azure-monitor/app/connection-strings>
    fn parse(text: &str) -> Result<Self, String> {
        let key = find(text, "InstrumentationKey").ok_or("has no InstrumentationKey: copy it whole")?;
        let instrumentation_key = guid(key).map_err(|fault| format!("has an InstrumentationKey that {fault}"))?;
        let ingestion = find(text, "IngestionEndpoint").ok_or("has no IngestionEndpoint: copy it whole")?;
        let ingestion = BaseUrl::parse(ingestion).map_err(|fault| format!("has an IngestionEndpoint that {fault}"))?;
        let audience = find(text, "AADAudience").unwrap_or(AUDIENCE).trim_end_matches('/').to_owned();
        Ok(Self { ingestion, instrumentation_key, audience, writer: None })
    }
}

impl Writer {
    /// Reads what the Functions host reads:
    /// <https://learn.microsoft.com/azure/azure-functions/functions-app-settings#applicationinsights_authentication_string>
    fn parse(text: &str) -> Result<Self, String> {
        if !find(text, "Authorization").is_some_and(|by| by.eq_ignore_ascii_case("AAD")) {
            return Err("does not say Authorization=AAD".to_owned());
        }
        let client_id = find(text, "ClientId").map(guid).transpose().map_err(|fault| format!("has a ClientId that {fault}"))?;
        Ok(Self { client_id })
    }
}

/// Reads `name=value,name=value`, the values percent-encoded where they must be.
/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables>
fn parse_headers(text: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (n, pair) in text.split(',').map(str::trim).enumerate() {
        let fault = || format!("has an item {} that is not name=value", n + 1);
        let (name, value) = pair.split_once('=').ok_or_else(fault)?;
        let name: HeaderName = name.trim().parse().map_err(|_| fault())?;
        let mut value = HeaderValue::from_bytes(&decoded(value.trim())).map_err(|_| fault())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

/// `%20` and its like as what they stand for; what only looks alike stays.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, more @ ..] = rest {
        let byte = match rest {
            [b'%', high, low, ..] => data_encoding::HEXUPPER_PERMISSIVE.decode(&[*high, *low]).ok(),
            _ => None,
        };
        rest = if byte.is_some() { &rest[3..] } else { more };
        bytes.extend(byte.unwrap_or_else(|| vec![*first]));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "1d2e3f40-5162-4738-8495-a6b7c8d9e0f1";

    #[test]
    fn a_connection_string_is_read_as_the_portal_writes_it() {
        let text = format!(
            "InstrumentationKey={KEY};IngestionEndpoint=https://eu-5.in.example.com/;LiveEndpoint=https://x.example.com/"
        );
        let insights = ApplicationInsights::parse(&text).unwrap();
        assert_eq!(insights.ingestion.as_str(), "https://eu-5.in.example.com");
        assert_eq!((insights.instrumentation_key.as_str(), insights.audience.as_str()), (KEY, AUDIENCE));
        let elsewhere = ApplicationInsights::parse(&format!("{text};AADAudience=https://monitor.azure.us/")).unwrap();
        assert_eq!(elsewhere.audience, "https://monitor.azure.us");
    }

    #[test]
    fn what_is_wrong_with_it_is_said_without_it() {
        for (text, said) in [
            ("hush", "no InstrumentationKey"),
            ("InstrumentationKey=hush", "not a GUID"),
            (&format!("InstrumentationKey={KEY}"), "no IngestionEndpoint"),
            (&format!("InstrumentationKey={KEY};IngestionEndpoint=http://hush.example.com"), "use https"),
        ] {
            let fault = ApplicationInsights::parse(text).unwrap_err();
            assert!(fault.contains(said) && !fault.contains("hush"), "{fault}");
        }
    }

    #[test]
    fn the_identity_that_writes_is_the_one_that_the_host_writes_with() {
        assert_eq!(Writer::parse("Authorization=AAD"), Ok(Writer { client_id: None }));
        let user_assigned = Writer::parse(&format!("ClientId={KEY};Authorization=AAD"));
        assert_eq!(user_assigned, Ok(Writer { client_id: Some(KEY.to_owned()) }));
        assert!(Writer::parse("ClientId=x;Authorization=AAD").unwrap_err().contains("not a GUID"));
        assert!(Writer::parse("Authorization=ikey").is_err());
    }

    #[test]
    fn headers_are_decoded_and_do_not_print() {
        let headers = parse_headers("api-key=hush, authorization = Basic%20aHVzaA==").unwrap();
        assert_eq!((headers["api-key"].as_bytes(), headers["authorization"].as_bytes()), (&b"hush"[..], &b"Basic aHVzaA=="[..]));
        assert!(!format!("{headers:?}").contains("hush"));
        for text in ["hush", "a=1,hush", "a b=hush", "a=hush%0A"] {
            assert!(!parse_headers(text).unwrap_err().contains("hush"));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "((InstrumentationKey|Authorization|a)?=?[a-z:/=+;,%0-9]{0,9};?){0,5}") {
            let _ = (ApplicationInsights::parse(&text), Writer::parse(&text), parse_headers(&text));
        }
    }
}
