//! How the program serves and what it logs.

use tracing::level_filters::LevelFilter;

use super::reader::{Reader, any};

/// How the program serves and what it logs.
#[derive(Debug, Clone)]
pub struct Server {
    /// The port to listen on, on 127.0.0.1; 0 for any that is free.
    pub port: u16,
    /// A Functions host runs the program: only then are the host's own requests (queues, timer) taken.
    pub is_under_host: bool,
    /// From which level on log lines are written.
    pub log_level: LevelFilter,
}

impl Server {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let port = reader.required("FUNCTIONS_CUSTOMHANDLER_PORT", |text| {
            text.parse().map_err(|_| "is not a port: a whole number from 0 to 65535".to_owned())
        });
        let is_under_host = reader.optional("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", any).is_some();
        let log_level = reader.required("LOG_LEVEL", parse_level);
        Some(Self { port: port?, is_under_host, log_level: log_level? })
    }
}

fn parse_level(text: &str) -> Result<LevelFilter, String> {
    match text.to_ascii_lowercase().as_str() {
        "error" => Ok(LevelFilter::ERROR),
        "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        _ => Err("is none of error, warn, info, debug, trace".to_owned()),
    }
}
