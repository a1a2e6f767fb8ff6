//! Who may use `/api/calls` by a token of Entra: <https://learn.microsoft.com/entra/identity-platform/access-tokens>

use std::sync::Arc;

use serde::Deserialize;

use super::{Asker, Refused};
use crate::{
    clock::Clock,
    signed::{self, Signed},
};

/// The role of whoever may place, steer and end calls.
const PLACE: &str = "Calls.Place";

/// The role of whoever may look at them.
const READ: &str = "Calls.Read";

/// Which tokens open `/api/calls`.
#[derive(Debug, Clone)]
pub struct TokenOptions {
    /// Entra, e.g. `https://login.microsoftonline.com`.
    pub authority: String,
    /// The bot's home tenant, lower case.
    pub tenant: String,
    /// Whom a token must be for.
    pub audience: String,
}

/// Checks tokens.
pub(super) struct Tokens {
    signed: Signed<Asker>,
    tenant: String,
}

impl Tokens {
    pub(super) fn new(options: TokenOptions, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        let TokenOptions { authority, tenant, audience } = options;
        let of_tenant = format!("{authority}/{tenant}/v2.0");
        let tokens = signed::Options {
            metadata_url: format!("{of_tenant}/.well-known/openid-configuration"),
            // An application that was not told otherwise gets tokens of the first version, which another name signs with the same keys.
            issuers: vec![of_tenant, format!("https://sts.windows.net/{tenant}/")],
            audiences: vec![audience],
        };
        Self { signed: Signed::new(tokens, http, clock), tenant }
    }

    /// Whose token it is.
    pub(super) async fn who(&self, token: &str) -> Result<Asker, Refused> {
        self.signed.check(token, |claims| self.asker(&claims)).await
    }

    fn asker(&self, claims: &Claims) -> Result<Asker, Refused> {
        if !claims.tid.as_ref().is_some_and(|tenant| tenant.eq_ignore_ascii_case(&self.tenant)) {
            return Err(Refused::ForeignTenant);
        }
        let has = |role: &str| claims.roles.iter().any(|given| given == role);
        if !has(PLACE) && !has(READ) {
            return Err(Refused::NoRole);
        }
        let application = claims.azp.as_ref().or(claims.appid.as_ref()).map_or("", String::as_str);
        let object = claims.oid.as_ref().map_or("", String::as_str);
        Ok(Asker { principal: format!("token {application} {object}"), may_place: has(PLACE) })
    }
}

/// What is read of a token, beside what every token has.
#[derive(Deserialize)]
struct Claims {
    tid: Option<String>,
    /// The application that asks, in tokens of the second version.
    azp: Option<String>,
    /// The same, in tokens of the first.
    appid: Option<String>,
    /// The user or service principal that asks.
    oid: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}
