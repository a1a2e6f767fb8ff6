//! Tokens for Graph, one for each tenant, remembered until shortly before they expire.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::AbortHandle;

use super::entra::{Entra, TokenError};
use crate::clock::Clock;

/// How long before a token's expiry nobody is given it any more.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_mins(5);

/// How long before a token's expiry [`Tokens::warm`] renews it, so that no call has to wait for one.
const WARMED_BEFORE: SignedDuration = SignedDuration::from_mins(10);

/// For how many tenants a token is remembered. Beyond that the one that expires first is forgotten.
const TENANTS: usize = 1000;

/// A bearer token.
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    expires: Timestamp,
}

impl Token {
    /// The token itself, for the `Authorization` header and nothing else.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    fn outlives(&self, instant: Timestamp, margin: SignedDuration) -> bool {
        self.expires.duration_since(instant) > margin
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[a token until {}]", self.expires)
    }
}

/// The tokens of all tenants. Cheap to clone; the clones share what they know.
#[derive(Clone)]
pub struct Tokens(Arc<Shelf>);

struct Shelf {
    entra: Entra,
    clock: Arc<dyn Clock>,
    tenants: Mutex<HashMap<String, Tenant>>,
}

#[derive(Default)]
struct Tenant {
    token: Option<Token>,
    fetch: Option<Fetch>,
}

/// A token on its way. It runs as a task of its own, so that it arrives even if everyone who waits for it has given up.
#[derive(Clone)]
struct Fetch {
    task: AbortHandle,
    token: Shared<BoxFuture<'static, Result<Token, TokenError>>>,
}

impl Tokens {
    /// Nothing is asked before the first token is needed.
    pub fn new(entra: Entra, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shelf { entra, clock, tenants: Mutex::default() }))
    }

    /// A token that is good for some minutes: the one remembered or, shared by all who need it at once, a new one. When no new
    /// one can be had, the remembered one is good until it expires.
    ///
    /// # Errors
    /// [`TokenError`]; it is not remembered, the next need asks again.
    pub async fn get(&self, tenant: &str) -> Result<Token, TokenError> {
        let fetched = match self.0.look(tenant, RENEWED_BEFORE) {
            Look::Held(token) => return Ok(token),
            Look::Awaited(fetch) => fetch.token.await,
        };
        fetched.or_else(|error| self.0.held(tenant, SignedDuration::ZERO).ok_or(error))
    }

    /// Renews the token of a tenant if it expires soon, while it is still good.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn warm(&self, tenant: &str) -> Result<(), TokenError> {
        match self.0.look(tenant, WARMED_BEFORE) {
            Look::Held(_) => Ok(()),
            Look::Awaited(fetch) => fetch.token.await.map(|_| ()),
        }
    }

    /// Forgets a token that Graph did not take; a newer one stays.
    pub fn forget(&self, tenant: &str, refused: &Token) {
        if let Some(tenant) = self.0.tenants().get_mut(tenant) {
            tenant.token.take_if(|token| token.expose() == refused.expose());
        }
    }
}

enum Look {
    Held(Token),
    Awaited(Fetch),
}

impl Shelf {
    fn look(self: &Arc<Self>, tenant: &str, margin: SignedDuration) -> Look {
        let now = self.clock.now();
        let mut tenants = self.tenants();
        if !tenants.contains_key(tenant) {
            make_room(&mut tenants);
        }
        let Tenant { token, fetch } = tenants.entry(tenant.to_owned()).or_default();
        match (token, &*fetch) {
            (Some(token), _) if token.outlives(now, margin) => Look::Held(token.clone()),
            (_, Some(running)) if !running.task.is_finished() => Look::Awaited(running.clone()),
            _ => Look::Awaited(fetch.insert(self.fetch(tenant.to_owned())).clone()),
        }
    }

    fn held(&self, tenant: &str, margin: SignedDuration) -> Option<Token> {
        let now = self.clock.now();
        self.tenants().get(tenant)?.token.clone().filter(|token| token.outlives(now, margin))
    }

    fn fetch(self: &Arc<Self>, tenant: String) -> Fetch {
        let shelf = Arc::clone(self);
        let running = tokio::spawn(async move { shelf.ask(&tenant).await });
        let task = running.abort_handle();
        let token = running.map(|ended| ended.unwrap_or_else(|_| Err(TokenError::Unavailable("asking broke off".to_owned()))));
        Fetch { task, token: token.boxed().shared() }
    }

    async fn ask(&self, tenant: &str) -> Result<Token, TokenError> {
        let granted = self.entra.ask(tenant, self.clock.now()).await?;
        let token = Token { secret: granted.access_token, expires: granted.expires };
        if let Some(tenant) = self.tenants().get_mut(tenant) {
            tenant.token = Some(token.clone());
        }
        Ok(token)
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<String, Tenant>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(tenants: &mut HashMap<String, Tenant>) {
    if tenants.len() < TENANTS {
        return;
    }
    let first = tenants.iter().min_by_key(|(_, tenant)| tenant.token.as_ref().map(|token| token.expires));
    if let Some(first) = first.map(|(tenant, _)| tenant.clone()) {
        tenants.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::graph::servers::{HandClock, Server, json, nobody, tokens};

    const HOME: &str = "c7d1a3f0-0000-4000-8000-00000000007e";

    async fn token(tokens: &Tokens) -> String {
        tokens.get(HOME).await.unwrap().expose().to_owned()
    }

    /// An Entra that grants the first token and, from then on, does what `then` says.
    async fn entra_then(status: u16, body: &'static str) -> Server {
        let granted = r#"{"expires_in":3600,"access_token":"token-0"}"#;
        Server::start(move |_, n| if n == 0 { json(200, granted) } else { json(status, body) }).await
    }

    #[tokio::test]
    async fn a_token_is_asked_in_the_tenant_with_the_secret_of_the_app() {
        let entra = Server::entra().await;
        assert_eq!(token(&tokens(&entra.base, HandClock::new())).await, "token-0");
        let asked = entra.asked.lock().unwrap();
        assert_eq!(asked[0].path, format!("/{HOME}/oauth2/v2.0/token"));
        let form = "grant_type=client_credentials&client_id=an-app&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
                    &client_secret=open+sesame";
        assert_eq!(asked[0].body, form);
    }

    #[tokio::test]
    async fn a_token_is_used_again_until_five_minutes_before_its_expiry() {
        let entra = Server::entra().await;
        let clock = HandClock::new();
        let tokens = tokens(&entra.base, clock.clone());
        assert_eq!(token(&tokens).await, "token-0");
        clock.forward(SignedDuration::from_secs(55 * 60 - 1));
        assert_eq!(token(&tokens).await, "token-0");
        clock.forward(SignedDuration::from_secs(1));
        assert_eq!(token(&tokens).await, "token-1");
    }

    #[tokio::test]
    async fn a_token_is_warmed_ten_minutes_before_its_expiry() {
        let entra = Server::entra().await;
        let clock = HandClock::new();
        let tokens = tokens(&entra.base, clock.clone());
        tokens.warm(HOME).await.unwrap();
        clock.forward(SignedDuration::from_mins(49));
        tokens.warm(HOME).await.unwrap();
        assert_eq!(token(&tokens).await, "token-0");
        clock.forward(SignedDuration::from_mins(1));
        tokens.warm(HOME).await.unwrap();
        assert_eq!((token(&tokens).await.as_str(), entra.count()), ("token-1", 2));
    }

    #[tokio::test]
    async fn fifty_who_need_a_token_at_once_share_one_request() {
        let entra = Server::entra().await;
        let tokens = tokens(&entra.base, HandClock::new());
        for got in join_all((0..50).map(|_| token(&tokens))).await {
            assert_eq!(got, "token-0");
        }
        assert_eq!(entra.count(), 1);
    }

    #[tokio::test]
    async fn a_token_comes_even_if_whoever_needed_it_first_gave_up() {
        let entra = Server::entra().await;
        let tokens = tokens(&entra.base, HandClock::new());
        assert!(tokens.get(HOME).now_or_never().is_none());
        assert_eq!((token(&tokens).await.as_str(), entra.count()), ("token-0", 1));
    }

    #[tokio::test]
    async fn each_tenant_has_its_own_token() {
        let entra = Server::entra().await;
        let tokens = tokens(&entra.base, HandClock::new());
        assert_eq!(token(&tokens).await, "token-0");
        assert_eq!(tokens.get("contoso.example").await.unwrap().expose(), "token-1");
        assert_eq!(token(&tokens).await, "token-0");
    }

    #[tokio::test]
    async fn a_token_that_graph_refused_is_forgotten_but_not_a_newer_one() {
        let entra = Server::entra().await;
        let tokens = tokens(&entra.base, HandClock::new());
        let refused = tokens.get(HOME).await.unwrap();
        tokens.forget(HOME, &refused);
        assert_eq!(token(&tokens).await, "token-1");
        tokens.forget(HOME, &refused);
        assert_eq!((token(&tokens).await.as_str(), entra.count()), ("token-1", 2));
    }

    #[tokio::test]
    async fn a_failure_is_not_remembered() {
        let entra = Server::start(|_, n| match n {
            0 => json(401, r#"{"error_codes":[7000222],"error_description":"AADSTS7000222: Trace ID: 6d1f"}"#),
            1 => json(503, ""),
            _ => json(200, r#"{"expires_in":3600,"access_token":"at-last"}"#),
        })
        .await;
        let tokens = tokens(&entra.base, HandClock::new());
        assert!(matches!(tokens.get(HOME).await, Err(TokenError::Refused { code: 7000222, .. })));
        assert!(matches!(tokens.get(HOME).await, Err(TokenError::Unavailable(_))));
        assert_eq!(token(&tokens).await, "at-last");
    }

    #[tokio::test]
    async fn while_entra_is_down_an_old_token_is_good_until_its_expiry() {
        let entra = entra_then(503, "").await;
        let clock = HandClock::new();
        let tokens = tokens(&entra.base, clock.clone());
        token(&tokens).await;
        clock.forward(SignedDuration::from_secs(60 * 60 - 1));
        assert_eq!((token(&tokens).await.as_str(), entra.count()), ("token-0", 2));
        clock.forward(SignedDuration::from_secs(1));
        assert!(tokens.get(HOME).await.is_err());
    }

    #[tokio::test]
    async fn an_entra_out_of_reach_is_said_to_be_so() {
        let tokens = tokens(&nobody().await, HandClock::new());
        let error = tokens.get(HOME).await.unwrap_err().to_string();
        assert!(error.starts_with("entra does not answer: ") && !error.contains(HOME), "{error}");
    }

    #[tokio::test]
    async fn a_tenant_that_would_change_the_url_is_not_asked() {
        let entra = Server::entra().await;
        let tokens = tokens(&entra.base, HandClock::new());
        for tenant in ["", "..", "a/b", "a?b", "a%2fb", "a b"] {
            assert_eq!(tokens.get(tenant).await.unwrap_err(), TokenError::BadTenant, "{tenant}");
        }
        assert_eq!(entra.count(), 0);
    }

    #[test]
    fn the_token_that_expires_first_makes_room() {
        let token = |n| Token { secret: SecretString::from("x"), expires: Timestamp::from_second(n).unwrap() };
        let tenant = |n: i64| (n.to_string(), Tenant { token: Some(token(1000 - n)), fetch: None });
        let mut tenants: HashMap<_, _> = (0..TENANTS as i64).map(tenant).collect();
        make_room(&mut tenants);
        assert!(tenants.len() == TENANTS - 1 && !tenants.contains_key("999"));
    }

    #[tokio::test]
    async fn a_token_is_not_printed() {
        let entra = Server::entra().await;
        let token = tokens(&entra.base, HandClock::new()).get(HOME).await.unwrap();
        assert!(!format!("{token:?}").contains("token-0"));
    }
}
