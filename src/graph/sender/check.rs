//! The check of one post.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;

use super::refusal::Refusal;
use crate::{
    clock::Clock,
    signed::{self, NoKeys, Signed, bearer},
};

/// Who may post.
#[derive(Debug, Clone)]
pub struct SenderOptions {
    /// The bot's application id: the audience of every token.
    pub app_id: String,
    /// Who may issue tokens, exactly as they write themselves.
    pub issuers: Vec<String>,
    /// The OpenID metadata that leads to the platform's keys.
    pub metadata_url: String,
    /// The ids of the tenants that are served.
    pub allowed_tenants: Vec<String>,
}

/// A post that is from the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The tenant whose call it is about, in lower case.
    pub tenant: String,
}

/// Checks the senders of posts.
pub struct Sender {
    tokens: Signed<Checked>,
    allowed_tenants: HashSet<String>,
}

impl Sender {
    /// A check that has no keys yet; it fetches them when the first token comes, or at [`Sender::warm`].
    pub fn new(options: SenderOptions, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        let allowed_tenants = options.allowed_tenants.iter().map(|tenant| tenant.to_ascii_lowercase()).collect();
        let tokens = signed::Options {
            issuers: options.issuers,
            audiences: vec![options.app_id.to_ascii_lowercase(), options.app_id],
            metadata_url: options.metadata_url,
        };
        Self { tokens: Signed::new(tokens, http, clock), allowed_tenants }
    }

    /// Fetches the platform's keys now, so that the first post need not wait for them.
    ///
    /// # Errors
    /// [`NoKeys`] where they cannot be had; the next post tries again.
    pub async fn warm(&self) -> Result<(), NoKeys> {
        self.tokens.warm().await
    }

    /// Checks the `Authorization` header of a post.
    ///
    /// # Errors
    /// [`Refusal`], which knows the HTTP status to answer with.
    pub async fn check(&self, authorization: Option<&str>) -> Result<Checked, Refusal> {
        let token = authorization.and_then(bearer).ok_or(Refusal::Unsigned)?;
        self.tokens.check(token, |claims| self.allowed_tenant(claims)).await
    }

    fn allowed_tenant(&self, claims: Claims) -> Result<Checked, Refusal> {
        let named = claims.tid.or(claims.tenant_id).filter(|tenant| !tenant.is_empty());
        let tenant = named.ok_or(Refusal::NoTenant)?.to_ascii_lowercase();
        if self.allowed_tenants.contains(&tenant) { Ok(Checked { tenant }) } else { Err(Refusal::ForeignTenant) }
    }
}

/// What is read of a token, beside what every token has.
#[derive(Deserialize)]
struct Claims {
    tid: Option<String>,
    #[serde(rename = "http://schemas.microsoft.com/identity/claims/tenantid")]
    tenant_id: Option<String>,
}
