//! The address that paths are put behind.

use std::fmt;

use reqwest::Url;

/// An address that paths are put behind: `https`, or `http` on a loopback address. Prints without a slash at its end, so that
/// `format!("{base}/api/health")` is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads an address. The error says what is wrong with it, and not what it is.
    ///
    /// # Errors
    /// Where it is no URL, is neither https nor on a loopback address, or holds a password, a query or a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        match url.scheme() {
            "https" | "http" if !is_bare => Err("holds a password, a query or a fragment, which it may not".to_owned()),
            "http" if !is_loopback(&url) => Err("is http, which only a loopback address may be: use https".to_owned()),
            "https" | "http" => Ok(Self(url)),
            _ => Err("is not an https URL".to_owned()),
        }
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The address as a URL.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address with a path behind it.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        url
    }

    /// It is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The address is one of this machine: what goes there passes nobody else.
pub fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Nobody in between can listen or answer: it is https, or http on this machine.
pub fn is_secure(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::BaseUrl;

    #[test]
    fn an_address_prints_without_a_slash_at_its_end() {
        for (text, printed) in [
            ("https://graph.microsoft.com/v1.0/", "https://graph.microsoft.com/v1.0"),
            ("HTTPS://Bot.Example.com", "https://bot.example.com"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("http://localhost:3000", "http://localhost:3000"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn what_could_be_overheard_or_gives_secrets_away_is_refused() {
        for text in [
            "http://bot.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "https://user:word@bot.example.com",
            "https://bot.example.com/?sig=hush",
            "https://bot.example.com/#hush",
            "ftp://bot.example.com",
            "bot.example.com",
            "",
        ] {
            let fault = BaseUrl::parse(text).unwrap_err();
            assert!(!fault.contains("hush") && !fault.contains("word@"), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_https_or_stays_on_this_machine(text in ".{0,40}|https?://.{0,30}") {
            if let Ok(url) = BaseUrl::parse(&text) {
                prop_assert!(url.as_str().starts_with("https://") || url.is_loopback());
                let again = BaseUrl::parse(url.as_str()).unwrap();
                prop_assert_eq!(again.as_str(), url.as_str());
            }
        }
    }
}
