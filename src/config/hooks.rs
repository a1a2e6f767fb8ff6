//! The operator's own servers, which flows ask and tell.

use std::{collections::BTreeMap, fmt};

use data_encoding::BASE64;
use reqwest::Url;
use secrecy::SecretString;

use super::{
    base_url::is_secure,
    reader::{Reader, list, secret},
};

/// What a key begins with. <https://www.standardwebhooks.com>
const PREFIX: &str = "whsec_";

/// How long a key may be, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The operator's own servers: hooks.
#[derive(Debug, Clone, Default)]
pub struct Hooks {
    /// The keys that sign what is sent to them, each in base64 with nothing before it. None: nothing is sent.
    pub keys: Vec<SecretString>,
    /// Where hooks are, by name, whatever their flow says.
    pub urls: BTreeMap<String, HookUrl>,
}

/// Where a hook is. Never printed: its query may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct HookUrl(Url);

impl HookUrl {
    /// Reads an address: https, or http on this machine.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        match is_secure(&url) && url.username().is_empty() && url.password().is_none() {
            true => Ok(Self(url)),
            false => Err("is neither https nor on this machine, or holds a password".to_owned()),
        }
    }

    /// The address, for the request and nothing else.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for HookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[an address]")
    }
}

impl Hooks {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let keys = reader.optional("WEBHOOK_SECRET", list(key)).unwrap_or_default();
        let urls = reader.optional("HOOK_URLS", urls).unwrap_or_default();
        Self { keys, urls }
    }
}

fn key(text: &str) -> Result<SecretString, String> {
    let key = text.strip_prefix(PREFIX).unwrap_or(text);
    match BASE64.decode(key.as_bytes()) {
        Ok(bytes) if KEY_BYTES.contains(&bytes.len()) => secret(key),
        _ => Err("is not whsec_ and 24 to 64 bytes in base64".to_owned()),
    }
}

fn urls(text: &str) -> Result<BTreeMap<String, HookUrl>, String> {
    let mut urls = BTreeMap::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, url) = part.split_once('=').ok_or("has a part without =")?;
        let url = HookUrl::parse(url.trim()).map_err(|fault| format!("has an address that {fault}"))?;
        if urls.insert(name.trim().to_owned(), url).is_some() {
            return Err("says twice where one hook is".to_owned());
        }
    }
    Ok(urls)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn hooks_are_named_and_their_addresses_are_not_printed() {
        let urls = urls("crm=https://crm.example.com/calls?code=hush=; audit=http://127.0.0.1:9000/").unwrap();
        assert_eq!(urls["crm"].expose().as_str(), "https://crm.example.com/calls?code=hush=");
        assert_eq!(urls["audit"].expose().port(), Some(9000));
        assert!(!format!("{urls:?}").contains("hush"));
    }

    #[test]
    fn an_address_that_could_be_overheard_is_refused_and_not_repeated() {
        for text in ["crm", "crm=http://crm.example.com/hush", "crm=https://a:hush@b", "a=https://b;a=https://c", "a=hush"] {
            let fault = urls(text).unwrap_err();
            assert!(!fault.contains("hush"), "{fault}");
        }
    }

    #[test]
    fn a_key_is_24_to_64_bytes_with_or_without_its_prefix() {
        let long = BASE64.encode(&[7; 32]);
        assert_eq!(key(&format!("whsec_{long}")).unwrap().expose_secret(), long);
        assert!(key(&long).is_ok());
        for text in [BASE64.encode(&[7; 23]), BASE64.encode(&[7; 65]), "whsec_no base64".to_owned(), String::new()] {
            assert!(key(&text).is_err(), "{text}");
        }
    }
}
