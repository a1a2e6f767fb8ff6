//! The tokens that notifications carry.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::keys::{Claims, Keys, TenantClaim};

/// A token is used this long; it is good for longer.
const USED_FOR: SignedDuration = SignedDuration::from_mins(30);

/// Signs notifications, each tenant's by turns with either spelling of the tenant's claim. A token serves many notifications.
pub(super) struct Senders {
    pub(super) keys: Keys,
    claims: Claims,
    tenants: Mutex<HashMap<String, Turns>>,
}

#[derive(Default)]
struct Turns {
    posts: usize,
    tokens: [Option<Token>; 2],
}

struct Token {
    text: String,
    kid: String,
    minted: Timestamp,
}

impl Senders {
    pub(super) fn new(keys: Keys, claims: Claims) -> Self {
        Self { keys, claims, tenants: Mutex::default() }
    }

    /// Who signs, as the tokens say.
    pub(super) fn issuer(&self) -> &str {
        &self.claims.issuer
    }

    /// The claims of an honest token about a call of this tenant.
    pub(super) fn claims(&self, tenant: &str, now: Timestamp) -> Value {
        self.claims.of_tenant(tenant, TenantClaim::Short, now)
    }

    /// The token for the next notification about a call of this tenant.
    pub(super) fn token(&self, tenant: &str, now: Timestamp) -> String {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = tenants.entry(tenant.to_owned()).or_default();
        let turn = turns.posts % 2;
        turns.posts += 1;
        let kid = self.keys.kid();
        match &turns.tokens[turn] {
            Some(token) if token.serves(&kid, now) => token.text.clone(),
            _ => {
                let spelling = [TenantClaim::Short, TenantClaim::Uri][turn];
                let claims = self.claims.of_tenant(tenant, spelling, now);
                let text = self.keys.sign(&claims);
                turns.tokens[turn] = Some(Token { text: text.clone(), kid, minted: now });
                text
            }
        }
    }
}

impl Token {
    fn serves(&self, kid: &str, now: Timestamp) -> bool {
        self.kid == kid && now.duration_since(self.minted) < USED_FOR
    }
}
