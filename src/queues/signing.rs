//! Signs requests with a storage account's key: each with a shared access signature of its own, good for some minutes and for
//! what queues are used for here. <https://learn.microsoft.com/rest/api/storageservices/create-account-sas>

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

/// Read, add, create, update and process: not the account's settings, nor who may do what.
const PERMISSIONS: &str = "racup";

/// A storage account's key.
pub(super) struct Signing {
    account: String,
    key: hmac::Key,
    protocols: &'static str,
    clock: Arc<dyn Clock>,
}

impl Signing {
    pub(super) fn new(account: &str, key: &[u8], is_loopback: bool, clock: Arc<dyn Clock>) -> Self {
        let protocols = if is_loopback { "https,http" } else { "https" };
        Self { account: account.to_owned(), key: hmac::Key::new(hmac::HMAC_SHA256, key), protocols, clock }
    }

    /// The parameters that let a request in: for queues, and for what is in them.
    fn signature(&self, now: Timestamp) -> [(&'static str, String); 7] {
        let expiry = now.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (services, resources) = ("q", "co");
        // Its lines are those that have no parameter here, too: start, address, encryption scope.
        let signed =
            format!("{}\n{PERMISSIONS}\n{services}\n{resources}\n\n{expiry}\n\n{}\n{VERSION}\n\n", self.account, self.protocols);
        let signature = BASE64.encode(hmac::sign(&self.key, signed.as_bytes()).as_ref());
        [
            ("sv", VERSION.to_owned()),
            ("ss", services.to_owned()),
            ("srt", resources.to_owned()),
            ("sp", PERMISSIONS.to_owned()),
            ("se", expiry),
            ("spr", self.protocols.to_owned()),
            ("sig", signature),
        ]
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
        let signing = Signing::new("ivrstore", b"a key of an invented account", false, Arc::new(SystemClock));
        let [version, .., expiry, protocols, signature] = signing.signature("2031-05-04T10:00:00.75Z".parse().unwrap());
        assert_eq!(version, ("sv", "2022-11-02".to_owned()));
        assert_eq!(expiry, ("se", "2031-05-04T10:05:00Z".to_owned()));
        assert_eq!(protocols, ("spr", "https".to_owned()));
        assert_eq!(signature, ("sig", "db93OJGwjyHXJuWjHHtKzhPZKDOnJsve1ce4PDxNeyg=".to_owned()));
    }
}
