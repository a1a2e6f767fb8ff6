//! The keys the platform signs its notifications with, and the tokens signed with them.
//!
//! The calling platform signs with its own keys, not Entra's; a receiver finds them through the OpenID metadata and checks
//! issuer, audience, times, key id and that a tenant is claimed.
//! <https://learn.microsoft.com/graph/cloud-communications-get-started>

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde_json::{Value, json};

/// The issuer the platform names unless told otherwise.
pub const ISSUER: &str = "https://api.botframework.com";

/// How long a notification's token is good for.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// The long spelling of the claim that names the tenant.
const TENANT_CLAIM_URI: &str = "http://schemas.microsoft.com/identity/claims/tenantid";

/// What precedes the key proper in the PKCS#8 form of an RSA key of 2,048 bits: version, algorithm and three lengths, all fixed.
const PKCS8_PREFIX: usize = 26;

/// How a token spells the claim that names the tenant; both occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantClaim {
    /// `tid`
    Short,
    /// `http://schemas.microsoft.com/identity/claims/tenantid`
    Uri,
}

/// What all tokens of one platform for one bot have in common.
#[derive(Debug, Clone)]
pub struct Claims {
    /// `iss`
    pub issuer: String,
    /// `aud`: the bot's application id.
    pub app_id: String,
    /// `serviceurl`
    pub service_url: String,
}

impl Claims {
    /// The claims of an honest token about a call of `tenant`, issued at `now`.
    pub fn of_tenant(&self, tenant: &str, spelling: TenantClaim, now: Timestamp) -> Value {
        let tenant_claim = match spelling {
            TenantClaim::Short => "tid",
            TenantClaim::Uri => TENANT_CLAIM_URI,
        };
        json!({
            "iss": self.issuer,
            "aud": self.app_id,
            tenant_claim: tenant,
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": now.as_second() + LIFETIME.as_secs(),
            "serviceurl": self.service_url,
        })
    }
}

/// No key could be generated: the system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("no RSA key could be generated")]
pub struct NoKey;

/// The signing key and what is published; clones share them.
#[derive(Clone)]
pub struct Keys(Arc<Mutex<KeySet>>);

impl Keys {
    /// A set of one fresh RSA key of 2,048 bits.
    pub fn generate() -> Result<Self, NoKey> {
        let signing = SigningKey::generate()?;
        let retired = Vec::new();
        Ok(Self(Arc::new(Mutex::new(KeySet { signing, retired }))))
    }

    /// Signs with a fresh key from now on. The old ones stay published if `keep_old`, else the fresh key is the only one.
    pub fn rotate(&self, keep_old: bool) -> Result<(), NoKey> {
        let fresh = SigningKey::generate()?;
        let mut set = self.set();
        let old = std::mem::replace(&mut set.signing, fresh);
        if keep_old {
            set.retired.push(old.public);
        } else {
            set.retired.clear();
        }
        Ok(())
    }

    /// What is published, the signing key first.
    pub fn published(&self) -> JwkSet {
        let set = self.set();
        let keys = std::iter::once(&set.signing.public).chain(&set.retired);
        JwkSet { keys: keys.cloned().collect() }
    }

    /// The id of the key that signs now.
    pub fn kid(&self) -> String {
        self.set().signing.kid.clone()
    }

    /// A token of these claims, signed RS256 with the present key.
    pub fn sign(&self, claims: &Value) -> String {
        let (key, kid) = {
            let set = self.set();
            (set.signing.private.clone(), set.signing.kid.clone())
        };
        encode(Algorithm::RS256, kid, claims, &key)
    }

    /// A forgery: these claims under the algorithm `none`, without a signature.
    pub fn forge_unsigned(&self, claims: &Value) -> String {
        let header = json!({ "alg": "none", "typ": "JWT", "kid": self.kid() });
        let [header, claims] = [&header, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()));
        format!("{header}.{claims}.")
    }

    /// A forgery: these claims signed HS256 with the *public* key (its DER form) as the secret, which everyone knows.
    pub fn forge_with_public_key(&self, claims: &Value) -> String {
        let (key, kid) = {
            let set = self.set();
            let secret = EncodingKey::from_secret(&set.signing.public_der);
            (secret, set.signing.kid.clone())
        };
        encode(Algorithm::HS256, kid, claims, &key)
    }

    fn set(&self) -> MutexGuard<'_, KeySet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn encode(algorithm: Algorithm, kid: String, claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = Some(kid);
    jsonwebtoken::encode(&header, claims, key).expect("a key of the algorithm's family signs")
}

struct KeySet {
    signing: SigningKey,
    retired: Vec<Jwk>,
}

struct SigningKey {
    kid: String,
    private: EncodingKey,
    public: Jwk,
    public_der: Vec<u8>,
}

impl SigningKey {
    fn generate() -> Result<Self, NoKey> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| NoKey)?;
        let pkcs8 = pair.as_der().map_err(|_| NoKey)?;
        let private = EncodingKey::from_rsa_der(&pkcs8.as_ref()[PKCS8_PREFIX..]);
        let (kid, public) = public_part(&private).map_err(|_| NoKey)?;
        Ok(Self { kid, private, public, public_der: pair.public_key().as_ref().to_vec() })
    }
}

/// What is published of a key, and its id there.
fn public_part(private: &EncodingKey) -> Result<(String, Jwk), jsonwebtoken::errors::Error> {
    let mut public = Jwk::from_encoding_key(private, Algorithm::RS256)?;
    let kid = public.thumbprint(ThumbprintHash::SHA256)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((kid, public))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, errors::ErrorKind};

    use super::*;

    const TENANT: &str = "8f1c7a52-04f3-4d57-9d0e-3a1f0f2b6c11";

    fn claims() -> Claims {
        Claims {
            issuer: ISSUER.to_owned(),
            app_id: "d2c0e0a4-6a0c-4f6e-9b53-5f7d1f1f9f10".to_owned(),
            service_url: "http://127.0.0.1:4001".to_owned(),
        }
    }

    /// Reads a token as a careful receiver does: the key by its id among those published, RS256 alone.
    fn read(keys: &Keys, token: &str) -> Result<Value, ErrorKind> {
        let published = serde_json::to_string(&keys.published()).unwrap();
        let published: JwkSet = serde_json::from_str(&published).unwrap();
        let kid = jsonwebtoken::decode_header(token).map_err(jsonwebtoken::errors::Error::into_kind)?.kid.unwrap();
        let key = published.find(&kid).ok_or(ErrorKind::InvalidKeyFormat)?;
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[claims().app_id]);
        rules.validate_nbf = true;
        jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &rules)
            .map(|token| token.claims)
            .map_err(jsonwebtoken::errors::Error::into_kind)
    }

    #[test]
    fn a_receiver_that_knows_the_published_keys_accepts_a_token_in_either_spelling() {
        let keys = Keys::generate().unwrap();
        for (spelling, name) in [(TenantClaim::Short, "tid"), (TenantClaim::Uri, TENANT_CLAIM_URI)] {
            let token = keys.sign(&claims().of_tenant(TENANT, spelling, Timestamp::now()));
            assert_eq!(read(&keys, &token).unwrap()[name], TENANT);
        }
    }

    #[test]
    fn what_is_published_names_use_and_algorithm_and_no_secret() {
        let keys = Keys::generate().unwrap();
        let published = serde_json::to_value(keys.published()).unwrap();
        let key = published["keys"][0].as_object().unwrap();
        let mut names: Vec<&str> = key.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!((&key["kty"], &key["use"]), (&json!("RSA"), &json!("sig")));
        assert_eq!((&key["alg"], &key["e"]), (&json!("RS256"), &json!("AQAB")));
        assert_eq!(key["kid"], keys.kid());
    }

    #[test]
    fn after_a_rotation_old_tokens_are_good_only_if_the_old_key_was_kept() {
        let keys = Keys::generate().unwrap();
        let sign = || keys.sign(&claims().of_tenant(TENANT, TenantClaim::Short, Timestamp::now()));
        let first = sign();
        keys.rotate(true).unwrap();
        let second = sign();
        assert!(read(&keys, &first).is_ok() && read(&keys, &second).is_ok());
        keys.rotate(false).unwrap();
        assert_eq!(read(&keys, &first), Err(ErrorKind::InvalidKeyFormat));
        assert_eq!(read(&keys, &second), Err(ErrorKind::InvalidKeyFormat));
        assert!(read(&keys, &sign()).is_ok());
    }

    #[test]
    fn forgeries_and_stale_or_misdirected_tokens_are_told_apart_from_honest_ones() {
        let keys = Keys::generate().unwrap();
        let honest = claims().of_tenant(TENANT, TenantClaim::Short, Timestamp::now());
        let with = |name: &str, value: Value| {
            let mut claims = honest.clone();
            claims[name] = value;
            read(&keys, &keys.sign(&claims)).unwrap_err()
        };
        assert_eq!(with("aud", json!("another app")), ErrorKind::InvalidAudience);
        assert_eq!(with("iss", json!("https://example.com")), ErrorKind::InvalidIssuer);
        assert_eq!(with("exp", json!(1)), ErrorKind::ExpiredSignature);
        assert_eq!(with("nbf", json!(u32::MAX)), ErrorKind::ImmatureSignature);
        let secret = read(&keys, &keys.forge_with_public_key(&honest));
        assert_eq!(secret, Err(ErrorKind::InvalidAlgorithm));
        assert!(read(&keys, &keys.forge_unsigned(&honest)).is_err());
    }
}
