//! Who may use `/api/calls`, and what they may do there.
//!
//! A token of Entra counts where one is shown (`token`); else a key does.

mod token;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::{
    clock::Clock,
    flow::hash::sha256_hex,
    signed::{Fault, bearer},
};

pub use token::TokenOptions;
use token::Tokens;

/// Decides who may use `/api/calls`.
pub struct Access {
    /// A Functions host has looked at its key before it passes a request on.
    is_under_host: bool,
    /// Whoever shows this key may do everything, where no host is before us.
    key: Option<SecretString>,
    /// How tokens are checked; `None` where none opens anything.
    tokens: Option<Tokens>,
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
    #[error("this is for who sends the key of CALLS_API_KEY in x-functions-key, or a token for CALLS_API_AUDIENCE")]
    NoKey,
    /// A token that is not good.
    #[error("{0}; a token is for CALLS_API_AUDIENCE, and from the bot's home tenant")]
    Token(Fault),
    /// A good token of another tenant.
    #[error("the token is of another tenant than the bot's")]
    ForeignTenant,
    /// A good token of somebody who has no role here.
    #[error("the token has neither the role Calls.Place nor Calls.Read")]
    NoRole,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Token(fault)
    }
}

impl Refused {
    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::ForeignTenant | Self::NoRole => 403,
            Self::Token(Fault::NoKeys(_)) => 503,
            Self::NoKey | Self::Token(_) => 401,
        }
    }
}

impl Access {
    /// By a host's word, or by a key; closed where there is neither.
    pub fn new(is_under_host: bool, key: Option<SecretString>) -> Self {
        Self { is_under_host, key, tokens: None }
    }

    /// The same, by tokens too.
    #[must_use]
    pub fn or_by_token(self, options: TokenOptions, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self { tokens: Some(Tokens::new(options, http, clock)), ..self }
    }

    /// Who makes a request.
    ///
    /// # Errors
    /// [`Refused`], which knows the HTTP status to answer with.
    pub async fn who(&self, shown: Shown<'_>) -> Result<Asker, Refused> {
        let bearer = shown.authorization.and_then(bearer);
        match (&self.tokens, bearer) {
            // The key may be shown as bearer too.
            (_, Some(key)) if !self.is_under_host && self.is_key(key) => Ok(by_key(key)),
            (Some(tokens), Some(token)) => tokens.who(token).await,
            (None, Some(_)) if !self.is_under_host && shown.key.is_none() => Err(Refused::NoKey),
            _ => self.who_by_key(shown.key),
        }
    }

    fn who_by_key(&self, key: Option<&str>) -> Result<Asker, Refused> {
        match (self.is_under_host, key) {
            // The host has looked at it, and passes it on.
            (true, Some(key)) => Ok(by_key(key)),
            (true, None) => Ok(Asker { principal: "host".to_owned(), may_place: true }),
            (false, Some(key)) if self.is_key(key) => Ok(by_key(key)),
            (false, _) => Err(Refused::NoKey),
        }
    }

    fn is_key(&self, given: &str) -> bool {
        let is_same = |key: &SecretString| bool::from(key.expose_secret().as_bytes().ct_eq(given.as_bytes()));
        self.key.as_ref().is_some_and(is_same)
    }
}

fn by_key(key: &str) -> Asker {
    Asker { principal: format!("key {}", sha256_hex(key.as_bytes())), may_place: true }
}
