//! The way to a service.

use std::{sync::Arc, time::Duration};

use azure_core::http::{ClientOptions, FixedRetryOptions, RetryOptions, Transport};
use reqwest::{Client, redirect::Policy};

use crate::config::BaseUrl;

/// How long a connection is kept that nobody uses. Short, as the machine may be frozen meanwhile and wake with dead ones.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// How often a request is sent again that was not answered, or answered with 429 or 5xx.
const RETRIES: u32 = 2;

/// How long before that.
const RETRY_AFTER: azure_core::time::Duration = azure_core::time::Duration::milliseconds(100);

/// A transport to a service. It follows no redirect, and ignores the environment's proxy where the service is on this machine.
///
/// # Errors
/// Where the system's certificates cannot be read.
pub fn transport(service: &BaseUrl) -> reqwest::Result<Transport> {
    let builder = Client::builder().redirect(Policy::none()).pool_idle_timeout(IDLE_FOR);
    let builder = if service.is_loopback() { builder.no_proxy() } else { builder };
    Ok(Transport::new(Arc::new(builder.build()?)))
}

/// Options of a client on a transport: a request that failed in passing is sent twice more, a tenth of a second apart.
pub fn client_options(transport: Transport) -> ClientOptions {
    let retry =
        RetryOptions::fixed(FixedRetryOptions { delay: RETRY_AFTER, max_retries: RETRIES, ..FixedRetryOptions::default() });
    ClientOptions { transport: Some(transport), retry, ..ClientOptions::default() }
}
