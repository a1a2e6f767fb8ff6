//! Who may use `/api/calls`, and what they may do there.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::flow::hash::sha256_hex;

/// Decides who may use `/api/calls`.
pub struct Access {
    /// A Functions host has looked at its key before it passes a request on.
    is_under_host: bool,
    /// Whoever shows this key may do everything, where no host is before us.
    key: Option<SecretString>,
}

/// What a request shows of who makes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown<'a> {
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The header `x-functions-key`, or the parameter `code`: as a Functions host takes its keys.
    pub key: Option<&'a str>,
}

/// Somebody who may use `/api/calls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// By what they are told from others; never a key or a name.
    pub principal: String,
    /// They may place, steer and end calls; else only look at them.
    pub may_place: bool,
}

/// Why somebody may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing was shown that opens it.
    #[error("this is for who sends the key of CALLS_API_KEY in x-functions-key")]
    NoKey,
}

impl Access {
    /// By a host's word, or by a key; closed where there is neither.
    pub fn new(is_under_host: bool, key: Option<SecretString>) -> Self {
        Self { is_under_host, key }
    }

    /// Who makes a request.
    ///
    /// # Errors
    /// [`Refused`], which knows the HTTP status to answer with.
    pub async fn who(&self, shown: Shown<'_>) -> Result<Asker, Refused> {
        let all = |principal| Ok(Asker { principal, may_place: true });
        match (self.is_under_host, shown.key) {
            // The host passes its key on, which is why one asker can be told from another.
            (true, Some(key)) => all(format!("key {}", sha256_hex(key.as_bytes()))),
            (true, None) => all("host".to_owned()),
            (false, key) => match key.or(shown.bearer()).filter(|given| self.is_key(given)) {
                Some(key) => all(format!("key {}", sha256_hex(key.as_bytes()))),
                None => Err(Refused::NoKey),
            },
        }
    }

    fn is_key(&self, given: &str) -> bool {
        let is_same = |key: &SecretString| bool::from(key.expose_secret().as_bytes().ct_eq(given.as_bytes()));
        self.key.as_ref().is_some_and(is_same)
    }
}

impl<'a> Shown<'a> {
    fn bearer(&self) -> Option<&'a str> {
        self.authorization?.strip_prefix("Bearer ")
    }
}
