//! Signs requests with a storage account's key: each with a shared access signature of its own, good for some minutes and for
//! what the account is used for here. <https://learn.microsoft.com/rest/api/storageservices/create-account-sas>

use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use azure_core::http::{
    Context, Request, UrlExt,
    policies::{Policy, PolicyResult},
};
use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// How long a signature is good. Machines' clocks differ, so it says nothing of when it begins.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The version of the signature's form. <https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services>
const VERSION: &str = "2022-11-02";

/// A service of a storage account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Blobs.
    Blobs,
    /// Queues.
    Queues,
}

/// A storage account's key, for one of its services.
pub struct Signing {
    account: String,
    service: Service,
    key: hmac::Key,
    protocols: &'static str,
    clock: Arc<dyn Clock>,
}

impl Signing {
    /// Signs for a service of the account with this name and key. Where that is on this machine, it may be spoken to without TLS.
    pub fn new(account: &str, service: Service, key: &[u8], is_loopback: bool, clock: Arc<dyn Clock>) -> Self {
        let protocols = if is_loopback { "https,http" } else { "https" };
        Self { account: account.to_owned(), service, key: hmac::Key::new(hmac::HMAC_SHA256, key), protocols, clock }
    }

    /// The parameters that let a request in: for queues or containers, and for what is in them.
    fn signature(&self, now: Timestamp) -> [(&'static str, String); 7] {
        let expiry = now.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (services, resources, permissions) = (self.service.letter(), "co", self.service.permissions());
        // Its lines are those that have no parameter here, too: start, address, encryption scope.
        let signed =
            format!("{}\n{permissions}\n{services}\n{resources}\n\n{expiry}\n\n{}\n{VERSION}\n\n", self.account, self.protocols);
        let signature = BASE64.encode(hmac::sign(&self.key, signed.as_bytes()).as_ref());
        [
            ("sv", VERSION.to_owned()),
            ("ss", services.to_owned()),
            ("srt", resources.to_owned()),
            ("sp", permissions.to_owned()),
            ("se", expiry),
            ("spr", self.protocols.to_owned()),
            ("sig", signature),
        ]
    }
}

impl Service {
    fn letter(self) -> &'static str {
        match self {
            Self::Blobs => "b",
            Self::Queues => "q",
        }
    }

    /// Blobs: read, write, delete, create. Queues: read, add, create, update, process. Not the account's settings, nor who may do what.
    fn permissions(self) -> &'static str {
        match self {
            Self::Blobs => "rwdc",
            Self::Queues => "racup",
        }
    }
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing").field("account", &self.account).finish_non_exhaustive()
    }
}

#[async_trait]
impl Policy for Signing {
    async fn send(&self, context: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let mut query = request.url_mut().query_builder();
        for (name, value) in self.signature(self.clock.now()) {
            query.set_pair(name, value);
        }
        query.build();
        match next {
            [first, rest @ ..] => first.send(context, request, rest).await,
            [] => Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Other, "nothing sends the request")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    /// Worked out apart from this program, by Python's `hmac`.
    #[test]
    fn a_signature_is_what_the_account_works_out_itself() {
        let signing = Signing::new("ivrstore", Service::Queues, b"a key of an invented account", false, Arc::new(SystemClock));
        let [version, .., expiry, protocols, signature] = signing.signature("2031-05-04T10:00:00.75Z".parse().unwrap());
        assert_eq!(version, ("sv", "2022-11-02".to_owned()));
        assert_eq!(expiry, ("se", "2031-05-04T10:05:00Z".to_owned()));
        assert_eq!(protocols, ("spr", "https".to_owned()));
        assert_eq!(signature, ("sig", "db93OJGwjyHXJuWjHHtKzhPZKDOnJsve1ce4PDxNeyg=".to_owned()));
    }
}
